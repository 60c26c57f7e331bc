-- Methods of a workspace.
local common = require "toggl.class.common"

local workspace = common.add_lists "workspace"

function workspace:rename(name) return self:update { name = name } end
