-- togglsh people: list the people of the organization.
--
--   togglsh people [--state active|inactive|invited] [--admins]
--                  [--group NAME | --no-group] [--workspace NAME]
--                  [--filter TEXT] [--where EXPRESSION]
--                  [--sort COLUMN] [--limit N]
--
--   --state STATE     only active, deactivated or invited people; the
--                     invited have not joined
--   --admins          only the owner and administrators
--   --group NAME      only the people of this group
--   --no-group        only people in no group
--   --workspace NAME  only the people of this workspace
--   --filter TEXT     only those whose name or address holds TEXT;
--                     Toggl does the search, unless the list is stored
--   --where LUA       only those for which a Lua expression of the
--                     columns is true; has(groups, "Support") looks
--                     into a list, lower(name) ignores the case
--   --sort COLUMN     by this column; -COLUMN: the other way round;
--                     several are separated by commas
--   --limit N         the first N of them
--
-- Columns: id, name, email, state, role, groups, workspaces, user_id. The
-- id is the organization user's key. A list that was read within five
-- minutes answers without a request; --refresh asks Toggl.
--
--   example: togglsh people --where '#workspaces > 1' --sort -name

local COLUMNS = "id,name,email,state,role,groups,workspaces,user_id"

local options, rest = toggl.options.read(arg, {
  state = { "active", "inactive", "invited" },
  admins = "flag",
  group = "string",
  ["no-group"] = "flag",
  workspace = "string",
  filter = "string",
  where = "string",
  sort = "string",
  limit = { kind = "integer", least = 0 },
})
if rest[1] then
  toggl.options.fail("people takes options only, got '%s'; --filter searches", rest[1])
end
if options.group and options["no-group"] then
  toggl.options.fail "people takes --group or --no-group, not both"
end

local columns = toggl.options.columns(COLUMNS)
local choose = toggl.options.select(COLUMNS, options)

-- Return what METHOD of org finds in the store, or nil.
local function offline(method, ...)
  local ok, found = pcall(org[method], org, ...)
  if ok then return found end
  local kind = type(found) == "table" and found.kind
  if kind ~= "offline" and kind ~= "not_found" and kind ~= "conflict" then error(found, 0) end
end

-- Return the stored list of all people if it is complete and fresh; nil: Toggl does the search.
local function stored()
  if not options.filter or arg.refresh then return nil end
  local list = offline("users", { offline = true, max_age = 300 })
  return list and list.complete and not list.stale and (list.age or 0) < 300 and list or nil
end

local function holds(text, part)
  local lower = toggl.options.lower
  return text ~= nil and lower(text):find(lower(part), 1, true) ~= nil
end

local function finds(list, text)
  for user in list:each() do
    if holds(user.name, text) or holds(user.email, text) then return true end
  end
  return false
end

-- Return the people that Toggl finds, and whether the filter is to choose among them.
local function found()
  local text, first, wider = options.filter, nil, nil
  if text then
    first, wider = toggl.options.filters(text)
  end
  if first == text and not wider then return org:each_user { filter = text } end
  local list = org:users { filter = first }
  if wider and not finds(list, text) then list = org:users { filter = wider } end
  return list, true
end

local people, wide = stored(), true
if not people then
  people, wide = found()
end
local person = toggl.audit.PERSON

local chooses = wide or false
for name in pairs(options) do
  chooses = chooses or name ~= "filter"
end
if not chooses then return toggl.show.print(people, { columns = columns, of = person }) end

local rows = {}
for _, row in ipairs(toggl.show.rows(people, person)) do
  if not wide or holds(row.name, options.filter) or holds(row.email, options.filter) then
    rows[#rows + 1] = row
  end
end

-- Return the name in FIELD of the rows that TEXT means. METHOD of org looks up a name that no row
-- has: the record may be empty, misspelt, or have exactly that name while rows have a similar one.
local function meant(text, field, method)
  local all, seen = {}, {}
  for _, row in ipairs(rows) do
    for _, name in ipairs(row[field] or {}) do
      if not seen[name] then
        all[#all + 1], seen[name] = name, true
      end
    end
  end
  if seen[text] then return text end
  local kept_one = offline(method, text, { offline = true })
  if kept_one and kept_one.name == text then return text end
  return toggl.options.meant(text, all) or org[method](org, text).name
end

local function has(list, name)
  for _, one in ipairs(list or {}) do
    if one == name then return true end
  end
  return false
end

local group = options.group and meant(options.group, "groups", "group")
local workspace = options.workspace and meant(options.workspace, "workspaces", "workspace")
local ADMIN = { owner = true, administrator = true }

local chosen, unknown = toggl.json.array {}, 0
for _, row in ipairs(rows) do
  local wanted = (not options.state or options.state == row.state)
    and (not options.admins or ADMIN[row.role])
    and (not group or has(row.groups, group))
    and (not options["no-group"] or row.groups and #row.groups == 0)
    and (not workspace or has(row.workspaces, workspace))
  if wanted then chosen[#chosen + 1] = row end
  if options.state and not row.state or options.admins and not row.role then
    unknown = unknown + 1
  end
end

toggl.show.print(choose(chosen), { columns = columns })
if unknown > 0 then
  error({
    kind = "partial",
    message = ("%d %s left out: the list does not say whether they are %s"):format(
      unknown,
      unknown == 1 and "person is" or "people are",
      options.state or "administrators"
    ),
  }, 0)
end
