-- The end of a run stopped by a signal: the changes that were made, and the ambiguous ones.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local M = {}

local function count(n, one, many) return ("%d %s"):format(n, n == 1 and one or many) end

--- Return the text after "interrupted" for MADE and UNKNOWN changes, the first unknown one being
--- FIRST; "": none.
function M.sentence(made, unknown, first)
  local parts = {}
  if unknown > 0 then
    parts[1] = ("%s sent and may have been made: %s%s"):format(
      count(unknown, "change was", "changes were"),
      screen.clean(first),
      unknown > 1 and (" and %d more"):format(unknown - 1) or ""
    )
  end
  if made > 0 then
    parts[#parts + 1] = count(made, "change was made before it", "changes were made before it")
  end
  if unknown > 0 then parts[#parts + 1] = "read the present state before you repeat this" end
  return #parts > 0 and "; " .. table.concat(parts, "; ") or ""
end

--- End a run that a signal stopped: cancel the calls in flight of every client, and report the
--- changes. Returns the status.
function M.interrupted(host, exits, say)
  core.close_all()
  local made, unknown, first = core.changes()
  say("%s%s", host.ending() and "terminated" or "interrupted", M.sentence(made, unknown, first))
  return unknown > 0 and exits.unknown or host.ending() and 128 + host.ending() or exits.interrupted
end

--- Report the changes that were in flight when a run ended itself. Returns its status.
function M.in_flight(exits, say)
  local _, unknown, first = core.changes()
  say("%s", (M.sentence(0, unknown, first):sub(3)))
  return exits.unknown
end

-- 403 means wrong credentials or a missing right. For one's own account only the first is possible.
local function about_credentials(err)
  if err.kind == "auth" then return true end
  if err.kind ~= "forbidden" or not err.operation then return false end
  for _, op in ipairs(require("toggl").operations) do
    if op.name == err.operation then return op.path:find("^/me") ~= nil end
  end
  return false
end

local function status_of(err, exits)
  if type(err) ~= "table" or not err.kind then return exits.error end
  if about_credentials(err) then return exits.auth end
  if err.kind == "output" then return err.errno == 32 and exits.pipe or exits.error end -- EPIPE
  return exits[err.kind] or exits.error
end

--- Return the status of a run that failed with ERR: 8 after an ambiguous change, whatever a
--- script made of the error, because a wrapper that repeats the run on another status would repeat
--- the change. A second value is a sentence about it.
function M.status(err, exits)
  local status = status_of(err, exits)
  local _, unknown, first = core.changes()
  if unknown == 0 or status == exits.unknown or status == exits.pipe then return status end
  return exits.unknown, M.sentence(0, unknown, first):sub(3)
end

--- End a prompt whose lines came from a pipe or a file, after UNKNOWN changes that no person has
--- seen: raise unless there are none.
function M.unseen(unknown)
  if unknown == 0 then return end
  local text = "of %d %s above it is not known whether it was made; "
    .. "read the present state before you repeat this"
  error(
    { kind = "unknown", message = text:format(unknown, unknown == 1 and "change" or "changes") },
    0
  )
end

return M
