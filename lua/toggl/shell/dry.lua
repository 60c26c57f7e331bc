-- togglsh --dry-run: what would be changed is told on standard error and counted. The core sends
-- none of it; here it is made sure that every client of the process is told so, also those that a
-- script makes itself.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local M = { count = 0 }

-- What the operation does, in a sentence; nothing for a request that no row describes.
local function what_it_does(name)
  local op = name and core.operations[name]
  return op and op.doc and ": " .. require "toggl.text.sentence"(op.doc) or ""
end

local function tell(event)
  M.count = M.count + 1
  local body = event.body and " " .. event.body or ""
  local line = ("would %s %s%s%s"):format(
    event.method,
    event.path,
    body,
    what_it_does(event.operation)
  )
  io.stderr:write(screen.clean(line), "\n")
end

--- Makes OPTIONS of a client those of a dry run. Its log still hears everything.
function M.prepare(options)
  local log = options.log
  options.dry_run = true
  options.log = function(event)
    if event.type == "dry" then tell(event) end
    if log then log(event) end
  end
end

--- How many there were, in a sentence; nil: none.
function M.sentence()
  if M.count == 0 then return nil end
  return M.count == 1 and "1 change was not sent" or ("%d changes were not sent"):format(M.count)
end

return M
