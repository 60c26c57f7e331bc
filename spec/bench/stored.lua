-- stored.lua COUNT URL TOKEN ORGANIZATION BUILD: print CPU seconds of one client:organization from
-- the cache.

local toggl = require "toggl"
local count, url, token, organization, build = table.unpack(arg)
count, organization = math.tointeger(count), math.tointeger(organization)

local client <close> = toggl.client {
  base_url = url,
  token = token,
  on_error = "raise",
  cache = build .. "/bench-cache.db",
  state = build .. "/bench-state.db",
}
for _ = 1, 20 do
  client:organization(organization)
end
assert(client:cost().total <= 1, "not answered from the cache")
local start = os.clock()
for _ = 1, count do
  client:organization(organization)
end
print((os.clock() - start) / count)
