-- Tasks in a controller of cqueues: calls to Toggl go on whenever the controller steps.
--
--   local loop = require "toggl.loop.cqueues"
--   local controller = cqueues.new()
--   loop.task(controller, function() print(client:organization "Acme") end)
--   assert(controller:loop())
--
-- A task waits with calls, toggl.sleep and task:wait(), and not with what cqueues has for waiting.
local cqueues = require "cqueues"
local condition = require "cqueues.condition"
local tasks = require "toggl.task"

local M = {}

-- Controllers that drive, each with the condition that wakes it. Weak: a controller may be dropped half-way.
local driving = setmetatable({}, { __mode = "k" })

local function events(d) return (d.read and "r" or "") .. (d.write and "w" or "") end

-- cqueues must not hold on to a descriptor that libcurl may close while the calls move.
local function wait(fds, seconds, woken)
  local list = { woken, seconds }
  for _, d in ipairs(fds) do list[#list + 1] = { pollfd = d.fd, events = events(d) } end
  cqueues.poll(table.unpack(list))
  for _, d in ipairs(fds) do cqueues.cancel(d.fd) end
end

--- Has CONTROLLER carry on with all tasks there are, until the last has ended.
function M.drive(controller)
  local woken = driving[controller]
  if woken then
    woken:signal()
    return
  end
  woken = condition.new()
  driving[controller] = woken
  controller:wrap(function()
    while true do
      local fds, seconds = tasks.poll()
      if not fds then break end
      wait(fds, seconds, woken)
    end
    driving[controller] = nil
  end)
end

--- Starts f(...) as a task that CONTROLLER carries on with. Returns the task, as toggl.task does.
function M.task(controller, f, ...)
  local task = tasks.task(f, ...)
  M.drive(controller)
  return task
end

return M
