-- Waits of tasks in odd places: below C functions that cannot yield, for each other, and in tasks
-- that are cancelled.
local helper = require "spec.helper"
local toggl = require "toggl"
local tasks = require "toggl.task"

local server, client

setup(function()
  server = helper.sandbox()
  client = helper.client(server)
end)

teardown(function()
  client:close()
  server:stop()
end)

after_each(function() assert.equal(0, tasks.count()) end)

local function count() return #client:organizations { refresh = true } end

local function closing(f)
  return setmetatable({}, { __close = function() f() end })
end

describe("a task waits below a C function that cannot yield:", function()
  local places = {
    ["a map, in string.gsub"] = function()
      return (("x"):gsub("x", function() return toggl.map({ 0, 0 }, count)[2] end))
    end,
    ["a time, in table.sort"] = function()
      local list = { 2, 2 }
      table.sort(list, function() return toggl.sleep(0.01) end)
      return list[1]
    end,
    ["another task, in require"] = function()
      package.preload["spec.waits"] = function() return toggl.task(count):wait() end
      local got = require "spec.waits"
      package.loaded["spec.waits"], package.preload["spec.waits"] = nil, nil
      return got
    end,
    ["a call and a time, in the handler of xpcall"] = function()
      return select(
        2,
        xpcall(error, function()
          toggl.sleep(0.01)
          return count()
        end)
      )
    end,
  }

  for name, f in pairs(places) do
    it(name, function()
      local other = toggl.task(function()
        toggl.sleep(0.001)
        return count()
      end)
      assert.equal(2, tonumber(toggl.task(f):wait()))
      assert.equal(2, other:wait())
    end)
  end
end)

describe("a wait that would never end raises:", function()
  local WORDS = "would never return: the task is the caller itself, or waits for it"

  local function failure(task)
    local ok, err = pcall(task.wait, task)
    return not ok and tostring(err)
  end

  it("of a task for itself", function()
    local task
    task = toggl.task(function()
      toggl.sleep(0)
      return task:wait()
    end)
    assert.matches(WORDS, failure(task), 1, true)
  end)

  it("of three tasks for each other", function()
    local ring = {}
    for i = 1, 3 do
      ring[i] = toggl.task(function()
        toggl.sleep(0)
        return ring[i % 3 + 1]:wait()
      end)
    end
    for _, task in ipairs(ring) do
      assert.matches(WORDS, failure(task), 1, true)
    end
  end)

  it("of an item for the task that maps", function()
    local task
    task = toggl.task(function()
      return toggl.map({ 1, 2 }, function()
        toggl.sleep(0)
        return task:wait()
      end)
    end)
    assert.matches(WORDS, failure(task), 1, true)
  end)

  it("of a coroutine for the task that runs it", function()
    local task
    task = toggl.task(function()
      toggl.sleep(0)
      return coroutine.wrap(function() return failure(task) end)()
    end)
    assert.matches(WORDS, task:wait(), 1, true)
  end)

  it("but not of a task for the one that starts it", function()
    local first, second
    first = toggl.task(function()
      toggl.sleep(0)
      second = toggl.task(function() return first:wait() + 1 end)
      return 1
    end)
    assert.equal(1, first:wait())
    assert.equal(2, second:wait())
  end)
end)

describe("a task that is cancelled", function()
  it("by itself ends there, and closes its variables", function()
    local closed, after, task = false, false, nil
    task = toggl.task(function()
      local _ <close> = closing(function() closed = true end)
      toggl.sleep(0)
      task:cancel()
      after = true
    end)
    local ok, err = pcall(task.wait, task)
    assert.is_false(ok)
    assert.equal("cancelled", err.kind)
    assert.same({ true, false }, { closed, after })
  end)

  it("by a coroutine that it runs ends at its next wait", function()
    local task, reached
    task = toggl.task(function()
      toggl.sleep(0)
      coroutine.wrap(function() task:cancel() end)()
      reached = true
      toggl.sleep(60)
    end)
    local ok, err = pcall(task.wait, task)
    assert.same({ false, "cancelled", true }, { ok, err.kind, reached })
  end)

  it("may make calls and map while it closes its variables", function()
    local got
    local task = toggl.task(function()
      local _ <close> = closing(function()
        toggl.sleep(0.01)
        got = toggl.map({ 1, 2 }, count)
      end)
      toggl.sleep(60)
    end)
    task:cancel()
    assert.same({ 2, 2 }, got)
    assert.equal("cancelled", select(2, pcall(task.wait, task)).kind)
  end)

  it("tells an error of its __close", function()
    local task = toggl.task(function()
      local _ <close> = closing(function() error "the file is still open" end)
      toggl.sleep(60)
    end)
    task:cancel()
    local _, err = pcall(task.wait, task)
    assert.matches("the file is still open", err, 1, true)
  end)

  it("is so at the end of a <close> variable, unless it has ended", function()
    local ended, running
    do
      local first <close> = toggl.task(function() return 1 end)
      local second <close> = toggl.task(function() toggl.sleep(60) end)
      ended, running = first, second
    end
    assert.equal(1, ended:wait())
    assert.equal("cancelled", select(2, pcall(running.wait, running)).kind)
  end)

  it("has failed when other code closes its coroutine", function()
    local thread
    local task = toggl.task(function()
      thread = coroutine.running()
      return count()
    end)
    coroutine.close(thread)
    assert.equal("cancelled", select(2, pcall(task.wait, task)).kind)
  end)
end)

it("toggl.map takes error(nil) and error(false) for failures", function()
  for _, value in ipairs { "nil", "false" } do
    local raise = load("error(" .. value .. ")")
    local ok, err = pcall(toggl.map, { 7 }, raise)
    assert.is_false(ok)
    assert.equal("item 1 (7): " .. value, err)
    local _, errors = toggl.map({ 7 }, raise, { collect = true })
    assert.equal(1, #errors)
  end
end)
