-- Texts of files that are not UTF-8.

-- Without the library the check is left to JSON, which names no line.
local utf8 = require "toggl.text.standard"("utf8", { len = function() return 0 end })

local M = {}

--- Return the line of TEXT, and why it cannot be read as UTF-8; nil when it can.
function M.fault(text)
  if text:find "^\xFF\xFE" or text:find "^\xFE\xFF" or text:find "^%C?\0%C" then
    return 1, "the file is UTF-16: save it as UTF-8"
  end
  local _, at = utf8.len(text)
  if not at then return nil end
  local before = text:sub(1, at - 1)
  local line = select(2, before:gsub("\n", "")) + 1
  local byte = #before:match "[^\n]*$" + 1
  return line, ("byte %d of the line is not UTF-8: save the file as UTF-8"):format(byte)
end

return M
