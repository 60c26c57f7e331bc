-- Tasks in a luv loop: calls to Toggl proceed whenever uv.run() iterates.
--
--   local loop = require "toggl.loop.luv"
--   loop.task(function() print(client:organization "Acme") end)
--   uv.run()
--
-- A task waits by calls, toggl.sleep and task:wait(); a call outside of a task blocks the whole
-- loop.
local uv = require "luv"
local tasks = require "toggl.task"

local M = {}

local poll, fd -- of the one descriptor; closed when there are no tasks, so that uv.run() returns

-- A host that shuts down closes every handle of the loop. libuv aborts the program when a closing
-- handle is used.
local function stop()
  if not poll:is_closing() then
    poll:stop()
    poll:close()
  end
  poll, fd = nil, nil
end

local function turn()
  if tasks.turn() == 0 and poll then stop() end
end

--- Let the loop run all tasks until the last has ended.
function M.drive()
  local now = assert(tasks.pollfd())
  -- Another descriptor: this is a child process, which has its own.
  if poll and (fd ~= now or poll:is_closing()) then stop() end
  if not poll then
    poll, fd = assert(uv.new_poll(now)), now
  end
  poll:start("r", turn)
end

--- Start f(...) as a task that the loop runs. Returns the task, as toggl.task does.
function M.task(f, ...)
  local task = tasks.task(f, ...)
  M.drive()
  return task
end

return M
