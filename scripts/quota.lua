-- togglsh quota: show the requests left, and when the windows reset.
--
--   togglsh quota [--refresh]
--
--   --refresh   ask Toggl, which costs one request of your account's window
--
-- Without --refresh it shows what replies have reported so far to any
-- program that shares the state file. Names come from the store and cost
-- nothing. A store or ledger that cannot be written, on a full disk for
-- instance, is reported on standard error.
-- Columns: window (an organization's key, or `account`), name, left, of,
-- returns (time of the day), seconds, spent.
--
--   example: togglsh quota --refresh

local _, rest = toggl.options.read(arg, {})
if rest[1] then toggl.options.fail("quota takes options only, got '%s'", rest[1]) end

local columns = toggl.options.columns "window,name,left,of,returns,seconds,spent"
local rows = toggl.json.array {}
local windows = client:quota { refresh = arg.refresh }
client:check_stores()

-- Return names of organizations or workspaces by key, as far as the store has them.
local function names_in(view)
  local names = {}
  local ok, found = pcall(client.sql, client, "SELECT id, name FROM " .. view)
  for _, row in ipairs(ok and found or {}) do
    names[row.id] = row.name
  end
  return names
end

local organizations, workspaces = names_in "organizations", names_in "workspaces"
for i, w in ipairs(windows) do
  local seconds = w.resets_in and math.ceil(w.resets_in)
  rows[i] = {
    window = w.organization_id
      or w.workspace_id and ("workspace %d"):format(w.workspace_id)
      or "account",
    name = organizations[w.organization_id or 0] or workspaces[w.workspace_id or 0],
    left = w.remaining,
    of = w.total,
    seconds = seconds,
    returns = seconds and os.date("%H:%M:%S", os.time() + seconds),
    spent = w.spent,
  }
end
toggl.show.print(rows, { columns = columns, empty = "nothing is known yet; --refresh asks Toggl" })
