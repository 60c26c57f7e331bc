-- The waiters and what they wait for. Checking every task after every reply would make long maps
-- quadratic, so each kind of wait is stored where its end is found without checking the others:
--
--   a call       in a ring, one for each client, checked from where the last check ended; the
--                number in flight from client:step() shows how many of the ring have ended
--   a time       in a heap, the earliest on top
--   tells = true a thing that reports its end by M.tell: tasks, and the maps around them
--   the rest     a table with done(), checked each time
local core = require "toggl.core"
local coroutine = require "toggl.text.standard"("coroutine")

local M = {}

local FEW = 64 -- up to this many calls of a client are all checked each time
local MOST = 256 -- calls checked at once beyond FEW; the rest after a step that does not wait
local PATIENCE = 0.05 -- seconds; after a step this long without a reply, all are checked

-- client -> { client =, at = the next task to check, count =, ended = known to have ended }
local rings
local sleepers -- a heap of { due =, task = or false: it has left }
local polled -- task -> true
local awake, first_awake -- tasks to resume, in order; number of the next one

--- Clear all registrations; the waiters register again.
function M.clear()
  rings, sleepers, polled, awake, first_awake = {}, {}, {}, {}, 1
end

M.clear()

-- ------------------------------------------------------------------------------------------- calls

-- Insert behind all others, that is, before the next one to be checked.
local function enter_ring(task, call)
  local client = call:client()
  local ring = rings[client] or { client = client, count = 0, ended = 0 }
  local after = ring.at or task
  local before = ring.at and after.before or task
  rings[client], ring.at, ring.count = ring, after, ring.count + 1
  task.ring, task.before, task.after = ring, before, after
  before.after, after.before = task, task
end

-- An interrupt may have ended the insertion half-way.
local function leave_ring(task)
  local ring, before, after = task.ring, task.before, task.after
  if before and after then
    before.after, after.before = after, before
  end
  ring.count = ring.count - 1
  if ring.at == task then ring.at = after end
  if ring.count == 0 and rings[ring.client] == ring then rings[ring.client] = nil end
  task.ring, task.before, task.after = nil, nil, nil
end

-- ------------------------------------------------------------------------------------------- times

local function swap(a, b)
  sleepers[a], sleepers[b] = sleepers[b], sleepers[a]
end

local function sleep_until(task, due)
  local at = #sleepers + 1
  sleepers[at] = { due = due, task = task }
  task.sleeper = sleepers[at]
  while at > 1 and sleepers[at].due < sleepers[at // 2].due do
    swap(at, at // 2)
    at = at // 2
  end
end

local function take_top()
  local last = #sleepers
  swap(1, last)
  sleepers[last] = nil
  local at, child = 1, 2
  while child < last do
    if sleepers[child + 1] and sleepers[child + 1].due < sleepers[child].due then
      child = child + 1
    end
    if sleepers[at].due <= sleepers[child].due then break end
    swap(at, child)
    at, child = child, 2 * child
  end
end

-- The next entry that still sleeps.
local function top()
  while sleepers[1] and not sleepers[1].task do
    take_top()
  end
  return sleepers[1]
end

-- -------------------------------------------------------------------------------- coming and going

local function leave(task)
  if task.ring then leave_ring(task) end
  if task.sleeper then
    task.sleeper.task, task.sleeper = false, nil
  end
  polled[task] = nil
end

local function wake(task)
  leave(task)
  if not task.awake then
    awake[#awake + 1], task.awake = task, true
  end
end

--- Register that TASK waits for THING: a call, a table with done(), or anything else, which means
--- that it only yields.
function M.park(task, thing)
  leave(task)
  task.waiting = thing
  local kind = type(thing)
  if kind == "userdata" then
    enter_ring(task, thing)
  elseif kind ~= "table" or thing.tells and thing:done() then
    wake(task)
  elseif thing.sleeps then
    sleep_until(task, thing.due)
  elseif thing.tells then
    thing.watchers = thing.watchers or {}
    thing.watchers[#thing.watchers + 1] = task
  else
    polled[task] = true
  end
end

--- Unregister TASK: it is about to run, or has ended.
function M.leave(task)
  leave(task)
  task.waiting = nil
end

--- THING has ended: wake its waiters.
function M.tell(thing)
  local watchers = thing.watchers
  thing.watchers = nil
  for _, task in ipairs(watchers or {}) do
    if task.waiting == thing then wake(task) end
  end
end

--- Has the thing that TASK waits for ended?
function M.is_over(task)
  local thing = task.waiting
  if type(thing) == "userdata" then return thing:done() end
  if type(thing) ~= "table" then return true end
  local over = thing:done()
  if not thing.tells and not thing.sleeps then core.finish_inside() end -- may have resumed tasks
  return over
end

-- The tasks that end after TASK alone: itself, and those that run the maps it belongs to.
local function end_after(task)
  local held = {}
  while task do
    held[task] = true
    task = task.group and task.group.owner
  end
  return held
end

local function is_interrupted(task)
  local status = task.thread and coroutine.status(task.thread)
  return status == "running" or status == "normal"
end

--- Would a wait for TASK never end, because TASK waits for the caller? CALLER: the task that would
--- yield; nil: code that holds up the tasks that it interrupts.
function M.is_circular(task, caller)
  local held = end_after(caller)
  while type(task) == "table" do
    if held[task] or not caller and is_interrupted(task) then return true end
    task = task.waiting
  end
  return false
end

-- ---------------------------------------------------------------------------------------- the look

-- Check as many calls as are known to have ended, and continue until all of those are found.
-- Closing a client ends all its calls at once; the first one checked shows it.
local function look_at_ring(ring)
  local few = ring.count <= FEW
  local want, most = few and ring.count or ring.ended, (few or ring.unsure) and ring.count or MOST
  local run = true
  while most > 0 and (run or want > 0) and ring.count > 0 do
    local task = ring.at
    ring.at, most = task.after, most - 1
    if M.is_over(task) then
      wake(task)
      want = want - 1
    else
      run = false
    end
  end
  ring.ended, ring.unsure = (few or ring.unsure) and 0 or math.max(want, 0), false
  return ring.ended > 0
end

local function look_at_times()
  local now = sleepers[1] and core.ticks()
  while top() and top().due <= now do
    local task = top().task
    take_top()
    wake(task)
  end
end

local function by_start(a, b) return a.number < b.number end

-- Tasks found together resume in the order in which they were started.
local function sort_from(from)
  if #awake <= from then return end
  local found = table.move(awake, from, #awake, 1, {})
  table.sort(found, by_start)
  table.move(found, 1, #found, from, awake)
end

-- Iterate over a copy, because a done() function may start and end tasks.
local function keys(t)
  local all = {}
  for key in pairs(t) do
    all[#all + 1] = key
  end
  return all
end

--- Find the tasks whose wait is over. Returns how many tasks are to be resumed, and whether more
--- are known to be ready.
function M.look()
  local from = #awake + 1
  for _, task in ipairs(keys(polled)) do
    if M.is_over(task) then wake(task) end
  end
  local more = false
  for _, client in ipairs(keys(rings)) do
    if rings[client] then more = look_at_ring(rings[client]) or more end
  end
  look_at_times()
  sort_from(from)
  return #awake - first_awake + 1, more
end

--- Return the next task to resume, or nil.
function M.next()
  local task = awake[first_awake]
  if not task then return nil end
  awake[first_awake], task.awake, first_awake = false, nil, first_awake + 1
  if first_awake > #awake then
    awake, first_awake = {}, 1
  end
  return task
end

-- ------------------------------------------------------------------------------------------- steps

-- LEFT: calls of the client in flight. If more are in flight than wait here, calls of others are
-- among them and the number shows nothing; nor is it valid for ever.
local function count_ended(ring, left, idle)
  ring.unsure = idle or left > ring.count
  ring.ended = ring.unsure and ring.count or ring.count - left
end

local function all_rings(seconds)
  local all = {}
  for _, ring in pairs(rings) do
    all[#all + 1] = ring
    if ring.ended > 0 then
      seconds = 0
    elseif ring.count > FEW then
      seconds = math.min(seconds, PATIENCE)
    end
  end
  return all, #all > 1 and math.min(seconds, 0.01) or seconds
end

-- All calls of a closed client have ended, each with its error.
local function step_client(ring, seconds)
  if not core.is_open(ring.client) then return 0 end
  return ring.client:step(seconds)
end

-- Seconds until the earliest time that a task waits for.
local function until_due(seconds)
  local due = top() and top().due or math.huge
  for task in pairs(polled) do
    due = math.min(due, task.waiting.due or due)
  end
  if due == math.huge then return seconds end
  return math.min(seconds, math.max(0, due - core.ticks()))
end

--- Step every client that has a waiter, for at most SECONDS.
function M.step(seconds)
  local all
  all, seconds = all_rings(until_due(seconds))
  if #all == 0 then return core.sleep(seconds) end
  for _, ring in ipairs(all) do
    local from = core.ticks()
    local left = step_client(ring, seconds)
    count_ended(ring, left, seconds > 0 and core.ticks() - from >= seconds)
  end
end

--- Let pending calls complete while no task runs, for at most SECONDS.
function M.settle(seconds)
  local give_up = core.ticks() + seconds
  for _, client in ipairs(keys(rings)) do
    local task = rings[client].at
    for _ = 1, rings[client].count do
      while not M.is_over(task) and core.ticks() < give_up do
        client:step(math.max(0, give_up - core.ticks()))
      end
      task = task.after
    end
  end
end

--- Step all clients without waiting, and have their sockets wake the loop of core.pollfd(). Returns
--- the seconds until the next step is due. CALLS_ALONE: no task may continue, so none is woken when
--- due.
function M.move(seconds, calls_alone)
  if not calls_alone then seconds = until_due(seconds) end
  for _, ring in ipairs((all_rings(0))) do
    count_ended(ring, step_client(ring, 0), false)
    if core.is_open(ring.client) then -- a log function may have closed it
      core.watch(ring.client)
      seconds = math.min(seconds, ring.client:timeout() or seconds)
    end
    if ring.count > FEW then seconds = math.min(seconds, PATIENCE) end
  end
  return seconds
end

return M
