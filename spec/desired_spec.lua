-- Desired states: reading Lua, JSON and CSV, and problems with their lines.

local helper = require "spec.helper"
local toggl = require "toggl"

local plan = toggl.plan

-- Return the problems of TEXT as "line: text".
local function problems(text, format)
  local state, err = plan.parse(text, format)
  assert.is_nil(state)
  assert.equal("setting", err.kind)
  local lines = {}
  for i, problem in ipairs(err.problems) do
    lines[i] = ("%d: %s"):format(problem.line, problem.text)
    assert.matches(problem.text, err.message, 1, true)
  end
  return lines
end

local with_org = helper.with_org

local THE_SAME = {
  lua = [[
    return {
      people = {
        ["Ann@example.com"] = { role = "admin", workspaces = { Main = "admin" }, groups = { "Support" } },
        ["zoe9@example.com"] = { state = "inactive" },
      },
    }]],
  json = [[{ "people": {
    "Ann@example.com": { "role": "admin", "workspaces": { "Main": "admin" }, "groups": ["Support"] },
    "zoe9@example.com": { "state": "inactive", "groups": null } } }]],
  csv = "\xEF\xBB\xBFState;EMAIL;groups;workspaces;role\r\n"
    .. ";Ann@example.com;Support;Main:admin;admin\r\n"
    .. "inactive;zoe9@example.com;;;\r\n"
    .. ";;;;\r\n"
    .. "inactive;zoe9@example.com;;;\r\n",
}

describe("a desired state", function()
  it("means the same in Lua, JSON and CSV", function()
    for format, text in pairs(THE_SAME) do
      local state, err = plan.parse(text, format)
      assert.is_nil(err)
      assert.equal(2, #state.people, format)
      local ann, zoe = state.people[1], state.people[2]
      assert.same(
        { "Ann@example.com", "ann@example.com", "admin" },
        { ann.email, ann.key, ann.role }
      )
      assert.same({ "Main", true, "admin" }, {
        ann.workspaces[1].name,
        ann.workspaces[1].is,
        ann.workspaces[1].role,
      })
      assert.same({ "Support", true }, { ann.groups[1].name, ann.groups[1].is })
      assert.same({ "inactive" }, { zoe.state, zoe.groups })
    end
  end)

  it("takes lists, keys and marks for what ends", function()
    local state = assert(plan.parse(
      [[return {
        people = { { email = "a@b.c", groups = { { id = 5 }, Old = false },
          workspaces = { { id = 7, role = "user" } } } },
        groups = { "One", { id = 5 }, Two = {} },
      }]],
      "lua"
    ))
    assert.same({ 5, true }, { state.people[1].groups[1].id, state.people[1].groups[1].is })
    assert.same({ "Old", false }, { state.people[1].groups[2].name, state.people[1].groups[2].is })
    assert.equal(7, state.people[1].workspaces[1].id)
    assert.equal(3, #state.groups)
    local row =
      assert(plan.parse('email,groups,workspaces\na@b.c,"One | -Two","Sales, EU |"\n', "csv"))
    assert.same({ true, false }, { row.people[1].groups[1].is, row.people[1].groups[2].is })
    assert.equal("Sales, EU", row.people[1].workspaces[1].name)
  end)

  it(
    "names every problem of Lua at once, with its line",
    function()
      assert.same(
        {
          "3: a@b.c is absent, and has groups",
          '4: unknown field "grops", did you mean "groups"?',
          '5: "admn" is none of: admin, owner, user, did you mean "admin"?',
          '6: must be a day such as 2026-12-31, got "2026-02-30"',
          '7: "no address" is not an e-mail address',
          "8: e@b.c and E@b.c are one address: they differ in case or in the form of a letter alone",
          '11: f@b.c is in group "Gone", which is absent',
          '12: "f@b.c" stands twice',
          '14: previously "New": that is a group of this file',
          '15: "everything" is none of: group members, group workspaces, groups, people, workspace members',
        },
        problems(
          [[
return {
  people = {
    ["a@b.c"] = { state = "absent", groups = { "X" } },
    ["b@b.c"] = { grops = { "X" } },
    ["c@b.c"] = { role = "admn" },
    ["d@b.c"] = { ends = "2026-02-30" },
    ["no address"] = {}, -- { a comment
    ["e@b.c"] = {},
    ["E@b.c"] = {},
    ["f@b.c"] = {
      groups = { "Gone" },
    }, ["f@b.c"] = { groups = { "Gone" } },
  },
  groups = { Gone = { state = "absent" }, New = {}, Newer = { previously = { "New" } } },
  exact = { "everything" },
}]],
          "lua"
        )
      )
    end
  )

  it("names a role where there is none, and keys of the wrong type", function()
    assert.same(
      { '2: unknown field "role"', '3: "A" stands twice, and differently' },
      problems(
        [[return { people = { ["a@b.c"] = {
  groups = { { name = "A", role = "admin" } } }, ["b@b.c"] = { groups = {
  { name = "A" }, A = false } } } }]],
        "lua"
      )
    )
    assert.same(
      {
        '2: must be a key, which is an integer, got "x"',
        '2: must be a key, which is an integer, got "x"',
        "2: { id = x } stands twice, and differently",
      },
      problems(
        [[return { people = { ["a@b.c"] = {
        workspaces = { { id = "x" }, { id = "x", role = "user" } } } } }]],
        "lua"
      )
    )
  end)

  it("reads equal memberships of people alike, in lists and in maps", function()
    local state = assert(
      plan.parse(
        [[return { people = {
        ["a@b.c"] = { workspaces = { Main = "admin", Two = "user" }, groups = { "X", Y = false } },
        ["b@b.c"] = { workspaces = { Main = "admin", Two = "admin" }, groups = { "X", "Y" } },
        ["c@b.c"] = { workspaces = { "Main", Two = false }, groups = { "Y", "X" } } } }]],
        "lua"
      )
    )
    local found = {}
    for i, person in ipairs(state.people) do
      local words = {}
      for _, m in ipairs(table.move(person.groups, 1, 2, 3, { table.unpack(person.workspaces) })) do
        words[#words + 1] = ("%s %s %s"):format(m.name, m.is, m.role)
      end
      found[i] = table.concat(words, ", ")
    end
    assert.same({
      "Main true admin, Two true user, X true nil, Y false nil",
      "Main true admin, Two true admin, X true nil, Y true nil",
      "Main true nil, Two false nil, Y true nil, X true nil",
    }, found)
    local one, other = state.people[1], state.people[2]
    assert.equal(one.workspaces[1], other.workspaces[1]) -- one table
    assert.not_equal(one.workspaces[2], other.workspaces[2])
  end)

  it("names problems of JSON and CSV likewise", function()
    assert.same(
      { '3: unknown field "rolle", did you mean "role"?', "5: must be a table, got 7" },
      problems('{\n "people": {\n "a@b.c": {"rolle": "x"},\n\n "b@b.c": 7 } }', "json")
    )
    assert.matches("^2: JSON: line 2", problems('{\n "people": }', "json")[1])
    assert.same(
      {
        "1: unknown column 'roles', did you mean 'role'? There are: "
          .. "email, role, state, name, workspaces, groups, ends",
        '4: column state: "user2" is none of: absent, active, inactive',
        "5: person a@b.c stands twice, and differently",
      },
      problems('email,roles,state,groups\na@b.c,,,"X\n| Y"\nb@b.c,,user2,\na@b.c,,active,\n', "csv")
    )
    assert.same({ "1: there is no column email" }, problems("name\nAnn\n", "csv"))
    assert.matches("^2: ", problems('email\n"a@b.c\n', "csv")[1])
  end)

  it("reads CSV with a separator of its own line, and names text that is not UTF-8", function()
    for _, mark in ipairs { ",", ";", "\t" } do
      local text = "\xEF\xBB\xBFsep="
        .. mark
        .. "\r\nname"
        .. mark
        .. "email\r\nx"
        .. mark
        .. "a@b.c\r\n"
      assert.equal("a@b.c", assert(plan.parse(text, "csv")).people[1].email, mark)
    end
    assert.same({ '4: "a" is not an e-mail address' }, problems("sep=;\nemail\na@b.c\na\n", "csv"))
    assert.same({ "3: a quoted cell does not end" }, problems('sep=;\nemail\n"a', "csv"))
    local utf16 = "1: the file is UTF-16: save it as UTF-8"
    for _, text in ipairs { "\xFF\xFEe\0m\0", "\xFE\xFF\0e\0m", "e\0m\0", "\0e\0m" } do
      assert.same({ utf16 }, problems(text, "csv"))
    end
    local latin = "2: byte 9 of the line is not UTF-8: save the file as UTF-8"
    assert.same({ latin }, problems("email,name\na@b.c,Zo\xEB\n", "csv"))
    assert.same({ latin }, problems("return {\n--[[  Zo\xEB ]]}", "lua"))
  end)

  it("names each key of JSON that stands twice, and what is wrong in either of two", function()
    assert.same(
      { '3: "a@b.c" stands twice', '5: "state" stands twice' },
      problems(
        [[{"people": {
  "a@b.c": {},
  "a@b.c": {"role": "user"},
  "b@b.c": {"state": "active",
    "state": "absent"}}}]],
        "json"
      )
    )
    assert.same({
      "2: A@b.c is absent, and has role",
      "3: a@b.c is absent, and has name",
      "3: a@b.c and A@b.c are one address: they differ in case or in the form of a letter alone",
    }, problems("email,state,role,name\nA@b.c,absent,user,\na@b.c,absent,,Ann\n", "csv"))
  end)

  it("is judged whatever fields it has, unless it was read here", function()
    local server <close> = helper.sandbox { people = 5, record = false }
    local org = helper.client(server):organization "Acme"
    local made, err = org:plan { lines = {}, people = { ["ann@example.com"] = { role = "admin" } } }
    assert.is_nil(made)
    assert.matches("lines", err.message, 1, true)
    local state =
      assert(plan.parse('{"people":{"ann@example.com":{"role":"user"}}}', "json", "x.json"))
    assert.equal(1, #assert(org:plan(state)).steps)
  end)

  it("names a table by its kind, and not by its address", function()
    local text = 'return { people = { ["a@b.c"] = { role = {}, groups = { { id = false } } } } }'
    local found = problems(text, "lua")
    assert.equal("1: an empty table is none of: admin, owner, user", found[1])
    assert.equal("1: must be a name or { id = }, got a table", found[2])
  end)

  it("says nothing of what only follows from another problem", function()
    with_org({}, function(org)
      local state = assert(plan.parse("email,workspaces,groups\nnew@b.c,Mian,Nope\n", "csv"))
      local _, err = pcall(plan.of, org, state)
      assert.equal(2, #err.problems)
      assert.matches('no workspace "Mian", did you mean "Main"', err.problems[2].text)
      assert.matches("write it under groups (.lua or .json)", err.problems[1].text, 1, true)
    end)
  end)

  it("runs Lua with nothing at hand, and not for ever", function()
    assert.matches(
      "attempt to index a nil value %(global 'os'%)",
      problems("return os.getenv 'HOME'", "lua")[1]
    )
    assert.matches("attempt to call a nil value", problems("return require 'toggl'", "lua")[1])
    assert.matches("runs for too long", problems("while true do end", "lua")[1])
    assert.matches("^1: it returns nothing", problems("local x = 1", "lua")[1])
    assert.matches("^2: ", problems("return {\n people = = }", "lua")[1])
    assert.matches(
      "attempt to load a binary chunk",
      problems(string.dump(function() end), "lua")[1]
    )
  end)

  it("is read from a file that no other user can write", function()
    local folder = helper.scratch()
    local path = helper.write(folder .. "/a.lua", "return { people = {} }")
    assert.is_table(plan.load(path))
    os.execute("chmod 666 " .. path)
    local state, err = plan.load(path)
    assert.is_nil(state)
    assert.matches("can be written by other users", err.message)
    assert.equal("setting", select(2, plan.load(folder .. "/none.lua")).kind)
    assert.matches(
      "ends in .lua, .json or .csv",
      select(2, plan.load(folder .. "/a.yaml")).message,
      1,
      true
    )
    helper.remove(folder)
  end)

  it("knows the days of its time zone", function()
    local zone = require "toggl.plan.zone"
    local tallinn = assert(zone.load "Europe/Tallinn")
    assert.equal("2026-07-01", zone.day(tallinn, 1782853200 - 3600 * 0)) -- 2026-06-30 21:00 UTC
    assert.equal("2026-06-30", zone.day(nil, 1782853200))
    assert.equal("2026-12-31", zone.day(tallinn, 1798754399)) -- 2026-12-31 21:59:59 UTC
    assert.equal("2027-01-01", zone.day(tallinn, 1798754400))
    assert.is_nil((zone.load "Europe/Nowhere"))
    assert.is_nil((zone.load "../../etc/passwd"))
    assert.matches(
      "^1: there is no time zone",
      problems("return { timezone = 'Mars/Base' }", "lua")[1]
    )
  end)
end)

describe("names that would be refused when they are sent", function()
  it("are problems of the file, with their lines", function()
    local server <close> = helper.sandbox { people = 12, plan = "none", record = false }
    local client <close> = helper.client(server, { journal = ":memory:" })
    local org = client:organization "Acme"
    local text = ([[return {
      people = {
        ["ann@example.com"] = { name = "Ann\nLee" },
        ["x@y.zz"] = { workspaces = { "Main" } },
        ["mailto:x@y.zz"] = { workspaces = { "Main" } }, ["x\1@y.zz"] = { workspaces = { "Main" } },
      },
      groups = {
        ["Ni\tght"] = {},
        ["LONG"] = { previously = { "Support" } },
      },
      workspaces = {
        ["SPACE"] = {},
        ["\255"] = {},
      },
    }]]):gsub("LONG", ("ü"):rep(201)):gsub("SPACE", ("x"):rep(141))
    local state = assert(toggl.plan.parse(text, "lua", "a.lua"))
    local made, err = org:plan(state)
    assert.is_nil(made)
    assert.equal("setting", err.kind)
    for _, problem in ipairs {
      'a.lua:3: "Ann\\nLee" holds a line break at byte 4',
      '@y.zz" holds a control character at byte 2',
      "a.lua:8: ",
      "is 201 characters long; at most 200",
      "is 141 characters long; at most 140",
      'a.lua:5: "mailto:x@y.zz" is not an e-mail address: it begins with mailto:',
      "is not valid UTF-8 at byte 1",
    } do
      assert.matches(problem, err.message, 1, true)
    end
  end)
end)

describe("what stands twice, or lacks a name,", function()
  local function only(expected, text, format)
    assert.same({ expected }, problems(text, format), text)
  end

  it("is a problem of a CSV file, whatever stands last", function()
    only("1: the column role stands twice", "email,role,Role\na@b.c,admin,user\n", "csv")
    for _, cell in ipairs {
      "Main:admin|Main:user",
      "Main|Main:admin",
      "Main:admin|-Main",
      "-Main|Main:admin",
      "-Main|Main",
    } do
      local text = "email,workspaces\na@b.c," .. cell .. "\n"
      only('2: column workspaces: "Main" stands twice, and differently', text, "csv")
    end
    assert(plan.parse("email,workspaces\na@b.c,Main:user|Main:user | -X | -X\n", "csv"))
    only('2: column groups: must be a name or { id = }, got ""', "email,groups\na@b.c,-\n", "csv")
    only("2: a quoted cell does not end", 'email\n"a@b.c\n', "csv")
    only("2: 2 cells under 1 name", "email\na@b.c,x\n", "csv")
  end)

  it("is one where a name and a key mean the same workspace", function()
    with_org({ people = 12, record = false }, function(org)
      local main = org:workspace("Main").id
      local both = { Main = "admin", { id = main, role = "user" } }
      local ok, err =
        pcall(org.plan, org, { people = { ["ann@example.com"] = { workspaces = both } } })
      assert.is_false(ok)
      assert.matches('"Main" stands twice, and differently', tostring(err))
    end)
  end)

  it("is found in tables that hold themselves", function()
    only('1: unknown field "self"', "local t = {} t.self = t return t", "lua")
    local lines =
      problems("local t = {} for i = 1, 50 do t[i] = t end return { people = t }", "lua")
    assert.equal("1: unknown field 1", lines[1])
    only("1: must be a table, got a function", "return { people = function() end }", "lua")
  end)

  it("is named by its place where the file has one line", function()
    only(
      "1: people.a@b.c.role: 5 is none of: admin, owner, user",
      '{"people":{"a@b.c":{"role":5}}}\n',
      "json"
    )
    only("1: a desired state is a table, got null", "null", "json")
  end)
end)
