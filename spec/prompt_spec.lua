-- togglsh as a user sees it: at a pseudo-terminal, key by key.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

-- A limit of TSan: see spec/endings_spec.lua
local HELD = "a handler waits for the next call of libc, and a loop of Lua has none"
local SOON = 0.2 * helper.pace -- seconds within which the prompt must be back after Ctrl-C

local home

local read, mode = helper.content, helper.mode

-- Start togglsh with a prompt, by default of a sandbox.
local function sit(words, more)
  local s = seat.sit(home, words or { "--sandbox=60" }, more)
  s:see "> $"
  return s
end

before_each(function() home = seat.home() end)
after_each(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("the prompt", function()
  it("shows no window while the store is held, and tells of any other failure, once", function()
    local s <close> = sit { "--sandbox=12", "--org", "Acme" }
    s:run "org.id, #org:users()"
    local text =
      s:run "package.loaded['toggl.class.common'].by_key_or_name = nil rawset(_G, 'org', nil)"
    assert.matches("what is left of the quota is not shown: .*by_key_or_name", text)
    assert.is_nil(s:run("1 + 1"):find "not shown")
    s:run "client:close()"
    assert.is_nil(s:run("client = 5"):find "not shown")
  end)

  it("goes on after a first line that leaves no file descriptor", function()
    local program = helper.quote(helper.build .. "/togglsh")
    local words = { "-c", "ulimit -n 40; exec " .. program .. " --offline" }
    local s <close> = seat.sit(home, words, nil, "/bin/sh")
    s:see "> $"
    s:run "held = {} repeat held[#held + 1] = io.open '/dev/null' until not io.open '/dev/null'"
    assert.matches("\n42\n", s:run "6 * 7")
    assert.matches("there is no command :quut, did you mean ':quit'", s:run ":quut")
    assert.matches("attempt to perform arithmetic", s:run "1 + nil")
  end)

  it("prints expressions, keeps the last two results, and says what a mistake was", function()
    local s <close> = sit()
    assert.matches("\n42\n", s:run "6 * 7")
    assert.matches("\n43\n", s:run "_ + 1")
    assert.matches("\n85\n", s:run "_ + __")
    assert.matches("\nnil\n", s:run "nothing_of_this_name")
    assert.matches("\nline 1: unexpected symbol near '%)'", s:run "1 + )")
    local text = s:run "local function f() return nil + 1 end return (f())"
    assert.matches("arithmetic on a nil value\nstack traceback:\n.*in local 'f'", text)
    assert.is_nil(text:find "xpcall" or text:find "prompt.lua")
  end)

  it("says what lacks its call, and lets an unfinished block be left", function()
    local s <close> = sit()
    assert.matches("\norg:users is a method: write org:users%(%)\n", s:run "org:users")
    assert.matches("write org:group%(%)", s:run "print(1) org:group")
    assert.matches(
      '\norg:group "Support":add is a method: write org:group "Support":add%(%)\n',
      s:run 'org:group "Support":add -- Ann'
    )
    assert.matches("\norg: requires a name after it; Tab lists", s:run "x = org:")
    assert.matches("\nclient.api. requires a name", s:run "client.api.")
    s:type "for i = 1, 2 do\r"
    s:see "an empty line leaves it.*>> $"
    assert.matches("the block was not complete: it was not run\n", s:run "")
    s:type "for i = 1, 2 do\r"
    s:see ">> $"
    assert.matches("it was not run\n.*quota", s:run ":quota")
    assert.matches("\n4\n", s:run "2 + 2")
  end)

  it(
    "shows no traceback that names nothing but the line itself, and says which method was meant",
    function()
      local s <close> = sit()
      local text = s:run "org:grops()"
      assert.matches(
        "\nstdin:1: organization has no field or method 'grops'; did you mean org:groups%?\n",
        text
      )
      assert.is_nil(text:find "traceback")
      text = s:run "org:invite{emails = {'a@b.test'}}"
      assert.matches("argument 'workspaces' is missing; nothing was sent\n", text)
      assert.is_nil(text:find "traceback")
      assert.matches(
        "no field or method 'nothing_like_it'; toggl.help \"organization\" lists what there is",
        s:run "org:nothing_like_it()"
      )
      assert.matches("method 'nothing_like_it'%)\n", s:run "t = {} t:nothing_like_it()")
    end
  )

  it(
    "says of the module and of .api where to look, and of an empty list that it is empty, once",
    function()
      local s <close> = sit()
      assert.matches("\ntoggl %d[%d.]+; help%(toggl%) lists what is in it\n", s:run "toggl")
      assert.matches("\n{}, and names that are made on first use", s:run "client.api")
      assert.matches("\n%(none%)\n%(%d requests?%)\n", s:run "org:users{filter = 'zzzz'}")
    end
  )

  it("folds help to the window", function()
    local s <close> = sit(nil, { COLUMNS = "60" })
    for _, line in ipairs { ":help", "?org.invite", "help()" } do
      local text = s:run(line)
      assert.matches("\n", text)
      for shown in text:gmatch "[^\n]+" do
        local code = shown:find "example"
          or shown:find '^ *help ["(]'
          or shown:find "/organizations/"
        assert.is_true(code ~= nil or utf8.len(shown) <= 60, shown)
      end
    end
  end)

  it("prints one sentence for an error of the server", function()
    local s <close> = sit()
    local text = s:run "org:user 'nobody@x.test'"
    assert.matches("not_found: user email nobody@x.test was not found;", text)
    assert.is_nil(text:find "traceback")
  end)

  it("goes on while a block is open, and Ctrl-C drops it", function()
    local s <close> = sit()
    s:type "for i = 1, 2 do\r"
    s:see ">> $"
    s:type "print('n', i)\r"
    s:see ">> $"
    assert.matches("\nn%s+1\nn%s+2\n", s:run "end")
    s:type "print(\r"
    s:see ">> $"
    s:key "interrupt"
    s:see "%^C\n.*[^>]> $"
    assert.matches("\n2\n", s:run "1 + 1")
  end)

  it("leaves at Ctrl-D, at :quit, and with 0", function()
    for _, keys in ipairs { "\4", ":quit\r", "quit\r", "quit()\r" } do
      local s <close> = sit()
      s:type(keys)
      assert.equal(0, s:leave())
    end
  end)

  it("shows lists as tables that fit the window, and what they cost", function()
    local s <close> = sit()
    local text = s:run "org:users()"
    assert.matches("\nname +email .* groups +workspaces\n", text)
    assert.matches("%(60 rows%)\n", text)
    assert.matches("%(%d requests%)", text)
    for line in text:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 100, line)
    end
  end)

  it("gives what is longer than the window to a pager", function()
    local s <close> = sit(nil, { PAGER = "sed s/^/paged:/" })
    assert.matches("paged:Ann Lee", s:run "org:users()")
    assert.is_nil((s:run "1"):find "paged")
    local t <close> = sit(nil, { PAGER = "", PATH = "/nowhere" })
    t:type "org:users()\r"
    t:see "more: Enter, q ends"
    t:run "q"
  end)

  it("tells less that the text is UTF-8, unless the variables say what it is", function()
    local folder = helper.scratch()
    helper.write(folder .. "/less", "#!/bin/sh\necho charset=$LESSCHARSET\n")
    assert(os.execute("chmod +x " .. folder .. "/less"))
    local variables = { PAGER = "", PATH = folder .. ":/usr/bin:/bin" }
    local s <close> = sit(nil, variables)
    assert.matches("charset=utf%-8", s:run "org:users()")
    variables.LESSCHARSET = "latin1"
    local t <close> = sit(nil, variables)
    assert.matches("charset=latin1", t:run "org:users()")
    helper.remove(folder)
  end)

  it("shows terminal escapes of names and does not obey them", function()
    local s <close> = sit()
    local text = s:run [[{name = "\27[31mred\27]0;title\7"}]]
    assert.matches("\\e%[31mred\\e%]0;title", text)
    assert.matches("\\e%[2Jx", s:run [["\27[2Jx"]])
    assert.matches("\\e%[2Jy\t\\r\n", s:run [[print("\27[2Jy", "\r")]])
    assert.is_nil(s.all:find("\27]0;title", 1, true))
    assert.is_nil(s.all:find("\27[2Jx", 1, true))
  end)

  it("tells profile, organization, and what is left of the quota until when", function()
    local s <close> = sit({ "--sandbox=60", "-e", "toggl = require 'toggl'", "-i" })
    assert.matches("sandbox:Acme> $", s:screen())
    s:run "client:learn(org.id, 27, 1800, 30)"
    assert.matches("sandbox:Acme 27 left until %d%d:%d%d> $", s:run "1")
    assert.matches("OFFLINE> $", s:run ":offline on")
    assert.matches("27 left until %d%d:%d%d> $", s:run ":offline off")
  end)

  it("adds what is left of the quota to the first prompt", function()
    local words = { "--sandbox=60", "--org", "Acme", "-e", "client:learn(org.id, 27, 1800, 30)" }
    words[#words + 1] = "-i"
    local s <close> = sit(words)
    local prompt = "sandbox:Acme 27 left until %d%d:%d%d> "
    assert.matches("\n" .. prompt .. "$", s:run "1")
    assert.matches("\nsandbox:Acme> " .. prompt .. "1\n", s:screen())
  end)

  it("tells below the first prompt why what is left is not known", function()
    local fault = "package.loaded['toggl.class.common'].by_key_or_name = nil"
    local more = "client:learn(org.id, 27, 1800, 30) org = nil"
    local s <close> = sit { "--sandbox=60", "--org", "Acme", "-e", more, "-e", fault, "-i" }
    s:type "1\r"
    s:see "1\n1\n.*> $"
    local told = "\nsandbox:Acme> what is left of the quota is not shown: [^\n]*\nsandbox:Acme> 1\n"
    assert.matches(told, s:screen())
  end)

  it("has no colour where none is wanted", function()
    for _, more in ipairs { { NO_COLOR = "1" }, { TERM = "dumb" } } do
      local s <close> = sit(nil, more)
      s:run "org:users()"
      assert.is_nil(s.all:find "\27%[[%d;]*m")
    end
    local s <close> = sit()
    s:run "org:users()"
    assert.truthy(s.all:find "\27%[1m")
  end)

  it("works without an editor, and reads lines from a pipe", function()
    local s <close> = sit({ "--sandbox=60", "--no-editor" })
    assert.matches("\n42\n", s:run "6 * 7")
    s:key "interrupt"
    s:see "> $"
    s:key "finish"
    assert.equal(0, s:leave())
    local out = helper.run(
      { HOME = home, T = helper.build .. "/togglsh" },
      "bash",
      "-c",
      "printf '6 * 7\\nx = 5\\nfor i = 1, 1 do\\nprint(x)\\nend' | $T --sandbox -i"
    )
    assert.equal("42\n5\n", out)
    out = helper.run(
      { HOME = home, T = helper.build .. "/togglsh" },
      "bash",
      "-c",
      "printf 'for i = 1, 1 do\\n\\nprint(i)\\n\\nend\\n' | $T --sandbox -i"
    )
    assert.equal("1\n", out)
  end)

  it("says why lines cannot be edited where the editor cannot be loaded, and reads them", function()
    local there = home .. "/there"
    local lay =
      "mkdir -p '%s/toggl' && cp -rL '%s/togglsh' lua '%s' && cp '%s'/toggl/*.so '%s/toggl'"
    assert(os.execute(lay:format(there, helper.build, there, helper.build, there)))
    assert(os.remove(there .. "/toggl/edit.so"))
    local s <close> = seat.sit(home, { "--sandbox=12" }, nil, there .. "/togglsh")
    assert.matches("togglsh: lines cannot be edited: .*/toggl/edit%.so: cannot open", (s:see "> $"))
    assert.matches("\n42\n", s:run "6 * 7")
    s:key "finish"
    assert.equal(0, s:leave())
  end)

  it("runs standard input as one script without a terminal", function()
    local out = helper.run(
      { HOME = home, T = helper.build .. "/togglsh" },
      "bash",
      "-c",
      "printf 'print(1)\\nprint(2)' | $T"
    )
    assert.equal("1\n2\n", out)
  end)
end)

describe("a pasted block", function()
  it("is read whole and runs once", function()
    local s <close> = sit()
    s:paste "n = (n or 0) + 1\nlocal t = 0\nfor i = 1, 3 do\n\tt = t + i\nend\nprint('sum', t, n)\n"
    assert.matches("\nsum%s+6%s+1\n", (s:see "\nsum.*[^>]> $"))
    assert.matches("\n1\n", s:run "n")
  end)

  it("stays in the line until Enter where it does not end one", function()
    local s <close> = sit()
    s:paste "k = 5\nk + 1"
    s:see "k %+ 1"
    assert.matches("\n6\n", s:run "")
  end)

  it("keeps what is no text out of the line", function()
    local s <close> = sit()
    s:paste "'a\27[31m\1b\xffc'"
    assert.matches("\na%[31mbc\n", s:run "")
  end)

  it("can have any length", function()
    local s <close> = sit()
    local lines = {}
    for i = 1, 300 do
      lines[i] = ("total = (total or 0) + %d"):format(i)
    end
    s:paste(table.concat(lines, "\n") .. "\n")
    s:see("300.*[^>]> $", 20)
    assert.matches("\n45150\n", s:run "total")
  end)
end)

describe("the history", function()
  it(
    "is a file of 0600 that two shells share, without secrets and lines that start with a space",
    function()
      local a <close> = sit()
      local b <close> = sit()
      a:run "1 + 10"
      a:run " 2 + 20"
      a:run "x = {token = '1971800d4d82861d8f2c1651fea4d212'}"
      a:run "password = 'geheim'"
      b:run "3 + 30"
      a:run "4 + 40"
      local path = home .. "/state/toggl/history"
      assert.same({ "1 + 10\n3 + 30\n4 + 40\n", "600" }, { read(path), mode(path) })
      b:run "5"
      b:type "\27[A\27[A"
      b:see "4 %+ 40"
      assert.matches("\n44\n", b:run "")
    end
  )

  it(
    "leaves out a present secret of a client in whatever line, though it looks like none",
    function()
      local server <close> = helper.sandbox { port = 0, record = false }
      local secret = server:password_of "olive@example.com"
      local login =
        "function login(p) return toggl.client{email = 'olive@example.com', password = p} end"
      local s <close> = seat.sit(home, { "-e", login, "-i" }, {
        TOGGL_API_URL = server.url,
        TOGGL_API_TOKEN = "olive@example.com",
        TOGGL_PASSWORD = secret,
      })
      s:see "> $"
      s:run(("x = %q"):format(secret))
      s:run "other = login 'Anders 7!'"
      s:run "y = 'Anders 7!'" -- a client has this password now
      s:run "other:close() other = nil"
      s:run "z = 'Anders'"
      assert.equal(
        "other = login 'Anders 7!'\nother:close() other = nil\nz = 'Anders'\n",
        read(home .. "/state/toggl/history")
      )
    end
  )

  it("leaves out what stands behind the name of a secret, however it is written", function()
    local s <close> = sit()
    for _, line in ipairs {
      "x = {token --[[mine]] = 'geheim'}",
      "x = {[ [[password]] ] = 'geheim'}",
      "x = {['api_token'] = 'geheim'}",
      "toggl_core = pcall(require 'toggl.core'.keyring_set, 'toggl:x', 'geheim')",
      "f = function() return print, 'passphrase', 'geheim' end",
    } do
      s:run(line)
    end
    s:run "kept = tokens"
    s:run "kept = org.name"
    assert.equal("kept = tokens\nkept = org.name\n", read(home .. "/state/toggl/history"))
  end)

  it("keeps a block as one entry", function()
    local s <close> = sit()
    s:type "for i = 1, 1 do\r"
    s:see ">> $"
    s:run "print(i) end"
    assert.equal("for i = 1, 1 do\\nprint(i) end\n", read(home .. "/state/toggl/history"))
    s:type "\27[A"
    s:see "print%(i%) end"
    assert.matches("\n1\n", s:run "")
  end)

  it("is not kept in a file that others can read", function()
    os.execute(
      ("mkdir -p -m 700 %s/state/toggl; touch %s/state/toggl/history; chmod 644 %s/state/toggl/history"):format(
        home,
        home,
        home
      )
    )
    local s <close> = sit()
    s:run "1 + 10"
    assert.matches("history is not kept: .*has mode 0644.*chmod 600", s:screen())
    assert.equal("", read(home .. "/state/toggl/history"))
  end)
end)

describe("the Tab key", function()
  -- Check that the line is EXPECTED after TEXT and Tab.
  local function completed(s, text, expected)
    s:type(text .. "\t")
    s:see(expected)
    s:key "interrupt"
    s:see "%^C\n.*[^>]> $"
  end

  it("shows the expression that ends a line of statements", function()
    local s <close> = sit()
    assert.matches("\nAnn Lee\n", s:run "u = org:user 'ann@example.com'; u.name")
    assert.matches("stdin:1: .*did you mean 'joined'", s:run "x = 1; u.joned")
  end)

  it("completes globals, methods, fields, operations and arguments, without a request", function()
    local s <close> = sit()
    completed(s, "togg", "toggl$")
    completed(s, "org:each_users_", "org:each_users_detailed$")
    completed(s, "client.api.get_organization_users_d", "get_organization_users_detailed$")
    completed(s, "org:users{ active_st", "active_status = $")
    completed(s, 'org:users{ active_status = "inv', 'invited"$')
    completed(s, "toggl.client{ prof", "profile = $")
    completed(s, "string.form", "string.format$")
    completed(s, ":offl", ":offline$")
    completed(s, ":load CONTR", "CONTRIBUTING%.md$")
    completed(s, ":save spec/fixt", "spec/fixtures/$")
    completed(s, "?organization.rena", "organization.rename$")
    assert.matches("\n0\n", s:run "client:cost().total")
    s:run "org"
    completed(s, "org.pricing_plan_n", "pricing_plan_name$")
    s:run "list = {one = 1, two = {inner = 2}}"
    completed(s, "list.two.in", "list.two.inner$")
  end)

  it("completes names, addresses and keys from the store", function()
    local s <close> = sit()
    s:run "org:users(); org:groups(); client:workspaces()"
    s:run "before = client:cost().total"
    completed(s, 'org:user "ann@', 'ann@example.com"$')
    completed(s, 'org:group "Engi', 'Engineering"$')
    completed(s, "org:workspace('Ma", "Main'$")
    completed(s, "org:invite{ groups = {org:group 'Supp", "Support'$")
    s:type "org:user{ user_id = 310000000\t\t"
    s:see "3100000001  .*user_id = 310000000"
    s:key "interrupt"
    s:see "[^>]> $"
    assert.matches("\n0\n", s:run "client:cost().total - before")
  end)

  it(
    "says what reads the names where the store has none, and keeps those that a change drops",
    function()
      local s <close> = sit()
      s:type 'org:group "Sup\t'
      s:see '%(the store knows no group: org:groups%(%) reads them%)\n.*org:group "Sup$'
      s:key "interrupt"
      s:see "[^>]> $"
      s:run "org:groups(); org:users()"
      s:run ":write on"
      s:run "org:group('Support'):rename 'Support'"
      completed(s, 'org:group "Sup', 'Support"$')
      completed(s, 'org:user "ann@', 'ann@example.com"$')
      completed(s, "toggl.oper", "toggl.operations$")
    end
  )

  it("offers no syntax error, and what every record has behind all else", function()
    local s <close> = sit()
    s:run "u = org:users()[1]"
    s:type "u.\t\t"
    local text = s:see "2fa_enabled.*u%.$"
    assert.matches('%["2fa_enabled"%]', text)
    assert.is_nil(text:find '[^"]2fa_enabled')
    local candidates =
      require("toggl.shell.choices").fitting({ "raw", "place", "rename", "add", "detach" }, "")
    assert.same({ "add", "rename", "detach", "place", "raw" }, candidates)
    s:key "interrupt"
    s:see "[^>]> $"
    completed(s, 'u["2fa', 'u%["2fa_enabled"$')
    completed(s, 'u["em', 'u%["email"$')
  end)

  it("shows what may follow, and keeps the line", function()
    local s <close> = sit()
    s:type "org:user\t\t"
    s:see "user +users +users_detailed\n.*org:user$"
    s:key "interrupt"
    s:see "[^>]> $"
  end)
end)

describe("help", function()
  it("explains methods, operations and names without running them", function()
    local s <close> = sit()
    assert.matches("org:invite{.*emails .*cost .*example ", s:run "?org.invite")
    assert.matches(
      "GET /organizations/{organization_id}/users",
      s:run 'help "get_organization_users"'
    )
    assert.matches("org:invite{", s:run ":help org:invite")
    assert.matches(":csv .*:watch N .*:quit", s:run ":help")
    assert.matches("\n0\n", s:run "client:cost().total")
    assert.matches("org:invite{", s:run "help(org.invite)")
  end)
end)

describe("commands", function()
  it("write the last result as CSV, JSON and JSON lines, and into a file", function()
    local s <close> = sit()
    s:run "{{id = 1, name = 'Ann'}, {id = 2, name = 'Bo'}}"
    assert.matches("\nid,name\n1,Ann\n2,Bo\n", s:run ":csv")
    assert.matches('\n{"id":1,"name":"Ann"}\n{"id":2', s:run ":jsonl")
    assert.matches('%[\n  {\n    "id": 1', s:run ":json")
    s:run(":save " .. home .. "/out.csv")
    assert.equal("id,name\r\n1,Ann\r\n2,Bo\r\n", read(home .. "/out.csv"))
    assert.matches("which format", s:run ":save out.doc")
    assert.matches(
      "error: nothing was saved: there is no folder /nope\n",
      s:run ":save /nope/out.csv"
    )
    s:run(":save " .. home .. "/out.lua")
    assert.matches("\nshow%({{id = 1, name = 'Ann'}", read(home .. "/out.lua"))
  end)

  it("ask the store by SQL", function()
    local s <close> = sit()
    s:run "org:users()"
    local query = ":sql SELECT name, email FROM users WHERE email LIKE 'ann@%'"
    assert.matches("\nname +email\n.*\nAnn Lee +ann@example.com\n", s:run(query))
    assert.matches("users ", s:run ":sql")
  end)

  it("time, and repeat until Ctrl-C", function()
    local s <close> = sit()
    assert.matches("\n0%.%d+ s\n7\n", s:run ":time 3 + 4")
    s:type ":watch 0.1 os.time()\r"
    s:see "every 0.1 s.*every 0.1 s"
    s:key "interrupt"
    s:see("interrupted\n.*[^>]> $", 1)
  end)

  it("show quota windows by name, and what is unknown of them", function()
    local s <close> = sit()
    s:run "org:roles()"
    local text = s:run ":quota"
    assert.matches("\nyour account +unknown +unknown +%- +1\n", text)
    assert.matches("\nAcme %(4300000017%) +unknown +unknown +%- +1\n", text)
    s:run "client:learn(org.id, 27, 1800, 30)"
    assert.matches("\nAcme %(4300000017%) +27 +30 +%d%d:%d%d +1\n", s:run ":quota")
    assert.matches('by_window +{"4300000017":1,"user":1}', s:run "client:cost()")
  end)

  it("say what there is where there is no such command", function()
    local s <close> = sit()
    assert.matches("there is no command :quotas, did you mean ':quota'%?", s:run ":quotas")
    assert.matches("usage: :watch requires a number of seconds", s:run ":watch x")
    assert.matches("usage: :offline requires on or off, got 'maybe'", s:run ":offline maybe")
    assert.matches("usage: line 1: unexpected symbol near <eof>", s:run ":watch 5 1 +")
  end)
end)

describe("a change", function()
  it("is sent without a question after :write on, and with --yes", function()
    local s <close> = sit()
    assert.matches("WRITE> $", s:run ":write on")
    assert.matches(
      "\ngroup Support: renamed to Machines\n",
      s:run "org:group('Support'):rename 'Machines'"
    )
    local t <close> = sit { "--sandbox=60", "--yes" }
    assert.matches(
      "\ngroup Support: renamed to Machines\n",
      t:run "org:group('Support'):rename 'Machines'"
    )
  end)
end)

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
