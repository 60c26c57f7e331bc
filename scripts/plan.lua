-- togglsh plan: show the changes that a desired-state file requires.
--
--   togglsh plan FILE [--all] [--least-admins N] [--rules FILE.lua]
--
--   FILE    a desired state: .lua, .json or .csv; togglsh export writes one
--   --all   each request and each change, instead of a line for each kind
--   --least-admins N
--           administrators that organization and workspaces keep (1)
--   --rules FILE.lua
--           rules of your own, deny("why", function(person) ... end), beside
--           those that the profile names with rules =: see doc/plan.md
--
-- Changes nothing. Prints what would be done in the fewest requests, what
-- it costs, how many are left and when it would be finished, and what can
-- be undone. --output json, csv or markdown lists every change in
-- a stable order.
--
-- Exit status 3: there is something to do; 0: nothing; 7: a guard refuses;
-- 2: the file is wrong, each problem with its line.
-- Columns of csv and markdown: step, change, who, group, workspace,
-- before, after, why, operation, requests, effect, undo.
--
--   example: togglsh export >acme.lua && togglsh plan acme.lua --all

local options, words = toggl.options.read(arg, {
  all = "flag",
  ["least-admins"] = { kind = "integer", least = 0 },
  rules = "string",
})
local path = words[1] or toggl.options.fail "plan requires a file: togglsh plan acme.lua"
if words[2] then toggl.options.fail("plan requires one file, got '%s' as well", words[2]) end

local show = toggl.show
local columns = toggl.options.columns(
  "step,change,who,group,workspace,before,after,why,operation,requests,effect,undo"
)
local state, wrong = toggl.plan.load(path)
if not state then error(wrong, 0) end
local rules = { least_admins = options["least-admins"], own = options.rules }
local plan = toggl.plan.of(org, state, { refresh = arg.refresh, rules = rules })

-- Return the addresses of people whose activity no reply gives: the plan takes them as active.
local function unsaid()
  local list = toggl.json.array {}
  for i, person in ipairs(plan.unsaid) do
    list[i] = person.email
  end
  return list
end

-- Return the plan for programs, without time and requests left, so that two plans can be compared.
local function report()
  return {
    id = plan.id,
    organization = plan.present.organization.name,
    today = plan.today,
    timezone = plan.timezone,
    steps = plan:rows(),
    refused = toggl.json.array(plan.refused),
    deferred = toggl.json.array(plan.deferred),
    unsaid = unsaid(),
    unchecked = toggl.json.array(plan.unchecked),
    cost = plan.cost,
    undo = plan.undo,
    unchanged = plan.unchanged,
  }
end

-- Keep the plan for an apply by its ID; a journal in memory ends with this program. Return whether
-- there was no error, and whether the plan was kept.
local function keep()
  if #plan.steps == 0 then return false end
  return plan:keep() and client:journal_status().path ~= ":memory:"
end
local ok, kept = pcall(keep)
if not ok then
  local text = "togglsh: warning: the plan has no ID to apply, since it was not kept: %s\n"
  io.stderr:write(text:format(tostring(kept)))
end

local quoted = toggl.options.quoted
local function command()
  local removals = toggl.plan.removals(plan)
  return ("Apply it: togglsh apply %s%s%s"):format(
    ok and kept and plan.id or quoted(path),
    not (ok and kept) and options.rules and " --rules " .. quoted(options.rules) or "",
    removals > 0 and (" --allow-removals=%d"):format(removals) or ""
  )
end

if show.format == "table" then
  show.write(plan:show { all = options.all, command = #plan.steps > 0 and command() or nil })
elseif show.format == "json" then
  show.print(report())
else
  show.print(plan:rows(), { columns = columns })
  for _, guard in ipairs(plan.unchecked) do
    io.stderr:write("togglsh: warning: ", guard.text, "\n")
  end
end

if #plan.refused > 0 then os.exit(7) end
if #plan.steps > 0 then os.exit(3) end
