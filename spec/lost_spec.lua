-- Each write with a lost reply, before and after the server applied it: the result of settling, the
-- entry in the journal, and the count of requests.
local fixtures = require "spec.fixtures.operations"
local helper = require "spec.helper"
local toggl = require "toggl"

-- Reads to settle a write, by operation, if not one; 0: no read shows it.
local READS = {
  put_invitation = 0,
  post_reset_token = 0,
}

-- Operations that no read can settle: a person must close the entry.
local OPEN = {
  put_invitation = true,
  post_reset_token = true,
}

-- Operations that stay open if they were applied: a 404 may also mean a cancelled invitation.
local HIDDEN = { post_organization_accept_invitation = true }

local function world(options)
  local server = helper.sandbox { record = false, people = 30 }
  local o = { journal = ":memory:", settle = true, settle_after = 0.05, timeout = 5 }
  local client = helper.client(server, o, options)
  return fixtures.world(server, client)
end

-- Lose the reply to the write by FAULT, on a server that shows changes after LATE seconds. Return
-- whether it succeeded, its error, the journal's entry and the count of reads.
local function lose(op, fault, options, late)
  local w = world(options)
  local args = fixtures.rows[op.name].args(w)
  local own = args.auth == nil -- other credentials: the entry is another account's
  local entries = #w.client:journal() + (own and 1 or 0)
  for one in fault:gmatch "[^;]+" do
    w.server:fault(one)
  end
  if late then w.server:set { visible_after = late, gone_after = late } end
  local before = w.server:requests()
  local value, err = w.client.api[op.name](args)
  local reads = w.server:requests() - before - 1
  w.server:clear()
  local journal = w.client:journal()
  assert.equal(entries, #journal)
  w.client:close()
  w.server:stop()
  return value ~= nil, err, own and journal[#journal] or {}, reads
end

-- Return whether a retry is harmless: it leads to the same state, and the write can be settled.
local function repeats(op, entry, open)
  return not open and (entry.write and entry.write.effect or op.effect) == "same"
end

describe("a lost reply to", function()
  for _, op in ipairs(toggl.operations) do
    if op.effect then
      local reads, open = READS[op.name] or 1, OPEN[op.name]

      it(op.name .. ", which was carried out, is settled as done", function()
        local ok, err, entry, n = lose(op, "commit-then-drop:1")
        local hidden = open or HIDDEN[op.name] or false
        assert.same({ not hidden, reads, 1 }, { ok, n, entry.attempts or 1 })
        local state = hidden and "unknown" or "settled-done"
        assert.equal(state, entry.state or state)
        if hidden then assert.equal("unknown", err.kind) end
      end)

      it(op.name .. ", which was not, is settled as absent", function()
        local ok, err, entry, n = lose(op, "reset:1;reset:" .. reads + 2)
        local again = repeats(op, entry, open) -- a retry, lost like the first attempt
        assert.same(
          { open and "unknown" or "settled-absent", false, again and 2 * reads + 1 or reads },
          { entry.state or "settled-absent", ok, n }
        )
        assert.equal(again and 2 or 1, entry.attempts or again and 2 or 1)
        assert.equal(open and "unknown" or "transport", err.kind)
      end)

      it(op.name .. ", which was not, is sent again where that is harmless", function()
        local ok, _, entry, n = lose(op, "reset:1")
        local again = repeats(op, entry, open)
        assert.equal(again, ok)
        if not again then return end
        assert.same({ "done", reads + 1, 2 }, {
          entry.state or "done",
          n,
          entry.attempts or 2,
        })
      end)

      it(op.name .. " stays unknown where it is not asked to be settled", function()
        local _, err, entry, n = lose(op, "commit-then-drop:1", { settle = false })
        assert.same(
          { "unknown", "unknown", 0, 1 },
          { err.kind, entry.state or "unknown", n, entry.attempts or 1 }
        )
      end)
    end
  end
end)

describe("a verb whose reply was lost", function()
  for name, verb in pairs {
    add = function(w) return w.group:add(w.ann) end,
    remove = function(w) return w.group:remove(w.ann) end,
    give = function(w) return w.group:give(w.archive) end,
    take = function(w) return w.group:take(w.main) end,
    invite = function(w)
      return w.org:invite { emails = { "new@example.com" }, workspaces = { w.main } }
    end,
  } do
    it("succeeds where a read has shown the change: " .. name, function()
      local server <close> = helper.sandbox { record = false }
      local o = { journal = ":memory:", settle = true, settle_after = 0.05 }
      local client <close> = helper.client(server, o)
      local org = client:organization "Acme"
      local w = { org = org, group = org:group "Support", ann = org:user "ann@example.com" }
      w.main, w.archive = org:workspace "Main", org:workspace "Archive"
      server:fault "commit-then-drop:1"
      assert(verb(w))
      assert.equal("settled-done", client:journal()[1].state)
    end)
  end
end)

-- Writes that create or remove a record, which the server shows late.
local LATE = {
  post_organization = true,
  post_organization_group = true,
  post_organization_invitation = true,
  post_organization_workspaces = true,
  post_workspace_group = true,
  delete_organization_group = true,
  delete_organization_users_leave = true,
  delete_workspace_group = true,
  delete_workspace_user = true,
  patch_organization_users = true,
  patch_organization_workspace_users = true,
  post_reject_invitation = true,
}

describe("a change that is shown late", function()
  for _, op in ipairs(toggl.operations) do
    if LATE[op.name] then
      it(op.name .. " is taken for absent if it is looked for too early", function()
        local _, _, entry = lose(op, "commit-then-drop:1", { settle_after = 0.01 }, 9)
        assert.not_equal("settled-done", entry.state or "")
      end)
    end
    if op.effect and not OPEN[op.name] and not HIDDEN[op.name] then
      it(op.name .. " is settled as done if it is looked for in time", function()
        local ok, _, entry = lose(op, "commit-then-drop:1", { settle_after = 0.4 }, 0.2)
        assert.same({ true, "settled-done" }, { ok, entry.state or "settled-done" })
      end)
    end
  end
end)

describe("client:resume", function()
  local server, folder
  setup(function()
    server = helper.sandbox { record = false, people = 30 }
    folder = helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(folder)
  end)

  local function client(file)
    return helper.client(server, { journal = folder .. "/" .. file, settle_after = 0.05 })
  end

  -- Leave three entries: an applied one, an absent one, and one that no read shows.
  local function leave(file)
    local c <close> = client(file)
    local org = c:organization "Acme"
    local main = org:workspace "Main"
    local email = file:gsub("%W", "-") .. "@example.com" -- one invitation for each person
    local id =
      assert(org:invite { emails = { email }, workspaces = { main } }).data[1].invitation_id
    for _, case in ipairs {
      { "commit-then-drop:1", function() return org:create_group { name = "Was made" } end },
      { "reset:1", function() return org:create_group { name = "Was not" } end },
      { "reset:1", function() return org:resend_invitation { invitation_id = id } end },
    } do
      server:fault(case[1])
      assert.equal("unknown", select(2, case[2]()).kind)
      server:clear()
    end
  end

  it("settles what an earlier client left, once, and says what stays open", function()
    leave "one.db"
    local c <close> = client "one.db"
    local before = server:requests()
    local states, why = {}, nil
    for i, entry in ipairs(c:resume()) do
      states[i], why = entry.state, entry.why
    end
    assert.same({ "settled-done", "settled-absent", "unknown" }, states)
    assert.matches("no read shows", why)
    assert.equal(2, server:requests() - before)
    assert.equal(1, #c:resume())
    assert.equal(2, server:requests() - before)
    assert.is_nil(c:check_journal().broken)
  end)

  it("says what stays open since the journal could not record its outcome", function()
    leave "unwritten.db"
    local c <close> = client "unwritten.db"
    local core = require "toggl.core"
    local settle_entry = core.settle_entry
    finally(function() core.settle_entry = settle_entry end)
    core.settle_entry = function() return true end -- as on a full disk
    local open = c:resume()
    assert.equal(3, #open)
    for _, entry in ipairs(open) do
      assert.is_true(entry.open)
      assert.matches("could not be recorded", entry.why)
    end
  end)

  it("waits for the entries of a killed program together", function()
    local outside <close> = helper.sandbox { port = 0, record = false }
    local file = folder .. "/killed.db"
    local program = ([[
      local client = toggl.client { base_url = %q, token = %q, journal = %q, timeout = 99 }
      local org = client:organization(4300000017)
      toggl.map({ "K1", "K2", "K3" }, function(name) return org:create_group { name = name } end)
    ]]):format(outside.url, outside:token(), file)
    outside:fault "slow@/groups"
    local words = { "echo $$; exec env" }
    for name, value in pairs(helper.environment(folder)) do
      words[#words + 1] = helper.quote(name .. "=" .. value)
    end
    words[#words + 1] = helper.build .. "/togglsh -e " .. helper.quote(program)
    local child = assert(io.popen(table.concat(words, " ")))
    local process = assert(child:read "n")
    for _ = 1, 2000 do
      if outside:requests() >= 4 then break end
      toggl.sleep(0.01)
    end
    os.execute("kill -9 " .. process)
    child:close()
    outside:clear()
    local sent = {}
    local c <close> = helper.client(outside, {
      journal = file,
      timeout = 0.5,
      settle_after = 0.1,
      log = function()
        local other <close> = helper.client(outside, { journal = file })
        sent[#sent + 1] = #other:journal { state = "sent" }
      end,
    })
    assert.equal(3, #c:journal { state = "sent" })
    assert.equal(3, #c:resume())
    assert.is_nil(table.concat(sent):find("1", 1, true)) -- the last two events are one transaction
    assert.equal(0, sent[#sent])
  end)

  it("sends nothing where nothing is open", function()
    local c <close> = client "two.db"
    local before = server:requests()
    assert.same({}, c:resume())
    assert.equal(before, server:requests())
  end)

  it("leaves an entry open that cannot be read, and settles it later", function()
    do
      local c <close> = client "three.db"
      server:fault "commit-then-drop:1"
      c:get_organization(4300000017)
      server:clear()
      local org = c:organization "Acme"
      server:fault "commit-then-drop:1"
      assert.equal("unknown", select(2, org:update { name = "Acme" }).kind)
      server:clear()
    end
    local c <close> = client "three.db"
    server:fault "403"
    local entry = c:resume()[1]
    server:clear()
    assert.same({ "unknown", true }, { entry.state, entry.open })
    assert.equal("settled-done", c:resume()[1].state)
  end)
end)

describe("a found record does not prove that the write was applied", function()
  local function lost(options, change)
    local w = world(options)
    local value, err = change(w.client, w.server)
    local entry = w.client:journal()
    w.client:close()
    w.server:stop()
    return value, err, entry[#entry].state
  end

  it("where a workspace of the name was made in another organization", function()
    local value, _, state = lost({}, function(c, server)
      local one, two = c:organization "Acme", assert(c:create_organization { name = "Other" })
      assert(c:get_organization(two.id):create_workspace { name = "Twin" })
      server:fault "reset:1"
      return one:create_workspace { name = "Twin" }
    end)
    assert.same({ false, "settled-absent" }, { value ~= nil, state })
  end)

  it("where an invitation that was to be accepted is no longer open", function()
    local value, err = lost({}, function(c, server)
      local org = c:organization "Acme"
      local code = org:invite({
        emails = { "bo@example.com" },
        workspaces = { (org:workspace "Main") },
      }).invitations[1].code
      c:reject_invitation { invitation_code = code, auth = false }
      server:fault "reset:1"
      return c:accept_invitation { invitation_code = code, auth = false }
    end)
    assert.same({ false, "unknown" }, { value ~= nil, err.kind })
  end)

  it("where a transfer that was to be declined has been accepted", function()
    local value, err, state = lost({}, function(c, server)
      local org = c:organization "Acme"
      local ann = org:user "ann@example.com"
      local transfer = org:create_transfer { new_owner_id = ann }
      local hers <close> = helper.client(server, { token = server:token "ann@example.com" })
      transfer:action { action = "accept" }
      assert(
        hers:get_organization(org.id):transfers({ ongoing = true })[1]:action { action = "accept" }
      )
      server:fault "reset:1"
      return transfer:action { action = "decline" }
    end)
    assert.same({ false, "unknown", "unknown" }, { value ~= nil, err.kind, state })
  end)

  it("where a person to be invited has joined before", function()
    local value, err, state = lost({}, function(c, server)
      local org = c:organization "Acme"
      local main = org:workspace "Main"
      server:fault "reset:1"
      return org:invite { emails = { "ann@example.com" }, workspaces = { main } }
    end)
    assert.same({ false, "unknown", "unknown" }, { value ~= nil, err.kind, state })
  end)

  it("where a field that no record shows is all that was to change", function()
    local value, err, state = lost({}, function(c, server)
      local member = c:organization("Acme"):workspace("Main"):members()[1]
      server:fault "reset:1"
      return member:update { inactive = false, postedFields = { "rate" } }
    end)
    assert.same({ false, "unknown", "unknown" }, { value ~= nil, err.kind, state })
  end)

  -- The stored value from before decides. As before: the write was not applied. Neither as before
  -- nor as written: another program has changed it since, and the write stays ambiguous.
  local function person(org) return org:user "ann@example.com" end
  local function groups(org)
    local all = {}
    for i, g in ipairs(org:groups()) do
      all[i] = g
    end
    table.sort(all, function(a, b) return a.group_id < b.group_id end)
    return all
  end
  local function group(org) return groups(org)[1] end
  local BEFORE = {
    name = {
      person,
      function(p) return p:update { name = "Mine" } end,
      function(p) return p:update { name = "Theirs" } end,
    },
    ["name of a group"] = {
      group,
      function(g) return g:update { name = "Mine" } end,
      function(g) return g:update { name = "Theirs" } end,
    },
    groups = {
      function(org)
        local all = groups(org)
        return { one = person(org), mine = { all[1] }, theirs = { all[1], all[2] } }
      end,
      function(p) return p.one:update { groups = p.mine } end,
      function(p) return p.one:update { groups = p.theirs } end,
    },
    organization = {
      function(org) return org end,
      function(o) return o:update { name = "Mine" } end,
      function(o) return o:update { name = "Theirs" } end,
    },
  }
  for what, case in pairs(BEFORE) do
    for _, fault in ipairs { "commit-then-drop:1", "reset:1" } do
      for _, changed in ipairs { true, false } do
        it(
          ("where another program has%s changed it since: %s, %s"):format(
            changed and "" or " not",
            what,
            fault
          ),
          function()
            local _, _, state = lost({ cache = ":memory:", settle = false }, function(c, server)
              local org = c:organization "Acme"
              org:users()
              local record = case[1](org)
              server:fault(fault)
              assert.is_nil((case[2](record)))
              server:clear()
              local other <close> = helper.client(server, { journal = ":memory:" })
              local there = other:get_organization(org.id)
              if changed then assert(case[3](case[1](there), there)) end
              c:resume()
            end)
            local settled = fault == "reset:1" and "settled-absent" or "settled-done"
            assert.equal(changed and "unknown" or settled, state)
          end
        )
      end
    end
  end

  it("where another change of the same object came after it", function()
    local folder = helper.scratch()
    local o = { journal = folder .. "/j.db", settle = false }
    local _, _, state = lost(o, function(c, server)
      local org = c:organization "Acme"
      local other <close> = helper.client(server, o)
      assert(other:organization("Acme"):create_group { name = "Else" }) -- it has settled by then
      server:fault "commit-then-drop:1"
      assert.is_nil((org:update { name = "First" }))
      server:clear()
      assert(other:organization("First"):update { name = "Acme" })
      local entry = c:resume()[1]
      assert.same({ "unknown", true }, { entry.state, entry.open })
      assert.matches("entry 5 may have changed the same object later", entry.why)
    end)
    assert.equal("done", state)
    helper.remove(folder)
  end)
end)
