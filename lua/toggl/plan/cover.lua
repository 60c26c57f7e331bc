-- The fewest requests for changes that either of two requests can carry: a minimum vertex cover of
-- a bipartite graph by a maximum matching (Kuhn, König). Of all minimum covers it is the one with
-- the fewest people, and the only one of those, so that equal inputs give equal plans. Pure.
--
-- A graph is { [group] = { person, ... } }: who has to be named in a change of that group; groups
-- are texts and people numbers. MOVES are {{ from =, to =, person =, attaches =, detaches = } ...}:
-- what the person has in a workspace of both groups is lost unless `to` is sent first; `to` does
-- not give the workspace before it is sent, `from` does not afterwards.

local M = {}

local function sorted(graph)
  local groups = {}
  for g in pairs(graph) do
    groups[#groups + 1] = g
  end
  table.sort(groups)
  return groups
end

-- Match group G along an alternating path to a free person; without recursion, groups may be many.
local function augment(graph, partner, of_group, g)
  local queue, seen, from = { g }, {}, {}
  for _, at in ipairs(queue) do
    for _, p in ipairs(graph[at]) do
      local other = partner[p]
      if not seen[p] then
        seen[p], from[p] = true, at
        if other then queue[#queue + 1] = other end
      end
      if not other then
        while p do
          local group = from[p]
          partner[p], of_group[group], p = group, p, of_group[group]
        end
        return true
      end
    end
  end
  return false
end

--- A minimum cover of GRAPH: {[group] = true}, {[person] = true}, and its size, which the matching
--- proves: groups that no alternating path from a loose group reaches, and people that one does.
function M.minimum(graph)
  local partner, of_group, size, loose = {}, {}, 0, {}
  local chosen, people = {}, {}
  for _, g in ipairs(sorted(graph)) do
    if augment(graph, partner, of_group, g) then
      size, chosen[g] = size + 1, true
    else
      loose[#loose + 1] = g
    end
  end
  for _, g in ipairs(loose) do
    for _, p in ipairs(graph[g]) do
      local other = partner[p]
      people[p] = true
      if chosen[other] then
        chosen[other], loose[#loose + 1] = nil, other
      end
    end
  end
  return chosen, people, size
end

-- The requests of ARCS, {{ first, second }, ...}, that have no order, since they are on a cycle or
-- behind one. FIRST, SECOND: 1 and 2, or 2 and 1 to look from the end.
local function unordered(arcs, first, second)
  local behind, waits, ready, rest = {}, {}, {}, {}
  for _, arc in ipairs(arcs) do
    local a, b = arc[first], arc[second]
    behind[a], waits[a], waits[b] = behind[a] or {}, waits[a] or 0, (waits[b] or 0) + 1
    table.insert(behind[a], b)
  end
  for v, n in pairs(waits) do
    if n == 0 then ready[#ready + 1] = v end
  end
  for _, v in ipairs(ready) do
    for _, b in ipairs(behind[v] or {}) do
      waits[b] = waits[b] - 1
      if waits[b] == 0 then ready[#ready + 1] = b end
    end
  end
  for v, n in pairs(waits) do
    rest[v] = n > 0 or nil
  end
  return rest
end

--- What MOVES order: {{ first, second }, ...}. A person in PEOPLE or FORCED sends a request, which
--- goes between the two groups, and waits for none that gives the workspace already or goes on to.
--- The groups in SPLIT are sent twice: additions early, removals late.
function M.arcs(moves, people, forced, split)
  local arcs = {}
  local function add(first, second, is)
    if is and not split[first] and not split[second] then arcs[#arcs + 1] = { first, second } end
  end
  for _, move in ipairs(moves) do
    local p = move.person
    if people[p] or forced[p] then
      add(move.to, p, move.attaches)
      add(p, move.from, move.detaches)
    else
      add(move.to, move.from, true)
    end
  end
  return arcs
end

-- Groups on cycles of ARCS, or between two.
local function cyclic_groups(arcs)
  local rest, inner, groups = unordered(arcs, 1, 2), {}, {}
  for _, arc in ipairs(arcs) do
    if rest[arc[1]] and rest[arc[2]] then inner[#inner + 1] = arc end
  end
  for v in pairs(unordered(inner, 2, 1)) do
    if type(v) == "string" then groups[#groups + 1] = v end
  end
  table.sort(groups)
  return groups
end

-- GRAPH without PEOPLE and GROUPS.
local function without(graph, people, groups)
  local rest = {}
  for g, list in pairs(graph) do
    local kept = {}
    for _, p in ipairs(groups[g] and {} or list) do
      if not people[p] then kept[#kept + 1] = p end
    end
    rest[g] = kept[1] and kept
  end
  return rest
end

local NONE, WHOLE, SPLIT = 0, 1, 2
local MOST = 7 -- groups in cycles for which every choice is tried: 3^7 matchings

-- One CHOICE for the groups in C.cyclic: its cover, or nil where its order has a cycle.
local function try(c, choice)
  local people, groups, split, cost = {}, {}, {}, 0
  for i, g in ipairs(c.cyclic) do
    local sent = c.forced[g]
    if choice[i] ~= NONE then
      groups[g], split[g] = true, choice[i] == SPLIT or nil
      cost = cost + choice[i] - (sent and 1 or 0)
    elseif c.others[g] then
      return nil -- people move who have no request of their own
    end
    for _, p in ipairs(choice[i] == NONE and (sent and c.movers[g] or c.graph[g]) or {}) do
      if not people[p] and not c.forced[p] then
        people[p], cost = true, cost + 1
      end
    end
  end
  local more_groups, more_people, n = M.minimum(without(c.graph, people, groups))
  for p in pairs(more_people) do
    people[p] = true
  end
  for g in pairs(more_groups) do
    groups[g] = true
  end
  if next(unordered(M.arcs(c.moves, people, c.forced, split), 1, 2)) then return nil end
  return { groups = groups, people = people, split = split, cost = cost + n }
end

-- The next of all choices, counted in threes; false behind the last.
local function count_up(choice)
  for i, how in ipairs(choice) do
    choice[i] = (how + 1) % 3
    if choice[i] ~= NONE then return true end
  end
  return false
end

-- The cheapest choice for the groups in C.cyclic; where there are too many to try each, one that is
-- no dearer than those next to it.
local function cheapest(c)
  local best, choice = nil, {}
  local function consider()
    local found = try(c, choice)
    local better = found and (not best or found.cost < best.cost)
    if better then best = found end
    return better
  end
  local few = #c.cyclic <= MOST
  for i = 1, #c.cyclic do
    choice[i] = few and NONE or SPLIT -- which always has an order
  end
  consider()
  while few and count_up(choice) do
    consider()
  end
  for i, before in ipairs(few and {} or choice) do
    for _, other in ipairs { WHOLE, NONE } do
      choice[i] = other
      if consider() then before = other end
    end
    choice[i] = before
  end
  return best
end

--- A cover of GRAPH with an order in which nothing fragile is lost: { groups =, people =, split =
--- {[group] = true: additions first, removals last}, cost =, bound = the matching }. Groups and
--- people in FORCED are sent anyway.
function M.ordered(graph, moves, forced)
  local groups, people, bound = M.minimum(graph)
  local best = { groups = groups, people = people, split = {}, cost = bound }
  local c = { graph = graph, moves = moves, forced = forced, movers = {}, others = {} }
  c.cyclic = cyclic_groups(M.arcs(moves, people, forced, {}))
  if c.cyclic[1] then
    c.cyclic = cyclic_groups(M.arcs(moves, {}, forced, {}))
    for _, move in ipairs(moves) do
      for _, g in ipairs { move.from, move.to } do
        c.movers[g], c.others[g] = c.movers[g] or {}, c.others[g] or not move.person
        table.insert(c.movers[g], move.person or nil)
      end
    end
    best = cheapest(c)
  end
  best.bound = bound
  return best
end

return M
