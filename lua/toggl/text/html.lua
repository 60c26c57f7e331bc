-- HTML as Lua values: h.td{class = "n", row.count}. Text among the children is always escaped; only
-- results of these functions are markup, so a name cannot inject any.

local screen = require "toggl.text.screen"

local M = {}

local Markup = { __name = "toggl.markup", __tostring = function(m) return m.text end }

local SPECIAL =
  { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- Escape any text for HTML, also in an attribute. Control characters and marks that change the
--- text direction are shown as text.
function M.escape(text) return (screen.clean(tostring(text)):gsub("[&<>\"']", SPECIAL)) end

local function is_markup(value) return getmetatable(value) == Markup end

--- Mark TEXT as markup: for styles, never for outside input.
function M.raw(text) return setmetatable({ text = text }, Markup) end

local function add_children(out, children)
  for i = 1, #children do
    local child = children[i]
    if is_markup(child) then
      out[#out + 1] = child.text
    elseif type(child) == "table" then
      add_children(out, child)
    elseif child then
      out[#out + 1] = M.escape(child)
    end -- false leaves a place empty
  end
end

local EMPTY = { meta = true, link = true, br = true } -- elements without end tag and children

-- Attributes are sorted by name, so that equal input gives equal bytes. false omits one.
local function element(name, parts)
  local names, out = {}, { "<" .. name }
  for key in pairs(parts) do
    if type(key) == "string" then names[#names + 1] = key end
  end
  table.sort(names)
  for _, key in ipairs(names) do
    local value = parts[key]
    if value == true then
      out[#out + 1] = " " .. key
    elseif value then
      out[#out + 1] = (' %s="%s"'):format(key, M.escape(value))
    end
  end
  out[#out + 1] = ">"
  add_children(out, parts)
  if not EMPTY[name] then out[#out + 1] = ("</%s>"):format(name) end
  return M.raw(table.concat(out))
end

--- h.NAME{attribute = ..., child, ...} for every element. A table among the children stands for its
--- items.
M.h = setmetatable({}, {
  __index = function(tags, name)
    local function make(parts) return element(name, parts) end
    rawset(tags, name, make)
    return make
  end,
})

return M
