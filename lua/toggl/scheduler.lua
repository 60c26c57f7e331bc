-- Concurrency in one thread. A task is a coroutine that this module started; a call in a task
-- yields until its reply arrives, a call elsewhere runs the scheduler. A script is correct first
-- and becomes concurrent later.
--
-- A wait outside of a task runs the scheduler: it resumes ready tasks and steps the clients when
-- none is ready. A task that waits for other tasks yields to the same scheduler.
local core = require "toggl.core"
local coroutine = require "toggl.text.standard"("coroutine")
local waiting = require "toggl.waiting"

local M = {}

-- tells: the end of a task wakes its waiters.
local Task = { __name = "toggl.task", tells = true }
Task.__index = Task

-- Tasks not yet done, by number; coroutine -> task.
local running, count, started, by_thread = {}, 0, 0, setmetatable({}, { __mode = "k" })

local function current() return by_thread[coroutine.running()] end

local function is_error(e) return type(e) == "table" and e.kind ~= nil end

-- These raise at the line of the caller's caller.
local function check_seconds(name, seconds)
  if type(seconds) ~= "number" or seconds ~= seconds then
    local got = type(seconds) == "number" and "not a number" or type(seconds)
    core.misuse(("%s requires a number of seconds, got %s"):format(name, got))
  end
end

local function check_function(name, f)
  if f ~= nil and type(f) ~= "function" then
    core.misuse(("%s requires a function, got %s"):format(name, type(f)))
  end
end

local function check_task(self, name)
  if getmetatable(self) ~= Task then
    core.misuse(("task.%s lacks its object: write task:%s()"):format(name, name))
  end
end

-- Is the code in a task that can yield? Not below a C function that cannot, such as string.gsub,
-- table.sort and require, nor in the __close of a task that is cancelled: a wait there runs the
-- scheduler.
local function yields() return current() ~= nil and coroutine.isyieldable() end

-- What a task may yield: a call, or anything with done() and, if it has a due time, due.
local function wait_for(thing)
  if yields() then
    coroutine.yield(thing)
    return
  end
  M.run(function() return thing:done() end)
end

-- Notify the waiters: other tasks, and the map that the task belongs to.
local function settle(task)
  local group = task.group
  waiting.leave(task)
  if group then group.ended[#group.ended + 1] = task end
  waiting.tell(task)
  if group then waiting.tell(group) end
  if running[task.number] then
    running[task.number], count = nil, count - 1
  end
end

local function finish(task, ok, ...)
  task.finished, task.ok, task.results = true, ok, table.pack(...)
  settle(task)
end

local function with_traceback(task, result)
  if debug and not result[1] and not is_error(result[2]) and type(result[2]) == "string" then
    local explain = core.above and core.above.explain
    result[2] = debug.traceback(task.thread, explain and explain(result[2]) or result[2], 0)
  end
  return result
end

-- The task is suspended. What its __close raises replaces the error, as in all of Lua.
local function close(task)
  local _, err = coroutine.close(task.thread)
  finish(task, false, err or core.error { kind = "cancelled", message = "the task was cancelled" })
end

-- Record how a task stopped; it is then parked or finished. ENDING: cancel, for a task that was
-- cancelled while it ran.
local function conclude(task)
  local result, ending = task.outcome, task.ending
  if task.finished then return end
  if result then
    finish(task, table.unpack(result, 1, result.n))
  elseif coroutine.status(task.thread) == "suspended" then
    waiting.park(task, task.waiting)
    task.ending = nil
    if ending then ending(task) end
  end
end

-- A hook may stop a task anywhere; the task then yields. A task stopped while it worked on the
-- lists of this file is resumed at once, and so is a coroutine that it resumed: no other code may
-- read the lists before.
local function resume(task)
  waiting.leave(task)
  local result
  repeat
    result = table.pack(coroutine.resume(task.thread))
  until not core.stopped_inside(task.thread)
  if coroutine.status(task.thread) == "dead" then
    task.outcome = with_traceback(task, result)
  else
    task.waiting = result[2]
  end
  core.finish_inside()
  conclude(task)
end

local function in_order()
  local all = {}
  for _, task in pairs(running) do
    all[#all + 1] = task
  end
  table.sort(all, function(a, b) return a.number < b.number end)
  return all
end

-- An interrupt may end a round anywhere and lose what the round was about to record. Check every
-- task again; a task whose end was not recorded has failed.
local function recover()
  local all = in_order()
  waiting.clear()
  count = #all
  for _, task in ipairs(all) do
    local status = coroutine.status(task.thread)
    task.awake, task.ring, task.sleeper = nil, nil, nil
    if task.finished then
      settle(task)
    elseif task.outcome then
      conclude(task)
    elseif status == "dead" then
      finish(task, false, core.error { kind = "cancelled", message = "the task was interrupted" })
    elseif status == "suspended" then
      waiting.park(task, task.waiting)
    end
  end
end

-- In a child process the tasks of the parent have failed, because their sockets and replies belong
-- to the parent. The task that called fork continues.
local function end_inherited()
  for _, task in ipairs(in_order()) do
    if coroutine.status(task.thread) == "suspended" then
      finish(
        task,
        false,
        core.error {
          kind = "cancelled",
          message = "the task was started before a fork and goes on in "
            .. "the parent process alone",
        }
      )
    end
  end
end

-- Tasks to cancel that another coroutine was working on.
local doomed = {}

-- All code that works on the lists of tasks holds a guard and closes it. A host may stop Lua
-- anywhere, by a hook that yields, and re-enter from another coroutine: then no guard is available,
-- and the caller retries later.
local function enter()
  local guard, forked = core.enter()
  if not guard then return nil end
  if core.lost() then recover() end
  if forked then end_inherited() end
  while #doomed > 0 do
    table.remove(doomed):cancel()
  end
  return guard
end

local LATER =
  "another coroutine was stopped while it ran tasks: let it continue, and come back later"

local function enter_or_raise() return enter() or core.misuse(LATER) end

-- The coroutine that runs the current round. If it enters again, or others enter while it does not
-- wait for them, its round was interrupted.
local round

local function begin_round()
  local outer, me = round, coroutine.running()
  if outer and (outer == me or coroutine.status(outer) ~= "normal") then
    recover()
    outer = nil
  end
  round = me
  return outer
end

-- Resume the tasks whose wait is over, once each. A task that runs already is parked by the code
-- that resumed it. DONE belongs to the wait that runs this round and is checked before the next
-- task.
local function resume_ready(done)
  core.finish_inside()
  if core.lost() then recover() end
  local outer, some = begin_round(), false
  for _ = 1, waiting.look() do
    local task = waiting.next()
    local status = task and not task.finished and coroutine.status(task.thread)
    if status == "dead" then -- other code has closed the coroutine
      some = true
      close(task)
    elseif status == "suspended" then
      if waiting.is_over(task) then
        some = true
        resume(task)
        if done and done() then break end
        core.finish_inside()
      else
        waiting.park(task, task.waiting)
      end
    end
  end
  round = outer
  return some
end

--- Run the tasks until DONE() is true, or for one round without DONE: a prompt calls this while it
--- waits.
function M.run(done, seconds)
  check_function("tasks.run", done)
  local _ <close> = enter_or_raise()
  repeat
    if done and done() then return end
    if not resume_ready(done) then
      if done and count == 0 and not done() then
        core.misuse("waiting for something that no task does")
      end
      waiting.step(seconds or 60)
    end
  until not done
end

local function round_between(before, after)
  if before then before() end
  local ok, err = pcall(resume_ready)
  if after then after() end
  if not ok then error(err, 0) end
end

-- Run rounds until no task is ready. Returns the seconds until the next one is.
local function move(before, after)
  for _ = 1, 100 do
    if count == 0 then return math.huge end
    local seconds = waiting.move(60)
    core.finish_inside() -- a log function may have resumed others
    local ready, more = waiting.look()
    if ready == 0 and not more then return math.max(0, seconds) end
    if ready > 0 then round_between(before, after) end
  end
  return 0
end

-- Set when the outer loop must return. An error in MOVED is raised afterwards: the loop must not
-- sleep through it.
local function arm_after(ok, moved)
  core.arm(ok and moved < math.huge and moved or not ok and 0 or nil)
  if not ok then error(moved, 0) end
  return moved
end

--- Return the descriptor for an outer loop: readable while tasks.turn() has work, because a reply
--- arrived, a time is due, or a task was started, cancelled or held up elsewhere. It stays the same
--- for the life of the Lua state, which closes it; a child process gets its own. nil and an error
--- without epoll.
function M.pollfd()
  local fd = core.pollfd()
  if fd then return fd end
  return core.fail(false, {
    kind = "transport",
    message = "no descriptor for the loop: epoll or timerfd is not to be "
      .. "had, or too many files are open",
    advice = "use tasks.poll()",
  })
end

--- Do what can be done now, without waiting. Returns the number of tasks not yet done; while
--- another coroutine was stopped in the middle of a turn, also a sentence that says to come back
--- later. BEFORE() and AFTER(), if given, surround whatever tasks write.
function M.turn(before, after)
  check_function("tasks.turn", before)
  check_function("tasks.turn", after)
  local guard <close> = enter()
  if not guard then
    core.arm(0.01)
    return count, LATER
  end
  core.arm(-1)
  arm_after(pcall(move, before, after))
  return count
end

-- The replacement for M.pollfd, in the form of client:fds().
local function as_list(seconds)
  local fd = core.pollfd()
  if not fd then return {}, math.min(seconds, 0.05) end
  return { { fd = fd, read = true, write = false } }, seconds
end

--- As turn, for a loop that polls itself: also returns what to poll, in the form of client:fds(),
--- and the seconds until the next call; nothing when there are no tasks.
function M.poll(before, after)
  local guard <close> = enter()
  if not guard then return as_list(0.01) end
  if count == 0 then return nil end
  core.arm(-1)
  local seconds = arm_after(pcall(move, before, after))
  if count == 0 then return nil end
  return as_list(seconds)
end

--- As turn, while a question of a task is open and no task may continue; calls in flight still
--- complete.
function M.hold()
  local guard <close> = enter()
  if not guard then return as_list(0.01) end
  core.arm(-1)
  return as_list(arm_after(pcall(waiting.move, 60, true)))
end

--- Complete the calls in flight before the question is shown: a "no" must not cancel changes
--- already agreed to.
function M.settle(seconds)
  check_seconds("tasks.settle", seconds)
  local guard <close> = enter()
  if guard then waiting.settle(seconds) end
end

--- Return the number of tasks not yet done.
function M.count() return count end

-- GROUP: the map that the task belongs to, which is notified of its end.
local function spawn(group, f, ...)
  local _ <close> = enter_or_raise()
  local args = table.pack(...)
  started = started + 1
  local task = setmetatable({ number = started, group = group }, Task)
  task.thread = coroutine.create(function() return f(table.unpack(args, 1, args.n)) end)
  by_thread[task.thread] = task
  core.task(task.thread)
  running[started], count = task, count + 1
  resume(task)
  core.nudge()
  return task
end

--- Start f(...) as a task. It runs until its first wait before this returns.
function M.task(f, ...)
  if type(f) ~= "function" then core.misuse("toggl.task requires a function, got " .. type(f)) end
  return spawn(nil, f, ...)
end

function Task:done()
  check_task(self, "done")
  return self.finished == true
end

local CIRCULAR = "task:wait would never return: the task is the caller itself, or waits for it"

--- Wait for the task and return what its function returned; an error in it is raised here.
function Task:wait()
  check_task(self, "wait")
  if not self.finished then
    if waiting.is_circular(self, yields() and current() or nil) then core.misuse(CIRCULAR) end
    wait_for(self)
  end
  if not self.ok then error(self.results[1], 0) end
  return table.unpack(self.results, 1, self.results.n)
end

-- The call in flight fails; the task ends at the wait after it.
local function end_suspended(task)
  local thing = task.waiting
  if type(thing) == "userdata" then
    thing:cancel()
    resume(task)
  end
  if not task.finished then close(task) end
end

--- End the task at its next wait: the call in flight fails with kind "cancelled" ("unknown" for a
--- write). A task that cancels itself ends there.
function Task:cancel()
  check_task(self, "cancel")
  if self.finished then return end
  local status = coroutine.status(self.thread)
  if status == "running" or status == "normal" then -- it is the caller, or resumed the caller
    self.ending = end_suspended
    if current() == self and coroutine.isyieldable() then coroutine.yield() end
    return
  end
  local guard <close> = enter()
  if not guard then -- the next coroutine to enter does it
    doomed[#doomed + 1] = self
    return
  end
  end_suspended(self)
  core.nudge()
end

-- The end of a `local task <close>`.
Task.__close = Task.cancel

function Task:__tostring()
  check_task(self, "__tostring")
  return ("task (%s)"):format(not self.finished and "running" or self.ok and "done" or "failed")
end

--- Sleep without holding up other tasks.
function M.sleep(seconds)
  check_seconds("toggl.sleep", seconds)
  local due = core.ticks() + seconds
  if not yields() then return M.pause(due) end
  wait_for { sleeps = true, due = due, done = function() return core.ticks() >= due end }
end

-- For code that cannot yield; other tasks may continue meanwhile.
function M.pause(due)
  check_seconds("tasks.pause", due)
  while core.ticks() < due do
    if count > 0 then
      M.run(nil, due - core.ticks())
    else
      core.sleep(due - core.ticks())
    end
  end
end
--- Does the running task belong to a loop that ends early? No wait would collect what it starts
--- now.
function M.is_stopping()
  local task = current()
  return task ~= nil and task.stopping == true
end

--- Cancel the tasks of interrupted loops. For a prompt, which knows that none of them can run any
--- more.
function M.abandon()
  local _ <close> = enter()
  recover()
  if M.inside.abandon then M.inside.abandon() end
end

--- For toggl.many alone, which sets abandon.
M.inside = {
  current = current,
  in_order = in_order,
  is_error = is_error,
  spawn = spawn,
  wait_for = wait_for,
}

return M
