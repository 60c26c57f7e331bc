-- The page of a plan, as people read it, and `togglsh plan`.

local helper = require "spec.helper"
local toggl = require "toggl"

local plan = toggl.plan

local with_org = helper.with_org

local function planned(org, text) return plan.of(org, assert(plan.parse(text, "lua"))) end

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
    local words = { "--sandbox", "--yes", "groups", "rename", "Support", "\u{200b}\u{a0}" }
    out, err, status = togglsh(table.unpack(words))
    assert.same({ 2, "" }, { status, out }, err)
    assert.matches('\n".*" has no character that is seen\n', err)
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
