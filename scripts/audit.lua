-- togglsh audit: report people, rights, groups, workspaces and plan.
--
--   togglsh audit [--section NAME] [--top N]
--
-- Reads people, groups, workspaces and plan in the fewest requests and
-- changes nothing. Reports people by state, owner and administrators,
-- people in no group, inactive or never joined, empty groups, workspaces
-- with members and administrators, plan and seats, requests spent.
--
--   --section NAME   one of: plan, people, administrators, no_group,
--                    not_active, empty_groups, workspaces, requests
--   --top N          at most N lines of a table for people; 0: all of them
--                    (default 15)
--   --output FORMAT  table for people; csv, tsv: one flat table, of one
--                    --section with the columns of that section alone;
--                    json: one object with all sections; jsonl: a row
--                    a line
--
-- Seats are the people that the plan is paid for. `people` counts all,
-- including deactivated and invited ones; `active` counts those who can
-- work. Seats above `active` are paid for and unused.
--
--   example: togglsh audit --section no_group --output csv

local show, json = toggl.show, toggl.json
local NAMES = {
  "plan",
  "people",
  "administrators",
  "no_group",
  "not_active",
  "empty_groups",
  "workspaces",
  "requests",
}
local options, rest =
  toggl.options.read(arg, { section = NAMES, top = { kind = "integer", least = 0 } })
if rest[1] then toggl.options.fail("audit takes options only, got '%s'", rest[1]) end

-- Columns of the sections as one table, and of those printed as tables of their own.
local FLAT = {
  "section",
  "id",
  "user_id",
  "name",
  "email",
  "state",
  "role",
  "value",
  "members",
  "groups",
  "administrators",
  "who",
  "workspaces",
  "requests",
}

-- Columns of a flat table of one section alone.
local PEOPLE = "id,user_id,name,email,state,role,workspaces"
local OWN = {
  plan = "name,value",
  people = "name,value",
  administrators = PEOPLE,
  no_group = PEOPLE,
  not_active = PEOPLE,
  empty_groups = "id,name,workspaces",
  workspaces = "id,name,members,groups,administrators,who",
  requests = "name,requests",
}
toggl.options.columns(
  table.concat(FLAT, ",") .. ",organization,plan,seats,people,active,invited,inactive"
)

local found = toggl.audit.read(org)
---@type table<string, any[]>
local report = {} -- {[section] = rows}
for _, name in ipairs(NAMES) do
  report[name] = found[name]
end
local sections = options.section and { options.section } or NAMES

-- Title of a list, and its columns for people.
local TABLES = {
  administrators = { "Owner and administrators", "role,name,email,state" },
  no_group = { "People in no group", "name,email,state,workspaces" },
  not_active = { "Inactive, or invited and never joined", "state,name,email,workspaces" },
  empty_groups = { "Groups without people", "name,workspaces" },
  workspaces = { "Workspaces", "name,members,groups,administrators,who" },
}

-- Return the first names of a list, and how many more there are.
local function few(names)
  if #names <= 4 then return names end
  return { names[1], names[2], names[3], ("and %d more"):format(#names - 3) }
end

local function print_table(name)
  local rows, top = report[name], options.top or 15
  local title, columns = table.unpack(TABLES[name])
  local shown = top > 0 and #rows > top and table.move(rows, 1, top, 1, {}) or rows
  if name == "workspaces" and top > 0 then
    for _, row in ipairs(shown) do
      row.who = few(row.who)
    end
  end
  show.print(shown, { title = ("%s: %d"):format(title, #rows), columns = show.columns or columns })
  if #shown < #rows then
    show.write(("... and %d more: --section %s --top 0\n"):format(#rows - #shown, name))
  end
end

local function print_for_people(name)
  if name == "plan" then
    show.print(report.plan, {
      title = "Plan and seats",
      columns = { "organization", "plan", "state", "seats", "people", "active" },
    })
  elseif name == "people" then
    local people = report.people --[[@as table<string, integer?>]]
    local columns = { "active", "invited", "inactive", people.unknown and "unknown" or nil }
    show.print(people, { title = "People by state", columns = columns })
  elseif name == "requests" then
    local parts = {}
    for i, row in ipairs(report.requests) do
      parts[i] = ("%d %s"):format(row.requests, row.name)
    end
    show.write(("Requests spent: %d (%s)\n"):format(found.spent, table.concat(parts, ", ")))
  else
    print_table(name)
  end
end

-- Return all sections as rows of one table; single facts become name and value.
local function flat()
  local rows = json.array {}
  for _, name in ipairs(sections) do
    local facts = {}
    for key in pairs(report[name]) do
      facts[#facts + 1] = type(key) == "string" and key or nil
    end
    table.sort(facts)
    for _, key in ipairs(facts) do
      rows[#rows + 1] = { section = name, name = key, value = report[name][key] }
    end
    for _, row in ipairs(report[name]) do
      local copy = { section = name } -- a person is in several sections
      for key, value in pairs(row) do
        copy[key] = value
      end
      rows[#rows + 1] = copy
    end
  end
  return rows
end

if show.format == "table" then
  for i, name in ipairs(sections) do
    if i > 1 then show.write("\n") end
    print_for_people(name)
  end
elseif show.format == "json" then
  show.print(options.section and report[options.section] or report)
elseif show.format == "csv" or show.format == "tsv" then
  show.print(flat(), { columns = show.columns or OWN[options.section] or FLAT })
else
  show.print(flat())
end
