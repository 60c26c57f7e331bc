---@meta toggl.task
-- The type of what `require "toggl.task"` gives. Made by scripts/dev/gen.

---@type toggl.tasks
local part = {}

return part
