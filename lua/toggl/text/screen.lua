-- Text on a screen: its width, cutting and folding, and removing what must not reach a terminal.
--
-- screen.terminal is what the host knows about the window: {width =, colour =, asks = a person can
-- answer, prompt = the reader is at the prompt}. Without a width nothing is cut.

local M = {}

-- Required where a text is not ASCII: a run that prints no such text loads no C.
local function core() return require "toggl.core" end

--- Return the columns that TEXT takes on a screen.
function M.width(text) return text:find("[\x80-\xFF]") and core().width(text) or #text end

--- Return TEXT in at most WIDTH columns, cut between characters, with a mark where it was cut.
function M.cut(text, width)
  if M.width(text) <= width then return text end
  return text:sub(1, core().fit(text, width - 1)) .. "…"
end

--- Pad TEXT with spaces to WIDTH columns, after it or before it.
function M.pad(text, width, right)
  local space = (" "):rep(width - M.width(text))
  return right and space .. text or text .. space
end

local USUAL, WIDEST = 80, 96 -- columns without a window; the most for readable text

--- Return TEXT after HEAD, folded to the window; further lines start below the text.
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

--- Fold the lines of TEXT that are wider than the window, below the label if a gap follows one.
function M.fold_lines(text)
  local width = M.terminal and M.terminal.width or USUAL
  return (
    text:gsub("[^\n]+", function(line)
      if M.width(line) <= width then return line end
      local head = line:match "^%s*%S.-%s%s+"
      if not head or M.width(head) > width // 2 then head = line:match "^%s*" end
      return M.fold(head, line:sub(#head + 1))
    end)
  )
end

function M.bold(text)
  return M.terminal and M.terminal.colour and "\27[1m" .. text .. "\27[0m" or text
end

--- Does ANSWER mean yes? Words that merely start with it do not.
function M.is_yes(answer)
  local word = answer:lower():match "^%s*(.-)%s*$"
  return word == "y" or word == "yes"
end

-- -------------------------------------------------------------------------------- what text may do

--- Make TEXT safe for a terminal: spell out escapes, other control characters, marks that change
--- the text direction, invisible characters, and bytes that are not UTF-8.
function M.clean(text) return text:find "[^ -~]" and core().clean(text) or text end

return M
