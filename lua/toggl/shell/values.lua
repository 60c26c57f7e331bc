-- A value as the prompt shows it, and as togglsh shows what -e returns.
local screen = require "toggl.text.screen"

local M = {}

-- Required for a table: texts and numbers need no more than this file.
local function show() return require "toggl.text.show" end

--- Return TEXT in the colour CODE where the terminal has colours.
function M.colour(code, text)
  if not (screen.terminal and screen.terminal.colour) then return text end
  return ("\27[%sm%s\27[0m"):format(code, text)
end

--- Return TEXT without control characters, but with its line ends and tabs.
function M.clean(text) return (text:gsub("[^\n\t]+", screen.clean)) end

--- Return the name of the type of a userdata or of an object.
function M.type(value)
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.__name or nil
end

-- Can show write it as a table or a record: without functions and the like, and without circles?
local function is_data(value, depth)
  if type(value) == "userdata" then
    return M.type(value) ~= nil and getmetatable(value).__pairs ~= nil
      or M.type(value) == "toggl.list"
      or value == require("toggl.core").null
  end
  if type(value) ~= "table" then return type(value) ~= "function" and type(value) ~= "thread" end
  if depth > 6 then return false end
  for k, v in next, value do
    if type(k) ~= "string" and math.type(k) ~= "integer" or not is_data(v, depth + 1) then
      return false
    end
  end
  return true
end

local function key_list(value)
  local rows = {}
  for k, v in next, value do
    rows[#rows + 1] = { name = tostring(k), value = tostring(v) }
  end
  table.sort(rows, function(a, b) return a.name < b.name end)
  return show().text(rows, { columns = { "name", "value" }, format = "table" })
end

local function about_list(list)
  if #list == 0 and list.complete and (list.age or 0) < 1 then return "" end -- "(none)" suffices
  local parts = { ("%d %s"):format(#list, #list == 1 and "row" or "rows") }
  if not list.complete then parts[#parts + 1] = "not complete" end
  if (list.age or 0) >= 1 then parts[#parts + 1] = ("%d s old"):format(list.age // 1) end
  return M.colour("2", ("(%s)"):format(table.concat(parts, ", "))) .. "\n"
end

--- Return the text of VALUE.
function M.text(value)
  local mt = getmetatable(value)
  if type(value) == "string" then return M.clean(value) .. "\n" end
  if type(value) == "table" and type(mt) == "table" and mt.__tostring then
    return M.clean(tostring(value)) .. "\n"
  end
  if value ~= nil and value == package.loaded.toggl then
    return ("toggl %s; help(toggl) lists what is in it\n"):format(value._VERSION)
  end
  if type(value) == "table" and not is_data(value, 1) then return key_list(value) end
  if type(value) ~= "table" and type(value) ~= "userdata" or not is_data(value, 1) then
    return M.clean(tostring(value)) .. "\n"
  end
  if type(value) == "table" and next(value) == nil then
    local later = type(mt) == "table" and type(mt.__index) == "function"
    return later and "{}, and names that are made on first use: Tab lists them\n" or "{}\n"
  end
  local columns = show().columns
    or type(mt) == "table" and type(mt.columns) == "table" and mt.columns
    or nil
  local text = show().text(value, { columns = columns, format = show().format })
  if M.type(value) == "toggl.list" and show().format == "table" then
    text = text .. about_list(value)
  end
  return text
end

--- Return how many of the RESULTS to show: an absent remark (a trailing nil) is not shown.
function M.told(results)
  local n = results.n
  while n > 1 and results[n] == nil do
    n = n - 1
  end
  return n
end

return M
