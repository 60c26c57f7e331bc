-- Resuming an apply that ended early: what it waits for, what an absent record proves, and which
-- entries stay open.

local helper = require "spec.helper"
local toggl = require "toggl"

local STATE = {
  people = {
    ["new1@x.yz"] = { workspaces = { Main = "user" } },
    ["new2@x.yz"] = { workspaces = { Main = "admin" } },
  },
  groups = { Night = { workspaces = { "Main" } } },
}

describe("resume", function()
  local folder, server, clients
  before_each(function()
    folder, clients = helper.scratch(), {}
    server = helper.sandbox { people = 20, plan = "none", record = false }
  end)
  after_each(function()
    for _, client in ipairs(clients) do
      client:close()
    end
    server:stop()
    helper.remove(folder)
    server, clients = nil, nil
  end)

  -- Return the organization of a new client on the same journal.
  local function again(options)
    local o = { on_error = "raise", settle = 0, journal = folder .. "/journal.db", timeout = 5 }
    clients[#clients + 1] = helper.client(server, o, options)
    return clients[#clients]:organization "Acme", clients[#clients]
  end

  -- Apply STATE and lose the reply to its first request. DONE: the server applies it.
  local function lose(state, done, options)
    local org, client = again()
    local plan = org:plan(state)
    server:fault(done and "commit-then-drop:1" or "reset:1")
    local ok, err = pcall(plan.apply, plan, options or {})
    server:clear()
    assert.is_false(ok)
    assert.equal("unknown", err.kind, tostring(err))
    return plan, client, org
  end

  local function states(client)
    local list = {}
    for i, entry in ipairs(client:journal()) do
      list[i] = entry.state
    end
    return list
  end

  it("waits from the loss of a reply until Toggl shows the change", function()
    local plan = lose({ groups = { Night = {} } }, true)
    local slow = again { settle = 1.5 }
    local at = require("toggl.core").ticks()
    assert.equal(0, #toggl.plan.resume(slow, plan.id).steps)
    assert.is_true(require("toggl.core").ticks() - at >= 0.5)
  end)

  it("sends again what was not carried out, and nothing else", function()
    for _, done in ipairs { true, false } do
      local name = done and "Day" or "Night"
      local plan, client, org = lose({ groups = { [name] = {} } }, done)
      local rest = toggl.plan.resume(again(), plan.id)
      assert.equal(done and 0 or 1, #rest.steps)
      local list = states(client)
      assert.equal(done and "settled-done" or "settled-absent", list[#list])
      if not done then rest:apply() end
      assert.equal(0, #org:plan({ groups = { [name] = {} } }, { refresh = true }).steps)
    end
  end)

  -- Ambiguous changes that no read can prove: {name, state, change by another administrator,
  -- options of the apply}.
  local UNSURE = {
    {
      "a removal of a person who was invited again",
      { people = { ["tomas6@example.com"] = { state = "absent" } } },
      function(org)
        org:remove_users { delete = { org:user "tomas6@example.com" } }
        org:invite { emails = { "tomas6@example.com" }, workspaces = { org:workspace "Main" } }
      end,
      { allow_removals = 1 },
    },
    {
      "access of a person who has left",
      { people = { ["tomas6@example.com"] = { workspaces = { Archive = "admin" } } } },
      function(org) org:remove_users { delete = { org:user "tomas6@example.com" } } end,
    },
    {
      "access that another administrator changed",
      { people = { ["tomas6@example.com"] = { workspaces = { Archive = "admin" } } } },
      function(org)
        org
          :plan({ people = { ["tomas6@example.com"] = { workspaces = { Archive = "user" } } } })
          :apply()
      end,
    },
  }

  for _, case in ipairs(UNSURE) do
    it("does not take for done " .. case[1], function()
      local plan, client = lose(case[2], false, case[4])
      local other = helper.client(server, { on_error = "raise", settle = 0, journal = false })
      case[3](other:organization "Acme")
      other:close()
      local before = server:requests()
      local ok, err = pcall(toggl.plan.resume, again(), plan.id)
      assert.is_true(server:requests() > before)
      assert.is_false(ok)
      assert.is_truthy(err.kind == "unknown" or err.kind == "guard", tostring(err))
      for _, state in ipairs(states(client)) do
        assert.not_equal("settled-done", state)
      end
    end)
  end

  it("raises what keeps the journal from being read, and does not call it none", function()
    local org = again { journal = false }
    local ok, err = pcall(toggl.plan.resume, org, "0123456789ab")
    assert.is_false(ok)
    assert.equal("no_journal", err.reason)
    ok, err = pcall(toggl.plan.last, org)
    assert.is_false(ok)
    assert.equal("no_journal", err.reason)
    assert.is_nil(toggl.plan.last((again())))
  end)

  it("leaves a running apply alone", function()
    local org = again()
    local other, tried = again(), nil
    org:plan(STATE):apply {
      progress = function() tried = tried or { pcall(toggl.plan.resume, other) } end,
    }
    assert.is_false(tried[1])
    assert.equal("lease", tried[2].rule)
    assert.equal(0, #toggl.plan.resume(other).steps)
  end)

  describe("as a job", function()
    -- SEE gets the page. Return what the job says beside its receipt, and the receipt.
    local function run(org, client, see)
      local keep = { arg, rawget(_G, "org"), rawget(_G, "client"), rawget(_G, "toggl"), print }
      local stderr = io.stderr
      local out, receipt = {}, {}
      _G.arg = { [0] = "resume", yes = true, refresh = false, dry_run = false }
      _G.org, _G.client, _G.toggl = org, client, toggl
      _G.print = function(text) table.insert(see and out or receipt, text) end
      rawset(io, "stderr", { write = function(_, text) out[#out + 1] = text end })
      local show = require "toggl.text.show"
      local write, format = show.write, show.format
      show.write = see or function(text) receipt[#receipt + 1] = text end
      show.format = see and "table" or "json"
      local ok, err = pcall(dofile, "scripts/resume.lua")
      show.write, show.format = write, format
      _G.arg, _G.org, _G.client, _G.toggl, _G.print = table.unpack(keep, 1, 5)
      rawset(io, "stderr", stderr)
      return ok, err, table.concat(out, "\n"), table.concat(receipt)
    end

    it("goes on with the plan although another change stays open, and names that", function()
      local org, client = again()
      local plan = org:plan(STATE)
      server:fault "500:2+"
      pcall(plan.apply, plan)
      server:clear()
      local invitation
      for user in org:each_user() do
        invitation = user.joined == false and user.invitation_id or invitation
      end
      server:fault "commit-then-drop:1" -- a second e-mail, which no read shows
      pcall(client.api.put_invitation, { organization_id = org.id, invitation_id = invitation })
      server:clear()
      local ok, err = run(org, client)
      assert.is_false(ok)
      assert.equal("unknown", err.kind, tostring(err))
      assert.matches("stays open, and nothing was sent again", err.message, 1, true)
      assert.equal(0, #org:plan(STATE, { refresh = true }).steps)
    end)

    it("does not ask again for a permission that the apply had", function()
      local org, client = again()
      local plan = org:plan { people = { ["tomas6@example.com"] = { state = "absent" } } }
      server:fault "500:1+"
      assert.is_false((pcall(plan.apply, plan, { allow_removals = 1 })))
      server:clear()
      local page
      local ok, err = run(org, client, function(text) page = text end)
      assert.is_true(ok, tostring(err))
      assert.matches("remove +1 person", page)
      assert.is_nil(page:find("needs --allow-removals", 1, true))
    end)

    it("does not take an organization that is not there for no plan", function()
      local _, client = again()
      local plan = client:organization("Acme"):plan(STATE)
      plan:apply()
      local mt = getmetatable(_G)
      setmetatable(_G, {
        __index = function(_, name)
          if name == "org" then error({ kind = "not_found", message = "no Typo" }, 0) end
        end,
      })
      local ok, err = run(nil, client)
      setmetatable(_G, mt)
      assert.is_false(ok)
      assert.matches("Typo", tostring(err.message))
    end)

    it("leaves the change of a program that runs to that, and says so", function()
      local org, client = again()
      local other = again()
      server:set { latency = 3000 }
      local task = toggl.task(function() return other:create_group { name = "On its way" } end)
      while #client:journal { state = "sent" } == 0 do
        toggl.sleep(0.01)
      end
      local ok, err, out = run(org, client)
      assert.is_true(ok, tostring(err))
      assert.equal(
        "entry 1 (post_organization_group): its program still runs, so it is left to that",
        out
      )
      server:set { latency = 0 }
      task:cancel()
    end)

    it("says that there is nothing to resume", function()
      local org, client = again()
      local ok, _, out, receipt = run(org, client)
      assert.is_true(ok)
      assert.matches("nothing to resume", out, 1, true)
      assert.same({}, toggl.json.decode(receipt))
    end)
  end)
end)
