-- togglsh quota: tells how many requests are left, and when they return.
--
--   togglsh quota [--refresh]
--
--   --refresh   ask Toggl, which costs one request of your account's window
--
-- Without --refresh it tells what replies have told so far, to any program
-- on this machine that shares the state file.
-- Columns: window (an organization's key, or `account`), left, of, returns
-- (time of the day), seconds, spent.

local _, rest = toggl.options.read(arg, {})
if rest[1] then toggl.options.fail("quota takes options only, got '%s'", rest[1]) end

local columns = toggl.options.columns "window,left,of,returns,seconds,spent"
local rows = toggl.json.array {}
pcall(client.sql, client, "SELECT 1") -- opens the store of replies, so that one that does not work is told here too
for i, w in ipairs(client:quota{refresh = arg.refresh}) do
  local seconds = w.resets_in and math.ceil(w.resets_in)
  rows[i] = {
    window = w.organization_id or w.workspace_id and ("workspace %d"):format(w.workspace_id) or "account",
    left = w.remaining, of = w.total, seconds = seconds, returns = seconds and os.date("%H:%M:%S", os.time() + seconds),
    spent = w.spent,
  }
end
toggl.show.print(rows, {columns = columns,
  empty = "nothing is known yet; --refresh asks Toggl"})
