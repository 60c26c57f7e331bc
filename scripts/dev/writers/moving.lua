-- Write the last part of doc/moving-from-python.md: every method and parameter of the generated
-- Python client, its counterpart here, and a line of Lua that calls it, which spec/moving_spec.lua
-- runs. The differences come from the rows of the operations; the tables below are facts of that
-- client.

local toggl = require "toggl"

local M = {}


-- OrganizationsApi by its swagger of June 2024: the arguments of each method, in order. BODY: the
-- fields of `body`. GONE: parameters that Toggl has removed or renamed since.
local BODY = {
  post_organization = "name workspace_name",
  put_organization = "name",
  put_organization_users = "email groups inactive name organization_admin role_id workspaces",
  patch_organization_users = "delete",
  post_organization_group = "name users workspaces",
  put_organization_group = "name users workspaces",
  patch_organization_group = "",
  post_organization_invitation = "emails workspaces",
  post_organization_workspaces = "admins default_currency default_hourly_rate initial_pricing_plan"
    .. " name only_admins_may_create_projects only_admins_may_create_tags"
    .. " only_admins_see_billable_rates only_admins_see_team_dashboard"
    .. " projects_billable_by_default projects_private_by_default rate_change_mode"
    .. " reports_collapse rounding rounding_minutes",
  put_organization_workspaces_assignments = "operation user_id group_id joined",
}
local PEOPLE =
  "organization_id filter active_status only_admins groups workspaces page per_page sort_dir"
local METHODS = {
  { "get_organization", "organization_id" },
  { "post_organization", "body" },
  { "put_organization", "body organization_id" },
  { "delete_organization_users_leave", "organization_id" },
  { "get_organization_owner", "organization_id" },
  { "get_organization_segmentation", "organization_id" },
  { "put_organization_segmentation", "organization_id" },
  { "get_organization_users", PEOPLE },
  { "get_organization_users_detailed", PEOPLE },
  { "put_organization_users", "body organization_id" },
  { "patch_organization_users", "body organization_id" },
  { "get_organization_groups", "organization_id name workspace" },
  { "get_organization_workspaces_groups", "organization_id workspace_id" },
  { "post_organization_group", "body organization_id" },
  { "put_organization_group", "body organization_id" },
  { "patch_organization_group", "body organization_id group_id" },
  { "delete_organization_group", "organization_id group_id" },
  { "post_organization_invitation", "body organization_id" },
  { "post_organization_accept_invitation", "inviutation_code" },
  { "post_organization_workspaces", "body organization_id" },
  { "get_organization_workspaces_statistics", "" },
  { "put_organization_workspaces_assignments", "body organization_id workspace_id" },
  { "get_organizations_plans", "organization_id" },
  { "get_organizations_plans_0", "organization_id plan_id" },
  { "get_organizations_payments_records", "organization_id is_unified next prev" },
}
local GONE = {
  inviutation_code = "misspelt there, so that its call cannot work: `invitation_code`",
  only_admins_see_billable_rates = "refused: Toggl has removed the field",
  next = "refused: the present API has `cursor`",
  prev = "refused: the present API has `last_inv`",
}

-- A value of each parameter, as Lua: that of the generated client, or what this module requires
-- instead. NAME.PARAMETER takes precedence over PARAMETER.
local ANN = 'org:user "ann@example.com"'
local INVITED = 'org:invite{ emails = {"bo@example.com"}, workspaces = {org:workspace "Main"} }'
local VALUES = {
  organization_id = "org.id",
  organization_user_id = 'org:user("ann@example.com").id',
  group_id = 'org:group("Support").id',
  workspace_id = 'org:workspace("Main").id',
  plan_id = "13",
  name = '"Beta"',
  workspace_name = '"First"',
  filter = '"ann"',
  active_status = '"active,invited"',
  only_admins = '"true"',
  groups = '"2600000001,2600000002"',
  workspaces = '"5200000011,5200000021"',
  workspace = '"5200000011,5200000021"',
  page = "1",
  per_page = "10",
  sort_dir = '"desc"',
  is_unified = "true",
  last_inv = '"inv-1"',
  demo_requested = "false",
  full_name = '"Olive Hart"',
  heard = '{ "search" }',
  industries = '{ "software" }',
  members_range = '"10-50"',
  reasons = '{ "billing" }',
  skipped_step = '"heard"',
  user_id = "org:get_owner().user_id",
  user_segments = '{ "agency" }',
  email = '"ann2@example.com"',
  inactive = "true",
  organization_admin = "true",
  role_id = '"2"',
  users = "{ " .. ANN .. " }",
  delete = "{ " .. ANN .. " }",
  admins = "{ " .. ANN .. " }",
  emails = '{ "bo@example.com" }',
  skip_email = "true",
  project_invite = '{ project_id = 1, workspace_id = org:workspace "Main" }',
  default_currency = '"EUR"',
  default_hourly_rate = "12.5",
  initial_pricing_plan = "1",
  rate_change_mode = '"start-today"',
  rounding = "1",
  rounding_minutes = "15",
  operation = '"add"',
  joined = "true",
  ["get_organization_groups.name"] = '"sup"',
  ["put_organization_users.groups"] = "{ 2600000001 }",
  ["put_organization_users.workspaces"] = "{ { workspace_id = 5200000011, role_id = 5 } }",
  ["post_organization_group.workspaces"] = "{ 5200000011 }",
  ["put_organization_group.workspaces"] = "{ 5200000011 }",
  ["post_organization_invitation.workspaces"] = "{ { workspace_id = 5200000011, admin = true } }",
  ["post_organization_invitation.groups"] = "{ 2600000001 }",
  ["patch_organization_group.patches"] = '{ { op = "add", path = "/users", value = { '
    .. ANN
    .. " } } }",
  ["post_organization_accept_invitation.invitation_code"] = INVITED .. ".invitations[1].code",
  ["delete_organization_users_leave.organization_id"] = 'client:organization("Blue Door").id',
}

-- Further parameters that a call needs.
local ALSO = {
  ["put_organization_users"] = "name",
  ["put_organization_workspaces_assignments"] = "user_id",
  ["get_organizations_payments_records.cursor"] = "last_inv",
}
local CURSOR = '"2"'
-- Options of a call, and code before it.
local OPTIONS = { post_organization_accept_invitation = "auth = false" } -- acts for another person
local BEFORE = {
  get_organization_segmentation = 'org:save_segmentation{ skipped_step = "heard" } and ',
}

local function cell(text) return (text:gsub("|", "\\|")) end

local function row(there, here, call)
  return ("| %s | %s | `%s` |"):format(cell(there), cell(here), cell(call))
end

local function index(list, name)
  for _, item in ipairs(list) do
    if item.name == name then return item end
  end
end

-- Return the value of P as Lua, from VALUES or by its type.
local function value_of(op, p)
  local value = VALUES[op.name .. "." .. p.name] or VALUES[p.name]
  if p.name == "cursor" then value = CURSOR end
  if not value and p.type == "boolean" then value = "true" end
  return assert(value, op.name .. "." .. p.name .. ": no value in scripts/dev/writers/moving.lua")
end

-- Return the call of OP with its required parameters and the parameter WITH. TEXT: the value of
-- WITH, if not the one in VALUES.
local function call_of(op, with, text)
  local given, order = {}, {}
  local function give(p, value)
    if not given[p.name] then order[#order + 1] = p.name end
    given[p.name] = value or value_of(op, p)
  end
  for _, p in ipairs(op.params) do
    if p.required then give(p) end
  end
  local also = with and ALSO[op.name .. "." .. with.name]
  local base = ALSO[op.name]
  if base and not (with and with.one_of) then also = base end
  if also then give(assert(index(op.params, also))) end
  if with then give(with, text) end
  local words = {}
  for i, name in ipairs(order) do
    words[i] = name .. " = " .. given[name]
  end
  words[#words + 1] = OPTIONS[op.name]
  local call = ("client.api.%s{ %s }"):format(op.name, table.concat(words, ", "))
  return (BEFORE[op.name] or "") .. call
end

-- Return whether the parameter takes a person, but no bare number.
local function names_person(p)
  local key = p.key
  return (key == "user_id" or key == "organization_user_id") and not p.names_key
end

-- Return the counterpart of a parameter of the client, and its call.
local function same(op, p)
  if names_person(p) then
    local refused = call_of(op, p, "{ 7 }"):match "{ (.*) }$"
    local call = ("not pcall(client.api.%s, { %s }) and %s"):format(
      op.name,
      refused,
      call_of(op, p)
    )
    return "same; people as objects or `{" .. p.key .. " = 2}`, a bare number is refused", call
  elseif p.names_key and p.type == "integer" then
    return "same: a number, text or the object",
      call_of(op, p, p.in_ ~= "body" and ("tostring(%s)"):format(value_of(op, p)) or nil)
  elseif p.joined then
    local item = p.key and "keys or objects" or "words"
    return "same: text with commas, or a list of " .. item, call_of(op, p)
  elseif p.in_ == "query" and p.type == "boolean" then
    return "same: text or a boolean", call_of(op, p)
  end
  return "same", call_of(op, p)
end

local function gone(op, name)
  local given = call_of(op):match "{ (.*) }$"
  given = (given and given ~= "" and given .. ", " or "") .. name .. ' = "x"'
  local code = ("not pcall(client.api.%s, { %s })"):format(op.name, given)
  return assert(GONE[name], op.name .. "." .. name .. " is neither in the rows nor in GONE"), code
end

-- Return what the call returns, and an expression that is true.
local function result(op)
  local call = call_of(op)
  if op.reply == "nothing" then
    return '`true` instead of `"OK"`', call .. " == true"
  elseif op.reply == "map" then
    return "same: a table by key", ("next((%s)) ~= nil"):format(call)
  end
  local what = op.reply == "list" and "same: a list of records" or "same: a record"
  return what, ("%s:model() == %q"):format(call, op.model)
end

local function parameter_rows(lines, op, words)
  local seen = {}
  local function add(prefix, name)
    seen[name] = true
    local p = index(op.params, name)
    local here, call = (p and same or gone)(op, p or name)
    lines[#lines + 1] = row(("`%s%s`"):format(prefix, name), here, call)
  end
  for name in words:gmatch "%S+" do
    if name ~= "body" then
      add("", name)
    elseif BODY[op.name] == "" then
      local list = op.params[#op.params]
      seen[list.name] = true
      lines[#lines + 1] = row("`body`, a list", ("`%s`"):format(list.name), call_of(op))
    else
      lines[#lines + 1] = row("`body`", "its fields beside the others", call_of(op))
      for field in BODY[op.name]:gmatch "%S+" do
        add("body.", field)
      end
    end
  end
  for _, p in ipairs(op.params) do
    if not seen[p.name] then
      local _, call = same(op, p)
      lines[#lines + 1] = row("none", ("new: `%s`"):format(p.name), call)
    end
  end
end

--- Return the tables of OrganizationsApi.
function M.generated()
  local lines = { "| method or parameter | here | true |", "| --- | --- | --- |" }
  for _, method in ipairs(METHODS) do
    local name, words = table.unpack(method)
    local op = assert(index(toggl.operations, name), name)
    local here, call = result(op)
    lines[#lines + 1] = row(("**`%s(%s)`**"):format(name, words:gsub(" ", ", ")), here, call)
    parameter_rows(lines, op, words)
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
