-- json.lua decode|encode ours|cjson FILE: print CPU seconds to turn a file of people into tables,
-- or back.

local work, which, path = table.unpack(arg)
local json = require(which == "ours" and "toggl.text.json" or "cjson")

local file <close> = assert(io.open(path, "rb"))
local text = file:read "a"
local value = work == "encode" and json.decode(text)
local start = os.clock()
local made = work == "encode" and json.encode(value) or json.decode(text)
print(os.clock() - start, #made)
os.exit(true, false)
