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
