-- A server, and a home for each spec, for specs that search it for a secret.

local helper = require "spec.helper"
local needles = require "spec.terminal.needles"
local seat = require "spec.terminal.seat"

local M = { CANARY = "ca9a5eedf00dca9a5eedf00dca9a5eed" }

local home, server

function M.serve()
  server = helper.sandbox { port = 0, people = 12, record = false }
  return server
end

function M.new_home()
  home = seat.home()
  return home
end

function M.remove_home()
  require("toggl.core").keyring_drop "toggl:default"
  helper.remove(home)
end

function M.environment(more)
  local own = { TOGGL_API_URL = server.url, CREDENTIALS_DIRECTORY = "" }
  return helper.environment(home, own, more)
end

function M.togglsh(more, ...)
  return helper.run(M.environment(more), helper.build .. "/togglsh", ...)
end

function M.sh(line, more) return helper.sh(M.environment(more), line) end

-- Return the files below the home that contain the canary.
function M.leaks() return needles.files_with(home, { M.CANARY }) end

function M.profile(text)
  helper.private(
    home .. "/config/toggl/profiles",
    ("[default]\nbase_url = %s\n%s\n"):format(server.url, text)
  )
end

return M
