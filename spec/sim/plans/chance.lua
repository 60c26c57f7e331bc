-- Draws of the seed.

local world = world
local M = {}

-- With one in N.
function M.once_in(n) return world.draw(n) == 0 end

-- An integer from A to B.
function M.between(a, b) return a + world.draw(b - a + 1) end

function M.pick(list) return list[1 + world.draw(#list)] end

-- With P percent.
function M.percent(p) return world.draw(100) < p end

return M
