-- Audit an organization with the fewest requests: plan, people by state, rights, groups,
-- workspaces. Reads one list of people, one of groups and the workspace statistics; changes
-- nothing. The jobs `audit` and `report` present the result.

local os = require "toggl.text.standard"("os")
local core = require "toggl.core"
local json = require "toggl.text.json"

local M = {}

-- ------------------------------------------------------------------------------------------ people

-- The first whose field has the value holds. A record that does not have the fields says nothing.
local STATE = {
  { "inactive", true, "inactive" },
  { "joined", false, "invited" },
  { "inactive", false, "active" },
}
local ROLE = {
  { "owner", true, "owner" },
  { "admin", true, "administrator" },
  { "admin", false, "member" },
}

local function first(user, rules)
  for _, rule in ipairs(rules) do
    if user[rule[1]] == rule[2] then return rule[3] end
  end
end

--- Return "active", "inactive" or "invited"; nil: the record does not say.
function M.state(user) return first(user, STATE) end

--- Return "owner", "administrator" or "member"; nil: the record does not say.
function M.role(user) return first(user, ROLE) end

--- The columns of a person, for toggl.show.
M.PERSON = {
  model = "org_user",
  { name = "id", field = "id" },
  { name = "name", field = "name" },
  { name = "email", field = "email" },
  { name = "state", rules = STATE },
  { name = "role", rules = ROLE },
  { name = "groups", field = "groups", item = "name" },
  { name = "workspaces", field = "workspaces", item = "workspace_name" },
  { name = "user_id", field = "user_id" },
}

local function person(user)
  return {
    id = user.id,
    user_id = user.user_id,
    name = user.name,
    email = user.email,
    state = M.state(user),
    role = M.role(user),
    workspaces = user.workspace_count,
  }
end

-- Groups name their people by the account key, which invited people lack; people name their groups.
-- Both together give the memberships of everyone: {[account key] = {[group] = true}}.
local function members_of(groups)
  local by_account = {}
  for group in groups:each() do
    for _, member in ipairs(group.users or {}) do
      local account = member.user_id
      if account and group.group_id then
        by_account[account] = by_account[account] or {}
        by_account[account][group.group_id] = true
      end
    end
  end
  return by_account
end

local NO_GROUP, NO_KEY = 0, -1 -- Toggl never uses these as keys

local function groups_of(user, by_account)
  local mine = {}
  for id in pairs(by_account[user.user_id or false] or {}) do
    mine[id] = true
  end
  for _, group in ipairs(user.groups or {}) do
    mine[group.group_id or NO_KEY] = true
  end
  return mine
end

local function add(t, a, b)
  t[a], b = t[a] or {}, b or NO_KEY
  t[a][b] = (t[a][b] or 0) + 1
end

-- Count one person under each of their groups (or NO_GROUP) in each of their workspaces.
local function count(found, user, mine)
  if not next(mine) then mine = { [NO_GROUP] = true } end
  for group in pairs(mine) do
    found.sizes[group] = (found.sizes[group] or 0) + 1
    for _, w in ipairs(user.workspaces or {}) do
      add(found.both, group, w.workspace_id)
    end
  end
  for _, w in ipairs(user.workspaces or {}) do
    found.names[w.workspace_id or NO_KEY] = w.workspace_name
  end
end

-- Of two administrators: the owner first, then by name, address and key.
local function before(a, b)
  if (a.role == "owner") ~= (b.role == "owner") then return a.role == "owner" end
  for _, field in ipairs { "name", "email" } do
    local x, y = core.fold(a[field] or ""), core.fold(b[field] or "")
    if x ~= y then return x < y end
  end
  return (a.id or NO_KEY) < (b.id or NO_KEY)
end

-- Walk the list of people once for all sections about people.
local function read_people(users, groups)
  local by_account = members_of(groups)
  local found = {
    states = { active = 0, inactive = 0, invited = 0 },
    administrators = json.array {},
    no_group = json.array {},
    not_active = json.array {},
    names = {},
    sizes = {},
    both = {},
  }
  for user in users:each() do
    local row, mine = person(user), groups_of(user, by_account)
    local state = row.state or "unknown"
    found.states[state] = (found.states[state] or 0) + 1
    local administers = row.role == "owner" or row.role == "administrator"
    if administers then table.insert(found.administrators, row) end
    if row.state and row.state ~= "active" then table.insert(found.not_active, row) end
    if not next(mine) then table.insert(found.no_group, row) end
    count(found, user, mine)
  end
  table.sort(found.administrators, before)
  return found
end

-- --------------------------------------------------------------------------- workspaces and groups

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

-- Sort the largest first; equal ones by age, the smaller key first.
local function sort(rows, size)
  table.sort(rows, function(a, b)
    local m, n = a[size] or 0, b[size] or 0
    if m ~= n then return m > n end
    return (a.id or NO_KEY) < (b.id or NO_KEY)
  end)
  return rows
end

-- The statistics hold keys alone. The memberships of people name most workspaces; the list of
-- workspaces, which costs a request of the account's small window, is read only when a name is
-- missing.
local function read_workspaces(org, names)
  local rows, nameless = json.array {}, false
  for id, s in pairs(must(org:statistics())) do
    local admins = {}
    for i, admin in ipairs(s.admins or {}) do
      local name = type(admin) == "number" and admin or admin.name or admin.user_id
      admins[i] = tostring(name or "no name")
    end
    table.sort(admins, function(a, b) return core.fold(a) < core.fold(b) end)
    rows[#rows + 1] = {
      id = id,
      name = names[id],
      members = s.members_count,
      groups = s.groups_count,
      administrators = #admins,
      who = json.array(admins),
    }
    nameless = nameless or not names[id]
  end
  if nameless then
    for workspace in must(org:workspaces()):each() do
      names[workspace.id] = workspace.name
    end
    for _, row in ipairs(rows) do
      row.name = names[row.id]
    end
  end
  return sort(rows, "members")
end

-- Who is in a group and where: `both` counts its people in each workspace, `attached` holds the
-- workspaces that the group belongs to.
local function row_of_group(found, id, name, workspaces)
  local attached, both = {}, {}
  for _, w in ipairs(workspaces or {}) do
    attached[w] = true
  end
  for workspace, n in pairs(found.both[id] or {}) do
    both[workspace] = n
  end
  return { id = id, name = name, people = found.sizes[id] or 0, attached = attached, both = both }
end

local function read_groups(found, groups)
  local rows, empty = json.array {}, json.array {}
  for group in groups:each() do
    local row = row_of_group(found, group.group_id, group.name, group.workspaces)
    rows[#rows + 1] = row
    if row.people == 0 and #(group.users or {}) == 0 then
      empty[#empty + 1] =
        { id = group.group_id, name = group.name, workspaces = #(group.workspaces or {}) }
    end
  end
  return sort(rows, "people"), empty, row_of_group(found, NO_GROUP)
end

-- ----------------------------------------------------------------------------------- plan and cost

local function plan(org, states)
  local s = org.subscription or {}
  local people = states.active + states.inactive + states.invited + (states.unknown or 0)
  return {
    organization = org.name,
    id = org.id,
    plan = s.plan_name or org.pricing_plan_name,
    state = s.state,
    seats = s.seats,
    people = people,
    active = states.active,
    suspended = org.suspended_at ~= nil,
  }
end

local function spent(client)
  local rows, cost = json.array {}, client:cost()
  for name, n in pairs(cost.by_operation) do
    rows[#rows + 1] = { name = name, requests = n }
  end
  table.sort(rows, function(a, b) return a.name < b.name end)
  return rows, cost.total
end

-- The organization's own window, as far as replies have reported it.
local function quota(org, client)
  for _, window in ipairs(client:windows()) do
    if window.organization_id == org.id then
      return { remaining = window.remaining, total = window.total }
    end
  end
end

-- When each list came from the server. Lists younger than the store's limit are not read again.
local function ages(lists)
  local rows = json.array {}
  for _, name in ipairs { "people", "groups" } do
    rows[#rows + 1] = {
      name = name,
      at = lists[name].at,
      age = lists[name].age,
      stale = lists[name].stale or false,
    }
  end
  return rows
end

-- ------------------------------------------------------------------------------------------- audit

local function read(org)
  local groups, users = must(org:groups()), must(org:users())
  local found = read_people(users, groups)
  local report = {
    plan = plan(org, found.states),
    people = found.states,
    administrators = found.administrators,
    no_group = found.no_group,
    not_active = found.not_active,
    ages = ages { people = users, groups = groups },
  }
  report.groups, report.empty_groups, report.groupless = read_groups(found, groups)
  report.workspaces = read_workspaces(org, found.names)
  report.requests, report.spent = spent(org:client())
  report.quota = quota(org, org:client())
  report.at = os.time()
  return report
end

--- Read ORG and return the findings as plain tables, or nil and an error when a call fails.
function M.read(org)
  local ok, found = pcall(read, org)
  if ok then return found end
  local mt = getmetatable(found)
  if type(mt) ~= "table" or mt.__name ~= "toggl.error" or org:client():raises() then
    error(found, 0)
  end
  return nil, found
end

return M
