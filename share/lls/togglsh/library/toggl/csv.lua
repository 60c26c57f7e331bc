---@meta toggl.csv
-- The type of what `require "toggl.csv"` gives. Made by scripts/dev/gen.

---@type toggl.csv
local part = {}

return part
