-- Tasks in a loop of luv: calls to Toggl go on whenever uv.run() has time for them.
--
--   local loop = require "toggl.loop.luv"
--   loop.task(function() print(client:organization "Acme") end)
--   uv.run()
--
-- A task waits with calls, toggl.sleep and task:wait(); a call made outside of a task holds the whole loop up.
local uv = require "luv"
local tasks = require "toggl.task"

local M = {}

local polls, timer = {}, nil

-- libuv must not hold on to a descriptor that libcurl may close, and somebody open again, while the calls move.
local function unwatch()
  for _, poll in ipairs(polls) do
    poll:stop()
    poll:close()
  end
  polls = {}
end

local function turn()
  unwatch()
  local fds, seconds = tasks.poll()
  if not fds then
    timer:close()
    timer = nil
    return
  end
  for _, d in ipairs(fds) do
    local poll = assert(uv.new_poll(d.fd))
    polls[#polls + 1] = poll
    poll:start((d.read and "r" or "") .. (d.write and "w" or ""), turn)
  end
  timer:start(math.ceil(seconds * 1000), 0, turn)
end

--- Has the loop carry on with all tasks there are, until the last has ended.
function M.drive()
  timer = timer or assert(uv.new_timer())
  timer:start(0, 0, turn)
end

--- Starts f(...) as a task that the loop carries on with. Returns the task, as toggl.task does.
function M.task(f, ...)
  local task = tasks.task(f, ...)
  M.drive()
  return task
end

return M
