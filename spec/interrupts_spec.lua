-- The state of the scheduler after an error at any instruction inside it, such as Ctrl-C at the
-- prompt.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local tasks = require "toggl.task"

describe("an interrupt", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
    org = client:get_organization(4300000017)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function page(n) return org:users { page = n, per_page = 1 } end

  -- Run f() and raise an error in it after so many Lua instructions.
  local function interrupted(instructions, f)
    pcall(pcall, function()
      debug.sethook(function()
        debug.sethook()
        error("interrupted!", 0)
      end, "", instructions)
      f()
      debug.sethook()
    end)
    debug.sethook()
    tasks.abandon()
  end

  it("anywhere in the scheduler loses no task that stands alone, and no later map", function()
    local function nap(i)
      toggl.sleep(0)
      return i
    end
    for at = 1, 900 do
      local first, second
      interrupted(at, function()
        first = toggl.task(nap, 1)
        second = toggl.task(function() return first:wait() end)
        toggl.map({ 1, 2, 3 }, nap, { limit = 2 })
      end)
      local from = core.ticks()
      while tasks.count() > 0 and core.ticks() - from < 1 do
        tasks.run(nil, 0.01)
      end
      assert.equal(0, tasks.count(), "interrupted at " .. at)
      assert.is_true(
        (not first or first:done()) and (not second or second:done()),
        "interrupted at " .. at
      )
      assert.same({ 4, 5 }, toggl.map({ 4, 5 }, nap))
    end
  end)

  it("of a map of many calls leaves a client that goes on", function()
    local list = {}
    for i = 1, 80 do
      list[i] = i % 3 + 1
    end
    for at = 500, 15500, 1500 do
      interrupted(at, function() toggl.map(list, page, { limit = 70 }) end)
      assert.equal(0, tasks.count(), "interrupted at " .. at)
      assert.equal(3, #toggl.map({ 1, 2, 3 }, page))
    end
  end)
end)
