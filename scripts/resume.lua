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
--
--   example: togglsh resume

local _, words = toggl.options.read(arg, {})
if words[2] then toggl.options.fail("resume requires one plan, got '%s' as well", words[2]) end

-- Say TEXT beside the receipt, which alone is for programs.
local function say(text)
  if toggl.show.format == "table" then return print(text) end
  io.stderr:write(text, "\n")
end

local entries, stays_open = client:resume(), {}
for _, entry in ipairs(entries) do
  say(("entry %d (%s): %s"):format(entry.n, entry.write.operation, entry.why or entry.state))
  stays_open[entry.n] = entry.open or nil
end

local running = 0
for _, entry in ipairs(client:journal { state = "sent" }) do
  if stays_open[entry.n] == nil then
    running = running + 1
    local left = "entry %d (%s): its program still runs, so it is left to that"
    say(left:format(entry.n, entry.write.operation))
  end
end

local id = words[1] or toggl.plan.last(org)
if id then
  toggl.plan.run(toggl.plan.resume(org, id))
elseif #entries + running == 0 then
  say "nothing to resume: no change is open in the journal, and no plan was applied"
  if toggl.show.format ~= "table" then toggl.show.print(toggl.json.array {}) end
end

-- resuming the plan has closed the others
for _, entry in ipairs(next(stays_open) and client:journal() or {}) do
  if entry.open and stays_open[entry.n] then
    local advice = "look at the organization, then togglsh journal close %d --as done|absent"
    error({
      kind = "unknown",
      message = ("entry %d stays open, and nothing was sent again"):format(entry.n),
      advice = advice:format(entry.n),
    }, 0)
  end
end
