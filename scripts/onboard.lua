-- togglsh onboard: invite people, with their workspaces and groups.
--
--   togglsh onboard FILE.csv
--   togglsh onboard EMAIL... --workspace NAME[:ROLE]... [--group NAME]...
--
--   FILE.csv           columns email, workspaces, groups, role, name, ends,
--                      in any order: see doc/plan.md
--   --workspace NAME   a workspace they will be in, as NAME or NAME:ROLE
--   --group NAME       a group they will be in
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

local function values(uses)
  local list = {}
  for i, use in ipairs(uses or {}) do
    list[i] = use[2]
  end
  return list
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
  local state, workspaces = { people = {} }, {}
  for _, text in ipairs(values(options.workspaces)) do
    local name, role = text:match "^(.*):(%l+)$"
    workspaces[name or text] = role or true
  end
  for _, email in ipairs(words) do
    state.people[email] = { workspaces = workspaces, groups = values(options.groups) }
  end
  return state
end

local state = words[1]:lower():find "%.csv$" and of_file(words[1]) or of_words()
toggl.plan.run(org:plan(state, { refresh = arg.refresh, max_age = 60 }))
