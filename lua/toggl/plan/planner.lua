-- The plan: a pure function of a desired state, a present state, rules and the time. It reads no
-- clock, no file and no server.

local carry = require "toggl.plan.carry"
local diff = require "toggl.plan.diff"
local guards = require "toggl.plan.guards"
local keys = require "toggl.plan.keys"
local price = require "toggl.plan.price"
local steps = require "toggl.plan.steps"

local M = {}

local OF_PEOPLE = { person = true, group = true, leave = true, group_name = true }

-- Every change of the steps once; how they can be undone; how many groups have none; and the
-- requests above the floor, which is what an order costs in which nothing is lost.
local function sums(d, made)
  local changes, undo, touched = {}, { full = 0, mail = 0, none = 0, total = 0 }, {}
  local extra, still = -d.floor, 0
  for _, step in ipairs(made) do
    local in_any_case = step.operation == "put_workspace_group" and not d.whole[step.args.group]
    if OF_PEOPLE[step.kind] and not in_any_case then extra = extra + step.requests end
    for _, c in ipairs(step.changes) do
      local how = c.undo or step.undo
      undo[how], undo.total = undo[how] + 1, undo.total + 1
      changes[#changes + 1], touched[c.group or false] = c, true
    end
  end
  for _, g in ipairs(d.present.groups) do
    if not touched[g.id] then still = still + 1 end
  end
  return changes, undo, extra, still
end

--- Plan STATE, a desired state in normal form, for PRESENT at NOW.
-- { steps =, changes = every change once, refused =, deferred =, unchanged = { people =, groups =
-- }, cost =, undo =, today =, problems = {{path =, text =}}, needs = workspaces whose direct
-- members must be read for the plan to be right }.
function M.make(state, present, rules, now)
  local d = diff.diff(state, present, now, rules)
  carry.decide(d)
  local made = steps.make(d)
  local changes, undo, extra, still = sums(d, made)
  d.extra = extra
  local takes_access = guards.check(d)
  return {
    steps = made,
    changes = changes,
    refused = d.refused,
    deferred = d.deferred,
    unchanged = { people = d.unchanged, groups = still },
    cost = price.of(d),
    undo = undo,
    today = d.today,
    timezone = state.timezone or "UTC",
    problems = d.r.problems,
    needs = keys(d.needs),
    takes_access = takes_access,
    unchecked = guards.unchecked(present, takes_access),
    needs_caller = d.needs_caller,
    short_of_seats = d.short_of_seats,
    unsaid = d.unsaid,
    found = d,
  }
end

return M
