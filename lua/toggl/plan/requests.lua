-- The calls of a plan's steps: operation and step in, named parameters out. Keys of what the plan
-- creates are negative in its steps; KEYS has the real ones.

local json = require "toggl.text.json"
local keys = require "toggl.plan.keys"

local M = {}

local MOST = 100 -- keys of a patch, patches of a request

--- Return what CREATED, a map of negative keys, has for KEY. Raises while it has none: the step
--- that creates it comes first, and a step that depends on a failed one is not sent.
local function real(created, key)
  return key > 0 and key or created[key] or error("the key " .. key .. " is not known yet", 0)
end

local function reals(created, set)
  local list = json.array {}
  for i, key in ipairs(keys(set)) do
    list[i] = real(created, key)
  end
  return list
end

-- Keys as records that name their kind, so that no other kind can be taken for it.
local function typed(list, field)
  local records = json.array {}
  for i, key in ipairs(list) do
    records[i] = { [field] = key }
  end
  return records
end

local function accounts(changes)
  local list = {}
  for i, c in ipairs(changes) do
    list[i] = c.user_id
  end
  return typed(list, "user_id")
end

-- Add patches of at most 100 values.
local function add_patches(patches, op, path, values)
  for from = 1, #values, MOST do
    local some = table.move(values, from, math.min(from + MOST - 1, #values), 1, {})
    patches[#patches + 1] = { op = op, path = path, value = some }
  end
end

local function workspaces_of(changes, created)
  local list = {}
  for i, c in ipairs(changes) do
    list[i] = real(created, c.workspace)
  end
  return list
end

local of = {}

function of.post_organization_workspaces(a) return { name = a.name } end

function of.put_workspaces(a) return { workspace_id = a.workspace, name = a.name } end

function of.post_organization_group(a, created, step)
  local group = step.changes[1]
  return {
    name = group.name,
    users = accounts(a.joins),
    workspaces = reals(created, a.workspaces),
  }
end

function of.put_organization_group(a, created)
  return {
    group_id = a.group,
    name = a.name,
    users = typed(keys(a.users), "user_id"),
    workspaces = reals(created, a.workspaces),
  }
end

function of.put_workspace_group(a)
  return { workspace_id = a.workspace, group_id = a.group, name = a.name }
end

function of.delete_organization_group(a) return { group_id = a.group } end

function of.patch_organization_group(a, created)
  local patches = {}
  add_patches(patches, "add", "/workspaces", workspaces_of(a.attach, created))
  add_patches(patches, "add", "/users", accounts(a.joins))
  add_patches(patches, "remove", "/users", accounts(a.leaves))
  add_patches(patches, "remove", "/workspaces", workspaces_of(a.detach, created))
  return { group_id = real(created, a.group), patches = patches }
end

function of.put_organization_users(a, created)
  local put, workspaces = a.put, nil
  if a.workspaces then
    workspaces = json.array {}
    for i, w in ipairs(keys(a.workspaces)) do
      local here = a.workspaces[w]
      workspaces[i] =
        { workspace_id = real(created, w), role = here.role, inactive = here.inactive or nil }
    end
  end
  local parameters = {
    organization_user_id = a.person.id,
    name = put.name and put.name.after,
    groups = a.groups and typed(reals(created, a.groups), "group_id"),
    workspaces = workspaces,
  }
  if put.state then parameters.inactive = put.state.after == "inactive" end
  if put.role then parameters.organization_admin = put.role.after == "admin" end
  return parameters
end

function of.put_workspace_workspace_users(a)
  return { workspace_id = a.workspace, workspace_user_id = a.member, role = a.role }
end

function of.patch_organization_workspace_users(a)
  local list = {}
  for i, c in ipairs(a.ends) do
    list[i] = c.member
  end
  return { workspace_id = a.workspace, delete = typed(list, "workspace_user_id") }
end

function of.post_organization_invitation(a, created, step)
  local workspaces, groups = {}, reals(created, a.groups)
  for i, w in ipairs(keys(a.workspaces)) do
    workspaces[i] = { workspace_id = real(created, w), role = a.workspaces[w] }
  end
  return {
    emails = step.who,
    workspaces = workspaces,
    groups = groups[1] and groups or nil,
  }
end

function of.patch_organization_users(a)
  local people = typed(a.keys, "organization_user_id")
  return { delete = people }
end

--- Return the requests of STEP: a list of tables of parameters, of which most steps have one.
function M.of(step, created)
  local parameters = of[step.operation](step.args, created, step)
  local patches = parameters.patches
  if not patches or #patches <= MOST then return { parameters } end
  local list = {}
  for from = 1, #patches, MOST do
    list[#list + 1] = {
      group_id = parameters.group_id,
      patches = table.move(patches, from, math.min(from + MOST - 1, #patches), 1, {}),
    }
  end
  return list
end

-- The keys that a change needs and that a step of the same plan creates.
local CREATES = { post_organization_group = "group_id", post_organization_workspaces = "id" }

--- Note the key of what STEP created, from its REPLY.
function M.note(step, reply, created)
  local field = CREATES[step.operation]
  if not field then return end
  local key = step.operation == "post_organization_group" and step.args.group or step.args.workspace
  created[key] = reply[field]
end

--- Return the keys below 0 that STEP uses, as a set: things that another step creates.
function M.uses(step)
  local used = {}
  local function look(value, depth)
    if math.type(value) == "integer" and value < 0 then used[value] = true end
    if type(value) == "table" and depth < 3 then
      for key, entry in pairs(value) do
        if math.type(key) == "integer" and key < 0 then used[key] = true end
        look(entry, depth + 1)
      end
    end
  end
  local a = step.args
  look({ a.group, a.workspace, a.workspaces, a.groups, a.attach, a.joins, a.without }, 0)
  if CREATES[step.operation] then used[a.group or a.workspace] = nil end
  return used
end

return M
