-- Stores that fail: what is reported and what continues. `togglsh cache`, `togglsh quota`, the
-- waits of a client, and the window that the prompt shows.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local ACME = 4300000017
local COSTS = { cache = "every run sends its requests again", state = "not shared with other runs" }

local server, home

local quote, write = helper.quote, helper.write

local function environment(more)
  return helper.environment(home, helper.account(server), more)
end

local function togglsh(...) return helper.run(environment(), helper.build .. "/togglsh", ...) end

local function cache_file() return home .. "/cache/toggl/cache.db" end
local function state_file() return home .. "/state/toggl/state.db" end

local function count_of(text, part)
  local n, at = 0, 0
  repeat
    at = text:find(part, at + 1, true)
    n = n + (at and 1 or 0)
  until not at
  return n
end

before_each(function()
  server = helper.sandbox { record = false, port = 0, plan = "starter" }
  home = helper.scratch()
end)

after_each(function()
  server:stop()
  helper.remove(home)
end)

local READ = "print(#org:users())"

describe("togglsh cache", function()
  it("shows what is in the store, to people and to programs, without credentials", function()
    local out, err, status = togglsh("cache", "status")
    assert.same({ "", 0 }, { err, status })
    assert.matches(
      "^where     " .. cache_file() .. "\nstate     not made yet\ncopies    none\n$",
      out
    )
    togglsh("-e", READ)
    local before = server:requests()
    local plain = environment()
    plain.TOGGL_API_TOKEN = ""
    out, err, status = helper.run(plain, helper.build .. "/togglsh", "cache", "status")
    assert.same({ "", 0 }, { err, status })
    assert.matches(
      "state     in use\nsize      %d+ KiB, at most 256 MiB\nreplies   2\nage       %d+ seconds?\n"
        .. "rows      0 records of complete lists, found by index\nversion   %d+\n",
      out
    )
    local row = require("toggl").json.decode((togglsh("cache", "status", "--output", "json")))[1]
    assert.same({ "in use", 2, 0 }, { row.state, row.replies, row.copies })
    assert.is_true(math.abs(row.newest - os.time()) < 10)
    assert.equal(before, server:requests())
  end)

  it("shows what was deleted to keep it small", function()
    local client = helper.client(
      server,
      { cache = home .. "/cache/toggl/cache.db", cache_limit = 700000, state = false }
    )
    local org = client:organizations()[1]
    for per_page = 30, 60 do
      org:users { page = 1, per_page = per_page }
    end
    client:close()
    local size, seconds = (togglsh("cache", "status")):match(
      "size      (%d+) KiB, at most 684 KiB\n.*\ntrimmed   %d+ replies %(%d+ KiB%), "
        .. "last (%d+) seconds? ago: too old, or the store too large\n"
    )
    assert.is_true(tonumber(size) <= 684 and tonumber(seconds) < 60)
  end)

  it("clears it: replies, and the room that they took", function()
    togglsh("-e", READ)
    local large = #helper.read(cache_file())
    local out, err, status = togglsh("cache", "clear")
    assert.same({ "removed 2 replies from " .. cache_file() .. "\n", "", 0 }, { out, err, status })
    assert.is_true(#helper.read(cache_file()) < large)
    assert.equal("ok", seat.integrity(cache_file()))
    assert.equal(2, helper.requests_during(server, function() togglsh("-e", READ) end))
    assert.equal(0, helper.requests_during(server, function() togglsh("-e", READ) end))
  end)

  it("removes quarantined copies, and a damaged store", function()
    togglsh("-e", READ)
    write(cache_file(), ("no database"):rep(900))
    local out, err, status = togglsh("cache", "status")
    assert.equal(1, status)
    assert.matches("state     not used", out)
    assert.matches("cache.db: it is not a database of this program", err)
    out, err, status = togglsh("cache", "clear")
    assert.same({ "", 0 }, { err, status })
    assert.matches("^removed 1 quarantined copy from ", out)
    write(cache_file(), ("no database"):rep(900))
    togglsh("-e", READ)
    assert.matches("copies    1 %(9900 bytes%)", (togglsh("cache", "status")))
    assert.matches("^removed 2 replies and 1 quarantined copy from ", (togglsh("cache", "clear")))
    assert.matches("copies    none", (togglsh("cache", "status")))
    local left = io.popen("ls " .. quote(home .. "/cache/toggl"))
    assert.is_nil(left:read "a":find "damaged")
    left:close()
  end)

  it("removes replies from a file whose damage only shows when it is emptied", function()
    togglsh("-e", READ)
    local text = helper.read(cache_file())
    write(cache_file(), text:sub(1, 4096) .. ("\xff"):rep(#text - 4096))
    local _, err, status = togglsh("cache", "clear")
    assert.same({ "", 0 }, { err, status })
    assert.is_nil(helper.read(cache_file()):find(("\xff"):rep(100), 1, true))
    assert.equal("ok", seat.integrity(cache_file()))
  end)

  it("leaves a newer store and a foreign one alone, and says so", function()
    togglsh("-e", READ)
    local foreign = home .. "/foreign.db"
    require("toggl.sandbox").start { file = foreign }:stop()
    foreign = helper.read(foreign)
    for _, pattern in ipairs {
      "newer version of this program %(its layout is 99, ours %d+%)",
      "not a database of this program",
    } do
      if pattern:find "newer" then
        helper.patch(cache_file(), 60, 99)
      else
        write(cache_file(), foreign)
      end
      local before = helper.read(cache_file())
      for _, action in ipairs { "status", "clear" } do
        local _, err, status = togglsh("cache", action)
        assert.equal(1, status)
        assert.matches(pattern .. ".*left alone", err)
        assert.equal(before, helper.read(cache_file()))
      end
    end
  end)

  it("says that another process holds it, within seconds", function()
    togglsh("-e", READ)
    local release = seat.hold(cache_file())
    local start = seat.now()
    local out, err, status = togglsh("cache", "clear")
    local took = seat.now() - start
    release()
    assert.same({ "", 1 }, { out, status })
    assert.matches("another process holds it", err)
    assert.is_true(took < 5, took .. " s")
    assert.matches("^removed 2 replies", (togglsh("cache", "clear")))
  end)

  it(
    "touches no file of a person in a rehearsal, has no dry run, and names its arguments",
    function()
      togglsh("-e", READ)
      assert.matches("nothing to remove", (togglsh("--sandbox", "cache", "clear")))
      local _, err, status = togglsh("--dry-run", "cache", "clear")
      assert.equal(2, status)
      assert.matches("no dry run; nothing was removed", err)
      assert.matches("replies   2\n", (togglsh("cache", "status")))
      for _, words in ipairs { {}, { "empty" }, { "status", "more" } } do
        _, err, status = togglsh("cache", table.unpack(words))
        assert.equal(2, status)
        assert.matches("cache requires status", err .. "cache requires status")
      end
    end
  )
end)

-- ------------------------------------------------------------------------- stores that do not work

-- Return the options of unshare for a mount namespace on this machine, or nil and the reason.
local function rights()
  local why
  for _, words in ipairs { "-m", "-rm" } do
    local out, _, status =
      helper.sh(environment(), ("unshare %s sh -c 'mount -t tmpfs none /mnt' 2>&1"):format(words))
    if status == 0 then return words end
    why = out
  end
  return nil, why
end

-- Run LINES with the folders of all stores on a separate file system.
local function mounted(words, lines)
  local line = ("unshare %s bash -c %s"):format(
    words,
    quote(([[
    mkdir -p %s/disk; mount -t tmpfs -o size=400k,mode=700 none %s/disk
    export XDG_CACHE_HOME=%s/disk/c XDG_STATE_HOME=%s/disk/s
  ]]):format(home, home, home, home) .. lines)
  )
  return helper.sh(environment(), line)
end

-- Check that the run printed its list and reported each store once, with the consequence.
local function is_reported(out, err, status, pattern, which)
  assert.equal(0, status, err)
  assert.matches("60\n", out)
  for _, store in ipairs(which) do
    assert.matches(store .. "%.db[^\n]*" .. pattern, err)
    assert.equal(1, count_of(err, COSTS[store]), err)
  end
end

describe("a store that does not work:", function()
  local BOTH = { "cache", "state" }

  it("on a full disk, in runs and by togglsh quota; cache clear makes room", function()
    local words, why = rights()
    if not words then return pending("no file system can be mounted here: " .. why) end
    local full =
      [[$T -e 'print(#org:users())' >/dev/null; head -c 900000 /dev/zero >$XDG_CACHE_HOME/fill 2>/dev/null
      ]]
    local out, err, status = mounted(words, full .. "$T --refresh -e 'print(#org:users())'")
    is_reported(out, err, status, "the disk is full", BOTH)
    out, err, status = mounted(words, full .. "$T quota")
    assert.equal(0, status)
    assert.matches("4300000017  Acme ", out)
    for _, store in ipairs(BOTH) do
      assert.matches(store .. ".db: the disk is full; [^\n]*" .. COSTS[store], err)
    end
    out, err, status = mounted(
      words,
      full
        .. "$T cache clear && ls $XDG_CACHE_HOME/toggl && rm $XDG_CACHE_HOME/fill"
        .. " && $T -e 'print(#org:users())'"
    )
    assert.same({ "", 0 }, { err, status })
    assert.matches("^removed 2 replies ", out)
    assert.is_nil(out:find "damaged")
    assert.matches("60\n$", out)
  end)

  it("on a disk that is read-only, with stores and without", function()
    local words, why = rights()
    if not words then return pending("no file system can be mounted here: " .. why) end
    local out, err, status =
      mounted(words, "mount -o remount,ro " .. home .. "/disk; $T -e 'print(#org:users())'")
    is_reported(out, err, status, "", {})
    for _, store in ipairs(BOTH) do
      assert.equal(1, count_of(err, COSTS[store]), err)
    end
    local seen = "$T -e 'print(#org:users())' >/dev/null; mount -o remount,ro " .. home .. "/disk; "
    out, err, status = mounted(words, seen .. "$T -e 'print(#org:users{refresh = true})'")
    is_reported(out, err, status, "", BOTH)
    out, err, status = mounted(words, seen .. "$T quota")
    assert.equal(0, status, out)
    for _, store in ipairs(BOTH) do
      assert.equal(1, count_of(err, COSTS[store]), err)
    end
    out, err, status = mounted(words, seen .. "$T cache clear")
    assert.same({ "", 1 }, { out, status })
    assert.matches("cannot be written", err)
  end)

  it("held by another process", function()
    togglsh("-e", READ)
    for store, path in pairs { cache = cache_file(), state = state_file() } do
      local release = seat.hold(path)
      local out, err, status = togglsh(
        "-e",
        "local c <close> = toggl.client{timeout = 2} print(#c:organization("
          .. ACME
          .. "):users{refresh = true})"
      )
      release()
      is_reported(out, err, status, "another process holds it", { store })
      release = seat.hold(path)
      out, err, status = togglsh("quota")
      release()
      assert.equal(0, status, out)
      assert.matches(store .. ".db: another process holds it; [^\n]*" .. COSTS[store], err)
    end
  end)

  it("of a newer version or of another program, which stays as it is", function()
    local foreign = home .. "/foreign.db"
    require("toggl.sandbox").start { file = foreign }:stop()
    foreign = helper.read(foreign)
    for store, path in pairs { cache = cache_file(), state = state_file() } do
      for _, pattern in ipairs { "newer version", "not a database of this program" } do
        togglsh("-e", READ)
        if pattern == "newer version" then
          helper.patch(path, 60, 99)
        else
          write(path, foreign)
        end
        os.remove(path .. "-wal")
        local before = helper.read(path)
        local out, err, status = togglsh("-e", "print(#org:users{refresh = true})")
        is_reported(out, err, status, pattern .. ".*left alone", { store })
        out, err, status = togglsh("quota")
        assert.equal(0, status, out)
        assert.equal(1, count_of(err, COSTS[store]), err)
        assert.equal(before, helper.read(path))
        os.remove(path)
        os.remove(path .. "-wal")
      end
    end
  end)

  it("damaged: the ledger is quarantined and recreated, and reported once", function()
    togglsh("-e", READ)
    local text = helper.read(state_file())
    write(state_file(), text:sub(1, 100) .. ("\xff"):rep(#text - 100))
    local out, err, status = togglsh("-e", "print(#org:users{refresh = true})")
    assert.same({ "60\n", 0 }, { out, status }, err)
    assert.matches("state.db: it is damaged; it was quarantined as state.db.damaged%-", err)
    assert.equal(1, count_of(err, "state.db:"))
    local name = err:match "quarantined as (%S+)"
    assert.equal("600", helper.mode(home .. "/state/toggl/" .. name))
    out, err, status = togglsh("quota")
    assert.same({ "", 0 }, { err, status })
    -- the window's size is learned in its first seconds, which may be over
    assert.matches("4300000017  Acme +%d+ ", out)
    assert.equal("ok", seat.integrity(state_file()))
  end)
end)

-- ------------------------------------------------------------------------------- waits of a client

describe("a client whose store another process holds", function()
  local path, warnings

  local function client(options)
    local o = { retries = 0, settle = 0, on_warning = function(s) warnings[#warnings + 1] = s end }
    return helper.client(server, o, options)
  end

  -- Return the seconds that f() took; its result must be true.
  local function time_of(f)
    local start = seat.now()
    assert(f())
    return seat.now() - start
  end

  before_each(function()
    path, warnings = home .. "/one.db", {}
  end)

  it("skips the cache after 0.2 s, and does not wait for it again during ten seconds", function()
    local c <close> = client { cache = path }
    local org = c:organization "Acme"
    require("toggl.core").sleep(0.3)
    local release = seat.hold(path)
    local first = time_of(function() return org:groups { refresh = true } end)
    require("toggl.core").sleep(0.3) -- wait for the write-behind queue
    first = first + time_of(function() return org:groups { refresh = true } end)
    local rest = time_of(function()
      for _ = 1, 10 do
        assert(org:groups { refresh = true })
      end
      return true
    end)
    release()
    assert.is_true(first >= 0.15 and first < 0.9, first .. " s")
    assert.is_true(rest < 0.6, rest .. " s")
    assert.equal(1, #warnings)
    assert.matches(
      "one.db: another process holds it; every run sends its requests again",
      warnings[1]
    )
  end)

  it("waits with client:journal() and client:sql() no longer than the deadline", function()
    local files = { journal = home .. "/held-journal.db", cache = home .. "/held.db" }
    do
      local c <close> = client(files)
      assert(c:organization("Acme"):rename "Acme")
    end
    for kind, read in pairs {
      journal = function(c) return c:journal() end,
      cache = function(c) return c:sql "SELECT name FROM organizations" end,
    } do
      local c <close> = client { [kind] = files[kind], deadline = 0.5 }
      local release = seat.hold(files[kind], true)
      local took = time_of(function()
        local value, err = read(c)
        return not value and err.message:find "another process holds it"
      end)
      release()
      assert.is_true(took >= 0.4 and took < 2, kind .. ": " .. took .. " s")
    end
  end)

  it(
    "waits for the ledger no longer than a part of the deadline, or of the time for one attempt",
    function()
      for _, case in ipairs {
        { { state = path, deadline = 1 }, 1.2 },
        { { state = path, timeout = 2 }, 1.9 },
        { { state = path, cache = home .. "/two.db", deadline = 1 }, 1.2 },
      } do
        local c <close> = client(case[1])
        local org = c:organization "Acme"
        require("toggl.core").sleep(1.1) -- no burst, no reservations
        local release, release_cache = seat.hold(path), case[1].cache and seat.hold(case[1].cache)
        local took = time_of(function() return org:groups { refresh = true } end)
        local again = time_of(function() return org:groups { refresh = true } end)
        release()
        if release_cache then release_cache() end
        assert.is_true(took >= 0.15 and took < case[2], took .. " s")
        assert.is_true(again < 0.3, again .. " s")
      end
      assert.matches("one.db: another process holds it; .*not shared", warnings[1])
    end
  )

  it(
    "looks into the ledger as into the cache, and waits a second at most to count in it",
    function()
      for name, case in pairs {
        windows = { function(c) return c:windows() end, 0.15, 0.7 },
        quota = { function(c) return c:quota() end, 0.15, 0.7 },
        ["check_stores"] = { function(c) return not c:check_stores() end, 0.15, 0.7 },
        ["a request"] = { function(c) return c:me { refresh = true } end, 0.5, 1.9 },
      } do
        local c <close> = client { state = path }
        c:me()
        require("toggl.core").sleep(1.1)
        local release = seat.hold(path)
        local took = time_of(function() return case[1](c) end)
        release()
        assert.is_true(took < case[3], ("%s: %.2f s"):format(name, took))
        if name ~= "windows" and name ~= "quota" then -- readable while another process writes
          assert.is_true(took >= case[2], ("%s: %.2f s"):format(name, took))
          assert.matches("one.db: another process holds it", warnings[#warnings])
        end
      end
    end
  )

  it("does not answer with what a change made stale while the cache was held", function()
    local c <close> = client { cache = path }
    local org = c:organization "Acme"
    local groups = #org:groups()
    require("toggl.core").sleep(0.3)
    assert(org:roles { refresh = true }) -- flushes the write-behind queue
    assert.equal(0, helper.requests_during(server, function() org:groups() end))
    local release = seat.hold(path)
    assert(org:create_group { name = "Fresh" })
    assert.equal(groups + 1, #org:groups()) -- the file still has the old list
    assert.equal(1, helper.requests_during(server, function() org:groups() end))
    release()
    local other <close> = client { cache = path }
    require("toggl.core").sleep(10.1) -- the pause after a failed wait
    assert.equal(groups + 1, #org:groups())
    assert.equal(groups + 1, #other:organization("Acme"):groups()) -- invalidated in the file too
  end)
end)

describe("the prompt shows the window of the next call:", function()
  local function prompt(words, more)
    local s <close> = seat.sit(home, words, environment(more))
    s:see "> $"
    return s:run "1" -- what is left stands in the first prompt soon, in the next one from the start
  end

  it(
    "the organization's as soon as it is known, by key or by name, and the account's before",
    function()
      togglsh("-e", "org:groups() client:organizations()")
      local windows = {}
      for _, row in ipairs(require("toggl").json.decode((togglsh("quota", "--output", "json")))) do
        windows[row.window] = row.left
      end
      local own, account = windows[ACME], windows.account
      assert.is_true(own and account and own ~= account)
      local unnamed = { TOGGL_ORGANIZATION_ID = "" }
      assert.matches(" " .. own .. " left until", prompt({}))
      assert.matches(" " .. own .. " left until", prompt({ "--org", "acme" }, unnamed))
      assert.matches(" " .. own .. " left until", prompt({ "--org", tostring(ACME) }, unnamed))
      assert.matches(" " .. account .. " left until", prompt({}, unnamed)) -- of two organizations
      os.remove(cache_file())
      assert.matches(" " .. own .. " left until", prompt({}))
      assert.matches(" " .. account .. " left until", prompt({ "--org", "Acme" }, unnamed))
    end
  )
end)
