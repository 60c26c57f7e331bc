-- Methods of a person in an organization.
local core = require "toggl.core"
local common = require "toggl.class.common"
local done = require "toggl.class.done"

local user = common.add_lists "user"

local function organization_of(self)
  local id = core.key(self, "organization_id", true)
  if not id then core.misuse "this record does not say which organization it belongs to" end
  return id
end

local function change(self, method, options, args, did)
  return done.change(
    "put_organization_users",
    self,
    common.args_of(options, args, "user:" .. method),
    ("%s: %s"):format(done.name(self), did)
  )
end

--- Remove this person from the organization.
function user:remove(options)
  local args = common.args_of(options, {
    organization_id = organization_of(self),
    delete = { self },
  }, "user:remove")
  local who = ("%s: removed from the organization"):format(done.name(self))
  return done.change("patch_organization_users", self:client(), args, who)
end

--- Deactivate or restore this person in the whole organization.
function user:deactivate(options)
  return change(self, "deactivate", options, { inactive = true }, "deactivated")
end

function user:activate(options)
  return change(self, "activate", options, { inactive = false }, "active again")
end

user.reactivate = user.activate

--- Take the person out of all groups and direct memberships and deactivate them, in one request.
--- The server refuses the owner and the payer, and then changes nothing.
function user:offboard(options)
  if self.joined == false then
    return common.fail(
      self,
      "conflict",
      ("%s has not joined yet; nothing was sent"):format(done.name(self)),
      "user:remove() cancels the invitation"
    )
  end
  return change(
    self,
    "offboard",
    options,
    { inactive = true, groups = {}, workspaces = {} },
    "in no group and no workspace, and deactivated"
  )
end

-- Return the role of the organization that ROLE names: a record of org:roles(), its key, name or
-- type; or nil, err.
local function find_role(self, role)
  local call, err = core.start("get_organization_roles", self)
  if not call then return nil, err end
  local list
  list, err = call:wait()
  if not list then return nil, err end
  return common.only_role(self, list, role, "organization")
end

--- Give the person a role of the organization.
function user:set_role(role, options)
  common.check_options(options, "user:set_role")
  local found, err = find_role(self, role)
  if not found then return nil, err end
  return change(self, "set_role", options, { role_id = found.role_id }, "role " .. found.name)
end

-- user:update takes role = "admin" in place of role_id, the key.
local update = core.method "put_organization_users"

function user:update(args, ...)
  if type(args) ~= "table" or args.role == nil then return update(self, args, ...) end
  local found, err = find_role(self, args.role)
  if not found then return nil, err end
  args = common.options_of(args, { role_id = found.role_id }, "user:update with role =")
  args.role = nil
  return update(self, args, ...)
end

--- Resend the invitation of a person who has not joined. The server sends mail.
function user:resend_invitation(options)
  local args = common.args_of(options, {
    organization_id = organization_of(self),
    invitation_id = core.key(self, "invitation_id"),
  }, "user:resend_invitation")
  local who = ("%s: invitation sent again"):format(done.name(self))
  return done.change("put_invitation", self:client(), args, who)
end
