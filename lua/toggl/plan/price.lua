-- What a plan costs in requests: its writes, the reads of its guards, and reading back what was
-- changed. Pure.

local reads = require "toggl.plan.reads"

local M = {}

--- Maximum age in seconds: of a read that a guard uses, and of the newest read when its request
--- goes out.
M.young, M.holds = 60, 60
local SECONDS = 0.5 -- a request, where nothing waits

--- Must the organization be read again before STEP goes out, AGE seconds after the last read?
--- TOUCHED: addresses and groups that requests of the plan have changed since.
-- A destructive request needs a young read of what it destroys: the one that the plan was made of,
-- unless own requests have changed the same people or groups since, or it is too old by then.
function M.needs_read(step, touched, age)
  if not step.destructive then return false end
  if age > M.young then return true end
  if step.args.group then return touched[step.args.group] == true end
  for _, who in ipairs(step.who) do
    if touched[who] then return true end
  end
  return false
end

--- Note in TOUCHED what STEP changes.
function M.touch(step, touched)
  for _, who in ipairs(step.who) do
    touched[who] = true
  end
  if step.args.group then touched[step.args.group] = true end
end

-- How many people a list has more after a change.
local COMES = { invite = 1, remove = -1, cancel = -1 }

-- Before such a step everything is read again that the plan was made of.
local function guards(d, size)
  local n, elapsed, touched, there = 0, 0, {}, #d.present.people
  for i, step in ipairs(d.steps) do
    if M.needs_read(step, touched, elapsed) then
      step.reads = true
      local people = d.present.few_count or reads.pages(there, size)
      local direct = reads.direct(d.steps, i, d.present.groups)
      n = n + people + (d.present.has_all_groups and 1 or 0) + #direct
      elapsed, touched = 0, {}
    end
    elapsed = elapsed + step.requests * SECONDS
    M.touch(step, touched)
    for _, c in ipairs(step.changes) do
      there = there + (COMES[c.kind] or 0)
    end
  end
  return n
end

--- The price of D: { writes =, guards =, read_back =, total =, extra = what the order costs }.
function M.of(d)
  local size = d.present.page_size or reads.page_size
  local price = { writes = 0, extra = d.extra or 0 }
  for _, step in ipairs(d.steps) do
    price.writes = price.writes + step.requests
  end
  price.guards = #d.steps > 0 and guards(d, size) or 0
  price.read_back = #d.steps > 0 and reads.lists(d.steps, d.present).requests or 0
  price.total = price.writes + price.guards + price.read_back
  return price
end

local HOUR = 3600

--- When COST requests have been sent: seconds since 1970, and how many windows it takes; nil: the
--- window is not known.
function M.done_at(plan)
  local window, cost = plan.window, plan.cost.total
  local remaining, total = window and window.remaining, window and window.total
  if not remaining then return nil end
  if cost <= remaining or not total or total <= 0 then
    return plan.now + math.ceil(cost * SECONDS), 1
  end
  local more = (cost - remaining + total - 1) // total
  local last = cost - remaining - (more - 1) * total
  local resets = window.resets_in or HOUR
  return plan.now + math.ceil(resets + (more - 1) * HOUR + last * SECONDS), more + 1
end

return M
