-- Assign each change to a request, so that the fewest requests are sent. Pure.
--
-- A person is one PUT, a group one PATCH, a workspace one list of memberships that end. A change
-- that only one request can carry makes that request certain, and with it all others that it can
-- carry; between the rest the cover decides.

local cover = require "toggl.plan.cover"
local diff = require "toggl.plan.diff"

local M = {}

local function group_vertex(g) return ("g%d"):format(g) end

M.group_vertex = group_vertex

local function size(set)
  local n = 0
  for _ in pairs(set) do
    n = n + 1
  end
  return n
end

-- Another request than the person's own that can carry C, a change of RECORD: a vertex; true: one
-- that is sent anyway, and is no choice; false: none.
local function other_way(record, c)
  if c.kind == "access" then return record.single or not c.direct end -- names no list
  if c.kind == "end" then return not c.own and ("w%d"):format(c.workspace) end
  if not c.group or not record.p.user_id then return false end
  return c.group < 0 or group_vertex(c.group) -- a group that is made names its people
end

-- Add to MOVES those of P, who will be in GROUPS, as the cover takes them: what P has in a
-- workspace only through groups, of which none that gives it now does so afterwards. RECORD: that
-- of P, at INDEX; its own request gives a workspace of `begins`.
local function moves_of(d, p, groups, index, moves, record)
  for w, here in pairs(p.workspaces) do
    -- a membership whose role changes is named by its key, which a gap would change
    local named = record and record.roles[w]
    local before, after, safe = {}, {}, here.direct or not (named or diff.is_fragile(here))
    for g in pairs(here.groups) do
      local still = groups[g] and d.gives[g] and d.gives[g][w]
      safe = safe or still
      if not d.gone[g] then before[#before + 1] = g end
    end
    for g in pairs(safe and {} or groups) do
      local gives = d.gives[g] and d.gives[g][w]
      if gives and g < 0 then safe = true end -- it is made before
      if gives and g > 0 and not here.groups[g] then after[#after + 1] = g end
    end
    if record and record.begins[w] then after = { false } end
    table.sort(before)
    if after[2] then table.sort(after) end
    local move = { person = index }
    for _, g in ipairs(safe and {} or before) do
      for _, to in ipairs(after) do
        local way = { from = group_vertex(g), to = to and group_vertex(to) or nil }
        way.leaves, way.detaches = not groups[g], not d.gives[g][w]
        way.joins = to and not p.groups[to]
        way.attaches = to and not d.r.known.groups.by_id[to].workspaces[w]
        move[#move + 1] = way
        if record and (way.leaves or way.joins) then record.moves = true end
      end
    end
    if move[1] then moves[#moves + 1] = move end
  end
end

-- Detached workspaces move people who have no record, since nothing else of them changes.
local function moves_of_others(d, moves)
  local known, detaches = {}, false
  for _, c in ipairs(d.changes) do
    detaches = detaches or c.kind == "detach"
    if c.p then known[c.p] = true end
  end
  for _, record in ipairs(d.people) do
    known[record.p] = true
  end
  for _, p in ipairs(detaches and d.present.people or {}) do
    local groups = {}
    for g in pairs(p.groups) do
      groups[g] = not d.gone[g] or nil
    end
    if not known[p] then moves_of(d, p, groups, false, moves) end
  end
end

-- Accounts in the groups that are renamed, where each has one: such a rename takes complete lists
-- along. People who will be removed stay in them until then: their removal may be refused.
local function whole_groups(d)
  local whole = {}
  for _, c in ipairs(d.changes) do
    if c.kind == "group_name" then whole[c.group] = {} end
  end
  for _, p in ipairs(next(whole) and d.present.people or {}) do
    for g in pairs(p.groups) do
      if whole[g] and p.user_id then whole[g][p.user_id] = true end
      if not p.user_id then whole[g] = nil end
    end
  end
  return whole
end

-- Requests that are certain, by vertex; a person's is the position of the record.
local function certain(d)
  local sent = {}
  for _, c in ipairs(d.changes) do
    local attaches = c.kind == "attach" or c.kind == "detach"
    if attaches and c.group > 0 or c.kind == "group_name" and d.whole[c.group] then
      sent[group_vertex(c.group)] = true
    end
  end
  for i, record in ipairs(d.people) do
    local first = record.changes[1]
    record.single = first.kind == "access" and first.direct and not record.changes[2]
    for _, c in ipairs(record.changes) do
      if not other_way(record, c) then record.sends = true end
    end
    sent[i] = record.sends
  end
  return sent
end

-- The groups that change for RECORD, as vertices; nil where one of them needs its own request.
local function groups_of(record)
  local list = {}
  for _, c in ipairs(record.changes) do
    local way = c.group and other_way(record, c)
    if way == false then return nil end
    if type(way) == "string" then list[#list + 1] = way end
  end
  return list
end

-- What the own request of RECORD carries: complete lists of groups and of workspaces, or neither.
local function lists_of(d, record, is_chosen, is_apart)
  for _, c in ipairs(record.changes) do
    local way = other_way(record, c)
    local alone = not way or way ~= true and not d.sent[way] -- nothing else carries it
    if c.kind == "join" or c.kind == "quit" then
      record.lists = record.lists or is_chosen or alone
    elseif c.workspace then
      record.wants = record.wants or alone
    end
  end
  record.lists = record.lists or record.moves and not is_apart -- it leaves and joins at once
end

-- Which request carries C of RECORD: its "person"'s own, that of the "group", the list of the
-- "workspace", or one "alone".
local function bearer(record, c)
  if c.group then
    return record.lists and not (c.group < 0 and c.user_id) and "person" or "group"
  end
  if c.kind == "end" then return record.wants and "person" or "workspace" end
  return c.kind == "access" and not (c.direct and record.wants) and "alone" or "person"
end

--- Decide for D, what diff found. Sets `by` of each change of a person, record.sends (a PUT),
--- record.lists (it carries groups), record.wants (workspaces), and d.sent = {[vertex] = true},
--- d.split, d.arcs and d.floor, which no choice of requests can go below.
function M.decide(d)
  d.whole = whole_groups(d)
  local sent, graph, moves, lists = certain(d), {}, {}, {}
  for i, record in ipairs(d.people) do
    moves_of(d, record.p, record.groups, i, moves, record)
    lists[i] = record.sends and record.moves and groups_of(record) or nil
    for _, c in ipairs(record.sends and {} or record.changes) do
      local way = other_way(record, c)
      if way ~= true and not sent[way] then
        graph[way] = graph[way] or {}
        table.insert(graph[way], i)
      end
    end
  end
  moves_of_others(d, moves)
  local found = cover.ordered(graph, moves, sent, lists)
  d.floor, d.sent, d.split = size(sent) + found.bound, sent, found.split
  d.arcs = found.arcs
  for vertex in pairs(found.groups) do
    sent[vertex] = true
  end
  for i, record in ipairs(d.people) do
    record.sends = record.sends or found.people[i]
    if record.sends then lists_of(d, record, found.people[i], found.apart[i]) end
    for _, c in ipairs(record.changes) do
      c.by = bearer(record, c)
    end
  end
end

return M
