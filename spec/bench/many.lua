-- many.lua URL TOKEN ORGANIZATION COUNT LIMIT: seconds by the wall clock for COUNT different reads, LIMIT at once.

local toggl = require "toggl"
local url, token, organization, count, limit = arg[1], arg[2], math.tointeger(arg[3]), math.tointeger(arg[4]), arg[5]

local client <close> = toggl.client {base_url = url, token = token, cache = false, on_error = "raise"}
local pages = {}
for page = 1, count do pages[page] = page end

local function seconds()
  local f <close> = assert(io.open "/proc/uptime")
  return f:read "n"
end

local start = seconds()
toggl.map(pages, function(page)
  return client.api.get_organization_users {organization_id = organization, page = page, per_page = 5}
end, {limit = math.tointeger(limit)})
print(seconds() - start)
