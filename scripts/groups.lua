-- togglsh groups: lists the groups of the organization, or who is in one.
--
--   togglsh groups [NAME]
--
-- Columns: id, name, people, workspaces; of one group: user_id, name,
-- joined, inactive.

local _, words = toggl.options.read(arg, {})
if words[2] then toggl.options.fail("groups takes one name, got also '%s'; quote names with spaces", words[2]) end

local rows = toggl.json.array {}
local columns
if words[1] then
  columns = "user_id,name,joined,inactive"
  for i, user in ipairs(org:group(words[1]).users or {}) do rows[i] = user end
else
  columns = "id,name,people,workspaces"
  for i, group in ipairs(org:groups()) do
    rows[i] = {id = group.group_id, name = group.name, people = #(group.users or {}),
      workspaces = #(group.workspaces or {})}
  end
end
toggl.show.print(rows, {columns = toggl.show.columns or columns})
