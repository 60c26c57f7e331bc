-- Guards with a second administrator, whose changes between plan and apply, or during an apply,
-- make a step of the plan forbidden.

local helper = require "spec.helper"
local price = require "toggl.plan.price"
local toggl = require "toggl"

local TOM, CHLOE, ANN, OLIVE =
  "tomas6@example.com", "chloe10@example.com", "ann@example.com", "olive@example.com"

-- Call f(org, server, other). OTHER: the organization of a second client.
local function with_org(f, settings)
  local server <close> = helper.sandbox({ people = 20, plan = "none", record = false }, settings)
  local options = { on_error = "raise", settle = 0, journal = ":memory:" }
  local client <close> = helper.client(server, options)
  local second <close> = helper.client(server, options)
  f(client:organization "Acme", server, second:organization "Acme")
end

local function make_owner(org, server, email)
  local transfer = org:create_transfer { new_owner_id = org:user(email) }
  local theirs <close> =
    helper.client(server, { on_error = "raise", journal = false, token = server:token(email) })
  theirs:organization("Acme"):transfer(transfer.owner_transfer_id):action "accept"
end

local function demote(org, email, workspace)
  org:plan({ people = { [email] = { workspaces = { [workspace] = "user" } } } }):apply()
end

-- Create a workspace with two administrators, without the caller.
local function depot(org)
  org
    :plan({
      people = {
        [TOM] = { workspaces = { Depot = "admin" } },
        [CHLOE] = { workspaces = { Depot = "admin" } },
      },
      workspaces = { Depot = {} },
    })
    :apply()
  org:plan({ people = { [OLIVE] = { workspaces = { Depot = false } } } }):apply()
end

-- Create a group of Tom without workspaces: its rename sends complete lists.
local function crew(org)
  org:plan({ people = { [TOM] = { groups = { "Crew" } } }, groups = { Crew = {} } }):apply()
end

local function people(email, person) return { people = { [email] = person } } end

-- {rule, what the plan does, what the second administrator does, before = function for the start}
local CASES = {
  {
    "owner",
    people(TOM, { state = "inactive" }),
    function(other, server) make_owner(other, server, TOM) end,
  },
  {
    "owner",
    people(TOM, { state = "absent" }),
    function(other, server) make_owner(other, server, TOM) end,
  },
  {
    "last-admin",
    people(TOM, { state = "inactive" }),
    function(other) demote(other, CHLOE, "Depot") end,
    before = depot,
  },
  {
    "last-admin",
    people(TOM, { workspaces = { Depot = "user" } }),
    function(other) demote(other, CHLOE, "Depot") end,
    before = depot,
  },
  {
    "last-admin",
    people(TOM, { workspaces = { Depot = false } }),
    function(other) demote(other, CHLOE, "Depot") end,
    before = depot,
  },
  {
    "last-admin",
    people(TOM, { state = "absent" }),
    function(other) other:remove_users { delete = { other:user(CHLOE) } } end,
    before = depot,
  },
  {
    "changed",
    people(TOM, { state = "absent" }),
    function(other) other:remove_users { delete = { other:user(TOM) } } end,
  },
  {
    "changed",
    people(TOM, { state = "absent" }),
    function(other) other:user(TOM):set_role "admin" end,
  },
  {
    "changed",
    { groups = { Team = { previously = { "Crew" } } } },
    function(other) other:group("Crew", { refresh = true }):add(other:user(CHLOE)) end,
    before = crew,
  },
  {
    "invited-in-group",
    { groups = { Team = { previously = { "Crew" } } } },
    function(other)
      other:invite {
        emails = { "late@x.yz" },
        workspaces = { other:workspace "Main" },
        groups = { other:group("Crew", { refresh = true }) },
      }
    end,
    before = crew,
    also = { changed = true },
  },
}

-- Return how many requests since FROM took rights away: the guards must refuse them all.
local function takes(server, from)
  local n, all, last = 0, server:requests()
  for i = math.max(1, #last - (all - from) + 1), #last do
    local r = last[i]
    local adds = r.path:find("/groups$", 1) and r.method == "POST"
    if r.method ~= "GET" and r.status < 300 and not adds then n = n + 1 end
  end
  return n
end

describe("a guard", function()
  local young = price.young
  after_each(function() price.young = young end)

  for i, case in ipairs(CASES) do
    local rule, state, meddle = case[1], case[2], case[3]

    local function refused(ok, err)
      assert.is_false(ok)
      assert.equal("guard", err.kind, tostring(err))
      assert.is_true(err.rule == rule or (case.also or {})[err.rule], tostring(err))
    end

    it(("%s (%d) holds for what changed since the plan"):format(rule, i), function()
      with_org(function(org, server, other)
        if case.before then case.before(org) end
        local plan = org:plan(state, { refresh = true })
        assert.same({}, plan.refused)
        assert.is_true(#plan.steps > 0)
        meddle(other, server)
        plan.present.at = plan.present.at - 61
        local from = server:requests()
        refused(pcall(plan.apply, plan, { allow_removals = 1 }))
        assert.equal(0, takes(server, from))
      end)
    end)

    it(("%s (%d) holds in the middle of an apply"):format(rule, i), function()
      price.young = -1 -- each destructive request reads first
      with_org(function(org, server, other)
        if case.before then case.before(org) end
        local wanted = { people = state.people, groups = { First = {} } }
        for name, group in pairs(state.groups or {}) do
          wanted.groups[name] = group
        end
        local plan = org:plan(wanted, { refresh = true })
        assert.same({}, plan.refused)
        local from
        local ok, err = pcall(plan.apply, plan, {
          allow_removals = 1,
          progress = function(event)
            if event.what ~= "step" or from then return end
            meddle(other, server)
            from = server:requests()
          end,
        })
        refused(ok, err)
        assert.is_truthy(from)
        assert.equal(0, takes(server, from))
        assert.equal(1, err.receipt.count.done) -- the independent step
      end)
    end)
  end

  it("removals also counts people who came since", function()
    with_org(function(org, server, other)
      local state = { people = {}, exact = { "people" } }
      local gone
      for user in org:each_user() do
        if not gone and user.joined and not user.admin and not user.owner then
          gone = user.email
        else
          state.people[user.email] = {}
        end
      end
      local plan = org:plan(state)
      assert.equal(1, toggl.plan.removals(plan))
      assert.is_true(plan:keep())
      other:invite { emails = { "late@x.yz" }, workspaces = { other:workspace "Main" } }
      local ok, err = pcall(toggl.plan.kept, org, plan.id, { refresh = true })
      assert.same({ false, "changed" }, { ok, err.rule })
      assert.matches("+ cancel late@x.yz", err.message, 1, true)
      plan.present.at = plan.present.at - 61
      pcall(plan.apply, plan, { allow_removals = 1 })
      assert.is_truthy(org:user("late@x.yz", { refresh = true }))
      assert.is_true(server:requests() > 0)
    end)
  end)

  it("seats also counts an invitation of another administrator", function()
    with_org(function(org, _, other)
      local plan = org:plan(people("a@x.yz", { workspaces = { "Main" } }), { refresh = true })
      assert.same({}, plan.refused)
      local n = #other:users()
      for i = 1, 5 - n do
        other:invite {
          emails = { ("late%d@x.yz"):format(i) },
          workspaces = { other:workspace "Main" },
        }
      end
      local ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.equal(0, err.receipt.count.done)
      assert.equal(5, #org:users { refresh = true })
      plan = org:plan(people("a@x.yz", { workspaces = { "Main" } }), { refresh = true })
      assert.equal("seats", plan.refused[1].rule)
    end, { people = 3, plan = "free" })
  end)

  it("quota counts what others have spent since the plan", function()
    with_org(function(org, server)
      server:set { plan = "starter", quota = 60 }
      local plan = org:plan({ groups = { Day = {} } }, { refresh = true })
      local left = plan.window.remaining
      plan:check { reserve = left - plan.cost.total }
      for _ = 1, 3 do
        org:groups { refresh = true }
      end
      local ok, err = pcall(plan.apply, plan, { reserve = left - plan.cost.total })
      assert.is_false(ok)
      assert.equal("quota", err.rule, tostring(err))
      assert.equal(1, plan:apply({ reserve = left - plan.cost.total - 3 }).count.done)
    end)
  end)

  it("unknown-person also holds after a removal since the plan", function()
    with_org(function(org, server, other)
      local rules = { existing = true }
      local plan = org:plan(people(TOM, { role = "admin" }), { rules = rules })
      assert.is_true(plan:keep())
      other:remove_users { delete = { other:user(TOM) } }
      local ok, err = pcall(toggl.plan.kept, org, plan.id, { refresh = true })
      assert.is_false(ok)
      assert.equal("guard", err.kind)
      ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.equal(0, err.receipt.count.done)
      local _, last = server:requests()
      for _, request in ipairs(last) do
        assert.is_nil(request.path:find("/invitations", 1, true))
      end
      plan = org:plan(people(TOM, { role = "admin" }), { rules = rules, refresh = true })
      assert.equal("unknown-person", plan.refused[1].rule)
    end)
  end)

  it("no-deletion also holds for the key of a workspace", function()
    with_org(function(org)
      local id = org:workspace("Archive").id
      for _, workspaces in ipairs {
        { Archive = { state = "absent" } },
        { { id = id, state = "absent" } },
      } do
        local plan = org:plan { workspaces = workspaces }
        assert.equal("no-deletion", plan.refused[1].rule)
      end
    end)
  end)

  it("lease also binds a second client, and ends with its holder", function()
    local folder = helper.scratch()
    with_org(function(_, server)
      local options = { on_error = "raise", settle = 0, journal = folder .. "/journal.db" }
      local first, second = helper.client(server, options), helper.client(server, options)
      local org, other = first:organization "Acme", second:organization "Acme"
      local tried
      local plan = org:plan { groups = { A = {}, B = {} } }
      plan:apply {
        progress = function()
          local there = other:plan({ groups = { C = {} } }, { refresh = true })
          tried = tried or { pcall(there.apply, there) }
        end,
      }
      assert.same({ false, "lease" }, { tried[1], tried[2].rule })
      assert.equal(1, other:plan({ groups = { C = {} } }, { refresh = true }):apply().count.done)
      first:close()
      second:close()
    end)
    helper.remove(folder)
  end)

  it("payer and caller are read for every plan that takes access", function()
    with_org(function(org, _, other)
      local payer = org:user { user_id = org:customer().toggl_user_id }
      for _, person in ipairs { { state = "absent" }, { state = "inactive" } } do
        local plan = org:plan(people(payer.email, person), { refresh = true })
        assert.equal("payer", plan.refused[1].rule)
      end
      local plan = org:plan(people(ANN, { role = "user" }), { refresh = true })
      assert.equal(payer.user_id, plan.present.payer)
      assert.equal(other:client():my_id(), plan.present.caller)
    end)
  end)

  it("a plan says that the payer is not known, and is none without the caller", function()
    for _, reply in ipairs {
      "402@/customer",
      "403@/customer",
      "404@/customer",
      "410@/customer",
      "200@/customer {}",
    } do
      with_org(function(org, server)
        server:fault(reply)
        local plan = org:plan(people(ANN, { state = "absent" }))
        assert.equal("payer", plan.unchecked[1].rule)
        assert.matches("does not say who pays", plan:show(), 1, true)
      end)
    end
    with_org(function(org)
      local plan = org:plan(people(ANN, { state = "absent" }))
      assert.same({}, plan.unchecked)
      assert.is_nil(plan:show():find("who pays", 1, true))
      assert.same({}, org:plan({ groups = { Crew = {} } }).unchecked)
    end)
    for _, on_error in ipairs { "return", "raise" } do
      local server <close> = helper.sandbox { people = 20, plan = "none", record = false }
      local client <close> = helper.client(server, { on_error = on_error, journal = ":memory:" })
      local org = client:organization "Acme"
      for _, reply in ipairs { "403@/me/id", "200@/me/id null", "500@/customer" } do
        server:fault(reply)
        local ok, plan, err = pcall(org.plan, org, people(ANN, { state = "absent" }))
        server:clear()
        local failure = ok and err or plan
        assert.is_true(on_error == "return" and plan == nil or not ok, reply)
        assert.equal("toggl.error", getmetatable(failure).__name)
      end
    end
  end)
end)

describe("administrators of the organization", function()
  -- STATE, and options of a plan that keeps the four administrators of the sandbox.
  local function rules(state) return state, { rules = { least_admins = 4 }, refresh = true } end

  it("count before others go where the plan makes them, and others go only behind them", function()
    with_org(function(org, server)
      local state = people(ANN, { role = "user" })
      assert.equal("last-admin", org:plan(rules(state)).refused[1].rule)
      state.people[TOM] = { role = "admin" }
      local plan = org:plan(rules(state))
      assert.same({}, plan.refused)
      server:fault(("403@/users/%d"):format(org:user(TOM).id))
      local ok, err = pcall(plan.apply, plan)
      server:clear()
      assert.same({ false, "partial" }, { ok, err.kind })
      assert.is_true(org:user(ANN, { refresh = true }).admin)
      assert.equal(2, org:plan(rules(state)):apply().count.done)
      assert.is_false(org:user(ANN, { refresh = true }).admin)
    end)
  end)

  it("do not count where their request goes out behind the others", function()
    with_org(function(org)
      org:plan(people(TOM, { workspaces = { Main = "admin" } })):apply()
      local state = people(TOM, { role = "admin", workspaces = { Main = false } })
      state.people[ANN] = { role = "user" }
      local refused = org:plan(rules(state)).refused
      assert.matches("have 3 administrators between two requests of the plan", refused[1].text)
    end)
  end)
end)

describe("who creates a workspace", function()
  it("leaves it where the file says so, and not as its last administrator", function()
    for _, state in ipairs {
      { exact = { "workspace members" }, workspaces = { Field = {} } },
      { people = { [OLIVE] = { workspaces = { Field = false } } }, workspaces = { Field = {} } },
    } do
      with_org(function(org)
        assert.equal("last-admin", org:plan(state).refused[1].rule)
        state.people = state.people or {}
        state.people[ANN] = { workspaces = { Field = "admin" } }
        local plan = org:plan(state)
        local receipt = plan:apply()
        assert.same({ 3, plan.cost.total }, { receipt.count.done, receipt.spent })
        assert.equal(0, #org:plan(state, { refresh = true }).steps)
        for _, w in ipairs(org:user(OLIVE, { refresh = true }).workspaces) do
          assert.not_equal("Field", w.workspace_name)
        end
      end)
    end
  end)

  it("stays where the workspace could not be created", function()
    with_org(function(org, server)
      local state = { exact = { "workspace members" }, workspaces = { Field = {} } }
      state.people = people(ANN, { workspaces = { Field = "admin" } }).people
      local plan = org:plan(state)
      server:fault "400@/workspaces"
      local ok, err = pcall(plan.apply, plan)
      server:clear()
      assert.same({ false, 1, 2 }, { ok, err.receipt.count.failed, err.receipt.count.skipped })
    end)
  end)
end)

describe("a clock that was set back", function()
  it("makes no read younger than it is", function()
    with_org(function(org, server, other)
      local plan = org:plan(people(TOM, { state = "absent" }))
      other:remove_users { delete = { other:user(TOM) } }
      plan.present.at, plan.present.ticks = plan.present.at + 3600, plan.present.ticks - 61
      local sent = server:requests()
      local ok, err = pcall(plan.apply, plan, { allow_removals = 1 })
      assert.same({ false, "guard", "changed" }, { ok, err.kind, err.rule })
      assert.equal(0, takes(server, sent))
    end)
  end)
end)

describe("ownership", function()
  it("is given by no plan, whatever the person is now", function()
    with_org(function(org)
      for _, email in ipairs { ANN, TOM } do
        local refused = org:plan(people(email, { role = "owner" })).refused
        assert.equal("owner", refused[1] and refused[1].rule, email)
        assert.matches("cannot become the owner by a plan", refused[1].text)
      end
      local refused = org:plan(people(OLIVE, { role = "admin" })).refused
      assert.matches("owns the organization and would be demoted", refused[1].text)
    end)
  end)
end)

describe("an apply whose lease another process has taken over", function()
  it("ends as a guard refuses, and not as cancelled by the user", function()
    local error_of = require("toggl.plan.receipt").error_of
    local receipt = { id = "7f3a", rows = { {}, {} }, count = { done = 1 } }
    local client = { journal_status = function() return { path = "journal.db" } end }
    local function ended(stop)
      return error_of({ plan = { steps = {} }, stop = stop, client = client }, receipt)
    end
    local err = ended { kind = "cancelled", reason = "unrecorded", message = "it was not sent" }
    assert.same({ "guard", "lease" }, { err.kind, err.rule })
    assert.equal("togglsh resume 7f3a goes on", err.advice)
    assert.equal("cancelled", ended({ kind = "cancelled", message = "interrupted" }).kind)
  end)
end)
