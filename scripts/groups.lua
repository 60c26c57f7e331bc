-- togglsh groups: list groups, or the people of one; change their people.
--
--   togglsh groups [NAME] [--workspace NAME] [--where EXPRESSION]
--                  [--sort COLUMN] [--limit N]
--   togglsh groups add NAME EMAIL...
--   togglsh groups remove NAME EMAIL...
--   togglsh groups rename NAME NEW
--   togglsh groups sync NAME FILE.csv
--
--   sync   the people of the file, in a column email, and no others
--   --yes  do not ask; required without a terminal
--
--   --workspace NAME  only groups that are attached to this workspace
--   --where LUA       only rows for which a Lua expression of the
--                     columns is true
--   --sort COLUMN     by this column; -COLUMN: the other way round
--   --limit N         the first N rows
--
-- Changes are shown as a plan with its price, and asked for.
-- Columns: id, name, people, workspaces; of one group: user_id, name,
-- joined, inactive; of a change: those of togglsh apply.
--
--   example: togglsh groups --where 'people == 0'

local options, words = toggl.options.read(arg, {
  workspace = "string",
  where = "string",
  sort = "string",
  limit = { kind = "integer", least = 0 },
})
local group = words[2]

-- Functions by action that return a desired state from the words after it.
local actions = {}

-- KEY: of the group, since others may have its name.
local function people(emails, key, is)
  local state = { people = {}, groups = { { id = key } } }
  for _, email in ipairs(emails) do
    state.people[email] = { groups = { [group] = is } }
  end
  return state
end

function actions.add(emails, key) return people(emails, key, true) end
function actions.remove(emails, key) return people(emails, key, false) end
function actions.rename(names, key) return { groups = { { id = key, name = names[1] } } } end

function actions.sync(files, key)
  local state, wrong = toggl.plan.load(files[1])
  if not state then error(wrong, 0) end
  local emails = {}
  for i, person in ipairs(state.people) do
    emails[i] = person.email
  end
  local exact = people(emails, key, true)
  exact.exact = { "group members" }
  return exact
end

local AFTER = { add = "EMAIL...", remove = "EMAIL...", rename = "NEW", sync = "FILE.csv" }

local name = words[1]
local make = actions[name]
if name and make and not group then -- unless a group has the name of an action, and is to be listed
  local found, err = pcall(function() return org:group(name) end)
  if not found and type(err) == "table" and err.kind == "not_found" then
    toggl.options.fail("write groups %s NAME %s", name, AFTER[name])
  end
end
if make and group then
  local extra = next(options)
  if extra then toggl.options.fail("groups %s takes no --%s", words[1], extra) end
  local rest = table.move(words, 3, #words, 1, {})
  if not rest[1] then
    toggl.options.fail("write groups %s %s %s", words[1], group, AFTER[words[1]])
  end
  if rest[2] and (words[1] == "rename" or words[1] == "sync") then
    toggl.options.fail(
      "groups %s takes one word after the group, got '%s' as well",
      words[1],
      rest[2]
    )
  end
  local found = org:group(group) -- raises for a misspelt name, rather than create it
  group = found.name
  local rules = { existing = true }
  local state = make(rest, found.group_id)
  toggl.plan.run(org:plan(state, { refresh = arg.refresh, max_age = 60, rules = rules }))
  return
end
if words[2] then
  local names = { "add", "remove", "rename", "sync" }
  local advice = toggl.options.near(words[1], names, "quote names with spaces")
  toggl.options.fail("groups takes one name, got also '%s'%s", words[2], advice)
end

if words[1] and options.workspace then
  toggl.options.fail("groups %s lists people; --workspace chooses groups", words[1])
end

local COLUMNS = words[1] and "user_id,name,joined,inactive" or "id,name,people,workspaces"
local columns = toggl.options.columns(COLUMNS)
local choose = toggl.options.select(COLUMNS, options)

-- Return whether the group is attached to the workspace with this key; nil accepts any group.
local function attached(one, key)
  for _, workspace in ipairs(one.workspaces or {}) do
    if workspace == key then return true end
  end
  return key == nil
end

local rows = toggl.json.array {}
if words[1] then
  for i, user in ipairs(org:group(words[1]).users or {}) do
    rows[i] =
      { user_id = user.user_id, name = user.name, joined = user.joined, inactive = user.inactive }
  end
else
  local key = options.workspace and org:workspace(options.workspace).id
  for _, one in ipairs(org:groups()) do
    rows[#rows + 1] = attached(one, key)
        and {
          id = one.group_id,
          name = one.name,
          people = #(one.users or {}),
          workspaces = #(one.workspaces or {}),
        }
      or nil
  end
end
toggl.show.print(choose(rows), { columns = columns })
