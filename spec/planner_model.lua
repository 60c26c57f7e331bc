-- A model of the service in memory: what it does with each request of a plan. A group that a person
-- leaves takes the memberships along that nothing else gives, and a membership that begins again is a
-- new one.

local core = require "toggl.core"

local Model = {}
Model.__index = Model

local function copy(value)
  if type(value) ~= "table" then return value end
  local t = {}
  for k, v in pairs(value) do
    t[k] = copy(v)
  end
  return t
end

local function model_of(present)
  local m = setmetatable({ people = {}, groups = {}, workspaces = {}, made = {} }, Model)
  for _, p in ipairs(present.people) do
    m.people[p.key] = copy(p)
  end
  for _, g in ipairs(present.groups) do
    m.groups[g.id] = { name = g.name, workspaces = copy(g.workspaces) }
  end
  for _, w in ipairs(present.workspaces) do
    m.workspaces[w.id] = w.name
  end
  return m
end

function Model:key(key) return key > 0 and key or self.made[key] or error("not made yet: " .. key) end

-- Let memberships follow the groups of each person.
function Model:settle()
  for _, p in pairs(self.people) do
    local given = {}
    for g in pairs(p.groups) do
      for w in pairs(self.groups[g].workspaces) do
        given[w] = given[w] or {}
        given[w][g] = true
      end
    end
    for w, here in pairs(p.workspaces) do
      here.groups = given[w] or {}
      if not here.direct and not given[w] then p.workspaces[w] = nil end
    end
    for w, groups in pairs(given) do
      p.workspaces[w] = p.workspaces[w] or { role = "user", direct = false, groups = groups }
    end
  end
end

function Model:person(email) return assert(self.people[core.fold(email)], email) end

local does = {}

function does.post_organization_workspaces(m, a)
  m.made[a.workspace] = 1000 - a.workspace
  m.workspaces[m.made[a.workspace]] = a.name
end

function does.put_workspaces(m, a) m.workspaces[m:key(a.workspace)] = a.name end

function does.post_organization_group(m, a, step)
  local g = 2000 - a.group
  m.made[a.group] = g
  m.groups[g] = { name = step.what:match '"(.*)"', workspaces = {} }
  for w in pairs(a.workspaces) do
    m.groups[g].workspaces[m:key(w)] = true
  end
  for _, c in ipairs(a.joins) do
    m:person(c.who).groups[g] = true
  end
end

function does.patch_organization_group(m, a)
  local g = m:key(a.group)
  for _, c in ipairs(a.joins) do
    m:person(c.who).groups[g] = true
  end
  for _, c in ipairs(a.attach) do
    m.groups[g].workspaces[m:key(c.workspace)] = true
  end
  m:settle()
  for _, c in ipairs(a.leaves) do
    m:person(c.who).groups[g] = nil
  end
  for _, c in ipairs(a.detach) do
    m.groups[g].workspaces[m:key(c.workspace)] = nil
  end
end

function does.put_workspace_group(m, a) m.groups[a.group].name = a.name end

function does.put_organization_group(m, a)
  local g = m.groups[a.group]
  g.name, g.workspaces = a.name, {}
  for w in pairs(a.workspaces) do
    g.workspaces[m:key(w)] = true
  end
  for _, p in pairs(m.people) do
    p.groups[a.group] = a.users[p.user_id or false] and true or nil
  end
end

function does.delete_organization_group(m, a)
  m.groups[a.group] = nil
  for _, p in pairs(m.people) do
    p.groups[a.group] = nil
  end
end

function does.put_organization_users(m, a)
  local p = m:person(a.person.email)
  if a.put.role then p.role = a.put.role.after end
  if a.put.name then p.name = a.put.name.after end
  if a.put.state then p.state = a.put.state.after end
  if a.groups then
    p.groups = {}
    for g in pairs(a.groups) do
      p.groups[m:key(g)] = true
    end
  end
  if a.workspaces then
    for w, here in pairs(p.workspaces) do
      here.direct = false
      if not a.workspaces[w] and next(here.groups) == nil then p.workspaces[w] = nil end
    end
    for w, row in pairs(a.workspaces) do
      w = m:key(w)
      local here = p.workspaces[w] or { groups = {} }
      p.workspaces[w], here.direct, here.role = here, true, row.role
    end
  end
end

function does.put_workspace_workspace_users(m, a)
  for _, p in pairs(m.people) do
    local here = p.workspaces[a.workspace]
    if here and here.id == a.member then here.role = a.role end
  end
end

function does.patch_organization_workspace_users(m, a)
  for _, c in ipairs(a.ends) do
    local p = m:person(c.who)
    local here = p.workspaces[a.workspace]
    here.direct = false
    if next(here.groups) ~= nil then
      here.role, here.rate, here.id = "user", nil, nil
    end
  end
end

function does.post_organization_invitation(m, a, step)
  for _, email in ipairs(step.who) do
    local p = { email = email, key = core.fold(email), role = "user", state = "invited" }
    p.groups, p.workspaces = {}, {}
    for g in pairs(a.groups) do
      p.groups[m:key(g)] = true
    end
    assert(next(a.workspaces) ~= nil, "an invitation names a workspace")
    for w, role in pairs(a.workspaces) do
      p.workspaces[m:key(w)] = { role = role, direct = true, groups = {} }
    end
    m.people[p.key] = p
  end
end

function does.patch_organization_users(m, a)
  local gone = {}
  for _, id in ipairs(a.keys) do
    gone[id] = true
  end
  for key, p in pairs(m.people) do
    if p.id and gone[p.id] then m.people[key] = nil end
  end
end

function Model:apply(step)
  does[step.operation](self, step.args, step)
  self:settle()
end

-- Return the model as the planner's present state, for a second plan.
function Model:present(organization)
  local found =
    { organization = organization, people = {}, groups = {}, workspaces = {}, at = 0, spent = 0 }
  for _, p in pairs(self.people) do
    found.people[#found.people + 1] = p
  end
  table.sort(found.people, function(a, b) return a.key < b.key end)
  for id, g in pairs(self.groups) do
    table.insert(found.groups, { id = id, name = g.name, workspaces = g.workspaces })
  end
  for id, name in pairs(self.workspaces) do
    table.insert(found.workspaces, { id = id, name = name })
  end
  return found
end

-- Return the model of the planner's present state.
return model_of
