-- Methods that compose operations: all pages of a list, one record by name, small changes with plain names.
-- What one operation does by itself is a method already, made from its row by the core.
local core = require "toggl.core"
local pages = require "toggl.pages"

local classes = core.classes
local client, organization, group, user, workspace = classes.client, classes.organization, classes.group, classes.user,
  classes.workspace

-- ---------------------------------------------------------------------------------------------------- lists and loops

-- Paged rows list all pages; each list has an each_ form. A row's own method stays reachable as client.api.NAME.
for _, row in ipairs(core.lists()) do
  local methods = classes[row.class]
  local whole = methods[row.method]
  if row.paged then
    whole = function(self, args) return pages.all(self, row.name, args) end
    methods[row.method] = whole
  end
  methods["each_" .. row.method:gsub("s$", "")] = function(self, args)
    if row.paged then return pages.each(self, row.name, args) end
    local list, err = whole(self, args)
    if not list then error(err, 0) end
    return list:each()
  end
end

-- ------------------------------------------------------------------------------------------------------- finding one

local function fail(self, kind, message, advice)
  local c = type(self.client) == "function" and self:client() or self
  return core.fail(c:raises(), { kind = kind, message = message, advice = advice })
end

-- The one record of LIST that MATCHES; two are an error that names both.
local function only(self, list, matches, what)
  local found
  for record in list:each() do
    if matches(record) then
      if found and core.id(found) ~= core.id(record) then
        return fail(self, "conflict", ("%s is not unique: %s and %s"):format(what, found, record),
          "name it by its key")
      end
      found = record
    end
  end
  if found then return found end
  return fail(self, "not_found", what .. " was not found", "check the spelling, or list them all")
end

local function fold(s) return s and s:lower() end

-- Options of a call without the filters of a list: {refresh = true, ...}
local function options_of(options, extra)
  local t = extra or {}
  for k, v in pairs(options or {}) do t[k] = v end
  return t
end

local function check_key(key, what, hint)
  if type(key) == "string" and key ~= "" then return end
  error(("%s wants %s, got %s"):format(what, hint, key == "" and "an empty string" or type(key)), 3)
end

--- The organization with this key (an integer) or name. nil, err when it is not there or not visible.
function client:organization(key, options)
  if math.type(key) == "integer" then return self:get_organization(key, options) end
  check_key(key, "client:organization", "a key or a name")
  local list, err = self:organizations(options)
  if not list then return nil, err end
  return only(self, list, function(o) return o.name == key end, ("organization %q"):format(key))
end

-- What a person can be named by, and the field that holds it.
local person_keys = { user_id = "user_id", organization_user_id = "id", invitation_id = "invitation_id", email = "email",
  name = "name" }

local function person_matcher(key)
  if type(key) == "string" then
    local field = key:find("@", 1, true) and "email" or "name"
    return field, function(u) return fold(u[field]) == fold(key) end, key
  end
  local name, value = next(key)
  local field = person_keys[name]
  if not field or next(key, name) ~= nil then
    error("org:user wants one of {user_id =}, {organization_user_id =}, {invitation_id =}, {email =}, {name =}", 4)
  end
  if type(value) == "string" then
    return field, function(u) return fold(u[field]) == fold(value) end, value
  end
  if math.type(value) ~= "integer" then error("org:user wants an integer in {" .. name .. " = ...}", 4) end
  return field, function(u) return u[field] == value end
end

-- A complete list in the store answers for nothing; else the server filters by name or address, which costs less than
-- reading everybody.
local function people_for(self, text, options)
  if not (options and options.refresh) then
    local ok, list = pcall(self.users, self, { offline = true })
    if ok and list and list.complete and not list.stale then return list end
  end
  return self:users(options_of(options, { filter = text }))
end

--- One person by e-mail address or name, or by {user_id =}, {organization_user_id =}, {invitation_id =}. A plain
-- number is refused: a person has four kinds of key.
function organization:user(key, options)
  if math.type(key) == "integer" then
    error(("org:user(%d): a person has four kinds of key; say which: {user_id = %d} or {organization_user_id = %d}")
      :format(key, key, key), 2)
  end
  if type(key) ~= "table" then check_key(key, "org:user", "an e-mail address, a name or a table that names a key") end
  local field, matches, text = person_matcher(key)
  local list, err = people_for(self, text, options)
  if not list then return nil, err end
  return only(self, list, matches, ("user %s %s"):format(field, text or select(2, next(key))))
end

local function by_key_or_name(key, id_field)
  if math.type(key) == "integer" then return function(r) return r[id_field] == key end end
  return function(r) return r.name == key end
end

--- One group by key or name.
function organization:group(key, options)
  if math.type(key) ~= "integer" then check_key(key, "org:group", "a key or a name") end
  local list, err = self:groups(options)
  if not list then return nil, err end
  return only(self, list, by_key_or_name(key, "group_id"), "group " .. tostring(key))
end

--- The workspaces of this organization that the caller sees. Spends a request of the account's own window.
function organization:workspaces(options)
  local all, err = self:client():workspaces(options)
  if not all then return nil, err end
  local id, at = core.key(self, "organization_id"), {}
  for i, w in ipairs(all) do
    if w.organization_id == id then at[#at + 1] = i end
  end
  return core.pick(all, at)
end

function organization:each_workspace(options)
  local list, err = self:workspaces(options)
  if not list then error(err, 0) end
  return list:each()
end

--- One workspace by key or name.
function organization:workspace(key, options)
  if math.type(key) ~= "integer" then check_key(key, "org:workspace", "a key or a name") end
  local list, err = self:workspaces(options)
  if not list then return nil, err end
  return only(self, list, by_key_or_name(key, "id"), "workspace " .. tostring(key))
end

-- ----------------------------------------------------------------------------------------------------- small changes

--- Gives the organization another name; everything else stays.
function organization:rename(name) return self:update{ name = name } end

--- Removes people from the organization: objects or {organization_user_id =}.
function organization:remove(...)
  local people = { ... }
  if #people == 1 and type(people[1]) == "table" and people[1][1] then people = people[1] end
  return self:remove_users{ delete = people }
end

function group:rename(name) return self:update{ name = name } end

-- People and workspaces may stand in one list: their class says where each goes.
local function sort_members(first, ...)
  local given = { first, ... }
  local is_list = core.is_list(first) or type(first) == "table" and first[1]
  if is_list and select("#", ...) == 0 then given = first end
  local users, workspaces = {}, {}
  for i = 1, #given do
    local m = given[i]
    if core.class(m) == "workspace" or type(m) == "table" and m.workspace_id then
      workspaces[#workspaces + 1] = core.key(m, "workspace_id")
    else
      users[#users + 1] = { user_id = core.key(m, "user_id") }
    end
  end
  return users, workspaces
end

local function chunks(patches, op, path, values)
  for from = 1, #values, 100 do
    local some = table.move(values, from, math.min(from + 99, #values), 1, {})
    patches[#patches + 1] = { op = op, path = path, value = some }
  end
end

-- Each patch is carried out on its own (reference 1.1), so a 200 can still hold refusals.
local function patch(self, op, ...)
  if select("#", ...) == 0 then error("group:" .. op .. " wants at least one user or workspace", 3) end
  local users, workspaces = sort_members(...)
  local patches = {}
  chunks(patches, op, "/users", users)
  chunks(patches, op, "/workspaces", workspaces)
  local result, err = self:patch{ patches = patches }
  if not result then return nil, err end
  local refused = result.failure
  if refused and #refused > 0 then
    return fail(self, "invalid", ("group %s: %d of %d changes refused: %s"):format(self.name, #refused, #patches,
      refused[1].message), "the other changes were made")
  end
  return result
end

--- Adds people and workspaces to the group: objects, {user_id =}, {workspace_id =}, or a list of them.
function group:add(...) return patch(self, "add", ...) end
--- Takes people and workspaces out of the group.
function group:remove(...) return patch(self, "remove", ...) end

local function organization_of(self)
  local id = core.key(self, "organization_id", true)
  if not id then error("this record does not say which organization it belongs to", 3) end
  return id
end

--- Removes this person from the organization.
function user:remove()
  return self:client().api.patch_organization_users{ organization_id = organization_of(self), delete = { self } }
end

--- Deactivates, or restores, this person in the whole organization.
function user:deactivate() return self:update{ inactive = true } end
function user:activate() return self:update{ inactive = false } end

--- Sends the invitation of somebody who has not joined once more. It sends mail.
function user:resend_invitation()
  return self:client().api.put_invitation{ organization_id = organization_of(self),
    invitation_id = core.key(self, "invitation_id") }
end

function workspace:rename(name) return self:update{ name = name } end

-- ------------------------------------------------------------------------------------------------------------- quota

--- The quota windows: what is left, of how many, until when. From the ledger, without a request; {refresh = true} asks.
function client:quota(options)
  if options and options.refresh then
    local list, err = self:get_quota()
    if not list then return nil, err end
    for w in list:each() do self:learn(w.organization_id or 0, w.remaining, w.resets_in_secs, w.total) end
  end
  return self:windows()
end

-- ----------------------------------------------------------------------------------------------------------- waiting

local not_yet = { not_found = true, forbidden = true }

-- One try of FN: its value, or the error that may pass by itself.
local function try(fn)
  local ok, value, err = pcall(fn)
  if not ok then
    if type(value) ~= "table" or not not_yet[value.kind] then error(value, 0) end
    return nil, value
  end
  if value == nil and type(err) == "table" and not not_yet[err.kind] then return nil, err, true end
  return value, err
end

--- Waits until FN returns something: for the few seconds in which what was just made is not yet visible (403 and 404
-- are final only afterwards). {tries = 4, every = 3} are the bounds: each try costs what FN asks for.
function client:wait_until(fn, options)
  options = options or {}
  local tries, every = options.tries or 4, options.every or 3
  if type(fn) ~= "function" then error("client:wait_until wants a function, got " .. type(fn), 2) end
  if math.type(tries) ~= "integer" or tries < 1 then error("tries must be an integer above 0", 2) end
  if type(every) ~= "number" or every < 0 then error("every must be a number of seconds", 2) end
  local value, err, final
  for try_ = 1, tries do
    value, err, final = try(fn)
    if value or final then return value, err end
    if try_ < tries then require("toggl.task").sleep(every) end
  end
  err = err or { kind = "not_found", message = ("nothing came in %d tries"):format(tries) }
  return core.fail(self:raises(), err)
end
