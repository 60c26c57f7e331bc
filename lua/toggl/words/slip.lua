-- What an object has instead of a field or method that it does not have. Records raise at once.
-- Clients and lists have nil, which Lua's "attempt to call a nil value (method 'organisation')"
-- reports without naming the object, so their hint comes when the error is shown.

local core = require "toggl.core"

local M = {}

local function names_of(class)
  local names = {}
  for name in pairs(require("toggl.objects")[class] or {}) do
    names[#names + 1] = name
  end
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == class then names[#names + 1] = row.name end
  end
  return names
end

-- Methods that people look for by another word: rows of methods with that word in `also`.
local function meant_by(word)
  local describe, texts = require "toggl.words.describe", {}
  for _, row in ipairs(require "toggl.words.methods") do
    if (" " .. (row.also or "") .. " "):find(" " .. word .. " ", 1, true) then
      texts[#texts + 1] = describe.call_name(row.class, row.name)
    end
  end
  return #texts > 0 and table.concat(texts, " or ")
end

local function others_with(name)
  local describe, texts, seen = require "toggl.words.describe", {}, {}
  for _, c in ipairs(require("toggl.words.facts").classes) do
    local found = core.classes[c.class]
      and describe.find(c.class, name)
      and describe.call_name(c.class, name)
    if found and not seen[found] then texts[#texts + 1] = found end
    seen[found or ""] = true
  end
  return #texts > 0 and table.concat(texts, ", ")
end

--- Return what to write instead of a method NAME that CLASS, a row of facts.classes, does not have.
function M.advice(class, name)
  local meant = meant_by(name:lower())
  if meant then return ("did you mean %s?"):format(meant) end
  local others = others_with(name)
  if others then return "there is " .. others end
  local near = require("toggl.text.near").name(name, names_of(class.class))
  if near then return ("did you mean %s:%s?"):format(class.name, near) end
  return ("toggl.help %q lists what there is"):format(class.class)
end

local function fields_of(model)
  local names = {}
  for i, f in ipairs(core.models[model] and core.models[model].fields or {}) do
    names[i] = f.name
  end
  return names
end

-- Return the model of CLASS with the most fields whose rows have the field NAME.
local function fuller(class, name)
  local found, most
  for _, model in ipairs(core.models) do
    for _, f in ipairs(model.class == class and model.fields or {}) do
      if f.name == name and #model.fields > (most or 0) then
        found, most = model.name, #model.fields
      end
    end
  end
  return found
end

local function method_advice(class, name)
  local row = require("toggl.words.describe").classes[class]
  return row and M.advice(row, name)
end

--- Return what to write instead of the member NAME, which records of MODEL do not have.
function M.unknown(class, model, name)
  local near = require("toggl.text.near").name(name, fields_of(model))
  if near then return ("did you mean '%s'?"):format(near) end
  local other = fuller(class, name)
  if other then return ("the model %s has it, and this record is a %s"):format(other, model) end
  local advice = method_advice(class, name) or ("toggl.help %q lists what there is"):format(model)
  if not advice:find "^toggl.help" then return advice end
  return ("%s; record:get(%q) reads what may be absent"):format(advice, name)
end

--- Return MESSAGE with the probable method if it is such an error: the object looked up that name
--- last.
function M.explain(message)
  local name = type(message) == "string"
    and message:match "attempt to call a nil value %(method '([%w_]+)'%)$"
  local class, missed = core.missed()
  class = missed == name and require("toggl.words.describe").classes[class]
  return name and class and ("%s; %s"):format(message, M.advice(class, name)) or message
end

return M
