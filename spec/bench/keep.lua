-- keep.lua on|off URL TOKEN ORGANIZATION BUILD: print CPU seconds of reading all people from the
-- server, with a new store of replies or none, then the bytes of their texts.

local toggl = require "toggl"
local which, url, token, organization, build = table.unpack(arg)
local file = build .. "/bench-keep.db"
for _, suffix in ipairs { "", "-wal", "-shm" } do
  os.remove(file .. suffix)
end

local start = os.clock()
local client = toggl.client {
  base_url = url,
  token = token,
  cache = which == "on" and file,
  state = false,
  journal = false,
  on_error = "raise",
}
local people = client:organization(math.tointeger(organization)):users()
assert(people.complete, people.incomplete)
client:close()
print(os.clock() - start, #people:raw())
