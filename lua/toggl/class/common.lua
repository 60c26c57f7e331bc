-- What the methods of several classes share: finding one record of a list, and the loops around lists.
local blame = require "toggl.blame"
local core = require "toggl.core"

local M = {}

--- The name of the loop around a list: each_user for users, each_quota for get_quota.
function M.each_name(method) return "each_" .. method:gsub("^get_", ""):gsub("s$", "") end

--- Paged rows of CLASS list all pages; each list has an each_ form. A row's own method stays reachable as
-- client.api.NAME.
function M.add_lists(class)
  local methods = core.classes[class]
  for _, row in ipairs(core.lists(class)) do
    local whole = methods[row.method]
    if row.paged then
      whole = function(self, args) return require("toggl.pages").all(self, row.name, args) end
      methods[row.method] = whole
    end
    methods[M.each_name(row.method)] = function(self, args)
      if row.paged then return require("toggl.pages").each(self, row.name, args) end
      local list, err = blame.call(whole, self, args)
      if not list then error(err, 0) end
      return list:each()
    end
  end
  return methods
end

function M.fail(self, kind, message, advice)
  local c = type(self.client) == "function" and self:client() or self
  return core.fail(c:raises(), { kind = kind, message = message, advice = advice })
end

-- The one record of LIST that MATCHES; two are an error that names both.
function M.only(self, list, matches, what)
  local found
  for record in list:each() do
    if matches(record) then
      if found and core.id(found) ~= core.id(record) then
        return M.fail(self, "conflict", ("%s is not unique: %s and %s"):format(what, found, record),
          "name it by its key")
      end
      found = record
    end
  end
  if found then return found end
  return M.fail(self, "not_found", what .. " was not found", "check the spelling, or list them all")
end

-- Options of a call without the filters of a list: {refresh = true, ...}
function M.options_of(options, extra)
  local t = extra or {}
  for k, v in pairs(options or {}) do t[k] = v end
  return t
end

--- Raises, for the caller of the caller, unless KEY is a name.
function M.check_key(key, what, hint)
  if type(key) == "string" and key ~= "" then return end
  error(("%s wants %s, got %s"):format(what, hint, key == "" and "an empty string" or type(key)), 3)
end

--- A matcher for a key (an integer) or a name.
function M.by_key_or_name(key, id_field)
  if math.type(key) == "integer" then return function(r) return r[id_field] == key end end
  return function(r) return r.name == key end
end

return M
