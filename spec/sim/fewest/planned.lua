-- Plan from one organization of the model to another, and carry the plan out in the model.

require "spec.helper"
local desired = require "toggl.plan.desired"
local model = require "spec.sim.fewest.model"
local planner = require "toggl.plan.planner"

local copy, is_given, is_goal = model.copy, model.is_given, model.is_goal
local is_possible, key_of, request = model.is_possible, model.key_of, model.request

local NOW = 1798754399
local GROUP, WORKSPACE, PERSON, MEMBER = 200, 100, 300, 500 -- a key is one of these + a position

-- Return O as the planner's present state.
local function present(o)
  local found = { people = {}, groups = {}, workspaces = {}, at = 0, spent = 0 }
  found.organization = { id = 1, name = "Acme", seats = 1000 }
  found.has_all_groups, found.has_all_people = true, true
  for w = 1, o.size.w do
    found.workspaces[w] = { id = WORKSPACE + w, name = "W" .. w }
  end
  for g = 1, o.size.g do
    local gives = {}
    for w = 1, o.size.w do
      gives[WORKSPACE + w] = o.gives[g][w] or nil
    end
    found.groups[g] = { id = GROUP + g, name = "G" .. g, workspaces = gives }
  end
  for i, p in ipairs(o) do
    local email = ("p%d@x.y"):format(i)
    local q = { id = PERSON + i, user_id = 400 + i, email = email, key = email, name = "P" }
    q.role, q.state = p.admin and "admin" or "user", p.off and "inactive" or "active"
    q.groups, q.workspaces = {}, {}
    for g = 1, o.size.g do
      q.groups[GROUP + g] = p.groups[g] or nil
    end
    for w = 1, o.size.w do
      local m, by = p[w], {}
      for g = 1, o.size.g do
        by[GROUP + g] = p.groups[g] and o.gives[g][w] or nil
      end
      q.workspaces[WORKSPACE + w] = m
        and {
          id = MEMBER + 10 * i + w,
          direct = m.direct,
          role = m.role,
          inactive = false,
          rate = m.rate,
          groups = by,
        }
    end
    found.people[i] = q
  end
  return found
end

-- Return a desired state for AFTER. A part that is as in BEFORE is left out if SILENT() is true.
local function state_of(before, after, silent)
  local state = { people = {}, groups = {} }
  for g = 1, after.size.g do
    local gives = {}
    for w = 1, after.size.w do
      local is = after.gives[g][w] or false
      if is ~= (before.gives[g][w] or false) or not silent() then gives["W" .. w] = is end
    end
    state.groups["G" .. g] = { workspaces = gives }
  end
  for i, p in ipairs(after) do
    local was, person = before[i], { groups = {}, workspaces = {} }
    if p.admin ~= was.admin or not silent() then person.role = p.admin and "admin" or "user" end
    if p.off ~= was.off or not silent() then person.state = p.off and "inactive" or "active" end
    for g = 1, after.size.g do
      local is = p.groups[g] or false
      if is ~= (was.groups[g] or false) or not silent() then person.groups["G" .. g] = is end
    end
    for w = 1, after.size.w do
      local m, old = p[w], was[w]
      local same = m == old or m and old and m.role == old.role
      -- the file must mention a membership that becomes direct
      local begins = m and not is_given(after, p, w) and not (old and old.direct)
      -- and a direct one that ends
      local follows = old and not old.direct and not m -- it ends with the groups that give it
      if begins or not ((same or follows) and silent()) then
        person.workspaces["W" .. w] = m and m.role or false
      end
    end
    state.people[("p%d@x.y"):format(i)] = person
  end
  return state
end

local function positions(changes, field, from)
  local list = {}
  for i, c in ipairs(changes) do
    list[i] = field == "who" and tonumber(c.who:match "%d+") or c[field] - from
  end
  return list
end

local MADE = {}

function MADE.put_organization_users(a, o)
  local made = { person = a.person.id - PERSON }
  if a.put.role then made.admin = a.put.role.after == "admin" end
  if a.put.state then made.off = a.put.state.after == "inactive" end
  if a.groups then
    made.groups = {}
    for g = 1, o.size.g do
      made.groups[g] = a.groups[GROUP + g] or false
    end
  end
  if a.workspaces then
    made.workspaces = {}
    for w = 1, o.size.w do
      local here = a.workspaces[WORKSPACE + w]
      made.workspaces[w] = here and here.role or false
    end
  end
  return "person", made
end

function MADE.patch_organization_group(a)
  return "group",
    {
      group = a.group - GROUP,
      joins = positions(a.joins, "who"),
      leaves = positions(a.leaves, "who"),
      attach = positions(a.attach, "workspace", WORKSPACE),
      detach = positions(a.detach, "workspace", WORKSPACE),
    }
end

function MADE.patch_organization_workspace_users(a)
  return "ends", { workspace = a.workspace - WORKSPACE, people = positions(a.ends, "who") }
end

function MADE.put_workspace_workspace_users(a)
  return "access",
    {
      workspace = a.workspace - WORKSPACE,
      person = (a.member - MEMBER) // 10,
      role = a.role,
    }
end

-- Plan from BEFORE to AFTER, carry it out in the model, and return how many requests it took.
local function planned(before, after, silent)
  local state = assert(desired.normal(state_of(before, after, silent or function() end)))
  local plan = planner.make(state, present(before), { least_admins = 0 }, NOW)
  local where = ("from %s to %s"):format(key_of(before), key_of(after))
  assert(#plan.problems == 0, where)
  assert(#plan.refused == 0, where)
  assert(#plan.needs == 0, where)
  local o = copy(before)
  for _, step in ipairs(plan.steps) do
    local name, a = MADE[step.operation](step.args, o)
    assert(step.requests == 1 and is_possible(o, name, a), where)
    request[name](o, a)
  end
  if not is_goal(o, before, after) then error(where .. ": the plan ends in " .. key_of(o)) end
  assert(plan.cost.writes == #plan.steps, where)
  return #plan.steps, plan
end

return planned
