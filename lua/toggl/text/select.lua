-- Choose, sort and cut the rows of a job by its options --where, --sort and --limit.

local core = require "toggl.core"
local length = require "toggl.text.length"
local near = require("toggl.text.near").question

local M = {}

-- What an expression of --where sees beside the columns.
local GIVEN = {
  string = string,
  math = math,
  tonumber = tonumber,
  tostring = tostring,
  type = type,
  ipairs = ipairs,
  pairs = pairs,
}

--- Does LIST hold ITEM?
function GIVEN.has(list, item)
  for _, one in ipairs(list or {}) do
    if one == item then return true end
  end
  return false
end

--- TEXT in lower case, for any script.
function GIVEN.lower(text) return core.fold(tostring(text or "")) end

local KEYWORDS = {}
for word in
  (
    "and break do else elseif end false for function goto if in local nil not or repeat return "
    .. "then true until while"
  ):gmatch "%a+"
do
  KEYWORDS[word] = true
end

-- The code of an expression without its texts and remarks.
local function code_of(text)
  local code = text:gsub("\\.", ""):gsub('"[^"\n]*"', " "):gsub("'[^'\n]*'", " ")
  return (code:gsub("%[%[.-%]%]", " "):gsub("%-%-[^\n]*", " "))
end

-- Names that an expression may have from somewhere else: a function's own.
local function has_own_names(text) return code_of(text):find "%f[%w_]function%f[^%w_]" ~= nil end

-- Return the first name of an expression that is no column: it would be nil in each row, and select
-- other rows than meant.
local function unknown_name(text, known)
  local code = code_of(text)
  code = code:gsub("0[xX]%x+", " "):gsub("%d[%w.]*", " ")
  for before, name in (" " .. code):gmatch "([^%w_])%s*([%a_][%w_]*)" do
    local member = before == "." or before == ":"
    if not member and not KEYWORDS[name] and not GIVEN[name] and not known[name] then
      return name
    end
  end
end

-- Raises a usage error: toggl.options.fail, which by() is given.
local fail

-- Return a function(row) of the expression TEXT.
local function condition(text, columns, known)
  local row = {}
  local env = setmetatable({}, {
    __index = function(_, name)
      local value = row[name]
      if value == nil then value = GIVEN[name] end
      return value
    end,
    __newindex = function(_, name) fail("--where: %s must not be set; compare with ==", name) end,
  })
  local test, why = load("return " .. text .. "\n", "=--where", "t", env)
  if not test then fail("--where: %s", why:gsub("^%-%-where:%d+: ", "")) end
  local wrong = not has_own_names(text) and unknown_name(text, known)
  if wrong then
    local names = "there are: " .. table.concat(columns, ", ")
    fail("--where: there is no column '%s'%s", wrong, near(wrong, columns, names))
  end
  return function(one)
    row = one
    local ok, value = pcall(test)
    if ok then return value end
    if type(value) == "table" then error(value, 0) end -- of fail above
    fail("--where: %s", tostring(value):gsub("^%-%-where:%d+: ", ""))
  end
end

-- Return a value that can be compared: numbers before texts; lists by their length; nil last.
local function sort_key(value)
  if value == nil then return 3, 0 end
  if type(value) == "number" then return 1, value end
  if type(value) == "boolean" then return 1, value and 1 or 0 end
  if type(value) == "table" then return 1, #value end
  return 2, core.fold(tostring(value))
end

local function compare(a, b)
  local kind_a, key_a = sort_key(a)
  local kind_b, key_b = sort_key(b)
  if kind_a ~= kind_b then return kind_a < kind_b and -1 or 1 end
  if key_a == key_b then return 0 end
  return key_a < key_b and -1 or 1
end

-- Return the fields of "name,-state": {{name =, down =}, ...}.
local function fields_of(text, columns, known)
  local fields = {}
  for sign, name in text:gmatch "([-+]?)([^,%s]+)" do
    if not known[name] then
      local names = "there are: " .. table.concat(columns, ", ")
      fail("--sort: there is no column '%s'%s", name, near(name, columns, names))
    end
    fields[#fields + 1] = { name = name, down = sign == "-" }
  end
  return fields
end

-- Sort ROWS by FIELDS; equal ones keep their order.
local function sort(rows, fields)
  local place = {}
  for i, row in ipairs(rows) do
    place[row] = i
  end
  table.sort(rows, function(a, b)
    for _, field in ipairs(fields) do
      local order = compare(a[field.name], b[field.name])
      if order ~= 0 then return (order < 0) ~= field.down end
    end
    return place[a] < place[b]
  end)
end

--- Return a function(rows) that returns those which the OPTIONS where, sort and limit choose.
--- COLUMNS: the names that they may use, "id,name". RAISE is called with a fault in the options.
function M.by(columns, options, raise)
  fail = raise
  local names, known = {}, {}
  for name in columns:gmatch "[^,%s]+" do
    names[#names + 1], known[name] = name, true
  end
  local wanted = options.where and condition(options.where, names, known)
  local fields = options.sort and fields_of(options.sort, names, known)
  if (options.limit or 0) < 0 then fail("--limit requires 0 or more, got %d", options.limit) end
  return function(rows)
    local out = {}
    for i = 1, length(rows, "a selection") do -- ipairs would not end where every index has a value
      local row = rows[i]
      if not wanted or wanted(row) then out[#out + 1] = row end
    end
    if fields then sort(out, fields) end
    if options.limit then out = table.move(out, 1, math.min(#out, options.limit), 1, {}) end
    return require("toggl.text.json").array(out)
  end
end

--- Return the name in NAMES that equals TEXT, else the first that looks the same, or nil.
function M.name(text, names)
  local same
  for i = 1, length(names, "toggl.options.meant") do
    local name = names[i]
    if name == text then return name end
    if core.fold(name) == core.fold(text) then same = same or name end
  end
  return same
end

return M
