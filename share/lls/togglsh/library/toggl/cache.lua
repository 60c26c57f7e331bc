---@meta toggl.cache
-- The type of what `require "toggl.cache"` gives. Made by scripts/dev/gen.

---@type toggl.cache
local part = {}

return part
