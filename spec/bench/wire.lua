-- wire.lua URL TOKEN ORGANIZATION COUNT off|on BUILD: processor seconds of one client:organization that is sent.

local toggl = require "toggl"
local url, token, organization, count = arg[1], arg[2], math.tointeger(arg[3]), math.tointeger(arg[4])
local cache = arg[5] == "on" and arg[6] .. "/bench-wire.db"

local client <close> = toggl.client {base_url = url, token = token, cache = cache, state = arg[6] .. "/bench-state.db", on_error = "raise"}
local options = {refresh = true}
for _ = 1, 20 do client:organization(organization, options) end
local start = os.clock()
for _ = 1, count do client:organization(organization, options) end
print((os.clock() - start) / count)
