-- Run by scripts/dev/kills: the script of writes, and the comparison at the end.
--
--   kills.lua write N           send 50 writes, each with a unique name
--   kills.lua journal           print the entries, one on each line
--   kills.lua check FOLDER N    journals 0 to N against the record of the sandbox

local function write(n)
  local groups = {}
  for i = 1, 17 do
    local ok, group = pcall(org.create_group, org, { name = ("k%s-%d"):format(n, i) })
    if ok then groups[#groups + 1] = group end
  end
  for i, group in ipairs(groups) do -- after all creations: a new group becomes visible late
    pcall(group.rename, group, ("k%s-%d-renamed"):format(n, i))
  end
  for i = 2, #groups do
    pcall(groups[i].delete, groups[i])
  end
end

-- Return one name for a write from the server's record and from the journal.
local function name_of(method, path, body)
  return table.concat(
    { method, path:match "/organizations/.*$" or path, body and body.name or "" },
    " "
  )
end

local function read(path)
  local f = io.open(path, "rb")
  local text = f and f:read "a"
  if f then f:close() end
  return text
end

-- Whether the server applied a request. A dropped reply has status 0: then the body of a rejected
-- request is plain text other than "OK".
local function accepted(response)
  if response.status ~= 0 then return response.status < 300 end
  return response.body == "OK" or not (response.content_type or ""):find("text/plain", 1, true)
end

-- Return how often the server applied each write.
local function carried_out(path)
  local done = {}
  for line in io.lines(path) do
    local x = toggl.json.decode(line)
    if x.method ~= "GET" and accepted(x.response) then
      local body = x.request.body
      local decoded = type(body) == "string" and body ~= "" and toggl.json.decode(body)
      local name = name_of(x.method, x.path, decoded)
      done[name] = (done[name] or 0) + 1
    end
  end
  return done
end

local found = {
  killed = 0,
  changes = 0,
  lost = 0,
  twice = 0,
  wrong = 0,
  open = 0,
  unreported = 0,
  broken = 0,
  settled = 0,
}

local function note(kind, ...)
  found[kind] = found[kind] + 1
  print(kind, ...)
end

local open_why = {} -- [reason] = how many entries stay open

-- Least numbers for each process: a run in which little happens must not pass.
local LEAST = { killed = 0.25, changes = 5, settled = 0.3 }

local DONE = { done = true, ["settled-done"] = true }
local ABSENT = { refused = true, ["settled-absent"] = true, abandoned = true }

local function check_entry(n, entry, done, reported)
  local write_ = entry.write
  local name = name_of(write_.method, write_.path, write_.request and write_.request.body)
  local times = done[name] or 0
  done[name] = nil
  found.changes = found.changes + 1
  if entry.state:find "settled" then found.settled = found.settled + 1 end
  if times > 1 then note("twice", n, entry.n, name) end
  if (DONE[entry.state] and times == 0) or (ABSENT[entry.state] and times > 0) then
    note("wrong", n, entry.n, entry.state, times, name)
  end
  if entry.open then
    found.open = found.open + 1
    local why = reported:match(("%%f[%%w]entry %d %%([%%w_]+%%): ([^\n]*)"):format(entry.n))
    if not why then
      note("unreported", n, entry.n, entry.state, name)
    else
      why = why:gsub("%d+", "N")
      open_why[why] = (open_why[why] or 0) + 1
    end
  end
end

local function too_few(kind, runs)
  if found[kind] >= LEAST[kind] * runs then return 0 end
  print(("too few %s: %d, at least %g are expected"):format(kind, found[kind], LEAST[kind] * runs))
  return 1
end

local function check(folder, runs)
  local done = carried_out(folder .. "/record")
  for n = 0, runs do
    local at = ("%s/%d."):format(folder, n)
    if tonumber((assert(read(at .. "status")))) == 137 then found.killed = found.killed + 1 end
    for line in assert(read(at .. "journal")):gmatch "[^\n]+" do
      check_entry(n, toggl.json.decode(line), done, assert(read(at .. "reported")))
    end
    local verified = assert(read(at .. "verify"))
    if not verified:find "as they were written" then note("broken", n, verified) end
  end
  for name, times in pairs(done) do
    note("lost", times, name)
  end
  print(
    ("# %d of %d processes were killed; %d changes in their journals, %d settled, %d open"):format(
      found.killed,
      runs,
      found.changes,
      found.settled,
      found.open
    )
  )
  for why, n in pairs(open_why) do
    print(("# open: %d: %s"):format(n, why))
  end
  local bad = found.lost + found.twice + found.wrong + found.unreported + found.broken
  bad = bad + too_few("killed", runs) + too_few("changes", runs) + too_few("settled", runs)
  print(
    ("# %d lost, %d applied twice, %d wrong, %d open and unreported, %d journals broken"):format(
      found.lost,
      found.twice,
      found.wrong,
      found.unreported,
      found.broken
    )
  )
  print(("%d passed, %d failed"):format(runs, bad))
  os.exit(bad == 0 and 0 or 1)
end

if arg[1] == "write" then
  write(arg[2])
elseif arg[1] == "journal" then
  for _, entry in ipairs(client:journal()) do
    print(toggl.json.encode(entry))
  end
else
  check(arg[2], tonumber(arg[3]))
end
