-- The module toggl: what a script gets from require "toggl". Loading it opens no file, socket or
-- thread and sets no global.
local core = require "toggl.core"

local M = {
  _VERSION = core._VERSION,
  null = core.null,
}

-- The module, for help; and the functions of the rooms above that this folder calls.
core.toggl = M
core.above = {
  explain = function(message) return require("toggl.words.slip").explain(message) end,
  plan = function(...) return require("toggl.plan").of(...) end,
}

core.on_unknown(function(...) return require("toggl.words.slip").unknown(...) end)

-- Load parts that not every script needs on first use.
local parts = {
  json = "toggl.text.json",
  csv = "toggl.text.csv",
  show = "toggl.text.show",
  options = "toggl.text.options",
  report = "toggl.text.report",
  secrets = "toggl.config.secrets",
  sandbox = "toggl.sandbox",
  audit = "toggl.audit",
  plan = "toggl.plan",
  cache = "toggl.cache",
}
local functions = {
  map = "toggl.many",
  all = "toggl.many",
  task = "toggl.task",
  sleep = "toggl.task",
  help = "toggl.words.help",
}

-- `require "toggl.json"` returns the same part, wherever its file is.
for name, path in pairs(parts) do
  local public = "toggl." .. name
  if public ~= path then package.preload[public] = function() return M[name] end end
end

setmetatable(M, {
  __index = function(t, name)
    local value
    if name == "operations" or name == "models" then
      value = core[name]
    elseif parts[name] then
      value = require("toggl.words.check").part("toggl." .. name, require(parts[name]))
    elseif functions[name] then
      value = require(functions[name])[name]
    end
    if value ~= nil then rawset(t, name, value) end
    return value
  end,
})

-- Classes with methods in Lua. Listed, because searching for a missing module would end in the
-- current folder.
local added = { client = true, group = true, organization = true, user = true, workspace = true }

--- Add the Lua methods of CLASS to METHODS, once.
function core.add_methods(class, methods)
  if not getmetatable(methods) then return end
  setmetatable(methods, nil)
  if added[class] then require("toggl.class." .. class) end
end

-- Load the Lua methods of a class at the first method name that no row has.
for class, methods in pairs(core.classes) do
  setmetatable(methods, {
    __index = function(t, name)
      core.add_methods(class, t)
      return t[name]
    end,
  })
end

--- Return the organization with this key (an integer) or name; nil, err when it does not exist or
--- is not visible. Defined here and not with its class, because most scripts start with it and many
--- need no other Lua method.
function core.classes.client:organization(key, options)
  if type(self) ~= "userdata" then
    core.misuse "client.organization lacks its object: write client:organization(...)"
  end
  if math.type(key) == "integer" then return self:get_organization(key, options) end
  return require("toggl.class.client").organization(self, key, options)
end

--- Create a client: one account at one server, one connection pool, one store.
--- Options: see doc/reference.md. Credentials come from the options, else from the profile,
--- TOGGL_API_TOKEN and TOGGL_PASSWORD, or ~/.togglrc. Raises when an option is wrong.
function M.client(options)
  if options ~= nil and type(options) ~= "table" then
    core.misuse(
      (
        "toggl.client: options must be a table, got %s: "
        .. 'write toggl.client{ profile = "work" }'
      ):format(type(options) == "string" and ("%q"):format(options) or type(options))
    )
  end
  return require("toggl.config").client(options or {})
end

-- The type for editors, which would otherwise take this table for what it has above: meta.lua.
return M --[[@as toggl]]
