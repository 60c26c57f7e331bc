-- The Tab key: complete the text before the cursor from existing values, the rows, and the store.
-- Calls no function, creates nothing and sends no request.

local choices = require "toggl.shell.choices"
local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local known = require "toggl.known"
local lexer = require "toggl.words.lexer"
local shelves = require "toggl.shell.shelves"

local M = {}

-- --------------------------------------------------------------------------------- what a thing is
--
-- A value is {value =} if it exists, and {class =, model =, list =} if only the rows tell what a
-- call will return. class: as in facts.classes; model: row of toggl.models.

local LAZY =
  { client = { class = "client" }, org = { class = "organization", model = "organization" } }

local function name_of_type(value)
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.__name or nil
end

local function of_value(value)
  local thing, name = { value = value }, type(value) == "userdata" and name_of_type(value) or nil
  if name == "toggl.client" then
    thing.class = "client"
  elseif name == "toggl.list" then
    thing.class, thing.list, thing.model = "list", true, value:model()
  elseif name and core.classes[name:gsub("^toggl%.", "")] then
    thing.class = name:gsub("^toggl%.", "")
  end
  if name and thing.class ~= "client" and not thing.list and thing.class then
    thing.model = value:model()
  end
  return thing
end

local function of_model(name, list)
  local model = core.models[name]
  if not model then return nil end
  if list then return { class = "list", list = true, model = name } end
  return { class = model.class or "record", model = name }
end

-- The result of a call, by its row.
local function of_result(found)
  if found.op then
    local op = found.op
    if found.each then return nil end
    return op.reply_model and of_model(op.reply_model, op.reply == "list")
      or of_model(op.model, op.reply == "list")
  end
  local returns = found.row.returns or ""
  local list, model = returns:match "^toggl%.(list)%.([%w_]+)"
  if not list then model = returns:match "^toggl%.model%.([%w_]+)" end
  if returns:find "^toggl%.client" then return { class = "client" } end
  return model and of_model(model, list ~= nil)
end

-- Read t[name] without running code. The module is indexed: its __index is harmless.
local function raw_index(value, name)
  for _ = 1, 10 do
    if type(value) ~= "table" then return nil end
    local found = rawget(value, name)
    if found ~= nil then return found end
    if value == package.loaded.toggl then return value[name] end
    local mt = getmetatable(value)
    value = type(mt) == "table" and rawget(mt, "__index") or nil
  end
end

local function of_userdata_field(thing, name)
  if type(thing.value) == "userdata" and name_of_type(thing.value) ~= "toggl.client" then
    local ok, field = pcall(function() return thing.value[name] end)
    if ok and field ~= nil then return of_value(field) end
  end
  for _, f in ipairs(thing.model and not thing.list and core.models[thing.model].fields or {}) do
    if f.name == name and f.model then return of_model(f.model, f.type == "list") end
  end
end

local function of_step(thing, step, previous)
  if step.kind == "." and thing.class == "client" and step.name == "api" then
    return { api = true }
  end
  if step.kind == "." and thing.api then return { found = { op = core.operations[step.name] } } end
  if step.kind == "." and type(thing.value) == "table" then
    local value = raw_index(thing.value, step.name)
    local class = thing.value == package.loaded.toggl and "toggl" or thing.module
    local next_thing = value ~= nil and of_value(value) or {}
    next_thing.found = class and describe.find(class, step.name)
    if class == "toggl" and type(value) == "table" then
      next_thing.module = "toggl." .. step.name
    end
    return next_thing
  elseif step.kind == "." or step.kind == ":" then
    local found = thing.class and describe.find(thing.class, step.name)
    if found then return { found = found } end
    return of_userdata_field(thing, step.name)
  elseif step.kind == "index" and thing.list then
    return of_model(thing.model, false)
  elseif step.kind == "index" and type(thing.value) == "table" and step.key then
    local key = step.key.type == "number" and math.tointeger(tonumber(step.key.text))
      or step.key.text
    local value = raw_index(thing.value, key)
    return value ~= nil and of_value(value) or nil
  elseif
    step.kind == "call"
    and thing.found
    and (thing.found.op or thing.found.row)
    and previous
  then
    return of_result(thing.found)
  end
end

local function of_root(name)
  local value = rawget(_G, name)
  if value ~= nil then return of_value(value) end
  if name == "toggl" then return of_value(require "toggl") end
  return LAZY[name]
end

-- Return the value that the steps of an expression lead to, or nil.
local function follow(steps)
  local thing
  for i, step in ipairs(steps or {}) do
    if step.kind == "root" then
      thing = of_root(step.name)
    elseif step.kind == "string" then
      thing = { value = string, class = nil }
    else
      thing = of_step(thing, step, steps[i - 1])
    end
    if not thing then return nil end
  end
  return thing
end

--- Return the value that TEXT names, if it can be read without running code.
function M.peek(text)
  local tokens = lexer.read(text)
  local thing = #tokens > 0 and follow(lexer.chain(tokens, #tokens))
  return thing and thing.value
end

-- ----------------------------------------------------------------------------------------- members

local function add_keys(out, t, only_functions)
  for k, v in next, t do
    if
      type(k) == "string"
      and k:find "^[%a_][%w_]*$"
      and (not only_functions or type(v) == "function")
    then
      out[#out + 1] = k
    end
  end
end

local function add_table(out, value, only_functions)
  for _ = 1, 10 do
    if type(value) ~= "table" then return end
    add_keys(out, value, only_functions)
    local mt = getmetatable(value)
    value = type(mt) == "table" and rawget(mt, "__index") or nil
  end
end

-- Is NAME one that may follow a dot? Others, such as 2fa_enabled, stand in brackets.
local function is_name(name)
  local plain = name:find "^[%a_][%w_]*$" ~= nil
  return plain and not lexer.keywords[name]
end

local function add_fields(out, thing)
  if thing.list or not thing.class then
    for _, shape in ipairs(thing.list and facts.shapes or {}) do
      if shape.class == "toggl.list" then
        for _, f in ipairs(shape.fields) do
          out[#out + 1] = f.name
        end
      end
    end
    return
  end
  local function add(name) out[#out + 1] = is_name(name) and name or ('["%s"]'):format(name) end
  for _, f in ipairs(thing.model and core.models[thing.model].fields or {}) do
    if not f.secret then add(f.name) end
  end
  if type(thing.value) == "userdata" and thing.class ~= "client" then
    for name in pairs(thing.value) do
      add(name)
    end
  end
end

-- Names of fields, for a string in brackets.
local function field_names(thing)
  local out = {}
  if type(thing.value) == "table" then add_keys(out, thing.value) end
  for _, f in ipairs(thing.model and not thing.list and core.models[thing.model].fields or {}) do
    if not f.secret then out[#out + 1] = f.name end
  end
  return out
end

local function add_module(out, thing)
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == (thing.module or "toggl") then out[#out + 1] = row.name end
  end
  if not thing.module then
    for _, c in ipairs(facts.classes) do
      out[#out + 1] = c.class:match "^toggl%.(.+)$"
    end
    for _, f in ipairs(facts.class_fields.toggl) do
      out[#out + 1] = f.name
    end
  end
end

local function add_methods(out, class)
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == class then out[#out + 1] = row.name end
  end
  for _, op in ipairs(core.operations) do
    if op.class == class then out[#out + 1] = op.method end
    if op.class == class and op.reply == "list" then
      out[#out + 1] = describe.each_name(op.method)
    end
  end
end

-- Return the names that may follow "." or ":" of a value.
local function members(thing, kind)
  local out = {}
  if thing.api then
    for _, op in ipairs(core.operations) do
      out[#out + 1] = op.name
    end
    return out
  end
  if kind == "." then add_fields(out, thing) end
  if kind == "." and thing.class == "client" then out[#out + 1] = "api" end
  if thing.value ~= nil and thing.value == package.loaded.toggl or thing.module then
    add_module(out, thing)
  end
  if thing.class then
    add_methods(out, thing.class)
    if thing.class ~= "client" and not thing.list then add_methods(out, "record") end
  elseif type(thing.value) == "table" then
    add_table(out, thing.value, kind == ":")
  elseif type(thing.value) == "string" then
    add_keys(out, string, true)
  end
  return out
end

local function globals()
  local out = { "toggl", "client", "org" }
  add_table(out, _G)
  for word in pairs(lexer.keywords) do
    out[#out + 1] = word
  end
  return out
end

-- --------------------------------------------------------------------------------------- arguments

local OPTIONS =
  { ["toggl.call_options"] = "call_options", ["toggl.client_options"] = "client_options" }

-- Return the rows of what may be in the braces of a call.
local function named(found)
  local out = {}
  if found.op then
    for _, p in ipairs(describe.given(found.op)) do
      out[#out + 1] = p
    end
    for _, o in ipairs(facts.call_options) do
      out[#out + 1] = o
    end
    return out
  end
  for _, p in ipairs(found.row and found.row.params or {}) do
    for _, o in ipairs(facts[OPTIONS[p.type] or ""] or {}) do
      out[#out + 1] = o
    end
    if p.type:find "toggl%.person" then
      for key in pairs(facts.keys) do
        if key:find "user" or key:find "invitation" then
          out[#out + 1] = { name = key, key = key }
        end
      end
      out[#out + 1], out[#out + 2] = { name = "email" }, { name = "name" }
    end
  end
  return out
end

local function parameter(found, name)
  for _, p in ipairs(named(found)) do
    if p.name == name then return p end
  end
end

-- Return the words that a parameter allows. Options list theirs in their types.
local function words_of(p)
  if p.words then return p.words end
  local out = {}
  for word in (p.in_ and "" or p.type or ""):gmatch '"([^"]+)"' do
    out[#out + 1] = word
  end
  return out
end

-- ----------------------------------------------------------------------------- where the cursor is

local function symbol_at(tokens, i, text)
  local t = tokens[i]
  return t and t.type == "symbol" and t.text == text
end

-- Return the name assigned at the end of the tokens: `name =` or a list after it.
local function named_by(tokens, brackets)
  if symbol_at(tokens, #tokens, "=") then return tokens[#tokens - 1], brackets[#brackets] end
  local list = brackets[#brackets]
  if list and symbol_at(tokens, list, "{") and symbol_at(tokens, list - 1, "=") then
    return tokens[list - 2], brackets[#brackets - 1]
  end
end

-- Return the callee whose arguments are open at I, and whether they are in braces.
local function called(tokens, i)
  local steps, in_braces = lexer.callee(tokens, i)
  local thing = follow(steps)
  return thing and thing.found, in_braces
end

-- Return the key of the organization that STEPS, which lead to a method or its call, are about;
-- nil: not known.
local function organization_of(steps, self)
  for i = #(steps or {}), 1, -1 do
    local step, before = steps[i], steps[i - 1]
    local thing = step.kind ~= ":" and follow(table.move(steps, 1, i, 1, {})) -- a method: no value
    local value = thing and thing.value
    if type(value) == "userdata" and name_of_type(value) ~= "toggl.client" then
      local ok, key = pcall(core.key, value, "organization_id", true)
      return ok and key or shelves.here(self)
    end
    if step.kind == "call" and before and before.name == "organization" and step.argument then
      local name = step.argument.text
      return shelves.organization(math.tointeger(tonumber(name)) or name) or 0
    end
  end
  return shelves.here(self)
end

-- Names of a kind that begin with the string OPEN, as the rest of it, and when there are none, what
-- to do about it; sorted, each once.
local function names(kind, organization, open)
  local quote = #open.quote == 1 and open.quote or nil
  local list, hint = shelves.names_of(kind, organization, open.text, quote)
  -- an escape is neither typed nor sorted as the name has it
  local escaped = (open.text .. (list[1] or "") .. (list[#list] or "")):find "\\"
  return list, open.text, nil, hint, not escaped
end

local function in_string(tokens, self)
  local brackets, open = lexer.brackets(tokens), tokens.open
  local name, call = named_by(tokens, brackets)
  local list
  if name then
    local found = call and called(tokens, call)
    local p = found and parameter(found, name.text)
    list = p and words_of(p) or {}
    if #list == 0 then
      local here = organization_of(call and lexer.callee(tokens, call), self)
      return names(shelves.kind_of(name.text), here, open)
    end
  elseif symbol_at(tokens, #tokens, "[") then
    local thing = follow(lexer.chain(tokens, #tokens - 1))
    list = thing and field_names(thing) or {}
  else
    local steps = lexer.chain(tokens, #tokens)
    if not steps and #brackets > 0 then steps = lexer.callee(tokens, brackets[#brackets]) end
    local last = steps and steps[#steps]
    if not last or last.name ~= "help" then
      local kind = last and last.name and shelves.kind_of(last.name)
      return names(kind, organization_of(steps, self), open)
    end
    list = require("toggl.words.help").topics()
  end
  return #open.quote == 1 and choices.closed(list, open.quote) or list, open.text
end

-- Return names of arguments, where one may begin.
local function argument_names(tokens)
  local brackets = lexer.brackets(tokens)
  local i = brackets[#brackets]
  if not i or i ~= #tokens and not symbol_at(tokens, #tokens, ",") then return nil end
  local found, in_braces = called(tokens, i)
  if not found or not in_braces then return nil end
  local out = {}
  for n, p in ipairs(named(found)) do
    out[n] = (is_name(p.name) and "%s = " or '["%s"] = '):format(p.name)
  end
  return out
end

-- Return the candidates after `name =`.
local function argument_values(tokens, self)
  local name, call = named_by(tokens, lexer.brackets(tokens))
  if not name then return nil end
  local found = call and called(tokens, call)
  local p = found and parameter(found, name.text)
  if p and (p.type == "bool" or p.type == "boolean") then return { "true", "false" } end
  if p and #words_of(p) > 0 then
    local out = {}
    for i, word in ipairs(words_of(p)) do
      out[i] = ('"%s"'):format(word)
    end
    return out
  end
  if not known.is_kind(name.text) then return nil end
  return shelves.keys_of(name.text, organization_of(call and lexer.callee(tokens, call), self))
end

local WORDS = { name = true, keyword = true, number = true }

--- Return candidates for what follows TEXT, the part of each that is already typed, remarks on some
--- of them, a message when there are none, and whether they all fit, sorted, each once. SELF: the
--- prompt, or nil.
function M.candidates(text, self)
  local command = text:match "^%s*(:%w*)$"
  if command then return require("toggl.shell.commands").names(self), command end
  local topic = text:match "^%s*%?%s*([%w_.]*)$"
  if topic then return require("toggl.words.help").topics(), topic end
  local behind = require "toggl.shell.behind"
  local list, word, remarks, hint = behind.candidates(text, self)
  if list then return list, word, remarks, hint end
  local tokens = lexer.read((text:gsub("^%s*:%w+%s", "", 1)))
  if tokens.comment then return {}, "" end
  if tokens.open then return in_string(tokens, self) end
  local last = tokens[#tokens]
  word = ""
  if last and not text:find "%s$" and WORDS[last.type] then
    word = last.text
    tokens[#tokens] = nil
  end
  local before = tokens[#tokens]
  if symbol_at(tokens, #tokens, ".") or symbol_at(tokens, #tokens, ":") then
    local thing = follow(lexer.chain(tokens, #tokens - 1))
    return thing and members(thing, before.text) or {}, word
  end
  list, remarks = argument_values(tokens, self)
  if list then return list, word, remarks end
  list = argument_names(tokens)
  if list and (#list > 0) then
    for _, name in ipairs(word ~= "" and globals() or {}) do
      list[#list + 1] = name
    end
    return list, word
  end
  return globals(), word
end

-- ----------------------------------------------------------------------------------------- the key

local function show_above(host, text)
  host.hide()
  io.stdout:write(text)
  io.stdout:flush()
  host.show()
  return ""
end

--- Return what the Tab key inserts after TEXT of the PROMPT, or nil. Several candidates are listed.
function M.key(text, host, prompt)
  local list, word, remarks, hint, fits = M.candidates(text, prompt)
  if #list == 0 and hint then return show_above(host, ("(%s)\n"):format(hint)) end
  if not fits then list = choices.fitting(list, word) end
  if #list == 0 then return nil end
  -- of sorted texts the first and the last have in common what all have
  local ends = fits and { list[1], list[#list] } or list
  local more = choices.common(ends):sub(#word + 1)
  if #list == 1 or more ~= "" then return more end
  return show_above(host, choices.in_columns(list, remarks, host.width(1) or 80))
end

return M
