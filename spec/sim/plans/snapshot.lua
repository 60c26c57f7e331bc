-- The organization in the server's own database, and the losses by a change.

local M = {}

local world = world

-- Ordered by key: a seed then draws the same values in each run.
local PEOPLE = [[SELECT id, user_id, email, role_id, inactive, joined, paying, name
  FROM org_users WHERE organization_id = 4300000017 ORDER BY id]]
local ACCESS = [[SELECT m.id, m.org_user_id, m.workspace_id, m.direct, m.role_id, m.inactive,
    m.rate, m.cost, m.minutes
  FROM workspace_users m JOIN workspaces w ON w.id = m.workspace_id
  WHERE w.organization_id = 4300000017 ORDER BY m.id]]
local GROUPS = "SELECT id, name FROM groups WHERE organization_id = 4300000017 ORDER BY id"
local MEMBERS = "SELECT group_id, org_user_id FROM group_users"
local GIVES = "SELECT group_id, workspace_id FROM group_workspaces"
local WORKSPACES = "SELECT id, name FROM workspaces WHERE organization_id = 4300000017 ORDER BY id"

local ROLES = { [1] = "owner", [2] = "admin" }
local PLACES = { [4] = "admin", [5] = "user", [6] = "teamlead", [7] = "projectlead" }

-- Return {people = {[key] = person}, list = in order, groups =, group_list =, workspaces =,
-- workspace_list =}; a person has access = {[workspace] = membership} and groups = {[key] = true}.
function M.take()
  local s = { people = {}, list = {}, by_email = {}, groups = {}, group_list = {} }
  s.workspaces, s.workspace_list = {}, {}
  for i, r in ipairs(world.rows(PEOPLE)) do
    local p = { id = r[1], user_id = r[2] or nil, email = r[3], key = r[3]:lower(), name = r[8] }
    p.role, p.inactive, p.joined = ROLES[r[4]] or "user", r[5] ~= 0, r[6] ~= 0
    p.paying, p.access, p.groups = r[7] ~= 0, {}, {}
    s.people[p.id], s.list[i], s.by_email[p.key] = p, p, p
  end
  for _, r in ipairs(world.rows(ACCESS)) do
    local p = s.people[r[2]]
    if p then
      local here = { id = r[1], direct = r[4] ~= 0, role = PLACES[r[5]] or r[5] }
      here.inactive, here.rate, here.cost, here.minutes = r[6] ~= 0, r[7], r[8], r[9]
      p.access[r[3]] = here
    end
  end
  for i, r in ipairs(world.rows(GROUPS)) do
    local g = { id = r[1], name = r[2], gives = {}, members = {} }
    s.groups[g.id], s.group_list[i] = g, g
  end
  for _, r in ipairs(world.rows(MEMBERS)) do
    local g, p = s.groups[r[1]], s.people[r[2]]
    if g and p then
      g.members[p.id], p.groups[g.id] = true, true
    end
  end
  for _, r in ipairs(world.rows(GIVES)) do
    if s.groups[r[1]] then s.groups[r[1]].gives[r[2]] = true end
  end
  for i, r in ipairs(world.rows(WORKSPACES)) do
    s.workspaces[r[1]], s.workspace_list[i] = r[2], { id = r[1], name = r[2] }
  end
  return s
end

local RANK = { owner = 3, admin = 2, user = 1 }

local function person_losses(after, p, q, add)
  if RANK[q.role] < RANK[p.role] then add("demoted", p) end
  if q.inactive and not p.inactive then add("deactivated", p) end
  for g in pairs(p.groups) do
    if not q.groups[g] and after.groups[g] then add("left", p, g) end
  end
  for w, here in pairs(p.access) do
    local there = q.access[w]
    if not there then
      add("lost", p, nil, w)
    else
      if here.direct and not there.direct then add("undirected", p, nil, w) end
      if here.role ~= there.role then add("role", p, nil, w, here.role) end
      local same = here.rate == there.rate and here.cost == there.cost
      if not (same and here.minutes == there.minutes) then add("terms", p, nil, w) end
    end
  end
  for w, there in pairs(q.access) do
    local here = p.access[w]
    if here and there.direct and not here.direct then add("directed", p, nil, w) end
  end
end

local function order(a, b)
  local x = ("%s %s %d %d"):format(a.kind, a.who or "", a.group or 0, a.workspace or 0)
  return x < ("%s %s %d %d"):format(b.kind, b.who or "", b.group or 0, b.workspace or 0)
end

-- Return what AFTER lacks of BEFORE: {{kind =, who = folded address, p =, group =, workspace =}}.
-- The kind "directed" is no loss: a membership that only groups gave is direct now.
function M.losses(before, after)
  local list = {}
  local function add(kind, p, g, w, from)
    list[#list + 1] =
      { kind = kind, who = p and p.key, p = p, group = g, workspace = w, from = from }
  end
  for id, p in pairs(before.people) do
    local q = after.people[id]
    if q then
      person_losses(after, p, q, add)
    else
      add("removed", p)
    end
  end
  for id, g in pairs(before.groups) do
    local h = after.groups[id]
    if not h then add("group_gone", nil, id) end
    for w in pairs(h and g.gives or {}) do
      if not h.gives[w] then add("detached", nil, id, w) end
    end
  end
  table.sort(list, order)
  return list
end

-- Return the people who differ between BEFORE and AFTER: {[folded address] = true}.
function M.touched(before, after)
  local found = {}
  local function text(p)
    local parts = { p.role, tostring(p.inactive), tostring(p.joined) }
    for g in pairs(p.groups) do
      parts[#parts + 1] = "g" .. g
    end
    for w, h in pairs(p.access) do
      parts[#parts + 1] = ("%d%s%s%s%s"):format(w, h.role, h.direct, h.rate, h.cost)
    end
    table.sort(parts)
    return table.concat(parts, " ")
  end
  for id, p in pairs(before.people) do
    local q = after.people[id]
    if not q or text(p) ~= text(q) then found[p.key] = true end
  end
  for id, q in pairs(after.people) do
    if not before.people[id] then found[q.key] = true end
  end
  return found
end

-- Return {[key] = true} of the groups that have another name, or give another workspace.
function M.groups_touched(before, after)
  local found = {}
  local function text(g)
    local parts = {}
    for w in pairs(g and g.gives or {}) do
      parts[#parts + 1] = tostring(w)
    end
    table.sort(parts)
    return ("%s %s"):format(g and g.name, table.concat(parts, " "))
  end
  for _, s in ipairs { before, after } do
    for id in pairs(s.groups) do
      if text(before.groups[id]) ~= text(after.groups[id]) then found[id] = true end
    end
  end
  return found
end

-- Return the people who joined or left group G: {[folded address] = true}.
function M.moved(before, after, g)
  local found = {}
  for id, p in pairs(before.people) do
    local q = after.people[id]
    if q and p.groups[g] ~= q.groups[g] then found[p.key] = true end
  end
  return found
end

-- Return how many active administrators the organization has.
function M.admins(s)
  local n = 0
  for _, p in ipairs(s.list) do
    if p.role ~= "user" and p.joined and not p.inactive then n = n + 1 end
  end
  return n
end

-- Return how many active administrators workspace W has.
function M.workspace_admins(s, w)
  local n = 0
  for _, p in ipairs(s.list) do
    local here = p.access[w]
    if here and here.role == "admin" and not here.inactive and p.joined and not p.inactive then
      n = n + 1
    end
  end
  return n
end

return M
