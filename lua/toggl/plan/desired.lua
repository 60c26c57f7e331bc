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
  if type(value) == "table" then return next(value) == nil and "an empty table" or "a table" end
  local kind = type(value)
  if kind == "userdata" then return "null" end
  if kind == "function" then return "a function" end
  return kind == "string" and ("%q"):format(value) or tostring(value)
end

local function complain(found, path, format, ...)
  found[#found + 1] = {
    path = table.move(path, 1, #path, 1, {}),
    text = select("#", ...) > 0 and format:format(...) or format,
  }
end

local function at(path, part)
  if #path == 1 then return { path[1], part } end -- of most records
  local deeper = table.move(path, 1, #path, 1, {})
  deeper[#deeper + 1] = part
  return deeper
end

local function did_you_mean(word, words)
  local best = near.name(word, words)
  return best and (", did you mean %q?"):format(best) or ""
end

local function is_before(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

-- The keys of a map in one order: positions first, then names.
local function sorted_keys(t)
  local first = next(t)
  if first == nil or next(t, first) == nil then return { first } end -- of most lists
  local keys, n, listed, named = {}, 0, true, true
  for key in next, t do
    n = n + 1
    keys[n], listed, named = key, listed and key == n, named and type(key) == "string"
  end
  if n > 1 and not listed then table.sort(keys, not named and is_before or nil) end
  return keys
end

local NULL = core.null -- of JSON, stands for what is not said

local function filled(value)
  if value == NULL then return nil end
  return value
end

-- ------------------------------------------------------------------------------------------ values

local readers = {}

function readers.string(found, value, path)
  if type(value) == "string" and value:find "%S" then return value end
  complain(found, path, "must be a text, got %s", show(value))
end

function readers.words(found, value, path, field)
  if field.set[value] then return value end
  local hint = type(value) == "string" and did_you_mean(value, field.words) or ""
  complain(found, path, "%s is none of: %s%s", show(value), table.concat(field.words, ", "), hint)
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
  local names, depth = {}, #path + 1
  if type(value) ~= "table" then value = { value } end
  for i, key in ipairs(sorted_keys(value)) do
    local reader = field.words and readers.words or readers.string
    path[depth] = key
    names[i] = reader(found, value[key], path, field)
    path[depth] = nil
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

-- A membership that is a table: of a list, or of a map under NAME.
local function full_membership(found, name, value, path, field, key)
  for _, word in ipairs(sorted_keys(value)) do
    if word ~= "id" and word ~= "name" and not (word == "role" and field.words) then
      complain(found, at(path, word), "unknown field %s", show(word))
    end
  end
  local id, role = filled(value.id), filled(value.role)
  if id then readers.id(found, id, path) end
  if role ~= nil then role = field.words and readers.words(found, role, path, field) or nil end
  return { is = true, name = filled(value.name) or name, role = role, at = key, id = id }
end

-- What stands under KEY of a list or map of memberships; nil where that is none.
local function membership(found, key, value, path, field)
  local name = type(key) == "string" and key or nil
  local item
  if type(value) == "table" then
    item = full_membership(found, name, value, path, field, key)
  elseif not name then
    item = { is = true, name = value, role = nil, at = key }
  elseif type(value) == "boolean" then
    item = { is = value, name = name, role = nil, at = key }
  else
    item = { is = true, name = name, role = value, at = key }
    if not field.words then
      complain(found, path, "must be true or false, got %s", show(value))
    else
      item.role = readers.words(found, value, path, field)
    end
  end
  if type(item.name) == "string" and item.name ~= "" or item.id then return item end
  local given = item.name == "" and "" or value
  complain(found, path, "must be a name or { id = }, got %s", show(given))
end

function M.label(reference)
  return reference.id and ("{ id = %s }"):format(reference.id) or ("%q"):format(reference.name)
end

--- The path of MEMBERSHIP in FIELD of RECORD.
function M.path(record, field, membership_)
  local path = at(record.path, field)
  path[#path + 1] = membership_.at
  return path
end

-- Is ITEM among the first N of LIST already? A different one of its name is a contradiction.
local function is_repeated(found, list, n, item, path)
  local name = item.id or item.name
  for i = 1, n do
    local other = list[i]
    if (other.id or other.name) == name then
      if other.is ~= item.is or other.role ~= item.role then
        complain(found, path, "%s stands twice, and differently", M.label(item))
      end
      return true
    end
  end
  return false
end

-- Note in KNOWN, {[key] = {[value] = membership}}, one that may be of other people as well.
local function new_membership(found, key, value, path, field, known)
  local before = #found
  local item = membership(found, key, value, path, field)
  if #found == before and type(value) ~= "table" then
    known[key] = known[key] or {}
    known[key][value] = item
  end
  return item
end

-- Most people have the same few memberships: equal ones of a field are one table.
function readers.memberships(found, value, path, field)
  if type(value) ~= "table" then value = { value } end
  local list, n, depth = sorted_keys(value), 0, #path + 1
  local known = found.known[field] or {}
  found.known[field] = known
  for i = 1, #list do -- the memberships take the places of their keys
    local key = list[i]
    local entry, of_key = value[key], known[key]
    local item = of_key and of_key[entry]
    list[i], path[depth] = nil, key -- for as long as it is read
    if not item and entry ~= NULL then
      item = new_membership(found, key, entry, path, field, known)
    end
    if item and not (n > 0 and is_repeated(found, list, n, item, path)) then
      n = n + 1
      list[n] = item
    end
    path[depth] = nil
  end
  return list
end

-- ----------------------------------------------------------------------------------------- records

-- Complain about each name in VALUE that is no field of KIND.
local function check_names(found, kind, value, path)
  for _, name in ipairs(sorted_keys(value)) do
    if type(name) ~= "string" or not schema.field(kind, name) then
      local hint = type(name) == "string" and did_you_mean(name, schema.names(kind)) or ""
      complain(found, at(path, name), "unknown field %s%s", show(name), hint)
    end
  end
end

-- PATH: of VALUE, for as long as it is read; PLACE: a copy that the record keeps.
local function read_fields(found, kind, value, path, place)
  local depth, unread = #path + 1, 0
  -- with room for the fields of a person, so that the table need not grow
  local record =
    { path = place, key = nil, email = nil, role = nil, workspaces = nil, groups = nil }
  for _ in next, value do
    unread = unread + 1
  end
  local fields = schema.kinds[kind].fields
  for i = 1, #fields do
    local field = fields[i]
    local name = field.name
    local given = value[name]
    if given ~= nil then
      unread = unread - 1
      path[depth] = name -- for as long as its reader runs
      if given ~= NULL then record[name] = readers[field.type](found, given, path, field) end
      path[depth] = nil
    end
  end
  if unread > 0 then check_names(found, kind, value, path) end
  return record
end

function readers.records(found, value, path, field)
  local list = {}
  if type(value) ~= "table" then
    complain(found, path, "must be a table, got %s", show(value))
    return list
  end
  local depth = #path + 1
  for _, key in ipairs(sorted_keys(value)) do
    local place, entry = at(path, key), filled(value[key])
    path[depth] = key -- for as long as it is read
    if entry == nil or entry == true then entry = {} end
    if type(key) == "number" and type(entry) == "string" then entry = { [field.key] = entry } end
    if type(entry) ~= "table" then
      complain(found, place, "must be a table, got %s", show(entry))
    else
      local record = read_fields(found, field.of, entry, path, place)
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
    path[depth] = nil
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
        "%s and %s are one address: they differ in case or in the form of a letter alone",
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
  if person.state ~= "absent" and not absent_groups then return end
  for _, name in ipairs(person.state == "absent" and NOT_OF_ABSENT or {}) do
    local has = person[name]
    if has and (type(has) ~= "table" or #has > 0) then
      complain(found, person.path, "%s is absent, and has %s", person.email, name)
    end
  end
  for _, group in ipairs(absent_groups and person.groups or {}) do
    if group.is and absent_groups[M.label(group)] then
      local text = "%s is in group %s, which is absent"
      complain(found, M.path(person, "groups", group), text, person.email, M.label(group))
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

-- Most files have them in this order already.
local function sort_people(people)
  for i = 2, #people do
    if people[i].key < people[i - 1].key then
      return table.sort(people, function(a, b) return a.key < b.key end)
    end
  end
end

--- VALUE, a plain table, in normal form. A second value lists what is wrong: {{path =, text =},
--- ...} in the order of the text; empty where all is well.
function M.normal(value)
  local found = { known = {} }
  if type(value) ~= "table" then
    complain(found, {}, "a desired state is a table, got %s", show(value))
    return nil, found
  end
  local state = read_fields(found, "desired", value, {}, {})
  state.groups = merge(found, state.groups or {}, M.label, "group")
  state.workspaces = merge(found, state.workspaces or {}, M.label, "workspace")
  local absent, exact = {}, {}
  for _, group in ipairs(state.groups) do
    absent[M.label(group)] = group.state == "absent" or nil
  end
  for _, person in ipairs(state.people or {}) do
    person.key = core.fold(person.email)
    check_person(found, person, next(absent) and absent or nil)
  end
  state.people = merge(found, state.people or {}, function(p) return p.key end, "person")
  check_former(found, state.groups, "group")
  check_former(found, state.workspaces, "workspace")
  for _, word in pairs(state.exact or {}) do
    exact[word] = true
  end
  state.exact = exact
  sort_people(state.people)
  found.known = nil
  return state, found
end

return M
