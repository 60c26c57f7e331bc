-- The next task of an administrator: plan, apply a kept plan, resume, apply what is left; at the
-- end plan once more to check that no step is left.

local M = {}

local MOST = 12 -- most processes of one administrator

-- Return the task of a new process, or nil. ALONE: no other administrator acts.
function M.begin(a, calm, alone)
  if a.ends then return nil end
  if calm and alone and a.phase == "done" and not a.refused then a.phase = "final" end
  if a.phase == "done" then return nil end
  -- after a process that died in an apply: togglsh resume, or the same apply once more
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

-- Errors after which a later attempt can succeed.
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

-- Return whether a process that died had begun to apply the same plan.
local function applied_before(a) return a.died ~= nil end

local function after_error(a, kind)
  local applied = a.run and a.run.writes > 0
  if kind == "guard" and a.phase == "kept" and applied_before(a) then
    a.phase = "resume"
  elseif kind == "guard" then -- left to a person
    a.phase, a.refused = "done", true
  elseif kind == "not_found" and a.phase == "resume" then
    a.phase = "plan" -- the plan was not kept, since no request had been sent
  elseif kind == "partial" and a.left and a.takes_left then
    a.phase = "left"
  elseif applied or a.run and a.run.applies then
    a.phase = "resume"
  elseif not LATER[kind] then
    a.phase, a.refused = "done", true
  end
end

-- Note that a process has ended by itself. Return whether another one follows.
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
