-- Plans that read less than the whole list of people: what they must still find.

local helper = require "spec.helper"

-- Call f(org, server, other) with six pages of people. OTHER: the organization of a second client.
local function with_org(f)
  local server <close> = helper.sandbox { people = 300, page_cap = 50, record = false }
  local options = { on_error = "raise", settle = 0, journal = false }
  local client <close> = helper.client(server, options)
  local second <close> = helper.client(server, options)
  f(client:organization "Acme", server, second:organization "Acme")
end

-- Return two workspaces of ORG: one with all people, and another.
local function workspaces_of(org)
  local all, other
  for key, counts in pairs(org:statistics()) do
    if counts.members_count == org.user_count then
      all = key
    else
      other = other or key
    end
  end
  local function name(key) return org:workspace(math.tointeger(tonumber(key))).name end
  return name(all), name(other)
end

describe("a plan of fewer reads", function()
  it("ends access in a workspace that it would not read", function()
    with_org(function(org)
      local _, other = workspaces_of(org)
      local who
      for user in org:each_user() do
        for _, w in ipairs(user.workspaces) do
          if w.workspace_name == other and #w.groups == 0 and user.joined and not user.admin then
            who = user.email
          end
        end
      end
      local state = { people = { [who] = { workspaces = { [other] = false } } } }
      local plan = org:plan(state, { refresh = true })
      assert.is_nil(plan.present.few)
      assert.equal("end", plan.changes[1].kind)
    end)
  end)

  it("does not invite again who was invited since the organization was read", function()
    with_org(function(org, _, second)
      local all, other = workspaces_of(org)
      second:plan({ people = { ["new@x.yz"] = { workspaces = { [other] = "user" } } } }):apply()
      local state = { people = { ["new@x.yz"] = { workspaces = { [all] = "user" } } } }
      for _, row in ipairs(org:plan(state, { refresh = true }):rows()) do
        assert.not_equal("invite", row.change)
      end
    end)
  end)

  it("reads the list of people where a workspace that it lacks is refused", function()
    with_org(function(org, server)
      local _, other = workspaces_of(org)
      org:plan({ groups = { Night = { workspaces = { [other] = true } } } }):apply()
      local state = { people = { ["ann@example.com"] = { groups = { "Night" } } } }
      local few = require "toggl.plan.few"
      local wanted = org:plan(state, { refresh = true })
      assert.is_table(wanted.present.few)
      server:fault(("403@/workspaces/%d/"):format(org:workspace(other).id))
      local complete, tried = few.complete, nil
      few.complete = function(...)
        tried = true
        return complete(...)
      end
      local ok, plan = pcall(org.plan, org, state, { refresh = true })
      few.complete = complete
      assert.is_true(tried)
      assert.is_true(ok, tostring(plan))
      assert.is_nil(plan.present.few)
      assert.equal(#wanted.steps, #plan.steps)
    end)
  end)
end)
