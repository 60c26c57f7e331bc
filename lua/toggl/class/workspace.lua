-- Methods of a workspace.
local common = require "toggl.class.common"
local done = require "toggl.class.done"

local workspace = common.add_lists "workspace"

--- Rename the workspace and leave everything else unchanged.
function workspace:rename(name)
  common.check_key(name, "workspace:rename", "a name")
  local did = ("workspace %s: renamed to %s"):format(done.name(self), name)
  return done.change("put_workspaces", self, { name = name }, did)
end
