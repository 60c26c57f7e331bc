-- An apply with a server that confirms requests without applying them, or does not show changes.

local helper = require "spec.helper"

-- Call f(org, server) with a sandbox that shows each change at once.
local function with_org(f) helper.with_settled_org({ people = 20 }, f) end

-- Apply STATE with FAULTS. Return the error, and the rows of its receipt by change.
local function apply(org, server, state, faults, options)
  local plan = org:plan(state)
  for _, fault in ipairs(faults) do
    server:fault(fault)
  end
  local ok, err = pcall(plan.apply, plan, options or {})
  server:clear()
  assert.is_false(ok)
  local rows = {}
  for _, row in ipairs(err.receipt.rows) do
    rows[row.change] = row
  end
  return err, rows, err.receipt
end

local ANN, TOM = "ann@example.com", "tomas6@example.com"

-- {change, desired state, reply to its only request, which is not applied; options}
local LIES = {
  { "remove", { people = { [TOM] = { state = "absent" } } }, '"OK"', { allow_removals = 1 } },
  { "role", { people = { [TOM] = { role = "admin" } } }, '"OK"' },
  { "role", { people = { [ANN] = { role = "user" } } }, '"OK"' },
  { "deactivate", { people = { [TOM] = { state = "inactive" } } }, '"OK"' },
  { "name", { people = { [TOM] = { name = "Tom Six" } } }, '"OK"' },
  {
    "join",
    { people = { [ANN] = { groups = { "Support" } } } },
    '{"success":[{"op":"add"}],"failure":[]}',
  },
  { "begin", { people = { [TOM] = { workspaces = { Archive = "user" } } } }, '"OK"' },
  {
    "invite",
    { people = { ["new@x.yz"] = { workspaces = { "Main" } } } },
    '{"data":[{"email":"new@x.yz","invitation_id":77}]}',
  },
  { "group_new", { groups = { Late = {} } }, '{"group_id":4300009999,"name":"Late"}' },
  {
    "group_name",
    { groups = { Helpdesk = { previously = { "Support" } } } },
    '{"group_id":1,"name":"Helpdesk"}',
  },
  { "group_gone", { groups = { ["Night shift"] = { state = "absent" } } }, '"OK"' },
  { "workspace_new", { workspaces = { Depot = {} } }, '{"id":4300009998,"name":"Depot"}' },
}

describe("an apply reads back", function()
  for _, lie in ipairs(LIES) do
    it(lie[1] .. ", confirmed and not done, as not seen", function()
      with_org(function(org, server)
        local before = server:requests()
        org:plan(lie[2], { refresh = true })
        assert.is_true(server:requests() > before)
        local err, rows = apply(org, server, lie[2], { "200:1 " .. lie[3] }, lie[4])
        assert.equal("partial", err.kind, tostring(err))
        assert.equal("not seen", rows[lie[1]].result)
        assert.matches("Toggl confirmed it, and does not show it", rows[lie[1]].error, 1, true)
      end)
    end)
  end

  it("and gives the server's reason for what it refused", function()
    for reply, says in pairs {
      ['{"success":[],"failure":[{"message":"is invited"}]}'] = "1 of 1 changes refused: is invited",
      ['{"success":[{"op":"add"}],"failure":[{"code":17}]}'] = '1 of 2 changes refused: {"code":17}',
    } do
      with_org(function(org, server)
        local state = { people = { [ANN] = { groups = { "Support" } } } }
        local _, rows = apply(org, server, state, { "200:1 " .. reply })
        assert.equal("failed", rows.join.result)
        assert.matches(says, rows.join.error, 1, true)
      end)
    end
  end)

  it("and does not call done what no list could be read for", function()
    with_org(function(org, server)
      local state = { people = { [TOM] = { role = "admin" } } }
      local err, rows = apply(org, server, state, { "403:2+" })
      assert.equal("partial", err.kind)
      assert.matches("could not be read back", err.message, 1, true)
      assert.equal("not read back", rows.role.result) -- its reply confirmed it
      assert.matches("403", rows.role.error, 1, true)
    end)
  end)

  it("and keeps what a reply did not confirm where no list could be read", function()
    with_org(function(org, server)
      local state = {
        people = {
          ["a@x.yz"] = { workspaces = { "Main" } },
          ["b@x.yz"] = { workspaces = { "Main" } },
        },
      }
      local _, _, receipt = apply(org, server, state, {
        '200:1 {"data":[{"email":"A@x.yz","invitation_id":77}]}',
        "403:2+",
      })
      local by = {}
      for _, row in ipairs(receipt.rows) do
        by[row.who] = row
      end
      assert.equal("done", by["a@x.yz"].result)
      assert.equal("not seen", by["b@x.yz"].result)
      assert.matches("does not name this address", by["b@x.yz"].error, 1, true)
    end)
  end)

  it("and calls seen what a reply did not confirm and the list shows", function()
    with_org(function(org, server)
      local plan = org:plan { people = { ["a@x.yz"] = { workspaces = { "Main" } } } }
      local api = require "toggl.class.unconfirmed"
      assert.same({ "a@x.yz" }, api({ "a@x.yz" }, { data = {} }))
      assert.same({}, api({ "A@x.yz" }, { invitations = { { email = "a@X.yz" } } }))
      server:fault '200:1 {"data":[]}'
      server:set { visible_after = 0 }
      local other <close> = helper.client(server, { on_error = "raise", journal = false })
      local receipt
      local ok, err = pcall(plan.apply, plan, {
        progress = function(event)
          if event.what ~= "step" then return end
          local there = other:organization "Acme"
          there:invite { emails = { "a@x.yz" }, workspaces = { there:workspace "Main" } }
        end,
      })
      receipt = ok and err or err.receipt
      assert.equal("done", receipt.rows[1].result, tostring(err))
    end)
  end)
end)

describe("an apply by a client of dry runs", function()
  it("sends nothing, says so, and leaves the plan to be applied", function()
    local server <close> = helper.sandbox { people = 20, plan = "none", record = false }
    local client <close> = helper.client(server, {
      on_error = "raise",
      settle = 0,
      journal = ":memory:",
      dry_run = true,
    })
    local org = client:organization "Acme"
    local plan = org:plan {
      people = { ["a@x.yz"] = { workspaces = { Main = "user" }, groups = { "Late" } } },
      groups = { Late = { workspaces = { "Main" } } },
    }
    for _ = 1, 2 do
      local receipt = plan:apply()
      assert.equal(0, receipt.count.done)
      assert.equal(#receipt.rows, receipt.count["not sent"])
    end
    local _, last = server:requests()
    for _, request in ipairs(last) do
      assert.equal("GET", request.method)
    end
  end)
end)
