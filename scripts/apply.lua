-- togglsh apply: carry out what a desired-state file requires.
--
--   togglsh apply FILE|ID [--allow-removals[=N]] [--by HH:MM] [--reserve N]
--                 [--least-admins N] [--rules FILE.lua]
--
--   FILE    a desired state: .lua, .json or .csv
--   ID      of a plan that togglsh plan has shown: exactly that is applied,
--           or nothing where the organization has become another
--   --allow-removals[=N]
--           people may be removed: at most 10, and at most one in
--           twenty; with N exactly that many
--   --least-admins N
--           administrators that organization and workspaces keep (1)
--   --rules FILE.lua
--           rules of your own, as for togglsh plan; a plan by its ID keeps
--           those that it was made with
--   --by HH:MM
--           refuse unless it is done by then on this quota
--   --reserve N
--           refuse unless N requests of this hour are left afterwards
--   --yes   do not ask; required without a terminal
--   --wait  wait for further requests where the hour has too few
--
-- Shows the plan, asks, and sends it in the fewest requests. Each change is
-- recorded in the journal before it is sent. Before each request that takes
-- something away, and once more at the end, the organization is read; the
-- printed price includes these reads. What fails does not keep independent
-- steps from being carried out. --output csv or json writes a receipt: each
-- change of the plan with its result. Where some were not made, a
-- desired-state file of what is left is written: left-ID.lua.
--
-- Exit status 0: done, or nothing to do; 1 or 4: the network, the server or
-- the credentials ended it, and togglsh resume goes on; 5: some changes were
-- not made; 6: no requests are left; 7: a guard refused, and says what would
-- satisfy it; 8: of a change it is not known whether it was made.
--
--   example: togglsh export >acme.lua && togglsh apply acme.lua

local options, words = toggl.options.read(arg, {
  ["allow-removals"] = { kind = "integer", optional = true, least = 0 },
  by = "string",
  reserve = { kind = "integer", least = 0 },
  ["least-admins"] = { kind = "integer", least = 0 },
  rules = "string",
})
local what = words[1] or toggl.options.fail "apply requires a file: togglsh apply acme.lua"
if words[2] then toggl.options.fail("apply requires one file, got '%s' as well", words[2]) end

-- Return the next time at which the clock shows TEXT.
local function time_of(text)
  local hour, minute = text:match "^(%d%d?):(%d%d)$"
  local now = os.date "*t"
  now.hour, now.min, now.sec = tonumber(hour), tonumber(minute), 0
  if not hour or now.hour > 23 or now.min > 59 then
    toggl.options.fail("--by requires a time such as 17:00, got '%s'", text)
  end
  local at = os.time(now)
  return at > os.time() and at or at + 24 * 3600
end
local by = options.by and time_of(options.by)

local rules = { least_admins = options["least-admins"], own = options.rules }
local reading = { refresh = arg.refresh, max_age = 60 }
local plan
if what:find "^%x+%.?%d*$" then
  if next(rules) then toggl.options.fail("plan %s keeps the rules that it was made with", what) end
  plan = toggl.plan.kept(org, what, reading)
else
  local state, wrong = toggl.plan.load(what)
  if not state then error(wrong, 0) end
  reading.rules = rules
  plan = toggl.plan.of(org, state, reading)
end

toggl.plan.run(plan, {
  allow_removals = options["allow-removals"],
  reserve = options.reserve,
  by = by,
})
