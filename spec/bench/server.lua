-- server.lua LATENCY [PEOPLE]: run a sandbox on a port until standard input ends. Print its
-- address, the token and the organization.

local sandbox = require "toggl.sandbox"
local toggl = require "toggl"

local server <close> = sandbox.start {
  people = math.tointeger(arg[2] or 1000),
  port = 0,
  latency = math.tointeger(arg[1]),
}
local token = server:token()
do
  local client <close> =
    toggl.client { base_url = server.url, token = token, cache = false, on_error = "raise" }
  print(server.url, token, client:organizations()[1].id)
end
io.stdout:flush()
io.read "a"
