-- CSV by RFC 4180: fields with separators, quotes or line ends are quoted, lines end with CR LF.
--
--   csv.encode(rows, opts)   text of a list of rows, each a list of cells; opts.eol,
--                            opts.separator, opts.guard = false
--   csv.row(cells, opts)     one line of it
--   csv.tabs(cells)          one line of tab-separated values: tabs, line ends and backslashes are
--                            escaped as \t, \n, \r and \\
--   csv.list(items)          a list as one cell; an item with a comma, a quote or a blank at its
--                            ends is quoted
--   csv.items(cell)          the items of such a cell
--   csv.decode(text, opts)   list of lists of strings, or nil and a message with the line; the
--                            guard is removed
--   csv.sheet(text)          as decode, of a file that a spreadsheet saved; and the number of lines
--                            in front of its rows
--   csv.records(text, opts)  list of tables keyed by the names in the first line, or nil and a
--                            message
--
-- A spreadsheet runs a cell that starts with = + - @ or a tab as a formula, also after blanks and
-- line ends and with full-width signs, and these cells hold text typed by other people. Such text
-- is prefixed with an apostrophe, which spreadsheets hide; numbers are left alone. Text that starts
-- with apostrophes before one of these gets one more, so that decode returns exactly what was
-- encoded.

local core = require "toggl.core"
local length = require "toggl.text.length"

local M = {}

-- Blanks that some programs skip: U+00A0, typographic spaces, U+3000, the byte order mark.
local BLANKS = { "^%s+", "^\xC2\xA0", "^\xE2\x80[\x80-\x8B\xAF]", "^\xE3\x80\x80", "^\xEF\xBB\xBF" }

local function skip_blanks(text, at)
  for _, blank in ipairs(BLANKS) do
    local _, last = text:find(blank, at)
    if last then return skip_blanks(text, last + 1) end
  end
  return at
end

-- Would a spreadsheet run the text after the apostrophes?
local function is_guarded(text)
  local at = select(2, text:find "^'*") + 1
  if text:find("^[\t\r\n]", at) then return true end
  at = skip_blanks(text, at)
  return text:find("^[=+%-@]", at) or text:find("^\xEF\xBC[\x8B\x8D\x9D\xA0]", at)
end

local function guard(value, options)
  local text = tostring(value)
  -- a program that this is part of may have a locale with a decimal comma
  if math.type(value) == "float" then return (text:gsub(",", ".")) end
  if type(value) ~= "string" or options.guard == false or not is_guarded(text) then return text end
  return "'" .. text
end

local function cell(value, options, separator)
  if value == nil then return "" end
  local text = guard(value, options)
  if
    text:find('[\r\n"]')
    or text:find(separator, 1, true)
    or text:find("^ ")
    or text:find(" $")
  then
    text = '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

-- The separator, escaped for patterns.
local function separator_of(options)
  local separator = options and options.separator or ","
  if type(separator) == "string" and #separator == 1 and not separator:find '[\r\n"%w]' then
    return separator
  end
  core.misuse(
    ("toggl.csv: separator must be one character such as ';', got %s"):format(
      type(separator) == "string" and ("%q"):format(separator) or type(separator)
    )
  )
end

-- Return how many cells there are; they may hold nils if there is a field n.
local function count(cells, name)
  local n = type(cells) == "table" and rawget(cells, "n")
  return math.type(n) == "integer" and n or length(cells, name)
end

function M.row(cells, options)
  options = options or {}
  local separator = separator_of(options)
  local out = {}
  for i = 1, count(cells, "toggl.csv.row") do
    out[i] = cell(cells[i], options, separator)
  end
  -- An empty line would not be a row.
  if #out == 1 and out[1] == "" then out[1] = '""' end
  return table.concat(out, separator) .. (options.eol or "\r\n")
end

local ESCAPES = { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

function M.tabs(cells)
  local out = {}
  for i = 1, count(cells, "toggl.csv.tabs") do
    out[i] = cells[i] == nil and "" or guard(cells[i], {}):gsub("[\\\t\n\r]", ESCAPES)
  end
  return table.concat(out, "\t") .. "\n"
end

function M.list(items)
  local out = {}
  for i = 1, length(items, "toggl.csv.list") do
    local text = tostring(items[i])
    local plain = text ~= ""
      and not text:find '[,"\r\n]'
      and not text:find "^%s"
      and not text:find "%s$"
    out[i] = plain and text or '"' .. text:gsub('"', '""') .. '"'
  end
  return table.concat(out, ", ")
end

function M.encode(rows, options)
  local out = {}
  for i = 1, length(rows, "toggl.csv.encode") do
    out[i] = M.row(rows[i], options)
  end
  return table.concat(out)
end

-- Read the quoted cell that starts at POS: its text and the position after it; nil when it does not
-- end.
local function quoted(text, pos)
  local parts, from = {}, pos + 1
  while true do
    local at = text:find('"', from, true)
    if not at then return nil end
    parts[#parts + 1] = text:sub(from, at - 1)
    if text:byte(at + 1) ~= 34 then return table.concat(parts), at + 1 end
    parts[#parts + 1] = '"'
    from = at + 2
  end
end

local function line_of(text, pos)
  local _, lines = text:sub(1, pos - 1):gsub("\n", "")
  return lines + 1
end

function M.decode(text, options)
  options = options or {}
  local separator = separator_of(options)
  local plain = '^[^\r\n"%' .. separator .. "]*"
  local rows, row, pos = {}, {}, 1
  if text:find("^\xEF\xBB\xBF") then pos = 4 end -- spreadsheets write a byte order mark
  while pos <= #text or #row > 0 do
    local value, after
    if text:byte(pos) == 34 then
      value, after = quoted(text, pos)
      if not value then
        return nil, ("CSV: line %d: a quoted cell does not end"):format(line_of(text, pos))
      end
    else
      after = select(2, text:find(plain, pos)) + 1
      value = text:sub(pos, after - 1)
    end
    if options.guard ~= false and value:find "^'" and is_guarded(value) then
      value = value:sub(2)
    end
    row[#row + 1] = value
    local eol = text:match("^\r?\n()", after)
    if eol or after > #text then
      rows[#rows + 1], row = row, {}
      pos = eol or after
    elseif text:sub(after, after) == separator then
      pos = after + 1
    else
      return nil,
        ("CSV: line %d: %q inside a cell that is not quoted, or after its quotes"):format(
          line_of(text, after),
          text:sub(after, after)
        )
    end
  end
  return rows
end

-- The separator that stands most often in the first line, outside of quotes.
local function mark_of(text)
  local head, best, most = text:match "^[^\r\n]*":gsub('"[^"]*"', ""), ",", 0
  for _, mark in ipairs { ",", ";", "\t" } do
    local _, n = head:gsub(mark, "")
    if n > most then
      best, most = mark, n
    end
  end
  return best
end

function M.sheet(text)
  local line, why = require("toggl.text.encoding").fault(text)
  if line then return nil, ("CSV: line %d: %s"):format(line, why) end
  text = text:gsub("^\xEF\xBB\xBF", "")
  local named, rest = text:match '^"?[sS][eE][pP]=([,;\t])"?\r?\n(.*)$'
  local rows, wrong = M.decode(rest or text, { separator = named or mark_of(text) })
  local before = rest and 1 or 0
  if rows then return rows, before end
  return nil,
    (wrong:gsub("^CSV: line (%d+)", function(n) return "CSV: line " .. (n + before | 0) end))
end

function M.items(text)
  local items, pos = {}, 1
  while pos <= #text do
    local value, after
    if text:byte(pos) == 34 then
      value, after = quoted(text, pos)
    else
      value, after = text:match("^([^,]*)()", pos)
    end
    if not value or after <= #text and text:sub(after, after + 1) ~= ", " then
      return nil, ("no list in a cell: %s"):format(text)
    end
    items[#items + 1], pos = value, after + 2
  end
  return items
end

function M.records(text, options)
  local rows, why = M.decode(text, options)
  if not rows then return nil, why end
  local names, records = rows[1] or {}, {}
  for i = 2, #rows do
    if #rows[i] > #names then
      return nil, ("CSV: row %d has %d cells under %d names"):format(i, #rows[i], #names)
    end
    local record = {}
    for c, name in ipairs(names) do
      record[name] = rows[i][c]
    end
    records[i - 1] = record
  end
  return records
end

return M
