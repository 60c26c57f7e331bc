-- What the prompt writes to files: results in the format of the file's ending, and what was typed,
-- as a script.

local core = require "toggl.core"
local lexer = require "toggl.words.lexer"
local screen = require "toggl.text.screen"
local show = require "toggl.text.show"

local M = {}

local FORMATS = {
  csv = "csv",
  tsv = "tsv",
  json = "json",
  jsonl = "jsonl",
  md = "markdown",
  txt = "table",
}

local function fail(format, ...) error({ kind = "usage", message = format:format(...) }, 0) end

--- Return FILE with the home folder for a leading ~.
function M.path(file)
  local home = os.getenv "HOME"
  return home and home ~= "" and file:gsub("^~/", (home:gsub("%%", "%%%%")) .. "/") or file
end

--- Return the format of FILE. Raises a usage error for an ending that has none.
function M.format(file)
  return FORMATS[file:match "%.(%w+)$" or ""]
    or fail("%s: which format? .csv, .tsv, .json, .jsonl, .md and .txt hold results", file)
end

function M.columns(value)
  local mt = getmetatable(value)
  return show.columns or type(mt) == "table" and type(mt.columns) == "table" and mt.columns or nil
end

--- Return VALUE as text for a file, which has no width.
function M.text(value, format)
  local terminal = screen.terminal
  screen.terminal = nil
  local ok, text = pcall(show.text, value, { format = format, columns = M.columns(value) })
  screen.terminal = terminal
  return ok and text or error(text, 0)
end

-- The system reports a missing folder as "no such file", which is no help when creating a file.
local function cannot_open(file, why)
  local folder = file:match "^(.+)/[^/]*$"
  local there <close> = folder and io.open(folder)
  if folder and not there then why = "there is no folder " .. folder end
  error({ kind = "error", message = ("nothing was saved: %s"):format(why) }, 0)
end

--- Open FILE, emptied, to write to.
function M.open(file)
  local out, why = io.open(file, "w")
  return out or cannot_open(file, why)
end

--- Write TEXT to FILE; SHUT: it is whole then. Raises unless all of it was written.
function M.put(out, file, text, shut)
  local ok, problem = out:write(text)
  local closed, late = (shut and out.close or out.flush)(out) -- flushes what was buffered
  if not ok or not closed then
    error({ kind = "error", message = ("%s is not whole: %s"):format(file, problem or late) }, 0)
  end
end

-- Check that there is room for TEXT, before a FILE that holds something is emptied for it. A folder
-- in which no other file can be made proves nothing.
local function check_room(file, text)
  local mark = not core.path_fault(file) and core.file_mark(file)
  if not mark or mark:find "^0%." then return end
  local other = file .. ".toggl-new"
  local out = io.open(other, "w")
  if not out then return end
  local ok, problem = out:write(text)
  local closed, late = out:close()
  os.remove(other)
  if ok and closed then return end
  local why = ("nothing was saved, and %s is as it was: %s"):format(file, problem or late)
  error({ kind = "error", message = why }, 0)
end

--- Write TEXT to FILE, in place of what it holds.
function M.save(file, text)
  check_room(file, text)
  M.put(M.open(file), file, text, true)
end

-- -------------------------------------------------------------------------------------- a script

-- Print results as the prompt does; SHOW is the name of the function.
local SHOW = [[
-- Print results as the prompt does; _ and __ are the last two.
local function SHOW(...)
  if select("#", ...) == 0 then return end
  __, _ = _, (...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local plain = type(value) ~= "table" and type(value) ~= "userdata"
    if plain then print(value) else toggl.show.print(value) end
  end
end
]]
local HELP = [[
local function help(topic) io.write((toggl.help(topic):gsub("\n*$", "\n"))) end
]]

local OPENS = { ["function"] = true, ["if"] = true, ["do"] = true, ["repeat"] = true }
local CLOSES = { ["end"] = true, ["until"] = true }

-- Does CODE hold one of the tokens WORDS, a table by their texts? OUTSIDE "functions": outside of
-- functions; "blocks": of any block.
local function holds(code, words, outside)
  local stack, functions = {}, 0
  local before
  for _, token in ipairs(lexer.read(code)) do
    local text = token.type ~= "string" and before ~= "." and before ~= ":" and token.text or ""
    before = token.text
    local inside = outside == "functions" and functions or outside == "blocks" and #stack or 0
    if words[text] and inside == 0 then return true end
    if OPENS[text] then
      stack[#stack + 1] = text
      functions = functions + (text == "function" and 1 or 0)
    elseif CLOSES[text] then
      functions = functions - (table.remove(stack) == "function" and 1 or 0)
    end
  end
  return false
end

local SCOPED = { ["local"] = true, ["goto"] = true, ["::"] = true }
local RETURNS = { ["return"] = true, ["..."] = true }

-- Return CODE with TEXT behind it, below a comment that would hide it.
local function close(code, text)
  if lexer.read(code).comment then code = code .. "\n" end
  return code .. text
end

-- Return the statements before the last expression of CODE, and that expression, as chunk.lua
-- compiles them.
local function split(code)
  if load("return " .. code) then return "", code end
  local head, last = code:match "^(.*)\n([^\n]*%S[^\n]*)%s*$"
  if head and not load(code) then return head .. "\n", last end
  return code
end

-- Return what was typed as a statement: SHOW prints its results, and its locals end with it.
local function statement(code, show_name)
  local head, last = split(code)
  if holds(code, RETURNS, "functions") then
    local text = last and head .. "return " .. last or code
    return show_name .. "((function(...)\n" .. close(text, "\nend)())\n")
  end
  if code:find "^toggl%.show%.print%(" then return code .. "\n" end -- of a command
  if last and head == "" then return show_name .. "(" .. close(last, ")\n") end
  if last then return "do\n" .. head .. show_name .. "(" .. close(last, ")\nend\n") end
  if holds(code, SCOPED, "blocks") then return "do\n" .. close(code, "\nend\n") end
  return (code:find "^%s*%(" and ";" or "") .. code .. "\n"
end

local HEADER =
  "-- Typed at the prompt of togglsh, %s, %s.\n-- A script does not ask before a change.\n"

local function header(place, left_out)
  local text = HEADER:format(screen.clean(place), os.date "%Y-%m-%d")
  if left_out == 0 then return text end
  return text
    .. ("-- Left out, since it may hold a secret: %d %s.\n"):format(
      left_out,
      left_out == 1 and "line" or "lines"
    )
end

--- Return the LINES, which succeeded at the prompt, as a script. SELF.start: the start file and the
--- globals that it made.
function M.script(self, lines, place)
  local history, typed = require "toggl.shell.history", {}
  for _, code in ipairs(lines) do
    if not history.holds_secret(code) then typed[#typed + 1] = code end
  end
  local all = table.concat(typed, "\n")
  local name = holds(all, { show = true }) and "show_result" or "show"
  local parts = { header(place, #lines - #typed) }
  local start = self.start
  if start and holds(all, start.names) then
    parts[2] = ("function prompt() end -- of the prompt alone\ndofile %q\n"):format(start.path)
  end
  if holds(all, { help = true }) then parts[#parts + 1] = HELP end
  parts[#parts + 1] = SHOW:gsub("SHOW", name)
  for _, code in ipairs(typed) do
    parts[#parts + 1] = statement(code, name)
  end
  return table.concat(parts)
end

return M
