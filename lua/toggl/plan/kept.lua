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
  if not ok and err.reason ~= "no_journal" then error(err, 0) end
  return ok == true
end

--- Does the journal of CLIENT outlast this program? A later run cannot resume from one in memory.
function M.lasts(client)
  local ok, status = pcall(function() return client:journal_status() end)
  return not (ok and status and status.path == ":memory:")
end

--- Return the stored parts of plan ID of ORG: { state =, rules =, rows =, allowed = }.
function M.find(org, id)
  local text, err = core.plan_find(org:client(), id)
  if not text and err.kind == "not_found" then
    local message = "there is no plan %s of this account; togglsh plan FILE shows and keeps one, "
      .. "and togglsh journal names those that were applied"
    error({ kind = "not_found", message = message:format(id) }, 0)
  end
  local kept = must(json.decode(must(text, err)))
  if kept.organization ~= org.id then
    local other = "plan %s is of organization %d, and this is %q (%d): --org chooses another"
    local message = other:format(id, kept.organization, org.name, org.id)
    error({ kind = "setting", message = message }, 0)
  end
  kept.id, kept.state.exact = id, kept.state.exact or {}
  require("toggl.plan.load").trust(kept.state)
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

-- Changes of the same thing, of which one may take the place of another.
local SAME = {
  invite = "person",
  remove = "person",
  cancel = "person",
  activate = "state",
  deactivate = "state",
  begin = "access",
  ["end"] = "access",
  access = "access",
  join = "member",
  quit = "member",
  attach = "gives",
  detach = "gives",
  group_new = "group",
  group_name = "group",
  group_gone = "group",
  workspace_new = "workspace",
  workspace_name = "workspace",
}

local function thing(row)
  local who = row.who and core.fold(row.who) or ""
  local what = SAME[row.change] or row.change
  return ("%s %s\n%s\n%s"):format(what, who, row.group or "", row.workspace or "")
end

-- What PLAN, the present one, says: lines of its rows, the things that they change, whose coming or
-- going it plans, what waits, and who is there (nil: not read).
local function present_of(plan)
  local rows = page.rows(plan)
  local now = { lines = set_of(rows, REST), things = {}, persons = {}, deferred = {} }
  for _, row in ipairs(rows) do
    now.things[thing(row)] = true
    if SAME[row.change] == "person" then now.persons[core.fold(row.who)] = true end
  end
  for _, later in ipairs(plan.deferred) do
    now.deferred[core.fold(later.who)] = true
  end
  now.there = plan.present.has_all_people and {} or nil
  for _, p in ipairs(now.there and plan.present.people or {}) do
    now.there[p.key] = true
  end
  return now
end

-- What the absence of ROW from the plan of NOW does not prove: that the change was made.
local function is_unsure(row, now)
  if now.things[thing(row)] then return true end
  local who = row.who and core.fold(row.who)
  if not who then return false end
  local goes = row.change == "remove" or row.change == "cancel"
  return now.persons[who]
    or now.deferred[who] and row.change ~= "invite"
    or now.there and (now.there[who] or false) == goes
end

-- How many of ROWS are still to be done: "none", "some" or "all"; "some" also where that does not
-- show, as for a step that the plan does not have.
local function left_of(rows, now)
  local left, gone = 0, 0
  for _, row in ipairs(rows or {}) do
    if now.lines[line(row, REST)] then
      left = left + 1
    elseif not is_unsure(row, now) then
      gone = gone + 1
    end
  end
  if not rows or left + gone < #rows then return "some" end
  return left == 0 and "none" or gone == 0 and "all" or "some"
end

-- Close the open entries of the job by what the organization shows.
local function settle(client, kept, entries, now)
  local steps = by_step(kept.rows)
  for _, entry in ipairs(entries) do
    local left = entry.open and left_of(steps[entry.write.step], now)
    if left == "some" then
      error({
        kind = "unknown",
        message = (
          "entry %d of the journal (%s) was made in part, or the organization does not show "
          .. "what became of it; nothing was sent; togglsh journal show %d has it, and "
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
local function check_invited(kept, entries, now)
  local steps, again = by_step(kept.rows), {}
  for _, entry in ipairs(entries) do
    local invites = DONE[entry.state] and entry.write.operation == "post_organization_invitation"
    for _, row in ipairs(invites and steps[entry.write.step] or {}) do
      if now.lines[line(row, REST)] then again[#again + 1] = "! invited already: " .. row.who end
    end
  end
  if #again > 0 then refuse(kept.id, again) end
end

-- The text of plan ID; nil: the journal has none. Raises where it cannot be read.
local function find(client, id)
  local text, err = core.plan_find(client, id)
  if not text and err.kind ~= "not_found" then error(err, 0) end
  return text
end

-- The rest of plan 7f3a is plan 7f3a.2, whose own rest is 7f3a.3: the newest that was kept of ID,
-- and the id of the next.
local function newest(client, id)
  local base, n = id:match "^[^.]+", 1
  while find(client, ("%s.%d"):format(base, n + 1)) do
    n = n + 1
  end
  return n == 1 and base or ("%s.%d"):format(base, n), ("%s.%d"):format(base, n + 1)
end

--- The plan that this account has applied to ORG last, by its journal: its id, or nil.
function M.last(org)
  local client, last, is_of_org = org:client(), nil, {}
  for _, entry in ipairs(must(client:journal())) do
    local job = entry.write.job
    if job and job:find "^%x+%.?%d*$" then
      if is_of_org[job] == nil then
        local text = find(client, job)
        is_of_org[job] = text ~= nil and must(json.decode(text)).organization == org.id
      end
      if is_of_org[job] then last = job end
    end
  end
  return last
end

-- Seconds until Toggl shows what ENTRY sent. A program that ended may have left its request on the
-- way, for as long as an attempt lasts, or have sent it just before it ended. The clock may have
-- been set back since.
local function shown_in(client, entry)
  local past = math.min(entry.last_at - os.time(), 0)
  if entry.state == "sent" then past = math.max(past + core.timeout_seconds(client), 0) end
  return past + core.settle_seconds(client)
end

--- What remains of plan ID of ORG, as a plan with an id of its own: read again once Toggl shows
--- what was sent. Entries of the journal without an outcome are closed by what the organization
--- shows. Raises an error of kind "guard" where it is more than was shown, or while an apply is
--- running.
function M.rest(org, id)
  local client = org:client()
  local last, next_id = newest(client, id)
  local kept = M.find(org, last)
  local _ <close> = require("toggl.plan.lease").take(org, last) -- its apply may still be running
  local entries = must(client:journal { job = last })
  local due = 0
  for _, entry in ipairs(entries) do
    due = math.max(due, shown_in(client, entry))
  end
  if due > 0 then require("toggl.task").sleep(due) end
  local plan =
    must(require("toggl.plan.make").of(org, kept.state, { rules = kept.rules, refresh = true }))
  local now, more = present_of(plan), {}
  settle(client, kept, entries, now)
  plan.knows = {} -- entries that are older than what it read, though they were closed later
  for _, entry in ipairs(entries) do
    plan.knows[entry.n] = true
  end
  check_invited(kept, entries, now)
  lacking(page.rows(plan), kept.rows, REST, "+ ", more)
  if #more > 0 then refuse(last, more) end
  plan.id = next_id
  local removals = require("toggl.plan.limits").removals(plan)
  plan.allowed = kept.allowed and removals or nil
  return plan
end

return M
