-- One apply of an organization at a time: a second process fails, and names the holder.

local core = require "toggl.core"
local limits = require "toggl.plan.limits"

local M = {}

--- Take the lease of ORG for plan ID. Returns a value that gives it back when it is closed; nil
--- where the client keeps no journal. Raises an error of kind "guard" where another holds it.
function M.take(org, id)
  local client = org:client()
  local ok, err = core.lease(client, org.id, id)
  if ok then
    return setmetatable({}, { __close = function() core.lease_end(client) end })
  elseif err.kind == "conflict" then
    limits.refuse("lease", "wait until it has ended", "%s", (err.message:gsub("; nothing.*$", "")))
  elseif err.reason ~= "no_journal" then
    core.fail(true, {
      kind = err.kind,
      message = ("the plan cannot be recorded in the journal: %s; nothing was sent"):format(
        (err.message:gsub("; nothing.*$", ""))
      ),
      advice = err.advice or "set TOGGL_STATE_DIR to a folder of your own",
    })
  end
end

return M
