-- The cover of changes by requests, and an order for requests that wait for each other.

require "spec.helper"
local cover = require "toggl.plan.cover"

local function chance(p) return math.random() < p end

describe("a cover", function()
  it("has the size of the matching, and touches every edge", function()
    for seed = 1, 500 do
      math.randomseed(seed)
      local graph, edges = {}, {}
      for g = 1, math.random(5) do
        local list = {}
        for p = 1, math.random(6) do
          if chance(0.5) then
            list[#list + 1] = p
            edges[#edges + 1] = { "g" .. g, p }
          end
        end
        graph["g" .. g] = list
      end
      local groups, people, size = cover.minimum(graph)
      local n = 0
      for _ in pairs(groups) do
        n = n + 1
      end
      for _ in pairs(people) do
        n = n + 1
      end
      assert.equal(size, n)
      for _, edge in ipairs(edges) do
        assert.is_true((groups[edge[1]] or people[edge[2]]) == true)
      end
    end
  end)

  -- What `person` has in a group's workspace, moved by one way.
  local function move(person, from, to)
    local way = { from = from, to = to, joins = true, leaves = true }
    return { person = person, way }
  end

  it("carries two who swap two groups by their own requests", function()
    local graph = { ga = { 1, 2 }, gb = { 1, 2 } }
    local moves = { move(1, "ga", "gb"), move(2, "gb", "ga") }
    local found = cover.ordered(graph, moves, {}, {})
    assert.same({ 2, { true, true }, {} }, { found.cost, found.people, found.groups })
    for p = 3, 9 do
      table.insert(graph.ga, p)
      table.insert(graph.gb, p)
      moves[#moves + 1] = p % 2 == 0 and move(p, "ga", "gb") or move(p, "gb", "ga")
    end
    found = cover.ordered(graph, moves, {}, {})
    assert.equal(3, found.cost)
    assert.equal(2, found.bound)
  end)

  it("needs one of several groups that give a workspace, and not each", function()
    local sent = { ga = true, gb = true, gc = true }
    local either = {
      person = 1,
      { from = "ga", to = "gb", detaches = true, attaches = true },
      { from = "ga", to = "gc", detaches = true, attaches = true },
    }
    local back = { person = 1, { from = "gb", to = "ga", detaches = true, attaches = true } }
    local found = cover.ordered({}, { either, back }, sent, {})
    assert.same({ {}, 0 }, { found.split, found.cost })
    assert.same({ { "gc", "ga" }, { "ga", "gb" } }, found.arcs)
  end)

  it("leaves groups to their own requests where that gives an order", function()
    local sent = { ga = true, gb = true, [1] = true }
    local own = { person = 1, { from = "ga", detaches = true } } -- given by its own request
    local other = { person = 1, { from = "gb", to = "ga", leaves = true, attaches = true } }
    local found = cover.ordered({}, { own, other }, sent, { { "gb" } })
    assert.same({ {}, 0, { true } }, { found.split, found.cost, found.apart })
    assert.same({ { 1, "ga" }, { "ga", "gb" } }, found.arcs)
    found = cover.ordered({}, { own, other }, sent, {}) -- and where it cannot, one is sent twice
    assert.equal(1, found.cost)
    assert.is_not_nil(next(found.split))
  end)

  -- Return f(...), which may take so many million instructions of Lua.
  local function within(millions, f, ...)
    local rounds = 0
    debug.sethook(function()
      rounds = rounds + 1
      if rounds > millions then error(("more than %d million instructions"):format(millions)) end
    end, "", 1000000)
    local ok, result = pcall(f, ...)
    debug.sethook()
    return assert(ok, result) and result
  end

  it("finds an order for many people soon", function()
    local sent, moves = {}, {}
    local function way(from, to)
      return { from = "g" .. from, to = "g" .. to, detaches = true, attaches = true }
    end
    for g = 1, 40 do
      sent["g" .. g] = true
      for p = 1, 50 do -- in an even group the way that comes first is the wrong one
        local many = { person = g * 100 + p, way(g, g + 1) }
        if g % 2 == 0 then table.insert(many, 1, way(g, g - 1)) end
        moves[#moves + 1] = many
      end
    end
    local found = within(20, cover.ordered, {}, moves, sent, {})
    assert.same({ {}, 0 }, { found.split, found.cost })
    for p = 1, 50 do -- and none, where g41 goes back to g1
      moves[#moves + 1] = { person = p, way(41, 1) }
    end
    sent.g41 = true
    found = within(200, cover.ordered, {}, moves, sent, {})
    assert.equal(1, found.cost)
  end)

  it("does not try each choice of those who are on no cycle", function()
    local sent, lists = { ga = true, gb = true, gc = true, gx = true, gy = true }, {}
    local function way(from, to)
      return { from = from, to = to, joins = true, leaves = true, detaches = true, attaches = true }
    end
    -- whatever 99 chooses, one of the others is against it
    local moves = {
      { person = 99, way("ga", "gb"), way("ga", "gc") },
      { person = 97, way("gb", "ga") },
      { person = 98, way("gc", "ga") },
    }
    for p = 10, 49 do
      moves[#moves + 1] = { person = p, way("gx", "gy") }
      sent[p], lists[p] = true, { "gx", "gy" }
    end
    sent[99], lists[99] = true, { "ga", "gb", "gc" }
    local found = within(20, cover.ordered, {}, moves, sent, lists)
    assert.is_true(found.cost > 0)
    assert.is_not_nil(next(found.split))
  end)
end)
