-- The order of writes on one target: a later write waits until the earlier one is settled, or is
-- not sent.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("a write after an ambiguous one of the same target", function()
  local server, folder, warnings

  before_each(function()
    server = helper.sandbox { record = false, people = 30 }
    folder = helper.scratch()
    warnings = {}
  end)
  after_each(function()
    server:stop()
    helper.remove(folder)
  end)

  local function open(options)
    local o = {
      journal = folder .. "/journal.db",
      settle_after = 0.05,
      on_warning = function(sentence) warnings[#warnings + 1] = sentence end,
    }
    return helper.client(server, o, options)
  end

  -- Lose the reply to CHANGE(org), which the server applies.
  local function lose(client, change)
    local org = client:get_organization(4300000017)
    server:fault "commit-then-drop:1"
    local _, err = change(org)
    server:clear()
    assert.equal("unknown", err.kind)
  end

  -- Call CHANGE(org). Return true or the kind of error, its reason, and the count of requests.
  local function try(change, org)
    local before = server:requests()
    local value, err = change(org)
    return {
      value ~= nil or err.kind,
      value == nil and err.reason or nil,
      server:requests() - before,
    }
  end

  local function rename(name)
    return function(org) return org:update { name = name } end
  end

  local function ann(org) return org:user "ann@example.com" end
  local function support(org) return org:group "Support" end

  it("is not sent, and names the entry, until that is closed or settled", function()
    local c <close> = open()
    lose(c, rename "One")
    local org = c:organization "One"
    local entries = #c:journal()
    assert.same({ "conflict", "open", 0 }, try(rename "Two", org))
    local _, err = org:update { name = "Two" }
    assert.matches(
      "entry 1 of the journal .* this change was not sent; .*client:resume",
      tostring(err)
    )
    assert.equal(entries, #c:journal())
    c:close_entry(1, "done")
    assert.same({ true, nil, 1 }, try(rename "Two", org))
    server:fault "commit-then-drop:1"
    assert.is_nil((org:update { name = "Three" }))
    server:clear()
    assert.same({ "conflict", "open", 0 }, try(rename "Four", org))
    assert.equal("settled-done", c:resume()[1].state)
    assert.same({ true, nil, 1 }, try(rename "Four", org))
  end)

  it("is sent once that was settled, where it settles itself", function()
    local c <close> = open()
    lose(c, rename "One")
    local org = c:organization "One"
    assert.same(
      { true, nil, 2 },
      try(function(o) return o:update { name = "Two", settle = true } end, org)
    )
    local states = {}
    for i, entry in ipairs(c:journal()) do
      states[i] = entry.state
    end
    assert.same({ "settled-done", "done" }, states)
  end)

  it("is not sent where reading does not settle that", function()
    local c <close> = open { settle = true }
    local org = c:organization "Acme"
    local main = org:workspace "Main"
    local id =
      org:invite({ emails = { "z@example.com" }, workspaces = { main } }).data[1].invitation_id
    local function resend(o) return o:resend_invitation { invitation_id = id } end
    server:fault "commit-then-drop:1"
    assert.is_nil((resend(org)))
    server:clear()
    assert.same({ "conflict", "open", 0 }, try(resend, org))
    local other = org:invite({ emails = { "y@example.com" }, workspaces = { main } }).data[1]
    assert.is_true(org:resend_invitation { invitation_id = other.invitation_id })
  end)

  -- Return a function of ORG that prepares a write and returns it as a function.
  local function invitation(...)
    local emails = { ... }
    return function(org)
      local main = org:workspace "Main"
      return function() return org:invite { emails = emails, workspaces = { main } } end
    end
  end
  local function deactivation(find)
    return function(org)
      local person = find(org)
      return function() return person:update { inactive = true } end
    end
  end
  local function tenth(org) return org:users()[10] end

  local SAME = {
    ["a person by two operations"] = {
      deactivation(ann),
      function(org)
        local one = ann(org)
        return function() return org:remove_users { delete = { one } } end
      end,
    },
    ["a person of a list"] = {
      function(org)
        local people = { org:users()[9], tenth(org) }
        return function() return org:remove_users { delete = people } end
      end,
      deactivation(tenth),
    },
    ["a group, by two operations"] = {
      function(org)
        local group, one = support(org), ann(org)
        return function()
          return group:patch { patches = { { op = "add", path = "/users", value = { one } } } }
        end
      end,
      function(org)
        local group = support(org)
        return function() return group:delete() end
      end,
    },
    ["an address that is invited"] = {
      invitation("a@x.test", "b@x.test"),
      invitation "B@x.test",
    },
    ["a group of one name"] = {
      function(org)
        return function() return org:create_group { name = "New" } end
      end,
      function(org)
        return function() return org:create_group { name = "new" } end
      end,
    },
    ["one path, written by hand"] = {
      function(org)
        return function() return org:update { name = "One" } end
      end,
      function(org)
        return function()
          return org
            :client()
            :request("PUT", "/organizations/" .. org.id, { body = { name = "Two" } })
        end
      end,
    },
  }

  for what, two in pairs(SAME) do
    it("is not sent: " .. what, function()
      local c <close> = open()
      local org = c:organization "Acme"
      local first, second = two[1](org), two[2](org)
      lose(c, first)
      local _, err = second(org)
      assert.same({ "conflict", "open" }, { err.kind, err.reason })
      assert.equal(1, #c:journal())
    end)
  end

  it("does not delay other writes", function()
    local c <close> = open()
    local org = c:organization "Acme"
    local one, main = ann(org), org:workspace "Main"
    lose(c, function() return one:update { inactive = true } end)
    assert.is_true(org:users()[10]:update { inactive = true })
    assert(support(org):patch { patches = { { op = "add", path = "/users", value = { one } } } })
    assert(org:create_group { name = "One" })
    assert(org:create_group { name = "Two" })
    assert(org:invite { emails = { "a@x.test" }, workspaces = { main } })
    assert(org:invite { emails = { "b@x.test" }, workspaces = { main } })
  end)

  it("waits for one that is in flight", function()
    local c <close> = open { settle = true }
    local org = c:organization "Acme"
    server:fault "commit-then-drop:1"
    local before = server:requests()
    local names = toggl.map({ "One", "Two", "Three" }, function(name)
      assert(org:update { name = name })
      return c:get_organization(org.id, { refresh = true }).name
    end)
    server:clear()
    assert.equal("Three", names[3])
    assert.equal(7, server:requests() - before) -- three writes, one read to settle, three reads
    assert.equal("settled-done", c:journal()[1].state)
    for _, entry in ipairs(c:journal()) do
      assert.equal(1, entry.attempts)
    end
  end)

  it("tells what the journal says where another program settled it meanwhile", function()
    for outcome, told in pairs { done = "done", absent = "transport" } do
      local a <close> = open { settle = true, settle_after = 0.5 }
      local b <close> = open()
      local org = a:get_organization(4300000017)
      server:fault "commit-then-drop:1"
      local results = toggl.all {
        function()
          local value, err = org:update { name = "One" }
          return value and "done" or err.kind
        end,
        function()
          while #b:journal { state = "unknown" } == 0 do
            toggl.sleep(0.01)
          end
          b:close_entry(b:journal({ state = "unknown" })[1].n, outcome)
          server:clear()
        end,
      }
      assert.equal(told, results[1])
      assert.same({}, warnings)
      assert(org:update { name = "Acme" })
    end
  end)

  it("is not sent if its deadline is too short to settle the earlier one", function()
    local c <close> = open { settle_after = 5 }
    lose(c, rename "One")
    local org = c:organization "One"
    local _, err = org:update { name = "Two", settle = true, deadline = 0.1 }
    assert.equal("conflict", err.kind)
    assert.same({ 1, "unknown" }, { #c:journal(), c:journal()[1].state })
  end)

  describe("by an earlier program", function()
    local function leave()
      local c <close> = open()
      lose(c, rename "One")
    end

    it("is not sent, or sent once that is settled, and a line says so", function()
      leave()
      local c <close> = open()
      local org = c:organization "One"
      assert.same({}, warnings)
      assert.same({ "conflict", "open", 0 }, try(rename "Two", org))
      assert.same(
        { "1 change in the journal has no known outcome; togglsh resume looks for it" },
        warnings
      )
      assert.same(
        { true, nil, 1 },
        try(function(o) return o:create_group { name = "Else" } end, org)
      )
      assert.equal(1, #warnings)
      assert.same(
        { true, nil, 2 },
        try(function(o) return o:update { name = "Two", settle = true } end, org)
      )
    end)

    it("is settled before a list of them is sent", function()
      leave()
      do
        local c <close> = open()
        lose(c, function(org) return org:create_group { name = "New" } end)
      end
      local c <close> = open { settle = true }
      local org = c:organization "One"
      assert(org:update { name = "Two" })
      assert.matches("^2 changes in the journal have ", warnings[#warnings])
      assert.equal("settled-done", c:journal()[1].state)
      assert.equal("unknown", c:journal()[2].state)
    end)
  end)
end)
