-- Methods of an organization that compose operations: finding people, groups and workspaces by
-- name, and small changes.
local core = require "toggl.core"
local common = require "toggl.class.common"
local done = require "toggl.class.done"
local found = require "toggl.class.found"
local unconfirmed = require "toggl.class.unconfirmed"

local organization = common.add_lists "organization"

-- What names a person, and the field that holds it.
local person_keys = {
  user_id = "user_id",
  organization_user_id = "id",
  invitation_id = "invitation_id",
  email = "email",
  name = "name",
}

-- Addresses compare without case, so two that differ in case alone are the same address.
local function text_matcher(field, text)
  local matches = common.by_text(field, text)
  if field == "name" then return field, matches, text end
  return field, function(u) return matches(u) and "alike" or nil end, core.fold(text)
end

-- Return the first kind of key that the record has, and the key.
local function key_of_person(user)
  for _, name in ipairs { "organization_user_id", "user_id", "invitation_id" } do
    local value = core.key(user, name, true)
    if value then return name, value end
  end
  core.misuse "org:user: this record holds no key of a person"
end

-- Return the name of what KEY, a table or an object, names a person by, and its value.
local function named_key(key)
  if core.class(key) then return key_of_person(key) end
  local name, value = next(key)
  local field = person_keys[name]
  if not field or next(key, name) ~= nil then
    core.misuse(
      "org:user requires one of {user_id =}, {organization_user_id =}, {invitation_id =}, "
        .. "{email =}, {name =}"
    )
  end
  if core.class(value) then value = core.key(value, name) end
  if name == "email" or name == "name" then return name, value end
  return name, math.tointeger(tonumber(value)) or value
end

-- Returns the field to compare, a matcher for common.only, and the text or else the key.
local function person_matcher(key)
  if type(key) == "string" then
    return text_matcher(key:find("@", 1, true) and "email" or "name", key)
  end
  local name, value = named_key(key)
  local field = person_keys[name]
  if type(value) == "string" and (name == "email" or name == "name") then
    return text_matcher(field, value)
  end
  if math.type(value) ~= "integer" then
    core.misuse("org:user requires an integer in {" .. name .. " = ...}")
  end
  return field, function(u) return u[field] == value and "key" or nil end, nil, value
end

local function holds(list, matches)
  for user in list:each() do
    if matches(user) then return true end
  end
  return false
end

-- Return the people that the server finds by TEXT; nil: all.
local function filtered(self, text, matches, options)
  local first, wider
  if text then
    first, wider = require "toggl.text.filter"(text)
  end
  local list, err = self:users(common.options_of(options, { filter = first }))
  if not list or not wider or holds(list, matches) then return list, err end
  return self:users(common.options_of(options, { filter = wider }))
end

-- A complete list in the store answers without a request; otherwise the server filters by name or
-- address, which costs less than reading everyone. A stale list is used only when nothing else is
-- available. LOOK: the function that looks into the rows again, for a stored list.
local function people_for(self, text, matches, options, place, look)
  local stored = found.stored(self, self.users, options)
  if stored and not stored.stale then
    found.keep(place, stored)
    return stored, nil, true
  end
  if look and stored then
    local list, near = found.laid(place, look, self, self.users, options)
    if list then return list, nil, true, near end
  end
  local ok, list, err = pcall(filtered, self, text, matches, options)
  if ok and list then return list end
  err = ok and err or list
  if stored and type(err) == "table" and err.kind == "offline" then return stored end
  -- Answer from stale data where the options allow it.
  if stored and type(err) == "table" and err.kind == "quota" then return self:users(options) end
  if not ok then error(err, 0) end
  return nil, err
end

-- Return the people in the store, for suggestions: the server returns only matches.
local function known_people(self)
  local people, id = {}, core.key(self, "organization_id")
  for _, row in pairs(require("toggl.known").all(self:client(), "organization_user_id", id)) do
    if row.name then people[#people + 1] = row end
  end
  return people
end

-- Return the call that names this person, by the first key of the record.
local function person_call(user)
  for _, name in ipairs { "organization_user_id", "user_id", "invitation_id" } do
    local value = user[person_keys[name]]
    if value then return ("org:user{ %s = %d }"):format(name, value) end
  end
  return "one without a key, which cannot be named"
end

-- The server filters by text, so the address of an object saves reading everyone. It may have
-- changed since the object was read, which only the whole list shows.
local function people_like(self, user, matches, options)
  local text = user:get "email" or user:get "name"
  if not text or text == "" then return people_for(self, nil, matches, options) end
  local list, err = people_for(self, text, matches, options)
  if not list then return nil, err end
  if holds(list, matches) then return list end
  return people_for(self, nil, matches, options)
end

--- Return one person by e-mail address or name, by {user_id =}, {organization_user_id =},
--- {invitation_id =}, or by an object. A plain number is rejected: a person has four kinds of key.
function organization:user(key, options)
  if type(key) == "number" and math.tointeger(key) then
    core.misuse(
      (
        "org:user(%d): a person has four kinds of key; say which: {user_id = %d} or "
        .. "{organization_user_id = %d}"
      ):format(key // 1, key // 1, key // 1)
    )
  end
  common.check_options(options, "org:user")
  local object = core.class(key) and key
  if type(key) ~= "table" and not object then
    common.check_key(
      key,
      "org:user",
      "an e-mail address, a name, a table that names a key, or the object"
    )
  end
  local field, matches, text, id = person_matcher(key)
  local list, err, whole, near
  if object then
    list, err = people_like(self, object, matches, options)
  else
    local place = found.place(self, "get_organization_users", options)
    local function look() return found.look(place, text, field, text or id) end
    list, near = look()
    whole = list ~= nil
    if not list then
      list, err, whole, near = people_for(self, text, matches, options, place, look)
    end
  end
  if not list then return nil, err end
  return common.only(self, list, matches, {
    what = ("user %s %s"):format(field, text or id),
    wanted = text,
    by_key = person_call,
    near = near,
    -- A complete list has them all.
    more = not whole and function() return known_people(self) end or nil,
  })
end

-- The list of groups is one reply, and is stored. While a change settles it is not stored; then the
-- server filters by name, unless the change is this client's own. Digits may be a key. LOOK: asks
-- the rows. Returns the list, or nil and err; the previous list, for suggestions; and what was
-- near.
local function groups_for(self, key, options, place, look)
  local list, near = found.laid(place, look, self, self.groups, options)
  if list then return list, nil, nil, near end
  local named = type(key) == "string" and not key:find "^%d+$" and not (options or {}).offline
  local stored = named and not found.has_own(place) and found.stored(self, self.groups, options)
  local err
  if stored and stored.stale and (stored.settling or 0) > 0 then
    list, err =
      self:groups(common.options_of(options, { name = (require "toggl.text.filter"(key)) }))
    return list, err, stored
  end
  list, near, err = found.read(place, look, self, self.groups, options)
  return list, err, nil, near
end

--- Return one group by key or name.
function organization:group(key, options)
  key = common.finder_key(key, "group_id", "org:group")
  common.check_options(options, "org:group")
  local place = found.place(self, "get_organization_groups", options)
  local function look() return found.look_key(place, key, "group_id") end
  local list, near = look()
  local err, before
  if not list then
    list, err, before, near = groups_for(self, key, options, place, look)
  end
  if not list then return nil, err end
  return common.only_named(self, list, key, "group_id", "org:group", before, near)
end

-- Return the workspaces of ALL that are in this organization.
local function those_of(self, all)
  local id, at = core.key(self, "organization_id"), {}
  for i, w in ipairs(all) do
    if w.organization_id == id then at[#at + 1] = i end
  end
  return core.pick(all, at)
end

--- Return the workspaces of this organization that are visible to the caller. Costs a request of
--- the account's own window.
function organization:workspaces(options)
  local all, err = self:client():workspaces(options)
  if not all then return nil, err end
  return those_of(self, all)
end

function organization:each_workspace(options)
  local list, err = self:workspaces(options)
  if not list then error(err, 0) end
  return require("toggl.pages").over(list, "org:each_workspace")
end

--- Return one workspace by key or name.
function organization:workspace(key, options)
  key = common.finder_key(key, "workspace_id", "org:workspace")
  common.check_options(options, "org:workspace")
  local c = self:client()
  local place = found.place(c, "get_workspaces", options)
  local function look() return found.look_key(place, key, "id") end
  local some = look() or found.laid(place, look, c, c.workspaces, options)
  local list = some and those_of(self, some)
  if list and #list > 0 then return common.only_named(self, list, key, "id", "org:workspace") end
  -- The suggestions are of this organization alone, so they come from its list.
  local all, _, err = found.read(place, look, c, c.workspaces, options)
  if not all then return nil, err end
  return common.only_named(self, those_of(self, all), key, "id", "org:workspace")
end

--- Rename the organization and leave everything else unchanged.
function organization:rename(name)
  common.check_key(name, "org:rename", "a name")
  local did = ("organization %s: renamed to %s"):format(self.name, name)
  return done.change("put_organization", self, { name = name }, did)
end

--- Invite people. An address missing from the reply may not have been invited: then the error
--- "partial" has the reply in `result` and those addresses in `unconfirmed`. Where the reply was
--- lost, the read that settled it has shown all of them.
function organization:invite(...)
  local first = ...
  local result, response, sent = common.change("post_organization_invitation", self, ...)
  if not result then return nil, response end
  if not sent or response.from == "settled" then return result end
  local emails = type(first) == "table" and first.emails or first
  local missing, remarks = unconfirmed(emails, result)
  if #missing == 0 then return result end
  return common.partial(
    self,
    ("%d of %d invitations %s not in the reply: %s%s"):format(
      #missing,
      #emails,
      #missing == 1 and "is" or "are",
      table.concat(missing, ", "),
      remarks
    ),
    "look for them in org:users{ refresh = true } before you invite them again",
    result,
    { unconfirmed = missing }
  )
end

--- Remove people from the organization: objects or {organization_user_id =}.
function organization:remove(...)
  local people = { ... }
  local first = people[1]
  if #people == 1 and (core.is_list(first) or type(first) == "table" and first[1]) then
    people = first
  end
  return done.change(
    "patch_organization_users",
    self,
    { delete = people },
    function() return ("organization %s: removed %s"):format(self.name, done.names(people)) end
  )
end

--- Return one role by key, name, type or code. Several workspace roles share a type, so those of
--- the organization are preferred.
function organization:role(key, options)
  common.check_options(options, "org:role")
  local list, err = self:roles(options)
  if not list then return nil, err end
  return common.only_role(self, list, key)
end

--- Plan the changes that bring the organization to the state DESIRED: toggl.plan.of.
function organization:plan(desired, options) return core.above.plan(self, desired, options) end
