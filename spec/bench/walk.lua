-- walk.lua COUNT FOLDER: store a list of COUNT people in FOLDER, from a local server, then iterate
-- over the stored list in a second process. Print the peak memory of that process in MB, its CPU
-- seconds, and the size of the store over that of the texts.

local count, folder, url = math.tointeger(arg[1]), arg[2], arg[3]

local function client(more)
  local options = {
    base_url = url,
    token = ("a"):rep(32),
    cache = folder .. "/walk.db",
    cache_limit = 4 << 30,
    state = false,
    journal = false,
    on_error = "raise",
    max_age = 86400,
  }
  for name, value in pairs(more) do
    options[name] = value
  end
  return require("toggl").client(options)
end

local function peak()
  for line in io.lines "/proc/self/status" do
    local kb = line:match "^VmHWM:%s+(%d+)"
    if kb then return tonumber(kb) / 1024 end
  end
end

local function walk(options)
  local c = client(options)
  local seen, bytes, start = 0, 0, os.clock()
  for user in c:organization(7):each_user() do
    seen, bytes = seen + (user.id > 0 and 1 or 0), bytes + #user.email + #user.name
  end
  c:close()
  assert(seen == count, seen)
  return os.clock() - start
end

if url then
  print(peak(), walk { offline = arg[4] == "offline" }, peak())
  os.exit(true)
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local place = folder .. "/walk.url"
local server =
  assert(io.popen(("exec python3 spec/bench/pages.py %d >%s"):format(count, quote(place)), "w"))
for _ = 1, 200 do
  local f = io.open(place)
  url = f and f:read "l"
  if f then f:close() end
  if url then break end
  os.execute "sleep 0.05"
end
assert(url, "the server did not start")

local function run(how)
  local words = ("lua5.4 spec/bench/walk.lua %d %s %s %s"):format(count, quote(folder), url, how)
  local pipe <close> = assert(io.popen(words))
  local before, seconds, after = pipe:read("a"):match "(%S+)%s+(%S+)%s+(%S+)"
  assert(after, "the walk failed")
  return tonumber(before), tonumber(seconds), tonumber(after)
end

run "online"
server:close()
local _, seconds, highest = run "offline"
local f <close> = assert(io.open(folder .. "/walk.db", "rb"))
print(("%.1f %.2f %d"):format(highest, seconds, f:seek "end"))
for _, suffix in ipairs { "walk.db", "walk.db-wal", "walk.db-shm", "walk.url" } do
  os.remove(folder .. "/" .. suffix)
end
