-- Desired states: reading Lua, JSON and CSV, problems with their lines, and exports that need no
-- change.

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

describe("export", function()
  it("writes what a plan has nothing to do for, of any organization", function()
    for seed = 1, 20 do
      with_org({ people = 5 + seed * 7, seed = seed }, function(org)
        for _, format in ipairs { "lua", "json", "csv" } do
          local text = plan.export(org, format)
          local state = assert(plan.parse(text, format))
          local made = plan.of(org, state)
          assert.same({}, made:rows(), format)
          assert.equal(0, made.cost.total)
        end
      end)
    end
  end)

  it("tells two groups of one name apart by their keys", function()
    with_org({}, function(org, server)
      org:create_group { name = 'Twin "x"', workspaces = { org:workspaces()[1] } }
      server:advance(60)
      local text = plan.export(org)
      assert.is_truthy(text:find('["Twin \\"x\\""] = { workspaces', 1, true))
      assert.same({}, plan.of(org, assert(plan.parse(text, "lua"))):rows())
    end)
  end)
end)

-- ------------------------------------------------------------------------------------------ plan

local function planned(org, text) return plan.of(org, assert(plan.parse(text, "lua"))) end

describe("a plan", function()
  it("finds what only the present state contradicts, with lines", function()
    with_org({}, function(org)
      local ok, err = pcall(
        planned,
        org,
        [[return {
          organization = "Beta",
          people = {
            ["ann@example.com"] = { groups = { "Suport" },
              workspaces = { Nowhere = "user" } },
            ["new@example.com"] = {},
          },
        }]]
      )
      assert.is_false(ok)
      assert.same({ 2, 4, 5, 6 }, {
        err.problems[1].line,
        err.problems[2].line,
        err.problems[3].line,
        err.problems[4].line,
      })
      assert.matches('did you mean "Support"%?', err.problems[2].text)
    end)
  end)

  it(
    "refuses what cannot be done: owner, payer, caller, last administrator, seats, deletion",
    function()
      with_org({ people = 12 }, function(org)
        local payer = org:user { user_id = org:customer().toggl_user_id }
        local function rules_of(text)
          local rules = {}
          for i, refusal in ipairs(planned(org, text).refused) do
            rules[i] = refusal.rule
          end
          return rules
        end
        assert.same(
          { "owner", "last-admin", "last-admin", "last-admin" },
          rules_of 'return { people = { ["olive@example.com"] = { state = "absent" } } }'
        )
        if payer.email ~= "olive@example.com" then
          assert.same(
            "payer",
            rules_of(('return { people = { [%q] = { state = "inactive" } } }'):format(payer.email))[1]
          )
        end
        assert.same(
          { "no-deletion" },
          rules_of 'return { workspaces = { Main = { state = "absent" } } }'
        )
      end)
    end
  )

  it("refuses more people than the free plan has seats, and says where others are short", function()
    local text = {}
    for i = 1, 30 do
      text[i] = ('["n%d@example.com"] = { workspaces = { "Main" } },'):format(i)
    end
    text = "return { people = {" .. table.concat(text) .. "} }"
    with_org(
      { people = 4, plan = "free" },
      function(org) assert.equal("seats", planned(org, text).refused[1].rule) end
    )
    with_org({ people = 12, plan = "starter" }, function(org)
      local made = planned(org, text)
      assert.same({}, made.refused)
      assert.matches("41 people would be active or invited, and 15 are paid for", made:show())
    end)
  end)

  it("has one id for equal inputs, and another for others", function()
    with_org({}, function(org)
      local a = 'return { people = { ["ann@example.com"] = { groups = { "Support" } } } }'
      local b = 'return { people = { ["ann@example.com"] = { groups = { "Finance" } } } }'
      assert.equal(planned(org, a).id, planned(org, a).id)
      assert.not_equal(planned(org, a).id, planned(org, b).id)
    end)
    -- 50 and 50.0 are one key of a table, whichever comes first
    local id = require "toggl.plan.id"
    local one, other = {}, {}
    for i = 1, 40 do
      one["k" .. i], other["k" .. 41 - i] = i % 2 == 0 and 50 or 50.0, i % 2 == 1 and 50 or 50.0
    end
    assert.equal(id.of { state = one }, id.of { state = other })
  end)

  it("lets access end behind the last day, and keeps it on that day", function()
    with_org({}, function(org)
      local state = assert(
        plan.parse(
          'return { timezone = "Europe/Tallinn", people = { ["zoe9@example.com"] = { ends = "2026-12-31" } } }',
          "lua"
        )
      )
      assert.equal(0, #plan.of(org, state, { now = 1798754399 }).steps)
      local due = plan.of(org, state, { now = 1798754400 })
      assert.equal("remove", due.changes[1].kind)
      assert.matches("2026%-12%-31", due.changes[1].why)
    end)
  end)

  it("leaves alone what is not mentioned, unless the file is exact", function()
    with_org({}, function(org)
      local loose = "return { groups = { Engineering = {} } }"
      local exact = 'return { groups = { Engineering = {} }, exact = { "group members" } }'
      assert.equal(0, #planned(org, loose).steps)
      local made = planned(org, exact)
      assert.equal(1, #made.steps)
      assert.equal("patch_organization_group", made.steps[1].operation)
      assert.equal("quit", made.changes[1].kind)
      assert.is_true(#made.deferred > 0) -- a person who has not joined has no user_id
    end)
  end)
end)

describe("the reads of a plan", function()
  -- Return how many requests a plan of TEXT sends, with 300 people in pages of 50.
  local function spent(text)
    local n
    with_org({ people = 300, page_cap = 50 }, function(org, server)
      n = server:requests()
      local made = planned(org, text)
      n = server:requests() - n
      assert.equal(n, made.present.spent)
    end)
    return n
  end

  it("are pages of people where the server refuses the counts", function()
    with_org({ people = 300, page_cap = 50 }, function(org, server)
      server:fault "403@/statistics"
      local made =
        planned(org, 'return { people = { ["new@x.yz"] = { workspaces = { "Main" } } } }')
      assert.is_nil(made.present.few)
      assert.equal(1, #made.steps)
    end)
  end)

  it("are those that the file speaks of", function()
    local demotes = 'return { people = { ["ann@example.com"] = { role = "user" } } }'
    assert.equal(6 + 2, spent(demotes)) -- also reads the payer and the caller
    assert.equal(6, spent 'return { people = { ["aoife11@example.com"] = { role = "admin" } } }')
    -- reads the organization, counts, groups and the members of a workspace with all people, rather
    -- than six pages
    assert.equal(
      4,
      spent 'return { people = { ["ann@example.com"] = { groups = { "Support" } } } }'
    )
    assert.equal(5, spent 'return { people = { ["new@x.yz"] = { workspaces = { "Main" } } } }')
    -- a role in a workspace requires a key that the list of people alone has
    local role = 'return { people = { ["ann@example.com"] = { workspaces = { Main = "user" } } } }'
    assert.equal(5 + 7 - 1, spent(role)) -- the groups are stored
    -- also whether an administrator is in a workspace through the group alone
    assert.equal(7 + 1, spent 'return { groups = { Support = { state = "absent" } } }')
    assert.equal(2, spent "return { groups = { Support = {}, Design = {} } }") -- resolves names
    assert.equal(2, spent "return { workspaces = { New = {} } }")
  end)
end)

describe("the page of a plan", function()
  -- Return the line of the page about the price, with WINDOW.
  local function price(window, cost)
    local made
    with_org(
      {},
      function(org)
        made =
          planned(org, 'return { people = { ["ann@example.com"] = { groups = { "Support" } } } }')
      end
    )
    made.window, made.cost = window, { total = cost, guards = 0, read_back = 0, extra = 0 }
    made.now = os.time { year = 2026, month = 11, day = 28, hour = 13, min = 20 }
    return (made:show():gsub("%s+", " "))
  end

  it("says what keeping rights costs, of one request and of more", function()
    with_org({}, function(org)
      local made = plan.of(org, { people = { ["ann@example.com"] = { groups = { "Support" } } } })
      for extra, text in pairs {
        [0] = "Undo:",
        "Of these 1 request keeps rights that would be lost in between.",
        "Of these 2 requests keep rights that would be lost in between.",
      } do
        made.cost.extra = extra
        local page = made:show():gsub("%s+", " ")
        assert.matches(text, page, 1, true)
        assert.equal(extra > 0, page:find("in between", 1, true) ~= nil)
      end
    end)
  end)

  it("folds no single one of those who wait for people to join", function()
    with_org({ people = 12, record = false }, function(org)
      local people = {}
      for i = 1, 5 do
        people[("new%d@example.com"):format(i)] = { role = "admin", workspaces = { Main = "user" } }
      end
      local page = org:plan({ people = people }):show()
      assert.equal(5, select(2, page:gsub("later: new", "")))
      assert.is_nil(page:find "more wait")
    end)
  end)

  it("says what removals need until they are allowed, and which are due", function()
    with_org({ people = 60 }, function(org)
      local plain = {}
      for _, user in ipairs(org:users()) do
        local is_plain = user.joined and not (user.inactive or user.admin or user.owner)
        if is_plain then plain[#plain + 1] = user.email end
      end
      local made = plan.of(org, {
        people = {
          [plain[1]] = { state = "absent" },
          [plain[2]] = { state = "absent" },
          [plain[3]] = { ends = "2020-01-01" },
        },
      })
      local function page(allowed) return (made:show({ allowed = allowed }):gsub("%s+", " ")) end
      local due = "the last day of 1 is over"
      assert.matches("needs --allow-removals=2; " .. due, page(), 1, true)
      assert.matches("needs --allow-removals=2; " .. due, page(3), 1, true)
      assert.not_matches("needs", page(2), 1, true)
      assert.not_matches("needs", page(true), 1, true)
      assert.matches(due, page(2), 1, true)
      made = plan.of(org, { people = { [plain[3]] = { ends = "2020-01-01" } } })
      assert.matches("their last day is over", page(), 1, true)
      assert.matches("Days end at midnight in UTC; today is", page(), 1, true)
      assert.matches("^plan %x+: 1 step, %d+ requests$", tostring(made))
      assert.not_matches("needs", page(), 1, true)
    end)
  end)

  it("does not say that there is nothing to do where a guard refuses all", function()
    with_org({}, function(org)
      local state = { people = { ["olly@example.com"] = { role = "admin" } } }
      local made = plan.of(org, state, { rules = { existing = true } })
      assert.matches("unknown%-person", made:show())
      assert.not_matches("nothing to do", made:show())
    end)
  end)

  it("says how many requests are left, and when all is done on this quota", function()
    local hour = { remaining = 240, total = 240, resets_in = 3600 }
    assert.matches(
      "Price: 24 of 240 requests left until 14:20. Done at about 13:20, within this hour.",
      price(hour, 24),
      1,
      true
    )
    hour.remaining = 10
    assert.matches("Done at about 14:20, in 2 windows of an hour.", price(hour, 24), 1, true)
    assert.matches("Done at about 16:20, in 4 windows of an hour.", price(hour, 10 + 481), 1, true)
    assert.matches("How many are left is not known", price(nil, 24), 1, true)
  end)
end)

describe("a workspace without people", function()
  it("is known by its name to people, to groups and to the file", function()
    local canned, folder = require "spec.canned", helper.scratch()
    local server = canned.serve(folder, {
      {
        "/organizations/1/users?",
        '[{"id":11,"user_id":1,"email":"ann@example.com","joined":true,"inactive":false,'
          .. '"admin":true,"groups":[],"workspaces":[{"workspace_id":7,"workspace_name":"Main",'
          .. '"workspace_user_id":71,"admin":true,"groups":[]}]}]',
      },
      { "/organizations/1/groups", '[{"group_id":5,"name":"Team","users":[],"workspaces":[7]}]' },
      { "/organizations/1 ", '{"id":1,"name":"Acme","user_count":1}' },
      {
        "/me/workspaces",
        '[{"id":7,"organization_id":1,"name":"Main"},{"id":9,"organization_id":1,"name":"Empty"}]',
      },
      { "/me/id", "1" },
      { "", "HTTP/1.1 404 Not Found|Content-Length: 0|Connection: close||" },
    })
    local ok, err = pcall(function()
      for state, kinds in pairs {
        [{ people = { ["ann@example.com"] = { workspaces = { "Empty" } } } }] = "begin",
        [{ groups = { Team = { workspaces = { "Empty" } } } }] = "attach",
        [{ workspaces = { Empty = {} } }] = "",
      } do
        local client <close> = toggl.client {
          base_url = server.url,
          token = ("a"):rep(32),
          cache = false,
          state = false,
          journal = false,
          on_error = "raise",
        }
        local found = {}
        for i, c in ipairs(client:organization(1):plan(state).changes) do
          found[i] = c.kind
        end
        assert.equal(kinds, table.concat(found, " "))
      end
    end)
    server.close()
    helper.remove(folder)
    assert(ok, err)
  end)
end)

describe("an old or incomplete list", function()
  it("is no present state: nothing is planned", function()
    local present = require "toggl.plan.present"
    local function message(list)
      local client = { cost = function() return { total = 0 } end }
      local org = {
        client = function() return client end,
        groups = function() return list end,
        users = function() return list end,
      }
      local ok, err = pcall(present.read, org, nil)
      assert.is_false(ok)
      return tostring(err)
    end
    assert.matches(
      "not complete %(pages are missing%): nothing was planned; the server has just",
      message {}
    )
    assert.matches("400 s old, and 300 s", message { complete = true, age = 400 })
    assert.matches("plan again in 4 s", message { complete = true, stale = true, settling = 3.2 })
  end)
end)

describe("togglsh plan", function()
  local folder

  setup(function() folder = helper.scratch() end)
  teardown(function() helper.remove(folder) end)

  local function togglsh(...)
    return helper.run(helper.environment(folder), helper.build .. "/togglsh", ...)
  end

  it("ends with 0, 3, 7 or 2, and fits into 80 columns", function()
    local same = helper.write(folder .. "/same.lua", (togglsh("--sandbox=300", "export")))
    local out, err, status = togglsh("--sandbox=300", "plan", same)
    assert.same({ 0, "" }, { status, err })
    assert.matches("nothing to do", out)
    local text = { "return { people = {" }
    for email in helper.read(same):gmatch '%["(%w+%d+@example.com)"%]' do
      text[#text + 1] = ('[%q] = { state = "absent" },'):format(email)
    end
    local gone = helper.write(folder .. "/gone.lua", table.concat(text, "\n") .. "} }")
    out, err, status = togglsh("--sandbox=300", "plan", gone)
    assert.is_true(status == 3 or status == 7, err)
    assert.is_true(select(2, out:gsub("\n", "")) < 24, out)
    for line in out:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 80, line)
    end
    assert.matches("needs %-%-allow%-removals=%d+", out)
    assert.equal(
      7,
      select(
        3,
        togglsh(
          "--sandbox",
          "plan",
          helper.write(
            folder .. "/owner.json",
            '{"people": {"olive@example.com": {"state": "absent"}}}'
          )
        )
      )
    )
    local lines =
      "email,state,ends\nmailto:ann@example.com,absent,\n'ann@example.com',,2020-01-01\n"
    out, err, status = togglsh("--sandbox", "plan", helper.write(folder .. "/left.csv", lines))
    assert.same({ 2, "" }, { status, out }, err)
    assert.matches('left.csv:2: "mailto:ann@example.com" is not an e-mail address', err, 1, true)
    assert.matches("left.csv:3: \"'ann@example.com'\" is not an e-mail address", err, 1, true)
    out, err, status = togglsh(
      "--sandbox",
      "--trace",
      "plan",
      helper.write(folder .. "/bad.csv", "email,role\nx,y\n")
    )
    assert.same({ 2, "" }, { status, out })
    assert.matches("bad.csv:2: ", err)
    assert.is_nil(err:find("GET", 1, true))
  end)

  it("writes the same bytes twice for programs", function()
    local file = helper.write(
      folder .. "/a.lua",
      [[return { people = { ["ann@example.com"] = { groups = { "Support" } },
        ["n@example.com"] = { workspaces = { Main = "user" } } } }]]
    )
    for _, format in ipairs { "json", "csv" } do
      local first, _, status = togglsh("--sandbox", "plan", file, "--output", format)
      assert.equal(3, status)
      assert.equal(first, (togglsh("--sandbox", "plan", file, "--output", format)))
    end
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

describe("a name that looks the same as another", function()
  local function with_groups(f)
    with_org({ people = 12, record = false }, function(org)
      org:create_group { name = "Z\u{fc}rich" }
      f(org)
    end)
  end

  it("means that one, whose own name stays", function()
    with_groups(function(org)
      for _, name in ipairs { "Zu\u{308}rich", "z\u{fc}rich", " Z\u{fc}rich ", "Z\u{fc}\u{200b}rich" } do
        assert.equal(0, #org:plan({ groups = { [name] = {} } }).steps, name)
        local state = { people = { ["ann@example.com"] = { groups = { name } } } }
        local rows = org:plan(state):rows()
        assert.same({ 1, "join", "Z\u{fc}rich" }, { #rows, rows[1].change, rows[1].group })
      end
      local rows =
        org:plan({ groups = { ["z\u{fc}rich"] = { previously = { "Z\u{fc}rich" } } } }):rows()
      assert.same({ 1, "group_name" }, { #rows, rows[1].change })
    end)
  end)

  it("is given to no other by a rename, and may be a former one", function()
    with_groups(function(org)
      local key = org:group("Support").group_id
      for taken, groups in pairs {
        Finance = { { id = key, name = "Finance" }, Finance = { state = "absent" } },
        ["Z\u{fc}rich"] = { ["z\u{fc}rich"] = { previously = { "Support" } } },
      } do
        local ok, err = pcall(org.plan, org, { groups = groups })
        assert.is_false(ok)
        local text =
          'group "Support" cannot be renamed to .*: there is one called "%s", with the key'
        assert.matches(text:format(taken), tostring(err))
      end
      local rows = org:plan({ groups = { Helpdesk = { previously = { "support" } } } }):rows()
      assert.same({ 1, "group_name", "Support" }, { #rows, rows[1].change, rows[1].before })
      org:create_group { name = "SUPPORT" }
      local ok, err = pcall(org.plan, org, { groups = { Help = { previously = { "support" } } } })
      assert.is_false(ok)
      assert.matches('no group was called "support", and 2 look the same', tostring(err))
    end)
  end)

  it("is a problem where it would be deleted, and where a file has two", function()
    with_groups(function(org)
      local function wrong(expected, state)
        local ok, err = pcall(org.plan, org, state)
        assert.is_false(ok)
        assert.matches(expected, tostring(err), 1, true)
      end
      wrong('"Z\u{fc}rich" looks the same: write that name', {
        groups = { ["z\u{fc}rich"] = { state = "absent" } },
      })
      wrong("look the same", { groups = { Crew = {}, crew = {} } })
      wrong("is named twice", { groups = { ["z\u{fc}rich"] = {}, ["Z\u{fc}rich"] = {} } })
      local state =
        { groups = { Crew = {} }, people = { ["ann@example.com"] = { groups = { "crew" } } } }
      assert.equal(2, #org:plan(state):rows())
      org:create_group { name = "z\u{fc}rich" }
      assert.equal(0, #org:plan({ groups = { ["z\u{fc}rich"] = {} } }).steps)
      wrong("looks the same: write that name", { groups = { ["ZU\u{308}RICH"] = {} } })
    end)
  end)
end)

describe("a page", function()
  it("goes on below where the words of a line do not fit in, for two lines", function()
    with_org({ people = 12, record = false }, function(org)
      local groups = { [("Night "):rep(30) .. "x"] = {}, [("Ü"):rep(150)] = {} }
      local state = { people = { ["olive@example.com"] = { workspaces = { Main = "user" } } } }
      local page = org:plan({ groups = groups }):show()
      for line in page:gmatch "[^\n]+" do
        assert.is_true(require("toggl.text.screen").width(line) <= 80, line)
      end
      assert.matches("create +2 groups: .-…\n    guards", page)
      page = org:plan(state):show()
      assert.matches("access +1 person in 1 workspace: admin +1 request\n +%-> user\n", page)
    end)
  end)

  it("lists with all what waits for people to join, and otherwise says how", function()
    with_org({ people = 12, record = false }, function(org)
      local people = {}
      for i = 1, 7 do
        people[("new%d@example.com"):format(i)] = { role = "admin", workspaces = { Main = "user" } }
      end
      local made = org:plan { people = people }
      local short, long = made:show(), made:show { all = true }
      assert.equal(4, select(2, short:gsub("later: new", "")))
      assert.matches("and 3 more wait for people to join: %-%-all lists them", short)
      assert.equal(7, select(2, long:gsub("later: new", "")))
      assert.is_nil(long:find "more wait")
    end)
  end)
end)
