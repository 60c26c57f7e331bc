-- wire.lua off|on COUNT URL TOKEN ORGANIZATION BUILD: print CPU seconds of one client:organization
-- that sends a request.

local toggl = require "toggl"
local cache, count, url, token, organization, build = table.unpack(arg)
count, organization = math.tointeger(count), math.tointeger(organization)

local client <close> = toggl.client {
  base_url = url,
  token = token,
  on_error = "raise",
  state = build .. "/bench-state.db",
  cache = cache == "on" and build .. "/bench-wire.db",
}
local options = cache == "on" and { refresh = true } or nil -- without a cache each read is sent
for _ = 1, 20 do
  client:organization(organization, options)
end
local start = os.clock()
for _ = 1, count do
  client:organization(organization, options)
end
print((os.clock() - start) / count)
