-- INI text with line numbers. The first fault ends the reading: half a settings file is a different
-- one.
local core = require "toggl.core"

local M = {}

--- Raise an error of kind "setting" about a place in a file, or about a variable.
function M.fail(where, format, ...)
  core.fail(true, { kind = "setting", message = ("%s: %s"):format(where, format:format(...)) })
end

--- "PATH, line N"
function M.place(path, line) return ("%s, line %d"):format(path, line) end

local BOMS = { ["\xFF\xFE"] = "UTF-16", ["\xFE\xFF"] = "UTF-16" }

--- Return TEXT without a UTF-8 byte order mark.
function M.without_mark(text) return (text:gsub("^\xEF\xBB\xBF", "")) end

-- Check that the name of a section can be told from the others by looking at it. LOOKS: the lines
-- of those before, by what they look like.
local function check_title(title, here, looks)
  if title == "" then M.fail(here, "the section has no name") end
  if core.clean(title) ~= title then
    M.fail(here, "section [%s] has a character that is not seen; remove it", core.clean(title))
  end
  local bare = title:match "^[\"'](.*)[\"']$"
  if bare then M.fail(here, "section [%s] must be written [%s]", title, bare) end
  local other = looks[core.fold(title)]
  if other then M.fail(here, "section [%s] looks like [%s]; give it another name", title, other) end
end

--- Return the name of the section that LINE begins, with its letters composed; nil: it begins none.
function M.title(line)
  local title = line:match "^%s*%[%s*([^%[%]]-)%s*%]%s*$"
  return title and core.compose(title)
end

local function check_text(text, path)
  if BOMS[text:sub(1, 2)] then M.fail(M.place(path, 1), "the file is UTF-16; save it as UTF-8") end
  local at = text:find "[%z\1-\8\11\12\14-\31\127]" or text:find "\r[^\n]"
  if not at then return end
  local _, breaks = text:sub(1, at):gsub("\n", "")
  M.fail(M.place(path, breaks + 1), "the line holds a control character (byte %d)", text:byte(at))
end

--- Parse TEXT. Returns {section = {name = value}} and {section = {[0] = line, name = line}}. Raises
--- an error of kind "setting" that names the line of anything that is neither [section] nor name =
--- value, or is there twice.
function M.read(text, path)
  text = M.without_mark(text)
  check_text(text, path)
  local sections, lines, looks, section, number = {}, {}, {}, nil, 0
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    local here = M.place(path, number)
    local title = M.title(line)
    local key, value = line:match "^%s*([%w_.-]+)%s*[=:]%s*(.-)%s*$"
    if title then
      if sections[title] then
        M.fail(here, "section [%s] is on line %d already", title, lines[title][0])
      end
      check_title(title, here, looks)
      looks[core.fold(title)] = title
      section, sections[title], lines[title] = title, {}, { [0] = number }
    elseif key and not section then
      M.fail(here, "%q is before the first [section]", key)
    elseif key then
      local before = lines[section][key]
      if before then M.fail(here, "%q is on line %d already", key, before) end
      sections[section][key], lines[section][key] = value, number
    elseif not line:match "^%s*$" and not line:match "^%s*[#;]" then
      M.fail(here, "the line is neither [section] nor name = value")
    end
  end
  return sections, lines
end

return M
