-- The plan: a pure function of a desired state, a present state, rules and the time. It reads no
-- clock, no file and no server.

local carry = require "toggl.plan.carry"
local diff = require "toggl.plan.diff"
local guards = require "toggl.plan.guards"
local price = require "toggl.plan.price"
local steps = require "toggl.plan.steps"

local M = {}

local function undo_of(found)
  local undo = { full = 0, mail = 0, none = 0, total = 0 }
  for _, step in ipairs(found) do
    for _, change in ipairs(step.changes) do
      local how = change.undo or step.undo
      undo[how], undo.total = undo[how] + 1, undo.total + 1
    end
  end
  return undo
end

local OF_PEOPLE = { person = true, group = true, leave = true, group_name = true }

-- Requests above the floor: what an order in which nothing is lost costs.
local function extra_of(d, made, renamed)
  local n = -d.floor
  for _, step in ipairs(made) do
    if OF_PEOPLE[step.kind] then n = n + step.requests end
    local g = step.args.group
    if step.operation == "put_workspace_group" and not renamed[g] then n = n - 1 end
  end
  return n
end

--- Plan STATE, a desired state in normal form, for PRESENT at NOW.
-- { steps =, changes = every change once, refused =, deferred =, unchanged = { people =, groups = },
-- cost =, undo =, today =, problems = {{path =, text =}}, needs = workspaces whose direct members
-- must be read for the plan to be right }.
function M.make(state, present, rules, now)
  local d = diff.diff(state, present, now, rules)
  carry.decide(d)
  local whole = {}
  for g in pairs(d.whole) do
    whole[g] = true
  end
  local made = steps.make(d)
  d.whole_names = whole
  d.extra = extra_of(d, made, whole)
  local takes_access = guards.check(d, rules or {})
  local changes, touched = {}, {}
  for _, step in ipairs(made) do
    for _, change in ipairs(step.changes) do
      changes[#changes + 1] = change
      if change.group then touched[change.group] = true end
    end
  end
  local still = 0
  for _, g in ipairs(present.groups) do
    if not touched[g.id] then still = still + 1 end
  end
  return {
    steps = made,
    changes = changes,
    refused = d.refused,
    deferred = d.deferred,
    unchanged = { people = d.unchanged, groups = still },
    cost = price.of(d),
    undo = undo_of(made),
    today = d.today,
    timezone = state.timezone or "UTC",
    problems = d.r.problems,
    needs = diff.keys(d.needs),
    takes_access = takes_access,
    needs_caller = d.needs_caller,
    short_of_seats = d.short_of_seats,
    found = d,
  }
end

return M
