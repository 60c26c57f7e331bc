-- How togglsh ends: exit statuses, and what it writes to standard error.

local helper = require "spec.helper"

local SHELL = helper.build .. "/togglsh"

local home

local function togglsh(...) return helper.run(helper.environment(home), SHELL, ...) end

local function sh(line, more) return helper.sh(helper.environment(home, more), line) end

local write = helper.write

local function count_lines(text) return select(2, text:gsub("\n", "")) end

setup(function() home = helper.scratch() end)
teardown(function() helper.remove(home) end)

describe("togglsh ends", function()
  for kind, expected in pairs {
    error = 1,
    usage = 2,
    changes = 3,
    auth = 4,
    partial = 5,
    quota = 6,
    guard = 7,
    unknown = 8,
    not_found = 1,
    timeout = 1,
  } do
    it(("with %d for an error of kind %s, in one sentence"):format(expected, kind), function()
      local out, err, status =
        togglsh("-e", ("error{kind = %q, message = 'what happened'}"):format(kind))
      assert.same({ "", expected }, { out, status })
      assert.matches("^togglsh: what happened\n", err)
      assert.is_nil(err:find "traceback")
    end)
  end

  it("with 2 where standard input is closed", function()
    for _, words in ipairs { "", "-" } do
      local _, err, status = sh("$T --sandbox=3 " .. words .. " <&-")
      assert.equal(2, status)
      assert.matches("^togglsh: standard input cannot be read", err)
    end
  end)

  it("with 2 for an address that the job rejects, and the value, and no traceback", function()
    local _, err, status =
      togglsh("--sandbox=3", "--yes", "invite", "--workspace", "Main", "<bo@example.com>")
    assert.equal(2, status)
    assert.matches('"<bo@example.com>" is not an e%-mail address', err)
    assert.is_nil(err:find "traceback")
  end)

  it("with 1 and a traceback for an error of Lua", function()
    local out, err, status =
      togglsh("-e", "print 'before'", "-e", "local function f() return nil + 1 end f()")
    assert.same({ "before\n", 1 }, { out, status })
    assert.matches("arithmetic on a nil value\nstack traceback:\n", err)
  end)

  it("with the sentence alone where a script raised one", function()
    local path = write(
      home .. "/sentence.lua",
      "local function f() error('usage: sentence.lua NAME', 0) end f()"
    )
    local out, err, status = togglsh(path)
    assert.same({ "", "togglsh: usage: sentence.lua NAME\n", 1 }, { out, err, status })
    assert.equal("togglsh: 42\n", select(2, togglsh("-e", "error(42, 0)")))
  end)

  it("with 2 and that sentence where a script says that its words were wrong", function()
    local path = write(home .. "/usage.lua", "toggl.options.fail('usage: usage.lua %s', 'NAME')")
    local out, err, status = togglsh(path)
    assert.same({ "", "togglsh: usage: usage.lua NAME\n", 2 }, { out, err, status })
  end)

  it("with a traceback of the script's own frames alone", function()
    local path = write(
      home .. "/bug.lua",
      "local function inner(x) return x.y.z end\n"
        .. "local function outer() return (inner{}) end\n"
        .. "if arg[1] then toggl.map({1}, outer) end\nouter()"
    )
    for _, words in ipairs { { path }, { path, "in map" } } do
      local _, err, status = togglsh(table.unpack(words))
      assert.equal(1, status)
      assert.matches(
        "^togglsh: [^\n]+/bug.lua:1: attempt to index a nil value %(field 'y'%)\nstack traceback:\n",
        err
      )
      assert.matches("bug.lua:2: in ", err)
      for _, foreign in ipairs { "toggl/", "guard", "[C]: in ?" } do
        assert.is_nil(err:find(foreign, 1, true), err)
      end
    end
  end)

  it("with no frame of the library between those of a script that it calls back", function()
    local path = write(
      home .. "/back.lua",
      "local function inner(x) return x.y.z end\n"
        .. "local list = setmetatable({}, { __len = function() return inner{} + 1 end })\n"
        .. "toggl.all(list)"
    )
    local _, err = togglsh(path)
    assert.matches("back.lua:2: in ", err)
    assert.matches("back.lua:3: in ", err)
    assert.is_nil(err:find("toggl/", 1, true), err)
  end)

  it("with no empty traceback for a mistake in the only function of a task", function()
    local path = write(home .. "/one.lua", "toggl.map({ 1 }, function(n) local t; return t.x end)")
    local _, err = togglsh(path)
    assert.matches("one.lua:1: attempt to index a nil value", err)
    assert.is_nil(err:find "traceback", err)
  end)

  it("with 1 and no traceback for a syntax error or a missing file", function()
    for _, word in ipairs { write(home .. "/bad.lua", "x ="), home .. "/none.lua" } do
      local _, err, status = togglsh(word)
      assert.same({ 1, 1 }, { status, count_lines(err) })
    end
  end)

  it("with the status that a script gives", function()
    assert.equal(9, select(3, togglsh("-e", "os.exit(9)")))
    assert.equal(0, select(3, togglsh("-e", "os.exit(true)")))
  end)

  it("with the file and line of the call that failed, and none for a job", function()
    local path = helper.write(os.tmpname(), 'local function f()\n  org:group "Suport"\nend\nf()\n')
    local _, err = togglsh("--sandbox", path)
    assert.matches(
      "togglsh: " .. path .. ':2: group Suport was not found; did you mean "Support"',
      err
    )
    _, err = sh("$T --sandbox - <" .. path)
    assert.matches("togglsh: stdin:2: group Suport", err)
    _, err = togglsh("--sandbox", "groups", "Suport")
    assert.matches("togglsh: group Suport was not found", err)
    os.remove(path)
  end)

  it("with one sentence and 1 for what is not in the organization", function()
    local out, err, status =
      togglsh("--sandbox", "-e", "org:user 'nobody@x.test' print 'not reached'")
    assert.same({ "", 1, 1 }, { out, status, count_lines(err) })
    assert.matches("nobody@x%.test", err)
  end)

  it("with 6 and the time of the day where the quota is used up, in words of togglsh", function()
    local server <close> = require("toggl.sandbox").start { port = 0, plan = "free" }
    local e = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
    local line = "$T --org Acme -e 'while true do org:groups{refresh = true} end'"
    local _, err, status = sh(line, e)
    assert.same({ 6, 1 }, { status, count_lines(err) })
    assert.matches(
      "^togglsh: get_organization_groups: the organization's quota of this hour is used up; "
        .. "wait until %d%d:%d%d %(%d+ minutes%), or use %-%-wait\n$",
      err
    )
    _, err, status = sh("$T --org Acme --refresh groups", e)
    assert.same({ 6, 1 }, { status, count_lines(err) })
    assert.matches("^togglsh: groups: the organization's quota of this hour is used up; ", err)
    line = "$T -e 'while true do client:organizations{refresh = true} end'"
    _, err = sh(line, e)
    assert.matches("^togglsh: get_organizations: your account's quota of this hour is", err)
  end)

  it("with the same advice wherever credentials are missing", function()
    for _, words in ipairs { { "people" }, { "auth", "status" }, { "-e", "client:organizations()" } } do
      local _, err, status = togglsh(table.unpack(words))
      assert.same({ 4, 1 }, { status, count_lines(err) })
      assert.matches("not logged in; .*run togglsh auth login, or set TOGGL_API_TOKEN\n$", err)
    end
  end)

  it("with 4 where credentials are missing, and with 4 where they are wrong", function()
    local _, err, status = togglsh("-e", "client:organizations()")
    assert.same({ 4, 1 }, { status, count_lines(err) })
    assert.matches("TOGGL_API_TOKEN", err)
    local server <close> = require("toggl.sandbox").start { port = 0 }
    local e = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = ("0"):rep(32) }
    _, err, status = sh("$T -e 'client:organizations()'", e)
    assert.same({ 4, 1 }, { status, count_lines(err) })
    assert.is_nil(err:find(("0"):rep(32)))
  end)

  it("quietly when its reader has left, and makes no further request", function()
    local _, err, status =
      sh [[$T --sandbox -e 'for i = 1, 1e6 do print(i) end' -e 'io.stderr:write "on"' | head -n 1
      exit ${PIPESTATUS[0]}]]
    assert.same({ "", 141 }, { err, status })
  end)

  it("with 1 when its output had no room", function()
    local _, err, status = sh "$T -e 'print(1)' >/dev/full"
    assert.equal(1, status)
    assert.matches("not everything could be written", err)
    assert.equal(1, select(3, sh "$T -e 'print(1) os.exit()' >/dev/full"))
    for _, where in ipairs { "/dev/full", "&-" } do
      _, err, status = sh("timeout 10 $T sandbox >" .. where)
      assert.equal(1, status, err)
      assert.matches("sandbox: its address cannot be written: ", err, 1, true)
    end
    assert.equal(3, select(3, sh "$T -e 'print(1) os.exit(3)' >/dev/null"))
    assert.equal(1, select(3, sh "$T -e 'print(1) os.exit(3)' >/dev/full"))
    assert.equal(1, select(3, sh "$T --sandbox --dry-run -e 'print(org:rename [[X]])' >/dev/full"))
  end)

  it("with a sentence where too many files are open, and 8 after an ambiguous change", function()
    local server <close> = helper.sandbox { port = 0, people = 5 }
    local e = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
    local code = "local t = {} for i = 1, 99 do t[i] = io.open '/dev/null' end error 'no more'"
    local line = "ulimit -n 40; $T --org Acme -e %s"
    local _, err, status = sh(line:format(helper.quote(code)), e)
    assert.equal(1, status)
    assert.matches("^togglsh: %(command line%):1: no more\n", err)
    assert.is_nil(err:find("traceback", 1, true), err)
    server:fault "commit-then-drop@/groups"
    code = [[local c = toggl.client{on_error = 'return', settle = false}
      c.api.post_organization_group{organization_id = org.id, name = 'Lost'} ]] .. code
    _, err, status = sh(line:format(helper.quote(code)), e)
    assert.equal(8, status, err)
  end)

  it("with a sentence and the answer where files may not grow", function()
    local out, err, status = sh "(ulimit -f 0; $T --sandbox=5 -e 'print(#org:users())') | cat"
    assert.same({ "5\n", 0 }, { out, status }, err)
  end)

  it("with 130 when it is interrupted, in a loop and in a wait", function()
    for _, code in ipairs { "while true do end", "require('toggl.core').sleep(20)" } do
      local start = os.time()
      local _, err, status = sh(
        ("timeout --foreground -s INT --preserve-status 0.5 $T --sandbox -e %s"):format(
          helper.quote("client:organizations() " .. code)
        )
      )
      assert.same({ 130, "togglsh: interrupted\n" }, { status, err })
      assert.is_true(os.time() - start < 5)
    end
  end)
end)

describe("togglsh without a network", function()
  local e = { TOGGL_API_URL = "http://127.0.0.1:1", TOGGL_API_TOKEN = ("0"):rep(32) }

  it("says on a terminal what is tried again, and when", function()
    local seat = require "spec.terminal.seat"
    local s <close> = seat.sit(home, { "-e", "client:organizations()" }, e)
    s:see "togglsh: GET /me/organizations: the server cannot be reached; attempt 2 in [%d.]+ s; Ctrl%-C gives up\n"
    s:see "attempt 3 in"
    assert.equal(1, s:leave(20))
  end)

  it("says it once without a terminal", function()
    local _, err, status = sh("$T -e 'client:organizations()'", e)
    assert.same({ 1, 1 }, { status, count_lines(err) })
  end)
end)
