-- Values in a table cell: records of the module or plain tables, and their values as text.

local core = require "toggl.core"
local length = require "toggl.text.length"
local screen = require "toggl.text.screen"

local M = {}

local function name_of_type(value)
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.__name or nil
end

function M.is_list(value)
  local name = name_of_type(value)
  if name == "toggl.list" or name == "toggl.array" then return true end
  return type(value) == "table" and (value[1] ~= nil or next(value) == nil)
end

--- Is it a record of the module, or a plain table with names?
function M.is_record(value)
  if type(value) == "table" then return not M.is_list(value) end
  local mt = type(value) == "userdata" and getmetatable(value)
  return mt and mt.__pairs ~= nil and not M.is_list(value) or false
end

--- {[workspace_id] = record}: the reply of an operation that reports many things by their keys.
function M.is_map(value)
  if type(value) ~= "table" or M.is_list(value) then return false end
  for key in next, value do
    if math.type(key) ~= "integer" then return false end
  end
  return true
end

-- Rows of models by name, made on first use: a table needs one of them.
local models = setmetatable({}, {
  __index = function(t, name)
    local row = core.model(name)
    t[name] = row
    return row
  end,
})

--- Return the fields of a record's model; none for plain tables.
function M.model_fields(record)
  local model = type(record) == "userdata" and models[record:model()]
  return model and model.fields or {}
end

function M.secrets_of(record)
  local secrets = {}
  for _, f in ipairs(M.model_fields(record)) do
    if f.secret then secrets[f.name] = true end
  end
  return secrets
end

-- The member NAME of a record or table. Methods are not fields.
local function member(record, name)
  if not M.is_record(record) then return nil end
  local value
  if type(record) == "table" then
    value = record[name]
  elseif type(name) == "string" then
    value = record:get(name)
  end
  if type(value) ~= "function" then return value end
end

--- Return the field of a record at a path such as "subscription.plan_name".
function M.field(record, path)
  local value = member(record, path)
  if value ~= nil or type(path) ~= "string" then return value end
  value = record
  for name in path:gmatch("[^.]+") do
    value = member(value, name)
  end
  return value
end

local DEEPEST = 8
local MOST_VALUES = 10000
local MOST = { most = 1 << 20 } -- bytes of a record in a cell: a table may hold another many times
local MOST_LIST = 16 << 20 -- and of all items of a list, as many as a reply can have

-- Copy a table so that JSON can hold it: keys of several kinds become texts, and so does everything
-- that is not data. LEFT: how many values may be copied (n), and whether some were not (cut).
local function as_data(value, depth, left)
  if type(value) == "function" or type(value) == "thread" then return tostring(value) end
  if type(value) ~= "table" then return value end
  if depth > DEEPEST or left.n <= 0 then
    left.cut = true
    return "..."
  end
  local t, keys = {}, 0
  for _ in pairs(value) do
    keys = keys + 1
  end
  for k, v in pairs(value) do
    if left.n <= 0 then
      left.cut = true
      break
    end
    left.n = left.n - 1
    t[keys == #value and k or tostring(k)] = as_data(v, depth + 1, left)
  end
  return t
end

-- A second value: not all of it.
local function json_text(value)
  local encode = require("toggl.text.json").encode
  local text, left = encode(value, MOST), { n = MOST_VALUES }
  if text then return text end
  text = encode(as_data(value, 1, left), MOST)
  return text or tostring(value), left.cut or not text
end

-- The text for a record in a cell. A second value: not all of it.
local function short(value)
  if type(value) == "table" and M.is_list(value) then return json_text(value) end
  if not M.is_record(value) then return tostring(value) end
  local name = member(value, "name") or member(value, "workspace_name") or member(value, "email")
  if type(name) == "string" then return name end
  return json_text(value)
end

-- The items of a list as texts; those past the limit are "...". A second value: not all of it.
local function items_of(list)
  local items, bytes, cut = {}, 0, false
  for i = 1, length(list, "toggl.show") do
    if bytes > MOST_LIST then
      items[i] = "..."
      return items, true
    end
    local text, less = short(list[i])
    items[i], cut, bytes = text, cut or less, bytes + #text
  end
  return items, cut
end

--- Return a value as one text. Lists become their items, separated by commas.
function M.plain(value)
  if value == nil or value == require("toggl.text.json").null then return "" end
  if type(value) == "boolean" then return value and "yes" or "no" end
  if math.type(value) == "float" then return ("%.14g"):format(value) end
  if M.is_list(value) then return table.concat((items_of(value)), ", ") end
  if M.is_record(value) then return (short(value)) end
  return tostring(value)
end

--- Return the NAME of a column or a field as people read it: a reply may have any name.
function M.head(name) return screen.clean(tostring(name)) end

-- People see the dots; a program would take the part for the whole.
local function whole(what, cut)
  if cut then
    core.misuse "toggl.show: a cell holds more than its format takes; leave its column out"
  end
  return what
end

--- The same for programs, which read true and false, and tell the items of a list apart. Raises
--- where a cell would hold a part of its value.
function M.cell(value)
  if type(value) == "boolean" then return tostring(value) end
  if type(value) ~= "string" and M.is_list(value) then
    return require("toggl.text.csv").list(whole(items_of(value)))
  end
  if type(value) ~= "string" and M.is_record(value) then return whole(short(value)) end
  if type(value) == "number" or type(value) == "string" then return value end
  return M.plain(value)
end

--- Write control and invisible characters of the JSON in TEXT as its escapes, for a terminal.
function M.json(text)
  if not (screen.terminal and screen.terminal.window) or not text:find "[\x7F-\xFF]" then
    return text
  end
  return (
    text:gsub("[\x7F-\xFF][\x80-\xBF]*", function(letter)
      if screen.clean(letter) == letter then return letter end
      local ok, point = pcall(require "toggl.text.standard"("utf8").codepoint, letter)
      if not ok then return screen.clean(letter):gsub("\\", "\\\\") end
      if point < 0x10000 then return ("\\u%04x"):format(point) end
      point = point - 0x10000
      return ("\\u%04x\\u%04x"):format(0xD800 + (point >> 10), 0xDC00 + (point & 0x3FF))
    end)
  )
end

return M
