-- Listings by columns, written directly from the records: the text equals that of toggl.show for
-- Lua rows. A value of a wrong type is shown as unknown, with one warning.
local canned = require "spec.canned"
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local show = toggl.show

local PERSON = toggl.audit.PERSON
local NAMES = { "id", "name", "email", "state", "role", "groups", "workspaces", "user_id" }

-- Return the rows, read from the records by Lua.
local function rows_of(list)
  local rows = toggl.json.array {}
  local function names(items, field)
    local out = toggl.json.array {}
    for _, item in ipairs(items or {}) do
      out[#out + 1] = item[field]
    end
    return out
  end
  for user in list:each() do
    rows[#rows + 1] = {
      id = user.id,
      user_id = user.user_id,
      name = user.name,
      email = user.email,
      state = toggl.audit.state(user),
      role = toggl.audit.role(user),
      groups = names(user.groups, "name"),
      workspaces = names(user.workspaces, "workspace_name"),
    }
  end
  return rows
end

-- Return what show.print writes.
local function printed(value, options)
  show.held = {}
  local ok, why = pcall(show.print, value, options)
  local text = table.concat(show.held)
  show.held = nil
  assert(ok, why)
  return text
end

-- Parts of texts that CSV, JSON or tables must escape or align.
local PARTS = {
  "Ann",
  " ",
  "=",
  "+",
  "-1",
  "@",
  "'",
  "''=",
  "\t",
  "\n",
  "\r\n",
  '"',
  ",",
  ";",
  "\\",
  "|",
  "\1",
  "\u{A0}",
  "\u{2003}",
  "\u{202F}",
  "\u{3000}",
  "\u{FEFF}",
  "\u{FF0B}",
  "\u{FF20}",
  "é",
  "ÿ",
  "Ж",
  "ǅ",
  "\u{301}",
  "\u{483}",
  "\u{AD}",
  "王",
  "\0",
  "\u{202E}",
  "\u{85}",
  "<b>",
  "",
}

local function random_text()
  local t = {}
  for i = 1, math.random(0, 4) do
    t[i] = PARTS[math.random(#PARTS)]
  end
  return table.concat(t)
end

local function maybe(value)
  local n = math.random(6)
  if n == 1 then return nil end
  return n == 2 and toggl.json.null or value
end

local function random_list(n)
  local people = toggl.json.array {}
  local function some(make)
    local list = toggl.json.array {}
    for i = 1, math.random(0, 3) do
      list[i] = make()
    end
    return maybe(list)
  end
  for i = 1, n do
    people[i] = {
      id = i,
      name = maybe(math.random(9) == 1 and 42 or random_text()),
      email = maybe(random_text()),
      inactive = maybe(math.random(2) == 1),
      joined = maybe(math.random(2) == 1),
      owner = maybe(math.random(2) == 1),
      admin = maybe(math.random(2) == 1),
      user_id = maybe(math.random(2 ^ 53)),
      groups = some(function() return { group_id = 1, name = maybe(random_text()) } end),
      workspaces = some(function() return { workspace_id = 1, workspace_name = random_text() } end),
    }
  end
  return assert(core.parse("org_user", assert(toggl.json.encode(people))))
end

describe("a list by columns", function()
  it("is the text that Lua rows give, in each format", function()
    local seed = os.time()
    math.randomseed(seed)
    for round = 1, 60 do
      local list = random_list(round % 7)
      local rows = rows_of(list)
      for _, format in ipairs { "csv", "tsv", "json", "jsonl", "table", "markdown" } do
        for _, columns in ipairs { NAMES, { "name" }, { "email", "id", "email", "nothing" } } do
          local o =
            { format = format, columns = columns, separator = round % 2 == 0 and ";" or nil }
          local expected = show.text(rows, o)
          o.of = PERSON
          assert.equal(expected, printed(list, o), ("seed %d, %s"):format(seed, format))
        end
      end
      assert.same(rows, show.rows(list, PERSON))
    end
  end)

  it("is the same for a list whose table is written in several parts", function()
    local list = random_list(700)
    local o = { format = "table", columns = NAMES }
    local expected = show.text(rows_of(list), o)
    assert.is_true(#expected > 60000)
    o.of = PERSON
    assert.equal(expected, printed(list, o))
  end)

  it("gives each letter of Latin and Cyrillic scripts the width that Unicode gives it", function()
    local people = toggl.json.array {}
    for point = 0xA0, 0x58F do
      people[#people + 1] = { id = point, name = "a" .. utf8.char(point) .. "b", email = "x" }
    end
    local list = assert(core.parse("org_user", assert(toggl.json.encode(people))))
    local o = { format = "table", columns = { "name", "email" } }
    local expected = show.text(rows_of(list), o)
    o.of = PERSON
    assert.equal(expected, printed(list, o))
  end)

  it("is the same in a window, where columns are cut or left out", function()
    local screen = require "toggl.text.screen"
    local old = screen.terminal
    finally(function() screen.terminal = old end)
    local seed = os.time()
    math.randomseed(seed)
    for width = 20, 140, 3 do
      screen.terminal = { width = width, window = width, colour = width % 2 == 0 }
      local list = random_list(5)
      local o = { format = "table", columns = NAMES, title = "People" }
      local expected = show.text(rows_of(list), o)
      o.of = PERSON
      assert.equal(expected, printed(list, o), ("seed %d, width %d"):format(seed, width))
    end
  end)

  it("is the same page by page, and an empty list too", function()
    local server <close> = setmetatable(
      { sandbox = helper.sandbox { people = 300 } },
      { __close = function(s) s.sandbox:stop() end }
    )
    local client = helper.client(server.sandbox, { on_error = "raise" })
    local org = client:organizations()[1]
    local rows = rows_of(org:users())
    for _, format in ipairs { "csv", "tsv", "json", "jsonl", "table" } do
      local o = { format = format, columns = NAMES }
      local expected = show.text(rows, o)
      o.of = PERSON
      assert.equal(expected, printed(org:each_user { per_page = 40 }, o))
      o.empty = "none"
      local none = printed(org:each_user { filter = "none has this" }, o)
      o.of = nil
      assert.equal(show.text(toggl.json.array {}, o), none)
    end
    client:close()
  end)

  it("writes nothing when a page cannot be read", function()
    local sandbox = helper.sandbox { people = 300 }
    local client = helper.client(sandbox, { on_error = "raise", max_requests = 4 })
    local org = client:organizations()[1]
    show.held = {}
    local ok, err = pcall(
      show.print,
      org:each_user { per_page = 40 },
      { format = "csv", columns = NAMES, of = PERSON }
    )
    local held = show.held
    show.held = nil
    assert.same({ false, {} }, { ok, held })
    assert.is_string(err.kind)
    client:close()
    sandbox:stop()
  end)
end)

describe("a value of a wrong type", function()
  local function people(first)
    local text = '[%s,{"id":2,"name":"Bo","email":"bo@x.test","inactive":false,"joined":true,'
      .. '"admin":false}]'
    return assert(core.parse("org_user", text:format(first)))
  end

  -- Return the text and the warnings.
  local function told(list)
    local listing = require "toggl.text.listing"
    local before, warnings = listing.misfits, {}
    local old = core.warn
    core.warn = function(_, sentence) warnings[#warnings + 1] = sentence end
    local text = printed(list, { format = "csv", columns = NAMES, header = false, of = PERSON })
    core.warn = old
    return text, warnings, listing.misfits - before
  end

  it("is an empty cell, and its person and field are named once", function()
    local text, warnings, n = told(
      people '{"id":1,"name":"Ann","email":7,"inactive":"perhaps","joined":true,"admin":[],"groups":"x"}'
    )
    assert.equal("1,Ann,7,,,,,\r\n2,Bo,bo@x.test,active,member,,,\r\n", text)
    assert.same({
      'user 1 (Ann): the field "inactive" is "perhaps", and should be of type boolean, and '
        .. "2 more values are wrong; they are shown as unknown",
    }, warnings)
    assert.equal(3, n)
  end)

  it("is shown up to a whole character", function()
    local long = "x" .. ("é"):rep(30)
    local list = people(('{"id":1,"name":"Ann","inactive":"%s"}'):format(long))
    local _, warnings = told(list)
    assert.is_number((utf8.len(warnings[1])))
    local ok, err = pcall(function() return list[1].inactive end)
    assert.is_false(ok)
    assert.is_number((utf8.len(err.message)))
  end)

  it("in a group leaves out that group", function()
    local text, warnings =
      told(people '{"id":1,"groups":[{"name":"A"},{"name":{"x":1}},{"name":"B"},5],"joined":false}')
    assert.equal('1,,,invited,,"A, B",,\r\n2,Bo,bo@x.test,active,member,,,\r\n', text)
    assert.matches('the field "name" is of another type', warnings[1])
  end)

  it("is no reason to say anything where there is none", function()
    local _, warnings, n = told(people '{"id":1,"inactive":null,"groups":[null]}')
    assert.same({ {}, 0 }, { warnings, n })
  end)
end)

describe("a walk from the store with each_user", function()
  it("needs memory for a page, not for the list", function()
    if os.getenv "TOGGL_PRELOAD" then return pending "a sanitizer needs memory of its own" end
    local out, err, status = helper.run({ TOGGL_BUILD = helper.build }, "scripts/dev/walk", "20000")
    assert.same({ "", 0 }, { err, status })
    local highest, _, bytes = out:match "^(%S+) (%S+) (%d+)\n$"
    assert.is_true(tonumber(highest) < 40 and tonumber(bytes) > 12e6, out)
  end)
end)

describe("togglsh people", function()
  local server, home, environment

  local function people(...)
    return helper.run(environment, helper.build .. "/togglsh", "people", ...)
  end

  before_each(function()
    home = helper.scratch()
    server = canned.serve(home, {
      {
        "/users",
        '[{"id":1,"name":"Ann","email":"ann@x.test","inactive":"perhaps","joined":true,"owner":true},'
          .. '{"id":2,"name":"Bo","email":"bo@x.test","joined":true,"admin":false}]',
      },
      { "GET", '{"id":7,"name":"Acme"}' },
    })
    environment = helper.environment(
      home,
      { TOGGL_API_TOKEN = ("a"):rep(32), TOGGL_API_URL = server.url, TOGGL_ORGANIZATION_ID = "7" }
    )
  end)

  after_each(function()
    server.close()
    helper.remove(home)
  end)

  it("shows a person with a field of a wrong type, says which, and ends as partial", function()
    local out, err, status = people("--output", "csv", "--columns", "id,state,role")
    assert.equal("id,state,role\r\n1,,owner\r\n2,,member\r\n", out)
    assert.equal(
      'togglsh: warning: user 1 (Ann): the field "inactive" is "perhaps", and should be of type '
        .. "boolean; it is shown as unknown\n",
      err
    )
    assert.equal(5, status)
    out, err, status = people "--sort=-name"
    assert.matches("2  Bo .* 1  Ann", (out:gsub("\n", " ")))
    assert.matches('the field "inactive" is "perhaps"', err)
    assert.equal(5, status)
  end)

  it("says how many people a choice by their state leaves out", function()
    local out, err, status = people("--state", "active")
    assert.equal("(none)\n", out)
    assert.matches("2 people are left out: the list does not say whether they are active", err)
    assert.equal(5, status)
    out, err, status = people("--admins", "--output", "csv", "--columns", "name")
    assert.same({ "name\r\nAnn\r\n", 5 }, { out, status }, err)
  end)
end)

describe("a reply with records that lack their key or name", function()
  local folder, server, warned
  before_each(function() folder = helper.scratch() end)
  after_each(function()
    server.close()
    helper.remove(folder)
  end)

  local function acme(users, groups, admins)
    server = canned.serve(folder, {
      { "/organizations/1/users", users },
      { "/organizations/1/groups", groups },
      {
        "/organizations/1/workspaces/statistics",
        ('{"7":{"admins":%s,"groups_count":1,"members_count":2}}'):format(admins),
      },
      { "/organizations/1", '{"id":1,"name":"Acme","user_count":2}' },
      { "/me/workspaces", '[{"id":7,"organization_id":1,"name":"Main"}]' },
      { "/workspaces/7/workspace_users", "[]" },
    })
    local client = toggl.client {
      base_url = server.url,
      token = ("a"):rep(32),
      state = ":memory:",
      cache = ":memory:",
      on_warning = function(text) warned = text end,
    }
    return client:organization(1), client
  end

  it("is audited as far as it goes, and not planned", function()
    local ann = '{"id":1,"user_id":1,"email":"ann@x.yz","joined":true,"inactive":false,%s}'
    local group = '[{"group_id":5,"name":"Team"},%s]'
    for _, case in ipairs {
      { '"groups":[{"name":"Team"}]', '{"group_id":6,"name":"X"}', "lacks its group_id" },
      { '"workspaces":[{"role":"user"}]', '{"group_id":6}', "lacks its workspace_id" },
      {
        '"groups":[]',
        '{"name":"Gone","users":[{"user_id":1}]}',
        'group "Gone" came without a key',
      },
      { '"groups":[]', '{"group_id":6,"name":null,"users":[]}' },
    } do
      local users = ("[%s,%s]"):format(ann:format(case[1]), '{"joined":true,"admin":true}')
      local org, client = acme(users, group:format(case[2]), '[{"user_id":1},{},{"name":"Zed"},2]')
      local found = assert(toggl.audit.read(org))
      assert.same({ 2, 2 }, { found.plan.people, #found.groups })
      assert.same({ "1", "2", "no name", "Zed" }, found.workspaces[1].who)
      local plan, err = org:plan { people = { ["ann@x.yz"] = { groups = { "Team" } } } }
      assert.same({ case[3] == nil, case[3] and "decode" }, { plan ~= nil, err and err.kind })
      assert.matches(case[3] or "nil", tostring(err), 1, true)
      local text = toggl.plan.export(org)
      assert.equal(
        plan and "1 of 2 people came without an address, and are not in the export",
        warned
      )
      assert.equal(plan ~= nil, text ~= nil and text:find("ann@x.yz", 1, true) ~= nil)
      client:close()
      server.close()
    end
  end)
end)
