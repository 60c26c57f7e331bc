-- Methods of a group: its people and workspaces.
local core = require "toggl.core"
local common = require "toggl.class.common"
local done = require "toggl.class.done"

local group = common.add_lists "group"

-- Return the group as it is now, or nil, err.
local function read_again(self)
  local call, err = core.start("get_organization_groups", self, { refresh = true })
  if not call then return nil, err end
  local list
  list, err = call:wait()
  if not list then return nil, err end
  local id = core.key(self, "group_id")
  return common.only_named(self, list, id, "group_id", "org:group")
end

-- Return the names of people without an account key, which a list of keys cannot hold, and the
-- others.
local function by_account(users)
  local nameless, others = {}, {}
  for i = 1, #(users or {}) do
    local has_key = core.key(users[i], "user_id", true)
    table.insert(has_key and others or nameless, users[i])
  end
  return nameless, others
end

-- Rename by the operation that carries the name alone; it reaches the group through a workspace.
local function rename_alone(self, workspaces, name, args, did)
  args.workspace_id, args.name = workspaces[1], name
  return done.change("put_workspace_group", self, args, did)
end

-- Rename a group without a workspace. The reference calls `users` and `workspaces` of a PUT
-- complete lists, does not say whether omitting one empties it, and PATCH takes no name. So both
-- are read now and sent unchanged: an older copy could undo changes made by others since. Such a
-- list cannot have invited people, who would lose their place, which FORCE accepts.
local function rename_whole(self, name, args, force)
  local now, err = read_again(self)
  if not now then return nil, err end
  local did = ("group %s: renamed to %s"):format(now.name, name)
  local nameless, others = by_account(now.users)
  if #(now.workspaces or {}) > 0 then return rename_alone(self, now.workspaces, name, args, did) end
  if #nameless > 0 and not force then
    return common.fail(
      self,
      "conflict",
      ("group %s: %s would lose %s place in it; it was not renamed"):format(
        now.name,
        done.names(nameless),
        #nameless == 1 and "the" or "their"
      ),
      "attach the group to a workspace first, or accept it with { force = true }"
    )
  end
  args.name, args.users, args.workspaces = name, others, now.workspaces
  return done.change("put_organization_group", self, args, did)
end

--- Rename the group: by its name alone through a workspace that it is attached to, as far as the
--- record knows, which loses nothing and needs no reading; else with its complete lists.
function group:rename(name, options)
  common.check_key(name, "group:rename", "a name")
  common.check_options(options, "group:rename", nil, "force")
  local args = common.options_of(options)
  local force, known = args.force, self:get "workspaces"
  args.force = nil
  if not known or #known == 0 then return rename_whole(self, name, args, force) end
  local did = ("group %s: renamed to %s"):format(self.name, name)
  local ok, result, err = pcall(rename_alone, self, known, name, common.options_of(args), did)
  if not ok then err = result end -- of a client that raises
  if ok and result then return result end
  if err.kind ~= "not_found" then
    if not ok then error(err, 0) end
    return nil, err
  end
  -- it has left that workspace since
  return rename_whole(self, name, args, force)
end

-- People and workspaces may be in one list; the class of each decides. Returns lists of { key =,
-- given = }.
-- ONLY: the one class that the verb takes, or nil.
local function sort_members(op, only, first, ...)
  local given = { first, ... }
  local is_list = core.is_list(first) or type(first) == "table" and first[1]
  if is_list and select("#", ...) == 0 then given = first end
  if core.is_list(given) and not given.complete then
    core.misuse(
      "the list is incomplete: people missing from it would be left out; nothing was sent"
    )
  end
  if #given == 0 then
    core.misuse(
      ("group:%s requires at least one %s; nothing was sent"):format(
        op,
        only or "user or workspace"
      )
    )
  end
  local members = { users = {}, workspaces = {}, given = given }
  for i = 1, #given do
    local m = given[i]
    local is_workspace = only == "workspace"
      or core.class(m) == "workspace"
      or type(m) == "table" and m.workspace_id
    local to = is_workspace and members.workspaces or members.users
    to[#to + 1] = { key = core.key(m, is_workspace and "workspace_id" or "user_id"), given = m }
  end
  return members
end

-- The parameter names of the row distinguish keys of people from others.
local function value_of(field, key) return field == "users" and { user_id = key } or key end

local function chunks(patches, op, field, members)
  for from = 1, #members, 100 do
    local some = {}
    for i = from, math.min(from + 99, #members) do
      some[#some + 1] = value_of(field, members[i].key)
    end
    patches[#patches + 1] = { op = op, path = "/" .. field, value = some }
  end
end

local LOOK = "read the group again before you repeat it"

-- Send patches. The server applies each on its own (reference 1.1), so a 200 can still hold
-- refusals: then the error "partial", or "invalid" when none was applied, has the reply in
-- `result` and the refusals in `refused`. A reply that does not name each patch confirms less, and
-- is "partial" as well, unless it was lost and a read has shown the changes. The third value: was
-- it sent?
local function send(self, ...)
  local args = ...
  local patches = type(args) == "table" and args.patches or {}
  local result, response, sent = common.change("patch_organization_group", self, ...)
  if not result then return nil, response end
  if not sent or response.from == "settled" then return result, nil, sent end
  local refused, made = result.failure or {}, #(result.success or {})
  local total = math.max(#patches, #refused + made)
  local whole = #refused + made == total
  if #refused == 0 and whole and made > 0 then return result, nil, true end
  if #refused == 0 then
    local named = made == 0 and "no change, neither as made nor as refused"
      or ("%d of %d changes as made, and none as refused"):format(made, total)
    return common.partial(
      self,
      ("group %s: the reply names %s"):format(self.name, named),
      LOOK,
      result,
      {}
    )
  end
  local reasons = require "toggl.class.reasons"(refused)
  return common.partial(
    self,
    ("group %s: %d of %d changes refused: %s"):format(
      self.name,
      #refused,
      total,
      table.concat(reasons, "; ")
    ),
    not whole and LOOK or made > 0 and "the other changes were made" or "no change was made",
    result,
    { kind = made == 0 and whole and "invalid" or nil, refused = reasons }
  )
end

--- Send patches, as put together by the caller.
function group:patch(...)
  local result, err = send(self, ...)
  return result, err
end

local function patch(self, op, members)
  local patches = {}
  chunks(patches, op, "users", members.users)
  chunks(patches, op, "workspaces", members.workspaces)
  return send(self, { patches = patches })
end

-- A change made through a record outdates its own lists: record -> { users =, workspaces = }, key
-- -> is a member.
local changed = setmetatable({}, { __mode = "k" })

local function note(self, members, is_member)
  changed[self] = changed[self] or { users = {}, workspaces = {} }
  for _, field in ipairs { "users", "workspaces" } do
    for _, m in ipairs(members[field]) do
      changed[self][field][m.key] = is_member
    end
  end
end

-- Return the keys that the record holds in FIELD, or nil when it does not have the field.
local function known(self, field)
  local list, keys = self[field], {}
  if not list then return nil end
  for i = 1, #list do
    local key = list[i]
    if field == "users" then key = core.key(key, "user_id", true) end
    if key then keys[key] = true end
  end
  for key, is_member in pairs(changed[self] and changed[self][field] or {}) do
    keys[key] = is_member
  end
  return keys
end

local Absent = { __tostring = function(absent) return absent.message end }

-- Return the MEMBERS that were not in the group according to the record, or nil when all were.
local function absent_of(self, members)
  local given, texts = {}, {}
  for _, field in ipairs { "users", "workspaces" } do
    local keys = known(self, field)
    for _, m in ipairs(keys and members[field] or {}) do
      if not keys[m.key] then
        given[#given + 1] = m.given
        texts[#texts + 1] = core.class(m.given) and tostring(m.given)
          or ("%s %d"):format(field:sub(1, -2), m.key)
      end
    end
  end
  if #given == 0 then return nil end
  local message = ("not in group %s when it was read, so nothing to take out: %s"):format(
    self.name,
    table.concat(texts, ", ")
  )
  return setmetatable({ message = message, members = given }, Absent)
end

-- Make the change OP of MEMBERS and return the result of the verb.
local function change(self, op, members, did)
  local result, err, sent = patch(self, op, members)
  if not result then return nil, err end
  if sent then note(self, members, op == "add") end
  return done.of(
    result,
    sent,
    ("group %s: %s %s"):format(self.name, did, done.names(members.given))
  )
end

--- Add people and workspaces to the group: objects, {user_id =}, {workspace_id =}, or a list of
--- them.
function group:add(...) return change(self, "add", sort_members("add", nil, ...), "added") end

-- The server confirms the removal of non-members as well, so a second value lists those that the
-- record knows not to be members: { message =, members = }; nil when all were in it.
local function take_out(self, members, did)
  local absent = absent_of(self, members)
  local result, err = change(self, "remove", members, did)
  if not result then return nil, err end
  return result, absent
end

--- Remove people and workspaces from the group. A second value lists those that were not in it.
function group:remove(...) return take_out(self, sort_members("remove", nil, ...), "removed") end

--- Give the people of the group access to workspaces: attach it to them.
function group:give(...)
  return change(self, "add", sort_members("give", "workspace", ...), "now has access to")
end

--- Take the access to workspaces from the group. A second value lists those it was not attached to.
function group:take(...)
  return take_out(self, sort_members("take", "workspace", ...), "no longer has access to")
end
