-- Finalizers, metamethods and closing during a call free nothing that the core still reads, and the
-- length metamethods of the caller's tables are not trusted. A build with sanitizers finds the
-- faults.

local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local TEXT = '[{"id":1,"name":"'
  .. ("\\u00e9x"):rep(3000)
  .. '","long":"'
  .. ("\\n"):rep(5000)
  .. '","foo":['
  .. ('"s",'):rep(500)
  .. '1],"x":{"y":[{}]}},{"id":2,"name":"b"}]'

-- Call READ(list, record) while finalizers run constantly; one of them closes both.
local function read_while_closed(read)
  for _ = 1, 20 do
    local list = core.parse("workspace", TEXT)
    local record, armed = list[1], false
    local function arm()
      setmetatable({}, {
        __gc = function()
          if not armed then return arm() end
          armed = false
          getmetatable(list).__close(list)
          getmetatable(record).__close(record)
        end,
      })
    end
    arm()
    collectgarbage("incremental", 10, 1000)
    armed = true
    pcall(read, list, record)
    armed = false
  end
end

describe("a finalizer that closes what is read", function()
  after_each(function() collectgarbage "generational" end)

  local READS = {
    ["a text"] = function(_, r) return r.name, r.long end,
    ["a list inside"] = function(_, r) return r.foo end,
    ["an unknown field"] = function(_, r) return r.x end,
    ["all fields"] = function(_, r)
      for _ in pairs(r) do
      end
    end,
    ["a table"] = function(_, r) return r:table() end,
    ["a sentence"] = function(_, r) return tostring(r) end,
    ["a copy"] = function(_, r) return r:detach().name end,
    ["records"] = function(l) return l[1], l[2] end,
    ["each record"] = function(l)
      for _ in l:each() do
      end
    end,
    ["the text of a list"] = function(l) return l:raw() end,
    ["a sequence"] = function(l) return l:table() end,
    ["a choice"] = function(l) return core.pick(l, { 1, 2 }):raw() end,
    ["a join"] = function(l) return core.join { l, l }:raw() end,
  }
  for name, read in pairs(READS) do
    it(
      "leaves " .. name .. " as it is, or ends it with an error",
      function() read_while_closed(read) end
    )
  end
end)

-- Run F while each allocation runs finalizers: of those that interrupt the function TARGET, the one
-- after the first SKIP calls ACT. Returns how many there were.
local function interrupt(target, skip, act, f)
  local hits, ran, armed = 0, false, false
  local function finalize()
    ran = true
    if not armed or debug.getinfo(2, "f").func ~= target then return end
    hits = hits + 1
    if hits == skip + 1 then act() end
  end
  collectgarbage()
  collectgarbage "stop"
  for _ = 1, 3000 do
    setmetatable({}, { __gc = finalize })
  end
  collectgarbage("incremental", 10, 1000, 1)
  collectgarbage "restart"
  while not ran do
    local _ = {}
  end
  armed = true
  pcall(f)
  armed = false
  collectgarbage "generational"
  return hits
end

describe("a finalizer", function()
  local server
  setup(function() server = helper.sandbox { record = false } end)
  teardown(function() server:stop() end)

  local CALLS = {
    journal = {},
    journal_status = {},
    plan_find = { "x" },
    settle_entry = { 1 },
    fact = { 42.5 },
    find_rows = { "get_organization_users", 1, "", 300, "email", "a@example.com" },
    near_rows = { "get_organization_users", 1, "", 300, "a@example.com" },
  }
  for name, arguments in pairs(CALLS) do
    it("that closes the client ends " .. name .. " with an error", function()
      for skip = 0, 20, 10 do
        local client = helper.client(server, { cache = ":memory:", journal = ":memory:" })
        local call, f = core.start("get_me", client), core[name] or client[name]
        local hits = interrupt(
          f,
          skip,
          function() client:close() end,
          function() f(client, table.unpack(arguments)) end
        )
        assert.is_true(hits > 0)
        call:cancel()
        client:close()
      end
    end)
  end

  it("that closes the client leaves the event that log gets", function()
    local bodies, client, create, hits = 0, nil, nil, 0
    local function try(skip)
      client = helper.client(server, {
        dry_run = true,
        log = function(event)
          bodies = bodies + 1
          assert.equal('{"name":"' .. ("a"):rep(150) .. '"}', event.body)
        end,
      })
      create = client.api.post_organization_group
      hits = interrupt(
        create,
        skip,
        function() client:close() end,
        function() create { organization_id = server.organization_id, name = ("a"):rep(150) } end
      )
      client:close()
    end
    try(math.huge)
    local from = hits
    for skip = from - 600, from, 10 do
      try(skip)
    end
    assert.is_true(from > 600 and bodies > 1)
  end)
end)

describe("what is closed", function()
  it("ends a loop over its fields, and gives none of another record's", function()
    local one, two = core.parse("workspace", TEXT)[1], core.parse("workspace", '[{"id":3}]')[1]
    local step = pairs(one)
    step(one)
    step(one)
    assert.has_error(function() step(two) end)
    getmetatable(one).__close(one)
    assert.is_nil((step(one)))
  end)

  it("can be closed again", function()
    local list = core.parse("workspace", TEXT)
    for _ = 1, 3 do
      getmetatable(list).__close(list)
    end
    assert.equal(0, #list)
    assert.equal("[]", list:raw())
  end)
end)

describe("tables of the caller", function()
  local function long(n, ...)
    return setmetatable({ ... }, { __len = function() return n end })
  end

  it("have their raw length, whatever __len returns", function()
    local list = core.parse("workspace", TEXT)
    for _, n in ipairs { 2 ^ 61 // 1 | 0, math.maxinteger, -1, math.mininteger } do
      assert.equal(1, #core.pick(list, long(n, 2)))
      assert.equal(2, #core.join(long(n, list)))
    end
    assert.has_error(function() core.pick(list, { 3 }) end)
    assert.has_error(function() core.pick(list, { 0 }) end)
  end)

  it("may contain themselves, or be deeply nested", function()
    local ring, deep = {}, {}
    ring[1] = ring
    for _ = 1, 100000 do
      deep = { deep }
    end
    local many = {}
    for _ = 1, 40 do
      many = { many, many }
    end
    for _, faults in ipairs { ring, deep, many, { { status = 5 } } } do
      local ok, why = pcall(toggl.client, { sandbox = { faults = faults } })
      assert.is_false(ok)
      assert.matches("faults", tostring(why))
    end
    local server <close> = toggl.sandbox.start()
    for _, faults in ipairs { ring, deep, many, { { status = 5 } } } do
      assert.has_error(function() server:set { faults = faults } end)
    end
  end)

  it("may change while confirm is asked: a call keeps its texts", function()
    local args
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server, {
      journal = ":memory:",
      confirm = function()
        args.job, args.step = nil, nil
        collectgarbage()
        collectgarbage()
        return true
      end,
    })
    local function text(word) return word:rep(20) .. #word end
    args = { organization_id = server.organization_id, name = "Crew" }
    args.job, args.step = text "job", text "step"
    assert(client.api.post_organization_group(args))
    local write = client:journal()[1].write
    assert.same({ text "job", text("step"):sub(1, 79) }, { write.job, write.step })
  end)

  it("give options of their own alone", function()
    local made = 0
    local client <close> = core.client(setmetatable({ cache = ":memory:" }, {
      __index = function(_, name)
        made = made + 1
        return name == "token" and ("a"):rep(31) .. made or nil
      end,
    }))
    assert.equal(0, made)
    assert.is_truthy(client)
  end)
end)

it("random programs are the same for the same seed", function()
  local one = helper.togglsh("spec/fuzz/programs.lua", "7", "20")
  assert.equal(one, (helper.togglsh("spec/fuzz/programs.lua", "7", "20")))
  assert.is_truthy(load(one))
end)
