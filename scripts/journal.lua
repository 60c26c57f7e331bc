-- togglsh journal: list the changes that this account has sent, with the
-- outcome of each.
--
--   togglsh journal [--since DATE] [--job NAME] [--state STATE]
--   togglsh journal show N
--   togglsh journal close N --as done|absent
--   togglsh journal --verify
--   togglsh journal --head
--
-- Each change is recorded on the disk before it is sent. An entry that is
-- `unknown` has lost its reply; one that stays `sent` belongs to a program
-- that runs, or that ended before the reply came. Look at the organization,
-- then close it as what you found.
--
--   --since DATE    from that day on, as 2026-11-28
--   --job NAME      those of one job
--   --state STATE   one of: intended, sent, done, refused, unknown,
--                   settled-done, settled-absent, abandoned
--   --as WORD       done: the change was made; absent: it was not
--   --verify        verify the chain of hashes. A file that was cut at its
--                   end verifies too: compare --head with a noted one
--   --head          print the last hash, to note it elsewhere
--
-- No request is sent. Columns: n, at, state, operation, path, job,
-- attempts, status, message.

local STATES = {
  "intended",
  "sent",
  "done",
  "refused",
  "unknown",
  "settled-done",
  "settled-absent",
  "abandoned",
}
local options, words = toggl.options.read(arg, {
  since = "string",
  job = "string",
  state = STATES,
  as = { "done", "absent" },
  verify = "flag",
  head = "flag",
})
local fail = toggl.options.fail
local action = table.remove(words, 1)

local function time_of(date)
  local y, m, d = date:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  if not y then fail("--since wants a day as 2026-11-28, got '%s'", date) end
  return os.time { year = y, month = m, day = d, hour = 0 }
end

local function number()
  local n = math.tointeger(tonumber(words[1] or ""))
  if not n then
    fail(
      "journal %s wants the number of an entry%s",
      action,
      words[1] and ", got '" .. words[1] .. "'" or ""
    )
  end
  return n
end

local function stop(format, ...) error({ kind = "error", message = format:format(...) }, 0) end

local function find(n)
  for _, entry in ipairs(client:journal()) do
    if entry.n == n then return entry end
  end
  stop("the journal has no entry %d of this account", n)
end

local function row(entry)
  local write, outcome = entry.write, entry.outcome
  return {
    n = entry.n,
    at = os.date("%Y-%m-%d %H:%M:%S", math.floor(entry.at)),
    state = entry.state,
    operation = write.operation,
    path = ("%s %s"):format(write.method, write.path),
    job = write.job,
    attempts = entry.attempts,
    status = outcome.status,
    message = outcome.message,
  }
end

local function list()
  local rows = toggl.json.array {}
  local since = options.since and time_of(options.since)
  local entries = client:journal { since = since, job = options.job, state = options.state }
  for i, entry in ipairs(entries) do
    rows[i] = row(entry)
  end
  toggl.show.print(rows, {
    columns = toggl.options.columns "n,at,state,operation,path,job,attempts,status,message",
    empty = "no change is recorded",
  })
end

local function verify()
  local report = client:check_journal()
  if report.broken then
    stop(
      "event %d of the journal is not as it was written; %d before it are. Keep a copy of the file",
      report.broken,
      report.events
    )
  end
  print(("%d events are as they were written"):format(report.events))
end

if options.verify then
  verify()
elseif options.head then
  print(client:check_journal().head or "the journal is empty")
elseif not action then
  list()
elseif action == "show" then
  print(toggl.json.encode(find(number()), { indent = 2 }))
elseif action == "close" then
  if not options.as then fail "journal close wants --as done or --as absent" end
  local n = number()
  find(n)
  client:close_entry(n, options.as)
  print(("entry %d is closed as %s"):format(n, options.as))
else
  fail("journal wants show or close, got '%s'", action)
end
