-- The id of a plan: a hash of the desired and the observed state, the rules and the day. Equal
-- inputs give equal ids, on every machine.

local core = require "toggl.core"

local M = {}

-- What stands for where a value came from, and not for what it is.
local ASIDE = {
  path = true,
  lines = true,
  file = true,
  zone = true,
  at = true,
  ticks = true,
  read_at = true,
  spent = true,
  page_size = true,
  by_key = true,
  tools = true,
}

--- The id of PLAN: 12 hexadecimal digits.
function M.of(plan)
  local parts = { plan.state, plan.present, plan.rules, plan.today }
  return ("%016x"):format(core.digest(parts, ASIDE)):sub(1, 12)
end

return M
