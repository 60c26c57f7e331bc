-- Describe rows in words: the text on an operation or method for help, the reference, the types for
-- editors and the manual pages.

local core = require "toggl.core"
local facts = require "toggl.words.facts"

local M = {}

local function index(rows, key)
  local by = {}
  for _, row in ipairs(rows) do
    by[row[key]] = row
  end
  return by
end

M.classes = index(facts.classes, "class")
M.kinds = index(facts.kinds, "kind")
M.each_name = require("toggl.class.common").each_name

-- -------------------------------------------------------------------------------------- what is it

-- Kinds of keys that records of a class hold, so that the caller need not pass them.
local own_keys = {}
for _, model in ipairs(core.models) do
  for _, f in ipairs(model.fields) do
    if model.class and f.self then
      own_keys[model.class] = own_keys[model.class] or {}
      own_keys[model.class][f.key] = true
    end
  end
end

-- Does the object fill this parameter?
local function filled(op, param)
  if op.class == "client" or param.in_ ~= "path" or not param.key then return false end
  if param.key == "organization_id" then return true end
  if param.key == "workspace_id" then return op.class ~= "organization" end
  return own_keys[op.class][param.key] or false
end

--- Return the parameters of an operation that the caller of its method passes.
function M.given(op)
  local list = {}
  for _, param in ipairs(op.params) do
    if not filled(op, param) then list[#list + 1] = param end
  end
  return list
end

--- Return the row behind a method: of toggl.operations or of toggl.methods. each: it iterates the
--- list of `of`.
function M.find(class, name)
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == class and row.name == name then
      return { row = row, class = class, name = name }
    end
  end
  for _, op in ipairs(core.operations) do
    if op.class == class and op.method == name then
      return { op = op, class = class, name = name }
    end
    if op.class == class and op.reply == "list" and M.each_name(op.method) == name then
      return { op = op, class = class, name = name, each = true }
    end
  end
end

--- "org:invite", "toggl.map"
function M.call_name(class, name)
  return M.classes[class].name .. (class:find("^toggl") and "." or ":") .. name
end

-- -------------------------------------------------------------------------------------- parameters

local ITEMS =
  { integer = "integers", string = "texts", record = "records", any = "values", number = "numbers" }

--- Return the type of a field in words: "text", "list of group keys", "record
--- invitation_workspace".
function M.type(f)
  local key = f.key and facts.keys[f.key]
  if f.type == "list" or f.type == "map" then
    local items = key and key .. "s"
      or f.model and f.model .. " records"
      or ITEMS[f.item]
      or "values"
    return f.type .. " of " .. items
  end
  if key then return key end
  if f.type == "record" then return "record " .. (f.model or "") end
  return f.type == "string" and "text" or f.type
end

-- "at least N" is stored as a range up to the largest integer.
local function range(f, what)
  local most = f.max ~= math.maxinteger and f.max or nil
  if f.min and f.min == most then return ("%d%s"):format(most, what) end
  if f.min and most then return ("%d to %d%s"):format(f.min, most, what) end
  if not f.min or f.min == math.mininteger then
    return most and ("at most %d%s"):format(most, what)
  end
  return ("at least %d%s"):format(f.min, f.min == 1 and what:gsub("s$", "") or what)
end

local FLAGS = {
  { "required", "required" },
  { "one_of", "one of these is required" },
  { "exclusive", "only one of these" },
  { "not_blank", "not blank" },
  { "unique", "no repeats" },
  { "email", "e-mail address" },
  { "secret", "secret" },
  { "unverified", "in no official document" },
}

--- Return the limits of a parameter as a list of phrases.
function M.limits(f)
  local list = {}
  for _, flag in ipairs(FLAGS) do
    if f[flag[1]] then list[#list + 1] = flag[2] end
  end
  if f.preset then list[#list + 1] = ("default %q"):format(f.preset) end
  if f.words then list[#list + 1] = table.concat(f.words, " | ") end
  local what = f.type == "list" and " items" or f.type == "string" and " characters" or ""
  if not (f.key and f.type == "integer") then list[#list + 1] = range(f, what) end
  return list
end

--- Return how a plain number is read where a key is required, or nil without a hint.
function M.key_hint(f)
  if not f.key then return nil end
  local hint = ("the object, or {%s = ...}"):format(f.key)
  local confusable =
    { user_id = true, organization_user_id = true, workspace_user_id = true, invitation_id = true }
  if f.names_key or not confusable[f.key] then hint = "the object or its number" end
  return hint
end

local function values(params)
  local parts, more = {}, false
  for _, p in ipairs(params) do
    if p.required then
      parts[#parts + 1] = p.name .. " = ..."
    else
      more = true
    end
  end
  if more then parts[#parts + 1] = "..." end
  return table.concat(parts, ", ")
end

local function row_usage(row)
  local names = {}
  for i, p in ipairs(row.params or {}) do
    names[i] = p.optional and ("[%s]"):format(p.name) or p.name
  end
  return ("%s(%s)"):format(M.call_name(row.class, row.name), table.concat(names, ", "))
end

--- Return the call as text: "org:invite{ emails = ..., workspaces = ..., ... }"
function M.usage(found)
  if found.row then return row_usage(found.row) end
  local params, name = M.given(found.op), M.call_name(found.class, found.name)
  if #params == 0 then return name .. "()" end
  local required = false
  for _, p in ipairs(params) do
    required = required or p.required or p.one_of
  end
  if not required then return ("%s([{ %s }])"):format(name, values(params)) end
  return ("%s{ %s }"):format(name, values(params))
end

-- ----------------------------------------------------------------------------------------- results

--- Return the description of a method's results.
function M.returns(found)
  local op = found.op
  if not op then
    local one = found.row.returns
    if not one then return "nothing" end
    local text = one
      :gsub("toggl%.model%.", "record ")
      :gsub("toggl%.list%.", "a list of records ")
      :gsub("|", " or ")
    return text .. (found.row.fails and ", or nil and an error" or "")
  end
  if found.each then return ("an iterator over records %s; errors are raised"):format(op.model) end
  local what = core.shapes[op.reply].returns
  if op.reply == "list" then
    what = "a list of records " .. op.model
  elseif op.reply == "record" then
    what = "a record " .. op.model .. (op.empty_ok and ", nil when there is none" or "")
  elseif op.reply == "map" then
    what = ("a table of records %s by workspace key"):format(op.model)
  end
  return what .. "; or nil and an error"
end

-- ----------------------------------------------------------------------------- cost and repetition

local WINDOWS = { user = "your account's window", organization = "the organization's window" }
local UNITS = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

local function period(seconds)
  for _, unit in ipairs(UNITS) do
    local n = seconds // unit[1]
    if n * unit[1] == seconds then return ("%d %s%s"):format(n, unit[2], n == 1 and "" or "s") end
  end
end

--- Return the cost of a method in requests.
function M.cost(found)
  local op = found.op
  if not op then return found.row.cost or "nothing" end
  local text = "1 request of " .. WINDOWS[op.window]
  if op.paging == "pages" then
    text = ("1 request of %s for each page: up to 1,000 records, or what the server allows"):format(
      WINDOWS[op.window]
    )
  elseif op.paging == "cursor" then
    text = ("1 request of %s for each page"):format(WINDOWS[op.window])
  end
  if op.ttl > 0 then
    text = ("%s; none while the store has it, for %s"):format(text, period(op.ttl))
  end
  return text
end

-- What a second request does, by effect class.
local REPEATED = {
  same = "the same state, but it undoes what others changed meanwhile",
  checkable = "it may do more than the first: look before you repeat it",
  once = "it has an effect outside of Toggl a second time, such as a mail",
}

function M.is_read(op) return op.effect == nil end

--- Return what a repeat does; nil when it is no operation.
function M.repetition(found)
  local op = found.op
  if not op then return nil end
  if M.is_read(op) then return "safe: it only reads" end
  local looked_for = op.settle_read and ", unless settle = true shows whether it was made" or ""
  return ("%s; after a lost reply it fails as unknown%s"):format(REPEATED[op.effect], looked_for)
end

-- ------------------------------------------------------------------------------------------ errors

local STATUS = {
  [400] = "invalid",
  [402] = "plan",
  [403] = "forbidden",
  [404] = "not_found",
  [409] = "conflict",
  [410] = "gone",
}

-- Fields of paid plans mention the plan themselves.
local function paid(op)
  for _, p in ipairs(op.params) do
    if p.doc:find("paid plans", 1, true) then return true end
  end
end

--- Return the errors of an operation beyond those of every call: list of {kind =, doc =}.
function M.errors(found)
  local list, op = {}, found.op
  if not op then
    for i, kind in ipairs(found.row.errors or {}) do
      list[i] = { kind = kind, doc = M.kinds[kind].doc }
    end
    return list
  end
  local refusals, seen = facts.refusals[op.name] or {}, {}
  local function add(kind, doc)
    if not seen[kind] then list[#list + 1] = { kind = kind, doc = doc or M.kinds[kind].doc } end
    seen[kind] = true
  end
  for _, status in ipairs { 400, 402, 403, 404, 409, 410 } do
    if refusals[status] then add(STATUS[status], ("%s (%d)"):format(refusals[status], status)) end
  end
  if paid(op) then add "plan" end
  if not op.anonymous then add "forbidden" end
  if op.path:find("{", 1, true) then add "not_found" end
  if op.verb ~= "GET" then add "unknown" end
  if op.ttl > 0 then add "offline" end
  return list
end

--- Return the kinds of errors that any call may return.
function M.always()
  local names = {}
  for _, k in ipairs(facts.kinds) do
    if k.always then names[#names + 1] = k.kind end
  end
  return names
end

-- ------------------------------------------------------------------------------ views of the store

local function plural(name)
  if name:find("s$") then return name end
  return name:find("y$") and name:gsub("y$", "ies") or name .. "s"
end

-- Models that stored replies contain.
local function stored()
  local is = {}
  for _, op in ipairs(core.operations) do
    local records = op.reply == "record" or op.reply == "list" or op.reply == "map"
    if op.model and op.ttl > 0 and op.verb == "GET" and records then is[op.model] = true end
  end
  return is
end

--- Return the views that client:sql can query: list of {name =, model =, field = of the enclosing
--- model, doc =}.
function M.views()
  local list, is = {}, stored()
  -- One view for two models with the same fields.
  local same = { workspace_with_count = "workspace" }
  for _, model in ipairs(core.models) do
    if is[model.name] and not same[model.name] then
      list[#list + 1] = {
        name = facts.view_names[model.name] or plural(model.name),
        model = model.name,
        doc = model.doc,
      }
      for _, f in ipairs(model.fields) do
        if f.type == "list" and f.item == "record" and f.model then
          local name = facts.view_names[model.name .. "." .. f.name] or model.name .. "_" .. f.name
          list[#list + 1] =
            { name = name, model = f.model, field = f.name, of = model.name, doc = f.doc }
        end
      end
    end
  end
  return list
end

--- Return the methods that change or find what WORD names, such as user:set_role for "role".
function M.verbs_of(word)
  local found = {}
  for _, row in ipairs(require "toggl.words.methods") do
    if row.name == word or row.name:find("_" .. word .. "$") then
      found[#found + 1] = M.call_name(row.class, row.name)
    end
  end
  return found
end

return M
