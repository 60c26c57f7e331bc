-- What a run that a signal ends has left behind: the changes that were made, and those of which it is not known.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local M = {}

local function count(n, one, many) return ("%d %s"):format(n, n == 1 and one or many) end

--- What is said behind "interrupted" about MADE and UNKNOWN changes, of which FIRST is the first unknown one; "": none.
function M.sentence(made, unknown, first)
  local parts = {}
  if unknown > 0 then
    parts[1] = ("%s sent and may have been made: %s%s"):format(count(unknown, "change was", "changes were"),
      screen.clean(first), unknown > 1 and (" and %d more"):format(unknown - 1) or "")
  end
  if made > 0 then parts[#parts + 1] = count(made, "change was made before it", "changes were made before it") end
  if unknown > 0 then parts[#parts + 1] = "read the present state before you repeat this" end
  return #parts > 0 and "; " .. table.concat(parts, "; ") or ""
end

--- Cancels what is in flight in any client, for a run that is over. Returns what core.changes does.
function M.close()
  core.close_all()
  return core.changes()
end

return M
