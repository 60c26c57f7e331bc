-- toggl: Toggl Track organizations from Lua. The C core does the work; this folder composes calls and faces people.
--
--   local toggl = require "toggl"
--   local client <close> = toggl.client{ profile = "work" }
--   local org = assert(client:organization "Acme")
--
-- Requiring this opens no file, socket or thread and sets no global.
local core = require "toggl.core"

local M = {
  _VERSION = core._VERSION,
  null = core.null,
}

-- Parts that not every script needs are loaded when they are first asked for.
local parts = { json = "toggl.json", csv = "toggl.csv", show = "toggl.show", options = "toggl.options",
  sandbox = "toggl.sandbox" }
local functions = { map = "toggl.task", all = "toggl.task", task = "toggl.task", sleep = "toggl.task",
  help = "toggl.help" }

setmetatable(M, {
  __index = function(t, name)
    local value
    if name == "operations" or name == "models" then value = core[name]
    elseif parts[name] then value = require(parts[name])
    elseif functions[name] then value = require(functions[name])[name] end
    rawset(t, name, value)
    return value
  end,
})

require "toggl.objects"

--- A client: one account at one server, one connection pool, one store.
-- Options: see doc/reference.md. Credentials come from the options, else from the profile, TOGGL_API_TOKEN and
-- TOGGL_PASSWORD, or ~/.togglrc. Raises when an option is wrong.
function M.client(options)
  return require("toggl.config").client(options or {})
end

return M
