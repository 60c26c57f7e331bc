-- JSON for files, scripts and specs: lua-cjson with its traps closed. Ids on the wire never pass through here; the
-- core reads and writes those itself.
--
--   json.decode(text)         value, or nil and a message with line and column
--   json.encode(value, opts)  text, or nil and a message with the place; keys sorted, so that equal values give equal
--                             text. opts.indent = 2: for people; opts.order = {"id", "name"}: these keys first
--   json.array(t)             marks t as a list, so that an empty one is [] (decode marks what it reads)
--   json.null                 JSON null, as a value in a table: truthy, as any value is
--
-- cjson makes every number a float, keeps 14 digits on the way out, and takes what is no JSON (NaN, hex, raw control
-- characters, bad UTF-8). No setting cures this, so it never sees a number. Before it parses, a scan turns each number
-- outside strings into a string that starts with the byte FF; afterwards a walk turns those into exact integers and
-- floats. Nothing else can start so: FF is not UTF-8, the text was checked to be UTF-8, and no escape makes it. The
-- locale's decimal point cannot matter either, and what a number is allowed to look like is decided here.

local cjson = require("cjson").new()
cjson.decode_max_depth(128)

local M = {null = cjson.null}

local DEPTH = 128
local NUMBER, EMPTY = "\xFF", "\xFE" -- what a string starts with that was a number; the one item of an empty list
local MARKED = 3                     -- bytes that a mark adds: itself and two quotes
local WORDS = {["true"] = true, ["false"] = true, ["null"] = true}

-- The mark of a list. Any table or userdata whose metatable has this name counts, whoever made it.
local Array = {__name = "toggl.array"}

function M.array(t)
  return setmetatable(t or {}, Array)
end

function M.is_array(t)
  local mt = getmetatable(t)
  return type(mt) == "table" and mt.__name == Array.__name
end

-- ------------------------------------------------------------------------------------------------------------- decode

-- Line and column of byte POS, both from 1.
local function place(text, pos)
  local before = text:sub(1, pos - 1)
  local _, lines = before:gsub("\n", "")
  return ("line %d, column %d"):format(lines + 1, #before:match("[^\n]*$") + 1)
end

local function fail(text, pos, message)
  error({message = place(text, pos) .. ": " .. message}, 0)
end

-- A number by RFC 8259, or nil and what is wrong with it. Floats of integral value are integers where they are exact.
local function number_of(token)
  local digits, rest = token:match("^%-?([0-9]+)(.*)$")
  if not digits or digits:find("^0[0-9]") then return nil, "no JSON value" end
  if rest == "" then
    local n = math.tointeger(tonumber(token))
    if math.type(tonumber(token)) ~= "integer" then return nil, "an integer that does not fit 64 bits" end
    return n
  end
  rest = rest:gsub("^%.[0-9]+", "", 1)
  if rest ~= "" and not rest:find("^[eE][-+]?[0-9]+$") then return nil, "no JSON value" end
  local x = tonumber(token)
  if not x or x ~= x or x - x ~= 0 then return nil, "a number too large" end
  return math.abs(x) < 2^53 and math.tointeger(x) or x
end

-- The end of the string that starts at FIRST.
local function string_end(text, first)
  local pos = first + 1
  while true do
    local at = text:find('["\\\0-\31]', pos)
    if not at then fail(text, first, "a string that does not end") end
    local c = text:byte(at)
    if c == 34 then return at end
    if c ~= 92 then fail(text, at, "a control character in a string") end
    pos = at + 2
  end
end

-- What stands between two strings, with its numbers and empty lists marked.
local function mark(text, first, last)
  local part = text:sub(first, last):gsub("()([-+.0-9A-Za-z]+)", function(at, token)
    if WORDS[token] then return nil end
    local n, why = number_of(token)
    if not n then fail(text, first + at - 1, why .. ": " .. token:sub(1, 40)) end
    return '"' .. NUMBER .. token .. '"'
  end)
  local control = part:find("[\0-\8\11\12\14-\31]")
  if control then fail(text, first, "a control character between values") end
  return (part:gsub("%[([ \t\r\n]*)%]", '["' .. EMPTY .. '"%1]'))
end

-- cjson lets the last of two equal keys win. OBJECTS holds the keys of each object that is open here; brackets that do
-- not match are cjson's to refuse.
local function check_key(text, first, literal, objects)
  local open = objects[#objects]
  if not open then return end
  local key = literal
  if literal:find("\\", 1, true) then
    local ok, decoded = pcall(cjson.decode, "[" .. literal .. "]")
    key = ok and '"' .. decoded[1] .. '"' or literal
  end
  if open[key] then fail(text, first, ("an object has the key %s twice"):format(literal)) end
  open[key] = true
end

local function follow(part, objects)
  for brace in part:gmatch("[{}]") do
    objects[#objects + (brace == "{" and 1 or 0)] = brace == "{" and {} or nil
  end
end

-- TEXT as cjson may see it.
local function prepare(text)
  local parts, objects, pos = {}, {}, 1
  while true do
    local first = text:find('"', pos, true)
    parts[#parts + 1] = mark(text, pos, (first or 0) - 1)
    if not first then return table.concat(parts) end
    follow(parts[#parts], objects)
    local last = string_end(text, first)
    local literal = text:sub(first, last)
    parts[#parts + 1] = literal
    if text:find("^[ \t\r\n]*:", last + 1) then check_key(text, first, literal, objects) end
    pos = last + 1
  end
end

-- Gives a decoded value its numbers and marks.
local function restore(value)
  if type(value) == "string" then
    if value:byte() == 0xFF then return (number_of(value:sub(2))) end
  elseif type(value) == "table" then
    if value[1] == EMPTY then return M.array {} end
    for k, v in pairs(value) do
      if type(k) == "string" and k:byte() == 0xFF then
        error({message = "a key that is not a string: " .. k:sub(2)}, 0)
      end
      value[k] = restore(v)
    end
    if value[1] ~= nil then setmetatable(value, Array) end
  end
  return value
end

local function decode(text)
  local _, bad = utf8.len(text)
  if bad then fail(text, bad, "a byte that is not UTF-8") end
  local prepared = prepare(text)
  local ok, value = pcall(cjson.decode, prepared)
  if not ok then
    local message, at = tostring(value):match("(%u.*) at character (%d+)$")
    if not at then error({message = (tostring(value):gsub("^.-:%d+: ", ""))}, 0) end
    -- Back to the text as it was given: each mark before the place had made it longer.
    local _, marks = prepared:sub(1, at - 1):gsub("[\xFE\xFF]", "")
    message = message:lower():gsub("t_string", "a text or number"):gsub("t_", "")
    fail(text, at - marks * MARKED, message)
  end
  return restore(value)
end

function M.decode(text)
  if type(text) ~= "string" then error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ")", 2) end
  local ok, value = pcall(decode, text)
  if ok then return value end
  return nil, "JSON: " .. (type(value) == "table" and value.message or tostring(value))
end

-- ------------------------------------------------------------------------------------------------------------- encode

-- cjson writes neither 15 digits nor sorted keys nor empty lists, so it is left with the strings.
local function write_string(s, where)
  local _, bad = utf8.len(s)
  if bad then error({message = ("%s: byte %d of the text is not UTF-8"):format(where, bad)}, 0) end
  if not s:find('["\\\0-\31\127\xC2]') then return '"' .. s .. '"' end
  -- It escapes "/" as well, which nobody needs. The second half of the control characters is valid JSON and yet moves
  -- cursors on some terminals.
  local text = cjson.encode(s):gsub("\\/", "/")
  return (text:gsub("\xC2([\x80-\x9F])", function(c) return ("\\u%04x"):format(c:byte()) end))
end

local function write_number(x, where)
  local n = math.tointeger(x)
  if n then return ("%d"):format(n) end
  if x - x ~= 0 then error({message = where .. ": " .. x .. " has no form in JSON"}, 0) end
  for digits = 15, 17 do
    local text = ("%%.%dg"):format(digits):format(x)
    -- The shortest form that reads back; the C library writes the locale's decimal point.
    if tonumber(text) == x then return (text:gsub("[^-+0-9e]+", ".")) end
  end
end

-- The keys of a table in the order in which they are written.
local function sorted_keys(t, ranks, where)
  local keys = {}
  for k in pairs(t) do
    if type(k) ~= "string" then
      error({message = ("%s: %s is neither the key of an object nor a place in a list without holes")
        :format(where, tostring(k))}, 0)
    end
    keys[#keys + 1] = k
  end
  table.sort(keys, function(a, b)
    local ra, rb = ranks[a] or math.huge, ranks[b] or math.huge
    if ra ~= rb then return ra < rb end
    return a < b
  end)
  return keys
end

-- Lists are what is marked so, lists of records, and tables with the keys 1 to n and nothing else.
local function is_list(t)
  local mt = getmetatable(t)
  local name = type(mt) == "table" and mt.__name
  if name == Array.__name or name == "toggl.list" then return true end
  if type(t) ~= "table" or t[1] == nil then return false end
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count == #t
end

local write

-- A list or an object of COUNT members; each(i) writes one.
local function write_members(out, count, w, depth, brackets, each)
  local newline = w.indent and count > 0 and "\n" .. w.indent:rep(depth) or ""
  out[#out + 1] = brackets:sub(1, 1)
  for i = 1, count do
    out[#out + 1] = (i > 1 and "," or "") .. newline
    each(i)
  end
  out[#out + 1] = newline:sub(1, -1 - #(w.indent or "")) .. brackets:sub(2)
end

local function write_list(out, t, w, depth, where)
  write_members(out, #t, w, depth, "[]", function(i) write(out, t[i], w, depth, ("%s[%d]"):format(where, i)) end)
end

local function write_object(out, t, w, depth, where)
  local values = {}
  for k, v in pairs(t) do values[k] = v end -- pairs() reads each field of a record once
  local keys = sorted_keys(values, w.ranks, where)
  write_members(out, #keys, w, depth, "{}", function(i)
    local key = keys[i]
    local member = where .. "." .. key
    out[#out + 1] = write_string(key, member) .. (w.indent and ": " or ":")
    write(out, values[key], w, depth, member)
  end)
end

function write(out, value, w, depth, where)
  local kind = type(value)
  local mt = kind == "userdata" and getmetatable(value)
  if value == nil or value == M.null then
    out[#out + 1] = "null"
  elseif kind == "string" then
    out[#out + 1] = write_string(value, where)
  elseif kind == "number" then
    out[#out + 1] = write_number(value, where)
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "table" or mt and (mt.__pairs or mt.__name == "toggl.list") then
    if depth >= DEPTH then
      error({message = ("%s...: nested deeper than %d, or in itself"):format(where:sub(1, 40), DEPTH)}, 0)
    end
    local write_it = is_list(value) and write_list or write_object
    write_it(out, value, w, depth + 1, where)
  else
    error({message = where .. ": a " .. kind .. " has no form in JSON"}, 0)
  end
end

function M.encode(value, options)
  options = options or {}
  local w = {indent = options.indent and (" "):rep(options.indent), ranks = {}}
  for i, key in ipairs(options.order or {}) do w.ranks[key] = i end
  local out = {}
  local ok, why = pcall(write, out, value, w, 0, "value")
  if ok then return table.concat(out) end
  return nil, "JSON: " .. (type(why) == "table" and why.message or tostring(why))
end

return M
