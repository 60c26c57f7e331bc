-- togglsh audit: who is in the organization, with which rights, and what it costs.
--
--   togglsh audit [--section NAME] [--top N]
--
-- Reads people, groups, workspaces and plan with the fewest requests there are, changes nothing, and reports: people by
-- state, owner and administrators, people in no group, inactive or never joined, empty groups, workspaces with members
-- and administrators, plan and seats, requests spent.
--
--   --section NAME   one of: plan, people, administrators, no_group, not_active, empty_groups, workspaces, requests
--   --top N          at most N lines of a table for people; 0: all of them (default 15)
--   --output FORMAT  table for people; csv: one flat table; json: one object with all sections; jsonl: a row a line

local show, json = toggl.show, toggl.json
local NAMES = {"plan", "people", "administrators", "no_group", "not_active", "empty_groups", "workspaces", "requests"}
local options, rest = toggl.options.read(arg, {section = NAMES, top = "integer"})
if rest[1] then toggl.options.fail("audit takes options only, got '%s'", rest[1]) end

-- ---------------------------------------------------------------------------------------------------------- reading

local function state_of(user)
  if user.inactive then return "inactive" end
  return user.joined == false and "invited" or "active"
end

local function role_of(user)
  return user.owner and "owner" or user.admin and "administrator" or "member"
end

local function person(user)
  return {id = user.id, user_id = user.user_id, name = user.name, email = user.email, state = state_of(user),
    role = role_of(user), workspaces = user.workspace_count}
end

-- One list of all people is walked once for every section about people.
local function read_people(groups)
  local grouped = {} -- by account key, which the invited do not have yet
  for group in groups:each() do
    for _, member in ipairs(group.users or {}) do grouped[member.user_id or 0] = true end
  end
  local p = {states = {active = 0, inactive = 0, invited = 0}, administrators = {}, no_group = {}, not_active = {},
    workspaces = {}}
  for user in org:users():each() do
    local row = person(user)
    p.states[row.state] = p.states[row.state] + 1
    local at = row.role == "owner" and 1 or #p.administrators + 1
    if row.role ~= "member" then table.insert(p.administrators, at, row) end
    if row.state ~= "active" then p.not_active[#p.not_active + 1] = row end
    if #(user.groups or {}) == 0 and not grouped[user.user_id or -1] then p.no_group[#p.no_group + 1] = row end
    for _, w in ipairs(user.workspaces or {}) do p.workspaces[w.workspace_id] = w.workspace_name end
  end
  return p
end

-- The statistics have keys alone. People's memberships have named most workspaces already; the list of workspaces, a
-- request of the small window, is asked for only when one of them has no name.
local function read_workspaces(names)
  local rows, nameless = {}, false
  for id, s in pairs(org:statistics()) do
    local admins = {}
    for i, admin in ipairs(s.admins or {}) do admins[i] = type(admin) == "number" and tostring(admin) or admin.name end
    rows[#rows + 1] = {id = id, name = names[id], members = s.members_count, groups = s.groups_count,
      administrators = #admins, who = json.array(admins)}
    nameless = nameless or not names[id]
  end
  if nameless then
    for workspace in org:each_workspace() do names[workspace.id] = workspace.name end
    for _, row in ipairs(rows) do row.name = names[row.id] end
  end
  table.sort(rows, function(a, b) return a.members ~= b.members and a.members > b.members or a.id < b.id end)
  return rows
end

local function empty_groups(groups)
  local rows = {}
  for group in groups:each() do
    if #(group.users or {}) == 0 then
      rows[#rows + 1] = {id = group.group_id, name = group.name, workspaces = #(group.workspaces or {})}
    end
  end
  return rows
end

local function plan(states)
  local s = org.subscription or {}
  local people = states.active + states.inactive + states.invited
  return {organization = org.name, id = org.id, plan = s.plan_name or org.pricing_plan_name, state = s.state,
    seats = s.seats, people = people, active = states.active, suspended = org.suspended_at ~= nil}
end

local function spent()
  local rows, cost = {}, client:cost()
  for name, n in pairs(cost.by_operation) do rows[#rows + 1] = {name = name, requests = n} end
  table.sort(rows, function(a, b) return a.name < b.name end)
  return rows, cost.total
end

-- ---------------------------------------------------------------------------------------------------------- writing

local groups = org:groups()
local people = read_people(groups)
local report = {
  plan = plan(people.states), people = people.states, administrators = people.administrators,
  no_group = people.no_group, not_active = people.not_active, empty_groups = empty_groups(groups),
  workspaces = read_workspaces(people.workspaces),
}
local total
report.requests, total = spent()
local sections = options.section and {options.section} or NAMES

-- Title of a list, and the columns that a person wants of it.
local TABLES = {
  administrators = {"Owner and administrators", "role,name,email,state"},
  no_group = {"People in no group", "name,email,state,workspaces"},
  not_active = {"Inactive, or invited and never joined", "state,name,email,workspaces"},
  empty_groups = {"Groups without people", "name,workspaces"},
  workspaces = {"Workspaces", "name,members,groups,administrators,who"},
}

-- The first few of a list of names.
local function few(names)
  if #names <= 4 then return names end
  return {names[1], names[2], names[3], ("and %d more"):format(#names - 3)}
end

local function print_table(name)
  local rows, top = report[name], options.top or 15
  local title, columns = table.unpack(TABLES[name])
  local shown = top > 0 and #rows > top and table.move(rows, 1, top, 1, {}) or rows
  if name == "workspaces" and top > 0 then
    for _, row in ipairs(shown) do row.who = few(row.who) end
  end
  show.print(shown, {title = ("%s: %d"):format(title, #rows), columns = show.columns or columns})
  if #shown < #rows then show.write(("... and %d more: --section %s --top 0\n"):format(#rows - #shown, name)) end
end

local function print_for_people(name)
  if name == "plan" then
    show.print(report.plan, {title = "Plan and seats",
      columns = {"organization", "plan", "state", "seats", "people", "active"}})
  elseif name == "people" then
    show.print(report.people, {title = "People by state", columns = {"active", "invited", "inactive"}})
  elseif name == "requests" then
    local parts = {}
    for i, row in ipairs(report.requests) do parts[i] = ("%d %s"):format(row.requests, row.name) end
    show.write(("Requests spent: %d (%s)\n"):format(total, table.concat(parts, ", ")))
  else
    print_table(name)
  end
end

-- All sections as rows of one table; single facts become name and value.
local function flat()
  local rows = json.array {}
  for _, name in ipairs(sections) do
    local facts = {}
    for key in pairs(report[name]) do facts[#facts + 1] = type(key) == "string" and key or nil end
    table.sort(facts)
    for _, key in ipairs(facts) do rows[#rows + 1] = {section = name, name = key, value = report[name][key]} end
    for _, row in ipairs(report[name]) do
      local copy = {section = name} -- a person stands in several sections
      for key, value in pairs(row) do copy[key] = value end
      rows[#rows + 1] = copy
    end
  end
  return rows
end

local FLAT = {"section", "id", "user_id", "name", "email", "state", "role", "value", "members", "groups",
  "administrators", "who", "workspaces", "requests"}

if show.format == "table" then
  for i, name in ipairs(sections) do
    if i > 1 then show.write("\n") end
    print_for_people(name)
  end
elseif show.format == "json" then
  for _, name in ipairs(sections) do
    if TABLES[name] or name == "requests" then json.array(report[name]) end
  end
  show.print(options.section and report[options.section] or report)
elseif show.format == "csv" then
  show.print(flat(), {columns = show.columns or FLAT})
else
  show.print(flat())
end
