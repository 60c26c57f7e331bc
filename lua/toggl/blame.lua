-- Misuse is told at the line that misused: the nearest one that is not of this module.
local M = {}

-- Where the files of this module stand, as debug.getinfo says it; a program may have them under
-- other names.
local OWN = debug and debug.getinfo(1, "S").source:match "^(.*)blame%.lua$" or "=toggl."

local function is_own(info) return info.what == "C" or info.source:sub(1, #OWN) == OWN end

--- Raises MESSAGE at the position of the caller of this module.
function M.raise(message)
  if not debug then error(message, 0) end -- a host without it: no position is known
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and is_own(info) do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  error(message, info and level or 0)
end

local function pass(ok, ...)
  if ok then return ... end
  local err = ...
  if type(err) ~= "string" or err:find "^[^\n]-:%d+: " then error(err, 0) end
  M.raise(err)
end

--- f(...), where f is a function in C: what it raises would else have the position of a file of
--- this module.
function M.call(f, ...) return pass(pcall(f, ...)) end

return M
