-- Concurrency: tasks, coalesced calls, foreign event loops, and changes that are not visible yet.
local helper = require "spec.helper"
local core = require "toggl.core"
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
