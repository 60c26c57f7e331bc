-- What differs between a desired and a present state, as single changes. Pure.
--
-- A change is { kind =, who = address, group = | workspace = target, before =, after = }. People
-- who stay get a record { p =, put = {fields of their PUT}, joins =, leaves = {[group] = change},
-- begins =, ends =, roles = {[workspace] = change}, groups = {[key] = true} afterwards }.

local day = require "toggl.plan.day"
local resolve = require "toggl.plan.resolve"

local M = {}

local NONE = {}

local function keys(t)
  local list = {}
  for key in pairs(t) do
    list[#list + 1] = key
  end
  table.sort(list)
  return list
end

M.keys = keys

local function add(d, kind, fields)
  fields.kind = kind
  d.changes[#d.changes + 1] = fields
  return fields
end

local function problem(d, path, format, ...)
  d.r.problems[#d.r.problems + 1] = { path = path, text = format:format(...) }
end

--- The name of the group or workspace with this key.
function M.name(d, field, key)
  local t = d.r[field].by_key[key] or d.r.known[field].by_id[key]
  return t and t.name or tostring(key)
end

--- What would be lost with a membership that ends and begins again.
function M.is_fragile(here)
  return here.role ~= "user" or here.inactive or here.rate or here.cost or here.hours
end

-- Is the membership direct? Where no reply has said so, the workspace is noted as one to be read.
local function is_direct(d, here, w)
  if here.direct ~= nil then return here.direct end
  if next(here.groups) == nil then return true end
  d.needs[w] = true
  return false
end

-- Note in RECORD the change C of KEY in PART, one of its tables.
local function set(record, part, key, c)
  record[part][key], record.changed = c, true
end

-- ------------------------------------------------------------------------- groups and workspaces

local function workspaces(d)
  for _, t in ipairs(d.r.workspaces) do
    if not t.is then
      d.refused[#d.refused + 1] = {
        rule = "no-deletion",
        text = ("workspace %q cannot be deleted: no operation does"):format(t.name),
        remedy = "leave it out of the file, and take its people out instead",
      }
    elseif not t.now then
      add(d, "workspace_new", { workspace = t.key, name = t.name })
    elseif t.rename then
      add(
        d,
        "workspace_name",
        { workspace = t.key, name = t.name, before = t.rename, after = t.name }
      )
    end
  end
end

-- Attach and detach the workspaces of group T, and record those it gives afterwards.
local function attachments(d, t)
  local before = t.now and t.now.workspaces or {}
  local wanted = resolve.memberships(d.r, t.wanted, "workspaces")
  local after = {}
  for w in pairs(before) do
    local exact = d.state.exact["group workspaces"] and not (wanted and wanted[w])
    if not exact and not (wanted and wanted[w] and not wanted[w].is) then after[w] = true end
  end
  for w, reference in pairs(wanted or {}) do
    if reference.is then after[w] = true end
  end
  d.gives[t.key] = after
  for _, w in ipairs(t.now and keys(after) or {}) do
    if not before[w] then add(d, "attach", { group = t.key, workspace = w }) end
  end
  for _, w in ipairs(keys(before)) do
    if not after[w] then add(d, "detach", { group = t.key, workspace = w }) end
  end
end

local function groups(d)
  for _, g in ipairs(d.present.groups) do
    d.gives[g.id] = g.workspaces
    if d.state.exact.groups and not d.r.groups.by_key[g.id] then
      d.r.groups.by_key[g.id] = { key = g.id, name = g.name, now = g, is = false }
      table.insert(d.r.groups, d.r.groups.by_key[g.id])
    end
  end
  for _, t in ipairs(d.r.groups) do
    if not t.is then
      d.gives[t.key], d.gone[t.key] = {}, true
      add(d, "group_gone", { group = t.key, name = t.name })
    else
      if not t.now then
        add(d, "group_new", { group = t.key, name = t.name })
      elseif t.rename then
        add(d, "group_name", { group = t.key, name = t.name, before = t.rename, after = t.name })
      end
      attachments(d, t)
    end
  end
end

-- ------------------------------------------------------------------------------------------ people

local function gives_after(d, record, w)
  local gives = d.gives
  for g in next, record.groups do
    local given = gives[g]
    if given and given[w] then return g end
  end
end

local function diff_groups(d, record, wanted)
  local p = record.p
  for g in next, p.groups do
    local reference = wanted and wanted[g]
    local leaves = reference and not reference.is
    if not reference and d.exact_groups then leaves = d.exact_groups[g] end
    if not d.gone[g] then
      if leaves then
        set(record, "leaves", g, { who = p.email, group = g })
      else
        record.groups[g] = true
      end
    end
  end
  for g, reference in next, wanted or NONE do
    if reference.is then
      if not p.groups[g] then set(record, "joins", g, { who = p.email, group = g }) end
      record.groups[g] = true
    end
  end
end

-- A membership that shall be.
local function diff_member(d, record, w, reference)
  local p, here = record.p, record.p.workspaces[w]
  local given = gives_after(d, record, w)
  local role = reference.role
  if not here then
    if not (given and (role or "user") == "user") then
      set(record, "begins", w, { who = p.email, workspace = w, after = role or "user" })
    end
    return
  end
  local direct = is_direct(d, here, w)
  if not given and not direct then
    set(
      record,
      "begins",
      w,
      { who = p.email, workspace = w, before = here.role, after = role or here.role }
    )
  elseif role and role ~= here.role then
    set(
      record,
      "roles",
      w,
      { who = p.email, workspace = w, before = here.role, after = role, direct = direct }
    )
  end
end

-- A person cannot leave a workspace that one of their groups gives: then a problem is noted.
local function is_given(d, record, w, path)
  local given = gives_after(d, record, w)
  if not given then return false end
  problem(
    d,
    path,
    "%s shall leave workspace %q, which group %q gives",
    record.p.email,
    M.name(d, "workspaces", w),
    M.name(d, "groups", given)
  )
  return true
end

-- Does a membership that no group will give end with the direct one? The person's own request, where
-- there is one anyway, ends it in either case, so that no list has to tell.
local function ends_direct(d, record, here, w)
  return next(record.put) ~= nil or is_direct(d, here, w)
end

local function diff_workspaces(d, record, wanted, person)
  local p = record.p
  for w, reference in next, wanted or NONE do
    local here = p.workspaces[w]
    if reference.is then
      diff_member(d, record, w, reference)
    else
      local given = is_given(d, record, w, reference.path or person.path)
      if not given and here and ends_direct(d, record, here, w) then
        set(record, "ends", w, { who = p.email, workspace = w, before = here.role })
      end
    end
  end
  for w, here in next, d.exact_workspaces and p.workspaces or NONE do
    if d.exact_workspaces[w] and not (wanted and wanted[w]) and not gives_after(d, record, w) then
      if is_direct(d, here, w) then
        set(record, "ends", w, { who = p.email, workspace = w, before = here.role })
      end
    end
  end
end

local function diff_fields(record, person)
  local p = record.p
  if person.role and person.role ~= p.role then
    set(record, "put", "role", { who = p.email, before = p.role, after = person.role })
  end
  if person.name and person.name ~= p.name then
    set(record, "put", "name", { who = p.email, before = p.name, after = person.name })
  end
  local active = p.state ~= "inactive"
  if person.state and (person.state == "active") ~= active then
    set(record, "put", "state", { who = p.email, before = p.state, after = person.state })
  end
end

-- Mark what RECORD leaves for good: a membership that begins again is without role and rate.
local function mark_losses(d, record)
  for w, here in pairs(record.p.workspaces) do
    if not here.direct and M.is_fragile(here) and not record.begins[w] then
      local given = gives_after(d, record, w)
      for g in pairs(given and {} or here.groups) do
        if record.leaves[g] then record.leaves[g].undo = "none" end
      end
    end
  end
  for w, c in pairs(record.ends) do
    local here = record.p.workspaces[w]
    if here.rate or here.cost or here.hours then c.undo = "none" end
  end
end

-- The same of workspaces that are detached.
local function mark_detached(d)
  for _, c in ipairs(d.changes) do
    for _, p in ipairs(c.kind == "detach" and d.present.people or {}) do
      local here = p.groups[c.group] and p.workspaces[c.workspace]
      if here and not here.direct and M.is_fragile(here) then c.undo = "none" end
    end
  end
end

local function new_record(p)
  return {
    p = p,
    put = {},
    joins = {},
    leaves = {},
    begins = {},
    ends = {},
    roles = {},
    groups = {},
  }
end

local function stays(d, p, person)
  local record = d.spare or new_record(p) -- most people have no change and need no record
  record.p, d.spare = p, nil
  local scratch = d.scratch -- of one person after the other
  local groups_wanted = resolve.memberships(d.r, person, "groups", scratch)
  diff_groups(d, record, groups_wanted)
  for g in next, scratch do
    scratch[g] = nil
  end
  diff_fields(record, person)
  local wanted = resolve.memberships(d.r, person, "workspaces", scratch)
  diff_workspaces(d, record, wanted, person)
  for w in next, scratch do
    scratch[w] = nil
  end
  if p.state == "invited" and person.state == "inactive" then
    problem(
      d,
      person.path,
      '%s has not joined: state = "absent" takes the invitation back',
      p.email
    )
  elseif record.changed and p.state == "invited" then
    d.deferred[#d.deferred + 1] =
      { who = p.email, what = "changes, until the invitation is accepted" }
  elseif record.changed then
    if next(record.leaves) ~= nil or next(record.ends) ~= nil then mark_losses(d, record) end
    d.people[#d.people + 1] = record
  else
    d.unchanged, d.spare = d.unchanged + 1, record
    for g in pairs(record.groups) do
      record.groups[g] = nil
    end
  end
end

local function invite(d, person)
  if person.state == "inactive" then
    problem(d, person.path, "%s shall be inactive, and is not in the organization", person.email)
    return
  end
  local record = new_record { email = person.email, groups = {}, workspaces = {} }
  if d.rules.existing then
    d.invited[#d.invited + 1] = record -- a guard refuses it
    return
  end
  local groups_wanted = resolve.memberships(d.r, person, "groups")
  local wanted = resolve.memberships(d.r, person, "workspaces") or {}
  diff_groups(d, record, groups_wanted)
  record.roles = {}
  for w, reference in pairs(wanted) do
    if reference.is then
      record.roles[w] = reference.role or "user"
    else
      is_given(d, record, w, reference.path or person.path)
    end
  end
  if next(record.roles) == nil then
    for g in pairs(record.groups) do
      for w in pairs(d.gives[g] or {}) do
        record.roles[w] = "user"
      end
    end
  end
  if next(record.roles) == nil then
    problem(
      d,
      person.path,
      "%s is new, and no workspace is given: an invitation names one",
      person.email
    )
  end
  for _, field in ipairs { "role", "name" } do
    if person[field] and not (field == "role" and person.role == "user") then
      d.deferred[#d.deferred + 1] =
        { who = person.email, what = ("%s %q, after joining"):format(field, person[field]) }
    end
  end
  d.invited[#d.invited + 1] = record
end

local function remove(d, p, why, due)
  d.removed[#d.removed + 1] = add(d, p.state == "invited" and "cancel" or "remove", {
    who = p.email,
    p = p,
    why = why,
    due = due, -- its last day was named beforehand
    before = p.state,
  })
end

-- People in no line of the file are touched only where the file is exact about something.
local function unmentioned(d, mentioned)
  local exact = d.state.exact
  for _, p in ipairs(d.present.people) do
    if not mentioned[p.key] then
      if exact.people then
        remove(d, p, "is not in the file, which is exact about people")
      elseif d.exact_groups or d.exact_workspaces then
        stays(d, p, { path = {} })
      else
        d.unchanged = d.unchanged + 1
      end
    end
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

local function people(d, today)
  local by_key, mentioned, twice = {}, {}, {}
  for _, p in ipairs(d.present.people) do
    twice[p.key] = by_key[p.key] and true
    by_key[p.key] = p
  end
  d.exact_groups = exact_keys(d, "group members", d.r.groups)
  d.exact_workspaces = exact_keys(d, "workspace members", d.r.workspaces)
  for _, person in ipairs(d.state.people) do
    local p = by_key[person.key]
    mentioned[person.key] = true
    if twice[person.key] then
      problem(d, person.path, "two people of the organization have the address %s", person.email)
    end
    local due = person.ends and person.ends < today
    if person.state == "absent" or due then
      if p then
        local ended = due and ("access ended on %s"):format(person.ends)
        remove(d, p, ended or "is absent in the file", due or nil)
      end
    elseif p then
      stays(d, p, person)
    else
      invite(d, person)
    end
  end
  unmentioned(d, mentioned)
end

--- The differences of STATE and PRESENT at NOW, in seconds since 1970, under RULES.
function M.diff(state, present, now, rules)
  local d = {
    rules = rules or {},
    state = state,
    present = present,
    r = resolve.start(state, present),
    changes = {},
    people = {},
    invited = {},
    removed = {},
    deferred = {},
    refused = {},
    needs = {}, -- workspaces whose direct members have to be read
    gives = {}, -- {[group] = {[workspace] = true}} afterwards
    gone = {}, -- groups that end
    scratch = {},
    unchanged = 0,
  }
  d.today = day(state.zone, now)
  workspaces(d)
  groups(d)
  people(d, d.today)
  mark_detached(d)
  return d
end

return M
