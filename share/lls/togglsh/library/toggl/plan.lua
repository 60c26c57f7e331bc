---@meta toggl.plan
-- The type of what `require "toggl.plan"` gives. Made by scripts/dev/gen.

---@type toggl.plan
local part = {}

return part
