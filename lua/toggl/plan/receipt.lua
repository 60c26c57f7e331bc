-- What came of an apply: a row for each change, what is left, and the error that it amounts to.

local os = require "toggl.text.standard"("os")

local M = {}

-- The numbers of the entries of RUN by step. Adds to NOTES why there are none: what was done stands
-- in the receipt all the same.
local function entries_of(run, notes)
  local ok, entries, err = pcall(run.client.journal, run.client, { job = run.plan.id })
  local by_step = {}
  if not ok or not entries then
    local why = err or entries
    why = type(why) == "table" and why.message or tostring(why)
    notes[1] = "the journal could not be read, so this receipt has no entry numbers: " .. why
    return by_step
  end
  for _, entry in ipairs(entries) do
    by_step[tonumber(entry.write.step) or 0] = entry.n
  end
  return by_step
end

local Receipt = { __name = "toggl.receipt" }
Receipt.__index = Receipt

function Receipt:__tostring()
  return ("receipt of plan %s: %d of %d changes made"):format(self.id, self.count.done, #self.rows)
end

--- The receipt of RUN, that of apply: a row for each change and what came of it.
function M.of(run)
  local array = require("toggl.text.json").array
  local notes = array {}
  local entries = entries_of(run, notes)
  if run.unshown then
    notes[#notes + 1] = "the replies name what was done; no list shows it: " .. run.unshown.message
  end
  local r = setmetatable({
    id = run.plan.id,
    notes = notes,
    rows = array {},
    count = { done = 0 },
    price = run.plan.cost.total,
    spent = run.client:cost().total - run.spent_before,
    steps = #run.plan.steps,
  }, Receipt)
  local is_left = {}
  for _, step in ipairs(run.plan.steps) do
    local how = run.results[step]
    for i, row in ipairs(require("toggl.plan.page").rows(run.plan, step)) do
      local unseen = run.unseen[step.changes[i]]
      local unread = not unseen and run.not_read[step.changes[i]]
      row.result = unseen and "not seen" or unread and "not read back" or how.result
      row.error = unseen or unread or how.error
      row.request = entries[step.number]
      r.count[row.result] = (r.count[row.result] or 0) + 1
      r.rows[#r.rows + 1] = row
      is_left[step.changes[i]] = row.result ~= "done" or nil
    end
  end
  if next(is_left) then
    r.left = require("toggl.plan.left").text(run.plan, function(c) return is_left[c] end)
  end
  return r
end

local function count(n, one_, many) return ("%d %s"):format(n, n == 1 and one_ or many) end

--- The error that R, the receipt of RUN, amounts to, or nil: the worst that happened.
function M.error_of(run, r)
  local first = {}
  for _, step in ipairs(run.plan.steps) do
    local how = run.results[step]
    first[how.result] = first[how.result] or how
  end
  local confirmed = r.count.done + (r.count["not read back"] or 0)
  local made = ("%d of %s made"):format(confirmed, count(#r.rows, "change was", "changes were"))
  local lasts = require("toggl.plan.kept").lasts(run.client)
  local goes_on = lasts and ("togglsh resume %s goes on"):format(r.id) or "plan again"
  local function err(kind, text, advice, why)
    return {
      kind = kind,
      message = ("plan %s: %s; %s"):format(r.id, made, text),
      advice = advice,
      receipt = r,
      rule = why and why.rule,
      retry_after = why and why.retry_after,
    }
  end
  if first.unknown then
    return err(
      "unknown",
      "the outcome of at least one change is unknown: " .. first.unknown.error,
      lasts and "togglsh resume looks for it" or "read the organization before you repeat it"
    )
  elseif run.stop then
    local kind, after = run.stop.kind, run.stop.retry_after
    if kind == "cancelled" and run.stop.reason == "unrecorded" then -- the lease is another's now
      return err("guard", run.stop.message, goes_on, { rule = "lease" })
    end
    local when = after and os.date("at %H:%M or later ", os.time() + math.ceil(after)) or ""
    return err(kind, run.stop.message or kind, when .. goes_on, run.stop)
  elseif first.refused then
    return err("guard", first.refused.error, "plan again", first.refused.err)
  elseif first.failed then
    return err("partial", first.failed.error, goes_on)
  elseif r.count["not seen"] then
    return err(
      "partial",
      count(r.count["not seen"], "change is", "changes are") .. " not to be seen",
      "read the organization before you repeat them"
    )
  elseif run.unread then
    return err(
      run.unread.kind == "quota" and "quota" or "partial",
      "what was changed could not be read back: " .. run.unread.message,
      goes_on,
      run.unread
    )
  end
end

return M
