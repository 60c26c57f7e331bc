-- togglsh invite: invite people to the organization by mail.
--
--   togglsh invite --workspace NAME [--workspace NAME]... [--group NAME]...
--                  EMAIL...
--
--   --workspace NAME   a workspace they will be in, by name or key; one or
--                      more
--   --group NAME       a group they will be in, by name or key
--   --yes              do not ask; required without a terminal
--   --dry-run          show the invitations, and send nothing

local options, emails = toggl.options.read(arg, {
  workspace = { kind = "string", many = "workspaces" },
  group = { kind = "string", many = "groups" },
})
if not emails[1] then toggl.options.fail "invite requires at least one e-mail address" end
if not options.workspaces then
  toggl.options.fail "invite requires --workspace: an invitation names at least one"
end

local columns = toggl.options.columns "email,invitation_id,user_id"

-- Return the records that an option names.
local function find(uses, what)
  local records, names = toggl.json.array {}, {}
  for i, use in ipairs(uses or {}) do
    records[i] = org[what](org, use[2])
    names[i] = records[i].name
  end
  return records, table.concat(names, ", ")
end

local workspaces, workspace_names = find(options.workspaces, "workspace")
local groups, group_names = find(options.groups, "group")
local into = ("%s, workspaces %s%s"):format(
  org.name,
  workspace_names,
  groups[1] and ", groups " .. group_names or ""
)

toggl.options.confirm("Invite %s into %s?", table.concat(emails, ", "), into)

local invitation =
  { emails = emails, workspaces = workspaces, groups = groups[1] and groups or nil }
local ok, result = pcall(org.invite, org, invitation)
if arg.dry_run and ok then return end -- nothing was sent, so there is nothing to list
local err = not ok and result
-- a rejected address
if type(err) == "string" then toggl.options.fail("%s", (err:gsub("^[^\n]-:%d+: ", ""))) end
if err and not (type(err) == "table" and err.kind == "partial") then error(err, 0) end
result = err and err.result or result
local rows, letters = toggl.json.array {}, result.data or result.invitations or {}
for i = 1, #letters do
  rows[i] = {
    email = letters[i].email,
    invitation_id = letters[i].invitation_id,
    user_id = letters[i].recipient_id,
  }
end
toggl.show.print(rows, { columns = columns })
for _, message in ipairs(result.messages or {}) do
  io.stderr:write("invite: ", tostring(message), "\n")
end
if err then error(err, 0) end -- some are unconfirmed: status 5
