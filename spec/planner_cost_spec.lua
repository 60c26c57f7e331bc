-- The memory of the planner, which does not depend on the load of the machine.

require "spec.helper"
local desired = require "toggl.plan.desired"
local planner = require "toggl.plan.planner"

local inputs = require "spec.bench.plan"

-- Return the MB that a plan of N people allocates in total: an upper bound of its peak.
local function allocated(n, people)
  local state, present = inputs(n)
  state = assert(desired.normal(people and { people = people } or state))
  collectgarbage()
  collectgarbage "stop"
  local before = collectgarbage "count"
  local plan = planner.make(state, present, {}, 1798754399)
  local mb = (collectgarbage "count" - before) / 1024
  collectgarbage "restart"
  return mb, plan
end

describe("the planner", function()
  it("plans 10,000 people with 5 % changes within 20 MB beyond its inputs", function()
    local mb, plan = allocated(10000)
    assert.is_true(#plan.changes >= 500, #plan.changes .. " changes")
    assert.is_true(mb < 20, mb .. " MB")
  end)

  it("makes no table for a person who is as the file says", function()
    local state, present = inputs(1000)
    for i, p in ipairs(present.people) do
      state.people[p.email] =
        { role = p.role, workspaces = { W2 = "user" }, groups = { "G" .. i % 40 + 1 } }
    end
    local mb, plan = allocated(1000, state.people)
    assert.same({}, plan.steps)
    assert.equal(1000, plan.unchanged.people)
    assert.is_true(mb < 0.3, mb .. " MB")
  end)
end)
