-- Concurrency: tasks, maps, coalesced calls, foreign event loops, and changes that are not visible
-- yet.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local tasks = require "toggl.task"

local ACME = 4300000017

assert(tasks.pollfd())
helper.keep_descriptors() -- the scheduler keeps its descriptor

local server, client, org

local function start(options)
  server = helper.sandbox(options or { record = false })
  client = helper.client(server)
  org = client:get_organization(ACME)
end

local function stop()
  client:close()
  server:stop()
  client, org = nil, nil
  assert.equal(0, tasks.count())
end

local function seconds(f)
  local from = core.ticks()
  f()
  return core.ticks() - from
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
    assert.matches("tasks_spec.lua:%d+: no good", err)
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

describe("toggl.task", function()
  before_each(start)
  after_each(stop)

  it("goes on while others wait, and gives its values", function()
    server:set { latency = 40 }
    local task = toggl.task(function(a, b) return page(1)[1].id, a + b, nil end, 2, 3)
    assert.is_false(task:done())
    assert.equal("task (running)", tostring(task))
    page(2) -- outside of a task: pumps all calls
    local n = select("#", task:wait())
    assert.equal(3, n)
    local _, sum = task:wait()
    assert.equal(5, sum)
    assert.is_true(task:done())
    assert.equal("task (done)", tostring(task))
  end)

  it("raises its error where it is waited for", function()
    local task = toggl.task(function()
      page(1)
      error { code = 7 }
    end)
    local ok, err = pcall(task.wait, task)
    assert.is_false(ok)
    assert.equal(7, err.code)
    assert.equal("task (failed)", tostring(task))
    assert.error_matches(function() toggl.task "f" end, "requires a function")
  end)

  it("is cancelled while it waits: a read as cancelled, a write as ambiguous", function()
    server:set { latency = 200 }
    local kinds = {}
    local reading = toggl.task(function()
      local _, err = page(1)
      kinds.read = err.kind
    end)
    local writing = toggl.task(function()
      local _, err = org:create_group { name = "Half" }
      kinds.write = err.kind
    end)
    local sleeping = toggl.task(function()
      toggl.sleep(60)
      kinds.sleep = "woke"
    end)
    client:step(0.05) -- sends the requests
    local time = seconds(function()
      reading:cancel()
      writing:cancel()
      sleeping:cancel()
    end)
    assert.is_true(time < 0.15)
    assert.same({ read = "cancelled", write = "unknown" }, kinds)
    assert.is_true(sleeping:done())
    local ok, err = pcall(sleeping.wait, sleeping)
    assert.is_false(ok)
    assert.equal("cancelled", err.kind)
    sleeping:cancel() -- a second cancel does nothing
    assert.equal(1, #page(2))
  end)

  it("may cancel and wait for others", function()
    server:set { latency = 30 }
    local order = {}
    local first = toggl.task(function()
      page(1)
      order[#order + 1] = "first"
      return "one"
    end)
    local second = toggl.task(function()
      local word = first:wait()
      order[#order + 1] = word
      return "two"
    end)
    assert.equal("two", second:wait())
    assert.same({ "first", "one" }, order)
  end)

  it("can be cancelled while it waits for an event that no task causes", function()
    local task
    task = toggl.task(function()
      coroutine.yield { done = function() return task:done() end }
    end)
    task:cancel()
    assert.is_true(task:done())
  end)

  it("sleeps without holding up others", function()
    local order = {}
    local function nap(t)
      return function()
        toggl.sleep(t)
        order[#order + 1] = t
      end
    end
    local time = seconds(function() toggl.all { nap(0.09), nap(0.03), nap(0.06) } end)
    assert.same({ 0.03, 0.06, 0.09 }, order)
    assert.is_true(time >= 0.09 and time < 0.2, time .. " s")
    local late = toggl.task(nap(0.02))
    toggl.sleep(0.05) -- outside of a task
    assert.is_true(late:done())
  end)

  it("works with several clients", function()
    local ann <close> = helper.client(server, { token = server:token "ann@example.com" })
    server:set { latency = 100 }
    local names
    local time = seconds(function()
      names = toggl.map({ client, ann, client, ann }, function(c) return c:my_id() end)
    end)
    assert.equal(names[1], names[3])
    assert.not_equal(names[1], names[2])
    assert.is_true(time < 0.3, time .. " s")
  end)
end)

describe("a call", function()
  before_each(start)
  after_each(stop)

  it("in a coroutine of another scheduler just waits", function()
    local co = coroutine.wrap(function()
      local list = page(1)
      coroutine.yield(#list)
      return org:groups()
    end)
    assert.equal(1, co())
    assert.is_true(#co() > 0)
    local inside = toggl.task(function()
      local wrapped = coroutine.wrap(function() return page(2) end)
      return #wrapped()
    end)
    assert.equal(1, inside:wait())
  end)

  it("is sent once when the same is asked at the same time, and each gets its answer", function()
    server:set { latency = 50 }
    local lists
    assert.equal(
      1,
      helper.requests_during(server, function()
        lists = toggl.map({ 1, 2, 3, 4, 5 }, function() return org:groups() end)
      end)
    )
    assert.equal(5, #lists)
    for _, list in ipairs(lists) do
      assert.equal(lists[1]:raw(), list:raw())
    end
    assert.equal(2, client:cost().total)
    -- the client has no store
    assert.equal(1, helper.requests_during(server, function() org:groups() end))
  end)

  it("shares a failure of the server, and not the timeout of another caller", function()
    server:set { latency = 80 }
    server:fault "500:1"
    local kinds = {}
    assert.equal(
      1,
      helper.requests_during(server, function()
        toggl.map({ 1, 2 }, function(i)
          local _, err = org:groups()
          kinds[i] = err.kind
          return true
        end)
      end)
    )
    assert.same({ "server", "server" }, kinds)
    local hasty = toggl.task(function() return select(2, org:groups { timeout = 0.03 }).kind end)
    local patient = toggl.task(function() return org:groups() end)
    assert.equal("timeout", hasty:wait())
    assert.is_true(#patient:wait() > 0)
    local cancelled = toggl.task(function() return select(2, org:groups()).kind end)
    patient = toggl.task(function() return org:groups() end)
    client:step(0.02)
    cancelled:cancel()
    assert.equal("cancelled", cancelled:wait())
    assert.is_true(#patient:wait() > 0)
  end)

  it("that writes is always sent", function()
    assert.equal(
      2,
      helper.requests_during(server, function()
        toggl.map({ 1, 2 }, function() return org:rename "Acme" end)
      end)
    )
  end)
end)

describe("a loop from outside", function()
  before_each(start)
  after_each(stop)

  it("drives a client by step, fds and timeout", function()
    server:set { latency = 60 }
    assert.is_nil(client:timeout())
    local task = toggl.task(function() return #page(1) end)
    assert.is_number(client:timeout())
    local steps, watched = 0, 0
    while client:step(0) > 0 do
      steps = steps + 1
      for _, d in ipairs(client:fds()) do
        assert.is_true(math.type(d.fd) == "integer" and (d.read or d.write))
        watched = watched + 1
      end
      core.sleep(math.min(client:timeout(), 0.02))
    end
    assert.is_true(steps >= 2 and watched >= 2)
    assert.is_nil(client:timeout())
    assert.equal(0, #client:fds())
    assert.equal(1, task:wait())
  end)

  it("waits in step, no longer than asked, and wakes for a reply", function()
    server:set { latency = 300 }
    local task = toggl.task(page, 1)
    local time = seconds(function() client:step(0.03) end)
    assert.is_true(time < 0.2, time .. " s")
    time = seconds(function()
      while client:step(5) > 0 do
        assert.is_false(task:done())
      end
    end)
    assert.is_true(time < 1, time .. " s")
    task:wait()
  end)

  it("runs all tasks by tasks.poll, which says what to wait for", function()
    server:set { latency = 40 }
    local marks = {}
    local function mark(word)
      return function() marks[#marks + 1] = word end
    end
    local task = toggl.task(function()
      page(1)
      toggl.sleep(0.02)
      return page(2)
    end)
    local rounds = 0
    repeat
      local fds, wait = tasks.poll(mark "before", mark "after")
      rounds = rounds + 1
      if fds then core.sleep(math.min(wait, 0.005)) end
    until not fds
    assert.is_true(task:done())
    assert.is_true(rounds > 3)
    assert.equal("before", marks[1])
    assert.equal("after", marks[#marks])
    assert.equal(0, #marks % 2)
  end)
end)

describe("client:wait_until", function()
  before_each(function() start { record = false, visible_after = 0.4 } end)
  after_each(stop)

  it("waits for what was just made and is not visible yet", function()
    local made = assert(org:create_group { name = "New" })
    assert.is_nil((org:group "New"))
    local group
    local sent = helper.requests_during(server, function()
      group = client:wait_until(function() return org:group "New" end, { every = 0.15, tries = 6 })
    end)
    assert.equal(made.group_id, group.group_id)
    assert.is_true(sent >= 2 and sent <= 5)
    local new = assert(client:create_organization { name = "Delta", workspace_name = "Room" })
    local there = client:wait_until(
      function() return client:get_organization(new.id) end,
      { every = 0.15, tries = 6 }
    )
    assert.equal("Delta", there.name)
  end)

  it("gives up after so many tries", function()
    local tries = 0
    local time = seconds(function()
      local none, err = client:wait_until(function()
        tries = tries + 1
        return org:group "Never"
      end, { tries = 3, every = 0.02 })
      assert.is_nil(none)
      assert.equal("not_found", err.kind)
    end)
    assert.equal(3, tries)
    assert.is_true(time < 0.3)
    local none, err = client:wait_until(function() return nil end, { tries = 2, every = 0 })
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    assert.matches("2 tries", err.message)
  end)

  it("does not wait for what time does not mend", function()
    server:fault "500@/groups"
    local tries = 0
    local none, err = client:wait_until(function()
      tries = tries + 1
      return org:groups()
    end, { every = 1 })
    assert.is_nil(none)
    assert.equal("server", err.kind)
    assert.equal(1, tries)
    assert.error_matches(function()
      client:wait_until(function() error "no good" end)
    end, "no good")
    assert.error_matches(function() client:wait_until(5) end, "requires a function")
    assert.error_matches(function() client:wait_until(print, { tries = 0 }) end, "tries")
    assert.error_matches(function() client:wait_until(print, { every = -1 }) end, "every")
  end)

  it("works with a client that raises, and in a task", function()
    local strict <close> = helper.client(server, { on_error = "raise" })
    local mine = strict:get_organization(ACME)
    assert(mine:create_group { name = "Raised" })
    local task = toggl.task(function()
      return strict:wait_until(
        function() return mine:group "Raised" end,
        { every = 0.15, tries = 6 }
      )
    end)
    assert.equal("Raised", task:wait().name)
    local function never() return mine:group "Never" end
    local ok, err = pcall(strict.wait_until, strict, never, { tries = 2, every = 0.01 })
    assert.is_false(ok)
    assert.equal("not_found", err.kind)
  end)
end)
