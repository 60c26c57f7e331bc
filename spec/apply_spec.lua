-- Applying plans to a sandbox: random desired states, what the guards refuse, and what is left
-- after a failure.

local core = require "toggl.core"
local helper = require "spec.helper"
local toggl = require "toggl"

local with_org, writes = helper.with_settled_org, helper.writes

-- ------------------------------------------------------------------------- random desired states

local function chance(p) return math.random() < p end

local function pick(list) return list[math.random(#list)] end

local function random_person(found, p)
  if p and p.role ~= "owner" and chance(0.1) then return { state = "absent" } end
  local person = { groups = {}, workspaces = {} }
  if p and p.state ~= "invited" and p.role ~= "owner" then
    if chance(0.2) then person.role = pick { "user", "admin" } end
    if chance(0.2) then person.state = pick { "active", "inactive" } end
  end
  for _, g in ipairs(found.groups) do
    if chance(0.4) then person.groups[g.name] = chance(0.5) end
  end
  for _, w in ipairs(found.workspaces) do
    if chance(0.3) then person.workspaces[w.name] = pick { true, "user", "admin", false } end
  end
  return person
end

local function random_group(found, state, g)
  local record = { workspaces = {} }
  for _, w in ipairs(found.workspaces) do
    if chance(0.4) then record.workspaces[w.name] = chance(0.6) end
  end
  if chance(0.2) then record = { state = "absent" } end
  if record.workspaces and chance(0.3) then
    record.previously = { g.name }
    state.groups["R" .. g.name] = record
  else
    state.groups[g.name] = record
  end
end

local function random_desired(found)
  local state = { people = {}, groups = {}, workspaces = {} }
  for _, p in ipairs(found.people) do
    if chance(0.6) then state.people[p.email] = random_person(found, p) end
  end
  for i = 1, math.random(0, 3) do
    state.people[("new%d@x.yz"):format(i)] = random_person(found)
  end
  for _, g in ipairs(found.groups) do
    if chance(0.3) then random_group(found, state, g) end
  end
  if chance(0.3) then
    state.groups.Fresh = { workspaces = { [found.workspaces[1].name] = true } }
  end
  if chance(0.2) then state.workspaces.Added = {} end
  if chance(0.2) then state.exact = { "group members" } end
  return state
end

-- Return the memberships of PRESENT by address and workspace: the fields that a plan must preserve.
local function memberships(present)
  local all = {}
  for _, p in ipairs(present.people) do
    for w, here in pairs(p.workspaces) do
      all[p.key .. " " .. w] = { here.role, here.rate, here.cost, here.hours, here.direct }
    end
  end
  return all
end

local function read_all(org)
  local present = require "toggl.plan.present"
  local found = present.read(org, nil, { refresh = true })
  local keys = {}
  for i, w in ipairs(found.workspaces) do
    keys[i] = w.id
  end
  present.read_members(org, found, keys)
  return found
end

-- Return the memberships that PLAN mentions, and the people who lose some.
local function touched_by(plan)
  local touched = {}
  for _, c in ipairs(plan.changes) do
    if c.who and c.workspace then touched[core.fold(c.who) .. " " .. c.workspace] = true end
    if c.undo == "none" and c.who then touched[core.fold(c.who)] = true end
    if c.undo == "none" and not c.who then touched[c.group] = true end
  end
  return touched
end

-- Check that role, rate, cost, hours and directness are as BEFORE, unless PLAN mentions them.
local function check_untouched(plan, before, found, seed)
  local touched, after = touched_by(plan), memberships(found)
  for _, p in ipairs(before.people) do
    local loses = touched[p.key]
    for g in pairs(p.groups) do
      loses = loses or touched[g]
    end
    for w, here in pairs(p.workspaces) do
      local key = p.key .. " " .. w
      if after[key] and not touched[key] and not loses then
        local was = { here.role, here.rate, here.cost, here.hours, here.direct }
        assert.same(was, after[key], seed .. " " .. key)
      end
    end
  end
end

local function one(seed)
  local applied = false
  with_org({ people = 10, seed = seed }, function(org, server)
    math.randomseed(seed)
    local before = read_all(org)
    local state = random_desired(before)
    local ok, plan = pcall(org.plan, org, state, { rules = { least_admins = 0 } })
    if not ok then
      assert.equal("setting", plan.kind) -- the state contradicts itself
      return
    end
    if #plan.refused > 0 then return end
    local sent = server:requests()
    local receipt = plan:apply { allow_removals = (require("toggl.plan.limits").removals(plan)) }
    assert.equal(plan.cost.total, server:requests() - sent, "seed " .. seed)
    assert.equal(plan.cost.total, receipt.spent)
    assert.equal(#receipt.rows, receipt.count.done)
    local again = org:plan(state, { refresh = true })
    assert.equal(0, #again.steps, ("seed %d: %s"):format(seed, tostring(again)))
    check_untouched(plan, before, read_all(org), seed)
    applied = #plan.steps > 0
  end)
  return applied
end

describe("an apply", function()
  it("of random desired states leaves nothing to do, at the printed price", function()
    local n, seed = 0, 0
    while n < 200 do
      seed = seed + 1
      if one(seed) then n = n + 1 end
    end
    assert.is_true(seed < 800, seed .. " of them to apply 200")
  end)
end)

-- Return the changes of a plan as lines.
local function lines(plan)
  local list = {}
  for i, row in ipairs(plan:rows()) do
    list[i] = table.concat({
      row.change,
      row.who or "",
      row.group or "",
      row.workspace or "",
      row.operation,
    }, " ")
  end
  return list
end

describe("a plan of fewer reads", function()
  it("is the plan of the whole list", function()
    local cheap = 0
    for seed = 1, 30 do
      with_org({ people = 120, seed = seed, page_cap = 20 }, function(org)
        math.randomseed(seed)
        local groups, state = org:groups(), { people = {} }
        local users = org:users()
        for _ = 1, math.random(8) do
          local user = users[math.random(#users)]
          local person = { groups = {} }
          for _ = 1, 2 do
            person.groups[groups[math.random(#groups)].name] = chance(0.6)
          end
          if user.joined then state.people[user.email] = person end
        end
        if chance(0.5) then
          state.people["new@x.yz"] = { workspaces = { "Main" }, groups = { groups[1].name } }
        end
        local ok, plan = pcall(org.plan, org, state, { refresh = true })
        if not ok then return end
        local whole = require "toggl.plan.few"
        local read = whole.read
        whole.read = function() end
        local other = org:plan(state, { refresh = true })
        whole.read = read
        assert.same(lines(other), lines(plan), "seed " .. seed)
        assert.is_true(plan.present.few ~= nil or plan.present.spent >= other.present.spent)
        if plan.present.few then cheap = cheap + 1 end
      end)
    end
    assert.is_true(cheap >= 5, cheap .. " plans of fewer reads")
  end)
end)

-- ------------------------------------------------------------------------------------------ guards

-- Apply PLAN, which the guard RULE must refuse. Return the error and how many writes were sent.
local function refused(rule, plan, server, options)
  local sent = writes(server)
  local ok, err = pcall(plan.apply, plan, options)
  assert.is_false(ok)
  assert.equal("guard", err.kind, tostring(err))
  assert.equal(rule, err.rule, tostring(err))
  assert.matches("guard: " .. rule, tostring(err), 1, true)
  return err, writes(server) - sent
end

describe("a guard", function()
  local price = require "toggl.plan.price"
  local young = price.young
  after_each(function() price.young = young end)

  local function addresses(org, n)
    local list = {}
    for user in org:each_user() do
      if not user.admin and user.joined and #list < n then list[#list + 1] = user.email end
    end
    return list
  end

  local function absent(list)
    local state = { people = {} }
    for _, email in ipairs(list) do
      state.people[email] = { state = "absent" }
    end
    return state
  end

  it("lets one plan be applied once, also by another process that was shown it before", function()
    with_org({ people = 30 }, function(org, server)
      local state = { people = { ["new@example.com"] = { workspaces = { Main = "user" } } } }
      local first, other = org:plan(state), org:plan(state)
      assert.equal(first.id, other.id)
      assert.equal(1, first:apply({}).count.done)
      local err, sent = refused("applied", other, server, {})
      assert.equal(0, sent)
      assert.matches("was applied meanwhile", tostring(err), 1, true)
    end)
  end)

  it("is not put off by what the account has changed in another organization", function()
    with_org({ people = 12 }, function(org, _, client)
      client:create_organization { name = "Third", workspace_name = "Home" }
      local state, third = { groups = { Crew = {} } }, client:organization "Third"
      for _, plan in ipairs { org:plan(state), third:plan(state) } do
        assert.equal(plan.cost.total, plan:apply().spent)
      end
    end)
  end)

  it("takes as many removals as were allowed, and no other number", function()
    with_org({ people = 60 }, function(org, server)
      local state = absent(addresses(org, 12))
      local plan = org:plan(state)
      local err, sent = refused("removals", plan, server, {})
      assert.equal(0, sent)
      assert.matches("--allow-removals=12 allows exactly that", tostring(err), 1, true)
      refused("removals", plan, server, { allow_removals = true })
      refused("removals", plan, server, { allow_removals = 11 })
      refused("removals", plan, server, { allow_removals = 13 })
      assert.equal(12, plan:apply({ allow_removals = 12 }).count.done)
    end)
  end)

  it("counts a share of a small organization", function()
    with_org({ people = 60 }, function(org, server)
      local plan = org:plan(absent(addresses(org, 4)))
      refused("removals", plan, server, { allow_removals = true })
      assert.equal(
        3,
        org:plan(absent(addresses(org, 3))):apply({ allow_removals = true }).count.done
      )
    end)
  end)

  it("removes people whose last day the plan named", function()
    with_org({ people = 60 }, function(org)
      local who = addresses(org, 1)[1]
      local plan =
        org:plan { people = { [who] = { workspaces = { Main = true }, ends = "2020-01-01" } } }
      assert.equal(1, plan:apply().count.done)
    end)
  end)

  it("refuses before the first write what the organization has become since", function()
    with_org({ people = 60 }, function(org, server)
      local who = addresses(org, 1)[1]
      local state = absent { who }
      state.groups = { Other = {} }
      local plan = org:plan(state)
      org:remove_users { delete = { org:user(who) } }
      plan.present.at = plan.present.at - 61
      local err, sent = refused("changed", plan, server, { allow_removals = 1 })
      assert.matches(who, tostring(err), 1, true)
      assert.equal(0, sent)
    end)
  end)

  -- Call F with two people; besides the caller, the first is the only administrator of a new
  -- workspace.
  local function with_admins(f)
    with_org({ people = 60 }, function(org, server)
      local a, b = table.unpack(addresses(org, 2))
      org
        :plan({
          people = {
            [a] = { workspaces = { Depot = "admin" } },
            [b] = { workspaces = { Depot = "admin" } },
          },
          workspaces = { Depot = {} },
        })
        :apply()
      org:plan({ people = { ["olive@example.com"] = { workspaces = { Depot = false } } } }):apply()
      f(org, server, a, b)
    end)
  end

  it("keeps the last administrator of a workspace, demoted by others meanwhile", function()
    with_admins(function(org, server, a, b)
      local plan = org:plan { people = { [a] = { state = "inactive" } } }
      assert.same({}, plan.refused)
      org:plan({ people = { [b] = { workspaces = { Depot = "user" } } } }):apply()
      local old = org:plan({ people = { [a] = { state = "inactive" } } }, { refresh = true })
      assert.equal(0, select(2, refused("last-admin", old, server, {})))
      plan.present.at = plan.present.at - 61
      assert.equal(0, select(2, refused("last-admin", plan, server, {})))
    end)
  end)

  it("holds in the middle of an apply, and stops what depends on it alone", function()
    price.young = -1 -- each destructive request reads first
    with_admins(function(org, server, a, b)
      local plan = org:plan {
        people = { [a] = { state = "inactive" } },
        groups = { Engineering = { workspaces = { Depot = true } }, Late = {} },
      }
      local membership = org:user(b, { refresh = true }).workspaces
      membership = membership[#membership]
      local function meddle(event)
        if event.what == "step" and event.done == 1 then
          org:client().api.put_workspace_workspace_users {
            workspace_id = org:workspace("Depot").id,
            workspace_user_id = membership.workspace_user_id,
            role = "user",
          }
        end
      end
      local err = refused("last-admin", plan, server, { progress = meddle })
      assert.equal(#err.receipt.rows - 1, err.receipt.count.done)
      assert.equal(1, err.receipt.count.refused)
      assert.is_false(org:user(a, { refresh = true }).inactive)
    end)
  end)

  it("takes no workspace from a group while the request that keeps it failed", function()
    with_org({ people = 60 }, function(org, server)
      local who, other = table.unpack(addresses(org, 2))
      org
        :plan({
          people = { [who] = { groups = { "Crew" } } },
          groups = { Crew = { workspaces = { Depot = true } } },
          workspaces = { Depot = {} },
        })
        :apply()
      local depot = org:workspace("Depot", { refresh = true })
      local function membership()
        for _, w in ipairs(org:user(who, { refresh = true }).workspaces) do
          if w.workspace_id == depot.id then return w end
        end
      end
      org:client().api.put_workspace_workspace_users {
        workspace_id = depot.id,
        workspace_user_id = membership().workspace_user_id,
        role = "admin",
      }
      local before = membership().workspace_user_id
      local state = {
        people = {
          [who] = { workspaces = { Depot = "admin" } },
          [other] = { groups = { "Crew" } },
        },
        groups = { Crew = { workspaces = { Depot = false } } },
      }
      local options = { refresh = true, rules = { least_admins = 0 } }
      local plan = org:plan(state, options)
      assert.equal(2, plan.cost.writes)
      server:fault(("403@/users/%d"):format(org:user(who).id))
      local ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.equal(0, err.receipt.count.done)
      server:clear()
      assert.equal(before, membership().workspace_user_id)
      org:plan(state, options):apply()
      assert.equal(before, membership().workspace_user_id) -- the membership is the same one
    end)
  end)

  it("does not undo by a complete list what others changed meanwhile", function()
    price.young = -1
    with_org({ people = 60 }, function(org, server)
      local who = addresses(org, 1)[1]
      local user = org:user(who)
      org:plan({ people = { [who] = { groups = { "Support", "Finance" } } } }):apply()
      local plan = org:plan {
        people = { [who] = { role = "admin", groups = { Support = false } } },
      }
      org:group("Engineering"):add(user)
      local lists = false
      for _, step in ipairs(plan.steps) do
        lists = lists or step.operation == "put_organization_users"
      end
      assert.is_true(lists)
      refused("changed", plan, server, {})
      local names = {}
      for _, group in ipairs(org:user(who, { refresh = true }).groups) do
        names[group.name] = true
      end
      assert.is_true(names.Engineering and names.Support)
    end)
  end)

  it("keeps requests for others, and a time, or refuses beforehand", function()
    with_org({ people = 60 }, function(org, server)
      local plan = org:plan { groups = { Design = {} } }
      plan.window, plan.now = nil, os.time()
      refused("quota", plan, server, { reserve = 1 })
      plan.window = { remaining = 10, total = 10, resets_in = 1800 }
      assert.equal(2, plan.cost.total)
      assert.equal(0, select(2, refused("quota", plan, server, { reserve = 9 })))
      plan.window.remaining = 1
      refused("quota", plan, server, { by = os.time() + 600 })
      plan:check { by = os.time() + 3600 }
      plan.window.remaining = 10
      assert.equal(1, plan:apply({ reserve = 8, by = os.time() + 60 }).count.done)
    end)
  end)

  it("lets a plan be applied once", function()
    with_org({ people = 12 }, function(org, server)
      local plan = org:plan { people = { ["a@x.yz"] = { workspaces = { Main = true } } } }
      plan:apply()
      assert.equal(0, select(2, refused("applied", plan, server, {})))
    end)
  end)

  it("refuses owner, payer and caller, whatever takes their access", function()
    with_org({ people = 60 }, function(org, server, client)
      local who = {
        owner = org:get_owner().email,
        payer = org:user({ user_id = org:customer().toggl_user_id }).email,
        caller = org:user({ user_id = client:my_id() }).email,
      }
      local states = { { state = "absent" }, { state = "inactive" }, { role = "user" } }
      for name, email in pairs(who) do
        for _, person in ipairs(states) do
          local user = org:user(email)
          local takes = person.role == nil or user.admin or user.owner
          local plan = org:plan { people = { [email] = person } }
          local ok, err = pcall(plan.apply, plan, { allow_removals = 1 })
          if takes then
            assert.is_false(ok, name)
            assert.equal("guard", err.kind)
            local rule = email == who.owner and "owner" or name
            assert.equal(rule, err.rule)
          end
        end
      end
      assert.equal(0, writes(server))
    end)
  end)

  it("cannot be avoided by leaving the group that gives the rights", function()
    with_org({ people = 60 }, function(org, server)
      local a = addresses(org, 1)[1]
      org
        :plan({
          people = { [a] = { groups = { "Keepers" } } },
          groups = { Keepers = { workspaces = { "Vault" } } },
          workspaces = { Vault = {} },
        })
        :apply()
      org:plan({ people = { [a] = { workspaces = { Vault = "admin" } } } }):apply()
      org:plan({ people = { ["olive@example.com"] = { workspaces = { Vault = false } } } }):apply()
      local before = writes(server)
      for _, state in ipairs {
        { people = { [a] = { groups = { Keepers = false } } } },
        { people = { [a] = { groups = { Keepers = false }, workspaces = { Vault = "user" } } } },
        { groups = { Keepers = { state = "absent" } } },
        { groups = { Keepers = { workspaces = { Vault = false } } } },
      } do
        local plan = org:plan(state, { refresh = true })
        local ok, err = pcall(plan.apply, plan)
        assert.is_false(ok)
        assert.equal("last-admin", err.rule)
      end
      assert.equal(before, writes(server))
    end)
  end)
end)

-- ------------------------------------------------------------------------- kept plans, and resume

describe("a kept plan", function()
  local folder
  before_each(function() folder = helper.scratch() end)
  after_each(function() helper.remove(folder) end)

  -- Call f(org, server, again): again() returns a new client on the same journal.
  local function with_journal(f)
    local server <close> = helper.sandbox { people = 20, plan = "none", record = false }
    local clients = {}
    local function again()
      local client =
        helper.client(server, { on_error = "raise", settle = 0, journal = folder .. "/journal.db" })
      clients[#clients + 1] = client
      return client:organization "Acme"
    end
    f(again(), server, again)
    for _, client in ipairs(clients) do
      client:close()
    end
  end

  local STATE = {
    people = {
      ["new1@x.yz"] = { workspaces = { Main = "user" } },
      ["new2@x.yz"] = { workspaces = { Main = "admin" } },
    },
    groups = { Night = { workspaces = { "Main" } } },
  }

  it("is applied by its id, and refused where the organization has become another", function()
    with_journal(function(org, _, again)
      local plan = org:plan(STATE)
      assert.is_true(plan:keep())
      local same = toggl.plan.kept(again(), plan.id)
      assert.equal(plan.id, same.id)
      org:create_group { name = "Night" }
      local ok, err = pcall(toggl.plan.kept, again(), plan.id, { refresh = true })
      assert.is_false(ok)
      assert.equal("guard", err.kind)
      assert.matches("- group_new Night", err.message, 1, true)
      assert.matches("+ attach Night Main", err.message, 1, true)
      ok, err = pcall(toggl.plan.kept, org, "0123456789ab")
      assert.is_false(ok)
      assert.equal("not_found", err.kind)
    end)
  end)

  it("names the file of a problem, and no line of it, which it does not keep", function()
    with_journal(function(org, _, again)
      local text = '\n\nreturn { people = { ["ann@example.com"] = { groups = { "Support" } } } }'
      local plan = org:plan(assert(toggl.plan.parse(text, "lua", "a.lua")))
      assert.is_true(plan:keep())
      org:group("Support"):delete()
      local ok, err = pcall(toggl.plan.kept, again(), plan.id)
      assert.is_false(ok)
      assert.matches('\na.lua: there is no group "Support"', tostring(err), 1, true)
    end)
  end)

  it("goes on where an apply ended early, from each of its steps", function()
    local steps
    local stop_at = 1
    repeat
      with_journal(function(org, server, again)
        local plan = org:plan(STATE)
        steps = #plan.steps
        local function stop(event)
          if event.done == stop_at then error("stopped", 0) end
        end
        pcall(plan.apply, plan, { progress = stop })
        local rest = toggl.plan.resume(again(), nil)
        assert.equal(plan.id .. ".2", rest.id)
        local sent = server:requests()
        rest:apply()
        assert.equal(rest.cost.total, server:requests() - sent)
        assert.equal(0, #org:plan(STATE, { refresh = true }).steps)
        local mails = {}
        for _, entry in ipairs(org:client():journal()) do
          local invites = entry.write.operation == "post_organization_invitation"
          if invites and entry.state ~= "settled-absent" then
            for _, email in ipairs(entry.write.request.body.emails) do
              assert.is_nil(mails[email])
              mails[email] = true
            end
          end
        end
        assert.is_true(mails["new1@x.yz"] and mails["new2@x.yz"])
        assert.equal(0, #toggl.plan.resume(again(), plan.id).steps)
      end)
      os.execute("rm -f " .. helper.quote(folder) .. "/*")
      stop_at = stop_at + 1
    until stop_at > steps
  end)

  it("looks for a change whose reply was lost, and does not send it again", function()
    for _, where in ipairs { "reset", "commit-then-drop" } do
      with_journal(function(org, server, again)
        local plan = org:plan(STATE)
        server:fault(where .. ":1@/invitations")
        local ok, err = pcall(plan.apply, plan)
        assert.is_false(ok)
        assert.equal("unknown", err.kind)
        assert.equal(1, err.receipt.count.unknown)
        local rest = toggl.plan.resume(again())
        for _, entry in ipairs(org:client():journal()) do
          assert.is_false(entry.open)
        end
        assert.equal(where == "reset" and 1 or 0, #rest.steps)
        rest:apply()
        assert.equal(0, #org:plan(STATE, { refresh = true }).steps)
      end)
      os.execute("rm -f " .. helper.quote(folder) .. "/*")
    end
  end)

  it("stops when no requests are left, and continues in the next hour", function()
    with_journal(function(org, server, again)
      local plan = org:plan(STATE)
      server:set { plan = "starter", quota = 2 }
      local ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.equal("quota", err.kind)
      assert.matches("at %d%d:%d%d or later togglsh resume " .. plan.id, tostring(err))
      assert.is_true(err.receipt.count["not read back"] > 0) -- what it made before it ended
      assert.is_true(err.receipt.count["not sent"] > 0)
      server:set { quota = 6 }
      server:advance(3600)
      local rest = toggl.plan.resume(again())
      assert.is_true(#rest.steps > 0 and #rest.steps < #plan.steps)
      rest:apply()
      assert.equal(0, #again():plan(STATE, { refresh = true }).steps)
    end)
  end)

  it("is not applied where the journal cannot be written, and is without one", function()
    local server <close> = helper.sandbox { people = 12, plan = "none", record = false }
    assert(os.execute("ln -s /dev/full " .. helper.quote(folder .. "/full.db")))
    for _, journal in ipairs { folder .. "/full.db", false } do
      local client <close> =
        helper.client(server, { on_error = "raise", settle = 0, journal = journal })
      local plan = client:organization("Acme"):plan { groups = { Day = {} } }
      local before = writes(server)
      local ok, err = pcall(plan.apply, plan)
      assert.equal(journal == false, ok, tostring(err))
      assert.equal(ok and 1 or 0, writes(server) - before)
    end
  end)

  it("is applied by one process at a time", function()
    with_journal(function(org, server, again)
      local plan = org:plan(STATE)
      local other = again()
      local tried
      plan:apply {
        progress = function()
          if tried then return end
          local second = other:plan { groups = { Day = {} } }
          local sent = server:requests()
          local ok, err = pcall(second.apply, second)
          tried = { ok, err.rule, server:requests() - sent, err.message }
        end,
      }
      assert.same({ false, "lease", 0 }, { tried[1], tried[2], tried[3] })
      assert.matches("has been applying plan " .. plan.id, tried[4], 1, true)
      local second = other:plan({ groups = { Day = {} } }, { refresh = true })
      assert.equal(1, second:apply().count.done)
    end)
  end)
end)
