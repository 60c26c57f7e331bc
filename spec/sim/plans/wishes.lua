-- Random desired states, and random changes by other administrators.

local chance = require "spec.sim.plans.chance"
local json = require "spec.sim.plans.json"

local world = world
local M = {}

local ACME = "/organizations/4300000017"

-- ---------------------------------------------------------------------------------- desired states

-- Return whether a group that P is in, or joins by PERSON, gives workspace W.
local function is_given(s, p, person, w)
  for _, g in ipairs(s.group_list) do
    local is = person.groups[g.name]
    if is == nil then is = p and p.groups[g.id] end
    if is and g.gives[w] then return true end
  end
end

local function person_of(s, p, removes)
  local spared = p and p.role == "owner" and chance.percent(80) -- or the plan is refused
  if p and not spared and chance.percent(removes) then return { state = "absent" } end
  local person = { groups = {}, workspaces = {} }
  if p and p.joined and not spared then
    if chance.percent(20) then person.role = chance.pick { "user", "admin" } end
    if chance.percent(15) then person.state = chance.pick { "active", "inactive" } end
    local only_here = p.role ~= "owner" -- the owner is in two organizations
    if only_here and chance.percent(5) then person.name = "Named " .. chance.between(1, 9) end
  end
  for _, g in ipairs(s.group_list) do
    if chance.percent(35) then person.groups[g.name] = chance.percent(50) end
  end
  for _, w in ipairs(s.workspace_list) do
    if chance.percent(25) then
      local is = chance.pick { "user", "admin", "user", true, false }
      -- seldom: a file that takes what a group gives contradicts itself, and is rejected
      if is == false and is_given(s, p, person, w.id) and chance.percent(98) then is = nil end
      person.workspaces[w.name] = is
    end
  end
  if not p then person.workspaces[chance.pick(s.workspace_list).name] = "user" end
  return person
end

local function group_of(s, state, g)
  local record = { workspaces = {} }
  for _, w in ipairs(s.workspace_list) do
    if chance.percent(40) then record.workspaces[w.name] = chance.percent(60) end
  end
  if chance.percent(15) then
    state.groups[g.name] = { state = "absent" }
  elseif chance.percent(25) then
    record.previously = { g.name }
    state.groups["R" .. g.name] = record
  else
    state.groups[g.name] = record
  end
end

-- Let STATE replace the administrators of a workspace in S by other people.
local function swap(s, state)
  local w = chance.pick(s.workspace_list)
  for _, p in ipairs(s.list) do
    local here, person = p.access[w.id], state.people[p.email]
    local free = here and p.joined and p.role == "user" and not (person and person.state)
    local role = free and (here.role == "admin" and "user" or chance.once_in(4) and "admin")
    if role then
      person = person or { workspaces = {} }
      person.workspaces[w.name], state.people[p.email] = role, person
    end
  end
end

-- Let STATE make people administrators of the organization whose request goes out late, since it
-- takes from them that of a workspace.
local function promote(s, state)
  for _, p in ipairs(s.list) do
    local person, free = { role = "admin", workspaces = {} }, p.joined and not p.inactive
    for _, w in ipairs(free and p.role == "user" and s.workspace_list or {}) do
      local here = p.access[w.id]
      if here and here.role == "admin" then person.workspaces[w.name] = "user" end
    end
    if next(person.workspaces) then state.people[p.email] = person end
  end
end

-- Let STATE demote the administrators of the organization who may be demoted: not the payer, and not
-- CALLER. Return STATE and one administrator more than are left of those.
local function demote(s, state, caller)
  local least = 1
  for _, p in ipairs(s.list) do
    local free = p.role == "admin" and not p.paying and p.user_id ~= caller
    if free and p.joined then
      state.people[p.email] = { role = "user" }
    elseif p.role ~= "user" and p.joined and not p.inactive then
      least = least + 1
    end
  end
  if chance.once_in(2) then promote(s, state) end
  return state, least
end

-- Let STATE move the people of a group to another, and with one in two theirs back to it. PAIR: keys
-- of both groups, from M.prepare, or nil.
local function exchange(s, state, pair)
  local a, b = chance.pick(s.group_list), chance.pick(s.group_list)
  if pair then
    a, b = s.groups[pair[1]] or a, s.groups[pair[2]] or b
  end
  local back = chance.once_in(2)
  for _, p in ipairs(a ~= b and s.list or {}) do
    local person = state.people[p.email] or {}
    local from, to = p.groups[a.id] and a or b, p.groups[a.id] and b or a
    if person.state ~= "absent" and p.joined and p.groups[from.id] and (from == a or back) then
      person.groups = person.groups or {}
      person.groups[from.name], person.groups[to.name] = false, true
      state.people[p.email] = person
    end
  end
end

-- Let people of STATE use the group and the workspace that it creates.
local function use_created(state)
  for _, person in pairs(state.people) do
    local groups, workspaces = person.groups, person.workspaces
    if groups and state.groups.Fresh and chance.percent(30) then groups.Fresh = true end
    if workspaces and state.workspaces.Added and chance.percent(30) then
      workspaces.Added = chance.pick { "user", "admin", false }
    end
  end
end

-- Let STATE be exact about the workspaces of its groups, or about the people of a workspace in S and
-- name most of these.
local function be_exact(s, state)
  if chance.once_in(2) then
    state.exact = { "group workspaces" }
    return
  end
  local w = chance.pick(s.workspace_list)
  state.exact, state.workspaces[w.name] = { "workspace members" }, {}
  for _, p in ipairs(s.list) do
    local person, here = state.people[p.email] or {}, p.access[w.id]
    if here and person.state ~= "absent" and (here.role == "admin" or chance.percent(70)) then
      person.workspaces = person.workspaces or {}
      if person.workspaces[w.name] == nil then person.workspaces[w.name] = here.role end
      state.people[p.email] = person
    end
  end
end

-- Return a desired state for S, as a file could hold it, and the least administrators that shall
-- stay, or nil. PAIR: what M.prepare returned. CALLER: the account of the administrator, or nil.
function M.desired(s, pair, caller)
  local state = { people = {}, groups = {}, workspaces = {} }
  if chance.percent(4) then return demote(s, state, caller) end
  local share, removes = chance.pick { 10, 30, 60 }, chance.pick { 0, 8, 20 }
  for _, p in ipairs(s.list) do
    if chance.percent(share) then state.people[p.email] = person_of(s, p, removes) end
  end
  if chance.percent(8) then swap(s, state) end
  if chance.percent(pair and 60 or 12) then exchange(s, state, pair) end
  for i = 1, chance.pick { 0, 0, 1, 3 } do
    state.people[("new%d@x.yz"):format(i)] = person_of(s, nil, 0)
  end
  for _, g in ipairs(s.group_list) do
    if chance.percent(20) then group_of(s, state, g) end
  end
  if chance.percent(25) then
    state.groups.Fresh = { workspaces = { [chance.pick(s.workspace_list).name] = true } }
  end
  if chance.percent(10) then state.workspaces.Added = {} end
  use_created(state)
  if chance.percent(15) then
    state.exact = { "group members" }
  elseif chance.percent(10) then
    be_exact(s, state)
  end
  return state
end

-- ---------------------------------------------------------------------------- what others change

local function put_person(p, body) return "PUT", ("%s/users/%d"):format(ACME, p.id), body end

local function of_group(g, op, path, value)
  local patch = { { op = op, path = path, value = { value } } }
  return "PATCH", ("%s/groups/%d"):format(ACME, g.id), patch
end

local function someone(s)
  local p = chance.pick(s.list)
  return p.user_id and p or s.list[1]
end

local kinds = {}

function kinds.role(s) return put_person(someone(s), { organization_admin = chance.once_in(2) }) end
function kinds.state(s) return put_person(someone(s), { inactive = chance.once_in(2) }) end
function kinds.join(s)
  return of_group(chance.pick(s.group_list), "add", "/users", someone(s).user_id)
end
function kinds.quit(s)
  return of_group(chance.pick(s.group_list), "remove", "/users", someone(s).user_id)
end
function kinds.attach(s)
  return of_group(chance.pick(s.group_list), "add", "/workspaces", chance.pick(s.workspace_list).id)
end
function kinds.detach(s)
  local w = chance.pick(s.workspace_list)
  return of_group(chance.pick(s.group_list), "remove", "/workspaces", w.id)
end
function kinds.terms(s)
  local p, place = someone(s), nil
  for _, w in ipairs(s.workspace_list) do
    place = place or p.access[w.id] and w.id
  end
  if not place then return end
  local role, rate = chance.pick { "admin", "user", "teamlead" }, 10 + chance.between(1, 9)
  local path = ("/workspaces/%d/workspace_users/%d"):format(place, p.access[place].id)
  return "PUT", path, { role = role, rate = rate, postedFields = { "rate" } }
end
function kinds.remove(s) return "PATCH", ACME .. "/users", { delete = { chance.pick(s.list).id } } end
function kinds.invite(s)
  local body = { emails = { ("other%d@x.yz"):format(chance.between(1, 5)) } }
  body.workspaces = { { workspace_id = chance.pick(s.workspace_list).id } }
  return "POST", ACME .. "/invitations", body
end
function kinds.group(s)
  local g = chance.pick(s.group_list)
  if chance.once_in(2) then
    return "PUT", ("%s/groups/%d"):format(ACME, g.id), { name = "T" .. chance.between(1, 9) }
  end
  return "DELETE", ("%s/groups/%d"):format(ACME, g.id)
end

local OFTEN =
  { "role", "state", "join", "quit", "attach", "detach", "terms", "terms", "join", "join" }
local NAMES = { "role", "state", "join", "quit", "detach", "terms", "remove", "invite", "group" }

local function call(method, path, body) return world.call(method, path, json(body)) end

-- Let the people of two groups be in a workspace by these alone, with rights or a rate there that a
-- gap would take from them. TAKE: returns a new snapshot. Return the keys of the groups.
function M.prepare(s, take)
  local a, b, w =
    chance.pick(s.group_list), chance.pick(s.group_list), chance.pick(s.workspace_list)
  call(of_group(a, "add", "/workspaces", w.id))
  call(of_group(b, "add", "/workspaces", w.id))
  for _, p in ipairs(s.list) do
    if p.user_id and p.role ~= "owner" and chance.once_in(3) then
      call(of_group(chance.once_in(2) and a or b, "add", "/users", p.user_id))
    end
    local of_groups = p.user_id and p.role ~= "owner"
    if of_groups then world.call("PUT", ("%s/users/%d"):format(ACME, p.id), '{"workspaces":[]}') end
  end
  for _, p in ipairs(take().list) do
    local here = p.access[w.id]
    if here and not here.direct and chance.once_in(2) then
      local path = ("/workspaces/%d/workspace_users/%d"):format(w.id, here.id)
      call("PUT", path, { role = "admin", rate = 20, postedFields = { "rate" } })
    end
  end
  return { a.id, b.id }
end

-- Change the organization S by a request of another administrator. EARLY: before the first process
-- begins, when any change may be drawn. Return the request as text and its status.
function M.change(s, early)
  if #s.group_list == 0 then return end
  local kind = chance.pick(early and OFTEN or NAMES)
  local method, path, body = kinds[kind](s)
  if not method then return end
  local status = world.call(method, path, body and json(body) or nil)
  return ("%s %s %s"):format(method, path, body and json(body) or ""), status
end

return M
