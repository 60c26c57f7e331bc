-- Jobs that select, sort and limit rows: people and groups; and toggl.options.select.

local helper = require "spec.helper"
local json = require "toggl.text.json"
local options = require "toggl.text.options"

local ROWS = {
  { id = 1, name = "Ann", groups = { "Support" }, admin = true },
  { id = 2, name = "Bo", groups = {}, admin = false },
  { id = 3, name = "Ärne", groups = { "Support", "Sales, EMEA" } },
  { id = 10, name = "Çelik", groups = { "Sales, EMEA" } },
}
local COLUMNS = "id,name,groups,admin"

local function ids(given)
  local out = {}
  for i, row in ipairs(options.select(COLUMNS, given)(ROWS)) do
    out[i] = row.id
  end
  return out
end

local function refused(given, pattern)
  local ok, err = pcall(ids, given)
  assert.is_false(ok)
  assert.equal("usage", err.kind)
  assert.matches(pattern, err.message)
end

describe("toggl.options.select", function()
  it("chooses by an expression of the columns", function()
    assert.same({ 1, 3 }, ids { where = 'has(groups, "Support")' })
    assert.same({ 2 }, ids { where = "#groups == 0 and not admin" })
    assert.same({ 3, 10 }, ids { where = "admin == nil" })
    assert.same({ 1 }, ids { where = 'name:find "^A"' })
    assert.same({ 3 }, ids { where = 'lower(name) == lower "ÄRNE"' })
    assert.same({ 10 }, ids { where = "id > 0x5 and tostring(id) ~= '3' -- text" })
    assert.same({ 1 }, ids { where = "(function(n) return n == 1 end)(id)" })
  end)

  it(
    "rejects names that are no columns before any row is seen, since they would select all",
    function()
      refused(
        { where = "nmae ~= 'Ann'" },
        "no column 'nmae', did you mean 'name'%? There are: id, name"
      )
      refused({ where = "true or os.time()" }, "no column 'os'")
      refused({ where = "name = 'Ann'" }, "^%-%-where: .*near '='")
      refused({ where = "#admin > 1" }, "^%-%-where: attempt to get length of a boolean")
      refused({ where = "(function() x = 1 end)()" }, "x must not be set")
      refused({ sort = "nam" }, "^%-%-sort: there is no column 'nam', did you mean 'name'%?")
      refused({ limit = -1 }, "requires 0 or more")
    end
  )

  it("sorts as people do, keeps equal ones in order, and cuts", function()
    assert.same({ 1, 2, 3, 10 }, ids { sort = "id" })
    assert.same({ 10, 3, 2, 1 }, ids { sort = "-id" })
    assert.same({ 3, 1, 10, 2 }, ids { sort = "-groups" })
    assert.same({ 2, 1, 3, 10 }, ids { sort = "admin" })
    assert.same({ 2, 10, 1, 3 }, ids { sort = "groups,-id" })
    assert.same({ 1, 2 }, ids { limit = 2 })
    assert.same({}, ids { limit = 0 })
    assert.same({ 3 }, ids { where = "id > 1", sort = "-groups", limit = 1 })
  end)

  it("takes a name as it is, then as it looks", function()
    assert.equal("support", options.meant("support", { "Support", "support" }))
    assert.equal("Support", options.meant("SUPPORT", { "Sales", "Support" }))
    assert.is_nil(options.meant("x", { "Support" }))
  end)
end)

describe("a job", function()
  local server, home, environment

  setup(function()
    server = helper.sandbox { port = 0, record = false }
    home = helper.scratch()
    environment = helper.environment(home, helper.account(server))
  end)
  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  -- Run a job. Return its rows or exit status, the count of requests, and standard error.
  local function run(...)
    local out, err, status
    local words = { ... }
    local sent = helper.requests_during(server, function()
      out, err, status = helper.run(environment, helper.build .. "/togglsh", table.unpack(words))
    end)
    return status == 0 and json.decode(out) or status, sent, err
  end

  it("answers every question about people from one list, without a request", function()
    local all, sent = run("people", "--output", "json", "--refresh")
    assert.is_true(sent >= 1)
    for _, words in ipairs {
      { "--group", "support" },
      { "--no-group" },
      { "--workspace", "client work" },
      { "--filter", "GARC" },
      { "--where", "state == 'invited'" },
      { "--sort", "-name", "--limit", "5" },
      {
        "--group",
        "Support",
        "--state",
        "active",
        "--where",
        "#workspaces > 1",
        "--sort",
        "email",
      },
    } do
      local rows, requests, err = run("people", "--output=json", table.unpack(words))
      assert.same(
        { "table", 0 },
        { type(rows), requests },
        table.concat(words, " ") .. tostring(err)
      )
      assert.is_true(#rows > 0 and #rows < #all, table.concat(words, " "))
    end
  end)

  it("asks Toggl for a filter in each form of its letters, and of its blanks", function()
    local function found(text)
      local rows, sent = run("people", "--output=json", "--refresh", "--filter", text)
      return #rows, sent
    end
    local one, sent = found "ann@example.com"
    assert.equal(1, one)
    local zoe, more = found "Zo\u{eb}"
    assert.same({ true, sent }, { zoe > 0, more })
    assert.same({ zoe, sent }, { found "Zoe\u{308}" })
    assert.same({ zoe, sent + 1 }, { found "ZO\u{cb}" })
    assert.same({ 1, sent }, { found "Ann Lee" })
    assert.same({ 1, sent }, { found "Ann\u{a0}Lee" })
    assert.same({ 0, sent + 1 }, { found "Zoe\u{302} M" })
  end)

  it("knows a group without people, and suggests for one that is not there", function()
    run("people", "--output=json")
    run("groups", "--output=json")
    local rows, sent = run("people", "--output=json", "--group", "Night shift")
    assert.same({ 0, 0 }, { #rows, sent })
    local status, _, err = run("people", "--output=json", "--group", "Suport")
    assert.equal(1, status)
    assert.matches('group Suport was not found; did you mean "Support"%?', err)
  end)

  it("chooses among groups, and among the people of one", function()
    run("groups", "--output=json")
    local rows, sent = run("groups", "--output=json", "--where", "people == 0")
    assert.same({ 1, "Night shift", 0 }, { #rows, rows[1].name, sent })
    rows, sent = run("groups", "--output=json", "--sort=-name", "--limit=1", "Support")
    assert.same({ 1, 0 }, { #rows, sent })
    rows = run("groups", "--output=json", "--workspace", "Client work")
    assert.is_true(#rows > 0 and #rows < 4)
  end)

  it("takes a group of the very name before one that differs in case", function()
    local program = 'assert(client:organization(4300000017):create_group { name = "support" })'
    local _, said, status = helper.run(environment, helper.build .. "/togglsh", "-e", program)
    assert.equal(0, status, said)
    run("groups", "--output=json", "--refresh")
    run("people", "--output=json", "--refresh")
    assert.same({}, (run("people", "--output=json", "--group", "support")))
    assert.is_true(#run("people", "--output=json", "--group", "Support") > 0)
  end)

  it("of the guide asks, and deactivates", function()
    local folder = home .. "/config/toggl/scripts"
    os.execute("mkdir -p -m 700 " .. folder)
    helper.write(
      folder .. "/idle.lua",
      helper.block("doc/scripts.md", "spec/select_spec.lua runs it as a job")
    )
    local dry = select(3, run("--dry-run", "idle"))
    assert.matches("would ask: Deactivate Ann?", dry, 1, true)
    local status, sent, err = run("--yes", "idle", "--refresh")
    assert.same({ 0, 3 }, { status, sent }, err) -- organization, person, the write
    local rows = run("people", "--output=json", "--where", "email == 'ann@example.com'")
    assert.equal("inactive", rows[1].state)
  end)

  it("rejects wrong words before its first request", function()
    for pattern, words in pairs {
      ["%-%-where: there is no column 'grups', did you mean 'groups'"] = {
        "people",
        "--where",
        "#grups > 0",
      },
      ["%-%-sort: there is no column 'x'"] = { "groups", "--sort", "x" },
      ["takes %-%-group or %-%-no%-group, not both"] = { "people", "--group", "x", "--no-group" },
      ["groups add takes no %-%-limit"] = { "groups", "add", "Support", "a@b.test", "--limit", "1" },
      ["groups Support lists people; %-%-workspace chooses groups"] = {
        "groups",
        "Support",
        "--workspace",
        "Main",
      },
    } do
      local status, sent, err = run(table.unpack(words))
      assert.same({ 2, 0 }, { status, sent })
      assert.matches(pattern, err)
    end
  end)
end)
