---@meta toggl.json
-- The type of what `require "toggl.json"` gives. Made by scripts/dev/gen.

---@type toggl.json
local part = {}

return part
