-- togglsh groups: list groups, or the people of one.
--
--   togglsh groups [NAME]
--
-- Columns: id, name, people, workspaces; of one group: user_id, name,
-- joined, inactive.

local _, words = toggl.options.read(arg, {})
if words[2] then
  toggl.options.fail("groups takes one name, got also '%s'; quote names with spaces", words[2])
end

local columns =
  toggl.options.columns(words[1] and "user_id,name,joined,inactive" or "id,name,people,workspaces")
local rows = toggl.json.array {}
if words[1] then
  for i, user in ipairs(org:group(words[1]).users or {}) do
    rows[i] = user
  end
else
  for i, group in ipairs(org:groups()) do
    rows[i] = {
      id = group.group_id,
      name = group.name,
      people = #(group.users or {}),
      workspaces = #(group.workspaces or {}),
    }
  end
end
toggl.show.print(rows, { columns = columns })
