-- togglsh apply: carry out what a desired-state file requires.
--
--   togglsh apply FILE|ID [--allow-removals[=N]]
--
--   FILE    a desired state: .lua, .json or .csv
--   --allow-removals[=N]
--           people may be removed: at most 10 and one in twenty; with N
--           exactly that many
--   --yes   do not ask; required without a terminal
--   --wait  wait for further requests where the hour has too few
--
-- Shows the plan, asks, and sends it in the fewest requests. Each change is
-- recorded in the journal before it is sent. Before each request that takes
-- something away, and once more at the end, the organization is read; the
-- printed price includes these reads. What fails does not keep independent
-- steps from being carried out. --output csv or json writes a receipt: each
-- change of the plan with its result.
--
-- Exit status 0: done, or nothing to do; 5: some changes were not made; 6:
-- no requests are left; 7: a guard refused, and says what would satisfy it;
-- 8: of a change it is not known whether it was made.

local options, words =
  toggl.options.read(arg, { ["allow-removals"] = { kind = "integer", optional = true } })
local what = words[1] or toggl.options.fail "apply requires a file: togglsh apply acme.lua"
if words[2] then toggl.options.fail("apply requires one file, got '%s' as well", words[2]) end

local show = toggl.show
local columns = toggl.options.columns(
  "step,change,who,group,workspace,before,after,why,operation,requests,effect,undo,"
    .. "result,error,request"
)
local state, wrong = toggl.plan.load(what)
if not state then error(wrong, 0) end
local plan = toggl.plan.of(org, state, { refresh = arg.refresh, max_age = 60 })

local function say(format, ...) io.stderr:write(format:format(...), "\n") end

local function progress(event)
  if event.what == "settle" then
    say("waiting %.0f s, until Toggl shows what was changed", math.ceil(event.seconds))
  else
    say("%d/%d  %s", event.done, event.total, event.step.what)
  end
end

if show.format == "table" then show.write(plan:show()) end
if #plan.steps == 0 then return end
local allowed = options["allow-removals"]
plan:check { allow_removals = allowed }
toggl.options.confirm("Apply plan %s?", plan.id)
if arg.dry_run then os.exit(3) end

local ok, result = pcall(plan.apply, plan, {
  allow_removals = allowed,
  progress = show.format == "table" and progress or nil,
})
local receipt = ok and result or type(result) == "table" and result.receipt
if receipt and show.format ~= "table" then
  show.print(receipt.rows, { columns = columns })
elseif receipt then
  say(
    "%d of %d changes made, for %d of %d requests",
    receipt.count.done,
    #receipt.rows,
    receipt.spent,
    receipt.price
  )
end
if not ok then error(result, 0) end
