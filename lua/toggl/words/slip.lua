-- Explain Lua's "attempt to call a nil value (method 'get_onwer')" by what the object has instead.
-- Missing fields stay nil, since replies may hold more than the rows list, so the hint comes when
-- the error is shown.

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
  local others = others_with(name)
  if others then
    return ("the class %s has no such method, but there is %s"):format(class.class, others)
  end
  local near = require("toggl.text.near").name(name, names_of(class.class))
  if near then return ("did you mean %s:%s?"):format(class.name, near) end
  return ("toggl.help %q lists what there is"):format(class.class)
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
