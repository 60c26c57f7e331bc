-- server.lua LATENCY: a sandbox on a port, until standard input ends. Prints address, token and organization.

local token = server:token()
local toggl = require "toggl"

local server = assert(toggl.sandbox.start {people = 1000, port = 0, latency = tonumber(arg[1])})
local client = toggl.client {sandbox = server, cache = false, on_error = "raise"}
print(server.url, server:token(), client:organizations()[1].id)
io.stdout:flush()
client:close()
io.read "a"
server:stop()
