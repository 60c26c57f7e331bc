---@meta toggl.sandbox
-- The type of what `require "toggl.sandbox"` gives. Made by scripts/dev/gen.

---@type toggl.sandbox_module
local part = {}

return part
