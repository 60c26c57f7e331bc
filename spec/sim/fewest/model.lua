-- A small model of the service, which shares no code with the planner: it knows no cover and no
-- matching. spec/fewest_spec.lua compares it with the sandbox.
--
-- An organization is { gives = {[g] = {[w] = true}}, [i] = person }; a person is { groups = {[g] =
-- true}, [w] = { direct =, role =, kept = the membership of the start } or nil, admin =, off = }.

local function copy(o)
  local new = { gives = {}, size = o.size }
  for g, of in ipairs(o.gives) do
    new.gives[g] = { table.unpack(of, 1, o.size.w) }
  end
  for i, p in ipairs(o) do
    local q = { groups = { table.unpack(p.groups, 1, o.size.g) }, admin = p.admin, off = p.off }
    for w = 1, o.size.w do
      local m = p[w]
      q[w] = m and { direct = m.direct, role = m.role, kept = m.kept }
    end
    new[i] = q
  end
  return new
end

local function is_given(o, p, w)
  for g = 1, o.size.g do
    if p.groups[g] and o.gives[g][w] then return true end
  end
  return false
end

-- Let memberships follow groups: end those that are neither direct nor given by a group, and begin
-- the missing ones as new memberships.
local function settle(o)
  for _, p in ipairs(o) do
    for w = 1, o.size.w do
      local given = is_given(o, p, w)
      if p[w] and not p[w].direct and not given then p[w] = nil end
      if not p[w] and given then p[w] = { direct = false, role = "user", kept = false } end
    end
  end
  return o
end

-- Requests: each changes the organization O in place. Arguments are positions.
local request = {}

-- put_organization_users: a list in the body replaces the whole list; an absent one keeps it.
function request.person(o, a)
  local p = o[a.person]
  if a.admin ~= nil then p.admin = a.admin end
  if a.off ~= nil then p.off = a.off end
  if a.groups then p.groups = { table.unpack(a.groups, 1, o.size.g) } end
  for w = 1, a.workspaces and o.size.w or 0 do
    local role = a.workspaces[w]
    if role then
      p[w] = p[w] or { kept = false }
      p[w].direct, p[w].role = true, role
    elseif p[w] then
      p[w].direct = false
    end
  end
  return settle(o)
end

-- patch_organization_group: first people and workspaces join, then others leave.
function request.group(o, a)
  for _, i in ipairs(a.joins) do
    o[i].groups[a.group] = true
  end
  for _, w in ipairs(a.attach) do
    o.gives[a.group][w] = true
  end
  settle(o)
  for _, i in ipairs(a.leaves) do
    o[i].groups[a.group] = false
  end
  for _, w in ipairs(a.detach) do
    o.gives[a.group][w] = false
  end
  return settle(o)
end

-- patch_organization_workspace_users: a membership that a group gives begins again as a new one.
function request.ends(o, a)
  for _, i in ipairs(a.people) do
    o[i][a.workspace] = nil
  end
  return settle(o)
end

-- put_workspace_workspace_users
function request.access(o, a)
  o[a.person][a.workspace].role = a.role
  return o
end

local function key_of(o)
  local parts, n = {}, 0
  for _, of in ipairs(o.gives) do
    for w = 1, o.size.w do
      n = n + 1
      parts[n] = of[w] and "x" or "-"
    end
  end
  for _, p in ipairs(o) do
    for g = 1, o.size.g do
      n = n + 1
      parts[n] = p.groups[g] and "x" or "-"
    end
    for w = 1, o.size.w do
      local m = p[w]
      n = n + 1
      parts[n] = not m and "_"
        or (m.role == "admin" and 4 or 0) + (m.direct and 2 or 0) + (m.kept and 1 or 0)
    end
    n = n + 1
    parts[n] = (p.admin and 2 or 0) + (p.off and 1 or 0)
  end
  return table.concat(parts)
end

-- Return all subsets of LIST, the empty one first.
local function subsets(list)
  local all = { {} }
  for _, value in ipairs(list) do
    for k = 1, #all do
      local more = table.move(all[k], 1, #all[k], 1, {})
      more[#more + 1] = value
      all[#all + 1] = more
    end
  end
  return all
end

-- Return all lists of N values out of VALUES.
local function lists(n, values)
  local all = { {} }
  for i = 1, n do
    local longer = {}
    for _, list in ipairs(all) do
      for _, value in ipairs(values) do
        local more = table.move(list, 1, i - 1, 1, {})
        more[i] = value
        longer[#longer + 1] = more
      end
    end
    all = longer
  end
  return all
end

local function count(n)
  local list = {}
  for i = 1, n do
    list[i] = i
  end
  return list
end

-- Return every possible request in an organization of SIZE: {{name, arguments}, ...}.
local function every_request(size)
  local all = {}
  local function add(name, a) all[#all + 1] = { name, a } end
  local groups = lists(size.g, { true, false })
  local workspaces = lists(size.w, { "user", "admin", false })
  groups[#groups + 1], workspaces[#workspaces + 1] = false, false -- false: absent from the body
  for i = 1, size.p do
    for _, g in ipairs(groups) do
      for _, w in ipairs(workspaces) do
        add("person", { person = i, groups = g, workspaces = w })
      end
    end
  end
  for g = 1, size.g do
    for _, how in ipairs(lists(size.p, { "joins", "leaves", "stays" })) do
      for _, ways in ipairs(lists(size.w, { "attach", "detach", "leave" })) do
        local a = { group = g, joins = {}, leaves = {}, stays = {}, attach = {}, detach = {} }
        a.leave = {}
        for i, list in ipairs(how) do
          table.insert(a[list], i)
        end
        for w, list in ipairs(ways) do
          table.insert(a[list], w)
        end
        add("group", a)
      end
    end
  end
  for w = 1, size.w do
    for _, people in ipairs(subsets(count(size.p))) do
      add("ends", { workspace = w, people = people })
    end
    for i = 1, size.p do
      for _, role in ipairs { "user", "admin" } do
        add("access", { workspace = w, person = i, role = role })
      end
    end
  end
  return all
end

-- Return whether the memberships that a request names exist in O. The plan knows the keys of those
-- that were there at the start.
local function is_possible(o, name, a)
  local m = name == "access" and o[a.person][a.workspace]
  if name == "access" then return m and m.kept or false end
  for _, i in ipairs(name == "ends" and a.people or {}) do
    if not (o[i][a.workspace] and o[i][a.workspace].direct) then return false end
  end
  return true
end

local function is_fragile(m) return m.role ~= "user" or m.rate end

-- Return whether person I of O is as AFTER says. A file can say directness only of a membership
-- that no group gives. A membership of BEFORE with a role or a rate must have been kept.
local function is_person(o, i, before, after)
  local p, was, wanted = o[i], before[i], after[i]
  if p.admin ~= wanted.admin or p.off ~= wanted.off then return false end
  for g = 1, o.size.g do
    if (p.groups[g] or false) ~= (wanted.groups[g] or false) then return false end
  end
  for w = 1, o.size.w do
    local m, old, new = p[w], was[w], wanted[w]
    if (m == nil) ~= (new == nil) then return false end
    if m then
      if m.role ~= new.role then return false end
      if is_given(after, wanted, w) then
        if old and m.direct ~= old.direct then return false end
      elseif not m.direct then
        return false
      end
      if old and is_fragile(old) and not m.kept then return false end
    end
  end
  return true
end

local function is_goal(o, before, after)
  for g, of in ipairs(after.gives) do
    for w = 1, o.size.w do
      if (o.gives[g][w] or false) ~= (of[w] or false) then return false end
    end
  end
  for i = 1, #o do
    if not is_person(o, i, before, after) then return false end
  end
  return true
end

return {
  copy = copy,
  every_request = every_request,
  is_fragile = is_fragile,
  is_given = is_given,
  is_goal = is_goal,
  is_possible = is_possible,
  key_of = key_of,
  lists = lists,
  request = request,
  settle = settle,
  subsets = subsets,
}
