-- togglsh offboard: take away what people have.
--
--   togglsh offboard EMAIL...|FILE.csv [--remove] [--keep PATH]
--
--   FILE.csv      a column email
--   --remove      remove them from the organization, all in one request;
--                 else they are deactivated and leave all groups and
--                 workspaces, in one request each, and can come back
--   --keep PATH   where what they had is written down first, as a desired
--                 state (default: offboarded-DATE-TIME.json)
--   --yes         do not ask; required without a terminal
--
-- Nothing is sent while the file cannot be written.
--
-- Exit status: as togglsh apply.
--
--   example: togglsh offboard ann@example.com --keep ann.json

local options, words = toggl.options.read(arg, { remove = "flag", keep = "string" })
if not words[1] then
  toggl.options.fail "offboard requires addresses, or a CSV file with a column email"
end

local function check(list)
  for _, word in ipairs(list) do
    if not word:find("@", 1, true) then
      toggl.options.fail('"%s" is not an e-mail address; togglsh people lists them', word)
    end
  end
  return list
end

local function addresses()
  if words[2] or not words[1]:lower():find "%.csv$" then return check(words) end
  local state, wrong = toggl.plan.load(words[1])
  if not state then error(wrong, 0) end
  local list = {}
  for i, person in ipairs(state.people) do
    list[i] = person.email
  end
  return list
end

local lower = toggl.options.lower

-- Return what people have as a desired state: groups, and all workspaces with their roles.
local function present(list)
  local had, unknown, known = {}, {}, {}
  for _, email in ipairs(list) do
    had[lower(email)] = false
  end
  local everyone = org:users { max_age = 60, refresh = arg.refresh or nil }
  for user in toggl.options.complete(everyone, "people"):each() do
    local key = lower(user.email or "")
    known[#known + 1] = key
    if had[key] == false then had[key] = user end
  end
  for i = #list, 1, -1 do
    if not had[lower(list[i])] then table.insert(unknown, 1, list[i]) end
  end
  if unknown[1] then
    local near = not unknown[2] and toggl.options.near(unknown[1], known) or ""
    local list_of = table.concat(unknown, ", ") .. near
    toggl.options.fail("nothing was sent; not in %s: %s", org.name, list_of)
  end
  local people, wanted = {}, {}
  for _, user in pairs(had) do
    local record = { name = user.name, groups = toggl.json.array {}, workspaces = {} }
    for i, group in ipairs(user.groups or {}) do
      record.groups[i] = group.name
    end
    -- omit a membership that a group gives, which would become direct when it is restored, unless
    -- it has a role, which the group does not give
    local through = {}
    for _, w in ipairs(user.workspaces or {}) do
      local is_given = #(w.groups or {}) > 0 and (w.role or "user") == "user"
      local to = is_given and through or record.workspaces
      to[w.workspace_name] = w.role or "user"
    end
    -- a removed person can only be invited again, and is not inactive then
    local state = user.inactive and "inactive" or "active"
    local stays = state == "active" or not options.remove
    record.state = user.joined ~= false and stays and state or nil
    record.role = user.admin and "admin" or "user"
    people[user.email] = record
    wanted[user.email] =
      { user = user, groups = record.groups, direct = record.workspaces, through = through }
  end
  return people, wanted
end

-- Return the state without any access. An invited person can only be absent.
local function without_anything(had)
  if options.remove or had.user.joined == false then return { state = "absent" } end
  local person = { state = "inactive", groups = {}, workspaces = {} }
  for _, name in ipairs(had.groups) do
    person.groups[name] = false
  end
  for _, names in ipairs { had.direct, had.through } do
    for name in pairs(names) do
      person.workspaces[name] = false
    end
  end
  return person
end

local had, users = present(addresses())
local state = { people = {} }
for email, one in pairs(users) do
  state.people[email] = without_anything(one)
end
local plan = org:plan(state, { refresh = arg.refresh, max_age = 60, rules = { existing = true } })

local function write_down()
  local path = options.keep or os.date "offboarded-%Y%m%d-%H%M%S.json"
  local file = io.open(path, "r")
  if file then
    file:close()
    toggl.options.fail("%s is there already: --keep names another file; nothing was sent", path)
  end
  local text = toggl.json.encode({ organization = org.name, people = had }, { indent = 2 })
  local written, why = toggl.report.write(path, text .. "\n") -- for this user alone
  if not written then
    toggl.options.fail("what they had cannot be written down: %s; nothing was sent", why)
  end
  io.stderr:write("what they had is in ", path, "\n")
end

local removals = toggl.plan.removals(plan)
toggl.plan.run(plan, { allow_removals = removals > 0 and removals or nil, before = write_down })
