-- Find the fewest requests from one organization to another by breadth-first search in a small
-- model of the service, and compare them with the plan. The search shares no code with the planner:
-- it knows no cover and no matching. spec/fewest_spec.lua compares the model with the sandbox.
--
--   lua5.4 spec/sim/fewest.lua pairs [EVERY]    all pairs of organizations of two people, two groups
--   lua5.4 spec/sim/fewest.lua pairs [EVERY]    all pairs of organizations of two people, two groups
--                                               and a workspace; start at every EVERYth (1)
--   lua5.4 spec/sim/fewest.lua random [N [SEED]]
--                                               N pairs (20,000) of up to four people, three groups
--                                               and two workspaces; exit 1 where one is dearer
--
-- An organization is { gives = {[g] = {[w] = true}}, [i] = person }; a person is { groups = {[g] =
-- true}, [w] = { direct =, role =, kept = the membership of the start } or nil, admin =, off = }.

require "spec.helper"
local desired = require "toggl.plan.desired"
local planner = require "toggl.plan.planner"

local M = {}

local NOW = 1798754399
local GROUP, WORKSPACE, PERSON, MEMBER = 200, 100, 300, 500 -- a key is one of these + a position

-- --------------------------------------------------------------------------------------- the model

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

M.request = request

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

M.key_of, M.copy, M.settle = key_of, copy, settle

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

-- ---------------------------------------------------------------------------------------- the goal

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

M.is_goal = is_goal

-- ------------------------------------------------------------------------------------- the planner

-- Return O as the planner's present state.
function M.present(o)
  local found = { people = {}, groups = {}, workspaces = {}, at = 0, spent = 0 }
  found.organization = { id = 1, name = "Acme", seats = 1000 }
  found.has_all_groups, found.has_all_people = true, true
  for w = 1, o.size.w do
    found.workspaces[w] = { id = WORKSPACE + w, name = "W" .. w }
  end
  for g = 1, o.size.g do
    local gives = {}
    for w = 1, o.size.w do
      gives[WORKSPACE + w] = o.gives[g][w] or nil
    end
    found.groups[g] = { id = GROUP + g, name = "G" .. g, workspaces = gives }
  end
  for i, p in ipairs(o) do
    local email = ("p%d@x.y"):format(i)
    local q = { id = PERSON + i, user_id = 400 + i, email = email, key = email, name = "P" }
    q.role, q.state = p.admin and "admin" or "user", p.off and "inactive" or "active"
    q.groups, q.workspaces = {}, {}
    for g = 1, o.size.g do
      q.groups[GROUP + g] = p.groups[g] or nil
    end
    for w = 1, o.size.w do
      local m, by = p[w], {}
      for g = 1, o.size.g do
        by[GROUP + g] = p.groups[g] and o.gives[g][w] or nil
      end
      q.workspaces[WORKSPACE + w] = m
        and {
          id = MEMBER + 10 * i + w,
          direct = m.direct,
          role = m.role,
          inactive = false,
          rate = m.rate,
          groups = by,
        }
    end
    found.people[i] = q
  end
  return found
end

-- Return a desired state for AFTER. A part that is as in BEFORE is left out if SILENT() is true.
local function state_of(before, after, silent)
  local state = { people = {}, groups = {} }
  for g = 1, after.size.g do
    local gives = {}
    for w = 1, after.size.w do
      local is = after.gives[g][w] or false
      if is ~= (before.gives[g][w] or false) or not silent() then gives["W" .. w] = is end
    end
    state.groups["G" .. g] = { workspaces = gives }
  end
  for i, p in ipairs(after) do
    local was, person = before[i], { groups = {}, workspaces = {} }
    if p.admin ~= was.admin or not silent() then person.role = p.admin and "admin" or "user" end
    if p.off ~= was.off or not silent() then person.state = p.off and "inactive" or "active" end
    for g = 1, after.size.g do
      local is = p.groups[g] or false
      if is ~= (was.groups[g] or false) or not silent() then person.groups["G" .. g] = is end
    end
    for w = 1, after.size.w do
      local m, old = p[w], was[w]
      local same = m == old or m and old and m.role == old.role
      -- the file must mention a membership that becomes direct
      local begins = m and not is_given(after, p, w) and not (old and old.direct)
      -- and a direct one that ends
      local follows = old and not old.direct and not m -- it ends with the groups that give it
      if begins or not ((same or follows) and silent()) then
        person.workspaces["W" .. w] = m and m.role or false
      end
    end
    state.people[("p%d@x.y"):format(i)] = person
  end
  return state
end

local function positions(changes, field, from)
  local list = {}
  for i, c in ipairs(changes) do
    list[i] = field == "who" and tonumber(c.who:match "%d+") or c[field] - from
  end
  return list
end

local MADE = {}

function MADE.put_organization_users(a, o)
  local made = { person = a.person.id - PERSON }
  if a.put.role then made.admin = a.put.role.after == "admin" end
  if a.put.state then made.off = a.put.state.after == "inactive" end
  if a.groups then
    made.groups = {}
    for g = 1, o.size.g do
      made.groups[g] = a.groups[GROUP + g] or false
    end
  end
  if a.workspaces then
    made.workspaces = {}
    for w = 1, o.size.w do
      local here = a.workspaces[WORKSPACE + w]
      made.workspaces[w] = here and here.role or false
    end
  end
  return "person", made
end

function MADE.patch_organization_group(a)
  return "group",
    {
      group = a.group - GROUP,
      joins = positions(a.joins, "who"),
      leaves = positions(a.leaves, "who"),
      attach = positions(a.attach, "workspace", WORKSPACE),
      detach = positions(a.detach, "workspace", WORKSPACE),
    }
end

function MADE.patch_organization_workspace_users(a)
  return "ends", { workspace = a.workspace - WORKSPACE, people = positions(a.ends, "who") }
end

function MADE.put_workspace_workspace_users(a)
  return "access",
    {
      workspace = a.workspace - WORKSPACE,
      person = (a.member - MEMBER) // 10,
      role = a.role,
    }
end

-- Plan from BEFORE to AFTER, carry it out in the model, and return how many requests it took.
function M.planned(before, after, silent)
  local state = assert(desired.normal(state_of(before, after, silent or function() end)))
  local plan = planner.make(state, M.present(before), { least_admins = 0 }, NOW)
  local where = ("from %s to %s"):format(key_of(before), key_of(after))
  assert(#plan.problems == 0, where)
  assert(#plan.refused == 0, where)
  assert(#plan.needs == 0, where)
  local o = copy(before)
  for _, step in ipairs(plan.steps) do
    local name, a = MADE[step.operation](step.args, o)
    assert(step.requests == 1 and is_possible(o, name, a), where)
    request[name](o, a)
  end
  if not is_goal(o, before, after) then error(where .. ": the plan ends in " .. key_of(o)) end
  assert(plan.cost.writes == #plan.steps, where)
  return #plan.steps, plan
end

-- --------------------------------------------------------------------------------------- all pairs

-- Return every organization of two people, two groups and a workspace.
local function organizations()
  local size, all = { p = 2, g = 2, w = 1 }, {}
  local people = {}
  for _, groups in ipairs(lists(2, { true, false })) do
    for _, direct in ipairs { true, false } do
      for _, role in ipairs { "user", "admin" } do
        people[#people + 1] = { groups = groups, direct = direct, role = role }
      end
    end
  end
  for _, gives in ipairs(lists(2, { true, false })) do
    local fit, seen = {}, {}
    for _, q in ipairs(people) do
      local given = q.groups[1] and gives[1] or q.groups[2] and gives[2]
      local there = q.direct or given
      if there or q.role == "user" then fit[#fit + 1] = { q, there } end
    end
    for _, x in ipairs(fit) do
      for _, y in ipairs(fit) do
        local o = { size = size, gives = { { gives[1] }, { gives[2] } } }
        for i, q in ipairs { x, y } do
          o[i] = { groups = { table.unpack(q[1].groups) }, admin = false, off = false }
          if q[2] then o[i][1] = { direct = q[1].direct, role = q[1].role, kept = true } end
        end
        local name = key_of(o)
        if not seen[name] then
          seen[name], all[#all + 1] = true, o
        end
      end
    end
  end
  return all
end

-- Organizations by key, and the keys that one request reaches from each: few, but visited often.
local known, next_of = {}, {}

local function followers(name, requests)
  local list = next_of[name]
  if list then return list end
  local o, seen = known[name], {}
  list = {}
  for _, r in ipairs(requests) do
    if is_possible(o, r[1], r[2]) then
      local new = request[r[1]](copy(o), r[2])
      local its = key_of(new)
      if not seen[its] then
        seen[its], list[#list + 1] = true, its
        known[its] = known[its] or new
      end
    end
  end
  next_of[name] = list
  return list
end

-- Return the number of requests from START to each organization that can be reached.
local function distances(start, requests)
  local name = key_of(start)
  known[name] = known[name] or start
  local found, queue = { [name] = 0 }, { name }
  for _, at in ipairs(queue) do
    local n = found[at] + 1
    for _, to in ipairs(followers(at, requests)) do
      if not found[to] then
        found[to], queue[#queue + 1] = n, to
      end
    end
  end
  return found, queue
end

-- Return whether a file can describe the directness of AFTER, from BEFORE.
local function is_sayable(before, after)
  for i, p in ipairs(after) do
    local m, old = p[1], before[i][1]
    if m and is_given(after, p, 1) and m.direct ~= (old and old.direct or false) then
      return false
    end
  end
  return true
end

-- Return a text that is equal for organizations which differ only in what was kept.
local function coarse(o)
  return (key_of(o):gsub("[0-9]", function(d) return tostring(tonumber(d) & 4) end))
end

--- Compare all pairs from every EVERYth organization on, starting at FIRST. Return their count.
function M.pairs(every, first)
  local all, n = organizations(), 0
  local requests = every_request(all[1].size)
  for s = first or 1, #all, every or 1 do
    local before = all[s]
    local found, queue = distances(before, requests)
    local by_goal = {}
    for _, name in ipairs(queue) do
      local what = coarse(known[name])
      by_goal[what] = by_goal[what] or {}
      table.insert(by_goal[what], name)
    end
    for _, after in ipairs(all) do
      if is_sayable(before, after) then
        local least
        for _, name in ipairs(by_goal[coarse(after)]) do -- nearest first
          if is_goal(known[name], before, after) then
            least = found[name]
            break
          end
        end
        local writes = M.planned(before, after)
        if writes ~= least then
          error(("from %s to %s: %d, not %d"):format(key_of(before), key_of(after), writes, least))
        end
        n = n + 1
      end
    end
    if not every and s % 50 == 0 then io.stderr:write(s, " of ", #all, ": ", n, " pairs\n") end
  end
  return n
end

-- ------------------------------------------------------------------------------------ random pairs

-- Return the differences of O from AFTER as edges. An edge joins the two requests of which one is
-- needed, or one request with itself. No other request makes that change, so that a minimum vertex
-- cover is a lower bound for any order of requests.
local function edges_of(o, after)
  local edges = {}
  local function add(x, y) edges[#edges + 1] = { x, y or x } end
  for g, of in ipairs(after.gives) do
    for w = 1, o.size.w do
      if (o.gives[g][w] or false) ~= (of[w] or false) then add("g" .. g) end
    end
  end
  for i, p in ipairs(o) do
    local wanted, me = after[i], "p" .. i
    if p.admin ~= wanted.admin or p.off ~= wanted.off then add(me) end
    for g = 1, o.size.g do
      if (p.groups[g] or false) ~= (wanted.groups[g] or false) then add(me, "g" .. g) end
    end
    for w = 1, o.size.w do
      local m, new, access = p[w], wanted[w], ("a%d.%d"):format(i, w)
      local given = new and is_given(after, wanted, w)
      if m and m.direct and not new then add(me, "w" .. w) end
      if new and not given and not (m and m.direct) then add(me) end
      local role = m and m.role or "user"
      if new and new.role ~= role then add(me, access) end
    end
  end
  return edges
end

-- Return the size of a minimum vertex cover, or a number above MOST. Branch on the ends of an edge.
local function touching(edges, most, chosen)
  for _, edge in ipairs(edges) do
    if not chosen[edge[1]] and not chosen[edge[2]] then
      if most == 0 then return 1 end
      local best = most + 1
      for k = 1, edge[1] == edge[2] and 1 or 2 do
        chosen[edge[k]] = true
        best = math.min(best, 1 + touching(edges, math.min(most, best - 1) - 1, chosen))
        chosen[edge[k]] = nil
      end
      return best
    end
  end
  return 0
end

-- Return the direct memberships that AFTER requires of person I, as a complete list of roles.
local function direct_list(o, before, after, i)
  local list = {}
  for w = 1, o.size.w do
    local new, old = after[i][w], before[i][w]
    local given = new and is_given(after, after[i], w)
    local direct = new and (not given or (old and old.direct) or not old and new.role ~= "user")
    list[w] = direct and new.role or false
  end
  return list
end

-- Return the requests that change O towards AFTER. What begins, begins in whole: a membership that
-- is there early takes nothing away, and a direct list ends only what AFTER does not have. What a
-- group takes away is tried in every part, since it may have to wait for others.
local function useful(o, before, after)
  local all = {}
  local function add(name, a) all[#all + 1] = { name, a } end
  for i = 1, #o do
    local wanted, list = after[i], direct_list(o, before, after, i)
    for _, groups in ipairs { wanted.groups, false } do
      local a = { person = i, admin = wanted.admin, off = wanted.off, workspaces = list }
      a.groups = groups
      add("person", a)
    end
    for w = 1, o.size.w do
      local m, new = o[i][w], wanted[w]
      if m and m.kept and new and m.role ~= new.role then
        add("access", { person = i, workspace = w, role = new.role })
      end
    end
  end
  for g, of in ipairs(after.gives) do
    local join, quit, on, off = {}, {}, {}, {}
    for i, p in ipairs(o) do
      local is, wanted = p.groups[g] or false, after[i].groups[g] or false
      if is ~= wanted then table.insert(wanted and join or quit, i) end
    end
    for w = 1, o.size.w do
      local is, wanted = o.gives[g][w] or false, of[w] or false
      if is ~= wanted then table.insert(wanted and on or off, w) end
    end
    for _, leaves in ipairs(subsets(quit)) do
      for _, detach in ipairs(subsets(off)) do
        if join[1] or on[1] or leaves[1] or detach[1] then
          local a = { group = g, joins = join, attach = on, leaves = leaves, detach = detach }
          add("group", a)
        end
      end
    end
  end
  for w = 1, o.size.w do
    local ends = {}
    for i, p in ipairs(o) do
      if p[w] and p[w].direct and not after[i][w] then ends[#ends + 1] = i end
    end
    if ends[1] then add("ends", { workspace = w, people = ends }) end
  end
  return all
end

-- Return whether a membership of BEFORE has ended that must be kept: no request brings it back.
local function is_lost(o, before, after)
  for i, p in ipairs(o) do
    for w = 1, o.size.w do
      local old, m = before[i][w], p[w]
      if old and after[i][w] and is_fragile(old) and not (m and m.kept) then return true end
    end
  end
  return false
end

-- Return whether O can become AFTER in at most BUDGET requests.
local function is_reached(o, before, after, budget, seen)
  if is_goal(o, before, after) then return true end
  if budget == 0 or is_lost(o, before, after) then return false end
  local name = key_of(o)
  if (seen[name] or -1) >= budget then return false end
  seen[name] = budget
  if touching(edges_of(o, after), budget, {}) > budget then return false end
  for _, r in ipairs(useful(o, before, after)) do
    local new = request[r[1]](copy(o), r[2])
    if is_reached(new, before, after, budget - 1, seen) then return true end
  end
  return false
end

local function chance(p) return math.random() < p end

local function random_start(size)
  local o = { size = size, gives = {} }
  for g = 1, size.g do
    o.gives[g] = {}
    for w = 1, size.w do
      o.gives[g][w] = chance(0.5)
    end
  end
  for i = 1, size.p do
    local p = { groups = {}, admin = chance(0.3), off = chance(0.2) }
    for g = 1, size.g do
      p.groups[g] = chance(0.4)
    end
    o[i] = p
    for w = 1, size.w do
      local direct = chance(0.4)
      if direct or is_given(o, p, w) then
        local role = chance(0.4) and "admin" or "user"
        p[w] = { direct = direct, role = role, kept = true, rate = chance(0.2) and 50 or nil }
      end
    end
  end
  return o
end

local function other(role) return role == "user" and "admin" or "user" end

-- Return a random successor of the membership OLD. GIVEN: a group gives it. F: how likely it
-- changes.
local function random_membership(old, given, f)
  local changed = chance(f)
  if given and old then
    return { direct = old.direct, role = changed and other(old.role) or old.role }
  elseif given then
    return { direct = changed, role = changed and "admin" or "user" }
  elseif old and not chance(old.direct and f or 0.5) then
    return { direct = true, role = changed and other(old.role) or old.role }
  elseif not old and changed then
    return { direct = true, role = chance(0.5) and "admin" or "user" }
  end
end

local function random_end(before, f)
  local after = copy(before)
  local function flip(value) return chance(f) ~= (value or false) end
  for _, of in ipairs(after.gives) do
    for w = 1, after.size.w do
      of[w] = flip(of[w])
    end
  end
  for i, p in ipairs(after) do
    if chance(f / 2) then p.admin = not p.admin end
    if chance(f / 2) then p.off = not p.off end
    for g = 1, after.size.g do
      p.groups[g] = flip(p.groups[g])
    end
    for w = 1, after.size.w do
      p[w] = random_membership(before[i][w], is_given(after, p, w), f)
    end
  end
  return after
end

local function size_of(set)
  local n = 0
  for _ in pairs(set) do
    n = n + 1
  end
  return n
end

-- Return how many requests fewer than WRITES are enough, at most MOST.
local function fewer(before, after, writes, most)
  for n = 1, most do
    if not is_reached(before, before, after, writes - n, {}) then return n - 1 end
  end
  return most
end

--- Compare N random pairs from SEED on. Return { requests = of all plans, searched = pairs whose
--- plans are above the bound, dearer = {texts of plans above the fewest}, allowed = how many more
--- are above the fewest by no more than the groups that they send twice, and report that cost }.
function M.random(n, seed)
  local sums = { requests = 0, searched = 0, dearer = {}, allowed = 0 }
  for k = seed or 1, (seed or 1) + n - 1 do
    math.randomseed(k)
    local size = { p = math.random(4), g = math.random(3), w = math.random(2) }
    local before = random_start(size)
    local after = random_end(before, ({ 0.1, 0.25, 0.5 })[math.random(3)])
    local function silent() return chance(0.5) end
    local ok, writes, plan = pcall(M.planned, before, after, silent)
    if not ok then error(("seed %d: %s"):format(k, writes), 0) end
    local bound = touching(edges_of(before, after), 99, {})
    assert(writes >= bound, k) -- each plan was carried out: it cannot be cheaper than the fewest
    local over = 0
    if writes > bound then
      sums.searched = sums.searched + 1
      assert(is_reached(before, before, after, writes, {}), k) -- so that the search can find it
      over = fewer(before, after, writes, writes - bound)
    end
    if over > math.min(plan.cost.extra, size_of(plan.found.split)) then
      local text = "seed %d: from %s to %s: %d requests, and %d are enough"
      text = text:format(k, key_of(before), key_of(after), writes, writes - over)
      table.insert(sums.dearer, text)
    elseif over > 0 then
      sums.allowed = sums.allowed + 1
    end
    sums.requests = sums.requests + writes
  end
  return sums
end

-- ---------------------------------------------------------------------------------- as a program

local what, n = table.unpack(arg or {})
if not arg or not (arg[0] or ""):find("sim/fewest.lua", 1, true) then return M end

n = math.tointeger(n)
if what == "pairs" then
  print(("%d pairs: as many requests as breadth-first search"):format(M.pairs(n)))
else
  n = n or 20000
  local sums = M.random(n, math.tointeger(arg[3]))
  for _, text in ipairs(sums.dearer) do
    print(text)
  end
  local text = "%d random pairs: %d requests; %d pairs were searched for fewer; %d plans are dearer, "
    .. "and %d by what a cycle costs, as they say"
  print(text:format(n, sums.requests, sums.searched, #sums.dearer, sums.allowed))
  os.exit(#sums.dearer == 0)
end
