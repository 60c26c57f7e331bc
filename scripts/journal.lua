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
-- No request is sent. Columns: n, at, state, target, change, operation,
-- path, job, step, attempts, status, message. `target` and the values before
-- a change are what the store knew when it was sent.
--
--   example: togglsh journal --since 2026-01-01 --state unknown

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
  local at = y and os.time { year = y, month = m, day = d, hour = 0 }
  if not at or os.date("%Y-%m-%d", at) ~= date then -- such as 2026-02-30
    fail("--since requires a day as 2026-11-28, got '%s'", date)
  end
  return at
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

local function time(at) return os.date("%Y-%m-%d %H:%M:%S", math.floor(at)) end

local function row(entry)
  local write, outcome = entry.write, entry.outcome
  return {
    n = entry.n,
    at = time(entry.at),
    state = entry.state,
    operation = write.operation,
    target = write.person or write.target,
    change = entry.changes[1] and table.concat(entry.changes, "; ") or write.operation,
    path = ("%s %s"):format(write.method, write.path),
    job = write.job,
    step = write.step,
    attempts = entry.attempts,
    status = outcome.status,
    message = outcome.message,
  }
end

local COLUMNS = "n,at,state,target,change,operation,path,job,step,attempts,status,message"

local function list()
  local rows = toggl.json.array {}
  local since = options.since and time_of(options.since)
  local entries = client:journal { since = since, job = options.job, state = options.state }
  for i, entry in ipairs(entries) do
    rows[i] = row(entry)
  end
  toggl.show.print(
    rows,
    { columns = toggl.options.columns(COLUMNS), empty = "no change is recorded" }
  )
  local open = 0
  for _, entry in ipairs(entries) do
    if entry.open and entry.state ~= "intended" then open = open + 1 end
  end
  if open == 0 then return end
  io.stderr:write(
    ("togglsh: %d of these changes %s no known outcome; togglsh %sresume looks for %s\n"):format(
      open,
      open == 1 and "has" or "have",
      arg.profile and ("--profile %s "):format(arg.profile) or "",
      open == 1 and "it" or "them"
    )
  )
end

local function line(name, text)
  if text and text ~= "" then print(("%-11s%s"):format(name, text)) end
end

local function process(write)
  if not write.process then return nil end
  return ("process %d, toggl %s"):format(write.process, write.version or "?")
end

local function outcome_words(entry)
  local o = entry.outcome
  local all = { o.kind, o.status and ("status %d"):format(o.status), o.message }
  local parts = {}
  for i = 1, 3 do
    if all[i] then parts[#parts + 1] = all[i] end
  end
  return table.concat(parts, ", ")
end

local function show(entry)
  local write = entry.write
  if toggl.show.format ~= "table" then return print(toggl.json.encode(entry, { indent = 2 })) end
  line("entry", ("%d, %s%s"):format(entry.n, entry.state, entry.open and " (open)" or ""))
  line(
    "sent",
    ("%s%s"):format(
      time(entry.at),
      entry.attempts > 1 and (", %d attempts"):format(entry.attempts) or ""
    )
  )
  line("by", process(write))
  line("job", write.job and write.job .. (write.step and ", step " .. write.step or ""))
  line("operation", ("%s (a repeat: %s)"):format(write.operation, write.effect))
  line("request", ("%s %s"):format(write.method, write.path))
  line("target", write.person or write.target)
  for i, text in ipairs(entry.changes) do
    line(i == 1 and "change" or "", text)
  end
  if write.before_read then
    line("", ("before: as read %.0f s earlier"):format(math.max(entry.at - write.before_read, 0)))
  end
  line("outcome", outcome_words(entry))
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
  line("path", now.path)
  line("size", ("%.1f KiB"):format(now.bytes / 1024))
  line("entries", ("%d"):format(now.entries))
  for _, state in ipairs(STATES) do
    local n = now.states[state]
    local open = state == "intended" or state == "sent" or state == "unknown"
    if n > 0 then line(" ", ("%d %s%s"):format(n, state, open and " (open)" or "")) end
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
  local copied, aside, dropped = client:mend_journal()
  print(("%d events were copied; the damaged file is kept as %s"):format(copied, aside))
  print(
    dropped and ("%d events could not be read and were dropped"):format(dropped)
      or "how many events were dropped cannot be told"
  )
end

local TAKES = { show = 1, close = 1, status = 0, mend = 0 } -- words after it
local extra = TAKES[action] and words[TAKES[action] + 1]
if extra then fail("journal %s takes no '%s'", action, extra) end

if options.verify then
  verify()
elseif options.head then
  print(checked().head or stop "the journal is empty, so it has no head")
elseif not action then
  list()
elseif action == "show" then
  show(find(number()))
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
