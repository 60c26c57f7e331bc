---@meta toggl.loop.luv
-- The type of what `require "toggl.loop.luv"` gives. Made by scripts/dev/gen.

---@type toggl.loop.luv
local part = {}

return part
