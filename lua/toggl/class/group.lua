-- Methods of a group: its people and workspaces.
local core = require "toggl.core"
local common = require "toggl.class.common"

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

-- A person without an account key cannot be in a list of them.
local function nameless(users)
  local n = 0
  for i = 1, #(users or {}) do
    n = n + (core.key(users[i], "user_id", true) and 0 or 1)
  end
  return n
end

--- Rename the group. The reference calls `users` and `workspaces` of a PUT complete lists, does not
--- say whether omitting one empties it, and PATCH takes no name. So both are read now and sent
--- unchanged: an older copy could undo changes made by others since.
function group:rename(name)
  common.check_key(name, "group:rename", "a name")
  local now, err = read_again(self)
  if not now then return nil, err end
  local n = nameless(now.users)
  if n > 0 then
    return common.fail(
      self,
      "conflict",
      (
        "group %s: %d of its people have no account key and could lose their place; "
        .. "it was not renamed"
      ):format(now.name, n),
      "group:update{ name = } sends the name alone"
    )
  end
  return self:update { name = name, users = now.users, workspaces = now.workspaces }
end

-- People and workspaces may be in one list; the class of each decides. Returns lists of { key =,
-- given = }.
local function sort_members(op, first, ...)
  local given = { first, ... }
  local is_list = core.is_list(first) or type(first) == "table" and first[1]
  if is_list and select("#", ...) == 0 then given = first end
  if core.is_list(given) and not given.complete then
    core.misuse(
      "the list is incomplete: people missing from it would be left out; nothing was sent"
    )
  end
  if #given == 0 then
    core.misuse("group:" .. op .. " requires at least one user or workspace; nothing was sent")
  end
  local members = { users = {}, workspaces = {} }
  for i = 1, #given do
    local m = given[i]
    local is_workspace = core.class(m) == "workspace" or type(m) == "table" and m.workspace_id
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

-- The server's reason: its message, else other texts of the refusal, else all of it.
local function reason(refusal)
  if type(refusal) ~= "userdata" and type(refusal) ~= "table" then
    return refusal == nil and "without a reason" or tostring(refusal)
  end
  local message, texts = refusal.message, {}
  if type(message) == "string" and message ~= "" then return message end
  for name, value in pairs(refusal) do
    if name ~= "patch" and type(value) == "string" and value ~= "" then
      texts[#texts + 1] = value
    end
  end
  table.sort(texts)
  return texts[1] and table.concat(texts, ", ") or refusal:raw()
end

--- Send patches. The server applies each on its own (reference 1.1), so a 200 can still hold
--- refusals: then the error "partial", or "invalid" when none was applied, has the reply in
--- `result` and the refusals in `refused`. A reply that names no change confirms none and is
--- "partial" as well.
function group:patch(...)
  local result, err, sent = common.change("patch_organization_group", self, ...)
  if not result then return nil, err end
  if not sent then return result end
  local refused, reasons, made = result.failure or {}, {}, #(result.success or {})
  if #refused == 0 and made > 0 then return result end
  if #refused == 0 then
    return common.partial(
      self,
      ("group %s: the reply names no change, neither as made nor as refused"):format(self.name),
      "read the group again before you repeat it",
      result,
      {}
    )
  end
  for i = 1, #refused do
    reasons[i] = reason(refused[i])
  end
  return common.partial(
    self,
    ("group %s: %d of %d changes refused: %s"):format(
      self.name,
      #refused,
      #refused + made,
      table.concat(reasons, "; ")
    ),
    made > 0 and "the other changes were made" or "no change was made",
    result,
    { kind = made == 0 and "invalid" or nil, refused = reasons }
  )
end

local function patch(self, op, members)
  local patches = {}
  chunks(patches, op, "users", members.users)
  chunks(patches, op, "workspaces", members.workspaces)
  return self:patch { patches = patches }
end

-- A change made through a record outdates its own lists: record -> { users =, workspaces = }, key
-- -> is a member.
local changed = setmetatable({}, { __mode = "k" })

local function note(self, members, is_member)
  changed[self] = changed[self] or { users = {}, workspaces = {} }
  for field, list in pairs(members) do
    for _, m in ipairs(list) do
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

--- Add people and workspaces to the group: objects, {user_id =}, {workspace_id =}, or a list of
--- them.
function group:add(...)
  local members = sort_members("add", ...)
  local result, err = patch(self, "add", members)
  if result then note(self, members, true) end
  return result, err
end

--- Remove people and workspaces from the group. The server confirms the removal of non-members as
--- well, so a second value lists those that the record knows not to be members: { message =,
--- members = }; nil when all were in it.
function group:remove(...)
  local members = sort_members("remove", ...)
  local absent = absent_of(self, members)
  local result, err = patch(self, "remove", members)
  if not result then return nil, err end
  note(self, members, false)
  return result, absent
end
