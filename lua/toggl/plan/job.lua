-- A plan as a job of togglsh carries it out: shown, asked for, applied, with a receipt.

local again = require "toggl.text.again"
local core = require "toggl.core"
local io = require "toggl.text.standard"("io")
local options = require "toggl.text.options"
local os = require "toggl.text.standard"("os")
local screen = require "toggl.text.screen"
local show = require "toggl.text.show"

local M = {}

M.columns = "step,change,who,group,workspace,before,after,why,operation,requests,effect,undo,"
  .. "result,error,request"

local function say(format, ...)
  local text = again.spell(format:format(...))
  io.stderr:write(screen.clean(text), "\n")
end

local SECONDS = 0.5 -- a request, where nothing waits

-- A line for each step; on a terminal with what is left of the hour, and when it will be done.
local function progress(plan)
  local client, sent = plan.org:client(), 0
  return function(event)
    if event.what == "wait" then
      return say("waiting %d s, until Toggl shows what was changed", math.ceil(event.seconds))
    end
    sent = sent + event.step.requests
    local left = ""
    for _, window in ipairs(client:windows()) do
      if window.organization_id == plan.org.id and window.remaining then
        left = (", %d %s left"):format(
          window.remaining,
          window.remaining == 1 and "request" or "requests"
        )
      end
    end
    if screen.terminal and screen.terminal.asks then
      local at = os.time() + math.ceil((plan.cost.total - sent) * SECONDS)
      left = ("%s, done at about %s"):format(left, os.date("%H:%M:%S", at))
    end
    say("%d/%d  %s%s%s", event.done, event.total, event.step.what, event.failed or "", left)
  end
end

local RESULTS =
  { "done", "not read back", "not seen", "failed", "unknown", "refused", "skipped", "not sent" }

local function report(receipt)
  local parts = {}
  for _, name in ipairs(RESULTS) do
    local n = receipt.count[name] or 0
    if n > 0 then parts[#parts + 1] = ("%d %s"):format(n, name) end
  end
  say(
    "of %s: %s; %d requests spent, %d was the price",
    #receipt.rows == 1 and "1 change" or ("%d changes"):format(#receipt.rows),
    table.concat(parts, ", "),
    receipt.spent,
    receipt.price
  )
  if receipt.count["not read back"] then
    say "  not read back: Toggl confirmed these, and no list was read that shows them"
  end
  for _, row in ipairs(receipt.rows) do
    if row.result ~= "done" and row.result ~= "not read back" then
      local what = row.who or row.group or row.workspace or ""
      say("  %-8s  %s %s%s", row.result, row.change, what, row.error and ": " .. row.error or "")
    end
  end
end

-- Write what an apply has LEFT, a desired state, to a file beside those that are there, and name
-- it.
local function write_left(id, left)
  local path, n = ("left-%s.lua"):format(id), 1
  local taken = io.open(path, "r")
  while taken do
    taken:close()
    n = n + 1
    path = ("left-%s-%d.lua"):format(id, n)
    taken = io.open(path, "r")
  end
  local ok, why = core.write_private(path, left)
  if ok then
    say("what is left to do is in %s: togglsh plan %s", path, path)
  else
    say("what is left to do could not be written to %s: %s", path, why)
  end
end

-- Write to standard error what the page of PLAN says and its rows cannot.
local function warn(plan)
  for _, remark in ipairs(require("toggl.plan.page").remarks(plan, true)) do
    say("togglsh: warning: %s", remark[2])
  end
end

--- Show PLAN, ask on the terminal, and apply it. GIVEN: { allow_removals =, question = in place
--- of the plan's id, before = called when the answer was yes, before anything is sent }. Prints the
--- receipt with --output csv or json. Raises what the apply raises.
function M.run(plan, given)
  local columns = options.columns(M.columns)
  if show.format == "table" then
    show.write(plan:show { allowed = given.allow_removals or plan.allowed })
  else
    warn(plan)
  end
  if #plan.steps == 0 and #plan.refused == 0 then
    if show.format ~= "table" then show.print(plan:rows(), { columns = columns }) end
    return
  end
  show.flush() -- progress and errors, on standard error, come after the page
  local limits = { allow_removals = given.allow_removals, reserve = given.reserve, by = given.by }
  plan:check(limits)
  options.confirm("%s", given.question or ("Apply plan %s?"):format(plan.id))
  if _G.arg and _G.arg.dry_run then
    if show.format ~= "table" then show.print(plan:rows(), { columns = columns }) end
    os.exit(3)
  end
  plan.agreed = true -- the prompt does not ask once more
  if given.before then given.before() end
  local ok, result = pcall(plan.apply, plan, {
    allow_removals = given.allow_removals,
    reserve = given.reserve,
    by = given.by,
    progress = show.format == "table" and progress(plan) or nil,
  })
  plan.agreed = nil
  local receipt = ok and result or type(result) == "table" and result.receipt
  for _, note in ipairs(receipt and receipt.notes or {}) do
    say("togglsh: %s", note)
  end
  if receipt and show.format == "table" then
    report(receipt)
  elseif receipt then
    show.print(receipt.rows, { columns = columns })
  end
  if not ok and receipt and receipt.left and result.kind == "partial" then
    write_left(receipt.id, receipt.left)
  end
  local cut_short = not ok and not receipt and plan.applied
  if cut_short and require("toggl.plan.kept").lasts(plan.org:client()) then
    say("togglsh resume %s goes on", plan.id)
  end
  if not ok then error(result, 0) end
end

return M
