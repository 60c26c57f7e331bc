-- Long lists by columns, page by page: what toggl.show.print does with options.of. The texts are
-- written from the records in C, without a Lua value for a cell, except where a person reads them.
--
-- options.of = {model = "org_user", {name = "email", field = "email"}, ...}: the columns of a
-- record. A spec has a name and a field; with item =, the field is a list of records, and the cell
-- has that field of each; with rules = {{"inactive", true, "inactive"}, ...} the text of the first
-- rule whose field, a boolean, has that value. A cell is empty where the record does not say.

local core = require "toggl.core"
local fitting = require "toggl.text.fitting"
local screen = require "toggl.text.screen"

local M = {}

--- Number of values of this Lua state that did not have the type of their field, and were shown as
--- unknown. A host reports it by its exit status.
M.misfits = 0

-- What is wrong with OF as columns; nil: nothing.
local function wrong(of)
  if type(of) ~= "table" then return "got a " .. type(of) end
  if type(of.model) ~= "string" or not core.model(of.model) then
    return ("its model is %s"):format(tostring(of.model))
  end
  for i, spec in ipairs(of) do
    if type(spec) ~= "table" or type(spec.name) ~= "string" then
      return ("its column %d has no name"):format(i)
    end
  end
end

-- Raise unless OF is columns of records.
local function check(of)
  local why = wrong(of)
  if why then core.misuse("columns must be like toggl.audit.PERSON: " .. why) end
end

-- Return the core's columns for NAMES, in the order of NAMES.
local function columns_of(of, names)
  check(of)
  local known, specs = {}, {}
  for _, spec in ipairs(of) do
    known[spec.name] = spec
  end
  for i, name in ipairs(names) do
    specs[i] = known[name] or { name = name }
  end
  return core.columns(of.model, specs)
end

-- Call TAKE with each list of VALUE, a list or an iterator over pages. Only one page is in memory.
-- Then report values of a wrong type, once.
local function walk(value, columns, take)
  local client, count, sentence = nil, 0, nil
  local lists = type(value) == "table" and value:lists()
    or function()
      local list = value
      value = nil
      return list
    end
  local own = type(value) == "table"
  for list in lists do
    take(list)
    local n, position, field, shown, wanted = core.misfits(columns)
    if n > 0 then
      local record = list[position]
      client = client or record:client()
      sentence = sentence
        or ('%s: the field "%s" is %s, and should be of type %s'):format(
          record,
          field,
          shown,
          wanted
        )
      count = count + n
    end
    if own then getmetatable(list).__close(list) end
  end
  if count == 0 then return end
  M.misfits = M.misfits + count
  local rest = count > 1 and (", and %d more values are wrong; they are"):format(count - 1)
  core.warn(client, sentence .. (rest or "; it is") .. " shown as unknown")
end

--- Return the rows of VALUE, {{name = value}}.
function M.rows(value, of)
  check(of)
  if not (core.is_list(value) or type(value) == "table" and type(value.lists) == "function") then
    core.misuse("toggl.show.rows requires a list of records or an iterator, got " .. type(value))
  end
  local names, all = {}, require("toggl.text.json").array {}
  for i, spec in ipairs(of) do
    names[i] = spec.name
  end
  local columns = columns_of(of, names)
  walk(value, columns, function(list)
    local rows = core.columns_rows(list, columns)
    table.move(rows, 1, #rows, #all + 1, all)
  end)
  return all
end

-- ------------------------------------------------------------------------------------ for programs

-- Add to OUT what a program reads. Nothing is written before all is read: a reading that fails
-- leaves no half of a file.
local programs = {}

local function lines(value, columns, out, separator)
  walk(
    value,
    columns,
    function(list) out[#out + 1] = core.columns_csv(list, columns, separator) end
  )
end

function programs.csv(value, columns, out, names, options)
  local csv = require "toggl.text.csv"
  local head = csv.row(names, options) -- checks the separator too
  if #names > 0 and options.header ~= false then out[1] = head end
  lines(value, columns, out, options.separator or ",")
end

function programs.tsv(value, columns, out, names, options)
  if #names > 0 and options.header ~= false then out[1] = require("toggl.text.csv").tabs(names) end
  lines(value, columns, out)
end

function programs.jsonl(value, columns, out)
  walk(value, columns, function(list) out[#out + 1] = core.columns_json(list, columns) end)
end

function programs.json(value, columns, out)
  walk(value, columns, function(list)
    local text = core.columns_json(list, columns, 2)
    if text == "[]" then return end
    out[#out + 1] = #out == 0 and "[" or ","
    out[#out + 1] = text:sub(2, -3) -- without "[" and "\n]"
  end)
  out[#out + 1] = #out == 0 and "[]\n" or "\n]\n"
end

-- -------------------------------------------------------------------------------------- for people

-- Return the packed cells of each page, and how many rows there are. LAYOUT gets the widths, and
-- what is known of the columns.
local function pack(value, columns, names, of, layout)
  local pages, rows, lists = {}, 0, {}
  for _, spec in ipairs(of) do
    lists[spec.name] = spec.item ~= nil
  end
  for c, name in ipairs(names) do
    layout.widths[c], layout.numeric[c] = screen.width(tostring(name)), true
    layout.uses[c] = fitting.use(name, nil, lists[name] or false)
  end
  walk(value, columns, function(list)
    rows = rows + #list
    pages[#pages + 1] = core.columns_pack(list, columns, layout.widths, layout.numeric)
  end)
  return pages, rows
end

-- Write a table of VALUE. USES: see M.print.
local function print_table(uses, value, columns, names, options)
  local layout = { widths = {}, numeric = {}, uses = {} }
  local pages, rows = pack(value, columns, names, options.of, layout)
  local head, tail, _, kept = uses.frame(names, layout, options)
  local title = options.title and screen.bold(screen.clean(options.title)) .. "\n" or ""
  if rows == 0 then return uses.show.write(title .. (options.empty or "(none)") .. "\n") end
  uses.show.write(title .. table.concat(head, "\n") .. "\n")
  for i, packed in ipairs(pages) do
    local from, text = 1
    while from do
      text, from = core.columns_lines(packed, kept, layout.widths, layout.numeric, from)
      uses.show.write(text)
    end
    pages[i] = ""
  end
  if tail then uses.show.write(tail .. "\n") end
end

-- Reject a column that was typed on the command line and that there is not.
local function check_typed(uses, options)
  local typed = uses.show.columns
  if not typed or (options.columns or typed) ~= typed then return end
  local names = {}
  for _, spec in ipairs(options.of) do
    names[spec.name] = true
  end
  uses.check({ names }, uses.asked {})
end

--- Write VALUE, a list or an iterator such as org:each_user(), by the columns of options.of. USES:
--- toggl.show, and its functions for the requested columns and the frame of a table.
function M.print(uses, value, options)
  local show = uses.show
  local format, names = options.format or show.format, uses.asked(options)
  local window = screen.terminal and (screen.terminal.window or screen.terminal.width)
  local program = not window and names and programs[format]
  if not program and (format ~= "table" or not names) then
    return show.write(show.text(M.rows(value, options.of), options))
  end
  check_typed(uses, options)
  local columns, out = columns_of(options.of, names), {}
  if not program then return print_table(uses, value, columns, names, options) end
  program(value, columns, out, names, options)
  for i, text in ipairs(out) do
    show.write(text)
    out[i] = ""
  end
end

return M
