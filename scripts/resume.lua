-- togglsh resume: settle the changes whose reply was lost, and go on with an
-- apply that ended early.
--
--   togglsh resume [ID]
--
--   ID      the plan, as apply printed it; the last one when not given
--   --yes   do not ask; required without a terminal
--   --wait  wait for further requests where the hour has too few
--
-- First each change whose reply was lost, or whose program ended before it
-- came, is looked for by the reads that its operation names; nothing is sent
-- again. What they do not show stays open for a person: look, then
-- togglsh journal close N --as done|absent. Exit status 8 where that is so.
--
-- Then, where an apply ended early, it waits until Toggl shows what was sent,
-- reads the organization, and closes the changes whose reply was lost by what
-- is there. It shows what is left of the plan, asks, and applies it: nothing is
-- sent twice, and nothing that the plan did not show.
--
-- Exit status: as togglsh apply.

local _, words = toggl.options.read(arg, {})
if words[2] then toggl.options.fail("resume requires one plan, got '%s' as well", words[2]) end

local function settle()
  local entries, open = client:resume(), nil
  for _, entry in ipairs(entries) do
    print(("entry %d (%s): %s"):format(entry.n, entry.write.operation, entry.why or entry.state))
    if entry.open then open = open or entry.n end
  end
  if not open then return #entries end
  error({
    kind = "unknown",
    message = ("entry %d stays open, and nothing was sent again"):format(open),
    advice = ("look at the organization, then togglsh journal close %d --as done|absent"):format(
      open
    ),
  }, 0)
end

local settled = settle()
local ok, rest = pcall(function() return toggl.plan.resume(org, words[1]) end)
if ok then
  toggl.plan.run(rest)
elseif words[1] or type(rest) ~= "table" or rest.kind ~= "not_found" then
  error(rest, 0)
elseif settled == 0 then
  print "nothing to resume: no change is open in the journal, and no plan was applied"
end
