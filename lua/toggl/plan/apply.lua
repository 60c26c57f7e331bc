-- Apply a plan: its steps in their order, through the ordinary calls; guards before each
-- destructive request; and what the organization shows afterwards.

local core = require "toggl.core"
local lease = require "toggl.plan.lease"
local limits = require "toggl.plan.limits"
local os = require "toggl.text.standard"("os")
local price = require "toggl.plan.price"
local receipt = require "toggl.plan.receipt"
local requests = require "toggl.plan.requests"
local unconfirmed = require "toggl.class.unconfirmed"
local verify = require "toggl.plan.verify"

local M = {}

--- Errors of an apply.
M.Error = {
  __name = "toggl.apply_error",
  __tostring = function(e) return e.advice and e.message .. "; " .. e.advice or e.message end,
}

local TOGETHER = 4 -- independent requests in flight

-- Errors that no further step would escape.
local STOPS = { quota = true, auth = true, offline = true, cancelled = true, transport = true }

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

local function is_error(e) return type(e) == "table" and e.kind ~= nil end

-- ------------------------------------------------------------------------------------- one request

-- Parts of a step that its reply does not confirm, by operation: {[address] = sentence}; nil: none.
local CHECK = {}

function CHECK.post_organization_invitation(step, reply)
  local missing = {}
  local list, remarks = unconfirmed(step.who, reply)
  for _, who in ipairs(list) do
    missing[who] = "the reply does not name this address" .. remarks
  end
  return next(missing) and missing or nil
end

function CHECK.patch_organization_group(step, reply)
  local refused, made = reply.failure or {}, #(reply.success or {})
  if #refused == 0 then return nil end
  local reasons = require "toggl.class.reasons"(refused)
  error({
    kind = made == 0 and "invalid" or "partial",
    message = ("%s: %d of %d changes refused: %s"):format(
      step.what,
      #refused,
      #refused + made,
      table.concat(reasons, "; ")
    ),
  }, 0)
end

-- What was just created may be refused for some seconds, so its first use waits.
local function wait_for_created(run, step)
  local due = 0
  for key in pairs(requests.uses(step)) do
    due = math.max(due, (run.created_at[key] or 0) + run.settle)
  end
  if due > core.ticks() then
    run.tell { what = "wait", seconds = due - core.ticks() }
    require("toggl.task").sleep(due - core.ticks())
  end
end

local function stop(rule, format, ...)
  error(
    setmetatable({
      kind = "guard",
      rule = rule,
      message = ("%s (guard: %s)"):format(format:format(...), rule),
      advice = "togglsh plan shows what there is to do now",
    }, M.Error),
    0
  )
end

local function too_old()
  stop("age", "the change could not go out within the %d s that its guard holds", price.holds)
end

local function send(run, step)
  local with_organization = core.operations[step.operation].path:find("{organization_id}", 1, true)
  local problems
  for _, parameters in ipairs(requests.of(step, run.created)) do
    parameters.organization_id = with_organization and run.org.id or nil
    parameters.job, parameters.step = run.plan.id, tostring(step.number)
    parameters.wait = run.wait
    -- No try begins later than the guard held; neither does settling send once more.
    if step.destructive then
      local left = price.holds - (core.ticks() - run.read_at)
      if left <= 0 then too_old() end
      parameters.settle, parameters.start_within = false, left
    end
    if run.agreed then run.agreed(true) end -- one question was asked for the whole plan
    local reply, response = run.client.api[step.operation](parameters)
    must(reply, response)
    if response.from == "dry" then
      run.dry = true
    else
      run.last_write = core.ticks()
      problems = CHECK[step.operation] and CHECK[step.operation](step, reply) or problems
    end
    requests.note(step, reply, run.created)
  end
  for key, id in pairs(run.created) do
    run.created_at[key] = run.created_at[key] or id and core.ticks()
  end
  return problems
end

-- ------------------------------------------------------------------------------------------ guards

-- The key of an object that this run has created; else its key in the plan, below 0.
local function real(run, key) return key and (run.created[key] or key) or 0 end

-- What a change is, whatever request carries it.
local function signature(run, c)
  return ("%s %s %d %d"):format(c.kind, c.who or "", real(run, c.group), real(run, c.workspace))
end

-- Wait until the organization shows what this run has changed.
local function settle(run)
  local due = run.last_write and run.last_write + run.settle or 0
  if due > core.ticks() then
    run.tell { what = "wait", seconds = due - core.ticks() }
    require("toggl.task").sleep(due - core.ticks())
  end
end

-- Read again and plan again: the result must be the plan that was shown. SECONDS: until requests
-- are left, which an apply with a limit of its own waits for here; else the read waits as the
-- client does. WHOLE: everyone is to be seen, also those that another plan has invited.
local function read_again(run, seconds, whole)
  local present, planner = require "toggl.plan.present", require "toggl.plan.planner"
  settle(run)
  if seconds and run.wait and seconds < math.huge then require("toggl.task").sleep(seconds) end
  local began = core.ticks()
  if whole and run.present.few then
    run.present = present.read(run.org, run.plan.state, { refresh = true }, true)
  else
    run.present = present.again(run.org, run.present)
  end
  local keys = run.present.few and {} or require("toggl.plan.undone").looks(run)
  if keys[1] then present.read_members(run.org, run.present, keys, true) end
  local rules = run.plan.rules
  run.now_planned = planner.make(run.plan.state, run.present, rules, os.time())
  if rules.own then require("toggl.plan.own").check(run.now_planned, run.present, rules.own) end
  run.read_at, run.touched = began, {}
  run.allowed = {}
  for _, c in ipairs(run.now_planned.changes) do
    run.allowed[signature(run, c)] = c
  end
end

local function changed(step, who)
  stop("changed", "%s: %s is not as the plan saw it", step.what, who)
end

-- What only the person's own request changes, so that it is as it was until then.
local OWN = { role = true, activate = true, deactivate = true }

-- Holds the guard of a destructive STEP in the newest read? Raises unless it does.
local function check_step(run, step)
  local now = run.now_planned
  if not now then return end -- the plan's own read is young, and untouched
  local refusal, problem = now.refused[1], now.problems[1]
  if refusal then
    stop(refusal.rule, "%s", refusal.text)
  elseif problem then
    stop("changed", "%s", problem.text)
  end
  for _, c in ipairs(step.changes) do
    local same = run.allowed[signature(run, c)]
    if c.p and not (same and same.p.id == c.p.id and same.p.role == c.p.role) then
      changed(step, c.who)
    elseif same and (OWN[c.kind] and same.before ~= c.before or same.after ~= c.after) then
      changed(step, c.who or c.name)
    end
  end
  local who = require("toggl.plan.undone").by(run, step)
  if who then changed(step, who) end
end

local READS = 3 -- of a guard; each costs what the price counts for it once

-- A read may have taken longer than a guard holds: it waited for requests, or the machine slept.
local function read_until_young(run)
  local reads = 1
  while core.ticks() - run.read_at > price.holds do
    if reads == READS then too_old() end
    reads = reads + 1
    read_again(run)
  end
end

local function guard(run, step)
  if not step.destructive then return end
  local age = core.ticks() - run.read_at
  if step.reads and not run.read_for[step] or price.needs_read(step, run.touched, age) then
    run.read_for[step] = true
    read_again(run)
  end
  read_until_young(run)
  check_step(run, step)
end

-- Another plan of this account was applied since the read: is each change still to be made?
local function check_overtaken(run)
  read_again(run, nil, true)
  for _, step in ipairs(run.plan.steps) do
    for _, c in ipairs(step.changes) do
      if not run.allowed[signature(run, c)] then changed(step, c.who or c.name or step.what) end
    end
  end
end

-- Before the first write: a guard that the plan's own read is too old for refuses the whole apply.
local function check_all(run)
  local old = core.ticks() - run.read_at > price.young
  if run.overtaken then check_overtaken(run) end
  for _, step in ipairs(run.plan.steps) do
    if step.destructive and old and not run.now_planned then read_again(run) end
    if step.destructive then check_step(run, step) end
  end
end

-- ------------------------------------------------------------------------------------------- steps

-- Did an earlier step fail that this one depends on? A step depends on those of its persons and its
-- group, on one that creates what it uses, and on one that gives in time what it takes.
local function blocker(run, step)
  for key in pairs(requests.uses(step)) do
    if not run.created[key] then return run.failed[key] or true end
  end
  if step.args.group and run.failed[step.args.group] then return run.failed[step.args.group] end
  for _, who in ipairs(step.who) do
    if run.failed[who] then return run.failed[who] end
  end
  for _, other in ipairs(step.after or {}) do
    if run.failed[other] then return other end
  end
end

local function fail(run, step, result, err)
  run.results[step] = { result = result, error = err and (err.message or tostring(err)), err = err }
  for _, who in ipairs(step.who) do
    run.failed[who] = step
  end
  run.failed[step] = step
  if step.args.group then run.failed[step.args.group] = step end
  if step.kind == "workspace_new" then run.failed[step.args.workspace] = step end
end

local RESULT =
  { unknown = "unknown", guard = "refused", quota = "not sent", cancelled = "not sent" }

local TRIES = 5 -- windows that one step waits for

-- Send STEP behind its guard. The read of a guard would be old after a wait for a new window, so
-- the next read is what waits, as long as the apply may.
local function attempt(run, step)
  run.at = step.destructive and step.number or run.at
  for try = 1, TRIES do
    wait_for_created(run, step)
    guard(run, step)
    local ok, result = pcall(send, run, step)
    if run.agreed then run.agreed(false) end -- of a call that ended before its question
    if ok then return result or false end
    local waits = step.destructive and run.wait ~= false and try < TRIES
    if not waits or not is_error(result) or result.kind ~= "quota" then error(result, 0) end
    local seconds = result.retry_after or math.huge
    if type(run.wait) == "number" and seconds > run.wait then error(result, 0) end
    read_again(run, seconds)
  end
end

local function one(run, step)
  if run.stop then return fail(run, step, "not sent") end
  local before = blocker(run, step)
  if before and run.dry then
    return fail(run, step, "not sent")
  elseif before then
    local text = before ~= true and ("depends on step %d, which failed"):format(before.number)
    return fail(run, step, "skipped", { message = text or "depends on a step that failed" })
  end
  local ok, result = pcall(attempt, run, step)
  if ok then
    run.results[step] = { result = run.dry and "not sent" or "done", problems = result or nil }
  elseif not is_error(result) then
    error(result, 0)
  else
    if STOPS[result.kind] then run.stop = result end
    fail(run, step, RESULT[result.kind] or "failed", result)
  end
  price.touch(step, run.touched)
  run.ended = run.ended + 1
  run.tell {
    what = "step",
    step = step,
    done = run.ended,
    total = #run.plan.steps,
    failed = not ok and ": " .. (result.message or result.kind) or nil,
  }
end

-- Steps of one turn do not depend on each other: those that destroy nothing go together.
local function all(run)
  local many = require "toggl.many"
  local steps, i = run.plan.steps, 1
  while i <= #steps do
    local some = {}
    while
      steps[i]
      and not steps[i].destructive
      and (not some[1] or steps[i].turn == some[1].turn)
    do
      some[#some + 1], i = steps[i], i + 1
    end
    if some[1] then
      must(many.map(some, function(step) return one(run, step) or true end, { limit = TOGETHER }))
    else
      one(run, steps[i])
      i = i + 1
    end
  end
end

-- ------------------------------------------------------------------------------------ reading back

-- Failures of reading back that time mends; any other one comes again.
local PASSES = {
  quota = true,
  rate = true,
  timeout = true,
  transport = true,
  server = true,
  cancelled = true,
  offline = true,
}

-- The list that shows what STEP did cannot be had. Is the reply to the step enough, since it names
-- each of its changes, and none takes anything away?
local function is_confirmed(step, err)
  return CHECK[step.operation] ~= nil and not step.destructive and not PASSES[err.kind]
end

local function read_back(run)
  local done = {}
  for _, step in ipairs(run.plan.steps) do
    local how = run.results[step]
    if how.result == "done" then done[#done + 1] = step end
    for _, c in ipairs(how.problems and step.changes or {}) do
      run.unseen[c] = how.problems[c.who] -- until the read-back shows it
    end
  end
  for _, step in ipairs(run.stop and done or {}) do
    for _, c in ipairs(step.changes) do
      run.not_read[c] = "the apply ended before this was read back"
    end
  end
  if #done == 0 or run.stop then return end
  local function key(k) return k and (k > 0 and k or run.created[k]) end
  settle(run)
  local want = verify.lists(done, run.plan.present)
  local ok, seen = pcall(verify.read, run.org, want, key)
  if not ok and not is_error(seen) then error(seen, 0) end
  for _, step in ipairs(done) do
    for _, c in ipairs(step.changes) do
      if not ok and is_confirmed(step, seen) then
        run.unshown = seen
      elseif not ok then
        run.unread, run.not_read[c] = seen, seen.message
      elseif verify.shows(seen, c, key, step) then
        run.unseen[c] = nil
      else
        run.unseen[c] = run.unseen[c] or "Toggl confirmed it, and does not show it"
      end
    end
  end
end

-- ------------------------------------------------------------------------------- the whole apply

-- When Toggl shows ENTRY, of another apply; what has no job was known when the plan was made.
local function shown_at(run, entry)
  local of_plan = (entry.write.job or ""):find "^%x+%.?%d*$"
  return entry.last_at + (of_plan and run.settle or 0)
end

-- Another process may have applied the same plan since it was made: both were shown and asked. What
-- it has changed by another plan, the read that this one was made of does not show.
local function check_sent(run)
  local present, knows = run.plan.present, run.plan.knows or {}
  for _, entry in ipairs(must(run.client:journal())) do
    local absent = entry.state == "refused" or entry.state == "settled-absent"
    local same = entry.write.job == run.plan.id
    local elsewhere = (entry.write.organization or run.org.id) ~= run.org.id
    if same and entry.at >= present.at and not absent then
      limits.refuse("applied", "plan again", "plan %s was applied meanwhile", run.plan.id)
    elseif
      not (same or absent or elsewhere or knows[entry.n])
      and shown_at(run, entry) > (present.read_at or present.at + 1)
    then
      local past = math.max(0, os.time() - entry.last_at)
      run.overtaken, run.last_write = true, core.ticks() - past
    end
  end
end

-- Return when PRESENT was read, in seconds of core.ticks. Of two clocks, the one by which more time
-- has passed counts: the wall clock may have been set back since, and core.ticks stands still while
-- the machine sleeps.
local function read_at(present)
  local ticks = core.ticks() - math.max(0, os.time() - present.at)
  return math.min(ticks, present.ticks or ticks)
end

--- Apply PLAN. OPTIONS: { allow_removals = true|count, wait = true|seconds, progress =
--- function }. Returns a receipt; raises an error that has it in `receipt`.
function M.run(plan, options)
  local client = plan.org:client()
  if plan.allowed and not options.allow_removals then
    local with = { allow_removals = plan.allowed }
    for name, value in pairs(options) do
      with[name] = value
    end
    options = with
  end
  if plan.applied then
    limits.refuse(
      "applied",
      "plan again, or togglsh resume " .. plan.id,
      "plan %s was applied before",
      plan.id
    )
  end
  limits.check(plan, options)
  local ask = #plan.steps > 0 and core.above.ask_for_plan -- at the prompt
  local run = {
    plan = plan,
    agreed = ask and ask(plan, options) or nil,
    org = plan.org,
    client = client,
    wait = options.wait,
    tell = options.progress or function() end,
    present = plan.present,
    settle = core.settle_seconds(client),
    read_at = read_at(plan.present),
    spent_before = client:cost().total,
    created = {},
    created_at = {},
    results = {},
    failed = {},
    touched = {},
    at = 1, -- the step that is at its turn
    read_for = {},
    unseen = {},
    not_read = {}, -- by change: why no list was read that shows it
    ended = 0,
  }
  local r
  do
    local held <close> = lease.take(plan.org, plan.id)
    if held then check_sent(run) end
    require("toggl.plan.kept").keep(plan, options.allow_removals)
    check_all(run)
    plan.applied = true
    all(run)
    if run.dry then plan.applied = nil end
    read_back(run)
    r = receipt.of(run)
  end
  local err = receipt.error_of(run, r)
  if err then error(setmetatable(err, M.Error), 0) end
  return r
end

return M
