-- togglsh as a user sees it: at a pseudo-terminal, key by key.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local home

local read = helper.content

local function sit(words, more) return seat.prompt(home, words, more) end

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

  it("goes on after an error object that holds anything", function()
    for _, line in ipairs {
      "error{kind = true}",
      "error{kind = {}}",
      "error{kind = 'x', message = setmetatable({}, {__tostring = error})}",
      "error{kind = 'x', message = print, operation = {}}",
      "error{kind = 'decode', message = 'm', operation = 'get_me', reason = 'body'}",
      "error{kind = 'quota', message = 'm', operation = 'get_me', reason = 'window', retry_after = 1/0}",
      "error(setmetatable({}, {__index = function() error 'x' end}))",
      "error(setmetatable({}, {__index = function() return {} end}))",
      "return nil, {kind = {}}",
    } do
      local e = { HOME = home, T = helper.build .. "/togglsh", LINE = line }
      local out, err, status =
        helper.run(e, "bash", "-c", [[printf '%s\n6 * 7\n' "$LINE" | $T --sandbox -i]])
      assert.same({ "42\n", 0 }, { out:match "42\n$", status }, line .. err)
      out, err, status = helper.run(e, "bash", "-c", '$T --sandbox -e "$LINE"')
      assert.not_matches("lua/toggl/shell/init", err, nil, line)
      assert.matches("^togglsh: .", err, nil, line)
      assert.is_true(status > 0 and status < 10 and out == "", line)
    end
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
