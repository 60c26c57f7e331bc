-- togglsh as a process: arguments, streams, exit statuses, the globals of scripts, and the jobs.

local helper = require "spec.helper"
local json = require "toggl.text.json"

local SHELL = helper.build .. "/togglsh"
local SHELL_PATH = (SHELL:find "^/" and "" or os.getenv "PWD" .. "/") .. SHELL

-- A separate home: specs neither read nor change files of the user.
local home

local function environment(more) return helper.environment(home, more) end

local function togglsh(...) return helper.run(environment(), SHELL, ...) end

local function sh(line, more) return helper.sh(environment(more), line) end

local write = helper.write

local function count_lines(text) return select(2, text:gsub("\n", "")) end

setup(function()
  home = os.tmpname()
  os.remove(home)
  assert(os.execute("mkdir -p " .. helper.quote(home .. "/config/toggl/scripts")))
end)

teardown(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("togglsh runs", function()
  it("code, in the order of -e and -l, with cjson at hand", function()
    local out, err, status = togglsh(
      "-e",
      "x = 1",
      "-l",
      "toggl.csv",
      "-e",
      "print(x, _G['toggl.csv'].row{x})",
      "-e",
      "print(require('cjson').encode{1})"
    )
    assert.same({ "1\t1\r\n\n[1]\n", "", 0 }, { out, err, status })
  end)

  it("a script with its arguments, whatever they look like", function()
    local path = write(home .. "/show.lua", "print(arg[0], #arg, ...)")
    local out, _, status = togglsh(path, "--output", "csv", "-e")
    assert.same({ path .. "\t3\t--output\tcsv\t-e\n", 0 }, { out, status })
  end)

  it(
    "every client of a rehearsal against the sandbox, also one that a script means for a real account",
    function()
      local path = write(
        home .. "/own.lua",
        ([[
      local toggl = require "toggl"
      for _, options in ipairs{{}, {token = %q}, {email = "ann@example.com", password = "secret"}} do
        local client <close> = toggl.client(options)
        print(client:organizations()[1].name)
      end
      org:workspace "Main":rename "Home"
      print(toggl.client{}:organization("Acme"):workspace("Home").name)]]):format(
          ("0"):rep(32)
        )
      )
      local out, err, status = togglsh("--sandbox", path)
      assert.same({ "Acme\nAcme\nAcme\nHome\n", 0 }, { out, status }, err)
    end
  )

  it("standard input", function() assert.equal("a\tb\n", (sh "echo 'print(...)' | $T - a b")) end)

  it("a job of the user's own folder", function()
    write(
      home .. "/config/toggl/scripts/hello.lua",
      "-- togglsh hello: greets.\n--\n--   togglsh hello NAME\nprint('hello', ...)"
    )
    assert.equal("hello\tAnn\n", (togglsh("hello", "Ann")))
    assert.equal("togglsh hello: greets.\n\n  togglsh hello NAME\n", (togglsh("hello", "--help")))
    assert.matches("\n  hello +greets%.\n", (togglsh "--help"))
  end)

  it("whatever needs neither client nor organization without credentials", function()
    local out, err, status =
      togglsh("-e", "print(misspelt, toggl._VERSION ~= nil, rawget(_G, 'client'))")
    assert.same({ "nil\ttrue\tnil\n", "", 0 }, { out, err, status })
  end)

  -- Without /proc togglsh cannot read its own path from there. Unmounting it requires a mount
  -- namespace.
  it(
    "without /proc, by its path, through a link, by PATH, and as the interpreter of a script",
    function()
      local rights, denied = nil, nil
      for _, words in ipairs { "-m", "-rm" } do
        local out, _, status =
          sh(("unshare %s sh -c 'mount -t tmpfs none /proc' 2>&1"):format(words))
        rights, denied = rights or status == 0 and words or nil, out
      end
      if not rights then return pending("no user here may unmount /proc: " .. denied) end
      local script = write(home .. "/script", "#!" .. SHELL_PATH .. "\nprint('script')\n")
      os.execute(("chmod 755 %s; ln -sf %s %s/linked"):format(script, SHELL_PATH, home))
      local out, err = sh(
        (
          "unshare %s bash -c 'mount -t tmpfs none /proc; cd %s; PATH=$PWD:$PATH; "
          .. 'for way in %s ./togglsh togglsh %s/linked; do $way -e "print(toggl._VERSION)"; done; %s\''
        ):format(rights, helper.build, SHELL_PATH, home, script)
      )
      assert.equal(((require("toggl")._VERSION .. "\n"):rep(4)) .. "script\n", out, err)
    end
  )

  it("nothing where its Lua files are not, and says what to do", function()
    local cache <close> = assert(io.open(helper.build .. "/CMakeCache.txt"))
    local prefix = cache:read "a":match "CMAKE_INSTALL_PREFIX:PATH=([^\n]*)"
    if os.execute("test -e " .. helper.quote(prefix .. "/bin/togglsh")) then
      return pending("togglsh is installed in " .. prefix)
    end
    local copy = home .. "/elsewhere"
    os.execute(("mkdir -p %s; cp %s %s/togglsh"):format(copy, SHELL, copy))
    local out, err, status = helper.run(environment(), copy .. "/togglsh", "-v")
    assert.same({ "", 1 }, { out, status })
    assert.matches(
      "^togglsh: its Lua files are neither beside the program nor below /[^;]*; nothing was run; "
        .. "install it: [^\n]*\n$",
      err
    )
  end)

  it("with modules of its own tree even where LUA_CPATH points elsewhere", function()
    local out = sh(
      [[$T -e 'print(require "cjson" ~= nil, #toggl.operations > 60)']],
      { LUA_CPATH = "/nowhere/?.so" }
    )
    assert.equal("true\ttrue\n", out)
  end)
end)

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
      "^togglsh: get_organization_groups: the quota of this hour is used up; "
        .. "wait until %d%d:%d%d %(%d+ minutes%), or use %-%-wait\n$",
      err
    )
    _, err, status = sh("$T --org Acme --refresh groups", e)
    assert.same({ 6, 1 }, { status, count_lines(err) })
    assert.matches("^togglsh: groups: the quota of this hour is used up; wait until ", err)
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

describe("togglsh -e", function()
  it("prints what the code returns, as --output says", function()
    assert.equal(
      "42\nnil\nAnn\n",
      (togglsh("-e", "return 42, nil, 'Ann', nil")),
      "nothing behind the last"
    )
    assert.equal("nil\n", (togglsh("-e", "return nil")))
    assert.equal("", (togglsh("-e", "local x = 42")))
    assert.matches("^ +id +name +email", (togglsh("--sandbox", "-e", "return org:users()")))
    local out =
      togglsh("--sandbox", "--output", "csv", "--columns", "email", "-e", "return org:users()")
    assert.matches("^email\r\nann@example.com\r\n", out)
    assert.equal(
      12,
      #json.decode((togglsh("--sandbox", "--output=json", "-e", "return org:users()")))
    )
    assert.equal("Acme\n", (togglsh("--sandbox", "-e", "return org.name", "--output", "table")))
  end)

  it("ends with the error that the code returns", function()
    local out, err, status = togglsh("-e", "return nil, {kind = 'partial', message = 'some'}")
    assert.same({ "", "togglsh: some\n", 5 }, { out, err, status })
  end)
end)

describe("togglsh --org", function()
  it("lists yours where it names none of them", function()
    for _, name in ipairs { "Nowhere", "4300000051" } do
      local _, err, status = togglsh("--sandbox", "--org", name, "people")
      assert.same({ 1, 1 }, { status, count_lines(err) })
      assert.matches(
        "organization "
          .. name
          .. " is not among yours: 4300000017 %(Acme%), 9007199254740993 "
          .. "%(Blue Door%); choose one with %-%-org",
        err
      )
    end
  end)

  it("says where you are not an administrator, and does not mention a token", function()
    local _, err, status = togglsh("--sandbox", "--org", "Blue Door", "people")
    assert.same({ 1, 1 }, { status, count_lines(err) })
    assert.matches(
      "you are not an administrator of Blue Door, .*%-%-org chooses another: 4300000017 %(Acme%)",
      err
    )
    assert.is_nil(err:find "token")
  end)
end)

describe("the script of the README", function()
  local path

  setup(function()
    local file <close> = assert(io.open "README.md")
    path = write(
      home .. "/offboard.lua",
      (assert(file:read "a":match "```lua\n(%-%- offboard%.lua.-)```"))
    )
  end)

  it("offboards", function()
    local both = { "--sandbox", path, "aoife5@example.com", "olive@example.com" }
    local out, err, status = togglsh(table.unpack(both))
    assert.same({ 1, 1, "" }, { status, count_lines(err), out }) -- found before the first write
    assert.equal("togglsh: olive@example.com owns the organization\n", err)
    both[4] = "ann@example.com"
    out, err, status = togglsh(table.unpack(both))
    assert.same({ "", 0 }, { err, status })
    -- two reads and two writes
    assert.matches("deactivated\n.*deactivated\n2 of 12; requests spent: 4\n$", out)
  end)

  it("says what it requires, and what it does not do", function()
    assert.same(
      { "", "togglsh: usage: togglsh offboard.lua ADDRESS...\n", 2 },
      { togglsh("--sandbox", path) }
    )
    local out, err, status = togglsh("--sandbox", path, "noor4@example.com")
    assert.same({ "", 1 }, { out, status })
    assert.matches("^togglsh: noor4@example.com has not joined yet[^\n]*\n$", err)
  end)
end)

describe("togglsh refuses", function()
  local function usage_error(pattern, ...)
    local out, err, status = togglsh(...)
    assert.same({ "", 2 }, { out, status })
    assert.matches(pattern, err)
    return err
  end

  it("unknown options, and says which was meant", function()
    usage_error(
      "unknown option '%-%-outptu', did you mean '%-%-output'",
      "--outptu",
      "csv",
      "audit"
    )
    usage_error(
      "'tabel' is none of: table, csv, tsv, json, jsonl, markdown, did you mean 'table'",
      "--output=tabel",
      "audit"
    )
    usage_error("%-%-sandbox requires an integer, got 'many'", "--sandbox=many", "-e", "")
    usage_error("%-%-sandbox requires 1 or more, got", "--sandbox=0", "-e", "")
    usage_error("%-%-org requires a value", "--org")
    usage_error("%-%-org requires a value, got an empty text", "--org", "", "people")
    usage_error("%-%-workspace requires a value, got an empty text", "invite", "--workspace= ")
    usage_error("%-%-trace takes no value", "--trace=1", "-e", "")
  end)

  it("options of its own behind a script that does not know them", function()
    local script = helper.write(home .. "/reads.lua", "toggl.options.read(arg, {})")
    usage_error("'%-%-output'; options of togglsh stand before", script, "--output=csv")
  end)

  it("unknown jobs, and names that lead out of their folder", function()
    usage_error("no job 'adit', did you mean 'audit'", "adit")
    usage_error("no job", "au.dit")
  end)

  it("options that a job does not know, and points to its help", function()
    local err = usage_error(
      "unknown option '%-%-sectoin', did you mean '%-%-section'",
      "audit",
      "--sectoin=x"
    )
    assert.matches("togglsh audit %-%-help", err)
  end)

  it("tokens among its words, before and behind a job, without repeating them", function()
    local ways = {
      { "--token=c4n4ry" },
      { "--token", "c4n4ry" },
      { "audit", "--token=c4n4ry" },
      { "--password", "c4n4ry" },
    }
    for _, words in ipairs(ways) do
      local err =
        usage_error("is not an option: every user of this machine can read", table.unpack(words))
      assert.is_nil(err:find "c4n4ry")
    end
  end)
end)

describe("togglsh --help", function()
  it("names every option and every job", function()
    local out, err, status = togglsh "--help"
    assert.same({ "", 0 }, { err, status })
    local source = helper.run(nil, "sed", "-n", "/^local SPEC/,/^}/p", "lua/toggl/shell/init.lua")
    for name in source:gmatch '\n  %[?"?([%a-]+)"?%]? = ' do
      if name ~= "interactive" then
        assert(out:find("--" .. name, 1, true), "--" .. name .. " is not in --help")
      end
    end
    for _, job in ipairs { "audit", "people", "groups", "invite", "sandbox" } do
      assert.matches("\n  " .. job .. " ", out)
    end
  end)

  it("fits 80 columns, and that of a job a manual page of 80", function()
    local function fits(width, ...)
      for line in (togglsh(...)):gmatch "[^\n]+" do
        assert.is_true(#line <= width, line)
      end
    end
    fits(80, "--help")
    for _, job in ipairs {
      "audit",
      "auth",
      "groups",
      "invite",
      "people",
      "quota",
      "report",
      "sandbox",
    } do
      fits(73, job, "--help")
    end
  end)

  it("is folded between words for a narrower window", function()
    local screen = require "toggl.text.screen"
    local _ <close> = setmetatable({}, { __close = function() screen.terminal = nil end })
    screen.terminal = { width = 40 }
    assert.equal(
      "  --top N   at most N lines of a table\n            for people",
      (screen.fold_lines "  --top N   at most N lines of a table for people")
    )
    assert.equal("as it is\n\n  is", screen.fold_lines "as it is\n\n  is")
    for line in screen.fold_lines(require "toggl.shell.usage"):gmatch "[^\n]+" do
      assert.is_true(#line <= 40, line)
    end
  end)

  it("says which ways ask before a change, and explains each exit status", function()
    local out = togglsh "--help"
    assert.matches(
      "jobs ask before they change anything; scripts and %-e do not",
      (out:gsub("%s+", " "))
    )
    for _, status in ipairs { 0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 141 } do
      assert.matches(("\n +%d  +%%a"):format(status), out)
    end
  end)
end)

describe("togglsh finds", function()
  it("the sandbox's organization, by default, name and key", function()
    local out = togglsh("--sandbox=3", "-e", "print(org.name, #org:users(), org.id)")
    local id = out:match "^Acme\t3\t(%d+)\n$"
    assert.is_truthy(id)
    assert.equal("Acme\n", (togglsh("--sandbox=3", "--org", id, "-e", "print(org.name)")))
    assert.equal("Acme\n", (togglsh("--sandbox=3", "--org=Acme", "-e", "print(org.name)")))
    local _, err, status = togglsh("--sandbox=3", "--org", "Acne", "-e", "print(org.name)")
    assert.equal(1, status)
    assert.matches("organization Acne is not among yours", err)
  end)

  it(
    "the organization from a profile or the environment, and lists them when it must be told",
    function()
      local server <close> = require("toggl.sandbox").start { port = 0 }
      local e = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
      local _, err, status = sh("$T -e 'print(org.name)'", e)
      assert.equal(2, status)
      assert.matches("you are in %d organizations: .*%(Acme%).* choose one with %-%-org", err)
      local key = sh("$T --org Acme -e 'io.write(org.id)'", e)
      for _, format in ipairs { "%s", " %s ", "%s\r\n", "'%s'", "\xEF\xBB\xBF%s" } do
        e.TOGGL_ORGANIZATION_ID = format:format(key)
        assert.equal("Acme\n", (sh("$T -e 'print(org.name)'", e)))
      end
      local before = server:requests()
      for _, value in ipairs {
        "Acme",
        "1 2",
        "-1",
        "0",
        "0x10",
        "1e3",
        "1.0",
        "99999999999999999999",
        " ",
        "\r",
      } do
        e.TOGGL_ORGANIZATION_ID = value
        for _, line in ipairs { "$T people", "$T -e 'print(org.name)'" } do
          _, err, status = sh(line, e)
          assert.equal(2, status, value)
          assert.matches(
            "^togglsh: TOGGL_ORGANIZATION_ID: .* is not an organization key[^\n]*\n$",
            err
          )
        end
      end
      assert.equal(before, (server:requests()))
    end
  )

  it("a profile: token from a command, server, organization", function()
    local server <close> = require("toggl.sandbox").start { port = 0 }
    local text = "[work]\ntoken_command = echo %s\nbase_url = %s\norganization = Acme\n"
    local path = write(home .. "/config/toggl/profiles", text:format(server:token(), server.url))
    os.execute("chmod 600 " .. helper.quote(path))
    assert.equal("Acme\n", (togglsh("--profile", "work", "-e", "print(org.name)")))
    assert.equal("Acme\n", (sh("$T -e 'print(org.name)'", { TOGGL_PROFILE = "work" })))
    local _, err, status = togglsh("--profile", "wrok", "-e", "print(client)")
    assert.equal(4, status)
    assert.matches("no profile \"wrok\".*did you mean 'work'", err)
    os.execute("chmod 640 " .. helper.quote(path))
    _, err, status = togglsh("--profile", "work", "-e", "print(client)")
    assert.equal(4, status)
    assert.matches("mode 0640.*chmod 600 '" .. path:gsub("%p", "%%%0") .. "'", err)
    os.remove(path)
  end)

  it("what was said on the command line in arg", function()
    assert.equal(
      "true\ttrue\n",
      (togglsh("--yes", "--dry-run", "-e", "print(arg.yes, arg.dry_run)"))
    )
    assert.equal("false\tfalse\n", (togglsh("-e", "print(arg.yes, arg.dry_run)")))
  end)

  it("--trace on standard error, one line an event, without the token", function()
    local server <close> = require("toggl.sandbox").start { port = 0 }
    local token = server:token()
    local e = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = token }
    local out, err = sh("$T --trace --org Acme -e 'print(org.name)'", e)
    assert.equal("Acme\n", out)
    assert.matches("request GET /me/organizations\n.*reply GET /me/organizations status 200", err)
    assert.is_nil(err:find(token, 1, true))
  end)
end)

describe("togglsh audit", function()
  it("reports to people, and what it spent: one request for each kind of thing", function()
    local out, err, status = togglsh("--sandbox=1000", "audit")
    assert.same({ "", 0 }, { err, status })
    for _, title in ipairs {
      "Plan and seats",
      "People by state",
      "Owner and administrators: %d+",
      "People in no group: %d+",
      "Inactive, or invited and never joined: %d+",
      "Groups without people: %d+",
      "Workspaces: %d+",
    } do
      assert.matches(title, out)
    end
    local n, which = out:match "Requests spent: (%d+) (%b())\n$"
    assert.is_true(tonumber(n) <= 5, which)
    assert.matches("1 get_organization_groups.*1 get_organization_workspaces_statistics", which)
  end)

  it("says the same in JSON, CSV and a table", function()
    local report = assert(json.decode((togglsh("--sandbox=40", "audit", "--output", "json"))))
    local p = report.people
    assert.equal(40, p.active + p.inactive + p.invited)
    assert.equal(40, report.plan.people)
    assert.equal("owner", report.administrators[1].role)
    assert.equal(p.inactive + p.invited, #report.not_active)
    local rows =
      require("toggl.text.csv").records((togglsh("--sandbox=40", "--output", "csv", "audit")))
    local sections = {}
    for _, row in ipairs(rows) do
      sections[row.section] = (sections[row.section] or 0) + 1
    end
    for _, name in ipairs { "administrators", "no_group", "not_active", "empty_groups", "workspaces" } do
      assert.equal(#report[name] > 0 and #report[name] or nil, sections[name], name)
      local out = togglsh("--sandbox=40", "audit", "--section", name, "--top", "0")
      assert.matches(": " .. #report[name] .. "\n", out)
    end
  end)

  it("gives a JSON object a line, and the columns that were asked for", function()
    local out = togglsh(
      "--sandbox=20",
      "audit",
      "--output=jsonl",
      "--section",
      "administrators",
      "--columns=email,role"
    )
    assert.matches('^{"email":"olive@example.com","role":"owner"}\n', out)
    for line in out:gmatch "[^\n]+" do
      assert.is_table(json.decode(line))
    end
  end)
end)

describe("togglsh jobs", function()
  it("sandbox serves any client until it is ended", function()
    local out, _, status = sh [[
      exec 3< <(exec timeout -s INT 20 $T sandbox --people=5 --seed 3 2>&1); pid=$!
      read -r url <&3; read -r token <&3
      env "$url" "$token" $T --org Acme -e 'print(#org:users())'
      kill -INT $pid; wait $pid]]
    assert.same({ "5\n", 130 }, { out, status })
    assert.equal(2, select(3, togglsh("sandbox", "--plan=gold")))
  end)

  it("people filters by state, right and text", function()
    local all = json.decode((togglsh("--sandbox=60", "people", "--output", "json")))
    assert.equal(60, #all)
    local found = 0
    for _, state in ipairs { "active", "inactive", "invited" } do
      local part =
        json.decode((togglsh("--sandbox=60", "people", "--output=json", "--state", state)))
      for _, person in ipairs(part) do
        assert.equal(state, person.state)
      end
      found = found + #part
    end
    assert.equal(60, found)
    assert.equal(
      "email\r\nolive@example.com\r\n",
      (
        togglsh(
          "--sandbox=60",
          "people",
          "--filter=olive@",
          "--output",
          "csv",
          "--columns",
          "email"
        )
      )
    )
  end)

  it("refuse columns that they do not have, before anything is asked", function()
    for _, words in ipairs {
      { "people", "name,emial" },
      { "groups", "nmae" },
      { "quota", "window,lfet" },
      { "audit", "emial" },
    } do
      local out, err, status = togglsh("--sandbox", "--trace", words[1], "--columns", words[2])
      assert.same({ "", 2 }, { out, status })
      assert.matches("there is no column '%a+', did you mean '%a+'%?", err)
      assert.is_nil(err:find "request GET")
    end
    assert.equal(0, select(3, togglsh("--sandbox", "audit", "--columns", "email,role")))
  end)

  it("people drops no column without a window, and says which had no room in one", function()
    local out = togglsh("--sandbox", "people")
    assert.matches("^ +id +name +email +state +role +groups +workspaces +user_id\n", out)
    local s <close> = require("spec.terminal.seat").sit(home, { "--sandbox", "people" })
    local text = s:see "%(no room for [%w_, ]+%)\n"
    assert.matches("user_id%)\n$", text)
    for line in text:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 100, line)
    end
    assert.equal(0, s:leave())
  end)

  it("groups lists groups, and the people of one", function()
    assert.matches("Engineering +%d", (togglsh("--sandbox", "groups")))
    assert.matches("Olive Hart +yes", (togglsh("--sandbox", "groups", "Support")))
  end)

  it("invite asks for leave, and sends nothing without it or with --dry-run", function()
    local words = {
      "--sandbox",
      "--trace",
      "invite",
      "--workspace",
      "Main",
      "--group=Support",
      "bo@example.com",
    }
    local out, err, status = togglsh(table.unpack(words))
    assert.equal(2, status)
    assert.matches("Price: 2 requests", out, 1, true)
    assert.matches("%-%-yes", err)
    assert.is_nil(err:find "POST")
    words[#words + 1] = "--dry-run"
    out, err, status = togglsh(table.unpack(words))
    assert.equal(3, status)
    assert.matches("mail goes out", out, 1, true)
    assert.matches(
      "would ask: Invite bo@example%.com into Acme, workspaces Main, groups Support%?",
      err
    )
    assert.is_nil(err:find "POST")
    words[#words] = "--yes"
    out, err, status = togglsh(table.unpack(words))
    assert.equal(0, status)
    assert.matches("+ invite     1 person", out, 1, true)
    assert.matches("POST", err)
    assert.matches("of 1 change: 1 done; 2 requests spent, 2 was the price", err, 1, true)
  end)
end)

describe("numbers and days of options", function()
  local folder
  setup(function() folder = helper.scratch() end)
  teardown(function() helper.remove(folder) end)

  local function refused(expected, ...)
    local out, err, status = helper.run(helper.environment(folder), helper.build .. "/togglsh", ...)
    assert.same({ "", 2 }, { out, status }, err)
    assert.matches(expected, err, 1, true)
  end

  it("below the least one are refused, before and behind the name of a job", function()
    for option, words in pairs {
      ["--limit"] = { "people", "--limit", "-1" },
      ["--top"] = { "audit", "--top", "-3" },
      ["--reserve"] = { "apply", "x.lua", "--reserve", "-5" },
      ["--least-admins"] = { "plan", "x.lua", "--least-admins", "-1" },
      ["--allow-removals"] = { "sync", "x.csv", "--allow-removals=-1" },
      ["--wait"] = { "people", "--wait=-1" },
      ["--max-requests"] = { "--max-requests", "-1", "people" },
      ["--latency"] = { "sandbox", "--latency", "-5" },
      ["--port"] = { "sandbox", "--port", "-1" },
    } do
      refused(option .. " requires 0 or more, got -", table.unpack(words))
    end
    refused("--people requires 1 or more, got 0", "sandbox", "--people", "0")
    refused("--sandbox requires 1 or more, got -3", "--sandbox=-3", "people")
  end)

  it("that are on no calendar, and words that are not looked at, are refused", function()
    for _, day in ipairs { "2026-13-45", "2026-02-30", "2026-00-10", "today" } do
      refused("--since requires a day as 2026-11-28, got '" .. day, "journal", "--since", day)
    end
    refused("journal status takes no 'x'", "journal", "status", "x")
    refused("journal show takes no '2'", "journal", "show", "1", "2")
    refused("journal takes show, close, status or mend, got 'list'", "journal", "list", "x")
  end)
end)
