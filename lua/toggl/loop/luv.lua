-- Tasks in a loop of luv: calls to Toggl go on whenever uv.run() has time for them.
--
--   local loop = require "toggl.loop.luv"
--   loop.task(function() print(client:organization "Acme") end)
--   uv.run()
--
-- A task waits with calls, toggl.sleep and task:wait(); a call made outside of a task holds the
-- whole loop up.
local uv = require "luv"
local tasks = require "toggl.task"

local M = {}

local poll, fd -- of the one descriptor; closed when there are no tasks, so that uv.run() returns

local function stop()
  poll:stop()
  poll:close()
  poll, fd = nil, nil
end

local function turn()
  if tasks.turn() == 0 and poll then stop() end
end

--- Has the loop carry on with all tasks there are, until the last has ended.
function M.drive()
  local now = assert(tasks.pollfd())
  if poll and fd ~= now then stop() end -- of the parent process: uv.loop_fork() comes first
  if not poll then
    poll, fd = assert(uv.new_poll(now)), now
  end
  poll:start("r", turn)
end

--- Starts f(...) as a task that the loop carries on with. Returns the task, as toggl.task does.
function M.task(f, ...)
  local task = tasks.task(f, ...)
  M.drive()
  return task
end

return M
