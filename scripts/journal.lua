-- togglsh journal: list the changes that this account has sent, with the
-- outcome of each.
--
--   togglsh journal [--since DATE] [--job NAME] [--state STATE]
--   togglsh journal show N
--   togglsh journal close N --as done|absent
--   togglsh journal status
--   togglsh journal --verify [--noted HASH]
--   togglsh journal --head
--   togglsh journal mend
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
--                   end verifies too, unless an earlier hash is noted
--   --noted HASH    with --verify: the hash of --head, noted elsewhere
--                   earlier, has to be in the chain
--   --head          print the last hash, to note it elsewhere
--
-- `status` prints path, size, how many entries are in which state (of all
-- accounts), and how long they are kept. `mend` goes on from a damaged file:
-- what can be read is copied, and the damaged file stays under another name.
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
  noted = "string",
  head = "flag",
})
local fail = toggl.options.fail
local action = table.remove(words, 1)

local function time_of(date)
  local y, m, d = date:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  if not y then fail("--since requires a day as 2026-11-28, got '%s'", date) end
  return os.time { year = y, month = m, day = d, hour = 0 }
end

local function number()
  local n = math.tointeger(tonumber(words[1] or ""))
  if not n then
    fail(
      "journal %s requires the number of an entry%s",
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

local function checked(noted)
  local report = client:check_journal(noted)
  if report.broken then
    stop(
      "event %d of the journal is not as it was written; %d before it are. Keep a copy of the file",
      report.broken,
      report.events
    )
  end
  return report
end

local function verify()
  local noted = options.noted
  if noted and not (#noted == 64 and noted:find "^%x+$") then
    fail("--noted requires a hash of 64 digits as --head prints it, got '%s'", noted)
  end
  local report = checked(noted)
  if noted and not report.noted then
    stop "the noted hash is not in the chain: the end of the journal was cut off or replaced"
  end
  print(
    ("%d events are as they were written%s%s"):format(
      report.events,
      (report.first or 1) > 1 and (", from event %d on"):format(report.first) or "",
      noted and "; the noted hash is among them" or ""
    )
  )
end

local function days(seconds) return ("%.4g days"):format(seconds / 86400) end

local function status()
  local now, chain = client:journal_status(), client:check_journal()
  local function line(name, value) print(("%-10s%s"):format(name, value)) end
  line("path", now.path)
  line("size", ("%.1f KiB"):format(now.bytes / 1024))
  line("entries", ("%d"):format(now.entries))
  for _, state in ipairs(STATES) do
    local n = now.states[state]
    local open = state == "intended" or state == "sent" or state == "unknown"
    if n > 0 then line("", ("%d %s%s"):format(n, state, open and " (open)" or "")) end
  end
  if now.oldest then line("oldest", os.date("%Y-%m-%d", math.floor(now.oldest))) end
  line(
    "kept",
    days(now.keep) .. (now.redact and ", what they say of people " .. days(now.redact) or "")
  )
  line(
    "chain",
    chain.broken and ("broken at event %d"):format(chain.broken)
      or ("%d events are as they were written"):format(chain.events)
  )
end

local function mend()
  local copied, aside = client:mend_journal()
  print(("%d events were copied; the damaged file is kept as %s"):format(copied, aside))
end

if options.verify then
  verify()
elseif options.head then
  print(checked().head or "the journal is empty")
elseif not action then
  list()
elseif action == "show" then
  print(toggl.json.encode(find(number()), { indent = 2 }))
elseif action == "status" then
  status()
elseif action == "mend" then
  mend()
elseif action == "close" then
  if not options.as then fail "journal close requires --as done or --as absent" end
  local n = number()
  find(n)
  client:close_entry(n, options.as)
  print(("entry %d is closed as %s"):format(n, options.as))
else
  fail("journal takes show, close, status or mend, got '%s'", action)
end
