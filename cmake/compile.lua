-- lua5.4 compile.lua FROM TO NAMED: compiles each Lua file below the folder FROM to a file of the
-- same name and "c" below TO, as NAMED/FILE for messages and debuggers: lines and names of
-- variables stay in it.

local from, to, named = table.unpack(arg)

local function quoted(s) return "'" .. s:gsub("'", "'\\''") .. "'" end

local function read(path)
  local f <close> = assert(io.open(path, "rb"))
  return f:read "a"
end

local function write(path, text)
  local f <close> = assert(io.open(path, "wb"))
  assert(f:write(text))
end

local files <close> = assert(io.popen("cd " .. quoted(from) .. " && find -L toggl -name '*.lua'"))
local made = {}
for file in files:lines() do
  -- types for editors, never loaded; jobs are read as texts
  if file ~= "toggl/meta.lua" and not file:find "^toggl/scripts/" then
    local folder = to .. "/" .. file:match "^(.*)/"
    if not made[folder] then assert(os.execute("mkdir -p " .. quoted(folder))) end
    made[folder] = true
    local text = read(from .. "/" .. file)
    local chunk = assert(load(text, "@" .. named .. "/" .. file, "t"))
    -- Lua ignores what follows a chunk: the size of the source, by which a changed one is known.
    write(to .. "/" .. file .. "c", string.dump(chunk, false) .. ("%08x"):format(#text))
  end
end
