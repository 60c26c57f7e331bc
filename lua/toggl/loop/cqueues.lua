-- Tasks in a controller of cqueues: calls to Toggl go on whenever the controller steps.
--
--   local loop = require "toggl.loop.cqueues"
--   local controller = cqueues.new()
--   loop.task(controller, function() print(client:organization "Acme") end)
--   assert(controller:loop())
--
-- A task waits with calls, toggl.sleep and task:wait(), and not with what cqueues has for waiting.
local cqueues = require "cqueues"
local tasks = require "toggl.task"

local M = {}

-- Controllers that drive. Weak: a controller may be dropped half-way.
local driving = setmetatable({}, { __mode = "k" })

--- Has CONTROLLER carry on with all tasks there are, until the last has ended.
function M.drive(controller)
  if driving[controller] then return end
  driving[controller] = true
  controller:wrap(function()
    local _ <close> = setmetatable({}, { __close = function() driving[controller] = nil end })
    while tasks.turn() > 0 do
      cqueues.poll { pollfd = assert(tasks.pollfd()), events = "r" }
    end
  end)
end

--- Starts f(...) as a task that CONTROLLER carries on with; without one, the controller that runs
--- just now does.
-- Returns the task, as toggl.task does.
function M.task(controller, f, ...)
  if type(controller) == "function" then
    local running = cqueues.running()
    if not running then
      error("write loop.task(controller, f, ...): no controller of cqueues is running", 2)
    end
    return M.task(running, controller, f, ...)
  end
  local task = tasks.task(f, ...)
  M.drive(controller)
  return task
end

return M
