-- Assign each change to a request, so that the fewest requests are sent. Pure.
--
-- A person is one PUT, a group one PATCH, a workspace one list of memberships that end. Changes of
-- people who get a PUT anyway are free, and so are those of groups that are sent anyway.

local cover = require "toggl.plan.cover"
local diff = require "toggl.plan.diff"

local M = {}

local function group_vertex(g) return ("g%d"):format(g) end

local function workspace_vertex(w) return ("w%d"):format(w) end

M.group_vertex, M.workspace_vertex = group_vertex, workspace_vertex

-- The moves of RECORD between groups of which one gives what the other takes.
local function moves_of(d, record, index, moves)
  for w, here in pairs(record.p.workspaces) do
    if not here.direct and next(here.groups) ~= nil and diff.is_fragile(here) then
      local before, after, safe = {}, {}, false
      for g in pairs(here.groups) do
        local still = record.groups[g] and d.gives[g] and d.gives[g][w]
        safe = safe or still
        if not still and not d.gone[g] then before[#before + 1] = g end
      end
      for g in pairs(record.groups) do
        local gives = d.gives[g] and d.gives[g][w]
        if gives and g < 0 then safe = true end -- it is made before
        if gives and not here.groups[g] then after[#after + 1] = g end
      end
      for _, from in ipairs(safe and {} or before) do
        for _, to in ipairs(after) do
          moves[#moves + 1] = {
            from = group_vertex(from),
            to = group_vertex(to),
            person = index,
            key = from,
          }
        end
      end
    end
  end
end

local function size(set)
  local n = 0
  for _ in pairs(set) do
    n = n + 1
  end
  return n
end

-- One change of a role and nothing else is a request of its own that names no list.
local function is_single_role(record)
  return size(record.roles) == 1
    and next(record.put) == nil
    and next(record.begins) == nil
    and next(record.ends) == nil
    and next(record.joins) == nil
    and next(record.leaves) == nil
end

-- Must there be a PUT of this person? No other request can carry these.
local function is_forced(record)
  if next(record.put) ~= nil or next(record.begins) ~= nil then return true end
  for _, role in pairs(record.roles) do
    if role.direct and not is_single_role(record) then return true end
  end
  local account = record.p.user_id
  return not account and (next(record.joins) ~= nil or next(record.leaves) ~= nil)
end

-- Groups that are sent anyway: {[vertex] = true}.
local function forced_groups(d)
  local forced = {}
  for _, change in ipairs(d.changes) do
    if change.kind == "attach" or change.kind == "detach" then
      forced[group_vertex(change.group)] = true
    elseif change.kind == "group_name" and d.whole[change.group] then
      forced[group_vertex(change.group)] = true
    end
  end
  return forced
end

local function add_edge(graph, vertex, index)
  local list = graph[vertex]
  if list then
    list[#list + 1] = index
  else
    graph[vertex] = { index }
  end
end

local function edges_of(record, index, forced, graph)
  for _, list in ipairs { record.joins, record.leaves } do
    for g in pairs(list) do
      local vertex = group_vertex(g)
      if g > 0 and not forced[vertex] then add_edge(graph, vertex, index) end
    end
  end
  for w in pairs(record.ends) do
    add_edge(graph, workspace_vertex(w), index)
  end
end

-- Do the requests of groups make all joins and leaves of RECORD?
local function is_carried(record, sent)
  for _, list in ipairs { record.joins, record.leaves } do
    for g in pairs(list) do
      if g > 0 and not sent[group_vertex(g)] then return false end
    end
  end
  return true
end

-- A rename takes complete lists along where everyone in the group can be named by account key.
local function whole_groups(d)
  local renamed, whole = {}, {}
  for _, change in ipairs(d.changes) do
    if change.kind == "group_name" then
      renamed[change.group], whole[change.group] = true, {}
    end
  end
  if next(renamed) == nil then return whole end
  for _, p in ipairs(d.present.people) do
    for g in pairs(p.groups) do
      if renamed[g] and whole[g] then
        if p.user_id then
          whole[g][p.user_id] = true
        else
          whole[g] = nil
        end
      end
    end
  end
  for _, change in ipairs(d.removed) do
    for g in pairs(change.p.groups) do
      if whole[g] then whole[g][change.p.user_id or false] = nil end
    end
  end
  return whole
end

-- Changes of whole groups move people that no record has, since nothing else of them changes.
local function moves_of_others(d, moves)
  local changes = false
  for _, c in ipairs(d.changes) do
    changes = changes or c.kind == "detach"
  end
  if not changes then return end
  local known = {}
  for _, record in ipairs(d.people) do
    known[record.p] = true
  end
  for _, c in ipairs(d.removed) do
    known[c.p] = true
  end
  for _, p in ipairs(d.present.people) do
    if not known[p] then
      local groups = {}
      for g in pairs(p.groups) do
        groups[g] = not d.gone[g] or nil
      end
      moves_of(d, { p = p, groups = groups }, false, moves)
    end
  end
end

-- A group that takes a workspace from people whose own request gives it elsewhere goes behind them.
local function split_detaching(d, moves)
  for _, move in ipairs(moves) do
    local record = d.people[move.person]
    if record and record.sends and record.groups[move.key] then d.split[move.from] = true end
  end
end

--- Decide for D, what diff found. Sets record.sends (a PUT), record.lists (it carries groups),
--- record.single (one role), and d.sent = {[vertex] = true}, d.split, d.order and d.floor, which no
--- choice of requests can go below.
function M.decide(d)
  d.whole = whole_groups(d)
  local forced, graph, moves, own = forced_groups(d), {}, {}, {}
  local puts = 0
  for i, record in ipairs(d.people) do
    record.single = is_single_role(record)
    record.sends = is_forced(record)
    local mine = {}
    moves_of(d, record, i, mine)
    table.move(mine, 1, #mine, #own + 1, own)
    if record.sends then
      puts = puts + 1
      record.lists = #mine > 0 and next(record.joins) ~= nil -- everything at once, without a gap
    else
      edges_of(record, i, forced, graph)
      table.move(mine, 1, #mine, #moves + 1, moves)
    end
  end
  moves_of_others(d, moves)
  local found = cover.ordered(graph, moves, forced)
  d.sent, d.split = found.groups, found.split
  d.order = cover.order(moves, found)
  d.floor = puts + size(forced) + found.bound
  for vertex in pairs(forced) do
    d.sent[vertex] = true
  end
  for i in pairs(found.people) do
    local record = d.people[i]
    record.sends = true
    record.lists = next(record.joins) ~= nil or next(record.leaves) ~= nil
  end
  for _, record in ipairs(d.people) do
    if record.sends and not is_carried(record, d.sent) then record.lists = true end
  end
  split_detaching(d, own)
end

return M
