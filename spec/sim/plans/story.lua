-- What an administrator does next: plan, apply what was kept, resume, apply what is left; and in the
-- end look whether all is as it was wanted.

local M = {}

local MOST = 12 -- processes of one administrator

-- A process begins. Returns what it is to do; nil: nothing. ALONE: no one else acts.
function M.begin(a, calm, alone)
  if a.ends then return nil end
  if calm and alone and a.phase == "done" and not a.refused then a.phase = "final" end
  if a.phase == "done" then return nil end
  -- one that died in an apply is followed by togglsh resume, or by the same apply once more
  if a.run and a.run.applies and not a.run.ended and a.phase ~= "final" then
    a.died = a.run
    a.phase = a.applies_again and "kept" or "resume"
    a.applies_again = false
  end
  a.tries = a.tries + 1
  if a.tries > MOST then
    a.phase, a.gave_up = "done", true
    return nil
  end
  return a.phase
end

-- Errors that time mends.
local LATER = {
  quota = true,
  rate = true,
  timeout = true,
  transport = true,
  server = true,
  offline = true,
  unreachable = true,
  unknown = true,
  partial = true,
  conflict = true,
}

-- Has an apply of the same plan sent something, in a process that died?
local function applied_before(a) return a.died ~= nil end

local function after_error(a, kind)
  local applied = a.run and a.run.writes > 0
  if kind == "guard" and a.phase == "kept" and applied_before(a) then
    a.phase = "resume"
  elseif kind == "guard" then -- what a person would look at
    a.phase, a.refused = "done", true
  elseif kind == "not_found" and a.phase == "resume" then
    a.phase = "plan" -- the plan was not kept: nothing had been sent
  elseif kind == "partial" and a.left and a.takes_left then
    a.phase = "left"
  elseif applied or a.run and a.run.applies then
    a.phase = "resume"
  elseif not LATER[kind] then
    a.phase, a.refused = "done", true
  end
end

-- A process has ended by itself. Returns whether another one follows.
function M.next(a, ok, err)
  if a.phase == "final" then
    a.ends = ok or not LATER[err.kind]
    return not a.ends
  end
  local result = ok and a.result or err and err.kind
  a.refused = nil
  if result == "kept" then
    a.phase = "kept"
  elseif result == "done" or result == "nothing" then
    a.phase = "done"
  else
    after_error(a, result)
  end
  return a.phase ~= "done"
end

return M
