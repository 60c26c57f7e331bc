-- The fewest requests for changes that either of two requests can carry: a minimum vertex cover of
-- a bipartite graph by a maximum matching (Kuhn, König). Of all minimum covers it is the one with
-- the fewest people, and the only one of those, so that equal inputs give equal plans. Pure.
--
-- A graph is { [group] = { person, ... } }: who has to be named in a change of that group; groups
-- are texts and people numbers. MOVES are { person =, way, ... }: something of the person's in a
-- workspace is lost unless one of the ways holds, { from =, to =, joins =, leaves =, attaches =,
-- detaches = }: `to` gives the workspace before `from` ends to. The person joins and leaves, the
-- group attaches and detaches. Without `to` it is the person's own request that gives it.

local keys = require "toggl.plan.keys"

local M = {}

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
  for _, g in ipairs(keys(graph)) do
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

-- What WAY of person P orders: {{ first, second }, ...}. CARRIES: the person's own request joins
-- and leaves, and not those of the groups. Those in SPLIT are sent twice: additions early, removals
-- late.
local function arcs_of(way, p, carries, split)
  local arcs, to, from = { carries = carries }, way.to, way.from
  local function add(first, second)
    if first ~= second and not split[first] and not split[second] then
      arcs[#arcs + 1] = { first, second }
    end
  end
  local function before_end(first)
    if carries and way.leaves then add(first, p) end
    if not carries or way.detaches then add(first, from) end
  end
  if not to or carries and way.joins then before_end(p) end
  if to and (not carries or way.attaches) then before_end(to) end
  return arcs
end

-- All that MOVE leaves to choose. SENDS: people who send a request; FREE: those of them whose
-- groups can be changed by the groups' requests as well.
local function options_of(move, sends, free, split)
  local p, options = move.person, {}
  local carries = sends[p] or false
  for k = 1, carries and free[p] and 2 or 1 do
    for _, way in ipairs(move) do
      options[#options + 1] = arcs_of(way, p, carries and k == 1, split)
    end
  end
  return options
end

local function append(list, more) table.move(more, 1, #more, #list + 1, list) end

-- Each of MOVES with its options, the arcs of all, and the requests that these give no order.
local function all_options(moves, sends, free, split)
  local entries, all = {}, {}
  for i, move in ipairs(moves) do
    entries[i] = { person = move.person, options = options_of(move, sends, free, split) }
    for _, arcs in ipairs(entries[i].options) do
      append(all, arcs)
    end
  end
  return entries, all, unordered(all, 1, 2)
end

-- Groups on cycles of what MOVES may order, or between two.
local function cyclic_groups(moves, sends, free)
  local inner, groups = {}, {}
  local _, all, rest = all_options(moves, sends, free, {})
  for _, arc in ipairs(all) do
    if rest[arc[1]] and rest[arc[2]] then inner[#inner + 1] = arc end
  end
  for v in pairs(unordered(inner, 2, 1)) do
    groups[v] = type(v) == "string" or nil
  end
  return keys(groups)
end

-- MOVES with their options, once where they are alike, those without a choice first. Arcs that are
-- on no cycle whatever is chosen are left out of `inner`; moves without any other come last, since
-- their choice makes no difference.
local function entries_of(moves, sends, free, split)
  local by_name, distinct = {}, {}
  local entries, _, core = all_options(moves, sends, free, split)
  for _, entry in ipairs(entries) do
    local name = { free[entry.person] and tostring(entry.person) or "" }
    for k, arcs in ipairs(entry.options) do
      local inner = {}
      name[#name + 1] = ("%d"):format(k)
      for _, arc in ipairs(arcs) do
        if core[arc[1]] and core[arc[2]] then
          inner[#inner + 1], name[#name + 1] = arc, ("%s<%s"):format(arc[1], arc[2])
        end
      end
      arcs.inner = inner
    end
    entry.is_idle = #name == #entry.options + 1
    entry.name = table.concat(name, " ")
    entry.like = by_name[entry.name] or entry
    if entry.like == entry then
      by_name[entry.name], distinct[#distinct + 1] = entry, entry
    end
  end
  table.sort(distinct, function(a, b)
    if a.is_idle ~= b.is_idle then return b.is_idle end
    if #a.options ~= #b.options then return #a.options < #b.options end
    return a.name < b.name
  end)
  return entries, distinct
end

-- Choose for each of ENTRIES from AT on, beside ARCS; a person carries all or nothing, as CARRIES
-- says of those who have chosen. C.work: how many options and arcs may still be looked at, since
-- there are exponentially many choices. Returns whether there is an order.
local function choose(c, entries, at, arcs, carries)
  local entry, n = entries[at], #arcs
  if not entry then return true end
  local p, before = entry.person, carries[entry.person]
  for k, option in ipairs(entry.options) do
    if c.work <= 0 then return false end
    c.work = c.work - 1
    if before == nil or before == option.carries then
      carries[p], entry.choice = option.carries, k
      append(arcs, option.inner)
      local is_ordered = #arcs == n
      if not is_ordered then
        c.work = c.work - #arcs
        is_ordered = next(unordered(arcs, 1, 2)) == nil
      end
      if is_ordered and choose(c, entries, at + 1, arcs, carries) then return true end
      table.move({}, 1, #arcs - n, n + 1, arcs)
      carries[p] = before
    end
  end
  return false
end

-- An order for C's moves in which nothing is lost: arcs without a cycle, and the people of FREE
-- whose groups are left to the groups. nil: none was found.
local function order(c, sends, free, split)
  local arcs, without_choice = {}, {}
  for _, move in ipairs(c.moves) do
    local first = arcs_of(move[1], move.person, sends[move.person] or false, split)
    append(arcs, first)
    if not move[2] and not free[move.person] then append(without_choice, first) end
  end
  if next(unordered(arcs, 1, 2)) == nil then return arcs, {} end
  if next(unordered(without_choice, 1, 2)) ~= nil then return nil end
  local entries, distinct = entries_of(c.moves, sends, free, split)
  local carries, apart = {}, {}
  if not choose(c, distinct, 1, {}, carries) then return nil end
  arcs = {}
  for _, entry in ipairs(entries) do
    append(arcs, entry.options[entry.like.choice])
  end
  for p in pairs(free) do
    apart[p] = carries[p] == false or nil
  end
  return arcs, apart
end

-- The order of C's moves where GROUPS, PEOPLE and what is forced are sent.
local function in_order(c, groups, people, split)
  local sends, free = setmetatable({}, { __index = c.forced }), {}
  for p in pairs(people) do
    sends[p] = true
  end
  for p, list in pairs(c.lists) do
    local is_free = true
    for _, g in ipairs(list) do
      is_free = is_free and (groups[g] or c.forced[g])
    end
    free[p] = is_free or nil
  end
  return order(c, sends, free, split)
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

local NONE, WHOLE, SPLIT = 0, 1, 2 -- how a group is sent; a person: NONE or WHOLE
local MOST = 3 ^ 7 -- choices for groups in cycles, and for who moves, that are tried: matchings
local WORK = 1000000 -- options and arcs that are looked at for an order: a second at most

-- One CHOICE for C.cyclic: its cover; nil where that costs MOST, or has no order.
local function try(c, choice, most)
  local people, groups, split, cost = {}, {}, {}, 0
  for i, g in ipairs(c.cyclic) do
    local sent = c.forced[g]
    if c.is_person[g] then
      if choice[i] ~= NONE and not people[g] then
        people[g], cost = true, cost + 1
      end
    elseif choice[i] ~= NONE then
      groups[g], split[g] = true, choice[i] == SPLIT or nil
      cost = cost + choice[i] - (sent and 1 or 0)
    elseif c.others[g] then
      return nil -- people move who have no request of their own
    end
    local own = choice[i] == NONE and (sent and c.movers[g] or c.graph[g])
    for _, p in ipairs(own or {}) do
      if not people[p] and not c.forced[p] then
        people[p], cost = true, cost + 1
      end
    end
  end
  if cost >= most then return nil end
  local more_groups, more_people, n = M.minimum(without(c.graph, people, groups))
  for p in pairs(more_people) do
    people[p] = true
  end
  for g in pairs(more_groups) do
    groups[g] = true
  end
  if cost + n >= most then return nil end
  local arcs, apart = in_order(c, groups, people, split)
  local found = { groups = groups, people = people, split = split, cost = cost + n, arcs = arcs }
  found.apart = apart
  return arcs and found
end

-- Add to C.cyclic people who move and may be chosen as well: their request may cost
-- nothing more, and give an order. Returns how many choices there are; no more people than leave
-- MOST of them.
local function add_people(c)
  local n, people = 3 ^ #c.cyclic, {}
  for _, list in pairs(c.graph) do
    for _, p in ipairs(list) do
      people[p] = c.moves_own[p]
    end
  end
  for _, p in ipairs(keys(people)) do
    if 2 * n > MOST then break end
    c.cyclic[#c.cyclic + 1], c.is_person[p], n = p, true, 2 * n
  end
  return n
end

-- The next of all choices of C; the first behind the last.
local function count_up(c, choice)
  for i, how in ipairs(choice) do
    choice[i] = (how + 1) % (c.is_person[c.cyclic[i]] and 2 or 3)
    if choice[i] ~= NONE then return end
  end
end

-- The cheapest choice for C.cyclic, groups; where there are too many to try each, one that is no
-- dearer than those next to it.
local function cheapest(c)
  local best, choice = nil, {}
  local function consider()
    local found = try(c, choice, best and best.cost or math.huge)
    best = found or best
    return found ~= nil
  end
  local n = add_people(c)
  local few = n <= MOST
  for i, g in ipairs(c.cyclic) do
    choice[i] = c.is_person[g] and NONE or SPLIT
  end
  c.work = WORK
  consider() -- which always has an order, and what costs as much need not be looked at
  for _ = 2, few and n or 0 do
    count_up(c, choice)
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
--- {[group] = true: additions first, removals last}, arcs = {{ request, one that waits for it },
--- ...}, apart = {[person] = true: the request leaves groups to theirs}, cost =, bound = the
--- matching }. Groups and people in FORCED are sent anyway. LISTS: {[person in FORCED] = the groups
--- that change for them, where these can be left to groups that are sent}.
function M.ordered(graph, moves, forced, lists)
  local c =
    { graph = graph, moves = moves, forced = forced, lists = lists, cyclic = {}, work = WORK }
  local groups, people, bound = M.minimum(graph)
  local best = { groups = groups, people = people, split = {}, cost = bound }
  best.arcs, best.apart = in_order(c, groups, people, {})
  if not best.arcs then
    c.movers, c.others, c.moves_own, c.is_person = {}, {}, {}, {}
    for _, move in ipairs(moves) do
      c.moves_own[move.person] = true
      for _, way in ipairs(move) do
        for _, g in ipairs { way.from, way.to } do
          c.movers[g], c.others[g] = c.movers[g] or {}, c.others[g] or not move.person
          table.insert(c.movers[g], move.person or nil)
        end
      end
    end
    c.cyclic = cyclic_groups(moves, forced, lists)
    best = cheapest(c)
  end
  best.bound = bound
  return best
end

return M
