-- help(topic): the text on a method, operation, class, model, record or subject, made from the
-- rows. The caller has loaded toggl.
local debug = require "toggl.text.standard"("debug")
local classes = require "toggl.objects"
local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local lexer = require "toggl.words.lexer"
local screen = require "toggl.text.screen"

local M = {}

local LABEL = 10
local fold = screen.fold

-- -------------------------------------------------------------------------------------------- text

-- Split CODE where a line may end: inside of brackets, where pasted code is certain to continue.
local function pieces(code)
  local list, from, depth = {}, 1, 0
  for _, t in ipairs(lexer.read(code)) do
    if depth > 0 and code:find("^%s", t.at - 1) then
      list[#list + 1] = code:sub(from, t.at - 2)
      from = t.at
    end
    local symbol = t.type == "symbol" and t.text or ""
    depth = depth + (symbol:find "^[({[]$" and 1 or symbol:find "^[)}%]]$" and -1 or 0)
  end
  list[#list + 1] = code:sub(from)
  return list
end

-- Return CODE after HEAD, broken only where it stays valid when copied; a narrow window would break
-- it inside of words.
local function fold_code(head, code)
  local room = screen.terminal and screen.terminal.width or math.huge
  if screen.width(head .. code) <= room then return head .. code end
  local lines, line = {}, head
  for i, piece in ipairs(pieces(code)) do
    if i > 1 and screen.width(line) + 1 + screen.width(piece) > room then
      lines[#lines + 1] = line
      line = (" "):rep(#head + 2) .. piece
    else
      line = line .. (i > 1 and " " or "") .. piece
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function labelled(label, text) return fold(("  %-" .. LABEL .. "s"):format(label), text) end

-- Lay out rows of a name and a text, with the texts in one column.
local function columns(rows)
  local widest, out = 0, {}
  for _, row in ipairs(rows) do
    widest = math.max(widest, #row[1])
  end
  widest = math.min(widest, 34)
  for i, row in ipairs(rows) do
    out[i] = fold(("  %-" .. widest .. "s  "):format(row[1]), row[2])
  end
  return table.concat(out, "\n")
end

local sentence = require "toggl.text.sentence"

-- ----------------------------------------------------------------------------------------- methods

local function parameter_text(p)
  local limits = table.concat(describe.limits(p), ", ")
  local hint = p.in_ and describe.key_hint(p)
  local kind = describe.type(p)
  -- "Account key: what groups take."
  local says_kind = p.doc:sub(1, #kind):lower() == kind and p.doc:find("^%p", #kind + 1)
  local parts = { not says_kind and kind or nil }
  if limits ~= "" then parts[#parts + 1] = limits end
  local head = parts[1] and table.concat(parts, "; ") .. ". " or ""
  return ("%s%s%s"):format(head, p.doc, hint and (" Takes %s."):format(hint) or "")
end

local function parameter_rows(found)
  local rows = {}
  if found.op then
    for _, p in ipairs(describe.given(found.op)) do
      if not (found.each and p.page_number) then rows[#rows + 1] = { p.name, parameter_text(p) } end
    end
  else
    for i, p in ipairs(found.row.params or {}) do
      rows[i] = {
        p.name,
        ("%s%s. %s"):format(p.type:gsub("|", " or "), p.optional and ", optional" or "", p.doc),
      }
    end
  end
  return rows
end

local function error_lines(found, lines)
  local names = describe.always()
  for i, e in ipairs(describe.errors(found)) do
    lines[#lines + 1] = labelled(i == 1 and "errors" or "", e.kind .. ": " .. e.doc)
  end
  if found.op then
    local label = #describe.errors(found) == 0 and "errors" or ""
    lines[#lines + 1] = labelled(label, "and, as of any call: " .. table.concat(names, ", "))
  end
end

local function notes(op)
  local list = {}
  if op.deprecated then list[#list + 1] = "Marked as deprecated by Toggl." end
  if op.legacy then
    list[#list + 1] = "No longer in the official document: it may end with 404, 405 or 410."
  end
  if op.anonymous then list[#list + 1] = "Works without credentials." end
  if op.body_open then
    list[#list + 1] = "Its parameters are undocumented: further names are sent as they are."
  end
  return table.concat(list, " ")
end

local function method_text(found)
  local op, row = found.op, found.op or found.row
  local doc = row.doc
  if found.each then
    doc = ("Iterate the list of %s:%s."):format(describe.classes[op.class].name, op.method)
  end
  local lines = {
    describe.usage(found),
    "",
    fold("  ", doc .. (op and notes(op) ~= "" and " " .. notes(op) or "")),
    "",
  }
  local rows = parameter_rows(found)
  if #rows > 0 then
    lines[#lines + 1] = columns(rows)
    lines[#lines + 1] = ""
  end
  lines[#lines + 1] = labelled("returns", describe.returns(found))
  error_lines(found, lines)
  lines[#lines + 1] = labelled("cost", describe.cost(found))
  local again = describe.repetition(found)
  if again then lines[#lines + 1] = labelled("repeat", again) end
  if op then
    lines[#lines + 1] = labelled("source", ("%s: %s %s"):format(op.name, op.verb, op.path))
  end
  if row.example and not found.each then
    lines[#lines + 1] = fold_code(("  %-" .. LABEL .. "s"):format "example", row.example)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ------------------------------------------------------------------------------ classes and models

-- Return the method names of a class in order; "record" has the methods common to all records.
local function method_names(class)
  local names, common = {}, classes.record
  for name, f in pairs(classes[class] or {}) do
    if class == "record" or common[name] ~= f then names[#names + 1] = name end
  end
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == class and not classes[class] then names[#names + 1] = row.name end
  end
  table.sort(names)
  return names
end

local function short_doc(found)
  if found.each then return "Iterate page by page." end
  return sentence((found.op or found.row).doc)
end

local function method_list(class)
  local rows = {}
  for _, name in ipairs(method_names(class)) do
    local found = describe.find(class, name)
    if found then rows[#rows + 1] = { describe.call_name(class, name), short_doc(found) } end
  end
  return columns(rows)
end

local function class_text(class)
  local entry = describe.classes[class]
  local lines = { class, "", fold("  ", entry.doc), "", method_list(class) }
  if classes[class] and class ~= "client" and class ~= "record" then
    lines[#lines + 1] = ""
    lines[#lines + 1] =
      fold("  ", "And what every record has: " .. table.concat(method_names "record", ", ") .. ".")
  end
  local fields = facts.class_fields[class]
  for _, shape in ipairs(facts.shapes) do
    if shape.class == "toggl." .. class then fields = shape.fields end
  end
  local rows = {}
  for i, f in ipairs(fields or {}) do
    rows[i] = { f.name, ("%s. %s"):format(f.type, f.doc) }
  end
  if fields then lines[#lines + 1] = "\n" .. columns(rows) end
  lines[#lines + 1] = "\n" .. fold("  ", ('help "%s.NAME" explains one.'):format(class))
  return table.concat(lines, "\n") .. "\n"
end

local function model_text(model)
  local rows = {}
  for i, f in ipairs(model.fields) do
    rows[i] = { f.name, parameter_text(f) }
  end
  local head = model.name .. (model.class and (", of class " .. model.class) or "")
  local from = {}
  for _, op in ipairs(core.operations) do
    if op.model == model.name then from[#from + 1] = describe.call_name(op.class, op.method) end
  end
  local lines = { head, "", fold("  ", model.doc), "", columns(rows), "" }
  if #from > 0 then lines[#lines + 1] = labelled("from", table.concat(from, ", ")) end
  local verbs = describe.verbs_of(model.name)
  if #verbs > 0 then lines[#lines + 1] = labelled("see also", table.concat(verbs, ", ")) end
  if model.official then lines[#lines + 1] = labelled("source", model.official) end
  return table.concat(lines, "\n") .. "\n"
end

local function record_text(record)
  local model, class = core.models[record:model()], core.class(record)
  local text = model and model_text(model)
    or "a record without a model: its fields are what the reply holds\n"
  return class and text .. "\n" .. class_text(class) or text
end

-- ---------------------------------------------------------------------------------------- subjects

local PROSE = {
  options = "Options of a client. Wrong names and values raise.",
  call = "Options for the table of any call, beside its parameters.",
  errors = [[Failures of a call are returned as nil and an error, or raised where the client was
    created with on_error = "raise", as in togglsh. err.kind is one of these words;
    err.status, err.message, err.advice, err.operation, err.retry_after and err.body say more.
    Misuse, such as a wrong name or type, always raises, before anything is sent.]],
  sql = [[Tables of the store, with the fields of their models as columns, the keys of where they
    belong, reply_at, when the server answered, and json, which SELECT * leaves out: the record with
    all its fields. They hold what was read before and no change has outdated; known_users and so
    on have the outdated too. A key has one name everywhere, and USING joins by it. The table schema
    lists the columns.]],
  quota = [[Toggl counts requests by the hour: one window for each organization (30 free, 240
    starter, 600 premium) and one for your own account (30), which lists of organizations and
    workspaces spend. client:quota() returns what is left, client:cost() what this client has
    spent. A call that the server would refuse is not sent: it fails as quota, with
    err.retry_after, or waits if the client may.]],
}

local function subject_text(title, subject, rows)
  return table.concat({ title, "", fold("  ", PROSE[subject]), "", columns(rows) }, "\n") .. "\n"
end

local function option_rows(options)
  local rows = {}
  for i, o in ipairs(options) do
    rows[i] = { o.name, ("%s. %s"):format(o.type:gsub("|", " or "), o.doc) }
  end
  return rows
end

local subjects = {}

function subjects.options()
  return subject_text("toggl.client{ ... }", "options", option_rows(facts.client_options))
end

function subjects.call()
  return subject_text("options of a call", "call", option_rows(facts.call_options))
end

function subjects.errors()
  local rows = {}
  for i, k in ipairs(facts.kinds) do
    rows[i] = { k.kind, k.doc }
  end
  return subject_text("errors", "errors", rows)
end

function subjects.sql()
  local rows = {}
  for i, v in ipairs(describe.views()) do
    rows[i] = { v.name, v.field and ("%s of each %s"):format(v.field, v.of) or v.doc }
  end
  return subject_text("client:sql(query, ...)", "sql", rows)
end

function subjects.quota()
  local rows = {}
  for i, name in ipairs { "quota", "cost", "windows", "get_quota" } do
    rows[i] = { "client:" .. name, short_doc(describe.find("client", name)) }
  end
  return subject_text("quota", "quota", rows)
end

local function overview()
  local rows = {}
  for _, c in ipairs(facts.classes) do
    rows[#rows + 1] = { c.class, c.doc }
  end
  return table.concat({
    "help(topic) explains a topic:",
    "",
    columns {
      { "help(org.invite)", "a method, as a value" },
      { 'help "organization.invite"', 'the same by name; help "invite" finds it too' },
      { 'help "get_organization_users"', "an operation by its official name" },
      { 'help "organization"', "a class: its methods" },
      { 'help "org_user"', "a model: its fields" },
      { "help(org)", "an object: both" },
      { 'help "options"', 'what toggl.client takes; "call": what any call takes' },
      { 'help "errors"', 'kinds of errors; also "quota" and "sql"' },
      { 'help "access"', "any other word: all texts that have it" },
    },
    "",
    "Classes:",
    "",
    columns(rows),
  }, "\n") .. "\n"
end

-- ----------------------------------------------------------------------------------------- finding

-- Find a function of the module. Scans each time, since methods may have been added.
local function of_function(f)
  for class, methods in pairs(classes) do
    for name, method in pairs(methods) do
      if method == f then
        local found = describe.find(class, name) or describe.find("record", name)
        if found then return method_text(found) end
      end
    end
  end
  local toggl = core.toggl
  for _, row in ipairs(require "toggl.words.methods") do
    local part = row.class == "toggl" and toggl
      or row.class:find("^toggl%.") and toggl[row.class:sub(7)]
    if part and part[row.name] == f then
      return method_text { row = row, class = row.class, name = row.name }
    end
  end
  -- client.api.NAME has its client as an upvalue, and returns the same function again.
  local _, client = debug.getupvalue(f, 2)
  local is_client = type(client) == "userdata"
    and (getmetatable(client) or {}).__name == "toggl.client"
  for _, op in ipairs(is_client and core.operations or {}) do
    if client.api[op.name] == f then
      return method_text { op = op, class = op.class, name = op.method }
    end
  end
end

-- Return the texts of all classes that have a method of this name.
local function by_bare_name(name)
  local texts = {}
  for _, c in ipairs(facts.classes) do
    local found = describe.find(c.class, name)
    if found then texts[#texts + 1] = method_text(found) end
  end
  return #texts > 0 and table.concat(texts, "\n") or nil
end

local function of_name(topic)
  local op, model = core.operations[topic], core.models[topic]
  if op then return method_text { op = op, class = op.class, name = op.method } end
  local text = subjects[topic] and subjects[topic]()
    or describe.classes[topic] and class_text(topic)
  if text then return model and text .. "\n" .. model_text(model) or text end
  if model then return model_text(model) end
  local class, name = topic:match "^(.+)[.:]([^.:]+)$"
  for _, c in ipairs(facts.classes) do
    if class == c.class or class == c.name and describe.find(c.class, name) then class = c.class end
  end
  local found = class and describe.find(class, name)
  return found and method_text(found) or by_bare_name(topic)
end

--- Return every topic of help: names of operations, classes, models, subjects, and class.method.
function M.topics()
  local names = {}
  for _, op in ipairs(core.operations) do
    names[#names + 1] = op.name
  end
  for _, model in ipairs(core.models) do
    names[#names + 1] = model.name
  end
  for name in pairs(subjects) do
    names[#names + 1] = name
  end
  for _, c in ipairs(facts.classes) do
    names[#names + 1] = c.class
    for _, name in ipairs(method_names(c.class)) do
      names[#names + 1] = c.class .. "." .. name
    end
  end
  table.sort(names)
  return names
end

-- All texts of help, in the order in which a search shows them: {name, first line, further text}.
local function each_text(add)
  local function params(list)
    local texts = {}
    for i, p in ipairs(list or {}) do
      texts[i] = ("%s %s"):format(p.name, p.doc or "")
    end
    return table.concat(texts, " ")
  end
  for _, c in ipairs(facts.classes) do
    add(c.class, c.doc)
  end
  for _, row in ipairs(require "toggl.words.methods") do
    local name = describe.call_name(row.class, row.name)
    add(name, sentence(row.doc), row.doc .. " " .. params(row.params), row.also)
  end
  for _, op in ipairs(core.operations) do
    local name = describe.call_name(op.class, op.method)
    add(name, sentence(op.doc), op.doc .. " " .. params(describe.given(op)))
  end
  for _, model in ipairs(core.models) do
    add(model.name, "A model: " .. model.doc, params(model.fields))
  end
  for title, list in pairs { options = facts.client_options, call = facts.call_options } do
    for _, o in ipairs(list) do
      add(title, ("The option %s. %s"):format(o.name, o.doc))
    end
  end
  for _, k in ipairs(facts.kinds) do
    add("errors", ("The kind %s: %s."):format(k.kind, k.doc))
  end
  for _, row in ipairs(require("toggl.words.prompt").commands) do
    add(":" .. row.name, row.doc)
  end
end

-- Return what texts have the WORD: names first, then `also`, then first lines, then the rest.
local function by_word(word)
  local plain, found, seen = word:lower(), { {}, {}, {}, {} }, {}
  each_text(function(name, line, more, also)
    local key = name .. line
    local at = name:lower():find(plain, 1, true) and 1
      or (" " .. (also or "") .. " "):find(" " .. plain .. " ", 1, true) and 2
      or line:lower():find(plain, 1, true) and 3
      or (more or ""):lower():find(plain, 1, true) and 4
    if at and not seen[key] then table.insert(found[at], { name, line }) end
    seen[key] = true
  end)
  local lines = {}
  for _, list in ipairs(found) do
    table.move(list, 1, #list, #lines + 1, lines)
  end
  if #lines == 0 then return nil end
  return ("nothing is called %q; it is in the text of:\n\n%s\n"):format(word, columns(lines))
end

local function unknown(topic)
  local class, name = topic:match "^([%a_.]+)[.:]([%w_]+)$"
  for _, c in ipairs(facts.classes) do
    if class == c.class or class == c.name then
      return ("no help for %q; %s\n"):format(topic, require("toggl.words.slip").advice(c, name))
    end
  end
  local found = #topic > 2 and by_word(topic)
  if found then return found end
  local near = require("toggl.text.near").question(topic, M.topics())
  return ("no help for %q%s\nhelp() lists the topics\n"):format(topic, near)
end

local function of_object(object)
  local mt = getmetatable(object)
  local name = type(mt) == "table" and mt.__name
  if name == "toggl.client" then return class_text "client" end
  if name == "toggl.list" then
    return class_text "list" .. "\n" .. (of_name(object:model()) or "")
  end
  if name == "toggl.error" then return tostring(object) .. "\n\n" .. subjects.errors() end
  if name == "toggl.sandbox" then return class_text "sandbox" end
  if name == "toggl.task" then return class_text "task" end
  if type(object) == "userdata" and type(mt) == "table" and mt.__pairs then
    return record_text(object)
  end
  if object == core.toggl then return class_text "toggl" end
end

--- Return the text about TOPIC: a method value, a name, an object; nil: the overview.
function M.help(topic)
  if topic == nil then return overview() end
  if type(topic) == "string" then return of_name(topic) or unknown(topic) end
  local text
  if type(topic) == "function" then
    text = of_function(topic)
  elseif type(topic) == "table" or type(topic) == "userdata" then
    text = of_object(topic)
  end
  return text or ("no help for this %s\nhelp() lists the topics\n"):format(type(topic))
end

return M
