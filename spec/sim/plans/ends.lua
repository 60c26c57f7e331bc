-- Checks at the end of an apply: its price, its receipt, and what the file does not mention.

local rules = require "spec.sim.plans.rules"

local M = {}

local violate, was_shown, is_guard_read = rules.violate, rules.was_shown, rules.is_guard_read

local seed

function M.begin(s) seed = s end

local function sent_since(run)
  local n = 0
  for i = run.first, #seed.history do
    if seed.history[i].process == run.process then n = n + 1 end
  end
  return n
end

-- Return whether the user took so long to confirm that the plan's own read is too old for a guard.
local function is_late(run)
  local last
  for i = 1, run.first - 1 do
    local read = seed.history[i]
    if is_guard_read(read) and read.heard == 200 and read.machine == run.machine then
      last = read
    end
  end
  local first = seed.history[run.first]
  return last and first and first.at - last.at > rules.YOUNG - 10
end

local function check_price(run, receipt)
  if is_late(run) then return end
  local n = sent_since(run)
  if n ~= run.plan.price then
    violate("plan %s was to cost %d requests, and cost %d", run.plan.id, run.plan.price, n)
  end
  if receipt.spent ~= n then
    violate("plan %s says that it spent %d requests, and spent %d", run.plan.id, receipt.spent, n)
  end
end

-- Return whether TEXT, one record a line, names ROW: its person with the group that they leave, or
-- its group with the workspace that it no longer gives.
local function is_left(text, row)
  local name, of = row.who or row.group or row.workspace, ""
  if row.change == "quit" then of = row.group end
  if row.change == "detach" then of = row.workspace end
  for line in (text or ""):gmatch "[^\n]+" do
    if line:find(name, 1, true) and line:find(of, 1, true) then return true end
  end
  return false
end

local function check_left(receipt)
  for _, row in ipairs(receipt.rows) do
    if row.result ~= "done" then
      local name = row.who or row.group or row.workspace
      if not is_left(receipt.left, row) then
        violate(
          "%s of %s was not done (%s), and is not in what is left",
          row.change,
          name,
          row.result
        )
      end
    end
  end
end

-- Return whether ROW, a change of the access of P to the workspace that it names, holds in S.
local function is_access_so(s, row, p)
  local here
  for _, w in ipairs(s.workspace_list) do
    if w.name == row.workspace then here = p.access[w.id] end
  end
  if row.change == "end" then return not (here and here.direct) end
  return here ~= nil and here.role == row.after and (row.change == "access" or here.direct)
end

-- Return whether ROW, which the receipt calls done, holds at the server.
local function is_so(s, row)
  local p = row.who and s.by_email[row.who:lower()]
  local kind = row.change
  if kind == "remove" or kind == "cancel" then return not p end
  if kind == "invite" then return p ~= nil end
  if row.who and not p then return false end
  if kind == "role" then return p.role == row.after end
  if kind == "access" or kind == "begin" or kind == "end" then return is_access_so(s, row, p) end
  if kind == "activate" then return not p.inactive end
  if kind == "deactivate" then return p.inactive end
  if kind == "join" or kind == "quit" then
    local found, known = false, false
    for g, names in pairs(seed.group_names) do
      known = known or names[row.group]
      found = found or p.groups[g] and names[row.group]
    end
    if not known then return true end -- its rename was lost
    return (kind == "join") == (found or false)
  end
  return true
end

-- Check that the apply kept what the file does not mention: terms, role and directness of each
-- membership that existed before and still exists.
local function check_kept(run)
  for id, p in pairs(run.start.people) do
    local q = seed.now.people[id]
    for w, here in pairs(q and p.access or {}) do
      local there, name = q.access[w], seed.now.workspaces[w]
      local ends = was_shown(run, "end", p.key, name)
      local begins = was_shown(run, "begin", p.key, name)
      local role = was_shown(run, "access", p.key, name) or begins
      if there and not ends then
        if here.rate ~= there.rate or here.cost ~= there.cost or here.minutes ~= there.minutes then
          violate("%s in %q had other terms before the apply", p.email, name)
        elseif here.role ~= there.role and not role then
          violate(
            "%s in %q was %s before the apply, and is %s",
            p.email,
            name,
            here.role,
            there.role
          )
        elseif here.direct ~= there.direct and not begins then
          violate("%s in %q is direct: %s before the apply", p.email, name, tostring(here.direct))
        end
      end
    end
  end
end

-- A change that could not be read back is not said to be done: the server may have answered it with
-- 200 and not applied it.
local function check_done(receipt)
  if not rules.is_alone() then return end
  for _, row in ipairs(receipt.rows) do
    if row.result == "done" and not is_so(seed.now, row) then
      violate("%s of %s is said to be done, and is not so", row.change, row.who or row.group or "")
    end
  end
end

function M.applied(run, ok, err, receipt)
  run.ended = true
  if receipt then
    check_left(receipt)
    check_done(receipt)
  end
  if ok and rules.is_alone() then check_kept(run) end
  if seed.mode ~= "clean" or #seed.admins > 1 then return end
  if ok then
    check_price(run, receipt)
  elseif err.kind ~= "guard" then
    violate("plan %s, which nothing disturbs, ends with: %s", run.plan.id, err.message)
  end
end

-- Check PLAN, the last one of administrator A: no step may be left.
function M.final(a, plan)
  if not rules.is_alone() or a.refused or a.gave_up or seed.lied_once or plan.steps == 0 then
    return
  end
  local row = plan.rows[1]
  local name = row.who or row.group or row.workspace or ""
  violate("at the end there are %d steps left, %s of %s", plan.steps, row.change, name)
end

return M
