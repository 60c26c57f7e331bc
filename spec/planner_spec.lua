-- The planner as a pure function, on random small organizations. Its steps, applied to a model of
-- the service, end in the desired state, change nothing else, and are as few as possible.

require "spec.helper"
local core = require "toggl.core"
local desired = require "toggl.plan.desired"
local model_of = require "spec.planner_model"
local planner = require "toggl.plan.planner"

local NOW = 1798754399

-- ------------------------------------------------------------------------------ random organizations

local ROLES = { "user", "user", "admin", "projectlead" }

local function chance(p) return math.random() < p end

local function pick(list) return list[math.random(#list)] end

local function random_present(people, groups, workspaces)
  local found = {
    organization = { id = 1, name = "Acme", seats = 1000 },
    people = {},
    groups = {},
    workspaces = {},
    at = 0,
    spent = 0,
  }
  for w = 1, workspaces do
    found.workspaces[w] = { id = 100 + w, name = "W" .. w }
  end
  for g = 1, groups do
    local record = { id = 200 + g, name = "G" .. g, workspaces = {} }
    for w = 1, workspaces do
      record.workspaces[100 + w] = chance(0.5) or nil
    end
    found.groups[g] = record
  end
  for i = 1, people do
    local p = {
      id = 300 + i,
      user_id = 400 + i,
      email = ("p%d@x.y"):format(i),
      key = ("p%d@x.y"):format(i),
      name = "P" .. i,
      role = i == 1 and "owner" or pick { "user", "user", "admin" },
      state = i == 1 and "active" or pick { "active", "active", "active", "inactive", "invited" },
      groups = {},
      workspaces = {},
    }
    if p.state == "invited" then p.user_id = nil end
    for g = 1, groups do
      p.groups[200 + g] = chance(0.5) or nil
    end
    for w = 1, workspaces do
      if chance(0.4) then
        p.workspaces[100 + w] = { direct = true, role = pick(ROLES), groups = {} }
      end
    end
    found.people[i] = p
  end
  local m = model_of(found)
  m:settle()
  local serial = 500
  for i, p in ipairs(found.people) do
    found.people[i] = m.people[p.key]
    for _, here in pairs(m.people[p.key].workspaces) do
      serial = serial + 1
      here.id = serial
      if not here.direct and chance(0.4) then
        here.role, here.rate = pick(ROLES), chance(0.3) and 50 or nil
      end
    end
  end
  return found
end

local function random_person(found, p)
  if p and p.role ~= "owner" and chance(0.1) then return { state = "absent" } end
  local person = { groups = {}, workspaces = {} }
  if p and p.state ~= "invited" and chance(0.2) then person.role = pick { "user", "admin" } end
  if p and p.role == "owner" then person.role = nil end
  if p and p.role ~= "owner" and p.state ~= "invited" and chance(0.2) then
    person.state = pick { "active", "inactive" }
  end
  for _, g in ipairs(found.groups) do
    if chance(0.5) then person.groups[g.name] = chance(0.5) end
  end
  for _, w in ipairs(found.workspaces) do
    if chance(0.3) then person.workspaces[w.name] = pick { true, "user", "admin", false } end
  end
  return person
end

local function random_desired(found)
  local state = { people = {}, groups = {}, workspaces = {}, exact = {} }
  for _, p in ipairs(found.people) do
    if chance(0.8) then state.people[p.email] = random_person(found, p) end
  end
  if chance(0.5) then state.people["new@x.y"] = random_person(found) end
  if chance(0.3) then state.people["newer@x.y"] = random_person(found) end
  for _, g in ipairs(found.groups) do
    if chance(0.3) then
      local record = { workspaces = {} }
      for _, w in ipairs(found.workspaces) do
        if chance(0.4) then record.workspaces[w.name] = chance(0.6) end
      end
      if chance(0.2) then record = { state = "absent" } end
      if chance(0.2) and record.workspaces then
        record.previously = { g.name }
        state.groups["R" .. g.name] = record
      else
        state.groups[g.name] = record
      end
    end
  end
  if chance(0.2) then state.groups.Fresh = { workspaces = { W1 = true } } end
  if chance(0.2) then state.exact = { "group members" } end
  return state
end

-- ------------------------------------------------------------------------------------ the checks

-- Return the fewest requests for the changes of people, by trying every set of requests.
local function fewest(d)
  local vertices, index, edges, forced, extra = {}, {}, {}, {}, 0
  local function vertex(name)
    if not index[name] then
      vertices[#vertices + 1] = name
      index[name] = #vertices
    end
    return 1 << (index[name] - 1)
  end
  for _, record in ipairs(d.people) do
    local p = vertex(record.p.key)
    local alone = next(record.put) == nil and next(record.begins) == nil
    if not alone then forced[#forced + 1] = p end
    for _, role in pairs(record.roles) do
      if not role.direct then
        extra = extra + 1
      else
        forced[#forced + 1] = p -- one request, by PUT or by the membership
      end
    end
    for _, list in ipairs { record.joins, record.leaves } do
      for g in pairs(list) do
        if g > 0 then edges[#edges + 1] = p | vertex("g" .. g) end
      end
    end
    for w in pairs(record.ends) do
      edges[#edges + 1] = p | vertex("w" .. w)
    end
  end
  for _, c in ipairs(d.changes) do
    local whole = c.kind == "group_name" and d.whole[c.group]
    if c.kind == "attach" or c.kind == "detach" or whole then
      forced[#forced + 1] = vertex("g" .. c.group)
    elseif c.kind == "group_name" then
      extra = extra + 1
    end
  end
  local best
  for set = 0, (1 << #vertices) - 1 do
    local ok, n = true, 0
    for _, bit in ipairs(forced) do
      ok = ok and set & bit ~= 0
    end
    for _, edge in ipairs(ok and edges or {}) do
      ok = ok and set & edge ~= 0
    end
    for i = 0, #vertices - 1 do
      n = n + (set >> i & 1)
    end
    if ok and (not best or n < best) then best = n end
  end
  return best + extra
end

local OF_PEOPLE = {
  put_organization_users = true,
  put_workspace_workspace_users = true,
  patch_organization_group = true,
  put_organization_group = true,
  put_workspace_group = true,
  patch_organization_workspace_users = true,
}

local function spent_on_people(plan)
  local n = 0
  for _, step in ipairs(plan.steps) do
    if OF_PEOPLE[step.operation] then n = n + step.requests end
  end
  return n
end

-- Check that role and rate of each membership that no file mentions are as before.
local function check_untouched(before, m, plan)
  local touched = {}
  for _, c in ipairs(plan.changes) do
    if c.workspace and c.who then touched[core.fold(c.who) .. c.workspace] = true end
  end
  for _, p in ipairs(before.people) do
    local after = m.people[p.key]
    for w, here in pairs(after and p.workspaces or {}) do
      local now = after.workspaces[w]
      if now and not touched[p.key .. w] then
        assert.same(
          { here.role, here.rate, here.direct },
          { now.role, now.rate, now.direct },
          p.key .. " " .. w
        )
      end
    end
  end
end

-- Return the count of active administrators of each workspace.
local function admins(m)
  local count = {}
  for _, p in pairs(m.people) do
    for w, here in pairs(p.state == "active" and p.workspaces or {}) do
      if here.role == "admin" and not here.inactive then count[w] = (count[w] or 0) + 1 end
    end
  end
  return count
end

-- Apply STEP to M. Unless a guard refuses the plan, each workspace of BEFORE keeps an administrator
-- after each step.
local function apply_step(m, plan, step, before)
  m:apply(step)
  local after = admins(m)
  for w in pairs(#plan.refused == 0 and before or {}) do
    assert(after[w], ("%s: no administrator of %d is left"):format(step.what, w))
  end
end

local function one(seed, people, groups, workspaces)
  math.randomseed(seed)
  local present = random_present(people, groups, workspaces)
  local state = assert(desired.normal(random_desired(present)))
  local plan = planner.make(state, present, {}, NOW)
  if #plan.problems > 0 then return false end
  assert.same({}, plan.needs)
  local least = fewest(plan.found)
  assert.equal(least + plan.cost.extra, spent_on_people(plan), "seed " .. seed)
  local m = model_of(present)
  local before = admins(m)
  for _, step in ipairs(plan.steps) do
    apply_step(m, plan, step, before)
  end
  check_untouched(present, m, plan)
  local again = planner.make(state, m:present(present.organization), {}, NOW)
  if #again.steps > 0 then
    error(
      ("seed %d: %s is left: %s of %s"):format(
        seed,
        again.steps[1].what,
        again.changes[1].kind,
        again.changes[1].who
      )
    )
  end
  return true
end

describe("the planner", function()
  it("ends in the desired state with the fewest requests", function()
    local done = 0
    for seed = 1, 4000 do
      if one(seed, 1 + seed % 4, 1 + seed % 3, 1 + seed % 2) then done = done + 1 end
    end
    assert.is_true(done >= 2000, done .. " organizations")
  end)

  it("keeps rights in moves between groups, for one request more a group at most", function()
    local costly = 0
    for seed = 1, 300 do
      math.randomseed(seed)
      local present = random_present(8, 3, 1)
      local state = { people = {}, groups = {}, workspaces = {} }
      for _, g in ipairs(present.groups) do
        g.workspaces[101] = true
      end
      for _, p in ipairs(present.people) do
        p.state, p.user_id, p.groups, p.workspaces = "active", p.id + 100, {}, {}
        local from, to = math.random(3), math.random(3)
        p.groups[200 + from] = true
        p.workspaces[101] =
          { id = p.id, direct = false, role = "admin", groups = { [200 + from] = true } }
        state.people[p.email] = { groups = { ["G" .. from] = from == to, ["G" .. to] = true } }
      end
      local plan = planner.make(assert(desired.normal(state)), present, {}, NOW)
      assert.equal(fewest(plan.found) + plan.cost.extra, spent_on_people(plan), "seed " .. seed)
      for _, c in ipairs(plan.changes) do
        assert.is_nil(c.undo) -- no change loses anything
      end
      assert.is_true(plan.cost.extra >= 0 and plan.cost.extra <= 3)
      costly = costly + (plan.cost.extra > 0 and 1 or 0)
      local m = model_of(present)
      for _, step in ipairs(plan.steps) do
        m:apply(step)
        for _, p in pairs(m.people) do
          assert.equal("admin", p.workspaces[101].role)
        end
      end
      check_untouched(present, m, plan)
    end
    assert.is_true(costly > 100, costly .. " of them have cycles")
  end)
end)

describe("a group that takes a workspace away", function()
  local function person(i, groups, workspaces)
    local email = ("p%d@x.y"):format(i)
    return {
      id = i,
      user_id = 400 + i,
      email = email,
      key = email,
      name = "P",
      role = "user",
      state = "active",
      groups = groups,
      workspaces = workspaces,
    }
  end

  -- Return a state: p1 is in W through group A with ROLE, p2 is in no group.
  local function acme(role)
    local here = { id = 9, direct = false, role = role, groups = { [201] = true } }
    return {
      organization = { id = 1, name = "Acme" },
      people = { person(1, { [201] = true }, { [101] = here }), person(2, {}, {}) },
      groups = {
        { id = 201, name = "A", workspaces = { [101] = true } },
        { id = 202, name = "B", workspaces = { [101] = true } },
      },
      workspaces = { { id = 101, name = "W" } },
    }
  end

  -- Plan: A loses W, p1 moves to B, p2 joins A. WORKSPACES: those of p1.
  local function moved(present, workspaces)
    local state = assert(desired.normal {
      people = {
        ["p1@x.y"] = { role = "admin", groups = { "B" }, workspaces = workspaces },
        ["p2@x.y"] = { groups = { "A" } },
      },
      groups = { A = { workspaces = { W = false } } },
    })
    return planner.make(state, present, { least_admins = 0 }, NOW)
  end

  it("is changed after the requests of people who get the workspace elsewhere", function()
    local present = acme "admin"
    local plan = moved(present)
    local m = model_of(present)
    for _, step in ipairs(plan.steps) do
      m:apply(step)
      assert.equal("admin", m.people["p1@x.y"].workspaces[101].role)
    end
    assert.same({}, m.groups[201].workspaces)
    assert.equal(1, plan.undo.none) -- attaching it again would not restore the role
    assert.equal(0, plan.cost.extra) -- no request is sent twice
  end)

  it("leaves the membership whose role is to change, and its key", function()
    local present = acme "user"
    local m = model_of(present)
    for _, step in ipairs(moved(present, { W = "admin" }).steps) do
      m:apply(step)
      assert.equal(9, m.people["p1@x.y"].workspaces[101].id)
    end
    assert.equal("admin", m.people["p1@x.y"].workspaces[101].role)
  end)
end)

describe("an address", function()
  it("that two people have names neither of them", function()
    math.randomseed(1)
    local present = random_present(3, 1, 1)
    present.people[3].key = present.people[2].key
    local state = assert(desired.normal { people = { ["p2@x.y"] = { state = "absent" } } })
    local plan = planner.make(state, present, {}, NOW)
    assert.matches(
      "two people of the organization have the address p2@x.y: org:user{ organization_user_id = %d+ } "
        .. "and org:user{ organization_user_id = %d+ } name them",
      plan.problems[1].text
    )
  end)
end)
