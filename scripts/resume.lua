-- togglsh resume: go on with an apply that ended early.
--
--   togglsh resume [ID]
--
--   ID      the plan, as apply printed it; the last one when not given
--   --yes   do not ask; required without a terminal
--   --wait  wait for further requests where the hour has too few
--
-- Waits until Toggl shows what was sent, reads the organization, and closes
-- the changes whose reply was lost by what is there. Then it shows what is
-- left of the plan, asks, and applies it: nothing is sent twice, and nothing
-- that the plan did not show.
--
-- Exit status: as togglsh apply.

local _, words = toggl.options.read(arg, {})
if words[2] then toggl.options.fail("resume requires one plan, got '%s' as well", words[2]) end

toggl.plan.run(toggl.plan.resume(org, words[1]))
