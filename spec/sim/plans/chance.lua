-- Random values from the seed.

local world = world
local M = {}

-- Return true once in N times.
function M.once_in(n) return world.draw(n) == 0 end

-- Return an integer from A to B.
function M.between(a, b) return a + world.draw(b - a + 1) end

function M.pick(list) return list[1 + world.draw(#list)] end

-- Return true P percent of the time.
function M.percent(p) return world.draw(100) < p end

return M
