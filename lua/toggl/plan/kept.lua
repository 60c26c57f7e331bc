-- Plans that are kept in the journal under their id: to apply exactly what was shown, and to go on
-- with an apply that ended early.

local core = require "toggl.core"
local json = require "toggl.text.json"
local os = require "toggl.text.standard"("os")
local page = require "toggl.plan.page"
local zone = require "toggl.plan.zone"

local M = {}

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

-- A desired state without what is made of its file.
local function bare(state)
  local copy = {}
  for name, value in pairs(state) do
    if name ~= "lines" and name ~= "zone" then copy[name] = value end
  end
  return copy
end

--- Keep PLAN. ALLOWED: the removals that its apply was allowed. False where the client keeps no
--- journal.
function M.keep(plan, allowed)
  local client = plan.org:client()
  local text = must(json.encode {
    organization = plan.org.id,
    at = os.time(),
    state = bare(plan.state),
    rules = plan.rules,
    rows = page.rows(plan),
    allowed = allowed,
  })
  local ok, err = core.plan_keep(client, plan.id, text)
  if not ok and not err.message:find("keeps no journal", 1, true) then error(err, 0) end
  return ok == true
end

--- Return the stored parts of plan ID of ORG: { state =, rules =, rows =, allowed = }.
function M.find(org, id)
  local text, err = core.plan_find(org:client(), id)
  if not text and err.kind == "not_found" then
    local message = "there is no plan %s of this account; togglsh plan FILE shows and keeps one"
    error({ kind = "not_found", message = message:format(id) }, 0)
  end
  local kept = must(json.decode(must(text, err)))
  if kept.organization ~= org.id then
    error({
      kind = "setting",
      message = ("plan %s is of organization %d, and this is %q (%d): --org chooses another"):format(
        id,
        kept.organization,
        org.name,
        org.id
      ),
    }, 0)
  end
  kept.id, kept.state.lines, kept.state.exact = id, {}, kept.state.exact or {}
  kept.state.zone = kept.state.timezone and zone.load(kept.state.timezone) or nil
  return kept
end

local WHAT = { "change", "who", "group", "workspace", "before", "after", "operation" }

-- ROW in one line, without the columns in BUT.
local function line(row, but)
  local parts = {}
  for _, name in ipairs(WHAT) do
    if row[name] and not but[name] then parts[#parts + 1] = tostring(row[name]) end
  end
  return table.concat(parts, " ")
end

local function set_of(rows, but)
  local set = {}
  for _, row in ipairs(rows) do
    set[line(row, but)] = true
  end
  return set
end

-- Lines of ROWS that OTHER has not, with MARK before them.
local function lacking(rows, other, but, mark, out)
  local set = set_of(other, but)
  for _, row in ipairs(rows) do
    local text = line(row, but)
    if not set[text] then out[#out + 1] = mark .. text end
  end
end

local MOST = 20 -- lines of a difference

local function refuse(id, difference)
  local n = #difference
  if n > MOST then
    difference = table.move(difference, 1, MOST, 1, {})
    difference[MOST + 1] = ("  and %d more"):format(n - MOST)
  end
  error(
    setmetatable({
      kind = "guard",
      rule = "changed",
      difference = difference,
      message = (
        "plan %s is not what there is to do now; nothing was sent (guard: changed); "
        .. "togglsh plan shows what is\n%s"
      ):format(id, table.concat(difference, "\n")),
    }, { __name = "toggl.guard", __tostring = function(e) return e.message end }),
    0
  )
end

--- Plan ID of ORG, for the present state. Raises an error of kind "guard" with the difference where
--- that has become another plan.
function M.same(org, id, options)
  local kept = M.find(org, id)
  local plan = must(require("toggl.plan.make").of(org, kept.state, {
    rules = kept.rules,
    max_age = options.max_age,
    refresh = options.refresh,
  }))
  local difference = {}
  lacking(kept.rows, page.rows(plan), {}, "- ", difference)
  lacking(page.rows(plan), kept.rows, {}, "+ ", difference)
  if #difference > 0 then refuse(id, difference) end
  plan.id = id
  return plan
end

-- ------------------------------------------------------------------------------------------ resume

-- What remains is carried by whichever requests are the fewest then, and may stand elsewhere.
local REST = { operation = true, before = true }

-- Rows of the kept plan by step.
local function by_step(rows)
  local steps = {}
  for _, row in ipairs(rows) do
    local step = tostring(row.step)
    steps[step] = steps[step] or {}
    table.insert(steps[step], row)
  end
  return steps
end

-- How many of ROWS are still to be done: "none", "some" or "all".
local function left_of(rows, to_do)
  local n = 0
  for _, row in ipairs(rows or {}) do
    if to_do[line(row, REST)] then n = n + 1 end
  end
  return n == 0 and "none" or n == #rows and "all" or "some"
end

-- Close the open entries of the job by what the organization shows.
local function settle(client, kept, entries, to_do)
  local steps = by_step(kept.rows)
  for _, entry in ipairs(entries) do
    local left = entry.open and left_of(steps[entry.write.step], to_do)
    if left == "some" then
      error({
        kind = "unknown",
        message = (
          "entry %d of the journal (%s) was made in part; togglsh journal show %d has it, and "
          .. "togglsh journal close %d --as done or --as absent ends it"
        ):format(entry.n, entry.write.operation, entry.n, entry.n),
      }, 0)
    elseif left then
      must(client:close_entry(entry.n, left == "none" and "done" or "absent"))
      entry.state = left == "none" and "settled-done" or "settled-absent"
    end
  end
end

local DONE = { done = true, ["settled-done"] = true }

-- A sent mail is not sent again, whatever the list of people shows.
local function check_invited(kept, entries, to_do)
  local steps, again = by_step(kept.rows), {}
  for _, entry in ipairs(entries) do
    local invites = DONE[entry.state] and entry.write.operation == "post_organization_invitation"
    for _, row in ipairs(invites and steps[entry.write.step] or {}) do
      if to_do[line(row, REST)] then again[#again + 1] = "! invited already: " .. row.who end
    end
  end
  if #again > 0 then refuse(kept.id, again) end
end

-- The rest of plan 7f3a is plan 7f3a.2, whose own rest is 7f3a.3: the newest that was kept of ID,
-- and the id of the next.
local function newest(client, id)
  local base, n = id:match "^[^.]+", 1
  while core.plan_find(client, ("%s.%d"):format(base, n + 1)) do
    n = n + 1
  end
  return n == 1 and base or ("%s.%d"):format(base, n), ("%s.%d"):format(base, n + 1)
end

--- The plan that this account has applied last, by its journal: its id, or nil.
function M.last(client)
  local last
  for _, entry in ipairs(must(client:journal())) do
    local job = entry.write.job
    if job and job:find "^%x+%.?%d*$" and core.plan_find(client, job) then last = job end
  end
  return last
end

--- What remains of plan ID of ORG, as a plan with an id of its own: read again once Toggl shows what
--- was sent. Entries of the journal without an outcome are closed by what the organization shows.
--- Raises an error of kind "guard" where it is more than was shown.
function M.rest(org, id)
  local client = org:client()
  local last, next_id = newest(client, id)
  local kept = M.find(org, last)
  local entries = must(client:journal { job = last })
  local due = 0
  for _, entry in ipairs(entries) do
    due = math.max(due, entry.at + core.settle_seconds(client))
  end
  if due > os.time() then require("toggl.task").sleep(due - os.time()) end
  local plan =
    must(require("toggl.plan.make").of(org, kept.state, { rules = kept.rules, refresh = true }))
  local to_do, more = set_of(page.rows(plan), REST), {}
  settle(client, kept, entries, to_do)
  check_invited(kept, entries, to_do)
  lacking(page.rows(plan), kept.rows, REST, "+ ", more)
  if #more > 0 then refuse(last, more) end
  plan.id = next_id
  local removals = require("toggl.plan.limits").removals(plan)
  plan.allowed = kept.allowed and removals or nil
  return plan
end

return M
