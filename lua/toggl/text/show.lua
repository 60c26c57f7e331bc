-- Lists, records and plain tables as text: tables for people; CSV, JSON and JSON lines for
-- programs.
--
--   show.print(value, opts)   to standard output
--   show.text(value, opts)    as a string
--
-- opts: format = "table", "csv", "tsv", "json", "jsonl" or "markdown"; columns = {"id", "name"} or
-- "id,name", where "a.b" reads into a nested record; title = a line above a table; empty = the text
-- for a table without rows; of = columns of records, as in toggl.text.listing. show.format and
-- show.columns hold the options of the togglsh command line. In a window, tables are cut to it.

local io = require "toggl.text.standard"("io")
local cells_of = require "toggl.text.cells"
local core = require "toggl.core"
local fitting = require "toggl.text.fitting"
local length = require "toggl.text.length"
local screen = require "toggl.text.screen"
local write_out = require "toggl.text.out"

local M = { format = "table" }

local FORMATS = { table = true, csv = true, tsv = true, json = true, jsonl = true, markdown = true }
local GAP, NARROWEST = fitting.GAP, fitting.NARROWEST

local head_of, is_list, is_map, is_record, model_fields, secrets_of, field, plain, cell =
  cells_of.head,
  cells_of.is_list,
  cells_of.is_map,
  cells_of.is_record,
  cells_of.model_fields,
  cells_of.secrets_of,
  cells_of.field,
  cells_of.plain,
  cells_of.cell

-- -------------------------------------------------------------------------------- rows and columns

local function rows_of_map(map)
  local rows = {}
  for key, record in pairs(map) do
    local row = { key = key }
    for name, v in pairs(is_record(record) and record or { value = record }) do
      row[name] = v
    end
    rows[#rows + 1] = row
  end
  table.sort(rows, function(a, b) return a.key < b.key end)
  return rows, false
end

-- Return any value as a list of records, and whether it was a single record.
local function rows_of(value)
  local rows = {}
  if is_map(value) then return rows_of_map(value) end
  if is_record(value) then return { value }, true end
  if not is_list(value) then return { { value = value } }, true end
  for i = 1, length(value, "toggl.show") do
    local item = value[i]
    rows[i] = is_record(item) and item or { value = item }
  end
  return rows, false
end

local FIRST = { key = 1, id = 2, group_id = 2, name = 3, email = 4 }
local LAST, NESTED, KEYS, ASIDE = 9, 10, 11, 12 -- keys of other things are the least informative
local DEEP = { list = true, map = true, record = true }

local function rank(name, field_row)
  if FIRST[name] or not field_row then
    return FIRST[name] or type(name) == "string" and name:find "_id$" and KEYS or LAST
  end
  return field_row.aside and ASIDE
    or name:find "_id$" and KEYS
    or DEEP[field_row.type] and NESTED
    or LAST
end

-- Return all fields of all rows: identifying fields first, then in the order of the reply, or by
-- name, since the fields of a plain table have no order. FOR_PEOPLE: put the most informative
-- first, because the window may not hold all.
local function all_columns(rows, for_people)
  local names, place, known = {}, {}, {}
  for _, f in ipairs(for_people and model_fields(rows[1]) or {}) do
    known[f.name] = f
  end
  for _, row in ipairs(rows) do
    local secrets = secrets_of(row)
    for name in pairs(row) do
      if not place[name] and not secrets[name] then
        names[#names + 1] = name
        place[name] = #names
      end
    end
  end
  local by_reply = type(rows[1]) == "userdata"
  table.sort(names, function(a, b)
    local ra, rb = rank(a, known[a]), rank(b, known[b])
    if ra ~= rb then return ra < rb end
    if by_reply then return place[a] < place[b] end
    return tostring(a) < tostring(b)
  end)
  return names
end

-- Return the columns that were requested, or nil.
local function asked(options)
  local columns = options.columns or M.columns
  if columns == nil then return nil end
  if type(columns) == "table" then -- its own __index may have names without end
    local copy = {}
    for i = 1, length(columns, "toggl.show.columns") do
      copy[i] = columns[i]
    end
    return copy
  end
  if type(columns) ~= "string" then
    core.misuse(
      ('toggl.show.columns must be names such as "id,name", got a %s'):format(type(columns))
    )
  end
  local names = {}
  for name in columns:gmatch("[^,%s]+") do
    names[#names + 1] = name
  end
  return names
end

-- Reject a column that no row has and no model knows when it was typed on the command line. Scripts
-- may name any.
local function check_columns(rows, columns)
  if #rows == 0 then return end
  local names, known = all_columns(rows), {}
  for _, f in ipairs(model_fields(rows[1])) do
    names[#names + 1] = f.name
  end
  for i, name in ipairs(names) do
    names[i] = tostring(name)
    known[names[i]] = true
  end
  for _, name in ipairs(columns) do
    if not known[name:match("^[^.]+")] then
      io.stderr:write(
        ("no row has a column '%s'%s\n"):format(
          name,
          require("toggl.text.near").question(name, names)
        )
      )
    end
  end
end

-- ------------------------------------------------------------------------------------------ tables

-- Names for the keys of a kind, {[key] = name}, as far as they are known without a request: the
-- command line sets core.above.named(kind).
local function names_for(field_row)
  local named = core.above and core.above.named
  if not (named and field_row and field_row.type == "list" and field_row.key) then return nil end
  return named(field_row.key)
end

local MANY = 3 -- items; more are counted

-- Return VALUE as people read it in a table: names for keys, and how many there are of many.
local function for_people(value, names)
  if not is_list(value) then return plain(value) end
  if names then
    local items = {}
    for i = 1, length(value, "toggl.show") do
      items[i] = names[value[i]] or value[i]
    end
    value = items
  end
  local n = length(value, "toggl.show")
  return n > MANY and ("%d: %s"):format(n, plain(value)) or plain(value)
end

-- Return rows of clean texts and, for each column, its width, whether it holds only numbers, and
-- its use.
local function lay_out(rows, columns)
  local cells, widths, numeric, uses, names, known = {}, {}, {}, {}, {}, {}
  for _, f in ipairs(model_fields(rows[1])) do
    known[f.name] = f
  end
  for c, name in ipairs(columns) do
    local value = field(rows[1], name)
    local is_names = value ~= nil and type(value) ~= "string" and is_list(value)
    widths[c], numeric[c] = screen.width(head_of(name)), true
    uses[c], names[c] = fitting.use(name, known[name], is_names), names_for(known[name])
  end
  for r, row in ipairs(rows) do
    cells[r] = {}
    for c, name in ipairs(columns) do
      local value = field(row, name)
      local text = screen.clean(for_people(value, names[c]))
      cells[r][c] = text
      widths[c] = math.max(widths[c], screen.width(text))
      numeric[c] = numeric[c] and (value == nil or type(value) == "number")
    end
  end
  return cells, widths, numeric, uses
end

local function line(texts, widths, numeric, kept)
  local parts = {}
  for place, c in ipairs(kept) do
    parts[place] = screen.pad(screen.cut(texts[c], widths[c]), widths[c], numeric[c])
  end
  return (table.concat(parts, GAP):gsub(" +$", ""))
end

-- Return the empty columns that were not requested.
local function drop_empty(rows, columns)
  local kept = {}
  for _, name in ipairs(columns) do
    for _, row in ipairs(rows) do
      local value = field(row, name)
      if value ~= nil and plain(value) ~= "" then
        kept[#kept + 1] = name
        break
      end
    end
  end
  return kept
end

local function left_out(columns, kept, window)
  local names, shown = {}, {}
  for _, c in ipairs(kept) do
    shown[c] = true
  end
  for c, name in ipairs(columns) do
    if not shown[c] then names[#names + 1] = head_of(name) end
  end
  return screen.cut(("(no room for %s)"):format(table.concat(names, ", ")), math.max(window, 40))
end

-- Return the lines above the rows, the one below or nil, what makes a row's line, kept columns.
local function table_frame(columns, layout, options)
  local widths, numeric = layout.widths, layout.numeric
  local window = screen.terminal and screen.terminal.width
  -- Show every column that --columns names, whatever the width.
  local typed = M.columns and (options.columns or M.columns) == M.columns
  local kept = fitting.fit(widths, numeric, window or math.huge, layout.uses, typed)
  local rules, heads = {}, {}
  for c in ipairs(columns) do
    rules[c] = ("-"):rep(widths[c])
    heads[c] = head_of(columns[c])
  end
  local head = { screen.bold(line(heads, widths, numeric, kept)), line(rules, widths, {}, kept) }
  return head,
    #kept < #columns and left_out(columns, kept, window) or nil,
    function(texts) return line(texts, widths, numeric, kept) end,
    kept
end

local function table_lines(rows, options)
  local columns = asked(options) or drop_empty(rows, all_columns(rows, true))
  local cells, widths, numeric, uses = lay_out(rows, columns)
  local layout = { widths = widths, numeric = numeric, uses = uses }
  local out, tail, line_of = table_frame(columns, layout, options)
  for r = 1, #rows do
    out[r + 2] = line_of(cells[r])
  end
  out[#out + 1] = tail
  return out
end

-- Return the fields to show of one record, without empty ones and ones that repeat another field,
-- and the server's remarks.
local function worth_telling(row)
  local columns, remarks, seen, known = {}, {}, {}, {}
  for _, f in ipairs(model_fields(row)) do
    known[f.name] = f
  end
  for _, name in ipairs(drop_empty({ row }, all_columns({ row }, true))) do
    local f, text = known[name] or {}, plain(field(row, name))
    if f.remark then
      remarks[#remarks + 1] = text
    elseif not (f.aside and seen[text]) then
      columns[#columns + 1] = name
    end
    seen[text] = true
  end
  return columns, remarks
end

-- Show one record: a line for each field, then sentences.
local function record_lines(row, options)
  local columns, remarks = asked(options), {}
  if not columns then
    columns, remarks = worth_telling(row)
  end
  local widest, out = 0, {}
  for _, name in ipairs(columns) do
    widest = math.max(widest, screen.width(head_of(name)))
  end
  local window = screen.terminal and screen.terminal.width
  local known = {}
  for _, f in ipairs(model_fields(row)) do
    known[f.name] = f
  end
  for i, name in ipairs(columns) do
    local text = screen.clean(for_people(field(row, name), names_for(known[name])))
    if window then text = screen.cut(text, math.max(NARROWEST, window - widest - #GAP)) end
    out[i] = (screen.pad(head_of(name), widest) .. GAP .. text):gsub(" +$", "")
  end
  for _, text in ipairs(remarks) do
    out[#out + 1] =
      screen.clean(("Toggl says: %s%s"):format(text, #columns == 0 and "; nothing was made" or ""))
  end
  return out
end

local writers = {}

function writers.table(value, options)
  local rows, single = rows_of(value)
  local out
  if single and not is_record(value) then
    out = { screen.clean(plain(value)) }
  elseif single then
    out = record_lines(rows[1], options)
  elseif #rows == 0 then
    out = { options.empty or "(none)" }
  else
    out = table_lines(rows, options)
  end
  if options.title then table.insert(out, 1, screen.bold(screen.clean(options.title))) end
  return table.concat(out, "\n") .. "\n"
end

-- ------------------------------------------------------------------------------------ for programs

-- Never send escapes to a terminal, whatever the format: clean the texts of CELLS there.
local function safe(cells)
  local on_terminal = screen.terminal and (screen.terminal.window or screen.terminal.width)
  if not on_terminal then return cells end
  local clean = { n = cells.n }
  for c = 1, cells.n do
    clean[c] = type(cells[c]) == "string" and screen.clean(cells[c]) or cells[c]
  end
  return clean
end

-- Return VALUE as lines that WRITE makes of the cells of each row.
local function cell_lines(value, options, write)
  local rows = rows_of(value)
  local columns = asked(options) or all_columns(rows)
  local out = {}
  columns.n = #columns
  if columns.n > 0 and options.header ~= false then out[1] = write(safe(columns), options) end
  for _, row in ipairs(rows) do
    local cells = { n = columns.n }
    for c, name in ipairs(columns) do
      cells[c] = cell(field(row, name))
    end
    out[#out + 1] = write(safe(cells), options)
  end
  return table.concat(out)
end

function writers.csv(value, options)
  return cell_lines(value, options, require("toggl.text.csv").row)
end

function writers.tsv(value, options)
  return cell_lines(value, options, require("toggl.text.csv").tabs)
end

local DEEPEST_JSON = 128 -- as toggl.json

-- Return the value that a program gets: of a record the requested columns, or all but its secrets;
-- at any depth. MADE holds what was made of a table that may stand in many others, with the columns
-- and without.
local function chosen(value, columns, made, depth)
  if depth > DEEPEST_JSON then
    core.misuse(("toggl.show: value is nested deeper than %d, or in itself"):format(DEEPEST_JSON))
  end
  local list = is_list(value)
  if not list and not is_record(value) then return value end
  local json = require "toggl.text.json"
  local kept = made[columns ~= nil]
  if kept[value] then return kept[value] end
  local t = list and json.array {} or {}
  if list then
    for i = 1, length(value, "toggl.show") do
      t[i] = chosen(value[i], columns, made, depth + 1)
    end
  else
    for _, name in ipairs(columns or all_columns { value }) do
      local member = chosen(field(value, name), nil, made, depth + 1)
      t[tostring(name)] = member == nil and json.null or member
    end
  end
  if type(value) == "table" then kept[value] = t end
  return t
end

local function choose(value, columns)
  return chosen(value, columns, { [true] = {}, [false] = {} }, 1)
end

local function encode(value, options, indent)
  local columns = asked(options)
  local order = columns or { "id", "name", "email" }
  local text, why = require("toggl.text.json").encode(value, { indent = indent, order = order })
  return cells_of.json(text or error(why, 0)) .. "\n"
end

function writers.json(value, options) return encode(choose(value, asked(options)), options, 2) end

function writers.jsonl(value, options)
  local columns = asked(options)
  if not is_list(value) then return encode(choose(value, columns), options) end
  local out = {}
  for i = 1, length(value, "toggl.show") do
    out[i] = encode(choose(value[i], columns), options)
  end
  return table.concat(out)
end

-- Escape TEXT for Markdown: names come from other people and must not become markup or a cell.
local function verbatim(value)
  local text = screen.clean(plain(value)):gsub("&", "&amp;")
  return (text:gsub("[\\`*_%[%]<>|#~]", "\\%0"))
end

function writers.markdown(value, options)
  local rows = rows_of(value)
  local columns, out = asked(options) or all_columns(rows), {}
  local function add(make)
    local cells = {}
    for c, name in ipairs(columns) do
      cells[c] = make(name)
    end
    out[#out + 1] = ("| %s |\n"):format(table.concat(cells, " | "))
  end
  add(verbatim)
  add(function() return "---" end)
  for _, row in ipairs(rows) do
    add(function(name) return verbatim(field(row, name)) end)
  end
  return #columns > 0 and table.concat(out) or ""
end

--- Return VALUE as text.
function M.text(value, options)
  options = options or {}
  local format = options.format or M.format
  if not FORMATS[format] then error("no such format: " .. tostring(format), 2) end
  if M.columns and (options.columns or M.columns) == M.columns then
    check_columns(rows_of(value), asked {})
  end
  return writers[format](value, options)
end

local MARKED = { csv = true, tsv = true }

--- Write TEXT to standard output. Raises when the reader has closed it, so that no further request
--- is made. The command line sets M.held to a list where a pager shall show all texts at the end,
--- and M.bom where a spreadsheet expects a byte order mark at the beginning.
function M.write(text)
  if M.bom and MARKED[M.format] then
    M.bom, text = nil, "\xEF\xBB\xBF" .. text
  end
  if M.held then
    M.held[#M.held + 1] = text
    return
  end
  write_out(text)
end

--- Write what is held for a pager, and hold nothing from now on: a question or a wait follows.
function M.flush()
  local text = M.held and table.concat(M.held)
  M.held = nil
  if text and text ~= "" then M.write(text) end
  io.stdout:flush()
end

--- Return the rows of VALUE, a list or an iterator such as org:each_user(), by the columns OF of
--- toggl.text.listing: {{name = value}}.
function M.rows(value, of) return require("toggl.text.listing").rows(value, of) end

--- Write VALUE to standard output.
function M.print(value, options)
  if not (options and options.of) then return M.write(M.text(value, options)) end
  local uses = { show = M, asked = asked, check = check_columns, frame = table_frame }
  require("toggl.text.listing").print(uses, value, options)
end

return M
