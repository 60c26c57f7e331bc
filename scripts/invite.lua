-- togglsh invite: invite people to the organization by mail.
--
--   togglsh invite --workspace NAME [--workspace NAME]... [--group NAME]...
--                  EMAIL...
--
--   --workspace NAME   a workspace they will be in, by name or key; one or
--                      more
--   --group NAME       a group they will be in, by name or key
--   --yes              do not ask; required without a terminal
--   --dry-run          show the plan, and send nothing
--
-- Shows a plan with its price, asks, and applies it: one invitation for up
-- to 100 people. People who are there already get what they lack, and no
-- mail. togglsh onboard takes roles, and people from a file.
--
-- Exit status: as togglsh apply.
--
--   example: togglsh invite --workspace Main --group Support bo@example.com

local options, emails = toggl.options.read(arg, {
  workspace = { kind = "string", many = "workspaces" },
  group = { kind = "string", many = "groups" },
})
if not emails[1] then toggl.options.fail "invite requires at least one e-mail address" end
if not options.workspaces then
  toggl.options.fail "invite requires --workspace: an invitation names at least one"
end

-- Return references by key (FIELD) to the records that an option names, since two may have one
-- name; and their names.
local function find(uses, what, field)
  local references, names = {}, {}
  for i, use in ipairs(uses or {}) do
    local record = org[what](org, use[2])
    references[i], names[i] = { id = record[field] }, record.name
  end
  return references, table.concat(names, ", ")
end

local state = { people = {} }
local workspaces, workspace_names = find(options.workspaces, "workspace", "id")
local groups, group_names = find(options.groups, "group", "group_id")
for _, email in ipairs(emails) do
  state.people[email] = { workspaces = workspaces, groups = groups }
end

local MOST = 10 -- addresses that the question names
local more = #emails - MOST
toggl.plan.run(org:plan(state, { refresh = arg.refresh, max_age = 60 }), {
  question = ("Invite %s%s into %s, workspaces %s%s?"):format(
    table.concat(emails, ", ", 1, math.min(MOST, #emails)),
    more > 0 and (" and %d more"):format(more) or "",
    org.name,
    workspace_names,
    groups[1] and ", groups " .. group_names or ""
  ),
})
