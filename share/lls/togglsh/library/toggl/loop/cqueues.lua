---@meta toggl.loop.cqueues
-- The type of what `require "toggl.loop.cqueues"` gives. Made by scripts/dev/gen.

---@type toggl.loop.cqueues
local part = {}

return part
