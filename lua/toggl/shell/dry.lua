-- togglsh --dry-run: report each change on standard error and count it. The core sends none of
-- them; this file puts every client of the process into dry run, including those that a script
-- creates itself.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local M = { count = 0 }

-- Return a sentence on what the operation does; nothing for a request without a row.
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

--- Set up the OPTIONS of a client for a dry run. Its log still gets every event.
function M.prepare(options)
  local log = options.log
  options.dry_run = true
  options.log = function(event)
    if event.type == "dry" then tell(event) end
    if log then log(event) end
  end
end

--- Return the number of previewed changes as a sentence, or nil when there were none.
function M.sentence()
  if M.count == 0 then return nil end
  return M.count == 1 and "1 change was not sent" or ("%d changes were not sent"):format(M.count)
end

return M
