---@meta toggl.report
-- The type of what `require "toggl.report"` gives. Made by scripts/dev/gen.

---@type toggl.report
local part = {}

return part
