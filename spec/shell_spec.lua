-- togglsh as a process: what it runs, with which organization, and the globals of scripts.

local helper = require "spec.helper"
local json = require "toggl.text.json"

local SHELL = helper.build .. "/togglsh"
local SHELL_PATH = (SHELL:find "^/" and "" or os.getenv "PWD" .. "/") .. SHELL

-- A separate home: specs neither read nor change files of the user.
local home

local function togglsh(...) return helper.run(helper.environment(home), SHELL, ...) end

local function sh(line, more) return helper.sh(helper.environment(home, more), line) end

local write = helper.write

local function count_lines(text) return select(2, text:gsub("\n", "")) end

setup(function()
  home = helper.scratch()
  assert(os.execute("mkdir -p " .. helper.quote(home .. "/config/toggl/scripts")))
end)
teardown(function() helper.remove(home) end)

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
    local out, err, status = helper.run(helper.environment(home), copy .. "/togglsh", "-v")
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
