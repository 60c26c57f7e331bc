-- The commands of the prompt, at a terminal and through a pipe, and the table that defines them.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"
local rows = require "toggl.words.prompt"
local toggl = require "toggl"

local home, read = nil, helper.content

before_each(function() home = seat.home() end)
after_each(function() helper.remove(home) end)

local function sit(words, more) return seat.prompt(home, words or { "--sandbox=12" }, more) end

-- Run LINES at the prompt of a sandbox, through a pipe. Return standard output and error.
local function typed(lines, more)
  helper.write(home .. "/typed", table.concat(lines, "\n") .. "\n")
  local environment = helper.environment(home, more)
  environment.F = home .. "/typed"
  local out, err = helper.sh(environment, "$T --sandbox=12 -i <$F")
  return out, err
end

local function start_file(text, mode)
  local folder = home .. "/config/toggl"
  os.execute("mkdir -p -m 700 " .. folder)
  helper.write(folder .. "/init.lua", text)
  os.execute(("chmod %s %s/init.lua"):format(mode or "600", folder))
end

describe("the table of commands", function()
  it("has a function for each row, and no function lacks a row", function()
    local functions, names = require("toggl.shell.commands").functions, {}
    for _, row in ipairs(rows.commands) do
      assert.is_function(functions[row.name], row.name)
      assert.is_nil(names[row.name], row.name)
      names[row.name] = true
      for _, short in ipairs(row.also or {}) do
        assert.equal(row, rows.command(short))
      end
    end
    for name in pairs(functions) do
      assert.is_true(names[name], name)
    end
  end)

  it("is what help, Tab, the guide, the reference and the manual page show", function()
    local list = require("toggl.shell.commands").list():gsub("%s+", " ")
    local complete = require("toggl.shell.complete").candidates
    local plain = {}
    for _, path in ipairs { "doc/togglsh.md", "doc/reference.md", "doc/togglsh.1" } do
      plain[path] = read(path):gsub("\\fR", ""):gsub("\\f[BI]", ""):gsub("\\", "")
    end
    for _, row in ipairs(rows.commands) do
      local doc = row.doc:gsub("%s+", " ")
      assert.truthy(list:find(doc, 1, true), row.name)
      local found
      for _, name in ipairs((complete(":" .. row.name))) do
        found = found or name == ":" .. row.name
      end
      assert.is_true(found, row.name)
      for path, text in pairs(plain) do
        assert.truthy(text:find(row.doc, 1, true), row.name .. " in " .. path)
      end
    end
  end)

  it("says what Tab offers behind a command", function()
    local complete = require("toggl.shell.complete").candidates
    assert.same({ "on", "off" }, (complete ":wait "))
    assert.same({ "refresh" }, (complete ":quota re"))
    assert.same({ "csv", "tsv" }, { table.unpack((complete ":set output "), 2, 3) })
    assert.equal("output", (complete ":set ")[1])
    assert.same({}, (complete ":save x"))
    assert.same({ { "admins" }, "ad" }, { complete(":alias ad", { aliases = { admins = "x" } }) })
    assert.truthy(table.concat((complete ":help "), " "):find "organization.invite")
    assert.truthy(table.concat((complete ":csv or"), " "):find "org")
  end)
end)

describe(":save FILE.lua", function()
  local POOL = {
    "org:groups()",
    "#org:users()",
    "org.name, org.id",
    "x = (x or 0) + 1",
    "x",
    "nothing_of_this_name",
    "_ == nil, __ == nil",
    "local y = 5 return y, nil, 'z'",
    "local y = 7; z = y + 1",
    "do local y = 9 print(y) end",
    "org:group 'Support'.name -- its name",
    "('ab'):rep(2)",
    "(t or {}).x = 1",
    "t = t or {}; t[#t + 1] = #t",
    "(t or {})[1]",
    "for i = 1, 2 do\n  local n = i * 2\n  print(i, n)\nend",
    "q = 4\nq + 1",
    "if q then return 'early' end print 'late'",
    "function double(n) return n * 2 end",
    "double and double(21)",
    "toggl.map({1, 2}, function(n) return n + 1 end)[2]",
    "show = 5",
    "show",
    "goto done print 'skipped' ::done::",
    "help 'quota'",
    ":sql SELECT name FROM groups ORDER BY name",
    ":csv org:groups()",
    ":json",
    ":time 1 + 2",
    ":org Acme",
    ":wait on",
    "error 'no'",
    "1 + )",
    "...",
    "x, z = 1, ...",
    "s = [[\na text\n]]",
    "#(s or '')",
    "client:cost().total < 100",
    "org:user { email = 'olive@example.com' }.email",
  }

  -- Remove what the prompt alone shows: counts of rows, and {} for an empty table.
  local function shown(text)
    text = ("\n" .. text):gsub("%(%d+ rows?[^\n]*%)\n", ""):gsub("\n{}%f[\n]", "\n(none)")
    return text
  end

  it("writes a script that prints what the prompt printed", function()
    local seed = os.time()
    math.randomseed(seed)
    for round = 1, 6 do
      local lines = {}
      for i = 1, 25 do
        lines[i] = POOL[math.random(#POOL)]
      end
      lines[#lines + 1] = ":save " .. home .. "/session.lua"
      local out, err = typed(lines)
      local script = read(home .. "/session.lua")
      local context = ("seed %d, round %d: %s\n%s\n%s"):format(seed, round, err, script, out)
      assert.truthy(script, context)
      local again, fault, status =
        helper.sh(helper.environment(home), "$T --sandbox=12 " .. home .. "/session.lua")
      assert.equal(0, status, fault .. context)
      if shown(out) ~= shown(again) then
        helper.write(home .. "/prompt", shown(out))
        helper.write(home .. "/script", shown(again))
        local difference = helper.run(nil, "diff", home .. "/prompt", home .. "/script")
        error(context .. "\n--- at the prompt, and by the script:\n" .. difference)
      end
    end
  end)

  it("runs with what -e, -l and the start file made", function()
    start_file "function doubled(n) return 2 * n end"
    local file = home .. "/s.lua"
    helper.write(home .. "/typed", ("doubled(seven)\njson.encode{1}\n:save %s\n"):format(file))
    local environment = helper.environment(home)
    local words = ("$T --sandbox=12 -e 'seven = 7' -l json=cjson -i <%s/typed"):format(home)
    assert.equal("14\n[1]\n", (helper.sh(environment, words)))
    assert.equal("14\n[1]\n", (helper.sh(environment, "$T --sandbox=12 " .. file)))
  end)

  it("leaves out what may hold a secret, and says so", function()
    typed { "x = {token = 'geheim'}", "1 + 1", ":save " .. home .. "/s.lua" }
    local script = read(home .. "/s.lua")
    assert.is_nil(script:find "geheim")
    assert.matches("Left out, since it may hold a secret: 1 line%.\n", script)
  end)
end)

describe("settings", function()
  it("are shown and changed by :set, and by their own commands", function()
    local out, err = typed {
      ":set output csv",
      "{{id = 1, name = 'A, B'}}",
      ":set columns name",
      "{{id = 1, name = 'A'}}",
      ":set columns all",
      ":set output tsv",
      "{{id = 1, name = 'A\tB'}}",
      ":set output table",
      ":set wait 20",
      ":set",
      ":set outptu csv",
      ":set output cvs",
      ":wait maybe",
    }
    assert.matches('^id,name\r\n1,"A, B"\r\nname\r\nA\r\nid\tname\n1\tA\\tB\n', out)
    assert.matches("\noutput +table +Format", out)
    assert.matches("\nwait +20 +Calls wait", out)
    assert.matches("there is no setting 'outptu', did you mean 'output'%? :set lists them", err)
    assert.matches("requires one of table, .*, got 'cvs', did you mean 'csv'%?", err)
    assert.matches(":wait requires on, off or a number of seconds, got 'maybe'", err)
  end)

  it("let calls wait for quota, and no longer", function()
    local out, err = typed {
      "server = client:sandbox()",
      "server:set{ plan = 'starter', quota = 1 } return",
      "org.name",
      ":wait 0.5",
      "for i = 1, 3 do org:users{ refresh = true } end",
      ":set wait",
    }
    assert.equal("Acme\n", out)
    assert.matches("quota: .*use :wait on\n", err)
    assert.matches("wait is 0%.5\n", err)
  end)

  it("write results to a file until :output alone, in the format of its ending", function()
    local out, err = typed {
      ":o " .. home .. "/out.csv",
      "{{id = 1}}",
      "{{id = 2}}",
      ":o",
      "{{id = 3}}",
      ":o " .. home .. "/out.doc",
      ":o /nope/out.csv",
    }
    assert.equal("id\r\n1\r\nid\r\n2\r\n", read(home .. "/out.csv"))
    assert.matches("^id\n%-%-\n 3\n", out)
    assert.matches("results go to [^\n]+/out.csv; :output ends that\n.*out.csv: 14 bytes\n", err)
    assert.matches("out.doc: which format%?", err)
    assert.matches("nothing was saved: there is no folder /nope\n", err)
  end)
end)

describe("the other commands", function()
  it("choose another organization, by what it is called", function()
    local s <close> = sit()
    assert.matches("Acme.*Blue Door", s:run ":org")
    local text = s:run ':org "Blue Door"'
    assert.matches("org is Blue Door %(9007199254740993%)\n", text)
    assert.matches("sandbox:Blue Door", text)
    assert.matches("\nBlue Door\n", s:run "org.name")
    text = s:run ":org Nope"
    assert.matches("organization Nope is not among yours: .*; choose one with :org NAME\n", text)
    s:type ":org Ac\t"
    s:see ":org Acme$"
    assert.matches("org is Acme", s:run "")
  end)

  it("show what was typed", function()
    local s <close> = sit()
    s:run "1 + 1"
    s:paste "for i = 1, 1 do\nprint(i)\nend\n"
    s:see "\n1\n.*> $"
    assert.matches("\n  1 %+ 1\n  for i = 1, 1 do\n  print%(i%)\n  end\n", s:run ":history")
    local text = s:run ":history 1"
    assert.matches("\n  :history 1\n", text)
    assert.is_nil(text:find "1 %+ 1")
    assert.matches(":history requires a number of lines, got 'x'", s:run ":history x")
  end)

  it("run a file, and name the line of a mistake in it", function()
    helper.write(home .. "/a.lua", "loaded = 3\nreturn loaded + 1")
    helper.write(home .. "/b.lua", "\nlocal x = nil + 1")
    local out, err = typed { (":load %s/a.lua"):format(home), "loaded", ":load ~/b.lua", ":load" }
    assert.equal("4\n3\n", out)
    assert.matches("b.lua:2: attempt to perform arithmetic", err)
    assert.matches(":load requires the name of a file", err)
  end)

  it("edit the last line, and run what the editor left", function()
    helper.write(home .. "/ed", '#!/bin/sh\nstat -c %a "$1" >&2\nsed -i \'s/6/7/; a + 1\' "$1"\n')
    os.execute("chmod 700 " .. home .. "/ed")
    local out, err = typed({ "6 * 6", ":edit", ":e 6" }, { EDITOR = home .. "/ed", VISUAL = "" })
    assert.equal("36\n43\n8\n", out)
    assert.matches("600\n7 %* 6 ...\n", err)
    out, err = typed({ ":edit 1" }, { EDITOR = "false", VISUAL = "" })
    assert.equal("", out)
    assert.matches("false ended with exit 1; nothing was run", err)
  end)

  it("stand for others by their aliases", function()
    local out, err = typed {
      ":alias double $1 * 2",
      ":double 21",
      ":alias g org:group",
      ":g 'Support'.name",
      ":alias d :double",
      ":d 4",
      ":alias",
      ":alias quit 1",
      ":alias 1x 1",
      ":alias a :b",
      ":alias b :a",
      ":a",
      ":alias d",
      ":d 4",
    }
    assert.matches("^42\nSupport\n8\n", out)
    assert.matches("\n:double +%$1 %* 2\n", out)
    assert.matches(":alias cannot replace the command :quit", err)
    assert.matches(":alias requires a name of letters, digits, _ and %-, got '1x'", err)
    assert.matches("the aliases stand for each other", err)
    assert.matches("there is no command :d, did you mean '.-'%? :help lists them", err)
  end)
end)

describe("the start file", function()
  it("runs when a prompt opens, with prompt for commands", function()
    start_file [[
prompt ":alias two 1 + 1"
prompt ":set output csv"
function three() return 3 end
]]
    local out = typed { ":two", "three()", "{{id = 1}}" }
    assert.equal("2\n3\nid\r\n1\r\n", out)
  end)

  it("of the guide runs", function()
    start_file(helper.block("doc/togglsh.md", "spec/commands_spec.lua runs it as a start file"))
    local out, err = typed { ":admins", "#inactive()" }
    assert.matches("^| id | name ", out)
    assert.matches("olive@example.com", out, 1, true)
    assert.matches("\n1\n$", out, nil, err)
  end)

  it("is rejected where others can write it, and its mistakes are reported", function()
    start_file("started = true", "666")
    local out, err = typed { "started" }
    assert.equal("nil\n", out)
    assert.matches("init.lua can be written by others, .*chmod go%-w", err)
    start_file "started = nil + 1"
    out, err = typed { "1" }
    assert.equal("1\n", out)
    assert.matches("init.lua:1: attempt to perform arithmetic", err)
  end)
end)

describe("help", function()
  it("of a word that is no name searches all texts, names first", function()
    local text = toggl.help "access"
    assert.matches('nothing is called "access"; it is in the text of:', text)
    assert.matches("group:give ", text)
    text = toggl.help "spreadsheet"
    assert.matches("toggl.csv.", text)
    assert.matches(":watch ", toggl.help "every N seconds")
    assert.matches("options +The option max_requests", toggl.help "max_req")
  end)

  it("explains a command by its name", function()
    assert.matches(":wait %[on|off|N%]  Wait for quota", (typed { ":help :wait" }))
    assert.matches("^:wait %[on|off|N%]  Wait for quota", (typed { ":help wait" }))
  end)
end)
