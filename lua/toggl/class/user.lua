-- Methods of a person in an organization.
local core = require "toggl.core"
local common = require "toggl.class.common"

local user = common.add_lists "user"

local function organization_of(self)
  local id = core.key(self, "organization_id", true)
  if not id then core.misuse("this record does not say which organization it belongs to") end
  return id
end

--- Remove this person from the organization.
function user:remove()
  return self
    :client().api
    .patch_organization_users { organization_id = organization_of(self), delete = { self } }
end

--- Deactivate or restore this person in the whole organization.
function user:deactivate() return self:update { inactive = true } end
function user:activate() return self:update { inactive = false } end

--- Resend the invitation of a person who has not joined. The server sends mail.
function user:resend_invitation()
  return self:client().api.put_invitation {
    organization_id = organization_of(self),
    invitation_id = core.key(self, "invitation_id"),
  }
end
