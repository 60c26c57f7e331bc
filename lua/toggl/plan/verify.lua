-- Reading back after an apply, since a 200 does not prove a change: which lists are read, which the
-- price has counted before, and what they show of each change.

local core = require "toggl.core"

local M = {}

local function pages(n, size) return math.max(1, (n + size - 1) // size) end

-- Which list shows a change, by its kind: one of all groups, of all workspaces, or of people.
-- `member` is the list of the members of the change's workspace.
local SHOWN = {
  join = "groups",
  quit = "groups",
  attach = "groups",
  detach = "groups",
  group_new = "groups",
  group_name = "groups",
  group_gone = "groups",
  workspace_new = "workspaces",
  workspace_name = "workspaces",
  role = "admins",
  activate = "inactive",
  deactivate = "inactive",
  name = "people",
  remove = "people",
  cancel = "people",
  begin = "member",
  ["end"] = "member",
  access = "member",
  invite = "invited",
}

-- The fewest workspaces that together have every invitation of STEPS, found greedily.
local function workspaces_of(steps)
  local open, chosen = {}, {}
  for _, step in ipairs(steps) do
    if step.kind == "invite" then open[#open + 1] = step.args.workspaces end
  end
  while #open > 0 do
    local count, best, rest = {}, nil, {}
    for _, roles in ipairs(open) do
      for w in pairs(roles) do
        count[w] = (count[w] or 0) + 1
        local better = not best or count[w] > count[best] or count[w] == count[best] and w < best
        best = better and w or best
      end
    end
    for _, roles in ipairs(open) do
      if not roles[best] then rest[#rest + 1] = roles end
    end
    open, chosen[#chosen + 1] = rest, best
  end
  return chosen
end

-- People that a short list shows anyway, with all their groups and workspaces: {[address] = list}.
local function covered(steps)
  local found = {}
  for _, step in ipairs(steps) do
    for _, c in ipairs(step.changes) do
      if c.kind == "deactivate" then found[c.who] = "inactive" end
      if c.kind == "role" and c.after == "admin" then found[c.who] = found[c.who] or "admins" end
    end
  end
  return found
end

local WITH_PERSON = { member = true, groups = true }

-- What of STEPS changes, as the lists that show it.
local function changed(steps)
  local c = { lists = {}, members = {}, removed = 0, invited = 0, inactive = 0 }
  local short = covered(steps)
  for _, step in ipairs(steps) do
    for _, change in ipairs(step.changes) do
      local list, kind = SHOWN[change.kind], change.kind
      if change.who and WITH_PERSON[list] then list = short[change.who] or list end
      c.lists[list] = true
      if list == "member" then c.members[change.workspace] = true end
      -- people who have not joined are in groups without a key: their own list shows them
      if list == "groups" and change.who and not change.user_id then c.lists.people = true end
      if kind == "remove" or kind == "cancel" then c.removed = c.removed + 1 end
      if kind == "invite" then c.invited = c.invited + 1 end
      if kind == "deactivate" then c.inactive = c.inactive + 1 end
      if kind == "activate" then c.inactive = c.inactive - 1 end
    end
  end
  for _, w in ipairs(c.lists.invited and workspaces_of(steps) or {}) do
    c.members[w] = true
  end
  return c
end

local function inactive_of(present)
  local n = 0
  for _, p in ipairs(present.people) do
    if p.state == "inactive" then n = n + 1 end
  end
  return n
end

--- The lists that show what STEPS change in PRESENT, in the fewest requests: { groups =, workspaces
--- =, people =, admins =, inactive = true, members = {workspace keys}, requests = }.
function M.lists(steps, present)
  local c, size = changed(steps), present.page_size or M.page_size
  local all = pages(#present.people - c.removed + c.invited, size)
  local few, members = c.lists.people and all or 0, {}
  for w in pairs(c.members) do
    members[#members + 1] = w
  end
  table.sort(members)
  local want = { groups = c.lists.groups, workspaces = c.lists.workspaces, members = members }
  if c.lists.admins then few = few + 1 end
  if c.lists.inactive then few = few + pages(inactive_of(present) + c.inactive, size) end
  few = few + #members
  if few > all or c.lists.people then
    want.people, want.members, few = true, {}, all -- one list has all of them
  elseif few > 0 then
    want.admins, want.inactive = c.lists.admins, c.lists.inactive
  end
  want.requests = few + (want.groups and 1 or 0) + (want.workspaces and 1 or 0)
  return want
end

M.page_size = 1000

-- ------------------------------------------------------------------------------- what lists show

local function index(list, key_of, value_of)
  local found = {}
  for record in list:each() do
    local key = key_of(record)
    if key then found[key] = value_of and value_of(record) or record end
  end
  return found
end

local function address(record) return core.fold(record.email or "") end

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

local readers = {}

function readers.groups(org)
  local present = require "toggl.plan.present"
  return index(must(org:groups { refresh = true }), function(g) return g.group_id end, function(g)
    local found = present.group(g)
    found.users = {}
    for _, u in ipairs(g.users or {}) do
      if u.user_id then found.users[u.user_id] = true end
    end
    return found
  end)
end

function readers.workspaces(org)
  return index(
    must(org:workspaces { refresh = true }),
    function(w) return w.id end,
    function(w) return w.name end
  )
end

local function people(filter)
  return function(org)
    local present = require "toggl.plan.present"
    local options = { refresh = true }
    for name, value in pairs(filter) do
      options[name] = value
    end
    return index(must(org:users(options)), address, function(u) return present.person(u, {}) end)
  end
end

readers.people = people {}
readers.admins = people { only_admins = true }
readers.inactive = people { active_status = { "inactive" } }

function readers.members(org, key)
  return index(
    must(org:client().api.get_workspace_workspace_users {
      workspace_id = key,
      includeIndirect = true,
      refresh = true,
    }),
    address,
    function(m)
      return { role = m.role or (m.admin and "admin" or "user"), direct = m.is_direct == true }
    end
  )
end

-- ------------------------------------------------------------------------- whether a change is seen

-- The change's person in a list of people that has been read; nil where none shows them.
local function person_of(seen, c)
  for _, name in ipairs { "people", "inactive", "admins" } do
    local p = seen[name] and seen[name][c.key]
    if p then return p end
  end
end

-- The membership of the change's person in its workspace: a table, false where there is none, nil
-- where no list shows it.
local function member_of(seen, c, w)
  local p = person_of(seen, c)
  if p or seen.people then
    local here = p and p.workspaces[w]
    return here and { role = here.role, direct = next(here.groups) == nil, unsure = true } or false
  end
  local list = seen.members[w]
  return list and (list[c.key] or false)
end

local is = {}

local function in_group(seen, c, g)
  local group = seen.groups and seen.groups[g]
  if c.user_id and seen.groups then return group ~= nil and group.users[c.user_id] == true end
  local p = person_of(seen, c)
  return p ~= nil and p.groups[g] == true
end

function is.join(seen, c, key) return in_group(seen, c, key(c.group)) end
function is.quit(seen, c, key) return not in_group(seen, c, key(c.group)) end

function is.attach(seen, c, key)
  local group = seen.groups[key(c.group)]
  return group ~= nil and group.workspaces[key(c.workspace)] == true
end

function is.detach(seen, c)
  local group = seen.groups[c.group]
  return group ~= nil and not group.workspaces[c.workspace]
end

function is.group_new(seen, c, key)
  local group = seen.groups[key(c.group)]
  return group ~= nil and group.name == c.name
end
is.group_name = is.group_new

function is.group_gone(seen, c) return seen.groups[c.group] == nil end

function is.workspace_new(seen, c, key) return seen.workspaces[key(c.workspace)] == c.name end
is.workspace_name = is.workspace_new

function is.role(seen, c)
  local p = (seen.people or seen.admins)[c.key]
  return c.after == "user" and (not p or p.role == "user") or p ~= nil and p.role == c.after
end

function is.activate(seen, c)
  local p = (seen.people or seen.inactive)[c.key]
  return not p or p.state ~= "inactive"
end

function is.deactivate(seen, c)
  local p = (seen.people or seen.inactive)[c.key]
  return p ~= nil and p.state == "inactive"
end

function is.name(seen, c)
  local p = seen.people[c.key]
  return p ~= nil and p.name == c.after
end

function is.remove(seen, c) return seen.people[c.key] == nil end
is.cancel = is.remove

function is.begin(seen, c, key)
  local here = member_of(seen, c, key(c.workspace))
  return here and (here.direct or here.unsure) and here.role == (c.after or "user")
end

is["end"] = function(seen, c)
  local here = member_of(seen, c, c.workspace)
  return not here or not here.direct
end

function is.access(seen, c)
  local here = member_of(seen, c, c.workspace)
  return here and here.role == c.after
end

function is.invite(seen, c, key, step)
  if seen.people then return seen.people[c.key] ~= nil end
  for w in pairs(step.args.workspaces) do
    local list = seen.members[key(w)]
    if list and list[c.key] then return true end
  end
  return false
end

--- Read what WANT, from lists, names. KEY maps keys that are negative to real ones.
function M.read(org, want, key)
  local seen = { members = {} }
  for _, name in ipairs { "groups", "workspaces", "people", "admins", "inactive" } do
    if want[name] then seen[name] = readers[name](org) end
  end
  for _, w in ipairs(want.members) do
    seen.members[key(w)] = readers.members(org, key(w))
  end
  return seen
end

--- Does SEEN, from read, show the change C of STEP?
function M.shows(seen, c, key, step)
  c.key = c.key or c.who and core.fold(c.who) or nil
  return is[c.kind](seen, c, key, step) and true or false
end

return M
