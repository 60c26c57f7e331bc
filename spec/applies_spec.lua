-- Faults that the simulator of plans has found: scripts/dev/plans.

local helper = require "spec.helper"
local price = require "toggl.plan.price"

local ED, TOM, CHLOE = "ed3@example.com", "tomas6@example.com", "chloe10@example.com"

-- Call f(org, server, client) with a sandbox that shows each change at once.
local function with_org(settings, f)
  helper.with_settled_org(helper.merged({ people = 12 }, settings), f)
end

-- Return whether the person of ADDRESS is a direct member of WORKSPACE.
local function is_direct(org, address, workspace)
  local list = org:client().api.get_workspace_workspace_users {
    workspace_id = org:workspace(workspace).id,
    includeIndirect = true,
    refresh = true,
  }
  for member in list:each() do
    if member.email == address then return member.is_direct end
  end
end

describe("an apply", function()
  it("reads which memberships are direct until no request needs more", function()
    with_org({}, function(org, _, client)
      org
        :plan({
          people = { [ED] = { groups = { "Support" } } },
          groups = { Support = { workspaces = { "Client work" } } },
        })
        :apply()
      local user = org:user(ED)
      client.api.put_organization_users {
        organization_id = org.id,
        organization_user_id = user,
        workspaces = {
          { workspace_id = org:workspace("Main").id, role = "user" },
          { workspace_id = org:workspace("Client work").id, role = "user" },
        },
      }
      assert.is_true(is_direct(org, ED, "Main"))
      assert.is_true(is_direct(org, ED, "Client work"))
      org
        :plan({
          people = { [ED] = { groups = { "Support", "Finance" }, workspaces = { Main = "admin" } } },
          groups = { Support = { workspaces = { "Main" } } },
        })
        :apply()
      assert.is_true(is_direct(org, ED, "Client work"))
    end)
  end)

  it("gives a workspace its new administrator before the last one leaves", function()
    with_org({}, function(org)
      local plan = org:plan {
        people = {
          [org:get_owner().email] = {
            workspaces = { Archive = false, Main = "user" },
            groups = { "Night shift" },
          },
          [TOM] = { workspaces = { Archive = "admin" }, groups = { "Support" } },
        },
      }
      local at = {}
      for _, row in ipairs(plan:rows()) do
        if row.workspace == "Archive" then at[row.change] = row.step end
      end
      assert.is_true(at.begin < at["end"], ("%d before %d"):format(at.begin, at["end"]))
    end)
  end)

  it("counts the pages of the administrators that it reads back", function()
    with_org({ people = 60, page_cap = 2 }, function(org, server)
      local plan = org:plan { people = { [TOM] = { role = "admin" } } }
      local sent = server:requests()
      assert.equal(plan.cost.total, plan:apply().spent)
      assert.equal(plan.cost.total, server:requests() - sent)
    end)
  end)

  it("counts the pages of people that a guard reads after invitations", function()
    with_org({ people = 12, page_cap = 2 }, function(org, server)
      local moves = { workspaces = { ["Client work"] = false }, groups = { "Support" } }
      local plan = org:plan {
        people = {
          ["a@x.yz"] = { workspaces = { "Main" } },
          ["b@x.yz"] = { workspaces = { "Main" } },
          ["c@x.yz"] = { workspaces = { Archive = "user" } },
          [TOM] = moves,
          ["zoe9@example.com"] = moves,
        },
      }
      assert.is_true(plan.cost.guards > 0)
      local sent = server:requests()
      plan:apply()
      assert.equal(plan.cost.total, server:requests() - sent)
    end)
  end)

  it("leaves people that it will remove in a renamed group until then", function()
    with_org({}, function(org)
      org
        :plan({
          people = { [TOM] = { groups = { "Crew" } }, [CHLOE] = { groups = { "Crew" } } },
          groups = { Crew = {} },
        })
        :apply()
      local plan = org:plan {
        people = { [TOM] = { state = "absent" } },
        groups = { Team = { previously = { "Crew" } } },
      }
      local users
      for _, step in ipairs(plan.steps) do
        if step.operation == "put_organization_group" then users = step.args.users end
      end
      assert.is_true(users[org:user(TOM).user_id])
      plan:apply { allow_removals = 1 }
      assert.equal(1, #org:group("Team").users)
    end)
  end)

  it("lets no one join a renamed group whose request failed before", function()
    with_org({}, function(org, server)
      local both = { [TOM] = { groups = { "A", "B" } }, [CHLOE] = { groups = { "Crew" } } }
      org:plan({ people = both, groups = { A = {}, B = {}, Crew = {} } }):apply()
      local plan = org:plan {
        people = { [TOM] = { groups = { A = false, B = false, Support = true, Team = true } } },
        groups = { Team = { previously = { "Crew" } } },
      }
      server:fault(("403@/groups/%d"):format(org:group("Crew").group_id))
      local ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.equal(0, err.receipt.count.done)
      assert.equal(4, err.receipt.count.skipped)
    end)
  end)

  it("invites no one into a renamed group whose request failed before", function()
    with_org({}, function(org, server)
      org:plan({ people = { [CHLOE] = { groups = { "Crew" } } }, groups = { Crew = {} } }):apply()
      local plan = org:plan {
        people = {
          ["new1@x.yz"] = { workspaces = { "Main" }, groups = { "Team" } },
          ["new2@x.yz"] = { workspaces = { "Main" } },
        },
        groups = { Team = { previously = { "Crew" } } },
      }
      server:fault(("403@/groups/%d"):format(org:group("Crew").group_id))
      local ok, err = pcall(plan.apply, plan)
      assert.is_false(ok)
      assert.same({ 1, 1 }, { err.receipt.count.done, err.receipt.count.skipped })
      assert.is_false((pcall(org.user, org, "new1@x.yz")))
      assert.equal("new2@x.yz", org:user("new2@x.yz").email)
    end)
  end)

  it("leaves people in a group that will end until then", function()
    with_org({}, function(org)
      local both = { [TOM] = { groups = { "Crew", "Support" } } }
      org:plan({ people = both, groups = { Crew = {} } }):apply()
      local plan = org:plan {
        people = { [TOM] = { role = "admin", groups = { Finance = true, Support = false } } },
        groups = { Crew = { state = "absent" } },
      }
      local crew = org:group("Crew").group_id
      for _, step in ipairs(plan.steps) do
        if step.args.groups then assert.is_true(step.args.groups[crew]) end
      end
      assert.equal(#plan:rows(), plan:apply().count.done)
    end)
  end)

  it("keeps a membership that another administrator has made direct since", function()
    with_org({}, function(org, server)
      org
        :plan({
          people = { [TOM] = { groups = { "Crew" } } },
          groups = { Crew = { workspaces = { "Archive" } } },
        })
        :apply()
      assert.is_false(is_direct(org, TOM, "Archive"))
      local plan = org:plan { people = { [TOM] = { workspaces = { ["R&D Zürich"] = "user" } } } }
      local other <close> = helper.client(server, { on_error = "raise", journal = false })
      local rows, place = {}, org:workspace("Archive").id
      for _, here in ipairs(org:user(TOM).workspaces) do
        local direct = #(here.groups or {}) == 0 or here.workspace_id == place
        if direct then rows[#rows + 1] = { workspace_id = here.workspace_id, role = here.role } end
      end
      other.api.put_organization_users {
        organization_id = org.id,
        organization_user_id = org:user(TOM),
        workspaces = rows,
      }
      assert.is_true(is_direct(org, TOM, "Archive"))
      local young = price.young
      price.young = -1 -- seconds, in place of a minute
      local ok, err = pcall(plan.apply, plan)
      price.young = young
      assert.is_true(is_direct(org, TOM, "Archive"))
      assert.is_false(ok)
      assert.equal("changed", err.rule, tostring(err))
    end)
  end)

  it("keeps what another administrator has made direct where a new group gives it too", function()
    with_org({}, function(org, server)
      local plan = org:plan {
        people = { [TOM] = { groups = { "Crew" }, workspaces = { ["R&D Zürich"] = "user" } } },
        groups = { Crew = { workspaces = { "Archive" } } },
      }
      assert.same({ "group_new", "person" }, { plan.steps[1].kind, plan.steps[2].kind })
      local other <close> = helper.client(server, { on_error = "raise", journal = false })
      local person = org:user(TOM)
      local rows = { { workspace_id = org:workspace("Archive").id, role = "user" } }
      for _, here in ipairs(person.workspaces) do
        if #(here.groups or {}) == 0 then
          rows[#rows + 1] = { workspace_id = here.workspace_id, role = here.role }
        end
      end
      other.api.put_organization_users {
        organization_id = org.id,
        organization_user_id = person,
        workspaces = rows,
      }
      local ok, err = pcall(plan.apply, plan)
      assert.is_true(is_direct(org, TOM, "Archive"))
      assert.is_false(ok)
      assert.equal("changed", err.rule, tostring(err))
    end)
  end)

  it("sends back no role that another administrator has changed since", function()
    with_org({}, function(org, server)
      local other <close> = helper.client(server, { on_error = "raise", journal = false })
      local plan = org:plan {
        people = { [TOM] = { workspaces = { Archive = "user" }, groups = { Finance = false } } },
      }
      local person = org:user(TOM)
      local main = org:workspace("Main").id
      for _, here in ipairs(person.workspaces) do
        if here.workspace_id == main then
          other.api.put_workspace_workspace_users {
            workspace_id = main,
            workspace_user_id = here.workspace_user_id,
            role = "admin",
          }
        end
      end
      local young = price.young
      price.young = -1 -- seconds, in place of a minute
      local ok, err = pcall(plan.apply, plan)
      price.young = young
      assert.is_false(ok)
      assert.equal("changed", err.rule, tostring(err))
    end)
  end)

  describe("whose guard is too old by the time it was read", function()
    local core = require "toggl.core"
    local present = require "toggl.plan.present"
    local again, ticks = present.again, core.ticks
    after_each(function()
      present.again, core.ticks = again, ticks
    end)

    -- Apply a plan that reads for a guard; the first SLOW reads take two minutes. Return what apply
    -- returns, and how often it read.
    local function apply_slowly(org, slow)
      local plan = org:plan {
        people = { [TOM] = { groups = { "Crew" }, workspaces = { ["R&D Zürich"] = "user" } } },
        groups = { Crew = { workspaces = { "Archive" } } },
      }
      local late, reads = 0, 0
      function core.ticks() return ticks() + late end
      function present.again(...)
        reads = reads + 1
        if reads <= slow then late = late + 120 end
        return again(...)
      end
      local ok, result = pcall(plan.apply, plan)
      return ok, result, reads
    end

    it("reads once more", function()
      with_org({}, function(org)
        local ok, result, reads = apply_slowly(org, 1)
        assert.is_true(ok, tostring(result))
        assert.equal(2, reads)
      end)
    end)

    it("stops where no read is quick enough", function()
      with_org({}, function(org)
        local ok, err = apply_slowly(org, 99)
        assert.is_false(ok)
        assert.equal("age", err.rule, tostring(err))
      end)
    end)
  end)

  describe("of a plan that another apply of the account has overtaken", function()
    local function overtake(first, second, f, settings)
      with_org(settings or {}, function(org, server)
        local plan = org:plan(first)
        org:plan(second):apply()
        local sent = server:requests()
        local ok, err = pcall(plan.apply, plan)
        f(ok, err, server:requests() - sent, org)
      end)
    end

    it("invites no person twice", function()
      local state = { people = { ["a@x.yz"] = { workspaces = { "Main" } } } }
      local both =
        { people = { ["a@x.yz"] = { workspaces = { "Main" } }, [TOM] = { role = "admin" } } }
      overtake(state, both, function(ok, err)
        assert.is_false(ok)
        assert.equal("changed", err.rule)
        assert.matches("a@x.yz is not as the plan saw it", tostring(err), 1, true)
      end)
    end)

    it("invites no person twice who is in none of the workspaces that were read", function()
      local function invite(workspace)
        return { people = { ["a@x.yz"] = { workspaces = { workspace } } } }
      end
      overtake(invite "Archive", invite "Client work", function(ok, err)
        assert.is_false(ok)
        assert.equal("changed", err.rule, tostring(err))
      end, { people = 300 })
    end)

    it("reads again, and goes on where nothing of it has changed", function()
      local state = { people = { [TOM] = { role = "admin" } } }
      overtake(state, { people = { [CHLOE] = { role = "admin" } } }, function(ok, receipt, spent)
        assert.is_true(ok, tostring(receipt))
        assert.equal(1, receipt.count.done)
        assert.is_true(spent > receipt.price)
      end)
    end)
  end)
end)

describe("a plan", function()
  it("leaves its author administrator of the workspace that it creates, or another one", function()
    with_org({}, function(org)
      local owner = org:get_owner().email
      local people = { [owner] = { workspaces = { Depot = "user" } } }
      local state = { people = people, workspaces = { Depot = {} } }
      local plan = org:plan(state)
      assert.equal("last-admin", plan.refused[1].rule)
      assert.matches(
        owner .. ' is the last administrator of "Depot"',
        plan.refused[1].text,
        1,
        true
      )
      people[TOM] = { workspaces = { Depot = "admin" } }
      assert.equal(3, org:plan(state):apply().count.done)
    end)
  end)

  it("reads groups again where people are in one that the list lacks", function()
    with_org({}, function(theirs, server)
      local client <close> = helper.client(server, { on_error = "raise", cache = ":memory:" })
      local org = client:organization "Acme"
      org:groups() -- the store has it from now on
      theirs:create_group { name = "New", users = { theirs:user(TOM) } }
      local plan = org:plan { people = { [TOM] = { groups = { "New", "Support" } } } }
      assert.equal(1, #plan:rows())
    end)
  end)
end)

describe("a destructive request that has to wait for a new window", function()
  -- Apply a removal whose request gets 402 for a second, while another administrator does
  -- MEANWHILE(org). Return the results of pcall.
  local function remove(meanwhile)
    local server <close> = helper.sandbox { people = 12, plan = "none", record = false }
    local other <close> = helper.client(server, { on_error = "raise", settle = 0, journal = false })
    local theirs, waits = other:organization "Acme", 0
    local client <close> = helper.client(server, {
      on_error = "raise",
      settle = 0,
      journal = ":memory:",
      wait = true,
      on_wait = function()
        waits = waits + 1
        if waits == 1 then meanwhile(theirs) end
      end,
    })
    local plan = client:organization("Acme"):plan { people = { [TOM] = { state = "absent" } } }
    server:fault "402:1 You have hit your hourly limit for API calls. Your quota will reset in 1 seconds"
    local young, holds = price.young, price.holds
    price.young, price.holds = 0.8, 0.8 -- seconds, in place of a minute
    local ok, result = pcall(plan.apply, plan, { allow_removals = 1 })
    price.young, price.holds = young, holds
    assert.is_true(waits > 0)
    return ok, result
  end

  it("goes out behind a read that is made then", function()
    local ok, receipt = remove(function() end)
    assert.is_true(ok, tostring(receipt))
    assert.equal(1, receipt.count.done)
    assert.is_true(receipt.spent > receipt.price + 1) -- plus the 402 and the guard's read
  end)

  it("does not go out where another administrator has changed the person", function()
    local ok, err = remove(function(org) org:user(TOM):set_role "admin" end)
    assert.is_false(ok)
    assert.equal("changed", err.rule, tostring(err))
  end)
end)
