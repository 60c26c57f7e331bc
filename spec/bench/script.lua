-- script.lua URL TOKEN ORGANIZATION BUILD: a whole script that sends no request.

local toggl = require "toggl"
local url, token, organization, build = table.unpack(arg)

local client <close> = toggl.client {
  base_url = url,
  token = token,
  on_error = "raise",
  offline = true,
  cache = build .. "/bench-cache.db",
  state = build .. "/bench-state.db",
}
print(client:organization(math.tointeger(organization)).name)
