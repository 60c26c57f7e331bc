-- many.lua COUNT LIMIT URL TOKEN ORGANIZATION BUILD: print wall clock seconds for COUNT reads,
-- LIMIT at once.

local toggl = require "toggl"
local count, limit, url, token, organization, build = table.unpack(arg)
organization = math.tointeger(organization)

local function seconds()
  local f <close> = assert(io.open "/proc/uptime")
  return f:read "n"
end

local client <close> = toggl.client {
  base_url = url,
  token = token,
  on_error = "raise",
  cache = false,
  state = build .. "/bench-state.db",
}
local pages = {}
for page = 1, math.tointeger(count) do
  pages[page] = page
end

local start = seconds()
toggl.map(
  pages,
  function(page)
    return client.api.get_organization_users {
      organization_id = organization,
      page = page,
      per_page = 5,
    }
  end,
  { limit = math.tointeger(limit) }
)
print(seconds() - start)
