-- What differs between a desired and a present state, as single changes. Pure.
--
-- A change is { kind =, who = address, group = | workspace = key, before =, after = }. A person who
-- stays and is not as desired has a record { p =, changes = {...}, put, joins, leaves, begins,
-- ends, roles = the same changes by field or key, groups = {[key] = true} afterwards }.

local day = require "toggl.plan.day"
local desired = require "toggl.plan.desired"
local keys = require "toggl.plan.keys"
local resolve = require "toggl.plan.resolve"

local M = {}

local NONE = {}
local UNSAID = { is = false } -- what a file that is exact does not mention
local CREATOR = { role = "admin", groups = {}, direct = true } -- in a workspace that it creates

--- The name of the group or workspace with this key.
function M.name(d, field, key)
  local t = d.r[field].by_key[key] or d.r.known[field].by_id[key]
  return t and t.name or tostring(key)
end

--- What would be lost with a membership that ends and begins again.
function M.is_fragile(here)
  return here.role ~= "user" or here.inactive or here.rate or here.cost or here.hours
end

local function add(list, kind, c)
  c.kind, list[#list + 1] = kind, c
  return c
end

-- Note C, a change of RECORD, under KEY of PART, one of its tables.
local function note(record, part, key, kind, c)
  c.who, c.user_id, record[part][key] = record.p.email, record.p.user_id, c
  add(record.changes, kind, c)
end

local function problem(d, path, format, ...)
  d.r.problems[#d.r.problems + 1] = { path = path, text = format:format(...) }
end

local function later(d, who, format, ...)
  d.deferred[#d.deferred + 1] = { who = who, what = format:format(...) }
end

-- Keys after WANTED = {[key] = membership} has changed BEFORE. EXACT: what ends unless it is
-- wanted.
local function after_of(before, wanted, exact)
  local after = {}
  for key in next, before do
    local m = wanted[key] or exact and exact[key] and UNSAID
    if not m or m.is then after[key] = true end
  end
  for key, m in next, wanted do
    if m.is then after[key] = true end
  end
  return after
end

-- ------------------------------------------------------------------------- groups and workspaces

-- Note that T of the file, a "group" or a "workspace", is made or renamed.
local function identity(d, t, what)
  if not t.now then
    add(d.changes, what .. "_new", { [what] = t.key, name = t.name })
  elseif t.rename then
    local c = { [what] = t.key, name = t.name, before = t.rename, after = t.name }
    add(d.changes, what .. "_name", c)
  end
end

local function workspace(d, t)
  if not t.now then d.creates[t.key] = true end
  if t.is then return identity(d, t, "workspace") end
  d.refused[#d.refused + 1] = {
    rule = "no-deletion",
    text = ("workspace %q cannot be deleted: no operation does"):format(t.name),
    remedy = "leave it out of the file, and take its people out instead",
  }
end

local function group(d, t)
  if not t.is then
    d.gives[t.key], d.gone[t.key] = {}, true
    return add(d.changes, "group_gone", { group = t.key, name = t.name })
  end
  identity(d, t, "group")
  local before = t.now and t.now.workspaces or NONE
  local wanted = resolve.memberships(d.r, t.wanted, "workspaces")
  local after = after_of(before, wanted, d.state.exact["group workspaces"] and before)
  d.gives[t.key] = after
  for _, w in ipairs(t.now and keys(after) or NONE) do
    if not before[w] then add(d.changes, "attach", { group = t.key, workspace = w }) end
  end
  for _, w in ipairs(keys(before)) do
    if not after[w] then add(d.changes, "detach", { group = t.key, workspace = w }) end
  end
end

local function groups(d)
  local list = d.r.groups
  for _, g in ipairs(d.present.groups) do
    d.gives[g.id] = g.workspaces
    if d.state.exact.groups and not list.by_key[g.id] then
      list[#list + 1] = { key = g.id, name = g.name, now = g, is = false }
      list.by_key[g.id] = list[#list]
    end
  end
  for _, t in ipairs(list) do
    group(d, t)
  end
end

-- ------------------------------------------------------------------------------------------ people

--- The first of GROUPS, a set, that gives workspace W afterwards.
function M.given(d, groups_, w)
  local gives = d.gives
  for g in next, groups_ do
    if gives[g] and gives[g][w] then return g end
  end
end

--- Is the membership HERE of W direct? Where no reply has said so, W is to be read.
function M.is_direct(d, here, w)
  if here.direct ~= nil then return here.direct end
  if next(here.groups) == nil then return true end
  d.needs[w] = true
  return false
end

local is_direct = M.is_direct

-- Is P as PERSON of the file says? False also where only a closer look tells. This is the way of
-- most people, and makes no tables.
local function is_same(d, p, person)
  local groups_of, workspaces_of = d.r.resolved.groups, d.r.resolved.workspaces
  if person.role and person.role ~= p.role or person.name and person.name ~= p.name then
    return false
  end
  if d.exact_groups or d.exact_workspaces or person.state and person.state ~= p.state then
    return false
  end
  local wanted = person.groups or NONE
  for i = 1, #wanted do
    local m = wanted[i]
    local g = groups_of[m.name]
    if not g or (p.groups[g] or false) ~= m.is then return false end
  end
  wanted = person.workspaces or NONE
  for i = 1, #wanted do
    local m = wanted[i]
    local w = workspaces_of[m.name]
    local here = w and p.workspaces[w]
    if not here or not m.is or m.role and m.role ~= here.role then return false end
    local direct = here.direct or here.direct == nil and next(here.groups) == nil
    if not direct and not M.given(d, p.groups, w) then return false end
  end
  return true
end

local function diff_groups(d, record, wanted)
  local before = record.p.groups
  record.groups = after_of(before, wanted, d.exact_groups)
  for _, g in ipairs(keys(record.groups)) do
    if not before[g] then note(record, "joins", g, "join", { group = g }) end
  end
  for _, g in ipairs(keys(before)) do
    if d.gone[g] then
      record.groups[g] = nil
    elseif not record.groups[g] then
      note(record, "leaves", g, "quit", { group = g })
    end
  end
end

local function diff_fields(record, person)
  local p = record.p
  for _, name in ipairs { "role", "name" } do
    local after = person[name]
    if after and after ~= p[name] then
      note(record, "put", name, name, { before = p[name], after = after })
    end
  end
  local after = person.state
  if after and (after == "active") ~= (p.state ~= "inactive") then
    local kind = after == "active" and "activate" or "deactivate"
    note(record, "put", "state", kind, { before = p.state, after = after })
  end
end

-- A person does not leave a workspace that one of their groups gives.
local function is_kept(d, record, w, m, person)
  local g = M.given(d, record.groups, w)
  if g and m ~= UNSAID then
    local text = "%s shall leave workspace %q, which group %q gives"
    local of, by = M.name(d, "workspaces", w), M.name(d, "groups", g)
    problem(d, desired.path(person, "workspaces", m), text, record.p.email, of, by)
  end
  return g ~= nil
end

-- The membership that P gets by creating workspace W, which M of the file takes away: the account
-- that creates a workspace is its administrator.
local function created(d, p, m, w)
  if m.is or w > 0 then return nil end
  d.needs_caller = d.needs_caller or not d.present.caller
  return p.user_id and p.user_id == d.present.caller and CREATOR or nil
end

local function diff_workspaces(d, record, wanted, person)
  local p, exact = record.p, d.exact_workspaces
  for w in next, exact and p.workspaces or NONE do
    wanted[w] = wanted[w] or exact[w] and UNSAID or nil
  end
  for w in next, exact and d.creates or NONE do
    wanted[w] = wanted[w] or UNSAID
  end
  for _, w in ipairs(keys(wanted)) do
    local m = wanted[w]
    local here = p.workspaces[w] or created(d, p, m, w)
    local before = here and here.role
    local c =
      { workspace = w, before = before, after = m.is and (m.role or before or "user") or nil }
    local given = M.given(d, record.groups, w)
    if not m.is then
      -- the person's own request, where there is one anyway, ends it whether it is direct or not
      local ends = not is_kept(d, record, w, m, person) and here
      c.own = ends and here.direct == nil and next(record.put) ~= nil and next(here.groups) ~= nil
      c.own = c.own or ends and w < 0 -- its key is not known yet
      if c.own or ends and is_direct(d, here, w) then note(record, "ends", w, "end", c) end
    elseif not here and not (given and c.after == "user") then
      note(record, "begins", w, "begin", c)
    elseif here and not given and not is_direct(d, here, w) then
      note(record, "begins", w, "begin", c)
    elseif here and c.after ~= before then
      c.direct = is_direct(d, here, w)
      note(record, "roles", w, "access", c)
    end
  end
end

-- Mark what RECORD leaves for good: a membership that begins again is without role and rate.
local function mark_losses(d, record)
  for w, here in next, record.p.workspaces do
    local lost = not here.direct and M.is_fragile(here) and not record.begins[w]
    for g in next, lost and not M.given(d, record.groups, w) and here.groups or NONE do
      if record.leaves[g] then record.leaves[g].undo = "none" end
    end
    local ends = record.ends[w]
    if ends and (here.rate or here.cost or here.hours) then ends.undo = "none" end
  end
end

-- The same of workspaces that are detached.
local function mark_detached(d)
  for _, c in ipairs(d.changes) do
    for _, p in ipairs(c.kind == "detach" and d.present.people or NONE) do
      local here = p.groups[c.group] and p.workspaces[c.workspace]
      if here and not here.direct and M.is_fragile(here) then c.undo = "none" end
    end
  end
end

local function new_record(p)
  return {
    p = p,
    changes = {},
    put = {},
    joins = {},
    leaves = {},
    begins = {},
    ends = {},
    roles = {},
  }
end

local function stays(d, p, person)
  if is_same(d, p, person) then
    d.unchanged = d.unchanged + 1
    return
  end
  local record = new_record(p)
  diff_groups(d, record, resolve.memberships(d.r, person, "groups"))
  diff_fields(record, person)
  diff_workspaces(d, record, resolve.memberships(d.r, person, "workspaces"), person)
  if p.state == "invited" and person.state == "inactive" then
    local text = '%s has not joined: state = "absent" takes the invitation back'
    problem(d, person.path, text, p.email)
  elseif not record.changes[1] then
    d.unchanged = d.unchanged + 1
  elseif p.state == "invited" then
    later(d, p.email, "changes, until the invitation is accepted")
  else
    mark_losses(d, record)
    d.people[#d.people + 1] = record
  end
end

-- The workspaces and roles that an invitation of RECORD names: without what its groups give, so
-- that people who end alike are invited together, but at least one.
local function invited_to(d, record, person)
  local roles, given = {}, {}
  for g in next, record.groups do
    for w in next, d.gives[g] or NONE do
      given[w] = true
    end
  end
  for w, m in next, resolve.memberships(d.r, person, "workspaces") do
    local role = m.role or "user"
    if not m.is then
      is_kept(d, record, w, m, person)
    elseif role ~= "user" or not given[w] then
      roles[w] = role
    end
  end
  local least = keys(given)[1]
  if next(roles) == nil and least then roles[least] = "user" end
  return roles
end

local function invite(d, person)
  if person.state == "inactive" then
    local text = "%s shall be inactive, and is not in the organization"
    return problem(d, person.path, text, person.email)
  end
  local record = new_record { email = person.email, groups = {}, workspaces = {} }
  d.invited[#d.invited + 1] = record
  if d.rules.existing then return end -- a guard refuses it
  local before = #d.r.problems
  record.groups = after_of({}, resolve.memberships(d.r, person, "groups"))
  record.roles = invited_to(d, record, person)
  if next(record.roles) == nil and #d.r.problems == before then
    local text = "%s is new, and no workspace is given: an invitation names one"
    problem(d, person.path, text, person.email)
  end
  if person.role and person.role ~= "user" then
    later(d, person.email, "role %q, after joining", person.role)
  end
  if person.name then later(d, person.email, "name %q, after joining", person.name) end
end

-- DUE: the last day was named beforehand.
local function remove(d, p, why, due)
  local c = { who = p.email, p = p, why = why, due = due, before = p.state }
  d.removed[#d.removed + 1] = add(d.changes, p.state == "invited" and "cancel" or "remove", c)
end

local function mentioned(d, p, person)
  local due = person.ends and person.ends < d.today or nil
  if p and p.unsaid then d.unsaid[#d.unsaid + 1] = p end
  if person.state ~= "absent" and not due then
    return p and stays(d, p, person) or not p and invite(d, person)
  elseif p then
    local why = due and ("access ended on %s"):format(person.ends)
    remove(d, p, why or "is absent in the file", due)
  end
end

local function exact_keys(d, word, targets)
  if not d.state.exact[word] then return nil end
  local found = {}
  for _, t in ipairs(targets) do
    if t.is and t.now then found[t.key] = true end
  end
  return found
end

-- The call that names P, whose address another person has, too.
local function by_hand(p)
  if p.id then return ("org:user{ organization_user_id = %d }"):format(p.id) end
  return p.user_id and ("org:user{ user_id = %d }"):format(p.user_id) or "one without a key"
end

-- Who is in no line of the file is touched only where that is exact about something.
local function people(d)
  local by_key, seen, twice = {}, {}, {}
  for _, p in ipairs(d.present.people) do
    by_key[p.key], twice[p.key] = p, by_key[p.key]
  end
  d.exact_groups = exact_keys(d, "group members", d.r.groups)
  d.exact_workspaces = exact_keys(d, "workspace members", d.r.workspaces)
  for _, person in ipairs(d.state.people) do
    if twice[person.key] then
      local text = "two people of the organization have the address %s: %s and %s name them"
      local one, other = by_hand(twice[person.key]), by_hand(by_key[person.key])
      problem(d, person.path, text, person.email, one, other)
    end
    seen[person.key] = true
    mentioned(d, by_key[person.key], person)
  end
  for _, p in ipairs(d.present.people) do
    if not seen[p.key] and d.state.exact.people then
      if p.unsaid then d.unsaid[#d.unsaid + 1] = p end
      remove(d, p, "is not in the file, which is exact about people")
    elseif not seen[p.key] then
      stays(d, p, { path = {} })
    end
  end
end

--- The differences of STATE and PRESENT at NOW, in seconds since 1970, under RULES.
function M.diff(state, present, now, rules)
  local d = { state = state, present = present, rules = rules or {}, unchanged = 0 }
  d.changes, d.people, d.invited, d.removed = {}, {}, {}, {}
  d.deferred, d.refused = {}, {}
  d.unsaid = {} -- people of the plan whose state no reply says
  d.r = resolve.start(state, present)
  d.today = day(state.zone, now)
  d.needs = {} -- workspaces whose direct members have to be read
  d.gives = {} -- {[group] = {[workspace] = true}} afterwards
  d.gone = {} -- groups that end
  d.creates = {} -- workspaces that begin
  for _, t in ipairs(d.r.workspaces) do
    workspace(d, t)
  end
  groups(d)
  people(d)
  mark_detached(d)
  return d
end

return M
