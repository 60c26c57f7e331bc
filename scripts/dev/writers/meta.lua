-- lua/toggl/meta.lua: LuaCATS types and docs of the module, for editors.

local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local methods = require "toggl.words.methods"

local HEAD = [[
---@meta toggl
-- Types of the module for editors. Made by scripts/dev/gen; lua/toggl/init.lua is the module.
error("toggl.meta is for editors, and not to be required", 0)

---@alias toggl.null lightuserdata JSON null as a value
---@alias toggl.person
---| toggl.record | toggl.list | toggl.record[]
---| {user_id: integer} | {organization_user_id: integer} | {invitation_id: integer}
---| {email: string} | {name: string}
---@alias toggl.workspace_key toggl.record|{workspace_id: integer}
]]

-- ------------------------------------------------------------------------------------------- types

local PLAIN =
  { integer = "integer", number = "number", boolean = "boolean", string = "string", any = "any" }

local function words_type(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = ('"%s"'):format(word)
  end
  return table.concat(quoted, "|")
end

-- The types that a parameter takes where a key is required.
local function key_type(p)
  local bare = describe.key_hint(p):find "number" and "integer|" or ""
  return ("%stoggl.record|{%s: integer}"):format(bare, p.key)
end

local function one_type(p, kind)
  if p.key then return key_type(p) end
  if kind == "record" then
    return p.model and ("toggl.model.%s|table"):format(p.model) or "table"
  end
  if kind == "string" and p.words then return words_type(p.words) end
  return kind == "time" and "string|integer" or PLAIN[kind] or "any"
end

local function parameter_type(p)
  if p.type == "list" then
    local item = one_type(p, p.item)
    local list = (item:find "[|{]" and "(%s)[]" or "%s[]"):format(item)
    if p.key or p.item == "record" then list = list .. "|toggl.list" end
    return p.joined and ("%s|%s"):format(list, p.key and item or "string") or list
  end
  return p.type == "map" and "table<string, string>" or one_type(p, p.type)
end

local function field_type(f)
  if f.type == "list" then
    if f.model then return "toggl.list." .. f.model end
    return (PLAIN[f.item] or "any") .. "[]"
  end
  if f.type == "record" then return f.model and "toggl.model." .. f.model or "table" end
  if f.type == "map" then return "table<string, any>" end
  return f.words and words_type(f.words) or f.type == "time" and "string" or PLAIN[f.type] or "any"
end

local function key_name(name) return name:find "^%a[%w_]*$" and name or ('["%s"]'):format(name) end

-- ----------------------------------------------------------------------------------------- records

local function add_shapes(out)
  for _, shape in ipairs(facts.shapes) do
    out[#out + 1] = ("\n---%s\n---@class %s"):format(shape.doc, shape.class)
    for _, f in ipairs(shape.fields) do
      out[#out + 1] = ("---@field %s %s %s"):format(f.name, f.type, f.doc)
    end
  end
end

local function add_options(out, class, options)
  out[#out + 1] = "\n---@class " .. class
  for _, o in ipairs(options) do
    out[#out + 1] = ("---@field %s? %s %s"):format(o.name, o.type, o.doc)
  end
end

local function add_model(out, model)
  local base = model.class and "toggl." .. model.class or "toggl.record"
  out[#out + 1] = ("\n---%s\n---@class toggl.model.%s: %s"):format(model.doc, model.name, base)
  for _, f in ipairs(model.fields) do
    out[#out + 1] = ("---@field %s? %s %s"):format(key_name(f.name), field_type(f), f.doc)
  end
  out[#out + 1] = (
    "\n---@class toggl.list.%s: toggl.list\n" .. "---@field [integer] toggl.model.%s"
  ):format(model.name, model.name)
  out[#out + 1] = ("---@field each fun(self): fun(): toggl.model.%s?"):format(model.name)
end

-- ----------------------------------------------------------------------------------------- methods

local function reply_type(op)
  if op.reply == "record" then return "toggl.model." .. op.model end
  if op.reply == "list" then return "toggl.list." .. op.model end
  if op.reply == "map" then return ("table<integer, toggl.model.%s>"):format(op.model) end
  return core.shapes[op.reply].type
end

local function add_arguments(out, class, base, params)
  out[#out + 1] = ("\n---@class %s: %s"):format(class, base)
  for _, p in ipairs(params) do
    out[#out + 1] = ("---@field %s%s %s %s"):format(
      p.name,
      p.required and "" or "?",
      parameter_type(p),
      p.doc
    )
  end
end

-- The parameters of the method, and those of client.api, which include those that the object fills.
local function add_operation_arguments(out, op)
  local given, filled = describe.given(op), {}
  local is = {}
  for _, p in ipairs(given) do
    is[p] = true
  end
  for _, p in ipairs(op.params) do
    if not is[p] then filled[#filled + 1] = p end
  end
  add_arguments(out, "toggl.params." .. op.name, "toggl.call_options", given)
  if #filled > 0 then
    add_arguments(out, "toggl.args." .. op.name, "toggl.params." .. op.name, filled)
  end
end

local function needs(params)
  for _, p in ipairs(params) do
    if p.required or p.one_of then return true end
  end
  return false
end

local function add_docs(out, found)
  local op, row = found.op, found.op or found.row
  out[#out + 1] = "\n---"
    .. (found.each and ("Goes through what %s lists."):format(op.method) or row.doc)
  out[#out + 1] = "---"
  out[#out + 1] = "---Cost: " .. describe.cost(found) .. "."
  if not found.each and describe.repetition(found) then
    out[#out + 1] = "---Repeat: " .. describe.repetition(found) .. "."
  end
  if op and op.deprecated then out[#out + 1] = "---@deprecated" end
end

local function add_operation(out, found)
  local op = found.op
  add_docs(out, found)
  out[#out + 1] = ("---@param args%s toggl.params.%s"):format(
    needs(describe.given(op)) and "" or "?",
    op.name
  )
  if found.each then
    out[#out + 1] = ("---@return fun(): toggl.model.%s? next"):format(op.model)
  else
    out[#out + 1] = ("---@return %s? reply\n---@return toggl.error? err"):format(reply_type(op))
  end
  out[#out + 1] = ("function %s:%s(args) end"):format(found.class, found.name)
end

local function add_row(out, found)
  local row, names = found.row, {}
  local variable = row.class:gsub("%.", "_")
  add_docs(out, found)
  for i, p in ipairs(row.params or {}) do
    names[i] = p.name
    out[#out + 1] = ("---@param %s%s %s %s"):format(p.name, p.optional and "?" or "", p.type, p.doc)
  end
  if row.returns then
    local one = row.returns
      .. (row.fails and not row.returns:find "%?$" and row.returns ~= "any" and "?" or "")
    out[#out + 1] = "---@return " .. one
  end
  if row.second or row.fails then
    out[#out + 1] = ("---@return %s"):format(row.second or "toggl.error? err")
  end
  if row.second and row.fails and not row.second:find "error" then
    out[#out] = out[#out] .. "|toggl.error"
  end
  local mark = row.class:find "^toggl" and "." or ":"
  out[#out + 1] = ("function %s%s%s(%s) end"):format(
    variable,
    mark,
    row.name,
    table.concat(names, ", ")
  )
end

local BASES = { list = true, sandbox = true, task = true, client = true, record = true }
local PARTS = { "json", "csv", "show", "options", "sandbox" }

local function class_type(class)
  if class == "toggl.sandbox" then return "toggl.sandbox_module" end
  return class:find "^toggl" and class or "toggl." .. class
end

local function add_class_head(out, entry)
  local class, variable = entry.class, entry.class:gsub("%.", "_")
  local base = not class:find "^toggl" and not BASES[class] and ": toggl.record" or ""
  out[#out + 1] = ("\n---%s\n---@class %s%s"):format(entry.doc, class_type(class), base)
  if class == "client" then
    out[#out + 1] = "---@field api toggl.api Every operation by its official name."
  end
  for _, f in ipairs(class == "record" and facts.record_fields or {}) do
    out[#out + 1] = ("---@field %s %s %s"):format(f.name, f.type, f.doc)
  end
  if class == "toggl" then
    for _, f in ipairs(facts.module_fields) do
      out[#out + 1] = ("---@field %s %s %s"):format(f.name, f.type, f.doc)
    end
    for _, part in ipairs(PARTS) do
      out[#out + 1] = ("---@field %s %s"):format(part, class_type("toggl." .. part))
    end
  end
  out[#out + 1] = ("local %s = {}"):format(variable)
end

local function add_class(out, entry)
  add_class_head(out, entry)
  for _, row in ipairs(methods) do
    if row.class == entry.class then
      add_row(out, { row = row, class = row.class, name = row.name })
    end
  end
  for _, op in ipairs(core.operations) do
    local each = describe.each_name(op.method)
    for _, name in ipairs { op.method, op.reply == "list" and each or nil } do
      local found = op.class == entry.class and describe.find(entry.class, name)
      if found and found.op == op then add_operation(out, found) end
    end
  end
end

local function add_api(out)
  out[#out + 1] = "\n---Operations by their official names: reply and response, or nil and an "
    .. "error.\n---@class "
    .. "toggl.api"
  for _, op in ipairs(core.operations) do
    local kind = #describe.given(op) < #op.params and "args" or "params"
    out[#out + 1] = (
      "---@field %s fun(args%s: toggl.%s.%s): (%s)?, " .. "toggl.response|toggl.error %s"
    ):format(op.name, needs(op.params) and "" or "?", kind, op.name, reply_type(op), op.doc)
  end
end

--- Return the whole file.
return function()
  local out = { HEAD }
  add_shapes(out)
  require("desired").add_types(out)
  add_options(out, "toggl.client_options", facts.client_options)
  add_options(out, "toggl.call_options", facts.call_options)
  out[#out + 1] = "\n---@class toggl.request_options: toggl.call_options\n---@field query? "
    .. "table<string, "
    .. "string|integer|boolean>\n---@field body? any"
  for _, op in ipairs(core.operations) do
    add_operation_arguments(out, op)
  end
  for _, entry in ipairs(facts.classes) do
    add_class(out, entry)
  end
  for _, model in ipairs(core.models) do
    add_model(out, model)
  end
  add_api(out)
  out[#out + 1] = "\nreturn toggl\n"
  return table.concat(out, "\n")
end
