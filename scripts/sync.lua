-- togglsh sync: bring people to what a CSV of another system says.
--
--   togglsh sync FILE.csv --map MAP.json [--allow-removals[=N]]
--
--   FILE.csv     of any columns, such as an export of personnel
--   --map PATH   which column says what, and what its values mean
--   --allow-removals[=N]
--                as for togglsh apply, where the map makes people absent
--   --yes        do not ask; required without a terminal
--
-- The map, in JSON:
--
--   { "email": "Work email",
--     "name": "Full name",
--     "state": { "column": "Status", "values": { "left": "inactive" } },
--     "groups": { "column": "Team", "values": { "Dev": ["Engineering"] } },
--     "workspaces": { "always": ["Main"] } }
--
-- A field is a column, or says what the values of one mean; groups and
-- workspaces take one name or a list. A value that `values` does not name,
-- in any case, gives nothing. People that the CSV does not name are left
-- alone. Every row is checked before anything is sent; a wrong one is named
-- by its line, column and value.
--
-- Exit status: as togglsh apply.
--
--   example: togglsh sync people.csv --map map.json

local options, words = toggl.options.read(arg, {
  map = "string",
  ["allow-removals"] = { kind = "integer", optional = true, least = 0 },
})
local fail = toggl.options.fail
local path = words[1] or fail "sync requires a CSV file: togglsh sync hr.csv --map hr.json"
if not options.map then fail "sync requires --map MAP.json" end

local function read(name)
  local file, why = io.open(name, "rb")
  if not file then fail("%s", why) end
  local text, problem = file:read "a"
  file:close()
  return text or fail("%s: %s", name, problem)
end

local map, wrong = toggl.json.decode((read(options.map):gsub("^\xEF\xBB\xBF", "")))
if type(map) ~= "table" then fail("%s: %s", options.map, wrong or "it is not an object") end
---@type table<string, boolean>
local FIELDS =
  { email = true, name = true, role = true, state = true, groups = true, workspaces = true }
for field in pairs(map) do
  if not FIELDS[field] then fail("%s: there is no field '%s' in a map", options.map, field) end
end
if type(map.email) ~= "string" then fail("%s names no column for email", options.map) end

---@type table<string, boolean>
local LISTS = { groups = true, workspaces = true }
---@type table<string, string>
local IN_RULE = { column = "string", values = "table", always = "table" }

-- Raise an error unless VALUE, at WHERE in the map, is a text or, unless ONE, a list of texts.
local function check_names(value, where, one)
  local list = not one and type(value) == "table" and value or { value }
  for _, name in pairs(list) do
    if type(name) ~= "string" or #list == 0 then
      fail("%s: %s takes a text%s", options.map, where, one and "" or " or a list of texts")
    end
  end
end

local function check_rule(field, rule)
  for name, value in pairs(rule) do
    local known = IN_RULE[name] and (name ~= "always" or LISTS[field])
    if not known then fail("%s: %s has no '%s' in a map", options.map, field, name) end
    local is = type(value) == IN_RULE[name] or name == "always" and type(value) == "string"
    if not is then fail("%s: %s of %s is no %s", options.map, name, field, IN_RULE[name]) end
  end
  if rule.values and not rule.column then
    fail("%s: %s has values, and names no column for them", options.map, field)
  end
  for cell, value in pairs(rule.values or {}) do
    check_names(value, ("the value %q of %s"):format(cell, field), not LISTS[field])
  end
  if rule.always then check_names(rule.always, "always of " .. field) end
end

for field, rule in pairs(map) do
  if type(rule) == "table" then
    check_rule(field, rule)
  elseif type(rule) ~= "string" then
    fail('%s: %s takes a column or { "column":, "values": }', options.map, field)
  end
end

local function trim(cell) return (cell:match "^%s*(.-)%s*$") end

local rows, before = toggl.csv.sheet(read(path))
if not rows then fail("%s: %s", path, before) end
local titles, place, twice = {}, {}, {} -- of the columns
for i, cell in ipairs(rows[1] or {}) do
  local name = trim(cell)
  titles[i], twice[name], place[name] = name, place[name] ~= nil, i
end

local function height(row) return select(2, table.concat(row):gsub("\n", "")) end
local line = 1 + (math.tointeger(before) or 0)
for _, row in ipairs(rows) do -- a comma that is not quoted would shift the cells after it
  if #row > #rows[1] then fail("%s:%d: %d cells under %d names", path, line, #row, #rows[1]) end
  line = line + 1 + height(row)
end

-- Return the index of the column NAME, which the map has for FIELD.
local function column_of(name, field)
  local title = toggl.options.meant(name, titles)
  if not title then
    fail("%s has no column '%s', which %s names for %s", path, name, options.map, field)
  elseif twice[title] then
    fail("%s has two columns '%s', which %s names for %s", path, title, options.map, field)
  end
  return place[title]
end

local column = {} -- {[field of the map] = index}
for field, rule in pairs(map) do
  local name = type(rule) == "table" and rule.column or rule
  if type(name) == "string" then column[field] = column_of(name, field) end
end

-- Return what VALUES of the map have for CELL, whatever its case and the form of its letters.
local function translation(values, cell)
  if cell == "" or values[cell] ~= nil then return values[cell] end
  local names = {}
  for name in pairs(values) do
    names[#names + 1] = name
  end
  table.sort(names)
  return values[toggl.options.meant(cell, names)]
end

-- Return the value of FIELD in ROW: the cell, or its translation by the map.
local function value_of(row, field)
  local rule, cell = map[field], trim(row[column[field] or 0] or "")
  if type(rule) == "table" and rule.values then return translation(rule.values, cell) end
  return cell ~= "" and cell or nil
end

local function joined(row, field)
  local list = {}
  local function add(names)
    for _, name in ipairs(type(names) == "string" and { names } or names or {}) do
      list[#list + 1] = name
    end
  end
  local rule = map[field]
  local named = type(rule) == "table"
  add(named and rule.always)
  add(value_of(row, field))
  -- a mark after a single name of the map keeps its comma from dividing it
  local one = named and #list == 1 and (rule.values or not rule.column)
  return table.concat(list, " | ") .. (one and " |" or "")
end

local has_people = false
for i = 2, #rows do
  has_people = has_people or (value_of(rows[i], "email") or "") ~= ""
end
if not has_people then fail("%s has no people: nothing was read or sent", path) end

-- People who have left and are not in the organization need no change.
local lower, there = toggl.options.lower, {}
local everyone = org:users { max_age = 60, refresh = arg.refresh or nil }
for user in toggl.options.complete(everyone, "people"):each() do
  there[lower(user.email or "")] = true
end

local out = { { "email", "name", "role", "state", "workspaces", "groups" } }
for i = 2, #rows do
  local row = rows[i]
  local email, state = value_of(row, "email") or "", value_of(row, "state") or ""
  local stays = state == "" or state == "active"
  local function given(value) return stays and value or "" end
  out[i] = {
    email,
    given(value_of(row, "name")),
    given(value_of(row, "role")),
    state,
    given(joined(row, "workspaces")),
    given(joined(row, "groups")),
  }
  if not stays and not there[lower(email)] then
    out[i] = { email, "", "", email ~= "" and "absent" or "", "", "" }
  end
end

-- Problems are named by their line: each row begins where that of the file does.
for i, row in ipairs(out) do
  local lacks = height(rows[i]) - height(row) + (i == 1 and math.tointeger(before) or 0)
  row[1] = row[1] .. ("\n"):rep(lacks)
end
local made = toggl.csv.encode(out)
local state, problems = toggl.plan.parse(made, "csv", path)
if not state then error(problems, 0) end
toggl.plan.run(
  org:plan(state, { refresh = arg.refresh, max_age = 60 }),
  { allow_removals = options["allow-removals"] }
)
