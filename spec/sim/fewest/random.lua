-- Random pairs of organizations, and the fewest requests from one to the other.

local model = require "spec.sim.fewest.model"
local planned = require "spec.sim.fewest.planned"

local copy, is_given, key_of = model.copy, model.is_given, model.key_of
local is_fragile, is_goal = model.is_fragile, model.is_goal
local request, subsets = model.request, model.subsets

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
local function random(n, seed)
  local sums = { requests = 0, searched = 0, dearer = {}, allowed = 0 }
  for k = seed or 1, (seed or 1) + n - 1 do
    math.randomseed(k)
    local size = { p = math.random(4), g = math.random(3), w = math.random(2) }
    local before = random_start(size)
    local after = random_end(before, ({ 0.1, 0.25, 0.5 })[math.random(3)])
    local function silent() return chance(0.5) end
    local ok, writes, plan = pcall(planned, before, after, silent)
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

return random
