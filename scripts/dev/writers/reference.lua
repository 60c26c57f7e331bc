-- Write doc/reference.md: a heading for each method, and tables of all other rows.

require "toggl"
local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local methods = require "toggl.words.methods"

local HEAD = [[
# Reference

`scripts/dev/gen` writes this file from the tables of the program; the guides beside it explain. At
the prompt, `help "organization.invite"` returns the same.

**Arguments.** Methods take a table of named arguments, or arguments in the order of their table
below: `org:rename "Acme Works"`. Options of a call go into the same table. For a key, pass the
object that has it, or a table that names it: `{user_id = 2}`. A bare number is accepted where it
can be one kind of key only.

**Results.** A record has the fields of its [model](#models) and the methods of its class; a field
that is null or absent is nil. `record.stale` and `record.settling`, as those of a [list](#list),
mark records that may be out of date. A failed call returns `nil, err`, or raises if the client was
created with `on_error = "raise"`; [errors](#errors) lists the kinds. Misuse raises before anything
is sent. Beside the errors that a method names, any call may return ALWAYS.

**Cost.** Each request takes one of a window of 60 minutes. Toggl has one window for each person and
organization (30 requests on the free plan, 240 on Starter, 600 on Premium) and one of 30 for the
account itself. A stored reply that is fresh costs nothing; neither does an error known beforehand.
]]

local function cell(text) return (tostring(text):gsub("|", "\\|"):gsub("\n", " ")) end

local function add_table(out, heads, rows)
  if #rows == 0 then return end
  out[#out + 1] = "| " .. table.concat(heads, " | ") .. " |"
  out[#out + 1] = "|" .. (" --- |"):rep(#heads)
  for _, row in ipairs(rows) do
    local cells = {}
    for i, text in ipairs(row) do
      cells[i] = cell(text)
    end
    out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  out[#out + 1] = ""
end

-- ----------------------------------------------------------------------------------------- methods

local function operation_parameters(found)
  local rows = {}
  for _, p in ipairs(describe.given(found.op)) do
    rows[#rows + 1] =
      { ("`%s`"):format(p.name), describe.type(p), table.concat(describe.limits(p), ", "), p.doc }
  end
  return rows
end

local function row_parameters(found)
  local rows = {}
  for i, p in ipairs(found.row.params or {}) do
    rows[i] =
      { ("`%s`"):format(p.name), ("`%s`"):format(p.type), p.optional and "optional" or "", p.doc }
  end
  return rows
end

local function add_errors(out, found)
  local list = describe.errors(found)
  if #list == 0 then return end
  local parts = {}
  for i, e in ipairs(list) do
    local own = e.doc ~= describe.kinds[e.kind].doc
    parts[i] = own and ("`%s` (%s)"):format(e.kind, e.doc) or ("`%s`"):format(e.kind)
  end
  out[#out + 1] = "- Errors: " .. table.concat(parts, ", ") .. "."
end

local function notes(op)
  local list = {}
  if op.deprecated then list[#list + 1] = "Toggl marks it as deprecated." end
  if op.legacy then
    list[#list + 1] = "It is gone from the official document, and may end with 404, 405 or 410."
  end
  if op.anonymous then list[#list + 1] = "It works without credentials." end
  if op.body_open then list[#list + 1] = "Names that are not in the table are sent as they are." end
  return table.concat(list, " ")
end

-- Add the example unchanged, so that it can be copied.
local function add_example(out, example)
  if not example then return end
  out[#out + 1] = ""
  out[#out + 1] = "```lua"
  out[#out + 1] = example
  out[#out + 1] = "```"
end

local function add_method(out, found)
  local op, row = found.op, found.op or found.row
  out[#out + 1] = ("### %s\n"):format(describe.call_name(found.class, found.name))
  out[#out + 1] = ("`%s`\n"):format(describe.usage(found))
  out[#out + 1] = row.doc .. (op and notes(op) ~= "" and " " .. notes(op) or "") .. "\n"
  local parameters = op and operation_parameters or row_parameters
  add_table(out, { "parameter", "type", "limits", "meaning" }, parameters(found))
  out[#out + 1] = ("- Returns %s."):format(describe.returns(found):gsub("^string$", "a text"))
  add_errors(out, found)
  out[#out + 1] = ("- Cost: %s."):format(describe.cost(found))
  if op then
    out[#out + 1] = ("- Repeat: %s."):format(describe.repetition(found))
    out[#out + 1] = ("- Source: `%s`, `%s %s`."):format(op.name, op.verb, op.path)
    if op.reply == "list" then
      out[#out + 1] = ("- Page by page: `for record in %s(...) do`."):format(
        describe.call_name(op.class, describe.each_name(op.method))
      )
    end
  end
  add_example(out, row.example)
  out[#out + 1] = ""
end

local function add_class(out, entry)
  local class = entry.class
  out[#out + 1] = ("## %s\n"):format(class)
  local also = require("toggl.objects")[class] and class ~= "client" and class ~= "record"
  out[#out + 1] = entry.doc
    .. (also and " It has the methods of every [record](#record) too." or "")
    .. "\n"
  for _, op in ipairs(core.operations) do
    local found = op.class == class and describe.find(class, op.method)
    if found and found.op == op then add_method(out, found) end
  end
  for _, row in ipairs(methods) do
    if row.class == class then add_method(out, { row = row, class = class, name = row.name }) end
  end
end

-- ------------------------------------------------------------------------------------------ tables

local function add_options(out, title, text, options)
  out[#out + 1] = ("## %s\n\n%s\n"):format(title, text)
  local rows = {}
  for i, o in ipairs(options) do
    rows[i] = { ("`%s`"):format(o.name), ("`%s`"):format(o.type), o.doc }
  end
  add_table(out, { "option", "type", "meaning" }, rows)
end

local EFFECTS = [[
## Writes whose reply was lost

The effect of repeating a write, and the reply that shows whether the first was made. `same`: a
repeat leads to the same state. `checkable`: a repeat may do more, and a reply shows whether the
first was made. `once`: it has an effect outside of Toggl, such as a mail. A list in the body is
complete: repeating it also undoes changes made by others in between.
]]

local function add_effects(out)
  local rows = {}
  out[#out + 1] = EFFECTS
  for _, op in ipairs(core.operations) do
    if op.effect then
      local unless = op.effect_if
        and ("; `%s` with `%s`"):format(op.effect_then, op.effect_if:gsub(" ", "`, `"))
      rows[#rows + 1] = {
        ("`%s`"):format(describe.call_name(op.class, op.method)),
        ("`%s`%s"):format(op.effect, unless or ""),
        op.settle_read and ("`%s`"):format(op.settle_read) or "-",
        op.settle_find,
      }
    end
  end
  add_table(out, { "write", "class", "settled by", "what it looks for" }, rows)
end

local ERROR
for _, shape in ipairs(facts.shapes) do
  if shape.class == "toggl.error" then ERROR = shape end
end

local function add_kinds(out)
  out[#out + 1] = "## Errors\n\nAn error is a table with these fields; `tostring` joins its "
    .. "message and advice.\n"
  local rows = {}
  for i, f in ipairs(ERROR.fields) do
    rows[i] = { ("`%s`"):format(f.name), ("`%s`"):format(f.type), f.doc }
  end
  add_table(out, { "field", "type", "meaning" }, rows)
  rows = {}
  for i, k in ipairs(facts.kinds) do
    rows[i] = { ("`%s`"):format(k.kind), k.doc }
  end
  add_table(out, { "kind", "meaning" }, rows)
end

local function add_shapes(out)
  out[#out + 1] = "## Other tables\n"
  for _, shape in ipairs(facts.shapes) do
    local rows = {}
    for k, f in ipairs(shape.fields) do
      rows[k] = { ("`%s`"):format(f.name), ("`%s`"):format(f.type), f.doc }
    end
    if shape ~= ERROR then
      out[#out + 1] = ("%s\n"):format(shape.doc)
      add_table(out, { "field", "type", "meaning" }, rows)
    end
  end
end

-- Read the columns from the views, so that a wrong name is found here.
local function add_views(out)
  local client <close> = require("toggl").client { auth = false, cache = ":memory:", state = false }
  local rows = {}
  for i, view in ipairs(describe.views()) do
    local found = assert(client:sql(("SELECT * FROM %s LIMIT 0"):format(view.name)))
    local doc = view.field and ("`%s` of each `%s`"):format(view.field, view.of) or view.doc
    rows[i] = { ("`%s`"):format(view.name), doc, table.concat(getmetatable(found).columns, ", ") }
  end
  out[#out + 1] = "## SQL tables\n\nThe tables for `client:sql`: the records of all stored "
    .. "replies of the account, each once, from the youngest reply that has it.\nA record missing "
    .. "from a later list that is complete and without filters is left out.\nThey hold no secrets. "
    .. "Nested values are JSON text; `json_each` and `json_extract` open them.\nThe hidden column "
    .. "`json` is the record with all its fields, also those that no row knows.\n`known_users` and "
    .. "so on also have what a change has outdated.\n`SELECT * FROM schema` lists tables, columns, "
    .. "types and meanings.\n"
  add_table(out, { "table", "what a row is", "columns" }, rows)
end

local function add_models(out)
  out[#out + 1] = "## Models\n\nAny field may be nil. A record keeps fields that its model lacks.\n"
  for _, model in ipairs(core.models) do
    out[#out + 1] = ("### %s\n"):format(model.name)
    local class = model.class and (" Class [%s](#%s)."):format(model.class, model.class) or ""
    local official = model.official and (" Official name: `%s`."):format(model.official) or ""
    out[#out + 1] = ("%s%s%s\n"):format(model.doc, class, official)
    local rows = {}
    for i, f in ipairs(model.fields) do
      rows[i] =
        { ("`%s`"):format(f.name), describe.type(f), table.concat(describe.limits(f), ", "), f.doc }
    end
    add_table(out, { "field", "type", "notes", "meaning" }, rows)
  end
end

--- Return the whole file.
return function()
  local always = table.concat(describe.always(), "`, `")
  local out = { (HEAD:gsub("ALWAYS", "`" .. always .. "`")) }
  add_options(out, "Options of toggl.client", "Wrong names and values raise.", facts.client_options)
  add_options(
    out,
    "Options of a call",
    "In the table of any call, beside its parameters.",
    facts.call_options
  )
  add_kinds(out)
  add_effects(out)
  for _, entry in ipairs(facts.classes) do
    add_class(out, entry)
  end
  add_shapes(out)
  add_views(out)
  local prompt = require "prompt"
  out[#out + 1] = "## Commands of the prompt\n\n" .. prompt.commands()
  out[#out + 1] = "Settings of `:set`:\n\n" .. prompt.settings()
  add_models(out)
  return (table.concat(out, "\n"):gsub("\n\n\n+", "\n\n"):gsub("\n*$", "\n"))
end
