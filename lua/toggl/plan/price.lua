-- What a plan costs in requests: its writes, the reads of its guards, and reading back what was
-- changed. Pure.

local M = {}

local function pages(n, size) return math.max(1, (n + size - 1) // size) end

-- The fewest workspaces that together have every invitation, found greedily.
local function workspaces_of(steps)
  local open, n = {}, 0
  for _, step in ipairs(steps) do
    if step.kind == "invite" then open[#open + 1] = step.args.workspaces end
  end
  while #open > 0 do
    local count, best, rest = {}, nil, {}
    for _, roles in ipairs(open) do
      for w in pairs(roles) do
        count[w] = (count[w] or 0) + 1
        local better = not best or count[w] > count[best] or count[w] == count[best] and w < best
        best = better and w or best
      end
    end
    for _, roles in ipairs(open) do
      if not roles[best] then rest[#rest + 1] = roles end
    end
    open, n = rest, n + 1
  end
  return n
end

-- Which lists show what the steps changed.
local function changed(steps)
  local c = { workspaces = {}, removed = 0, people = 0 }
  for _, step in ipairs(steps) do
    for _, change in ipairs(step.changes) do
      c[change.kind] = true
      if change.kind == "remove" or change.kind == "cancel" then c.removed = c.removed + 1 end
      if change.kind == "begin" or change.kind == "end" or change.kind == "access" then
        c.workspaces[change.workspace] = true
      end
    end
  end
  return c
end

local GROUPS = { "join", "quit", "attach", "detach", "group_new", "group_name", "group_gone" }

local function read_back(d, c, size)
  local groups, names = 0, 0
  local inactive = 0
  for _, p in ipairs(d.present.people) do
    if p.state == "inactive" then inactive = inactive + 1 end
  end
  for _, kind in ipairs(GROUPS) do
    if c[kind] then groups = 1 end
  end
  if c.workspace_new or c.workspace_name then names = 1 end
  local all = pages(#d.present.people - c.removed + #d.invited, size)
  local people = workspaces_of(d.steps)
  if c.role then people = people + 1 end
  if c.activate or c.deactivate then people = people + pages(inactive, size) end
  if c.name then people = people + all end
  if c.removed > 0 then people = people + all end
  for _ in pairs(c.workspaces) do
    people = people + 1
  end
  return math.min(people, all) + groups + names
end

local YOUNG = 60 -- seconds that a read may be old for a guard
local SECONDS = 0.5 -- a request, where nothing waits

-- Does STEP destroy what an earlier one touched? Then the plan's own read does not show it as it is.
local function is_touched(step, touched)
  if step.args.group then return touched[step.args.group] end
  for _, who in ipairs(step.who) do
    if touched[who] then return true end
  end
  return false
end

-- A destructive request needs a young read of what it destroys: the one that the plan was made of,
-- unless own requests have changed the same people or groups since, or it is too old by then.
local function guards(d, size)
  local n, elapsed, touched = 0, 0, {}
  for _, step in ipairs(d.steps) do
    if step.destructive and (elapsed > YOUNG or is_touched(step, touched)) then
      local people = step.kind == "remove" or step.kind == "person" or step.kind == "leave"
      local reads = people and math.min(#step.who, pages(#d.present.people, size)) or 1
      n, elapsed, touched = n + reads, 0, {}
    end
    elapsed = elapsed + step.requests * SECONDS
    for _, who in ipairs(step.who) do
      touched[who] = true
    end
    touched[step.args.group or 0] = true
  end
  return n
end

--- The price of D: { writes =, guards =, read_back =, total =, extra = what the order costs }.
function M.of(d)
  local size = d.present.page_size or 1000
  local c, price = changed(d.steps), { writes = 0, extra = d.extra or 0 }
  for _, step in ipairs(d.steps) do
    price.writes = price.writes + step.requests
  end
  price.guards = #d.steps > 0 and guards(d, size) or 0
  price.read_back = #d.steps > 0 and read_back(d, c, size) or 0
  price.total = price.writes + price.guards + price.read_back
  return price
end

return M
