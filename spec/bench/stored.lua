-- stored.lua URL TOKEN ORGANIZATION COUNT FILE: processor seconds of one client:organization answered from FILE, and
-- the SELECT that finds the same row.

local toggl = require "toggl"
local url, token, organization, count, file = arg[1], arg[2], math.tointeger(arg[3]), math.tointeger(arg[4]), arg[5]

local client <close> = toggl.client {base_url = url, token = token, cache = file, on_error = "raise"}
for _ = 1, 20 do client:organization(organization) end
local start = os.clock()
for _ = 1, count do client:organization(organization) end
print((os.clock() - start) / count, "SELECT 1")
