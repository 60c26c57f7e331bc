-- The fewest requests for changes that either of two requests can carry: a minimum vertex cover of a
-- bipartite graph by a maximum matching (Kuhn, König). Of all minimum covers it is the one with the
-- fewest people, and the only one of those, so that equal inputs give equal plans.
--
-- A graph is { [group] = { person, ... } }: who has to be named in a change of that group.

local M = {}

local function sorted(graph)
  local groups = {}
  for g in pairs(graph) do
    groups[#groups + 1] = g
  end
  table.sort(groups)
  return groups
end

-- Find an alternating path from group G to a free person, without recursion: groups may be many.
local function augment(graph, partner, of_group, g, seen)
  local queue, head, from = { g }, 1, {}
  while queue[head] do
    local at = queue[head]
    head = head + 1
    for _, p in ipairs(graph[at]) do
      if not seen[p] then
        seen[p], from[p] = true, at
        local other = partner[p]
        if not other then
          while p do
            local group = from[p]
            local before = of_group[group]
            partner[p], of_group[group] = group, p
            p = before
          end
          return true
        end
        queue[#queue + 1] = other
      end
    end
  end
  return false
end

--- A minimum cover of GRAPH: {[group] = true}, {[person] = true}, and its size, which the matching
--- proves.
function M.minimum(graph)
  local partner, of_group, size, loose = {}, {}, 0, {}
  local groups = sorted(graph)
  for _, g in ipairs(groups) do
    if augment(graph, partner, of_group, g, {}) then
      size = size + 1
    else
      loose[#loose + 1] = g
    end
  end
  local reached, people, head = {}, {}, 1
  for _, g in ipairs(loose) do
    reached[g] = true
  end
  while loose[head] do
    for _, p in ipairs(graph[loose[head]]) do
      if not people[p] then
        people[p] = true
        local g = partner[p]
        if not reached[g] then
          reached[g], loose[#loose + 1] = true, g
        end
      end
    end
    head = head + 1
  end
  local chosen = {}
  for _, g in ipairs(groups) do
    if not reached[g] and #graph[g] > 0 then chosen[g] = true end
  end
  return chosen, people, size
end

-- ----------------------------------------------------------------------- orders that cost a request
--
-- A fragile move of p from a to b: b must be sent first, or what p has in a workspace of both is
-- lost. `moves` is {{ from =, to =, person = }, ...}.

-- Groups that lie on cycles of the moves: {{group, ...}, ...}, by Tarjan.
local function components(arcs)
  local n, order, low, stack, on, found = 0, {}, {}, {}, {}, {}
  local function visit(v)
    n = n + 1
    order[v], low[v], stack[#stack + 1], on[v] = n, n, v, true
    for _, w in ipairs(sorted(arcs[v] or {})) do
      if not order[w] then visit(w) end
      if on[w] then low[v] = math.min(low[v], low[w]) end
    end
    if low[v] < order[v] then return end
    local part = {}
    repeat
      local w = table.remove(stack)
      on[w], part[#part + 1] = nil, w
    until w == v
    if #part > 1 then found[#found + 1] = part end
  end
  for _, v in ipairs(sorted(arcs)) do
    if not order[v] then visit(v) end
  end
  return found
end

local function arcs_of(moves, skipped, split)
  local arcs = {}
  for _, move in ipairs(moves) do
    if not skipped[move.person] and not (split and (split[move.from] or split[move.to])) then
      arcs[move.to] = arcs[move.to] or {}
      arcs[move.to][move.from] = true
      arcs[move.from] = arcs[move.from] or {}
    end
  end
  return arcs
end

--- Are the moves of those who are not SKIPPED without a cycle?
function M.is_acyclic(moves, skipped, split) return #components(arcs_of(moves, skipped, split)) == 0 end

-- The graph without PEOPLE and GROUPS.
local function without(graph, people, groups)
  local rest = {}
  for g, list in pairs(graph) do
    if not groups[g] then
      local kept = {}
      for _, p in ipairs(list) do
        if not people[p] then kept[#kept + 1] = p end
      end
      if #kept > 0 then rest[g] = kept end
    end
  end
  return rest
end

local NONE, WHOLE, SPLIT = 0, 1, 2
local MOST = 7 -- groups in cycles for which every choice is tried: 3^7 matchings

-- One choice for the groups in cycles: its cover, or nil where its order has a cycle.
local function try(graph, moves, cyclic, choice, forced, movers)
  local people, groups, split, cost = {}, {}, {}, 0
  for i, g in ipairs(cyclic) do
    if choice[i] == NONE then
      if movers[g].others then return nil end -- no request of their own is there for them
      for _, p in ipairs(forced[g] and movers[g] or graph[g] or {}) do
        if not people[p] then
          people[p], cost = true, cost + 1
        end
      end
    else
      groups[g] = true
      split[g] = choice[i] == SPLIT or nil
      cost = cost + (forced[g] and choice[i] - 1 or choice[i])
    end
  end
  local more_groups, more_people, n = M.minimum(without(graph, people, groups))
  for p in pairs(more_people) do
    people[p] = true
  end
  if not M.is_acyclic(moves, people, split) then return nil end
  for g in pairs(more_groups) do
    groups[g] = true
  end
  return { groups = groups, people = people, split = split, cost = cost + n }
end

--- A cover of GRAPH with an order in which nothing fragile is lost: { groups =, people =, split =
--- {[group] = true: additions first, removals last}, cost =, bound = the matching }. FORCED groups
--- are sent anyway.
function M.ordered(graph, moves, forced)
  local groups, people, bound = M.minimum(graph)
  local plain = { groups = groups, people = people, split = {}, cost = bound, bound = bound }
  if #moves == 0 or M.is_acyclic(moves, people) then return plain end
  local cyclic = {}
  for _, part in ipairs(components(arcs_of(moves, {}))) do
    table.move(part, 1, #part, #cyclic + 1, cyclic)
  end
  table.sort(cyclic)
  local best, movers = nil, {}
  for _, move in ipairs(moves) do
    for _, g in ipairs { move.from, move.to } do
      movers[g] = movers[g] or {}
      if move.person then
        table.insert(movers[g], move.person)
      else
        movers[g].others = true
      end
    end
  end
  local function consider(choice)
    local found = try(graph, moves, cyclic, choice, forced, movers)
    if found and (not best or found.cost < best.cost) then best = found end
  end
  if #cyclic <= MOST then
    for n = 0, 3 ^ #cyclic - 1 do
      local choice, rest = {}, n
      for i = 1, #cyclic do
        choice[i], rest = rest % 3, rest // 3
      end
      consider(choice)
    end
  else
    local choice = {}
    for i = 1, #cyclic do
      choice[i] = SPLIT
    end
    consider(choice)
    for i = 1, #cyclic do -- each group in one piece, as long as there is an order
      for _, other in ipairs { WHOLE, NONE } do
        local before, cost = choice[i], best.cost
        choice[i] = other
        consider(choice)
        if best.cost == cost then choice[i] = before end
      end
    end
  end
  best.bound = bound
  return best
end

--- An order of the groups in CHOSEN in which each fragile move joins before it leaves.
function M.order(moves, cover)
  local arcs, out, seen = arcs_of(moves, cover.people, cover.split), {}, {}
  local function visit(g)
    if seen[g] then return end
    seen[g] = true
    for _, behind in ipairs(sorted(arcs[g] or {})) do
      visit(behind)
    end
    table.insert(out, 1, g)
  end
  local all = sorted(cover.groups)
  for i = #all, 1, -1 do
    visit(all[i])
  end
  local position = {}
  for i, g in ipairs(out) do
    position[g] = i
  end
  return position
end

return M
