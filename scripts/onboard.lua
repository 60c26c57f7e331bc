-- togglsh onboard: invite people, with their workspaces and groups.
--
--   togglsh onboard FILE.csv
--   togglsh onboard EMAIL... --workspace NAME[:ROLE]... [--group NAME]...
--
--   FILE.csv           columns email, workspaces, groups, role, name, ends,
--                      in any order: see doc/plan.md
--   --workspace NAME   a workspace they will be in, as NAME or NAME:ROLE,
--                      by name or key
--   --group NAME       a group they will be in, by name or key
--   --yes              do not ask; required without a terminal
--
-- People who are there already get what they lack. Every row is checked
-- before anything is sent; a wrong one is named by its line, column and
-- value. One invitation goes to all who get the same.
--
-- Exit status: as togglsh apply.
--
--   example: togglsh onboard bo@example.com --workspace Main --group Support

local options, words = toggl.options.read(arg, {
  workspace = { kind = "string", many = "workspaces" },
  group = { kind = "string", many = "groups" },
})
if not words[1] then toggl.options.fail "onboard requires a CSV file or addresses" end

-- Return what a state calls the WHAT of org with the key or name TEXT, whose key is in FIELD.
local function reference(what, text, field)
  return text:find "^%d+$" and { id = org[what](org, text)[field] } or text
end

local function of_file(path)
  if words[2] or options.workspaces or options.groups then
    toggl.options.fail "onboard takes a file, or addresses with --workspace and --group"
  end
  local state, wrong = toggl.plan.load(path)
  if not state then error(wrong, 0) end
  for _, person in ipairs(state.people) do
    if person.state and person.state ~= "active" then
      toggl.options.fail(
        "%s is %s in %s: togglsh offboard does that",
        person.email,
        person.state,
        path
      )
    end
  end
  return state
end

local function of_words()
  if not options.workspaces then toggl.options.fail "onboard requires --workspace NAME" end
  local state, workspaces, groups = { people = {} }, {}, {}
  for i, use in ipairs(options.workspaces) do
    local name, role = use[2]:match "^(.*):(%l+)$"
    local one = reference("workspace", name or use[2], "id")
    local by_key = type(one) == "table"
    workspaces[by_key and i or one] = by_key and { id = one.id, role = role } or role or true
  end
  for i, use in ipairs(options.groups or {}) do
    groups[i] = reference("group", use[2], "group_id")
  end
  for _, email in ipairs(words) do
    state.people[email] = { workspaces = workspaces, groups = groups }
  end
  return state
end

local state = words[1]:lower():find "%.csv$" and of_file(words[1]) or of_words()
toggl.plan.run(org:plan(state, { refresh = arg.refresh, max_age = 60 }))
