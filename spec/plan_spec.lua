-- Plans: what they read, contain and refuse, and exports that need no change.

local helper = require "spec.helper"
local toggl = require "toggl"

local plan = toggl.plan

local with_org = helper.with_org

local function planned(org, text) return plan.of(org, assert(plan.parse(text, "lua"))) end

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
