-- Parse a command line by a table of options. For togglsh itself and for jobs:
--
--   local o, rest = toggl.options.read(arg, {section = "string", top = "integer", all = "flag"})
--
-- A kind is "flag", "string", "integer", "number", or a list of the allowed words. A table {kind =,
-- short = "e", optional = true, empty = true, many = "steps", least = 0} adds a one-letter form, a
-- value only as --name=VALUE, a text that may be empty, each use kept in order as {name, value} in
-- o.steps, or the least number.
-- Wrong words raise an error of kind "usage", which togglsh reports with exit status 2.

local io = require "toggl.text.standard"("io")
local length = require "toggl.text.length"
local screen = require "toggl.text.screen"

local M = {}

local Usage = { __name = "toggl.usage", __tostring = function(e) return e.message end }

-- string.format, with errors that name the calling function.
local function formatted(name, format, ...)
  local ok, text = pcall(string.format, format, ...)
  if ok then return text end
  require("toggl.core").misuse(
    ("%s: the values do not fit %q: %s"):format(name, format, text:match "%((.*)%)$" or text)
  )
end

--- Raise a usage error.
function M.fail(format, ...)
  local message = select("#", ...) > 0 and formatted("toggl.options.fail", format, ...) or format
  error(setmetatable({ kind = "usage", message = message }, Usage), 0)
end

function M.near(...) return require("toggl.text.near").question(...) end

local function full(entry)
  if type(entry) == "table" and not entry[1] then return entry end
  return { kind = entry }
end

local KINDS = { flag = true, string = true, integer = true, number = true }

-- Raise unless each option has a kind that convert knows.
local function check_spec(spec)
  for name, entry in pairs(spec) do
    local kind = full(entry).kind
    local words = type(kind) == "table" and kind or {}
    for i = 1, length(words, "toggl.options.read") do
      if type(words[i]) ~= "string" then kind = words[i] end
    end
    if type(kind) ~= "table" and not KINDS[kind or false] then
      require("toggl.core").misuse(
        (
          'toggl.options.read: the kind of option \'%s\' must be "flag", "string", "integer", '
          .. '"number" or a list of words, got %s'
        ):format(name, type(kind) == "string" and ("%q"):format(kind) or type(kind))
      )
    end
  end
end

local function find(spec, dashes, name)
  if dashes == "--" then return spec[name] and name end
  for long, entry in pairs(spec) do
    if full(entry).short == name then return long end
  end
end

local function at_least(option, entry, x, text)
  if entry.least and x < entry.least then
    M.fail("%s requires %d or more, got %s", option, entry.least, text)
  end
  return x
end

local function convert(option, entry, text)
  local kind = entry.kind
  if type(kind) == "table" then
    for i = 1, length(kind, "toggl.options.read") do
      if kind[i] == text then return text end
    end
    M.fail(
      "%s: '%s' is none of: %s%s",
      option,
      text,
      table.concat(kind, ", "),
      M.near(text, { table.unpack(kind) })
    )
  elseif kind == "integer" then
    local n = text:find("^[-+]?%d+$") and math.tointeger(tonumber(text))
    return n and at_least(option, entry, n, text)
      or M.fail("%s requires an integer, got '%s'", option, text)
  elseif kind == "number" then
    local x = tonumber(text)
    return x and x == x and at_least(option, entry, x, text)
      or M.fail("%s requires a number, got '%s'", option, text)
  elseif not entry.empty and not text:find "%S" then -- such as --org "$NOT_SET"
    M.fail("%s requires a value, got an empty text", option)
  end
  return text
end

local function unknown(spec, word)
  local names = {}
  for long in pairs(spec) do
    names[#names + 1] = "--" .. long
  end
  local early = M.of_togglsh and M.of_togglsh[word:sub(3)]
  local advice = early and "; options of togglsh stand before the name of a script"
  M.fail("unknown option '%s'%s", word, advice or M.near(word, names))
end

local function store(values, entry, name, value)
  if entry.many then
    local list = values[entry.many] or {}
    values[entry.many] = list
    list[#list + 1] = { name, value }
  else
    values[name] = value
  end
end

--- Parse WORDS by SPEC: return the values by name, and the remaining words. HOW "stop": end at the
--- first word that is no option; "pick": leave unknown options in place. "--" ends the options.
function M.read(words, spec, how)
  local values, rest, i = {}, {}, 1
  local count = length(words, "toggl.options.read")
  check_spec(spec)
  local function word_at(n) return n <= count and words[n] or nil end
  local function take(dashes, name, glued, word)
    local long = find(spec, dashes, name)
    if not long then return false end
    local entry = full(spec[long])
    local value = glued
    if entry.kind == "flag" or entry.optional and not glued then
      if glued then M.fail("%s takes no value", dashes .. name) end
      value = true
    elseif not value then
      i = i + 1
      value = word_at(i) or M.fail("%s requires a value", word)
    end
    if value ~= true then value = convert(dashes .. name, entry, value) end
    store(values, entry, long, value)
    return true
  end
  while word_at(i) do
    local word = word_at(i)
    if word == "--" then
      table.move(words, how == "pick" and i or i + 1, count, #rest + 1, rest)
      break
    end
    local dashes, name, glued = word:match("^(%-%-)([^=]+)=?(.*)$")
    if not dashes then
      dashes, name, glued = word:match("^(%-)([^-])(.*)$")
    end
    if dashes == "--" and not word:find("=", 1, true) or glued == "" and dashes == "-" then
      glued = nil
    end
    if not dashes then
      if how == "stop" then
        table.move(words, i, count, #rest + 1, rest)
        break
      end
      -- a line of CSV that the shell has split ends in a carriage return
      rest[#rest + 1] = type(word) == "string" and word:gsub("\r$", "") or word
    elseif not take(dashes, name, glued, word) then
      if how ~= "pick" then unknown(spec, word:match("^[^=]+")) end
      rest[#rest + 1] = word
    end
    i = i + 1
  end
  return values, rest
end

--- Return the columns that a job shows: those of --columns, or all. KNOWN is "id,name,email". A
--- wrong name ends the job before its first request.
function M.columns(known)
  local asked, names = require("toggl.text.show").columns, {}
  if not asked then return known end
  for name in known:gmatch "[^,%s]+" do
    names[#names + 1] = name
  end
  for name in tostring(asked):gmatch "[^,%s]+" do
    local first = name:match "^[^.]+"
    if not ("," .. known .. ","):find("," .. first .. ",", 1, true) then
      M.fail("there is no column '%s'%s", name, M.near(first, names, "there are: " .. known))
    end
  end
  return asked
end

--- Return a function(rows) that returns those which --where, --sort and --limit of OPTIONS choose.
function M.select(columns, options)
  local by = require("toggl.text.select").by
  return by(columns, options, M.fail)
end

--- Return the one of NAMES that TEXT means, or nil.
function M.meant(text, names) return require("toggl.text.select").name(text, names) end

--- Return the filters for Toggl to find TEXT by, whatever its form: one, and nil or a wider one.
function M.filters(text) return require "toggl.text.filter"(text) end

--- Return LIST, of WHAT; raises where it is not complete: what is not in it may be there.
function M.complete(list, what)
  if list.complete then return list end
  local text = "the list of %s is not complete (%s): nothing was sent"
  local message = text:format(what, list.incomplete)
  error(setmetatable({ kind = "partial", message = message }, Usage), 0)
end

--- Return WORD as a shell reads it back as one word.
function M.quoted(word)
  return word:find "^[%w_.@:/+-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Return TEXT in lower case, in any script, for a search.
function M.lower(text) return require("toggl.core").fold(text) end

--- Ask on the terminal before a change. --yes answers beforehand and is required without a
--- terminal. Raises unless the answer is yes. A dry run does not ask: it shows what would be sent.
function M.confirm(format, ...)
  local question = formatted("toggl.options.confirm", format, ...)
  if arg.dry_run then
    io.stderr:write("would ask: ", screen.clean(question), "\n")
    return
  end
  if arg.yes then return end
  if not (screen.terminal and screen.terminal.asks) then
    M.fail("%s There is no terminal to ask at: use --yes", question)
  end
  require("toggl.text.show").flush()
  io.stderr:write(screen.clean(question), " [y/N] ")
  local answer = io.read "l"
  if not answer or not screen.is_yes(answer) then
    error(setmetatable({ kind = "guard", message = "not done: the answer was no" }, Usage), 0)
  end
end

return M
