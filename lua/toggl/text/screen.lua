-- Text on a screen: how wide it is, what of it fits, and what must not reach a terminal.
--
-- screen.terminal is what the host knows about the window: {width =, colour =, asks = a person can
-- answer}. Without a width nothing is cut.

local core = require "toggl.core"

local M = {}

--- Columns that TEXT takes on a screen.
function M.width(text) return text:find("[\x80-\xFF]") and core.width(text) or #text end

--- TEXT in at most WIDTH columns, by whole letters; what was cut shows.
function M.cut(text, width)
  if M.width(text) <= width then return text end
  return text:sub(1, core.fit(text, width - 1)) .. "…"
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

--- TEXT whose lines are folded where the window is narrower: behind the label, where a gap follows
--- one.
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

--- Does ANSWER say yes? Nothing else that starts like it does.
function M.is_yes(answer)
  local word = answer:lower():match "^%s*(.-)%s*$"
  return word == "y" or word == "yes"
end

-- -------------------------------------------------------------------------------- what text may do

--- TEXT as a terminal may have it: escapes, other controls, marks that turn the direction of
--- writing, and characters
-- that are not seen are spelled; so are bytes that are not UTF-8.
function M.clean(text) return text:find "[^ -~]" and core.clean(text) or text end

return M
