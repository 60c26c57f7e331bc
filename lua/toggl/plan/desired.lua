-- A desired state as people write it (lists or maps, names or keys) made into one normal form, and
-- checked: everything that is wrong or contradicts itself is found at once, with its place.
--
-- Normal form: { organization = {name=|id=}, timezone =, exact = {[word] = true},
--   people = {{ email =, key = folded, role =, state =, name =, ends =, workspaces =, groups =,
--     path = }, ...}, groups = {{ name=|id=, state =, workspaces =, previously =, path = }, ...},
--   workspaces = likewise }. Memberships are {{ name=|id=, is = true|false, role = }, ...}.

local core = require "toggl.core"
local near = require "toggl.text.near"
local schema = require "toggl.plan.schema"

local M = {}

local function show(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

local function complain(found, path, format, ...)
  found[#found + 1] = {
    path = table.move(path, 1, #path, 1, {}),
    text = select("#", ...) > 0 and format:format(...) or format,
  }
end

local function at(path, part)
  local deeper = table.move(path, 1, #path, 1, {})
  deeper[#deeper + 1] = part
  return deeper
end

local function did_you_mean(word, words)
  local best = near.name(word, { table.unpack(words) })
  return best and (", did you mean %q?"):format(best) or ""
end

local function is_before(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

-- The keys of a map in one order: positions first, then names.
local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    keys[#keys + 1] = key
  end
  if keys[2] then table.sort(keys, is_before) end
  return keys
end

-- JSON's null stands for what is not said.
local function filled(value)
  if value == core.null then return nil end
  return value
end

-- ------------------------------------------------------------------------------------------ values

local readers = {}

function readers.string(found, value, path)
  if type(value) == "string" and value:find "%S" then return value end
  complain(found, path, "must be a text, got %s", show(value))
end

function readers.words(found, value, path, field)
  for _, word in ipairs(field.words) do
    if word == value then return value end
  end
  complain(
    found,
    path,
    "%s is none of: %s%s",
    show(value),
    table.concat(field.words, ", "),
    type(value) == "string" and did_you_mean(value, field.words) or ""
  )
end

function readers.id(found, value, path)
  if math.type(value) == "integer" and value > 0 then return value end
  complain(found, path, "must be a key, which is an integer, got %s", show(value))
end

local DAYS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_day(text)
  local y, m, d = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  if not y or m < 1 or m > 12 then return false end
  local leap = m == 2 and (y % 4 == 0 and y % 100 ~= 0 or y % 400 == 0) and 1 or 0
  return d >= 1 and d <= DAYS[m] + leap
end

function readers.date(found, value, path)
  if type(value) == "string" and is_day(value) then return value end
  complain(found, path, "must be a day such as 2026-12-31, got %s", show(value))
end

function readers.names(found, value, path, field)
  local names = {}
  if type(value) ~= "table" then value = { value } end
  for i, key in ipairs(sorted_keys(value)) do
    local reader = field.words and readers.words or readers.string
    names[i] = reader(found, value[key], at(path, key), field)
  end
  return names
end

function readers.reference(found, value, path)
  if type(value) == "string" and value ~= "" then return { name = value } end
  if type(value) == "table" and math.type(filled(value.id)) == "integer" and not value.name then
    return { id = value.id }
  end
  complain(found, path, "must be a name, or { id = } where two have one name, got %s", show(value))
end

-- One membership: NAME is the key of a map, or nil in a list.
local function membership(found, name, value, path, field)
  local item, role = { is = true }, nil
  if type(value) == "table" then
    for key in pairs(value) do
      if key ~= "id" and key ~= "name" and not (key == "role" and field.words) then
        complain(found, at(path, key), "unknown field %s", show(key))
      end
    end
    item.id, item.name, role = filled(value.id), filled(value.name) or name, filled(value.role)
    if item.id then readers.id(found, item.id, path) end
  elseif name then
    item.name = name
    if type(value) == "boolean" then
      item.is = value
    else
      role = value
    end
  else
    item.name = value
  end
  if type(item.name) ~= "string" and not item.id then
    complain(found, path, "must be a name or { id = }, got %s", show(value))
    return nil
  end
  if role ~= nil and not field.words then
    complain(found, path, "must be true or false, got %s", show(role))
  elseif role ~= nil then
    item.role = readers.words(found, role, path, field)
  end
  return item
end

function M.label(reference)
  return reference.id and ("{ id = %d }"):format(reference.id) or ("%q"):format(reference.name)
end

function readers.memberships(found, value, path, field)
  if type(value) ~= "table" then value = { value } end
  local list, seen = {}, {}
  for _, key in ipairs(sorted_keys(value)) do
    local place, entry = at(path, key), filled(value[key])
    local item = entry ~= nil
      and membership(found, type(key) == "string" and key or nil, entry, place, field)
    if item then
      item.path = place
      local name = item.id or item.name
      local other = seen[name]
      if other and (other.is ~= item.is or other.role ~= item.role) then
        complain(found, place, "%s stands twice, and differently", M.label(item))
      elseif not other then
        list[#list + 1] = item
      end
      seen[name] = other or item
    end
  end
  return list
end

-- ----------------------------------------------------------------------------------------- records

local function read_fields(found, kind, value, path)
  local record, depth = { path = path }, #path + 1
  for _, name in ipairs(sorted_keys(value)) do
    local field = type(name) == "string" and schema.field(kind, name)
    local given = filled(value[name])
    if not field then
      local hint = type(name) == "string" and did_you_mean(name, schema.names(kind)) or ""
      complain(found, at(path, name), "unknown field %s%s", show(name), hint)
    elseif given ~= nil then
      path[depth] = name -- for as long as its reader runs
      record[name] = readers[field.type](found, given, path, field)
      path[depth] = nil
    end
  end
  return record
end

function readers.records(found, value, path, field)
  local list = {}
  if type(value) ~= "table" then
    complain(found, path, "must be a table, got %s", show(value))
    return list
  end
  for _, key in ipairs(sorted_keys(value)) do
    local place, entry = at(path, key), filled(value[key])
    if entry == nil or entry == true then entry = {} end
    if type(key) == "number" and type(entry) == "string" then entry = { [field.key] = entry } end
    if type(entry) ~= "table" then
      complain(found, place, "must be a table, got %s", show(entry))
    else
      local record = read_fields(found, field.of, entry, place)
      if type(key) == "string" then
        if record[field.key] and record[field.key] ~= key then
          complain(found, place, "%s says %s = %s", show(key), field.key, show(record[field.key]))
        end
        record[field.key] = key
      end
      if record[field.key] or record.id then
        list[#list + 1] = record
      else
        complain(found, place, "has no %s", field.key)
      end
    end
  end
  return list
end

-- ---------------------------------------------------------------------------------- contradictions

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do
    if k ~= "path" and not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if k ~= "path" and a[k] == nil then return false end
  end
  return true
end

-- The first of what stands more than once, in the order of the list; others must be equal to it.
local function merge(found, list, key_of, what)
  local kept, by_key = {}, {}
  for _, record in ipairs(list) do
    local key = key_of(record)
    local other = by_key[key]
    if not other then
      by_key[key], kept[#kept + 1] = record, record
    elseif record.email and record.email ~= other.email then
      complain(
        found,
        record.path,
        "%s and %s are one address: they differ by case alone",
        record.email,
        other.email
      )
    elseif not same(record, other) then
      complain(found, record.path, "%s %s stands twice, and differently", what, key)
    end
  end
  return kept
end

local function is_address(text) return text:find "^[^%s@,;<>]+@[^%s@,;<>]+$" ~= nil end

local NOT_OF_ABSENT = { "role", "name", "ends", "workspaces", "groups" }

local function check_person(found, person, absent_groups)
  if not is_address(person.email) then
    complain(found, person.path, "%q is not an e-mail address", person.email)
  end
  for _, name in ipairs(NOT_OF_ABSENT) do
    local has = person[name]
    if person.state == "absent" and has and (type(has) ~= "table" or #has > 0) then
      complain(found, person.path, "%s is absent, and has %s", person.email, name)
    end
  end
  for _, group in ipairs(person.groups or {}) do
    if group.is and absent_groups[M.label(group)] then
      complain(
        found,
        group.path or person.path,
        "%s is in group %s, which is absent",
        person.email,
        M.label(group)
      )
    end
  end
end

-- A former name belongs to one record, and is no present one.
local function check_former(found, list, what)
  local now, former = {}, {}
  for _, record in ipairs(list) do
    if record.name and record.state ~= "absent" then now[record.name] = record end
  end
  for _, record in ipairs(list) do
    for _, name in ipairs(record.previously or {}) do
      if now[name] and now[name] ~= record then
        complain(found, record.path, "previously %q: that is a %s of this file", name, what)
      elseif former[name] and former[name] ~= record then
        complain(found, record.path, "previously %q: so was another %s", name, what)
      end
      former[name] = record
    end
  end
end

--- VALUE, a plain table, in normal form. A second value lists what is wrong: {{path =, text =}, ...}
--- in the order of the text; empty where all is well.
function M.normal(value)
  local found = {}
  if type(value) ~= "table" then
    complain(found, {}, "a desired state is a table, got %s", type(value))
    return nil, found
  end
  local state = read_fields(found, "desired", value, {})
  for _, person in ipairs(state.people or {}) do
    person.key = core.fold(person.email)
  end
  state.people = merge(found, state.people or {}, function(p) return p.key end, "person")
  state.groups = merge(found, state.groups or {}, M.label, "group")
  state.workspaces = merge(found, state.workspaces or {}, M.label, "workspace")
  local absent, exact = {}, {}
  for _, group in ipairs(state.groups) do
    absent[M.label(group)] = group.state == "absent" or nil
  end
  for _, person in ipairs(state.people) do
    check_person(found, person, absent)
  end
  check_former(found, state.groups, "group")
  check_former(found, state.workspaces, "workspace")
  for _, word in pairs(state.exact or {}) do
    exact[word] = true
  end
  state.exact = exact
  table.sort(state.people, function(a, b) return a.key < b.key end)
  return state, found
end

return M
