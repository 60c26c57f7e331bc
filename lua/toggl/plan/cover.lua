-- The fewest requests for changes that either of two requests can carry: a minimum vertex cover of
-- a bipartite graph by a maximum matching (Kuhn, König). Of all minimum covers it is the one with
-- the fewest people, and the only one of those, so that equal inputs give equal plans. Pure.
--
-- A graph is { [group] = { person, ... } }: who has to be named in a change of that group. MOVES
-- are {{ from =, to =, person = }, ...}: what the person has in a workspace of both groups is lost
-- unless `to` is sent first.

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

-- Levels of the groups in MOVES, each above those that must be sent before it; and the groups that
-- have none, since they are on a cycle or behind one. FIRST, SECOND: the fields of a move.
local function levels(moves, first, second)
  local behind, waits, level, rest = {}, {}, {}, {}
  for _, move in ipairs(moves) do
    local a, b = move[first], move[second]
    behind[a], waits[a], waits[b] = behind[a] or {}, waits[a] or 0, (waits[b] or 0) + 1
    table.insert(behind[a], b)
  end
  local ready = {}
  for g, n in pairs(waits) do
    if n == 0 then
      ready[#ready + 1], level[g] = g, 0
    end
  end
  for _, g in ipairs(ready) do
    for _, b in ipairs(behind[g] or {}) do
      waits[b], level[b] = waits[b] - 1, math.max(level[b] or 0, level[g] + 1)
      if waits[b] == 0 then ready[#ready + 1] = b end
    end
  end
  for g, n in pairs(waits) do
    rest[g] = n > 0 or nil
  end
  return level, rest
end

-- The moves that order the requests where PEOPLE send their own, and the groups in SPLIT are sent
-- twice: additions early, removals late.
local function binding(moves, people, split)
  local found = {}
  for _, move in ipairs(moves) do
    local free = people[move.person] or split[move.from] or split[move.to]
    if not free then found[#found + 1] = move end
  end
  return found
end

-- Groups on cycles of MOVES, or between two.
local function cyclic_groups(moves)
  local _, rest = levels(moves, "to", "from")
  local inner = {}
  for _, move in ipairs(moves) do
    if rest[move.from] and rest[move.to] then inner[#inner + 1] = move end
  end
  _, rest = levels(inner, "from", "to")
  return sorted(rest)
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
      people[p], cost = true, cost + (people[p] and 0 or 1)
    end
  end
  local more_groups, more_people, n = M.minimum(without(c.graph, people, groups))
  for p in pairs(more_people) do
    people[p] = true
  end
  for g in pairs(more_groups) do
    groups[g] = true
  end
  if next(select(2, levels(binding(c.moves, people, split), "to", "from"))) then return nil end
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
--- {[group] = true: additions first, removals last}, cost =, bound = the matching }. FORCED groups
--- are sent anyway.
function M.ordered(graph, moves, forced)
  local groups, people, bound = M.minimum(graph)
  local best = { groups = groups, people = people, split = {}, cost = bound }
  local c = { graph = graph, moves = moves, forced = forced, movers = {}, others = {} }
  c.cyclic = cyclic_groups(binding(moves, people, {}))
  if c.cyclic[1] then
    c.cyclic = cyclic_groups(moves)
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

--- The level of each group in an order in which each fragile move joins before it leaves.
function M.order(moves, cover)
  return (levels(binding(moves, cover.people, cover.split), "to", "from"))
end

return M
