-- script.lua URL TOKEN ORGANIZATION FILE: a whole script that needs no request.

local toggl = require "toggl"
local client <close> = toggl.client {
  base_url = arg[1], token = arg[2], cache = arg[4], offline = true, on_error = "raise",
}
print(client:organization(math.tointeger(arg[3])).name)
