-- Applying plans to a sandbox: random desired states, at the printed price, and plans that read less.

local core = require "toggl.core"
local helper = require "spec.helper"

local with_org = helper.with_settled_org

local function chance(p) return math.random() < p end

local function pick(list) return list[math.random(#list)] end

local function random_person(found, p)
  if p and p.role ~= "owner" and chance(0.1) then return { state = "absent" } end
  local person = { groups = {}, workspaces = {} }
  if p and p.state ~= "invited" and p.role ~= "owner" then
    if chance(0.2) then person.role = pick { "user", "admin" } end
    if chance(0.2) then person.state = pick { "active", "inactive" } end
  end
  for _, g in ipairs(found.groups) do
    if chance(0.4) then person.groups[g.name] = chance(0.5) end
  end
  for _, w in ipairs(found.workspaces) do
    if chance(0.3) then person.workspaces[w.name] = pick { true, "user", "admin", false } end
  end
  return person
end

local function random_group(found, state, g)
  local record = { workspaces = {} }
  for _, w in ipairs(found.workspaces) do
    if chance(0.4) then record.workspaces[w.name] = chance(0.6) end
  end
  if chance(0.2) then record = { state = "absent" } end
  if record.workspaces and chance(0.3) then
    record.previously = { g.name }
    state.groups["R" .. g.name] = record
  else
    state.groups[g.name] = record
  end
end

local function random_desired(found)
  local state = { people = {}, groups = {}, workspaces = {} }
  for _, p in ipairs(found.people) do
    if chance(0.6) then state.people[p.email] = random_person(found, p) end
  end
  for i = 1, math.random(0, 3) do
    state.people[("new%d@x.yz"):format(i)] = random_person(found)
  end
  for _, g in ipairs(found.groups) do
    if chance(0.3) then random_group(found, state, g) end
  end
  if chance(0.3) then
    state.groups.Fresh = { workspaces = { [found.workspaces[1].name] = true } }
  end
  if chance(0.2) then state.workspaces.Added = {} end
  if chance(0.2) then state.exact = { "group members" } end
  return state
end

-- Return the memberships of PRESENT by address and workspace: the fields that a plan must preserve.
local function memberships(present)
  local all = {}
  for _, p in ipairs(present.people) do
    for w, here in pairs(p.workspaces) do
      all[p.key .. " " .. w] = { here.role, here.rate, here.cost, here.hours, here.direct }
    end
  end
  return all
end

local function read_all(org)
  local present = require "toggl.plan.present"
  local found = present.read(org, nil, { refresh = true })
  local keys = {}
  for i, w in ipairs(found.workspaces) do
    keys[i] = w.id
  end
  present.read_members(org, found, keys)
  return found
end

-- Return the memberships that PLAN mentions, and the people who lose some.
local function touched_by(plan)
  local touched = {}
  for _, c in ipairs(plan.changes) do
    if c.who and c.workspace then touched[core.fold(c.who) .. " " .. c.workspace] = true end
    if c.undo == "none" and c.who then touched[core.fold(c.who)] = true end
    if c.undo == "none" and not c.who then touched[c.group] = true end
  end
  return touched
end

-- Check that role, rate, cost, hours and directness are as BEFORE, unless PLAN mentions them.
local function check_untouched(plan, before, found, seed)
  local touched, after = touched_by(plan), memberships(found)
  for _, p in ipairs(before.people) do
    local loses = touched[p.key]
    for g in pairs(p.groups) do
      loses = loses or touched[g]
    end
    for w, here in pairs(p.workspaces) do
      local key = p.key .. " " .. w
      if after[key] and not touched[key] and not loses then
        local was = { here.role, here.rate, here.cost, here.hours, here.direct }
        assert.same(was, after[key], seed .. " " .. key)
      end
    end
  end
end

local function one(seed)
  local applied = false
  with_org({ people = 10, seed = seed }, function(org, server)
    math.randomseed(seed)
    local before = read_all(org)
    local state = random_desired(before)
    local ok, plan = pcall(org.plan, org, state, { rules = { least_admins = 0 } })
    if not ok then
      assert.equal("setting", plan.kind) -- the state contradicts itself
      return
    end
    if #plan.refused > 0 then return end
    local sent = server:requests()
    local receipt = plan:apply { allow_removals = (require("toggl.plan.limits").removals(plan)) }
    assert.equal(plan.cost.total, server:requests() - sent, "seed " .. seed)
    assert.equal(plan.cost.total, receipt.spent)
    assert.equal(#receipt.rows, receipt.count.done)
    local again = org:plan(state, { refresh = true })
    assert.equal(0, #again.steps, ("seed %d: %s"):format(seed, tostring(again)))
    check_untouched(plan, before, read_all(org), seed)
    applied = #plan.steps > 0
  end)
  return applied
end

describe("an apply", function()
  it("of random desired states leaves nothing to do, at the printed price", function()
    local n, seed = 0, 0
    while n < 200 do
      seed = seed + 1
      if one(seed) then n = n + 1 end
    end
    assert.is_true(seed < 800, seed .. " of them to apply 200")
  end)
end)

-- Return the changes of a plan as lines.
local function lines(plan)
  local list = {}
  for i, row in ipairs(plan:rows()) do
    list[i] = table.concat({
      row.change,
      row.who or "",
      row.group or "",
      row.workspace or "",
      row.operation,
    }, " ")
  end
  return list
end

describe("a plan of fewer reads", function()
  it("is the plan of the whole list", function()
    local cheap = 0
    for seed = 1, 30 do
      with_org({ people = 120, seed = seed, page_cap = 20 }, function(org)
        math.randomseed(seed)
        local groups, state = org:groups(), { people = {} }
        local users = org:users()
        for _ = 1, math.random(8) do
          local user = users[math.random(#users)]
          local person = { groups = {} }
          for _ = 1, 2 do
            person.groups[groups[math.random(#groups)].name] = chance(0.6)
          end
          if user.joined then state.people[user.email] = person end
        end
        if chance(0.5) then
          state.people["new@x.yz"] = { workspaces = { "Main" }, groups = { groups[1].name } }
        end
        local ok, plan = pcall(org.plan, org, state, { refresh = true })
        if not ok then return end
        local whole = require "toggl.plan.few"
        local read = whole.read
        whole.read = function() end
        local other = org:plan(state, { refresh = true })
        whole.read = read
        assert.same(lines(other), lines(plan), "seed " .. seed)
        assert.is_true(plan.present.few ~= nil or plan.present.spent >= other.present.spent)
        if plan.present.few then cheap = cheap + 1 end
      end)
    end
    assert.is_true(cheap >= 5, cheap .. " plans of fewer reads")
  end)
end)
