-- togglsh people: list the people of the organization.
--
--   togglsh people [--state active|inactive|invited] [--admins]
--                  [--filter TEXT]
--
--   --state STATE    only active, deactivated or invited people; the
--                    invited have not joined
--   --admins         only the owner and administrators
--   --filter TEXT    only those whose name or address holds TEXT;
--                    Toggl does the search
--
-- Columns: id, name, email, state, role, groups, workspaces, user_id. The
-- id is the organization user's key.

local options, rest = toggl.options.read(arg, {
  state = { "active", "inactive", "invited" },
  admins = "flag",
  filter = "string",
})
if rest[1] then
  toggl.options.fail("people takes options only, got '%s'; --filter searches", rest[1])
end

local columns = toggl.options.columns "id,name,email,state,role,groups,workspaces,user_id"

local function names(list, field)
  local out = toggl.json.array {}
  for i, item in ipairs(list or {}) do
    out[i] = item[field]
  end
  return out
end

local rows = toggl.json.array {}
for user in org:users { filter = options.filter }:each() do
  local state, role = toggl.audit.state(user), toggl.audit.role(user)
  if (not options.state or options.state == state) and (not options.admins or role ~= "member") then
    rows[#rows + 1] = {
      id = user.id,
      user_id = user.user_id,
      name = user.name,
      email = user.email,
      state = state,
      role = role,
      groups = names(user.groups, "name"),
      workspaces = names(user.workspaces, "workspace_name"),
    }
  end
end

toggl.show.print(rows, { columns = columns })
