-- Write the LuaCATS types and docs of the module for editors, in two files with the same names:
--
--   lua/toggl/meta.lua                            for programs: a failed call returns nil, err
--   share/lls/togglsh/library/toggl.lua           for scripts of togglsh: a failed call raises, and
--                                                 client, org, toggl and arg are globals
--
-- and for both a file for each other name that require takes, share/lls/togglsh/library/toggl/*.

local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local methods = require "toggl.words.methods"
local types = require "types"

-- `require "toggl.meta"` finds the file for programs. Only require passes a name. Behind a call,
-- because EmmyLua takes code after `if ... then error() end` as unreachable: it found no type in
-- the file where that stands alone, as in an installation.
local PROGRAM_HEAD = [[
---@meta toggl
-- Types of the module for editors. Made by scripts/dev/gen; lua/toggl/module.lua is the module.
local function refuse(name)
  if name then error("toggl.meta is for editors, and not to be required", 0) end
end
refuse(...)
]]
local SCRIPT_HEAD = [[
---@meta toggl
-- Types for editors of what togglsh runs: a failed call raises, and client, org, toggl and arg are
-- globals. Made by scripts/dev/gen.

---The client of this run, made on first use.
---@type toggl.client
client = {}

---The organization of --org, of the profile, or the only one.
---@type toggl.model.organization
org = {}

---@type toggl
toggl = {}

---@type toggl.arg
arg = {}

---In a file of rules: deny a plan in which the function returns true or a reason for a person.
---@param why string
---@param rule fun(person: table): any
function deny(why, rule) end

---In the start file of the prompt: run a line as if it was typed.
---@param line string
function prompt(line) end
]]
local NULL = "---@alias toggl.null lightuserdata JSON null as a value"

local raising -- whether a failed call raises, in the file that is being written

local function key_name(name) return name:find "^%a[%w_]*$" and name or ('["%s"]'):format(name) end

-- ----------------------------------------------------------------------------------------- records

local function add_fields(out, fields)
  for _, f in ipairs(fields or {}) do
    local type = raising and f.raises or f.type
    out[#out + 1] = ("---@field %s %s %s"):format(f.name, type, f.doc)
  end
end

-- Add the shapes without methods; the others are written with their methods.
local function add_shapes(out)
  for _, shape in ipairs(facts.shapes) do
    if not describe.classes[shape.class:match "^toggl%.(.*)"] then
      local base = shape.base and ": " .. shape.base or ""
      out[#out + 1] = ("\n---%s\n---@class %s%s"):format(shape.doc, shape.class, base)
      add_fields(out, shape.fields)
    end
  end
end

-- EmmyLua takes what pcall returns of a failed call for a text, whose fields would be unknown.
local function add_raised(out)
  for _, shape in ipairs(facts.shapes) do
    if shape.class == "toggl.error" then
      out[#out + 1] = "\n---What a failed call raises is a toggl.error."
      out[#out + 1] = "---@class string"
      add_fields(out, shape.fields)
    end
  end
end

local function add_options(out, class, options)
  out[#out + 1] = "\n---@class " .. class
  for _, o in ipairs(options) do
    out[#out + 1] = ("---@field %s? %s %s"):format(o.name, o.type, o.doc)
  end
end

-- What each_ methods return: a loop calls it.
local function add_loop(out, model)
  out[#out + 1] = ("\n---@class toggl.each.%s"):format(model.name)
  add_fields(out, facts.loop_fields)
  out[#out + 1] = ("---@overload fun(): toggl.model.%s?"):format(model.name)
end

local function add_model(out, model)
  local base = model.class and "toggl." .. model.class or "toggl.record"
  out[#out + 1] = ("\n---%s\n---@class toggl.model.%s: %s"):format(model.doc, model.name, base)
  for _, f in ipairs(model.fields) do
    out[#out + 1] = ("---@field %s%s %s %s"):format(
      key_name(f.name),
      types.is_certain(model, f) and "" or "?",
      types.field(f),
      f.doc
    )
  end
  local own = types.own_key(model)
  if own then out[#out + 1] = ("---@field id integer The same as %s."):format(own.name) end
  out[#out + 1] = (
    "\n---@class toggl.list.%s: toggl.list\n" .. "---@field [integer] toggl.model.%s"
  ):format(model.name, model.name)
  out[#out + 1] = ("---@field each fun(self): fun(): toggl.model.%s?"):format(model.name)
  out[#out + 1] = ("---@field table fun(self): toggl.model.%s[]"):format(model.name)
  add_loop(out, model)
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
      types.parameter(p),
      p.doc
    )
  end
end

-- Add the parameters of the method, and those of client.api, which include the ones that the object
-- fills.
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
  local more = facts.more_params[op.name]
  if more then add_options(out, "toggl.more." .. op.name .. ": toggl.params." .. op.name, more) end
end

-- Add the results of a function that returns ONE and SECOND, or nil and an error. The type of err
-- is without nil for the language server of LuaLS, whose users look at it where the first result is
-- nil; EmmyLua reads the pairs.
local function add_failing(out, one, second)
  local known = one == "any" or one:find "%?$"
  out[#out + 1] = ("---@return %s%s reply"):format(one, known and "" or "?")
  out[#out + 1] = ("---@return %stoggl.error err"):format(second and second .. "|" or "")
  out[#out + 1] = ("---@return_overload %s, %s"):format(one, second or "nil")
  out[#out + 1] = "---@return_overload nil, toggl.error"
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
    out[#out + 1] = "---\n---Repeat: " .. describe.repetition(found) .. "."
  end
  if op and op.deprecated then out[#out + 1] = "---@deprecated" end
end

-- Add the results of an operation. SECOND: the second result of client.api.
local function add_reply(out, op, second)
  local one = reply_type(op) .. (op.empty_ok and "?" or "")
  if not raising then return add_failing(out, one, second) end
  out[#out + 1] = ("---@return %s reply"):format(one)
  if second then out[#out + 1] = "---@return " .. second end
end

local function add_operation(out, found)
  local op = found.op
  add_docs(out, found)
  out[#out + 1] = ("---@param args%s toggl.%s.%s"):format(
    needs(describe.given(op)) and "" or "?",
    facts.more_params[op.name] and "more" or "params",
    op.name
  )
  if found.each then
    out[#out + 1] = ("---@return toggl.each.%s next"):format(op.model)
  else
    add_reply(out, op)
  end
  out[#out + 1] = ("function %s:%s(args) end"):format(found.class, found.name)
end

local function add_returns(out, row)
  local fails = row.fails == "returns" or row.fails and not raising
  if fails then
    add_failing(out, row.returns, row.second)
  else
    if row.returns then out[#out + 1] = "---@return " .. (row.typed or row.returns) end
    if row.second then out[#out + 1] = "---@return " .. row.second end
    if row.third then out[#out + 1] = "---@return " .. row.third end
  end
  if row.never then out[#out + 1] = "---@return never" end
end

local function add_row(out, found)
  local row, names = found.row, {}
  local variable = row.class:gsub("%.", "_")
  add_docs(out, found)
  for i, p in ipairs(row.params or {}) do
    names[i] = p.name
    out[#out + 1] = ("---@param %s%s %s %s"):format(p.name, p.optional and "?" or "", p.type, p.doc)
  end
  add_returns(out, row)
  local mark = row.class:find "^toggl" and "." or ":"
  out[#out + 1] = ("function %s%s%s(%s) end"):format(
    variable,
    mark,
    row.name,
    table.concat(names, ", ")
  )
end

local BASES = { list = true, sandbox = true, task = true, client = true, record = true }
local function class_type(class)
  if class == "toggl.sandbox" then return "toggl.sandbox_module" end
  return class:find "^toggl" and class or "toggl." .. class
end

local function add_parts(out)
  for _, other in ipairs(facts.classes) do
    local part = other.class:match "^toggl%.(.*)"
    if part then out[#out + 1] = ("---@field %s %s"):format(part, class_type(other.class)) end
  end
  out[#out + 1] = "---@field secrets toggl.secrets Tokens of profiles, for logging in."
end

local function add_class_head(out, entry)
  local class, variable = entry.class, entry.class:gsub("%.", "_")
  local base = not class:find "^toggl" and not BASES[class] and ": toggl.record" or ""
  out[#out + 1] = ("\n---%s\n---@class %s%s"):format(entry.doc, class_type(class), base)
  if class == "client" then
    out[#out + 1] = "---@field api toggl.api Every operation by its official name."
  end
  add_fields(out, facts.class_fields[class])
  for _, shape in ipairs(facts.shapes) do
    if shape.class == class_type(class) then add_fields(out, shape.fields) end
  end
  if class == "toggl" then add_parts(out) end
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
  out[#out + 1] =
    "\n---Operations by their official names: reply and response, or nil and an error."
  out[#out + 1] = "---@class toggl.api\nlocal api = {}"
  for _, op in ipairs(core.operations) do
    local kind = #describe.given(op) < #op.params and "args" or "params"
    add_docs(out, { op = op })
    out[#out + 1] = ("---@param args%s toggl.%s.%s"):format(
      needs(op.params) and "" or "?",
      kind,
      op.name
    )
    add_reply(out, op, "toggl.response")
    out[#out + 1] = ("function api.%s(args) end"):format(op.name)
  end
end

local PLAIN =
  { "toggl.secrets", "toggl.tasks", "toggl.loop.luv", "toggl.loop.cqueues", "toggl.arg" }

-- Add the classes that have functions as fields and no rows.
local function add_plain_classes(out)
  for _, name in ipairs(PLAIN) do
    if raising or name ~= "toggl.arg" then
      local base = name == "toggl.arg" and ": string[]" or ""
      out[#out + 1] = ("\n---@class %s%s"):format(name, base)
      add_fields(out, facts.class_fields[name])
    end
  end
end

local function write(head)
  types.set_raising(raising)
  local out = { head, NULL }
  types.add_keys(out)
  types.add_given(out)
  add_shapes(out)
  if raising then add_raised(out) end
  require("desired").add_types(out)
  add_options(out, "toggl.client_options", facts.client_options)
  add_options(out, "toggl.call_options", facts.call_options)
  out[#out + 1] = "\n---@class toggl.request_options: toggl.call_options\n---@field query? "
    .. "table<string, "
    .. "string|integer|boolean>\n---@field body? any"
  for _, op in ipairs(core.operations) do
    add_operation_arguments(out, op)
  end
  add_plain_classes(out)
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

local M = {}

local PART = [[
---@meta %s
-- The type of what `require "%s"` gives. Made by scripts/dev/gen.

---@type %s
local part = {}

return part
]]

--- Return {path, writer} for each name below toggl that require takes.
function M.parts()
  local classes = {
    ["toggl.task"] = "toggl.tasks",
    ["toggl.secrets"] = "toggl.secrets",
    ["toggl.loop.luv"] = "toggl.loop.luv",
    ["toggl.loop.cqueues"] = "toggl.loop.cqueues",
  }
  for _, entry in ipairs(facts.classes) do
    if entry.class:find "^toggl%." then classes[entry.class] = class_type(entry.class) end
  end
  local files = {}
  for name, class in pairs(classes) do
    local path = ("share/lls/togglsh/library/%s.lua"):format((name:gsub("%.", "/")))
    files[#files + 1] = { path, function() return PART:format(name, name, class) end }
  end
  table.sort(files, function(a, b) return a[1] < b[1] end)
  return files
end

--- Return the file for programs.
function M.program()
  raising = false
  return write(PROGRAM_HEAD)
end

--- Return the file for scripts of togglsh.
function M.script()
  raising = true
  return write(SCRIPT_HEAD)
end

return M
