---@meta toggl.audit
-- The type of what `require "toggl.audit"` gives. Made by scripts/dev/gen.

---@type toggl.audit
local part = {}

return part
