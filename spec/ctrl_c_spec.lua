-- Ctrl-C at the prompt, at any moment, and background tasks.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

-- A limit of TSan: see spec/endings_spec.lua
local HELD = "a handler waits for the next call of libc, and a loop of Lua has none"
local SOON = 0.2 * helper.pace -- seconds within which the prompt must be back after Ctrl-C

local home

local function sit(words, more) return seat.prompt(home, words, more) end

before_each(function() home = seat.home() end)
after_each(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("background tasks", function()
  it("go on while one types, and do not tear the line", function()
    local s <close> = sit()
    s:run "t = toggl.task(function() for i = 1, 3 do toggl.sleep(0.1) print('tick', i) end end)"
    s:type "'still here"
    local text = s:see("tick%s+3%s.*'still here$", 3)
    assert.matches("\n?tick%s+1 *\n", text)
    assert.matches("\nstill here\n", s:run "'")
  end)

  it("make their requests meanwhile", function()
    local s <close> = sit()
    s:run "t = toggl.task(function() local n = #org:users() print('people', n) end)"
    assert.matches("people%s+60", (s:see("people%s+60.*> $", 10)))
  end)

  it("are stopped by Ctrl-C when they do not end", function()
    local why = helper.tsan(HELD)
    if why then return pending(why) end
    local s <close> = sit()
    s:run "t = toggl.task(function() toggl.sleep(0.1) while true do end end)"
    s:type "x"
    s:pause(0.3)
    s:key "interrupt"
    s:see("%^C\n.*[^>]> $", 1)
    assert.matches("\n2\n", s:run "1 + 1")
  end)
end)

describe("Ctrl-C", function()
  -- Run CODE, interrupt it after AFTER seconds (0.3), and check that the prompt is back soon.
  local function interrupted(s, code, after)
    s:type(code .. "\r")
    s:see "\n" -- the line is accepted
    s:pause(after or 0.3)
    s:key "interrupt"
    local text, seconds = s:see("[^>]> $", 5)
    assert.is_true(seconds < SOON, ("%s: %.3f s"):format(code, seconds))
    return text
  end

  it("clears the line", function()
    local s <close> = sit()
    s:type "nonsense"
    s:key "interrupt"
    s:see "%^C\n.*[^>]> $"
    assert.matches("\n2\n", s:run "1 + 1")
    s.child:kill(2)
    s:see "[^>]> $"
  end)

  it("leaves the terminal to Ctrl-Z and comes back with the line", function()
    local s <close> = sit()
    s:type "1 + 41"
    s:see "1 %+ 41$"
    s:key "suspend"
    s:pause(0.2)
    local stat = assert(io.open(("/proc/%d/stat"):format(s.child:pid()))):read "a"
    assert.matches("%) T ", stat)
    s.child:kill(18)
    s:see "1 %+ 41$"
    assert.matches("\n42\n", s:run "")
  end)

  it("stops loops of Lua, in coroutines, tasks and behind pcall", function()
    local why = helper.tsan(HELD)
    if why then return pending(why) end
    local s <close> = sit()
    for _, code in ipairs {
      "while true do end",
      "while true do pcall(function() while true do end end) end",
      "coroutine.wrap(function() while true do end end)()",
      "coroutine.resume(coroutine.create(function() coroutine.wrap(function() while true do end end)() end))",
      "toggl.task(function() while true do end end)",
    } do
      assert.matches("interrupted", interrupted(s, code), code)
    end
    assert.matches("\n2\n", s:run "1 + 1")
  end)

  it("stops what waits, in loops of tasks and outside", function()
    local s <close> = sit()
    for _, code in ipairs {
      "toggl.map({1, 2, 3}, function() while true do toggl.sleep(0.01) end end)",
      "toggl.sleep(60)",
    } do
      assert.matches("interrupted", interrupted(s, code), code)
    end
    assert.matches("signal\n2\n", interrupted(s, "os.execute 'sleep 60'"))
    assert.matches("\n2\n", s:run "1 + 1")
  end)

  it(
    "cancels a call while it waits for a reply, for its body, for a repeat or for quota, and all goes on",
    function()
      local s <close> = sit { "--sandbox=60", "--wait", "--yes" }
      s:run "server = client:sandbox(); org:users()"
      for _, case in ipairs {
        { "server:set{latency = 30000}", "client:me{refresh = true}" },
        { "server:set{slow = 2000} server:fault 'slow'", "org:users{refresh = true}" },
        { "server:fault '503'", "while true do pcall(org.users, org, {refresh = true}) end" },
        { "server:set{retry_after = 30} server:fault '429'", "org:users{refresh = true}" },
        { "server:set{quota = 1}", "for i = 1, 5 do org:users{refresh = true} end" },
      } do
        local text = s:run(case[1])
        assert.is_nil(text:find "traceback", text)
        assert.matches("interrupted", interrupted(s, case[2]), case[1])
        s:run "server:clear() server:set{latency = 0, slow = 0, quota = 0, retry_after = 0}"
      end
      assert.matches("\n60\n", s:run "#org:users()")
      assert.matches("\n60\n", s:run "client:sql('SELECT count(*) AS n FROM users')[1].n")
      assert.matches("olive@example.com", s:run "client:me{refresh = true}.email")
    end
  )

  it("says that a change in flight may have been made", function()
    local s <close> = sit { "--sandbox=60", "--yes" }
    s:run "server = client:sandbox(); g = org:group 'Engineering'"
    s:run "server:set{latency = 30000}"
    assert.matches("unknown: ", interrupted(s, "g:update{name = 'Machines'}"))
  end)

  it("says that a change whose reply was lost is looked for, and leaves that at Ctrl-C", function()
    local s <close> = sit { "--sandbox=60", "--yes" }
    s:run "org.id"
    s:run "client:sandbox():fault 'commit-then-drop:1'"
    s:type "org:update{name = 'Works'}\r"
    s:see "PUT /organizations/4300000017: its reply was lost; in 10 s it looks whether"
    s:type "\3"
    s:see "may have been .*> $"
    assert.matches("\n1\n", s:run "#client:journal{state = 'unknown'}")
  end)

  it("cancels a call while the name is looked up, the connection made, or TLS spoken", function()
    local port, open = seat.deaf(false)
    local full, queue = seat.deaf(true)
    for _, case in ipairs {
      {
        "https://name.test/api/v9",
        (os.getenv "LD_PRELOAD" or "") .. " " .. helper.build .. "/tests/slow_names.so",
      },
      { ("http://127.0.0.1:%d/api/v9"):format(full) },
      { ("https://127.0.0.1:%d/api/v9"):format(port) },
    } do
      local s <close> = sit({}, {
        TOGGL_API_URL = case[1],
        LD_PRELOAD = case[2],
        TOGGL_API_TOKEN = "x",
        ASAN_OPTIONS = "verify_asan_link_order=0",
      })
      assert.matches("interrupted", interrupted(s, "client:me()"), case[1])
      assert.matches("\n2\n", s:run "1 + 1")
      s:key "finish"
      local start = seat.now()
      assert.equal(0, s:leave())
      assert.is_true(seat.now() - start < helper.pace)
    end
    seat.shut(open)
    seat.shut(queue)
  end)

  it("stops waiting for a store that another process holds", function()
    local server <close> = helper.sandbox { port = 0, record = false }
    local s <close> = sit(
      { "--org", "Acme" },
      { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
    )
    s:run "org:users()"
    for _, path in ipairs { "/cache/toggl/cache.db", "/state/toggl/state.db" } do
      local release = seat.hold(home .. path)
      local ok, text = pcall(
        interrupted,
        s,
        "i = 0 while true do i = i + 1 org:users{refresh = true} client:fact('x', i) end"
      )
      release()
      assert.is_true(ok, text)
      assert.matches("interrupted", text)
      assert.matches("\n60\n", s:run "#org:users{refresh = true}")
    end
  end)

  -- The first call that needs a file opens it; the prompt itself opens the ledger.
  it("stops waiting for a store that another process holds while it is first opened", function()
    local server <close> = helper.sandbox { port = 0, record = false }
    local more = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
    for _, there in ipairs { false, true } do
      for _, path in ipairs { "/state/toggl/state.db", "/cache/toggl/cache.db" } do
        os.execute("mkdir -p -m 700 " .. home .. path:match "^(.*)/")
        local release = seat.hold(home .. path, true)
        local ok, text = pcall(function()
          local s <close> = seat.sit(home, { "--org", "Acme" }, more)
          local _, start = s:see("> $", 2)
          assert.is_true(start < helper.pace, ("the prompt came after %.1f s"):format(start))
          -- a call waits a second for the ledger, but only a moment for the cache
          local ledger, call = path:find "state", "n = #org:users()"
          local seen = ledger and interrupted(s, call, 0.3 / helper.pace) or s:run(call)
          release()
          assert.matches("\n60\n", s:run "#org:users{refresh = true}")
          return seen
        end)
        release()
        assert.is_true(ok, text)
        assert.matches(
          path:find "state" and "interrupted" or "cache.db: another process holds it",
          text
        )
        if not there then os.execute(("rm -rf %s/state %s/cache"):format(home, home)) end
      end
    end
  end)

  it("stops waiting for the lock of a folder in which another process makes a store", function()
    local server <close> = helper.sandbox { port = 0, record = false }
    local folder = home .. "/state/toggl"
    os.execute("mkdir -p -m 700 " .. folder)
    local pipe = io.popen(("flock %s sh -c 'echo held; sleep 30 & echo $!; wait'"):format(folder))
    assert.equal("held", pipe:read "l")
    local sleeper = pipe:read "l"
    local ok, text = pcall(function()
      local s <close> = seat.sit(
        home,
        {},
        { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
      )
      s:see("> $", 2)
      return interrupted(s, "client:me()", 0.3 / helper.pace) -- it waits a second for the lock
    end)
    os.execute("kill " .. sleeper)
    pipe:close()
    assert.is_true(ok, text)
    assert.matches("interrupted", text)
  end)

  it("stops a query of the store", function()
    local why = helper.tsan "a handler waits for the next call of libc, and SQLite makes none"
    if why then return pending(why) end
    local s <close> = sit()
    s:run "org:users()"
    s:run "q = 'SELECT count(*) FROM users a, users b, users c, users d, users e, users f'"
    assert.matches("interrupted", interrupted(s, "client:sql(q)"))
    assert.matches("\n60\n", s:run "client:sql('SELECT count(*) AS n FROM users')[1].n")
  end)
end)

describe("random interrupts", function()
  it("leave a prompt that is back soon and works, and whole databases", function()
    math.randomseed(os.time())
    local times, files, users, status = require("spec.terminal.campaign").run(25)
    assert.is_true(times[#times] <= SOON, ("slowest: %.3f s"):format(times[#times]))
    assert.same({ ["cache.db"] = "ok", ["state.db"] = "ok" }, files)
    assert.matches("\n60\n", users)
    assert.equal(0, status)
  end)
end)
