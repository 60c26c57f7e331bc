-- Find the fewest requests from one organization to another by breadth-first search in a small
-- model of the service, and compare them with the plan. The search shares no code with the planner:
-- it knows no cover and no matching. spec/fewest_spec.lua compares the model with the sandbox.
--
--   lua5.4 spec/sim/fewest.lua pairs [EVERY]    all pairs of organizations of two people, two groups
--                                               and a workspace; start at every EVERYth (1)
--   lua5.4 spec/sim/fewest.lua random [N [SEED]]
--                                               N pairs (20,000) of up to four people, three groups
--                                               and two workspaces; exit 1 where one is dearer

local model = require "spec.sim.fewest.model"
local planned = require "spec.sim.fewest.planned"
local random = require "spec.sim.fewest.random"

local copy, is_given, is_goal, key_of = model.copy, model.is_given, model.is_goal, model.key_of

local M = { copy = copy, key_of = key_of, request = model.request, random = random }

-- Return every organization of two people, two groups and a workspace.
local function organizations()
  local size, all = { p = 2, g = 2, w = 1 }, {}
  local people = {}
  for _, groups in ipairs(model.lists(2, { true, false })) do
    for _, direct in ipairs { true, false } do
      for _, role in ipairs { "user", "admin" } do
        people[#people + 1] = { groups = groups, direct = direct, role = role }
      end
    end
  end
  for _, gives in ipairs(model.lists(2, { true, false })) do
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
    if model.is_possible(o, r[1], r[2]) then
      local new = model.request[r[1]](copy(o), r[2])
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
  local requests = model.every_request(all[1].size)
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
        local writes = planned(before, after)
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

local what, n = table.unpack(arg or {})
if not arg or not (arg[0] or ""):find("sim/fewest.lua", 1, true) then return M end

n = math.tointeger(n)
if what == "pairs" then
  print(("%d pairs: as many requests as breadth-first search"):format(M.pairs(n)))
else
  n = n or 20000
  local sums = random(n, math.tointeger(arg[3]))
  for _, text in ipairs(sums.dearer) do
    print(text)
  end
  local text = "%d random pairs: %d requests; %d pairs were searched for fewer; %d plans are dearer, "
    .. "and %d by what a cycle costs, as they say"
  print(text:format(n, sums.requests, sums.searched, #sums.dearer, sums.allowed))
  os.exit(#sums.dearer == 0)
end
