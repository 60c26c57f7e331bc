-- Names of a desired state found in the present one. Pure: tables in, tables out.
--
-- Groups and workspaces become targets { key =, name =, now = the present record or nil, is = false
-- where it shall not be, rename = old name }; keys of what is to be created are negative.

local core = require "toggl.core"
local near = require "toggl.text.near"
local desired = require "toggl.plan.desired"

local M = {}

local function index(list)
  local found = { by_id = {}, by_name = {}, names = {} }
  for _, record in ipairs(list) do
    found.by_id[record.id] = record
    local named = found.by_name[record.name] or {}
    found.by_name[record.name], named[#named + 1] = named, record
    found.names[#found.names + 1] = record.name
  end
  return found
end

local function complain(r, path, format, ...)
  r.problems[#r.problems + 1] = { path = path, text = format:format(...) }
end

local function keys_of(records)
  local keys = {}
  for i, record in ipairs(records) do
    keys[i] = ("{ id = %d }"):format(record.id)
  end
  table.sort(keys)
  return table.concat(keys, " or ")
end

-- The present records of KNOWN whose names look the same as NAME, by the folded text.
local function alike(known, name)
  if not known.by_fold then
    known.by_fold = {}
    for other, records in pairs(known.by_name) do
      local list = known.by_fold[core.fold(other)] or {}
      known.by_fold[core.fold(other)] = table.move(records, 1, #records, #list + 1, list)
    end
  end
  return known.by_fold[core.fold(name)] or {}
end

-- The one present record that REFERENCE names; nil where there is none.
local function find(r, known, reference, path, what)
  if reference.id then
    local record = known.by_id[reference.id]
    if not record then complain(r, path, "there is no %s with the key %d", what, reference.id) end
    return record, not record
  end
  local named = known.by_name[reference.name] or {}
  if #named > 1 then
    local text = "%d %ss are called %q: write %s"
    complain(r, path, text, #named, what, reference.name, keys_of(named))
    return nil, true
  end
  return named[1]
end

local function former(r, known, record, what)
  for _, name in ipairs(record.previously or {}) do
    local found, wrong = find(r, known, { name = name }, record.path, what)
    local same = not found and not wrong and alike(known, name) or {}
    if same[2] then
      local text = "no %s was called %q, and %d look the same: write %s"
      complain(r, record.path, text, what, name, #same, keys_of(same))
      return nil, true
    end
    if found or same[1] then return found or same[1] end
  end
end

-- Complain where another record of KNOWN has the name that T is to get, or one that looks the same.
local function check_free(r, known, t, what)
  for _, other in ipairs(t.rename and alike(known, t.name) or {}) do
    if other ~= t.now then
      local text = "%s %q cannot be renamed to %q: there is one called %q, with the key %d"
      complain(r, t.path, text, what, t.rename, t.name, other.name, other.id)
    end
  end
end

-- The present record whose name looks the same as that of RECORD, which has no other: created
-- beside it, no person could tell the two apart. Its own name is kept. A second value: there are
-- several, or it would be deleted, and that was said.
local function look_alike(r, targets, known, record, what)
  local name = not record.id and record.name
  local others = name and alike(known, name) or {}
  local first = others[1]
  if first and (others[2] or record.state == "absent") then
    local text = "there is no %s %q, and %q looks the same: write that name, or %s"
    complain(r, record.path, text, what, name, first.name, keys_of(others))
    return nil, true
  end
  local creates = name and not first and record.state ~= "absent"
  local other = creates and targets.by_fold[core.fold(name)]
  if other then
    complain(r, record.path, "%s %q and %q look the same", what, other, name)
    return nil, true
  end
  return first
end

-- What a record of the file means, by its key and its name.
local function target(r, targets, known, record, what)
  if record.id and record.state == "absent" and not known.by_id[record.id] then return end
  local now, wrong = find(r, known, record, record.path, what)
  local is = record.state ~= "absent"
  local old
  if is and not now and not wrong then
    old, wrong = former(r, known, record, what)
  end
  local t = { now = now or old or nil, is = is, wanted = record, path = record.path }
  t.name = record.name or now and now.name or nil
  if not now and not old and not wrong then
    now, wrong = look_alike(r, targets, known, record, what)
    t.now, t.name = now, now and now.name or t.name
  end
  if is and record.name then targets.by_fold[core.fold(record.name)] = record.name end
  if old then t.rename = old.name end
  if record.id and record.name and now and now.name ~= record.name then
    t.rename, t.name = now.name, record.name
  end
  check_free(r, known, t, what)
  if not t.now then
    if wrong then return end
    if not is then
      targets.absent[t.name or false] = true -- it is not there, as the file wants
      return
    end
    t.key, r.next_key = r.next_key, r.next_key - 1
  else
    t.key = t.now.id
  end
  if targets.by_key[t.key] then
    return complain(r, record.path, "%s %q is named twice", what, t.name)
  end
  targets.by_key[t.key], targets[#targets + 1] = t, t
  targets.by_name[t.name], targets.by_name[record.name or t.name] = t, t
  for _, name in ipairs(record.previously or {}) do -- the file may still use a former name
    local other = known.by_name[name]
    if not other or other[1] == t.now then targets.by_name[name] = targets.by_name[name] or t end
  end
end

local function targets_of(r, list, known, what)
  local targets = { by_key = {}, by_name = {}, by_fold = {}, absent = {} }
  for _, record in ipairs(list) do
    target(r, targets, known, record, what)
  end
  return targets
end

-- The key that REFERENCE of a person or group means: of the file first, then of the present.
local function key_of(r, targets, known, reference, path, what)
  local own = reference.name and targets.by_name[reference.name]
  if own then return own.key, own.name end
  if targets.absent[reference.name] then return nil end
  local record, wrong = find(r, known, reference, path, what)
  if not record and not wrong then
    local same = alike(known, reference.name)
    record = not same[2] and same[1] or nil
  end
  if record then return record.id, record.name end
  own = not wrong and targets.by_name[targets.by_fold[core.fold(reference.name)]]
  if own then return own.key, own.name end
  if not wrong then
    local best = near.name(reference.name, known.names)
    local advice = best and (", did you mean %q?"):format(best)
      or ("; to create it, write it under %ss (.lua or .json)"):format(what)
    complain(r, path, "there is no %s %q%s", what, reference.name, advice)
  end
end

-- One membership that is not known to be right. Notes names that need no further look.
local function resolve_one(r, record, field, reference, map)
  local what, path = field:sub(1, -2), desired.path(record, field, reference)
  local key = key_of(r, r[field], r.known[field], reference, path, what)
  local own = key and r[field].by_key[key]
  local other = key and map[key]
  if other and (other.is ~= reference.is or other.role ~= reference.role) then
    complain(r, path, "%s stands twice, and differently", desired.label(reference))
  elseif own and not own.is and reference.is then
    complain(r, path, "%s %q is absent in this file", what, own.name)
  elseif key then
    map[key] = reference
    if not reference.id and not (own and not own.is) then
      r.resolved[field][reference.name] = key
    end
  end
end

--- The memberships of RECORD in FIELD ("groups" or "workspaces"): {[key] = membership}; empty where
--- it has no such field.
function M.memberships(r, record, field)
  local resolved, map = r.resolved[field], {}
  for _, reference in ipairs(record[field] or {}) do
    local key = not reference.id and resolved[reference.name]
    if key and map[key] == nil then
      map[key] = reference
    else
      resolve_one(r, record, field, reference, map)
    end
  end
  return map
end

--- STATE against PRESENT: { groups =, workspaces = targets, known =, problems = }.
function M.start(state, present)
  local r = {
    problems = {},
    next_key = -1,
    resolved = { groups = {}, workspaces = {} }, -- keys of names of which nothing is to be said
    known = { groups = index(present.groups), workspaces = index(present.workspaces) },
  }
  local o, now = state.organization, present.organization
  if o and (o.id or now.id) ~= now.id or o and o.name and o.name ~= now.name then
    local text = "the file is for %s, and this is %q (%d): --org chooses another"
    complain(r, { "organization" }, text, desired.label(o), now.name, now.id)
  end
  r.workspaces = targets_of(r, state.workspaces, r.known.workspaces, "workspace")
  r.groups = targets_of(r, state.groups, r.known.groups, "group")
  return r
end

return M
