-- The journal of changes, read by scripts and jobs.
local helper = require "spec.helper"

describe("the journal", function()
  local server, folder
  setup(function()
    server = helper.sandbox { people = 5 }
    folder = helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(folder)
  end)

  local function client(file) return helper.client(server, { journal = folder .. "/" .. file }) end

  it("lists a change with its outcome, and no read", function()
    local c <close> = client "one.db"
    local org = c:organization "Acme"
    assert.same({}, c:journal())
    assert(org:rename "Acme")
    local entries = c:journal()
    assert.equal(1, #entries)
    assert.same({ "done", "put_organization", 1 }, {
      entries[1].state,
      entries[1].write.operation,
      entries[1].attempts,
    })
    assert.equal(1, #c:journal { state = "done" })
    assert.equal(0, #c:journal { state = "unknown" })
    assert.is_nil(c:check_journal().broken)
  end)

  it("keeps what is over, and entries that are not there, from being closed", function()
    local c <close> = client "two.db"
    assert(c:organization("Acme"):rename "Acme")
    local ok, err = c:close_entry(1, "absent")
    assert.is_nil(ok)
    assert.equal("invalid", err.kind)
    ok, err = c:close_entry(9, "done")
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
    assert.equal("done", c:journal()[1].state)
  end)

  it("says once that its file was emptied, and begins again", function()
    local path = folder .. "/emptied.db"
    local function look(change)
      local warnings = {}
      local function note(sentence) warnings[#warnings + 1] = sentence end
      local c = helper.client(server, { journal = path, on_warning = note })
      if change then assert(c:organization("Acme"):rename "Acme") end
      local n = #c:journal()
      c:close() -- reports pending warnings
      return n, table.concat(warnings, "\n")
    end
    assert.same({ 1, "" }, { look "change" })
    io.open(path, "w"):close()
    local entries, warning = look()
    assert.equal(0, entries)
    assert.matches("emptied.db was emptied by another program: .* a new journal begins$", warning)
    assert.same({ 0, "" }, { look() })
    assert.same({ 1, "" }, { look "change" })
  end)

  it("is beside the state, wherever that is, and in memory where there is none", function()
    local function path(state)
      local c <close> = helper.client(server, { state = state })
      local ok, status = pcall(c.journal_status, c)
      return ok and status and status.path
    end
    assert.equal(folder .. "/journal.db", path(folder .. "/state.db"))
    assert.equal("journal.db", path "no-such-state-of-a-spec.db")
    for _, none in ipairs { ":memory:", false } do
      assert.equal(":memory:", path(none))
    end
    local ok, err = pcall(helper.client, server, { state = 5 })
    assert.is_false(ok)
    assert.matches("option 'state' must be a string", err, 1, true)
    os.remove "no-such-state-of-a-spec.db"
  end)

  it("that cannot be written keeps a change from being sent", function()
    assert(os.execute("ln -s /dev/full " .. helper.quote(folder .. "/full.db")))
    local c <close> = client "full.db"
    local org = c:organization "Acme"
    local before = server:requests()
    local ok, err = org:rename "Elsewhere"
    assert.is_nil(ok)
    assert.matches("cannot be recorded in the journal", err.message)
    assert.equal("unrecorded", err.reason)
    assert.matches("journal = false", err.advice)
    assert.equal(before, server:requests())
  end)

  it("tells in words what a change changes, as far as the store knew it", function()
    local c <close> = helper.client(server, { journal = folder .. "/words.db", cache = ":memory:" })
    local org = c:organization "Acme"
    local ann = org:user "ann@example.com"
    assert(ann:update { organization_admin = not ann.admin, groups = {} })
    assert(org:workspace("Main"):create_group { name = "Fresh" })
    local entries = c:journal()
    local was = tostring(ann.admin)
    assert.equal("Ann Lee <ann@example.com>", entries[1].write.person)
    assert.equal(
      ("organization_admin: %s -> %s"):format(was, tostring(not ann.admin)),
      entries[1].changes[2]
    )
    assert.is_true(math.abs(entries[1].at - entries[1].write.before_read) < 60)
    assert.same({ "name: Fresh" }, entries[2].changes)
    local users = org:users()
    assert(users[2]:update { name = "Second" })
    assert(users[3]:update { name = "Third" }) -- the stale list still gives the old value
    entries = c:journal()
    assert.same({ ("name: %s -> Third"):format(users[3].name) }, entries[4].changes)
    local blind <close> = helper.client(server, { journal = folder .. "/blind.db", cache = false })
    assert(blind:organization(org.id):rename "Acme")
    assert.same({ "name: Acme" }, blind:journal()[1].changes)
  end)

  it("holds no secret: no token, no password, no code of an invitation", function()
    local c <close> = client "secret.db"
    local code, password = ("c0de"):rep(8), "pass-of-the-invited"
    c:accept_invitation {
      invitation_code = code,
      auth = { email = "bo@example.com", password = password },
    }
    c:accept_invitation { invitation_code = code }
    local entries = c:journal()
    assert.equal(1, #entries) -- the other entry belongs to the invited person's account
    assert.is_true(entries[1].write.request.secret)
    local bytes = helper.read(folder .. "/secret.db") .. helper.read(folder .. "/secret.db-wal")
    assert.is_truthy(bytes:find("accept", 1, true))
    for _, secret in ipairs { code, password, "bo@example.com:", server:token() } do
      assert.is_nil(bytes:find(secret, 1, true))
    end
  end)

  it("holds no secret of a body that no row describes, nor does a question show it", function()
    local asked
    local unrecorded <close> = helper.sandbox { people = 1, record = false } -- has no such paths
    local c <close> = helper.client(unrecorded, {
      journal = folder .. "/raw.db",
      confirm = function(_, _, _, body)
        asked = body
        return true
      end,
    })
    local function last()
      local entries = c:journal()
      return entries[#entries].write.request
    end
    for _, body in ipairs {
      { current_password = "hunter2hunter2" },
      { { deep = { Api_Token = "hunter2hunter2" } } },
    } do
      c:request("POST", "/nowhere", { body = body })
      assert.equal("", asked)
      assert.is_true(last().secret)
    end
    local bytes = helper.read(folder .. "/raw.db") .. helper.read(folder .. "/raw.db-wal")
    assert.is_nil(bytes:find("hunter2", 1, true))
    c:request("POST", "/nowhere", { body = { name = "hunter3hunter3" } })
    assert.equal('{"name":"hunter3hunter3"}', asked)
    assert.equal("hunter3hunter3", last().body.name)
  end)

  it("holds no secret of a query, nor does an event, a question, a dry run or the cache", function()
    local seen = {}
    local function note(event) seen[#seen + 1] = event.path or "" end
    local unrecorded <close> = helper.sandbox { people = 1, record = false }
    local c <close> = helper.client(unrecorded, {
      journal = folder .. "/query.db",
      cache = folder .. "/query-cache.db",
      log = note,
      confirm = function(_, path)
        seen[#seen + 1] = path
        return true
      end,
    })
    local secrets =
      { ["user[Password]"] = "hunter2hunter2", api_token = "hunter2hunter2", page = 1 }
    c:request("POST", "/nowhere", { query = secrets })
    c:request("POST", "/nowhere", { query = secrets, dry_run = true })
    c:request("GET", "/organizations", { query = secrets })
    local entry = c:journal()[1]
    assert.is_true(entry.write.request.secret)
    assert.matches("api_token={api_token}", entry.write.path, 1, true)
    assert.matches("page=1", entry.write.path, 1, true)
    c:close()
    assert.is_nil(table.concat(seen, " "):find("hunter2", 1, true))
    assert.matches("page=1", table.concat(seen, " "), 1, true)
    for _, name in ipairs { "/query.db", "/query.db-wal", "/query-cache.db", "/query-cache.db-wal" } do
      local f = io.open(folder .. name, "rb")
      assert.is_nil(f and f:read("a"):find("hunter2", 1, true))
      if f then f:close() end
    end
  end)

  it("is private, is not made by looking, and is kept as long as an option says", function()
    local path = folder .. "/private.db"
    local c <close> = helper.client(server, { journal = path, journal_keep = "400d" })
    assert.same({}, c:journal())
    assert.equal(0, c:check_journal().events)
    assert.equal(400 * 86400, c:journal_status().keep)
    assert.is_nil(io.open(path))
    assert(c:organization("Acme"):rename "Acme")
    for _, ending in ipairs { "", "-wal", "-shm" } do
      assert.equal("600", helper.mode(path .. ending))
    end
    assert.equal(1, c:journal_status().states.done)
    for _, wrong in ipairs { "soon", "0d", "-3d", "4w" } do
      assert.error_matches(
        function() helper.client(server, { journal_keep = wrong }) end,
        'journal_keep.*such as "400d"'
      )
    end
  end)

  it("finds a noted head again, and mends nothing that is sound", function()
    local c <close> = client "head.db"
    local org = c:organization "Acme"
    assert(org:rename "Acme")
    local head = c:check_journal().head
    assert(org:rename "Acme")
    assert.is_true(c:check_journal(head).noted)
    assert.is_false(c:check_journal(("0"):rep(64)).noted)
    assert.error_matches(function() c:check_journal "x" end, "a head of 64 digits")
    local n, err = c:mend_journal()
    assert.is_nil(n)
    assert.matches("not damaged", err.message)
  end)
end)

-- ------------------------------------------------------------------------------- togglsh journal

describe("togglsh journal", function()
  local server, home
  setup(function()
    server = helper.sandbox { people = 5, port = 0 }
    home = helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  local function run(line) return helper.sh(helper.environment(home, helper.account(server)), line) end

  local COLUMNS = "n,at,state,target,change,operation,path,job,step,attempts,status,message"

  it("filters, and gives programs the same columns in each format", function()
    local code = 'org:update{ name = "Acme Two", job = "rename", step = "1" } '
      .. 'org:update{ name = "Acme" } pcall(org.create_group, org, { name = "Support" })'
    local _, err, status = run(("$T -e '%s'"):format(code))
    assert.equal(0, status, err)
    local out = run "$T journal --output csv"
    local lines = {}
    for line in out:gmatch "[^\r\n]+" do
      lines[#lines + 1] = line
    end
    assert.equal(COLUMNS, lines[1])
    assert.equal(4, #lines)
    for words, count in pairs {
      ["--job rename"] = 1,
      ["--state done"] = 2,
      ["--state refused"] = 1,
      ["--state unknown"] = 0,
      ["--since 2020-01-01"] = 3,
      ["--since 2120-01-01"] = 0,
      ["--job rename --state refused"] = 0,
    } do
      local json = run("$T journal --output json " .. words)
      assert.equal(count, #require("toggl").json.decode(json), words)
    end
    local first = require("toggl").json.decode((run "$T journal --output jsonl"):match "^[^\n]*")
    assert.same(
      { "put_organization", "name: Acme -> Acme Two", "rename", "1", 200 },
      { first.operation, first.change, first.job, first.step, first.status }
    )
  end)

  it("shows an entry, the status and the chain in plain words", function()
    local out, err = run "$T journal show 1; $T journal status"
    assert.equal("", err)
    assert.matches("change     name: Acme %-> Acme Two\n", out)
    assert.matches("before: as read %d+ s earlier", out)
    assert.matches("entries    3\n +2 done\n +1 refused\n", out)
    assert.matches("kept       400 days\n", out)
    assert.matches("chain      6 events are as they were written", out)
    assert.is_nil(out:find "\27")
    for line in out:gmatch "[^\n]+" do
      assert.is_true(#line <= 80 or line:find "path" ~= nil, line)
    end
    out, err = run "$T journal --verify --noted $($T journal --head)"
    assert.equal("6 events are as they were written; the noted hash is among them\n", out .. err)
    local _, _, status = run("$T journal --verify --noted " .. ("0"):rep(64))
    assert.equal(1, status)
  end)

  it("is one chain of all processes that write at a time", function()
    local line = "$T -e 'for _ = 1, 20 do org:rename \"Acme\" end'"
    local _, err, status = run(("%s & %s & %s; wait"):format(line, line, line))
    assert.same({ "", 0 }, { err, status })
    local out = run "$T journal --verify"
    assert.equal("126 events are as they were written\n", out)
  end)

  it("says what a program that was killed has left, once it writes or shows them", function()
    server:set { latency = 2000 }
    local write = 'client.api.put_organization{ organization_id = 4300000017, name = "Killed" }'
    run(("$T -e '%s' & sleep 1; kill -9 $!; wait"):format(write))
    server:set { latency = 0 }
    local line = "1 change in the journal has no known outcome; togglsh resume looks for it"
    local function said(words) return select(2, run(words)):find(line, 1, true) ~= nil end
    assert.is_false(said "$T -e 'print(org.name)'")
    assert.is_true(said "$T -e 'org:create_group{ name = \"Else\" }'")
    local _, err = run "$T journal"
    assert.equal(
      "togglsh: 1 of these changes has no known outcome; togglsh resume looks for it\n",
      err
    )
  end)

  it("keeps entries as long as a profile says, and names the line of a wrong time", function()
    assert(os.execute("mkdir -p -m 700 " .. home .. "/config/toggl"))
    local path = home .. "/config/toggl/profiles"
    local function profile(text)
      helper.write(path, "[default]\ntoken = " .. server:token() .. "\n" .. text)
      assert(os.execute("chmod 600 " .. path))
    end
    local words = "TOGGL_API_TOKEN= $T --profile default journal status"
    profile(("base_url = %s\njournal_keep = 90d\njournal_redact = 12h\n"):format(server.url))
    local out, err = run(words)
    assert.matches("kept       90 days, what they say of people 0.5 days", out .. err)
    profile "journal_keep = soon\n"
    local _, why, status = run(words)
    assert.equal(2, status)
    assert.matches(
      'profiles, line 3: [^\n]*journal_keep is "soon"; it must be a time such as 400d',
      why
    )
  end)
end)

-- ---------------------------------------------------------------------- journals that do not work

describe("a journal that does not work:", function()
  local server, home
  setup(function()
    server = helper.sandbox { people = 5, port = 0 }
    home = helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  local DISK = "%s/disk"
  local CHANGE = "$T -e 'org:rename \"Elsewhere\"'"
  local SAME = "$T -e 'org:rename \"Acme\"'; "

  local function environment(more)
    local own = { TOGGL_STATE_DIR = DISK:format(home) .. "/s" }
    return helper.environment(home, helper.account(server), own, more)
  end

  -- Run LINES with a small disk of their own.
  local function run(lines, more)
    local text = ("D=%s; mkdir -p $D; mount -t tmpfs -o size=300k,mode=700 none $D; "):format(
      DISK:format(home)
    )
    return helper.sh(environment(more), "unshare -m bash -c " .. helper.quote(text .. lines))
  end

  local function can_mount()
    local _, _, status = helper.sh({}, "unshare -m mount -t tmpfs none /mnt 2>&1")
    return status == 0
  end

  -- Check that the write is not sent, with a message that says what to do.
  local function is_refused(lines, pattern, more)
    local out, err, status = run(lines .. CHANGE, more)
    assert.equal(1, status, out .. err)
    for _, text in ipairs {
      pattern,
      "cannot be recorded in the journal",
      "was not sent",
      "TOGGL_STATE_DIR",
      "journal = false",
    } do
      assert.matches(text, err)
    end
    assert.is_nil(err:find "traceback")
    local c <close> = helper.client(server)
    assert.equal("Acme", c:organization(4300000017).name)
  end

  it("on a disk that is full, read-only or not there", function()
    if not can_mount() then return pending "no disk can be mounted here" end
    local fill, lock = "head -c 900000 /dev/zero >$D/fill 2>/dev/null; ", "mount -o remount,ro $D; "
    is_refused(SAME .. fill, "the disk is full")
    is_refused("mkdir -m 700 $D/s; " .. fill, "the disk is full")
    is_refused(SAME .. lock, "cannot be")
    is_refused(lock, "Read%-only file system")
    is_refused("", "cannot be used", { TOGGL_STATE_DIR = "/proc/none/here" })
    is_refused("mkdir $D/s; chmod 777 $D/s; ", "others can write")
    is_refused("mkdir $D/s; ln -s /dev/full $D/s/journal.db; ", "symbolic link")
  end)

  it("keeps a plan from being applied, and one that is shown from having an ID", function()
    if not can_mount() then return pending "no disk can be mounted here" end
    local file = helper.write(home .. "/crew.json", '{"groups":{"Crew":{}}}')
    local lines = "mount -o remount,ro $D; $T %s " .. file .. " --yes"
    local _, err, status = run(lines:format "apply")
    assert.equal(1, status, err)
    for _, text in ipairs { "cannot be recorded in the journal", "Read%-only", "nothing was sent" } do
      assert.matches(text, err)
    end
    local out
    out, err, status = run(lines:format "plan")
    assert.equal(3, status, err)
    assert.matches("no ID to apply, since it was not kept: .*Read%-only", err)
    assert.matches("Apply it: togglsh apply /", out)
  end)

  it("that leads nowhere, or is of another user, is not called empty", function()
    if not can_mount() then return pending "no disk can be mounted here" end
    for lines, folder in pairs {
      ["mkdir -m 700 $D/s; ln -s /nowhere/x $D/s/journal.db; "] = "$D/s",
      ["ln -s /nowhere/x $D/gone; "] = "$D/gone",
      ["touch $D/file; "] = "$D/file",
      ["mkdir -m 700 $D/s; chown 65534 $D/s; "] = "$D/s",
      ["mkdir $D/s; chmod 777 $D/s; "] = "$D/s",
    } do
      for _, job in ipairs { "journal", "journal status", "journal --verify", "resume" } do
        local out, err, status = run(("%sTOGGL_STATE_DIR=%s $T %s"):format(lines, folder, job))
        assert.equal(1, status, lines .. job .. ": " .. out .. err)
        assert.is_nil(out:find("no change", 1, true))
      end
    end
  end)

  it("damaged: it stops writes until it is mended, and its file stays", function()
    if not can_mount() then return pending "no disk can be mounted here" end
    local spoil = "printf 'no database at all' | dd of=$D/s/journal.db conv=notrunc 2>/dev/null; "
    is_refused(SAME .. spoil, "togglsh journal mend")
    local lines = SAME .. spoil .. "$T journal mend && ls $D/s && " .. SAME .. "$T journal"
    local out, err, status = run(lines)
    assert.equal(0, status, err)
    assert.matches("0 events were copied; the damaged file is kept as journal.db.damaged%-", out)
    assert.matches("\njournal.db.damaged%-%w+\n", out)
    assert.matches("put_organization", out)
  end)

  it("is left out by journal = false", function()
    if not can_mount() then return pending "no disk can be mounted here" end
    local code = 'toggl.client{ journal = false }:organization(4300000017):rename "Acme"'
    local _, err, status = run(("mount -o remount,ro $D; $T -e '%s'"):format(code))
    assert.equal(0, status, err)
  end)
end)
