-- How many rounds a loop still has, for the question before a change inside of it.

local debug = require "debug"

local M = {}

local next_item, next_pair = (ipairs {}), next

-- Return the rounds that are left of a loop by its three hidden variables: of a numeric one with
-- integers the second counts down; ipairs has the list and the index. nil: not known.
local function left_of(state)
  local f, list, control = state[1], state[2], state[3]
  if math.type(f) == "integer" and math.type(list) == "integer" then return list end
  if f == next_item and math.type(control) == "integer" then return math.max(0, #list - control) end
  if f ~= next_pair or type(list) ~= "table" then return nil end
  local n = 0
  while next(list, control) ~= nil do
    n, control = n + 1, next(list, control)
  end
  return n
end

-- Return the hidden variables of the loops around the present line of the function at LEVEL,
-- outermost first: a loop's follow each other, and its own variables follow them.
local function loops_at(level)
  local loops, last, i = {}, nil, 1
  while true do
    local name, value = debug.getlocal(level + 1, i)
    if not name then return loops end
    if name ~= "(for state)" then
      last = nil
    elseif last then
      last.n, last[last.n + 1] = last.n + 1, value
    else
      last = { n = 1, value }
      loops[#loops + 1] = last
    end
    i = i + 1
  end
end

-- Is it code of the user, and not of the module, whose files are in FOLDER?
local function is_typed(source, folder)
  return source == "=stdin" or source:find "^@" ~= nil and source:sub(2, #folder + 1) ~= folder
end

-- Of toggl.map: its items after the one of this task.
local function of_map()
  local tasks = package.loaded["toggl.task"]
  local task = tasks and tasks.inside.current()
  local group = task and task.group
  return group and task.index and #group.list - task.index
end

--- Return how many rounds are left of the innermost loop around the caller, and whether it is the
--- only one; nil: there is none, or it is not known. Loops of the files in FOLDER are those of the
--- module.
function M.left(folder)
  local found, count = nil, 0
  for level = 2, 60 do
    local info = debug.getinfo(level, "S")
    if not info then break end
    local loops = is_typed(info.source, folder) and loops_at(level) or {}
    count = count + #loops
    if #loops > 0 and count == #loops then found = left_of(loops[#loops]) end
  end
  if count == 0 then return of_map(), true end
  return found, count == 1 and not of_map()
end

return M
