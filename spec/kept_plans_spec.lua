-- Plans that are kept: applied by their id, and resumed after an apply that ended early.

local helper = require "spec.helper"
local toggl = require "toggl"

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
      local before = helper.writes(server)
      local ok, err = pcall(plan.apply, plan)
      assert.equal(journal == false, ok, tostring(err))
      assert.equal(ok and 1 or 0, helper.writes(server) - before)
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
