-- How long a client waits for a store that another process holds, and what it skips.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local server, home

before_each(function()
  server = helper.sandbox { record = false, port = 0, plan = "starter" }
  home = helper.scratch()
end)

after_each(function()
  server:stop()
  helper.remove(home)
end)

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
