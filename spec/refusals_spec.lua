-- What the guards of an apply refuse, before its first write and in the middle.

local helper = require "spec.helper"

local with_org, writes = helper.with_settled_org, helper.writes

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
