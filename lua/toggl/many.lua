-- Run a function for each item of a list, several at a time, each in a task of its own.

local core = require "toggl.core"
local length = require "toggl.text.length"
local tasks = require "toggl.task"

local M = {}

local current, in_order, is_error, spawn, wait_for =
  tasks.inside.current,
  tasks.inside.in_order,
  tasks.inside.is_error,
  tasks.inside.spawn,
  tasks.inside.wait_for

-- A function reports failure as nil or false with an error object. error(nil) raises nil.
local function failed(task)
  local r = task.results
  if not task.ok then return r[1] or tostring(r[1]) end
  if not r[1] and is_error(r[2]) then return r[2] end
end

-- Name the item in the error; a plain Lua error keeps its own text.
local function name_item(err, index, item)
  if not is_error(err) then
    return ("item %d (%s): %s"):format(index, tostring(item), tostring(err))
  end
  local named = setmetatable({}, getmetatable(err))
  for k, v in pairs(err) do
    named[k] = v
  end
  named.index, named.item = index, item
  named.message = ("item %d (%s): %s"):format(index, tostring(item), err.message)
  return named
end

local function check(list, f, options)
  if type(options) ~= "table" then
    core.misuse("toggl.map requires a table of options, got " .. type(options))
  end
  require("toggl.class.common").check_options(options, "toggl.map", { "limit", "collect" })
  if type(f) ~= "function" then
    core.misuse("toggl.map requires a function as its second argument, got " .. type(f))
  end
  if type(list) ~= "table" and type(list) ~= "userdata" then
    core.misuse("toggl.map requires a list, got " .. type(list))
  end
  local limit = options.limit or 32
  if math.type(limit) ~= "integer" or limit < 1 then
    core.misuse("limit must be an integer above 0")
  end
  return limit, options.collect
end

-- Store the result of a task of the map.
local function keep(state, task)
  local index, err = task.index, failed(task)
  state.tasks[index], state.active = nil, state.active - 1
  if err then
    err = name_item(err, index, state.list[index])
    state.errors[#state.errors + 1] =
      { index = index, item = state.list[index], err = err, raised = not task.ok }
  else
    state.results[index], state.done_count = task.results[1], state.done_count + 1
  end
end

-- Of the tasks that ended: the first failure stops the rest unless failures are collected.
local function harvest(state)
  local ended = state.ended
  state.ended = {}
  for _, task in ipairs(ended) do
    -- Otherwise the task was kept before: an interrupt reported it twice.
    if state.tasks[task.index] == task then keep(state, task) end
  end
end

local function stop(state)
  state.over = true
  for index, task in pairs(state.tasks) do
    task.stopping = true
    task:cancel()
    state.tasks[index] = nil
    local err = failed(task)
    if not err then state.done_count = state.done_count + 1 end
    if is_error(err) and err.kind == "unknown" then
      state.unknown_count = state.unknown_count + 1
    end
  end
end

-- State in the error of a loop that ended early how far it came.
local function count_done(state, err)
  if not is_error(err) then return end
  local unknown = state.unknown_count > 0 and (", %d unknown"):format(state.unknown_count) or ""
  err.message = ("%s (%d of %d done%s)"):format(err.message, state.done_count, #state.list, unknown)
end

-- Loops over lists that run outside of any task. An interrupt may end such a loop before it has
-- cancelled its tasks.
local foreground = {}

-- Cancel the tasks of interrupted loops.
function tasks.inside.abandon()
  for state in pairs(foreground) do
    foreground[state] = nil
    stop(state)
  end
  -- Tasks of a map that was interrupted before it recorded them.
  for _, one in ipairs(in_order()) do
    if one.group and one.group.over then one:cancel() end
  end
end

local function start_item(state, f, index)
  local task = spawn(state, f, state.list[index], index)
  task.index, state.tasks[index], state.active = index, task, state.active + 1
  if task.finished then harvest(state) end
end

local function run_all(list, f, limit, collect)
  local state = {
    list = list,
    owner = current(),
    tasks = {},
    ended = {},
    active = 0,
    done_count = 0,
    unknown_count = 0,
    results = {},
    errors = {},
    tells = true,
    done = function(self) return #self.ended > 0 end,
  }
  foreground[state] = not current() or nil
  -- However this loop ends, including by an error or because its own task was cancelled, no task
  -- continues without a waiter.
  local _ <close> = setmetatable({}, {
    __close = function()
      stop(state)
      foreground[state] = nil
    end,
  })
  local sent, total = 0, length(list, "toggl.map")
  while sent < total or state.active > 0 do
    while sent < total and state.active < limit and (collect or #state.errors == 0) do
      sent = sent + 1
      start_item(state, f, sent)
    end
    if #state.errors > 0 and not collect then break end
    if state.active > 0 then
      wait_for(state)
      harvest(state)
    end
  end
  return state
end

--- Call f(item, index) for every item, at most `limit` at a time; return the results in the order
--- of the items.
--- A failure (raised, or nil and an error) stops the rest. A raised error is raised here, a
--- returned one is returned as nil, err. With collect = true all items are tried: returns results,
--- errors ({index =, item =, err =}, or nil).
function M.map(list, f, options)
  options = options or {}
  local limit, collect = check(list, f, options)
  local state = run_all(list, f, limit, collect)
  table.sort(state.errors, function(a, b) return a.index < b.index end)
  if collect then return state.results, #state.errors > 0 and state.errors or nil end
  local first = state.errors[1]
  if not first then return state.results end
  count_done(state, first.err)
  if first.raised then error(first.err, 0) end
  return nil, first.err
end

--- Run functions concurrently; return their results in order. As map, for a list of functions.
function M.all(functions, options)
  if type(functions) ~= "table" then
    core.misuse("toggl.all requires a list of functions, got " .. type(functions))
  end
  for i = 1, length(functions, "toggl.all") do
    if type(functions[i]) ~= "function" then
      core.misuse(("toggl.all requires functions, got %s at %d"):format(type(functions[i]), i))
    end
  end
  return M.map(functions, function(f) return f() end, options)
end

return M
