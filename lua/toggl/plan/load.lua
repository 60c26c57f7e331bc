-- Desired states from files: Lua, JSON and CSV.

local core = require "toggl.core"
local coroutine = require "toggl.text.standard"("coroutine")
local desired = require "toggl.plan.desired"
local encoding = require "toggl.text.encoding"
local io = require "toggl.text.standard"("io")
local json = require "toggl.text.json"
local near = require "toggl.text.near"
local schema = require "toggl.plan.schema"

local M = {}

-- Loaded when a problem asks for a line; most files have none.
local function places() return require "toggl.plan.places" end

local Problems = { __name = "toggl.problems", __tostring = function(e) return e.message end }

--- The name of a state that a program passed as a table, which has no file.
M.PROGRAM = "desired"

-- The problems of a state as an error of kind "setting", with a line for each.
local function refuse(found, tail)
  local lines = {}
  for i, problem in ipairs(found) do
    local place = problem.line and ("%s:%d: "):format(problem.file, problem.line)
      or ("%s: "):format(problem.file)
    lines[i] = (problem.file == M.PROGRAM and "" or place) .. problem.text
  end
  local n = #found
  local message = ("%d %s in the desired state; %s\n%s"):format(
    n,
    n == 1 and "problem" or "problems",
    tail or "nothing was read or sent",
    table.concat(lines, "\n")
  )
  return nil, setmetatable({ kind = "setting", message = message, problems = found }, Problems)
end

M.refuse = refuse

-- ------------------------------------------------------------------------------------- the formats

local parsers = {}

local BUDGET = 50000000 -- instructions of a file in Lua: some seconds

local DEEPEST = 8 -- tables in tables; a desired state has fewer

-- May a key stand twice in TEXT? Then it has more signs of assignment than VALUE has keys. Signs in
-- strings count too: the places are looked for then, which tells.
local function may_repeat(text, value, format)
  local is_lua = format == "lua"
  local n = core.count_signs(text, is_lua and "=" or ":", is_lua and "--" or nil)
  return type(value) ~= "table" or n ~= core.count_keys(value, #text, DEEPEST)
end

-- Lines of the values, found when a problem first asks for one, and keys that stand twice.
local function lines_of(text, value, format)
  if may_repeat(text, value, format) then return places().scan(text, format) end
  local scanned
  local function find(_, key)
    scanned = scanned or places().scan(text, format)
    return scanned[key]
  end
  return setmetatable({}, { __index = find }), {}
end

-- Run the text without globals, so that a file can neither read, write nor call.
function parsers.lua(text, name)
  local chunk, why = load(text, "@" .. name, "t", {})
  local function problem(message)
    local line, rest = tostring(message):match ":(%d+): (.*)$"
    return { line = tonumber(line) or 1, text = rest or tostring(message) }
  end
  if not chunk then return nil, { problem(why) } end
  local runner = coroutine.create(chunk)
  local hooked = debug and debug.sethook
  if hooked then hooked(runner, function() error("it runs for too long", 0) end, "", BUDGET) end
  local ok, value = coroutine.resume(runner)
  if not ok then return nil, { problem(value) } end
  return value, {}, lines_of(text, value, "lua")
end

function parsers.json(text)
  local value, why = json.decode(text)
  if value == nil and why:find("duplicate key", 1, true) then
    local _, twice = places().scan(text, "json")
    local found = {}
    for i, other in ipairs(twice) do
      local name = tostring(other.path[#other.path])
      found[i] = { line = other.line, text = ("%q stands twice"):format(name) }
    end
    if found[1] then return nil, found end
  end
  if value == nil then
    return nil, { { line = tonumber(why:match "line (%d+)") or 1, text = why } }
  end
  return value, {}, lines_of(text, value, "json")
end

local function split(cell)
  local list = {}
  for part in cell:gmatch(cell:find("|", 1, true) and "[^|]+" or "[^,;\n]+") do
    part = part:match "^%s*(.-)%s*$"
    if part ~= "" then list[#list + 1] = part end
  end
  return list
end

local function is_one_of(words, text)
  for _, word in ipairs(words) do
    if word == text then return true end
  end
  return false
end

-- A cell of names: "Main:admin | Client work | -Archive", a sign in front ends the membership.
local function memberships(cell, field)
  local list = {}
  for i, part in ipairs(split(cell)) do
    local gone, name = part:match "^(%-?)%s*(.*)$"
    local bare, word = name:match "^(.-)%s*:%s*(%a+)$"
    -- What stands there already is not replaced: both are compared when the list is read.
    if gone == "-" and not list[name] then
      list[name] = false
    elseif bare and field.words and is_one_of(field.words, word) then
      local key = list[bare] == nil and bare or i
      list[key] = key == bare and word or { name = bare, role = word }
    else
      list[i] = name
    end
  end
  return list
end

local function columns_of(head, found)
  local columns, names, seen = {}, schema.names "person", {}
  for c, title in ipairs(head) do
    local name = core.fold(title):gsub("^e%-mail$", "email")
    local field = schema.field("person", name)
    columns[c] = field
    if field and seen[name] then
      found[#found + 1] = { line = 1, text = ("the column %s stands twice"):format(name) }
    end
    seen[name] = true
    if not field and name ~= "" then
      local all = "there are: " .. table.concat(names, ", ")
      found[#found + 1] = {
        line = 1,
        text = ("unknown column '%s'%s"):format(title, near.question(name, names, all)),
      }
    end
  end
  return columns
end

local function person_of(row, columns)
  local person, empty = {}, true
  for c, field in pairs(columns) do
    local cell = (row[c] or ""):match "^%s*(.-)%s*$"
    if cell ~= "" then
      empty = false
      person[field.name] = field.type == "memberships" and memberships(cell, field) or cell
    end
  end
  return not empty and person or nil
end

local function height(row)
  local n = 1
  for _, cell in ipairs(row) do
    n = n + select(2, cell:gsub("\n", ""))
  end
  return n
end

function parsers.csv(text)
  local rows, before = require("toggl.text.csv").sheet(text)
  if not rows then
    local line, what = before:match "^CSV: line (%d+): (.*)$"
    return nil, { { line = tonumber(line) or 1, text = what or before } }
  end
  local found, people, lines = {}, {}, {}
  local columns = columns_of(rows[1] or {}, found)
  local line = before + (rows[1] and 1 + height(rows[1]) or 1)
  local has_address = false
  for _, field in pairs(columns) do
    has_address = has_address or field.name == "email"
  end
  if not has_address then
    found[#found + 1] = { line = 1, text = "there is no column email" }
    return nil, found
  end
  for i = 2, #rows do
    if #rows[i] > #rows[1] then
      local names = #rows[1] == 1 and "1 name" or ("%d names"):format(#rows[1])
      found[#found + 1] = { line = line, text = ("%d cells under %s"):format(#rows[i], names) }
    end
    people[#people + 1] = person_of(rows[i], columns)
    if people[#people] then lines[places().key { "people", #people }] = lines[#lines] or line end
    line = line + height(rows[i])
  end
  return { people = people }, found, lines, {}
end

-- ------------------------------------------------------------------------------------------- files

local function sort(found)
  for i, problem in ipairs(found) do
    problem.rank = i
  end
  table.sort(found, function(a, b)
    if a.line ~= b.line then return a.line < b.line end
    return a.rank < b.rank
  end)
  return found
end

local judged = setmetatable({}, { __mode = "k" }) -- states that this module has judged

--- Take STATE for judged: it was, before it was kept.
function M.trust(state)
  judged[state] = true
  return state
end

--- Was STATE judged? A field of it proves nothing: a program may write any.
function M.is_judged(state) return judged[state] == true end

-- Convert paths of the state to lines, for problems that the plan finds later.
local function finish(state, found, file, lines)
  for _, problem in ipairs(found) do
    problem.file, problem.line = file, problem.line or places().line(lines or {}, problem.path)
    problem.path = nil
  end
  if #found > 0 then return refuse(sort(found)) end
  state.file, state.lines = file, lines
  return M.trust(state)
end

local function read_zone(state, found)
  if not state or not state.timezone then return end
  local offsets, why = require("toggl.plan.zone").load(state.timezone)
  if not offsets then found[#found + 1] = { path = { "timezone" }, text = why } end
  state.zone = offsets
end

-- Put the place of each problem of FOUND in front of it, where a line does not tell enough.
local function name_places(found)
  for _, problem in ipairs(found) do
    local parts = {}
    for i, part in ipairs(problem.path or {}) do
      parts[i] = tostring(part)
    end
    if parts[1] then problem.text = ("%s: %s"):format(table.concat(parts, "."), problem.text) end
  end
end

--- Read a desired state from TEXT. FORMAT: "lua", "json" or "csv"; NAME stands in messages. nil and
--- an error that has every problem with its line.
function M.parse(text, format, name)
  local line, fault
  if not text:find "^\27" then -- a binary chunk, which the parser names
    line, fault = encoding.fault(text)
  end
  if line then return finish(nil, { { line = line, text = fault } }, name) end
  local value, found, lines, twice = parsers[format](text:gsub("^\xEF\xBB\xBF", ""), name)
  if value == nil and #found == 0 then
    found[1] = { line = 1, text = "it returns nothing: write return { people = { ... } }" }
  end
  if value == nil then return finish(nil, found, name) end
  local state, wrong = desired.normal(value)
  for _, problem in ipairs(format == "csv" and wrong or {}) do
    local column = problem.path[3]
    if type(column) == "string" then
      problem.text = ("column %s: %s"):format(column, problem.text)
    end
  end
  if format == "json" and not text:find "\n%s*%S" then name_places(wrong) end
  table.move(wrong, 1, #wrong, #found + 1, found)
  for _, other in ipairs(twice or {}) do
    local path = other.path
    found[#found + 1] =
      { line = other.line, text = ("%q stands twice"):format(tostring(path[#path])) }
  end
  read_zone(state, found)
  return finish(state, found, name, lines)
end

--- A desired state from a table, as a program makes it.
function M.table(value)
  local state, found = desired.normal(value)
  name_places(found)
  read_zone(state, found)
  return finish(state, found, M.PROGRAM, {})
end

local function setting(message)
  return nil, setmetatable({ kind = "setting", message = message }, Problems)
end

-- What is run must come from its user: the file is judged as jobs are.
local function content(path, format)
  if format == "lua" and core.read_own then
    local text, why = core.read_own(path)
    if text then return text end
    return setting(why or ("%s: there is no such file"):format(path))
  end
  local file <close>, why = io.open(path, "rb")
  if not file then return setting(("the desired state cannot be read: %s"):format(why)) end
  local text, problem = file:read "a"
  return text or setting(("%s cannot be read: %s"):format(path, problem))
end

--- Read a desired state from the file PATH, whose name ends in .lua, .json or .csv.
function M.file(path)
  local format = path:lower():match "%.(%a+)$"
  if not parsers[format or ""] then
    local text = "%s: a desired state is a file that ends in .lua, .json or .csv"
    return setting(text:format(path == "" and '""' or path))
  end
  local text, err = content(path, format)
  if not text then return nil, err end
  local state, wrong = M.parse(text, format, path)
  -- An export that was cut would take everyone out of a group that it is synchronized with.
  if state and format == "csv" and #state.people == 0 then
    return setting(("%s has no people: nothing was read or sent"):format(path))
  end
  return state, wrong
end

return M
