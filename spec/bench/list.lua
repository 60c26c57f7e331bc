-- list.lua ours|cjson FILE: print CPU seconds for a list of users; for ours also the MB of memory
-- beyond the text.

local which, path = arg[1], arg[2]

local function status(what)
  for line in io.lines "/proc/self/status" do
    local kb = line:match("^" .. what .. ":%s+(%d+)")
    if kb then return tonumber(kb) / 1024 end
  end
end

-- Reset the peak of the process's memory.
local function forget_peak()
  local f <close> = assert(io.open("/proc/self/clear_refs", "w"))
  f:write "5"
end

local function read_text()
  local f <close> = assert(io.open(path, "rb"))
  return f:read "a"
end

if which == "cjson" then
  local cjson = require "cjson"
  local text = read_text()
  local start = os.clock()
  local list = cjson.decode(text)
  print(os.clock() - start, #list)
  os.exit(true, false)
end

local core = require "toggl.core"
local before = status "VmRSS"
local text = read_text()
local size = #text / 1024 / 1024
collectgarbage()
forget_peak()
local start = os.clock()
local list = core.parse("org_user", text)
local indexed = os.clock() - start
-- The text is in memory twice: as the list's own, and as the Lua string, which a reply of a server
-- does not have.
local beyond = status "VmHWM" - before - 2 * size
text = nil -- luacheck: ignore
collectgarbage()
collectgarbage() -- the first one frees the string, the second sets Lua's pace by the rest
forget_peak()
start = os.clock()
local bytes = 0
for _, user in ipairs(list) do
  bytes = bytes + (user.id > 0 and 1 or 0) + #user.email + #user.name
end
local read = os.clock() - start
print(indexed + read, math.max(beyond, status "VmHWM" - before - size), bytes)
