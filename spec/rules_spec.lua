-- Rules written by users: what they see, what they refuse, and changes by others during an apply.

local helper = require "spec.helper"
local toggl = require "toggl"

local FINANCE = [[
deny("contractor in Finance", function(person)
  return person.groups.Finance and person.email:find "@x%.yz$" ~= nil
end)
]]

describe("rules of one's own", function()
  local folder, server, client, org
  before_each(function()
    folder = helper.scratch()
    server = helper.sandbox { people = 20, plan = "none", record = false }
    client = helper.client(server, { on_error = "raise", settle = 0, journal = ":memory:" })
    org = client:organization "Acme"
  end)
  after_each(function()
    client:close()
    server:stop()
    helper.remove(folder)
    server, client, org = nil, nil, nil
  end)

  local function rules(text)
    local path = helper.write(folder .. "/rules.lua", text)
    os.execute("chmod 600 " .. helper.quote(path))
    return { own = path }
  end

  local function writes() return helper.writes(server) end

  local TOM = "tomas6@example.com"

  it("refuse what they deny, whichever way it comes about", function()
    local state = { people = { ["c@x.yz"] = { workspaces = { "Main" }, groups = { "Finance" } } } }
    local plan = org:plan(state, { rules = rules(FINANCE) })
    assert.equal(1, #plan.refused)
    assert.matches("c@x.yz: contractor in Finance", plan.refused[1].text, 1, true)
    assert.matches("guard: rules", plan:show(), 1, true)
    local ok, err = pcall(plan.apply, plan)
    assert.is_false(ok)
    assert.same({ "guard", "rules" }, { err.kind, err.rule })
    assert.equal(0, writes())
    state.people["c@x.yz"].groups = nil
    assert.same({}, org:plan(state, { rules = rules(FINANCE) }).refused)
  end)

  it("see a workspace that a person is in directly, whichever group is left or loses it", function()
    local direct = { people = { [TOM] = { workspaces = { Vault = "user" } } } }
    direct.workspaces = { Vault = {} }
    org:plan(direct):apply()
    local gate = { people = { [TOM] = { groups = { "Gate" } } } }
    gate.groups = { Gate = { workspaces = { "Vault" } } }
    org:plan(gate):apply()
    local VAULT = 'deny("in Vault", function(p) return p.workspaces.Vault end)'
    for _, state in ipairs {
      { people = { [TOM] = { groups = { Gate = false } } } },
      { groups = { Gate = { workspaces = { Vault = false } } } },
      { groups = { Gate = { state = "absent" } } },
    } do
      local plan = org:plan(state, { rules = rules(VAULT) })
      assert.equal(TOM, plan.refused[1] and plan.refused[1].who)
    end
  end)

  it("see a person as before and as after the plan", function()
    local SEE = [[
      deny("all", function(p)
        local function list(t)
          local names = {}
          for name, value in pairs(t) do names[#names + 1] = name .. "=" .. tostring(value) end
          table.sort(names)
          return table.concat(names, ",")
        end
        local b = p.before
        return ("%s %s %s [%s] [%s] was %s"):format(p.email, p.role, p.state, list(p.groups),
          list(p.workspaces), b and ("%s %s [%s] [%s]"):format(b.role, b.state, list(b.groups),
          list(b.workspaces)) or "-")
      end)
    ]]
    local function seen(state)
      local texts = {}
      for i, refusal in ipairs(org:plan(state, { rules = rules(SEE), refresh = true }).refused) do
        texts[i] = refusal.rule == "rules" and refusal.text:match "all: (.*)$" or nil
      end
      return texts
    end
    org
      :plan({
        people = { [TOM] = { groups = { "Gate" } } },
        groups = { Gate = { workspaces = { "Vault" } } },
        workspaces = { Vault = {} },
      })
      :apply()
    local groups, roles, before = {}, {}, org:user(TOM, { refresh = true })
    for i, g in ipairs(before.groups) do
      groups[i] = g.name .. "=true"
    end
    for i, w in ipairs(before.workspaces) do
      roles[i] = ("%s=%s"):format(w.workspace_name, w.role or (w.admin and "admin" or "user"))
    end
    table.sort(groups)
    table.sort(roles)
    local was = ("was user active [%s] [%s]"):format(
      table.concat(groups, ","),
      table.concat(roles, ",")
    )
    local function without(list, what)
      local kept = {}
      for _, name in ipairs(list) do
        if name ~= what then kept[#kept + 1] = name end
      end
      return table.concat(kept, ",")
    end
    local all = table.concat(groups, ",")
    local out = without(roles, "Vault=user")
    assert.same(
      { ("%s admin inactive [%s] [%s] %s"):format(TOM, all, table.concat(roles, ","), was) },
      seen { people = { [TOM] = { role = "admin", state = "inactive" } } }
    )
    assert.same(
      { ("%s user active [%s] [%s] %s"):format(TOM, without(groups, "Gate=true"), out, was) },
      seen { people = { [TOM] = { groups = { Gate = false } } } }
    )
    assert.same(
      { ("%s user active [%s] [%s] %s"):format(TOM, all, out, was) },
      seen { groups = { Gate = { workspaces = { Vault = false } } } }
    )
    assert.same(
      { ("%s user active [%s] [%s] %s"):format(TOM, without(groups, "Gate=true"), out, was) },
      seen { groups = { Gate = { state = "absent" } } }
    )
    assert.same(
      { ("%s user absent [] [] %s"):format(TOM, was) },
      seen { people = { [TOM] = { state = "absent" } } }
    )
    assert.same(
      { "n@x.yz user invited [Gate=true] [Main=admin,Vault=user] was -" },
      seen { people = { ["n@x.yz"] = { workspaces = { Main = "admin" }, groups = { "Gate" } } } }
    )
    assert.same({}, seen { people = { [TOM] = { role = "user" } } }) -- no step
  end)

  it("that the guide shows refuse, too", function()
    local guide = helper.read "doc/plan.md":match "```lua\n(deny%(.-)\n```"
    local state = {
      people = { ["c@contractor.test"] = { workspaces = { "Main" }, groups = { "Finance" } } },
    }
    assert.equal(1, #org:plan(state, { rules = rules(guide) }).refused)
  end)

  it("get the groups and workspaces of a large organization, too", function()
    local large <close> = helper.sandbox {
      people = 300,
      page_cap = 50,
      plan = "none",
      record = false,
    }
    local other <close> = helper.client(large, { on_error = "raise", settle = 0, journal = false })
    local state = { people = { ["ann@example.com"] = { groups = { "Support" } } } }
    local there = other:organization "Acme"
    assert.is_table(there:plan(state).present.few)
    local given = rules 'deny("in the archive", function(p) return p.workspaces.Archive end)'
    local whole = there:plan(state, { rules = given, refresh = true })
    assert.is_nil(whole.present.few)
    local archive = false
    for _, w in ipairs(there:user("ann@example.com").workspaces) do
      archive = archive or w.workspace_name == "Archive"
    end
    assert.equal(archive and 1 or 0, #whole.refused)
  end)

  it("refuse where they fail, run for too long, or reach for more than they may", function()
    local state = { people = { [TOM] = { role = "admin" } } }
    for text, problem in pairs {
      ['deny("x", function(p) return p.nothing.more end)'] = "rules.lua:1: attempt to index",
      ['deny("x", function() while true do end end)'] = "it runs for too long",
      ['deny("x", function() coroutine.yield() end)'] = "coroutine",
      ['deny("x", function() return io.open "/etc/passwd" end)'] = "'io'",
    } do
      local plan = org:plan(state, { rules = rules(text) })
      assert.equal("rules", plan.refused[1].rule)
      assert.matches(problem, plan.refused[1].text, 1, true)
    end
    for text, problem in pairs {
      ["deny()"] = "deny takes a reason and a function",
      ["deny('x', 5)"] = "rules.lua:1: deny takes a reason",
      ["deny("] = "rules.lua:1:",
      ["return 5"] = "has no rule",
      ["os.exit(0)"] = "'os'",
    } do
      local ok, err = pcall(org.plan, org, state, { rules = rules(text) })
      assert.is_false(ok)
      assert.equal("setting", err.kind)
      assert.matches(problem, tostring(err), 1, true)
    end
  end)

  it("come from a file of one's own alone", function()
    local given = rules(FINANCE)
    os.execute("chmod 666 " .. helper.quote(given.own))
    local ok, err = pcall(org.plan, org, { groups = { Day = {} } }, { rules = given })
    assert.is_false(ok)
    assert.equal("setting", err.kind)
    assert.matches("can be written by other users", tostring(err), 1, true)
    ok, err = pcall(org.plan, org, { groups = { Day = {} } }, { rules = { own = folder .. "/no" } })
    assert.is_false(ok)
    assert.matches("there is no such file", tostring(err), 1, true)
  end)

  it("are kept with the plan, whatever becomes of their file", function()
    local state = { people = { [TOM] = { groups = { "Night shift" } } } }
    local TOMS =
      'deny("Tom beside others", function(p) return p.groups["Night shift"] and p.groups.Late end)'
    local given = rules(TOMS)
    local plan = org:plan(state, { rules = given })
    assert.same({}, plan.refused)
    assert.is_true(plan:keep())
    assert.not_equal(plan.id, org:plan(state).id)
    rules 'deny("never", function() return false end)'
    org:plan({ people = { [TOM] = { groups = { "Late" } } }, groups = { Late = {} } }):apply()
    local again = toggl.plan.kept(org, plan.id, { refresh = true })
    assert.equal("rules", again.refused[1].rule)
    os.remove(given.own)
    assert.equal("rules", toggl.plan.kept(org, plan.id).refused[1].rule)
  end)

  it("run again before what takes something away, in the middle of an apply too", function()
    local price = require "toggl.plan.price"
    local young = price.young
    local KEEP = [[deny("leaves as administrator", function(p)
      return p.state == "absent" and p.before.role == "admin"
    end)]]
    local state = { people = { [TOM] = { state = "absent" } }, groups = { Day = {} } }
    -- between plan and apply
    local plan = org:plan(state, { rules = rules(KEEP) })
    assert.same({}, plan.refused)
    org:plan({ people = { [TOM] = { role = "admin" } } }):apply()
    plan.present.at = plan.present.at - 61
    local before = writes()
    local ok, err = pcall(plan.apply, plan, { allow_removals = 1 })
    assert.same({ false, "rules", 0 }, { ok, err.rule, writes() - before }, tostring(err))
    -- during the apply
    org:plan({ people = { [TOM] = { role = "user" } } }):apply()
    price.young = -1
    plan = org:plan(state, { rules = rules(KEEP), refresh = true })
    ok, err = pcall(plan.apply, plan, {
      allow_removals = 1,
      progress = function(event)
        if event.what == "step" and event.done == 1 then
          org:user(TOM, { refresh = true }):set_role "admin"
        end
      end,
    })
    price.young = young
    assert.same({ false, "rules" }, { ok, err.rule }, tostring(err))
    assert.is_truthy(org:user(TOM, { refresh = true }))
  end)

  it("of a profile hold for every plan of its clients", function()
    local path = rules(FINANCE).own
    local given = helper.client(server, {
      on_error = "raise",
      settle = 0,
      journal = ":memory:",
      rules = path,
    })
    local state = { people = { ["c@x.yz"] = { workspaces = { "Main" }, groups = { "Finance" } } } }
    local plan = given:organization("Acme"):plan(state)
    assert.equal("rules", plan.refused[1].rule)
    assert.equal(1, #plan.refused)
    plan = given:organization("Acme"):plan(state, { rules = { own = path } })
    assert.equal(1, #plan.refused)
    given:close()
  end)
end)

describe("togglsh", function()
  local home, server
  before_each(function()
    home = helper.scratch()
    server = helper.sandbox { people = 12, plan = "none", record = false, port = 0 }
    helper.write(home .. "/rules.lua", FINANCE)
    helper.write(
      home .. "/a.json",
      '{"people":{"c@x.yz":{"workspaces":["Main"],"groups":["Finance"]}}}'
    )
  end)
  after_each(function()
    server:stop()
    helper.remove(home)
  end)

  local function togglsh(...)
    local more = { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
    return helper.run(helper.environment(home, more), helper.build .. "/togglsh", ...)
  end

  it("plan and apply take --rules, and refuse with exit status 7", function()
    local file, path = home .. "/a.json", home .. "/rules.lua"
    local out, err, status = togglsh("--org", "Acme", "plan", file, "--rules", path)
    assert.equal(7, status, err)
    assert.matches("c@x.yz: contractor in Finance", out, 1, true)
    out, err, status = togglsh("--org", "Acme", "apply", file, "--rules", path, "--yes")
    assert.equal(7, status, out)
    assert.matches("contractor in Finance; nothing was sent (guard: rules)", err, 1, true)
    out, err, status = togglsh("--org", "Acme", "apply", "7f3a91c2d4e5", "--rules", path, "--yes")
    assert.equal(2, status, out)
    assert.matches("keeps the rules that it was made with", err, 1, true)
  end)

  it("jobs obey the rules that the profile names", function()
    helper.sh({}, ("mkdir -p %s/config/toggl"):format(helper.quote(home)))
    local profiles = home .. "/config/toggl/profiles"
    local function profile(rules)
      local text = "[work]\ntoken = %s\nbase_url = %s\ncleartext = true\nrules = %s\n"
      helper.write(profiles, text:format(server:token(), server.url, rules))
      os.execute("chmod 600 " .. helper.quote(profiles))
    end
    local function onboard()
      local environment = helper.environment(home, {})
      local words = { "--profile", "work", "--org", "Acme", "onboard", "c@x.yz" }
      local more = { "--workspace", "Main", "--group", "Finance", "--yes" }
      table.move(more, 1, #more, #words + 1, words)
      return helper.run(environment, helper.build .. "/togglsh", table.unpack(words))
    end
    profile(home .. "/rules.lua")
    local out, err, status = onboard()
    assert.equal(7, status, out .. err)
    assert.matches("contractor in Finance", err, 1, true)
    profile "rules.lua"
    out, err, status = onboard()
    assert.not_equal(0, status, out)
    assert.matches('its rules is "rules.lua"; it must be an absolute path', err, 1, true)
  end)
end)
