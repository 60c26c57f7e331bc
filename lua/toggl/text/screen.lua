-- Text on a screen: how wide it is, what of it fits, and what must not reach a terminal.
--
-- screen.terminal is what the host knows about the window: {width =, columns = f(code point), colour =, asks = somebody
-- is there to answer}. Without a width nothing is cut.

local M = {}

-- For where the C library knows no better: first and last of what takes no column, and of what takes two.
local NOTHING = {0x300, 0x36F, 0x483, 0x489, 0x591, 0x5BD, 0x610, 0x61A, 0x64B, 0x65F, 0x1AB0, 0x1AFF, 0x1DC0, 0x1DFF,
  0x200B, 0x200F, 0x20D0, 0x20FF, 0x2060, 0x2064, 0xFE00, 0xFE0F, 0xFE20, 0xFE2F, 0xFEFF, 0xFEFF, 0xE0100, 0xE01EF}
local TWO = {0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0xA4CF, 0xA960, 0xA97C, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30,
  0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1F9FF, 0x20000, 0x3FFFD}

local function within(point, ranges)
  for i = 1, #ranges, 2 do
    if point < ranges[i] then return false end
    if point <= ranges[i + 1] then return true end
  end
  return false
end

local function columns_of(point)
  local ask = M.terminal and M.terminal.columns
  local known = ask and ask(point)
  if known then return known end
  return within(point, NOTHING) and 0 or within(point, TWO) and 2 or 1
end

--- Columns that TEXT takes on a screen.
function M.width(text)
  if not text:find("[\x80-\xFF]") then return #text end
  local n = 0
  for _, point in utf8.codes(text) do n = n + columns_of(point) end
  return n
end

--- TEXT in at most WIDTH columns; what was cut shows.
function M.cut(text, width)
  if M.width(text) <= width then return text end
  local n, last = 0, 0
  for at, point in utf8.codes(text) do
    n = n + columns_of(point)
    if n > width - 1 then break end
    last = at + #utf8.char(point) - 1
  end
  return text:sub(1, last) .. "…"
end

--- TEXT with spaces up to WIDTH columns, after it or before it.
function M.pad(text, width, right)
  local space = (" "):rep(width - M.width(text))
  return right and space .. text or text .. space
end

local USUAL, WIDEST = 80, 96 -- columns where there is no window, and in which text is easy to read

--- TEXT behind HEAD, folded to the window; further lines start below where the text does.
function M.fold(head, text)
  local room = math.max(40, math.min(WIDEST, M.terminal and M.terminal.width or USUAL))
  local lines, line, indent = {}, head, (" "):rep(M.width(head))
  for word in text:gmatch "%S+" do
    if M.width(line) > #indent and M.width(line) + M.width(word) + 1 > room then
      lines[#lines + 1] = line
      line = indent
    end
    line = line .. (M.width(line) > #indent and " " or "") .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

--- TEXT whose lines are folded where the window is narrower: behind the label, where a gap follows one.
function M.fold_lines(text)
  local width = M.terminal and M.terminal.width or USUAL
  return (text:gsub("[^\n]+", function(line)
    if M.width(line) <= width then return line end
    local head = line:match "^%s*%S.-%s%s+"
    if not head or M.width(head) > width // 2 then head = line:match "^%s*" end
    return M.fold(head, line:sub(#head + 1))
  end))
end

function M.bold(text)
  return M.terminal and M.terminal.colour and "\27[1m" .. text .. "\27[0m" or text
end

--- Does ANSWER say yes? Nothing else that starts like it does.
function M.is_yes(answer)
  local word = answer:lower():match "^%s*(.-)%s*$"
  return word == "y" or word == "yes"
end

-- -------------------------------------------------------------------------------------------------- what text may do

local NAMED = {["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\27"] = "\\e"}

local function spell(char)
  return NAMED[char] or ("\\u{%x}"):format(utf8.codepoint(char))
end

-- Bytes that are not UTF-8, spelled out.
local function valid(text)
  local _, bad = utf8.len(text)
  while bad do
    text = ("%s\\x%02x%s"):format(text:sub(1, bad - 1), text:byte(bad), text:sub(bad + 1))
    _, bad = utf8.len(text, bad + 4)
  end
  return text
end

--- TEXT as a terminal may have it: escapes, other controls of both kinds, and marks that turn the direction of writing
-- are shown, not obeyed.
function M.clean(text)
  text = valid(text)
  if not text:find("[\0-\31\127\xC2\xE2]") then return text end
  return (text:gsub("[\0-\31\127]", spell):gsub("\xC2[\x80-\x9F]", spell)
    :gsub("\xE2\x80[\xA8-\xAE]", spell):gsub("\xE2\x81[\xA6-\xA9]", spell))
end

return M
