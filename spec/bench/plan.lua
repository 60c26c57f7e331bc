-- plan.lua [PEOPLE]: plan for so many people, one in twenty of them with a change. Print the time
-- of the pure planner and its memory beyond the inputs. As a module: return the inputs.

local DAY = 1798754399

-- Return the present and the desired state of a person in group G.
local function person(i, g, other)
  local email = ("p%d@x.y"):format(i)
  local group = { [1000 + g] = true }
  local p = { id = 10000000 + i, user_id = 20000000 + i, email = email, key = email, name = "P" }
  p.role, p.state, p.groups = i == 1 and "owner" or "user", "active", group
  local direct = { id = 30000000 + i, role = "user", inactive = false, groups = {}, direct = true }
  local given = { id = 40000000 + i, role = "user", inactive = false, groups = group }
  given.direct = false
  p.workspaces = { [102] = direct, [101] = g % 2 == 0 and given or nil }
  local wanted = { role = p.role, workspaces = { W2 = "user" }, groups = { "G" .. g } }
  if i > 1 and i % 20 == 0 then
    local changes = {
      { role = "admin" },
      { state = "absent" },
      { groups = { ["G" .. g] = false, ["G" .. other] = true } },
      { workspaces = { W2 = false } },
      { workspaces = { W2 = "admin" } },
    }
    wanted = changes[i // 20 % 5 + 1]
  end
  return p, wanted
end

--- Return a desired state, not in normal form, and a present one of N people in groups of 25.
local function inputs(n)
  local present = { people = {}, groups = {}, at = 0, spent = 0 }
  present.organization = { id = 1, name = "Acme", seats = 2 * n }
  present.workspaces = { { id = 101, name = "W1" }, { id = 102, name = "W2" } }
  present.has_all_groups, present.has_all_people = true, true
  local count, people = n // 25, {}
  for g = 1, count do
    local gives = { [101] = g % 2 == 0 or nil }
    present.groups[g] = { id = 1000 + g, name = "G" .. g, workspaces = gives }
  end
  for i = 1, n do
    local p, wanted = person(i, i % count + 1, (i * 7 + 3) % count + 1)
    present.people[i], people[p.email] = p, wanted
  end
  return { people = people }, present
end

if not arg or not (arg[0] or ""):find("bench/plan.lua", 1, true) then return inputs end

require "spec.helper"
local state, present = inputs(math.tointeger(arg[1] or 10000))
local normal = assert(require("toggl.plan.desired").normal(state))
local planner = require "toggl.plan.planner"
collectgarbage()
collectgarbage()
local before, start = collectgarbage "count", os.clock()
local plan = planner.make(normal, present, {}, DAY)
local seconds = os.clock() - start
local most = collectgarbage "count" - before
collectgarbage()
print(
  ("%d people: %.3f s, %.1f MB at its end, %.1f MB kept; %d changes in %d requests"):format(
    #present.people,
    seconds,
    most / 1024,
    (collectgarbage "count" - before) / 1024,
    #plan.changes,
    plan.cost.writes
  )
)
