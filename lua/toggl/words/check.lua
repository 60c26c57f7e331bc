-- Check the arguments of the parts of toggl (toggl.csv, toggl.show, ...) against the types of their
-- rows in parts.lua.

local core = require "toggl.core"
local length = require "toggl.text.length"

local M = {}

-- Parts that jobs use and the reference omits.
local MORE = {
  { class = "toggl.secrets", name = "ask", params = { { name = "question", type = "string" } } },
  {
    class = "toggl.secrets",
    name = "store",
    params = {
      { name = "name", type = "string" },
      { name = "credentials", type = "{token: string?, email: string?, password: string?}" },
      { name = "place", type = "string", optional = true },
    },
  },
  { class = "toggl.secrets", name = "place", params = { { name = "name", type = "string" } } },
  { class = "toggl.secrets", name = "drop", params = { { name = "name", type = "string" } } },
  {
    class = "toggl.secrets",
    name = "check",
    params = { { name = "name", type = "string" }, { name = "credentials", type = "table" } },
  },
}

-- ------------------------------------------------------------------------------------------- types

-- Split TEXT at the separators outside of brackets.
local function split(text, separator)
  local pieces, depth, from = {}, 0, 1
  for at, c in text:gmatch "()([][(){}<>,|])" do
    if c == separator then
      if depth == 0 then
        pieces[#pieces + 1] = text:sub(from, at - 1)
        from = at + 1
      end
    elseif c:find "[%(%[{<]" then
      depth = depth + 1
    elseif c:find "[%)%]}>]" then
      depth = depth - 1
    end
  end
  pieces[#pieces + 1] = text:sub(from)
  return pieces
end

-- type as text -> function(value, where): nil, or the place that is wrong and what is required
-- there
local read

local function basic(word, accepts)
  return function(value, where)
    if not accepts(value) then return where, word, value end
  end
end

local function of_type(name)
  return basic(
    (name:find "^[aeio]" and "an " or "a ") .. name,
    function(value) return type(value) == name or math.type(value) == name end
  )
end

local function items(of)
  local accepts = read(of)
  return function(value, where)
    if type(value) ~= "table" and not core.is_list(value) then return where, "a list", value end
    for i = 1, of == "any" and 0 or length(value, where) do
      local place, word, got = accepts(value[i], ("%s[%d]"):format(where, i))
      if place then return place, word, got end
    end
  end
end

local function pieces_of(text)
  local pieces = {}
  for _, piece in ipairs(split(text, ",")) do
    local name, of = piece:match "^%s*([%w_]+):%s*(.-)%s*$"
    pieces[#pieces + 1] = { name = name, read = read(of) }
  end
  return pieces
end

-- The names of ACCEPTS as a choice: "eol, guard or separator".
local function choice(accepts)
  local names = {}
  for i, f in ipairs(accepts) do
    names[i] = f.name
  end
  table.sort(names)
  local last = table.remove(names)
  return names[1] and ("%s or %s"):format(table.concat(names, ", "), last) or last
end

-- The first name in VALUE that ACCEPTS lacks: misspelt, an option would be ignored.
local function unknown(value, accepts)
  local known = {}
  for _, f in ipairs(accepts) do
    known[f.name] = true
  end
  for name in next, value do
    if not known[name] then return name end
  end
end

local function fields(accepts, closed)
  return function(value, where)
    if type(value) ~= "table" then return where, "a table", value end
    for _, f in ipairs(accepts) do
      local place, word, got = f.read(value[f.name], where .. "." .. f.name)
      if place then return place, word, got end
    end
    local name = closed and unknown(value, accepts)
    if name ~= nil and closed then return "a name in " .. where, choice(accepts), name end
  end
end

local function at_least(accepts, least)
  return least
      and function(value, where)
        local place, word, got = accepts(value, where)
        if place then return place, word, got end
        if type(value) == "number" and (value < least or value ~= value) then
          return where, ("%d or more"):format(least), value
        end
      end
    or accepts
end

local function object(class)
  return basic(
    (class:find "^[aeio]" and "an " or "a ") .. class,
    function(value) return core.class(value) == class end
  )
end

-- A table with the fields of a row of facts.shapes. The file is read at the first call: few scripts
-- pass such a table.
local function shape(class)
  local accepts
  return function(value, where)
    if type(value) ~= "table" then return where, "a table", value end
    if not accepts then
      local pieces, closed = {}, false
      for _, row in ipairs(require("toggl.words.facts").shapes) do
        for _, f in ipairs(row.class == class and row.fields or {}) do
          pieces[#pieces + 1] = { name = f.name, read = at_least(read(f.type), f.least) }
          closed = row.closed
        end
      end
      accepts = fields(pieces, closed)
    end
    return accepts(value, where)
  end
end

local function names(of)
  local accepts = read(of)
  return function(value, where)
    if type(value) ~= "table" then return where, "a table", value end
    for name, v in next, value do
      if type(name) ~= "string" then return "a name in " .. where, "a string", name end
      local place, word, got = accepts(v, where .. "." .. name)
      if place then return place, word, got end
    end
  end
end

local function one(text)
  if text == "any" then
    return function() end
  end
  if text:find '^"' then
    return basic(text, function(value) return value == text:sub(2, -2) end)
  end
  if text:find "^fun%(" then return of_type "function" end
  if text:find "%[%]$" then return items(text:sub(1, -3)) end
  if text:find "^%(.*%)$" then return read(text:sub(2, -2)) end
  if text:find "^{" then return fields(pieces_of(text:sub(2, -2)), true) end
  if text:find "^table<string, " then return names(text:match "^table<string, (.*)>$") end
  if text == "toggl.list" then return basic("a list of records", core.is_list) end
  local class = text:match "^toggl%.(.*)"
  if class then return core.classes[class] and object(class) or shape(text) end
  return of_type(text)
end

local function any_of(alternatives)
  return function(value, where)
    local place, word, got
    local words = {}
    for i, accepts in ipairs(alternatives) do
      place, word, got = accepts(value, where)
      if not place then return end
      -- The right kind, with a wrong value inside.
      if place ~= where then return place, word, got end
      words[i] = word
    end
    return where, table.concat(words, " or "), value
  end
end

function read(text)
  local alternatives, optional = {}, text:match "^(.*)%?$"
  for i, piece in ipairs(split(optional or text, "|")) do
    alternatives[i] = one(piece)
  end
  local accepts = #alternatives == 1 and alternatives[1] or any_of(alternatives)
  return optional
      and function(value, where)
        if value ~= nil then return accepts(value, where) end
      end
    or accepts
end

-- --------------------------------------------------------------------------------------- functions

local function shown(value)
  if type(value) == "string" then
    return ("%q"):format(#value > 40 and value:sub(1, 40) .. "..." or value)
  end
  if type(value) == "number" or type(value) == "boolean" then return tostring(value) end
  return value == nil and "nil" or "a " .. type(value)
end

local function usage(row)
  local words = {}
  for i, p in ipairs(row.params) do
    words[i] = p.optional and ("[%s]"):format(p.name) or p.name
  end
  return ("%s.%s(%s)"):format(row.class, row.name, table.concat(words, ", "))
end

-- Misuse found by a C function has the position of its caller, which is this file.
local function pass(ok, ...)
  if ok then return ... end
  local err = ...
  if type(err) ~= "string" then error(err, 0) end
  core.misuse((err:gsub("^[^\n]-words/check%.lua:%d+: ", "")))
end

local function read_params(row)
  local accepts = {}
  for i, p in ipairs(row.params) do
    if p.name ~= "..." then accepts[i] = read(p.optional and p.type:gsub("%??$", "?") or p.type) end
  end
  return accepts
end

local function guarded(f, row)
  local in_c = f and debug and debug.getinfo(f, "S").what == "C"
  local accepts
  return function(...)
    accepts = accepts or read_params(row) -- at the first call: most scripts call few of a part
    for i = 1, #accepts do
      local place, word, got = accepts[i]((select(i, ...)), row.params[i].name)
      if place then
        core.misuse(
          ("%s.%s: %s must be %s, got %s: write %s"):format(
            row.class,
            row.name,
            place,
            word,
            shown(got),
            usage(row)
          )
        )
      end
    end
    if in_c then return pass(pcall(f, ...)) end
    return f(...)
  end
end

local by_class = {}

--- Raise misuse unless OPTIONS of WHAT, such as "plan:apply", are nil or have the fields of the row
--- CLASS of facts.shapes.
function M.options(what, class, options)
  if options == nil then return end
  by_class[class] = by_class[class] or shape(class)
  local place, word, got = by_class[class](options, "options")
  if not place then return end
  core.misuse(("%s: %s must be %s, got %s; nothing was sent"):format(what, place, word, shown(got)))
end

--- Make the functions of PART, the table called NAME such as "toggl.csv", check their arguments.
--- Return PART.
function M.part(name, part)
  for _, rows in ipairs { require "toggl.words.parts", MORE } do
    for _, row in ipairs(rows) do
      if row.class == name and row.params and type(part) == "table" then
        part[row.name] = guarded(part[row.name], row)
      end
    end
  end
  return part
end

return M
