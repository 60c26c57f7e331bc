-- Finders on the rows of the store: records of a complete stored list, looked up by an index.
--
-- The first look reads and checks the whole list, as any caller would, and keeps its rows. Later
-- ones ask the rows, as long as each reply of the list is in the store as it was, and is fresh.
-- In all other cases they answer nothing, and the list itself is read.
local core = require "toggl.core"

local M = {}

-- Options of a call that change neither which list is read nor whose.
local HARMLESS = {
  timeout = true,
  connect_timeout = true,
  deadline = true,
  wait = true,
  max_age = true,
  offline = true,
  stale = true,
  no_store = false,
  settle = true,
}

-- Do OPTIONS ask for the plain list? Not if they have values that only the call itself judges.
local function is_plain(options)
  if options == nil then return true end
  if type(options) ~= "table" then return false end
  for name, value in pairs(options) do
    local seconds = math.type(value) and value > 0
    if not HARMLESS[name] or not (seconds or type(value) == "boolean") then return false end
  end
  local age = options.max_age
  return age == nil or math.type(age) ~= nil
end

-- The page size that a reading of the list uses: pages of another size are other replies.
local function scope_of(client, operation)
  local op = core.operation(operation)
  return op.paging == "pages" and tostring(require("toggl.pages").size_of(client, op)) or ""
end

--- Return the place of the rows of a list: OPERATION of SELF, an organization or a client; or nil,
--- when OPTIONS name other than the plain list.
function M.place(self, operation, options)
  if not is_plain(options) or options and options.refresh then return nil end
  local client = type(self.client) == "function" and self:client() or self
  if not client then return nil end
  local id = client ~= self and core.key(self, "organization_id") or 0
  return {
    client = client,
    operation = operation,
    organization = id,
    scope = scope_of(client, operation),
    max_age = options and options.max_age,
  }
end

local function ask(of, place, ...)
  return of(place.client, place.operation, place.organization, place.scope, place.max_age, ...)
end

--- Return the records with one of the values (FIELD, value, ...) as a complete list, and, when it
--- is empty, those that were probably meant by TEXT; nil: read the list itself. TEXT: the name or
--- address, nil when only keys are looked for.
function M.look(place, text, ...)
  if not place or text and core.fold(text) == "" then return nil end
  local list = ask(core.find_rows, place, ...)
  if not list or #list > 0 or not text then return list end
  local near = ask(core.near_rows, place, text)
  return near and list, near and near:table()
end

--- As look, for a finder that takes a key or a name; FIELD holds the key.
function M.look_key(place, key, field)
  if math.type(key) == "integer" then return M.look(place, nil, field, key) end
  local number = key:find "^%d+$" and math.tointeger(tonumber(key))
  if number then return M.look(place, key, "name", key, field, number) end
  return M.look(place, key, "name", key)
end

--- Keep rows of LIST, which was read at PLACE, if it is complete, fresh and from the store.
function M.keep(place, list)
  if not place or not list.complete or list.stale or list.settling then return end
  if require("toggl.pages").inexact[list] then return end
  core.keep_rows(place.client, place.operation, place.organization, place.scope, list)
end

return M
