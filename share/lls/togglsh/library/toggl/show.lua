---@meta toggl.show
-- The type of what `require "toggl.show"` gives. Made by scripts/dev/gen.

---@type toggl.show
local part = {}

return part
