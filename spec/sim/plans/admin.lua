-- A process of an administrator, which uses the library as a program does. It asks the judge for
-- its task, and reports to the judge what was shown and how it ended.

local host = host

local function client_of(story)
  local toggl = require "toggl"
  return toggl.client {
    token = story.token,
    base_url = "https://sim.example.com/api/v9",
    state = ("/%d/state.db"):format(host.machine),
    journal = ("/%d/journal.db"):format(host.machine),
    cache = story.cache and ("/%d/cache.db"):format(host.machine) or false,
    settle = true,
    settle_after = story.settle,
    wait = story.wait,
    on_error = "raise",
    on_warning = function(sentence) host.ask("warned", sentence) end,
  }
end

-- Return the fields of an error that the judge gets.
local function plain(err)
  if type(err) ~= "table" and type(err) ~= "userdata" then
    return { kind = "raised", message = tostring(err) }
  end
  return { kind = err.kind, rule = err.rule, message = tostring(err) }
end

local function receipt_of(receipt)
  if not receipt then return nil end
  return { rows = receipt.rows, left = receipt.left, price = receipt.price, spent = receipt.spent }
end

-- Show PLAN to the judge, wait as a person would, and apply it.
local function carry_out(plan, story)
  local removals = plan and require("toggl.plan.limits").removals(plan)
  local allowed = host.ask("shown", {
    id = plan.id,
    rows = plan:rows(),
    price = plan.cost.total,
    steps = #plan.steps,
    refused = plan.refused[1] and plan.refused[1].rule,
    deferred = #plan.deferred,
    removals = removals,
    resumed = story.phase == "resume",
  })
  if #plan.steps == 0 and #plan.refused == 0 then return host.ask "nothing" end
  if story.keep then plan:keep() end
  if story.keep then return host.ask("kept", plan.id) end
  if story.think > 0 then host.wait(story.think) end
  local ok, result = pcall(plan.apply, plan, { allow_removals = allowed, wait = story.wait })
  if ok then return host.ask("applied", true, nil, receipt_of(result)) end
  local receipt = type(result) == "table" and result.receipt
  host.ask("applied", false, plain(result), receipt_of(receipt))
end

local phases = {}

function phases.plan(org, story)
  carry_out(org:plan(story.state, { rules = story.rules, max_age = story.max_age }), story)
end

function phases.kept(org, story)
  carry_out(require("toggl").plan.kept(org, story.id, { max_age = 60 }), story)
end

function phases.resume(org, story)
  local toggl = require "toggl"
  org:client():resume()
  carry_out(toggl.plan.resume(org, story.id), story)
end

-- Plan and apply the file of what an apply has left.
function phases.left(org, story)
  local toggl = require "toggl"
  local state, err = toggl.plan.parse(story.left, "lua", "left.lua")
  if not state then return host.ask("unreadable", tostring(err)) end
  carry_out(toggl.plan.of(org, state, { rules = story.rules }), story)
end

-- Plan the desired state once more: no step should be left.
function phases.final(org, story)
  local plan = org:plan(story.state, { rules = story.rules, refresh = true })
  host.ask("final", { steps = #plan.steps, rows = plan:rows(), refused = #plan.refused })
end

return function()
  local story = host.ask "story"
  if not story then return host.again(false) end
  local client = client_of(story)
  local ok, err = pcall(function()
    local org = client:organization(4300000017)
    phases[story.phase](org, story)
  end)
  client:close()
  host.again(host.ask("finished", ok, not ok and plain(err) or nil))
end
