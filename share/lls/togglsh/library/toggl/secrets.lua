---@meta toggl.secrets
-- The type of what `require "toggl.secrets"` gives. Made by scripts/dev/gen.

---@type toggl.secrets
local part = {}

return part
