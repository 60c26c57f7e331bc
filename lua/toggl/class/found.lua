-- Finders on the rows of the store: records of a complete stored list, looked up by an index.
--
-- The first look reads and checks the whole list, as any caller would, and keeps its rows. Later
-- ones ask the rows, as long as each reply of the list is in the store as it was, and is fresh, or
-- nothing but confirmed changes of the client itself has made it older: what these changed is laid
-- over the rows. In all other cases they answer nothing, and the list itself is read.
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

-- The texts by which a record is found.
local function names_of(record)
  local names = { record:get "name" }
  names[#names + 1] = record:get "email"
  return names
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
  if not near then return nil end
  -- The client's own changes are among them, near or not.
  return list, require("toggl.text.near").items(text, near, names_of)
end

--- As look, for a finder that takes a key or a name; FIELD holds the key.
function M.look_key(place, key, field)
  if math.type(key) == "integer" then return M.look(place, nil, field, key) end
  local number = key:find "^%d+$" and math.tointeger(tonumber(key))
  if number then return M.look(place, key, "name", key, field, number) end
  return M.look(place, key, "name", key)
end

--- Does the client know changes of its own that bring an older list of PLACE up to date?
function M.has_own(place)
  return place ~= nil
    and core.has_own(place.client, place.operation, place.organization, place.scope)
end

--- Keep rows of LIST, which was read at PLACE, if it is complete and from the store, and fresh or
--- brought up to date by the client's own changes. Returns whether it has them.
function M.keep(place, list)
  if not place or not list.complete or require("toggl.pages").inexact[list] then return false end
  if (list.stale or list.settling) and not M.has_own(place) then return false end
  return core.keep_rows(place.client, place.operation, place.organization, place.scope, list)
end

--- Return the complete list of the store that METHOD of SELF returns, or nil.
function M.stored(self, method, options)
  if options and options.refresh then return nil end
  local local_only = require("toggl.class.common").options_of(options)
  local_only.offline = true
  local ok, list = pcall(method, self, local_only)
  return ok and list and list.complete and list or nil
end

--- Lay the client's own changes over the list that METHOD of SELF has in the store. LOOK: asks its
--- rows. Returns what that returns; nil: the list itself must be read.
function M.laid(place, look, self, method, options)
  local list = M.has_own(place) and M.stored(self, method, options)
  if list and M.keep(place, list) then return look() end
end

--- Read the list of METHOD of SELF, and return it, or what LOOK finds if the client's own changes
--- are laid over it, which it may lack; and what was near. Or nil, nil, err.
function M.read(place, look, self, method, options)
  local list, err = method(self, options)
  if not list then return nil, nil, err end
  local some, near
  if list.settling then
    some, near = M.laid(place, look, self, method, options)
  else
    M.keep(place, list)
  end
  return some or list, near
end

return M
