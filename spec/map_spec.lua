-- Functions that run side by side: toggl.map and toggl.all.
local helper = require "spec.helper"
local tasks = require "toggl.task"
local toggl = require "toggl"

local ACME = 4300000017

local seconds = helper.seconds

assert(tasks.pollfd())
helper.keep_descriptors() -- the scheduler keeps its descriptor

local server, client, org

local function start(options)
  server, client, org = helper.acme(options)
end

local function stop()
  client:close()
  server:stop()
  client, org = nil, nil
  assert.equal(0, tasks.count())
end

-- Send one request, different for each N.
local function page(n) return org:users { page = n, per_page = 1 } end

describe("toggl.map", function()
  before_each(start)
  after_each(stop)

  it("gives results in the order of the items, whatever comes first", function()
    server:fault "slow:1"
    server:set { slow = 1 }
    local list = toggl.map(
      { 3, 1, 2 },
      function(n, i) return { n = n, i = i, id = page(n)[1].id } end
    )
    assert.equal(3, #list)
    for i, n in ipairs { 3, 1, 2 } do
      assert.equal(n, list[i].n)
      assert.equal(i, list[i].i)
      assert.equal(page(n)[1].id, list[i].id)
    end
    assert.same({}, toggl.map({}, function() error "not called" end))
  end)

  it("takes a list of records as well", function()
    local users = org:users()
    assert.equal(users[60].email, toggl.map(users, function(user) return user.email end)[60])
  end)

  it("gives each its own time, also when there are more than go at once", function()
    server:set { latency = 500 }
    local hurried <close> = helper.client(server, { timeout = 1 })
    local acme, items = hurried:get_organization(ACME), {}
    for i = 1, 160 do
      items[i] = i
    end
    local failed = {}
    toggl.map(items, function(n)
      local list, err = acme:users { page = n, per_page = 1 }
      if not list then failed[#failed + 1] = tostring(err) end
    end, { limit = 160 })
    assert.same({}, failed)
  end)

  it("runs side by side, up to the limit and not beyond", function()
    server:set { latency = 100 }
    local items, active, most = {}, 0, 0
    for i = 1, 12 do
      items[i] = i
    end
    local function f(n)
      active = active + 1
      most = math.max(most, active)
      page(n)
      active = active - 1
      return n
    end
    local together = seconds(function() assert.same(items, toggl.map(items, f)) end)
    assert.equal(12, most)
    assert.is_true(together < 0.9, together .. " s")
    most = 0
    local by_three = seconds(function() toggl.map(items, f, { limit = 3 }) end)
    assert.equal(3, most)
    assert.is_true(by_three >= 0.4, by_three .. " s")
    most = 0
    toggl.map({ 1, 2, 3 }, f, { limit = 1 })
    assert.equal(1, most)
  end)

  it("ends with the first failure, which names its item, and asks no further", function()
    server:fault "500@page=3&"
    local n = 0
    local results, err = toggl.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
      n = n + 1
      return page(i)
    end, { limit = 2 })
    assert.is_nil(results)
    assert.equal("server", err.kind)
    assert.equal(3, err.index)
    assert.equal(3, err.item)
    assert.matches("^item 3 %(3%): ", err.message)
    assert.is_true(n <= 5)
    assert.equal("toggl.error", getmetatable(err).__name)
  end)

  it("raises what was raised, with its place", function()
    local ok, err = pcall(toggl.map, { "a", "b" }, function(item)
      if item == "b" then error "no good" end
    end)
    assert.is_false(ok)
    assert.matches("item 2 %(b%): ", err)
    assert.matches("map_spec.lua:%d+: no good", err)
    local strict <close> = helper.client(server, { on_error = "raise" })
    ok, err = pcall(
      toggl.map,
      { 1, 4300000051 },
      function(id) return strict:get_organization(id) end
    )
    assert.is_false(ok)
    assert.is_truthy(err.kind == "forbidden" or err.kind == "not_found")
    assert.is_truthy(err.index)
  end)

  it("tries all of them with collect, and tells each failure", function()
    server:fault "500@page=3&"
    server:fault "404@page=5&"
    local results, errors = toggl.map({ 1, 2, 3, 4, 5, 6 }, function(i)
      if i == 6 then error "no good" end
      local list, err = page(i)
      return list and list[1].id, err
    end, { collect = true })
    assert.is_nil(results[3])
    assert.is_nil(results[5])
    assert.equal(page(4)[1].id, results[4])
    assert.equal(3, #errors)
    assert.same({ 3, 5, 6 }, { errors[1].index, errors[2].index, errors[3].index })
    assert.equal("server", errors[1].err.kind)
    assert.equal("not_found", errors[2].err.kind)
    assert.matches("no good", tostring(errors[3].err))
    server:clear()
    local _, none = toggl.map({ 1 }, page, { collect = true })
    assert.is_nil(none)
  end)

  it("may stand in a map", function()
    server:set { latency = 80 }
    local sums
    local time = seconds(function()
      sums = toggl.map({ 0, 10, 20 }, function(from)
        local keys = toggl.map(
          { from + 1, from + 2, from + 3 },
          function(n) return page(n)[1].id end
        )
        return #keys
      end)
    end)
    assert.same({ 3, 3, 3 }, sums)
    assert.is_true(time < 0.6, time .. " s")
  end)

  it("of many items looks at each a few times, and not at all of them whenever one ends", function()
    local n, gates, list, looks = 500, {}, {}, 0
    for i = 1, n do
      list[i] = i
      gates[i] = toggl.task(function()
        toggl.sleep(0)
        if i < n then gates[i + 1]:wait() end -- they end one in each round, the last one first
        return i
      end)
    end
    local class = getmetatable(gates[1])
    local done <const> = class.done
    class.done = function(task)
      looks = looks + 1
      return done(task)
    end
    local results = toggl.map(list, function(i) return gates[i]:wait() end, { limit = n })
    class.done = done
    assert.same(list, results)
    assert.is_true(looks < 10 * n, looks .. " looks")
  end)

  it(
    "goes on with many calls at once, also of lists in pages, and ends them with their client",
    function()
      server:set { quota = 10000 }
      local list = {}
      for i = 1, 300 do
        list[i] = i
      end
      local ids = toggl.map(
        list,
        function(i) return (page(i % 60 + 1)[1] or {}).id end,
        { limit = 300 }
      )
      for i = 1, 60 do
        assert.equal(ids[i], ids[i + 60])
      end
      local lists = toggl.map(
        list,
        function() return #org:users { per_page = 7 } end,
        { limit = 100 }
      )
      for i = 1, 300 do
        assert.equal(60, lists[i])
      end
      server:set { latency = 200 }
      local tasks_left = {}
      for i = 1, 100 do
        tasks_left[i] = toggl.task(page, i)
      end
      client:close()
      for i = 1, 100 do
        local ok, err = pcall(tasks_left[i].wait, tasks_left[i])
        assert.is_false(ok)
        assert.matches("closed", tostring(err))
      end
    end
  )

  it("refuses what is no list, no function and no limit", function()
    assert.error_matches(function() toggl.map(nil, print) end, "requires a list")
    assert.error_matches(function() toggl.map({}, nil) end, "requires a function")
    assert.error_matches(function() toggl.map({}, print, { limit = 0 }) end, "limit")
    assert.error_matches(function() toggl.map({}, print, { limit = 1.5 }) end, "limit")
  end)

  it("keeps all connections that it made for the next one", function()
    local before, after = 0, 0
    server:set { latency = 20 }
    toggl.map({ 1, 2, 3, 4, 5, 6 }, page)
    for _ in pairs(helper.descriptors()) do
      before = before + 1
    end
    for _ = 1, 5 do
      toggl.map({ 1, 2, 3, 4, 5, 6 }, page)
    end
    for _ in pairs(helper.descriptors()) do
      after = after + 1
    end
    assert.is_true(after <= before)
  end)
end)

describe("toggl.all", function()
  before_each(start)
  after_each(stop)

  it("waits for the rest of a millisecond in one step", function()
    local waiting, steps = require "toggl.waiting", 0
    local step = waiting.step
    local _ <close> = setmetatable({}, { __close = function() waiting.step = step end })
    function waiting.step(...)
      steps = steps + 1
      return step(...)
    end
    server:set { latency = 100 }
    toggl.all { function() page(1) end, function() toggl.sleep(0.0307) end }
    assert.is_true(steps < 20, steps .. " steps")
  end)

  it("runs functions side by side, results in their order", function()
    server:set { latency = 150 }
    local results
    local time = seconds(function()
      results = toggl.all {
        function() return org:groups() end,
        function() return client:me() end,
        function() return page(1) end,
        function() return "nothing to ask" end,
      }
    end)
    assert.is_true(time < 0.4, time .. " s")
    assert.equal("toggl.list", getmetatable(results[1]).__name)
    assert.equal("olive@example.com", results[2].email)
    assert.equal(1, #results[3])
    assert.equal("nothing to ask", results[4])
  end)
end)
