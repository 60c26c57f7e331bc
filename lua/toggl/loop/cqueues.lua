-- Tasks in a cqueues controller: calls to Toggl proceed whenever the controller steps.
--
--   local loop = require "toggl.loop.cqueues"
--   local controller = cqueues.new()
--   loop.task(controller, function() print(client:organization "Acme") end)
--   assert(controller:loop())
--
-- A task waits by calls, toggl.sleep and task:wait(), not by the waits of cqueues.
local cqueues = require "cqueues"
local tasks = require "toggl.task"

local M = {}

-- Controllers that drive the tasks. Weak keys: a controller may be collected half-way.
local driving = setmetatable({}, { __mode = "k" })

local function turn_by_turn()
  while tasks.turn() > 0 do
    cqueues.poll { pollfd = assert(tasks.pollfd()), events = "r" }
  end
end

--- Let CONTROLLER run all tasks until the last has ended.
function M.drive(controller)
  if driving[controller] then return end
  driving[controller] = true
  controller:wrap(function()
    -- No <close>: this file parses in every Lua, so that tasks can name the one that is needed.
    local ok, err = pcall(turn_by_turn)
    driving[controller] = nil
    if not ok then error(err, 0) end
  end)
end

--- Start f(...) as a task that CONTROLLER (default: the running controller) runs. Returns the task,
--- as toggl.task does.
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
