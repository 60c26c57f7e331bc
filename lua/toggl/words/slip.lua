-- A word about Lua's "attempt to call a nil value (method 'get_onwer')": what the object has
-- instead. Fields that are not there stay nil, since replies may hold more than the rows know, so
-- it is said where the error is shown.

local core = require "toggl.core"

local M = {}

local FURTHEST = 200 -- values of a function that are looked at

local function class_of(value)
  local mt = type(value) == "userdata" and getmetatable(value) or nil
  local name = type(mt) == "table" and mt.__name
  return type(name) == "string"
    and require("toggl.words.describe").classes[name:match "^toggl%.(.+)$" or ""]
end

-- The level of the first Lua function from LEVEL on, seen from the caller: handlers of the host may
-- lie before it.
local function lua_level(level)
  local info = debug.getinfo(level + 1, "S")
  while info and info.what == "C" do
    level = level + 1
    info = debug.getinfo(level + 1, "S")
  end
  return info and level
end

-- A call of a method has its function, here nil, and the object side by side among the values of
-- the caller. VALUE_AT(i) -> name, value.
local function receiver(value_at)
  local last_name, last = nil, nil
  for i = 1, FURTHEST do
    local name, value = value_at(i)
    if not name then return nil end
    local class = name == "(temporary)" and last_name == name and last == nil and class_of(value)
    if class then return class end
    last_name, last = name, value
  end
end

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

--- What to write instead of a method NAME that CLASS, a row of facts.classes, does not have.
function M.advice(class, name)
  local others = others_with(name)
  if others then
    return ("the class %s has no such method, but there is %s"):format(class.class, others)
  end
  local near = require("toggl.text.near").name(name, names_of(class.class))
  if near then return ("did you mean %s:%s?"):format(class.name, near) end
  return ("toggl.help %q lists what there is"):format(class.class)
end

--- MESSAGE with what was probably meant, if it is such an error. LEVEL: of the function that
--- failed, seen from the
-- caller; or THREAD, the coroutine that failed.
function M.explain(message, level, thread)
  local name = type(message) == "string"
    and message:match "attempt to call a nil value %(method '([%w_]+)'%)$"
  level = name and not thread and lua_level(level + 1)
  if not name or not thread and not level then return message end
  local class = receiver(function(i)
    if thread then return debug.getlocal(thread, 0, i) end
    local found, value = debug.getlocal(level + 2, i) -- below are this function and receiver
    return found, value
  end)
  if not class then return message end
  return ("%s; %s"):format(message, M.advice(class, name))
end

return M
