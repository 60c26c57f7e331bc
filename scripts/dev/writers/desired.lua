-- Write share/desired.schema.json and the LuaCATS types of a desired state from the table of its
-- fields.

local json = require "toggl.text.json"
local schema = require "toggl.plan.schema"

local M = {}

local function reference(kind) return { ["$ref"] = "#/$defs/" .. kind } end

local function any_of(...) return { anyOf = json.array { ... } } end

local NAMED = {
  type = "object",
  properties = { id = { type = "integer", minimum = 1 }, name = { type = "string" } },
}

-- Functions that return the JSON Schema of a type of field.
local types = {}

function types.string() return { type = "string", pattern = "\\S" } end

function types.id() return { type = "integer", minimum = 1 } end

function types.words(field) return { enum = json.array { table.unpack(field.words) } } end

function types.date() return { type = "string", pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" } end

function types.reference()
  return any_of({ type = "string" }, {
    type = "object",
    properties = { id = { type = "integer", minimum = 1 } },
    required = json.array { "id" },
    additionalProperties = false,
  })
end

function types.names(field)
  local item = field.words and types.words(field) or types.string()
  return any_of(item, { type = "array", items = item })
end

function types.memberships(field)
  local words = json.array { true, false }
  local object = { type = "object", additionalProperties = false, properties = {} }
  for name, property in pairs(NAMED.properties) do
    object.properties[name] = property
  end
  for _, word in ipairs(field.words or {}) do
    words[#words + 1] = word
  end
  if field.words then object.properties.role = types.words(field) end
  return any_of(
    { type = "string" },
    { type = "array", items = any_of({ type = "string" }, object) },
    { type = "object", additionalProperties = any_of({ enum = words }, object) }
  )
end

function types.records(field)
  local item = reference(field.of)
  return any_of(
    { type = "object", additionalProperties = item },
    { type = "array", items = any_of({ type = "string" }, item) }
  )
end

local function nullable(shape)
  if shape.anyOf then
    table.insert(shape.anyOf, { type = "null" })
    return shape
  end
  return any_of(shape, { type = "null" })
end

local function object_of(kind)
  local row = schema.kinds[kind]
  local object =
    { type = "object", description = row.doc, properties = {}, additionalProperties = false }
  for _, field in ipairs(row.fields) do
    local shape = nullable(types[field.type](field))
    shape.description = field.doc
    object.properties[field.name] = shape
  end
  return object
end

--- Return the JSON Schema.
function M.schema()
  local root = object_of "desired"
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
  root.title = "Desired state of a Toggl Track organization"
  root["$defs"] = {}
  for _, kind in ipairs(schema.order) do
    if kind ~= "desired" then root["$defs"][kind] = object_of(kind) end
  end
  local order = { "$schema", "title", "description", "type", "properties" }
  return assert(json.encode(root, { indent = 2, order = order })) .. "\n"
end

local function words_of(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = ("%q"):format(word)
  end
  return table.concat(quoted, "|")
end

local cats = {
  string = function() return "string" end,
  date = function() return "string" end,
  id = function() return "integer" end,
  reference = function() return "string|{id: integer}" end,
  words = function(field) return words_of(field.words) end,
  names = function(field)
    return field.words and ("(%s)[]"):format(words_of(field.words)) or "string[]"
  end,
  memberships = function(field)
    local words = field.words and "|" .. words_of(field.words) or ""
    return (
      "table<string|integer, "
      .. "string|boolean%s|{id: integer?, name: string?, role: string?}>"
    ):format(words)
  end,
  records = function(field)
    return ("table<string|integer, toggl.desired.%s|string>"):format(field.of)
  end,
}

--- Add the LuaCATS classes to OUT, a list of lines.
function M.add_types(out)
  for _, kind in ipairs(schema.order) do
    local row = schema.kinds[kind]
    local class = kind == "desired" and "toggl.desired" or "toggl.desired." .. kind
    out[#out + 1] = ("\n---%s\n---@class %s"):format(row.doc, class)
    for _, field in ipairs(row.fields) do
      out[#out + 1] = ("---@field %s? %s %s"):format(field.name, cats[field.type](field), field.doc)
    end
  end
end

return M
