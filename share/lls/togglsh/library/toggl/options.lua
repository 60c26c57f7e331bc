---@meta toggl.options
-- The type of what `require "toggl.options"` gives. Made by scripts/dev/gen.

---@type toggl.options
local part = {}

return part
