-- Return the LuaCATS types of parameters, fields and keys, from the rows.
--
-- Each type of a union in an alias has its own line: analyzers read a union on one line only to its
-- first bar.

local core = require "toggl.core"
local describe = require "toggl.words.describe"

local M = {}

local PLAIN =
  { integer = "integer", number = "number", boolean = "boolean", string = "string", any = "any" }

-- Extra type of list items: { assert(org:user(address)) } ends with the nil error of assert.
local spare = ""

--- Choose the file that the types are for. RAISING: a failed call raises there.
function M.set_raising(raising) spare = raising and "" or "|toggl.error?" end

-- Return the type of a list.
local function list_of(item)
  if item:find "toggl" then item = item .. spare end
  return (item:find "[|{(]" and "(%s)[]" or "%s[]"):format(item)
end

--- Return words as a type: "a"|"b".
function M.words(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = ('"%s"'):format(word)
  end
  return table.concat(quoted, "|")
end

-- -------------------------------------------------------------------------------------------- keys

-- Models whose records hold their own key, by kind of key: such records can be passed for it.
local holders = {}
for _, model in ipairs(core.models) do
  for _, f in ipairs(model.fields) do
    if f.self then
      holders[f.key] = holders[f.key] or {}
      table.insert(holders[f.key], model.name)
    end
  end
end

-- {[class] = number of its models}
local sizes = {}
for _, model in ipairs(core.models) do
  if model.class then sizes[model.class] = (sizes[model.class] or 0) + 1 end
end

-- Classes with methods. EmmyLua accepts any table for a class without one.
local has_methods = {}
for _, rows in ipairs { core.operations, require "toggl.words.methods" } do
  for _, row in ipairs(rows) do
    has_methods[row.class] = true
  end
end

-- Return the types of records that hold a key: the class, if all of its models do.
local function record_types(key)
  local of, list, seen = {}, {}, {}
  for _, name in ipairs(holders[key] or {}) do
    local class = core.models[name].class
    if class then of[class] = (of[class] or 0) + 1 end
  end
  for _, name in ipairs(holders[key] or {}) do
    local class = core.models[name].class
    local whole = class and has_methods[class] and of[class] == sizes[class]
    local one = whole and "toggl." .. class or "toggl.model." .. name
    if not seen[one] then list[#list + 1] = one end
    seen[one] = true
  end
  return list
end

local function add_alias(out, name, types)
  out[#out + 1] = "\n---@alias " .. name
  for _, t in ipairs(types) do
    out[#out + 1] = "---| " .. t
  end
end

local function prefixed(prefix, names)
  local list = {}
  for i, name in ipairs(names or {}) do
    list[i] = prefix .. name
  end
  return list
end

-- Return the type of the value in a table that names a key: {user_id = 2}, {user_id = user}.
local function value_of(key) return holders[key] and "toggl.value." .. key or "integer" end

local function table_of(key) return ("{%s: %s}"):format(key, value_of(key)) end

-- Keys by which a finder accepts a person.
local PERSON = { "user_id", "organization_user_id", "invitation_id" }

-- Arguments of methods that take people or workspaces, one or a list.
local VERBS = {
  { "toggl.people", "organization_user_id" },
  { "toggl.workspaces", "workspace_id" },
  { "toggl.members", "user_id", "workspace_id" },
}

local function add_verbs(out)
  for _, row in ipairs(VERBS) do
    local list, one = {}, {}
    for i = 2, #row do
      one[i - 1] = "toggl.key." .. row[i]
      list[#list + 1] = one[i - 1]
      list[#list + 1] = "toggl.keys." .. row[i]
    end
    if one[2] then list[#list + 1] = list_of(table.concat(one, "|")) end
    add_alias(out, row[1], list)
  end
end

local function add_person(out)
  local list, seen = {}, {}
  for _, key in ipairs(PERSON) do
    for _, one in ipairs(record_types(key)) do
      local class = core.models[one:match "model%.(.*)" or ""]
      local within = class and class.class and seen["toggl." .. class.class]
      if not seen[one] and not within then list[#list + 1] = one end
      seen[one] = true
    end
  end
  for _, key in ipairs(PERSON) do
    list[#list + 1] = table_of(key)
  end
  list[#list + 1] = "{email: string}"
  list[#list + 1] = "{name: string}"
  add_alias(out, "toggl.person", list)
end

--- Add the aliases of keys to OUT, a list of lines: toggl.value.KEY, its number or an object that
--- holds it; toggl.key.KEY, an object or {KEY = value}; toggl.keys.KEY, a list of these; and
--- toggl.person, and what verbs take.
function M.add_keys(out)
  for _, row in ipairs(core.keys) do
    local key = row.field
    if holders[key] then
      local models = record_types(key)
      add_alias(out, "toggl.value." .. key, { "integer", table.unpack(models) })
      models[#models + 1] = table_of(key)
      add_alias(out, "toggl.key." .. key, models)
      local lists = prefixed("toggl.list.", holders[key])
      local one = "toggl.key." .. key
      add_alias(out, "toggl.keys." .. key, { list_of(one), table.unpack(lists) })
      local number = list_of("integer|" .. one)
      add_alias(out, "toggl.numbers." .. key, { number, table.unpack(lists) })
    end
  end
  add_person(out)
  add_verbs(out)
end

-- Return whether a bare number is accepted for this key.
local function takes_number(p) return describe.key_hint(p):find "number" ~= nil end

local function key_type(p)
  local key = holders[p.key] and "toggl.key." .. p.key or table_of(p.key)
  return takes_number(p) and "integer|" .. key or key
end

-- Return the type of a list of keys; a `joined` parameter also accepts one key.
local function keys_type(p)
  if not holders[p.key] then return ("(%s)[]"):format(key_type(p)) end
  local list = (takes_number(p) and "toggl.numbers." or "toggl.keys.") .. p.key
  return p.joined and ("%s|%s"):format(list, key_type(p)) or list
end

-- ------------------------------------------------------------------------------ parameters, fields

-- Return the type of keys whose kind depends on another field: "path /users user_id /workspaces
-- workspace_id".
local function keys_by(f)
  local types = { "integer[]" }
  for key in f.key_by:gmatch "/%S+ (%S+)" do
    types[#types + 1] = "toggl.keys." .. key
  end
  return table.concat(types, "|")
end

local function one_type(p, kind)
  if p.key then return key_type(p) end
  if kind == "record" then return p.model and "toggl.item." .. p.model or "table" end
  if kind == "string" and p.words then return M.words(p.words) end
  return kind == "time" and "string|integer" or PLAIN[kind] or "any"
end

-- Models of the lists in replies.
local listed = {}
for _, model in ipairs(core.models) do
  for _, f in ipairs(model.fields) do
    if f.type == "list" and f.model then listed[f.model] = true end
  end
end

--- Return the type of a parameter.
function M.parameter(p)
  if p.key_by then return keys_by(p) end
  if p.type == "list" then
    if p.key then return keys_type(p) end
    local list = list_of(one_type(p, p.item))
    if p.item == "record" and listed[p.model] then list = list .. "|toggl.list." .. p.model end
    return p.joined and list .. "|string" or list
  end
  return p.type == "map" and "table<string, string>" or one_type(p, p.type)
end

-- Return the models that parameters accept as plain tables.
local function given_models()
  local is, list = {}, {}
  local function add(fields)
    for _, f in ipairs(fields) do
      if f.model and not is[f.model] then
        is[f.model] = true
        list[#list + 1] = f.model
        add(core.models[f.model].fields)
      end
    end
  end
  for _, op in ipairs(core.operations) do
    add(op.params)
  end
  return list
end

--- Add what parameters take in place of a record: toggl.given.MODEL, a plain table, and
--- toggl.item.MODEL: that, the record itself, or an object that holds its required key.
function M.add_given(out)
  for _, name in ipairs(given_models()) do
    local model = core.models[name]
    out[#out + 1] = ("\n---%s\n---@class toggl.given.%s"):format(model.doc, name)
    local types = { "toggl.given." .. name, "toggl.model." .. name }
    for _, f in ipairs(model.fields) do
      out[#out + 1] = ("---@field %s%s %s %s"):format(
        f.name,
        f.required and "" or "?",
        M.parameter(f),
        f.doc
      )
      for _, holder in ipairs(f.required and f.key and record_types(f.key) or {}) do
        types[#types + 1] = holder
      end
    end
    add_alias(out, "toggl.item." .. name, types)
  end
end

--- Return the type of a field of a record.
function M.field(f)
  if f.type == "list" then
    if f.model then return "toggl.list." .. f.model end
    return (PLAIN[f.item] or "any") .. "[]"
  end
  if f.type == "record" then return f.model and "toggl.model." .. f.model or "table" end
  if f.type == "map" then return "table<string, any>" end
  return f.words and M.words(f.words) or f.type == "time" and "string" or PLAIN[f.type] or "any"
end

--- Return whether every record of the model has this field: its own key, but of a person only `id`,
--- since invited people have no user_id.
function M.is_certain(model, f) return f.self and (f.name == "id" or model.class ~= "user") end

--- Return the field that `id` stands for where the model has none of that name, or nil.
function M.own_key(model)
  local own
  for _, f in ipairs(model.fields) do
    if f.name == "id" then return nil end
    if f.self and not own then own = f end
  end
  return own and takes_number { key = own.key } and own or nil
end

return M
