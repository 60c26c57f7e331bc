-- What a change of the journal changes, in words: "role: user -> admin".
local core = require "toggl.core"

local function value(v)
  if type(v) == "table" then
    if v[1] == nil then return next(v) and core.json_encode(v) or "none" end
    local words = {}
    for i, item in ipairs(v) do
      words[i] = type(item) == "table" and core.json_encode(item) or tostring(item)
    end
    return table.concat(words, ", ")
  end
  return v == core.null and "none" or tostring(v)
end

-- What a list gains and loses: "+3, -1".
local function difference(old, new)
  local words, had = {}, {}
  for _, v in ipairs(old) do
    had[v] = true
  end
  for _, v in ipairs(new) do
    if type(v) == "table" then return nil end
    if not had[v] then words[#words + 1] = "+" .. tostring(v) end
    had[v] = nil
  end
  for _, v in ipairs(old) do
    if had[v] then words[#words + 1] = "-" .. tostring(v) end
  end
  return #words > 0 and table.concat(words, ", ") or "as before"
end

local function change_of(name, old, new)
  local both = type(old) == "table" and type(new) == "table" and difference(old, new)
  if both then return ("%s: %s"):format(name, both) end
  if old == nil then return ("%s: %s"):format(name, value(new)) end
  return ("%s: %s -> %s"):format(name, value(old), value(new))
end

local function patch_words(patches)
  local words = {}
  for i, p in ipairs(patches) do
    words[i] = type(p) == "table" and ("%s %s %s"):format(p.op, p.path, value(p.value)) or value(p)
  end
  return words
end

-- One text for each field that is sent, in the order of their names.
return function(write)
  local body, before, names, words = (write.request or {}).body, write.before or {}, {}, {}
  if type(body) ~= "table" then return words end
  if body[1] ~= nil then return patch_words(body) end
  for name in pairs(body) do
    names[#names + 1] = name
  end
  table.sort(names)
  for i, name in ipairs(names) do
    words[i] = change_of(name, before[name], body[name])
  end
  return words
end
