-- Stores that fail: what togglsh reports and what continues. The window that the prompt shows.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local ACME = 4300000017
local COSTS = { cache = "every run sends its requests again", state = "not shared with other runs" }

local server, home

local quote, write = helper.quote, helper.write

local function environment(more) return helper.environment(home, helper.account(server), more) end

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
