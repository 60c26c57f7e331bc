-- The present state as a desired one: what a plan of it compares is equal. Memberships that come
-- through a group are comments, since a file that names them makes them direct.

local core = require "toggl.core"
local csv = require "toggl.text.csv"
local json = require "toggl.text.json"
local keywords = require("toggl.words.lexer").keywords
local os = require "toggl.text.standard"("os")

local M = {}

local function by_name(a, b)
  if a.name ~= b.name then return a.name < b.name end
  return a.id < b.id
end

-- Groups or workspaces by key, and whether their name says which one is meant.
local function index(list)
  local found, seen = {}, {}
  for _, record in ipairs(list) do
    seen[record.name] = (seen[record.name] or 0) + 1
  end
  for _, record in ipairs(list) do
    found[record.id] = { id = record.id, name = record.name, unique = seen[record.name] == 1 }
  end
  return found
end

local function sorted(set, known)
  local list = {}
  for key in pairs(set) do
    list[#list + 1] = known[key]
  end
  table.sort(list, by_name)
  return list
end

-- A person as the file says it: role, state, direct = {{of =, role =}}, through = {...}, groups.
local function entry(p, groups, workspaces)
  local e = { email = p.email, name = p.name, direct = {}, through = {} }
  e.role = p.state ~= "invited" and p.role or nil
  e.state = p.state == "inactive" and "inactive" or nil
  e.invited = p.state == "invited"
  e.groups = sorted(p.groups, groups)
  for _, w in ipairs(sorted(p.workspaces, workspaces)) do
    local here = p.workspaces[w.id]
    table.insert(here.direct and e.direct or e.through, { of = w, role = here.role })
  end
  return e
end

local function entries(found)
  local groups, workspaces, list = index(found.groups), index(found.workspaces), {}
  for _, p in ipairs(found.people) do
    if p.email then list[#list + 1] = entry(p, groups, workspaces) end
  end
  table.sort(list, function(a, b) return core.fold(a.email) < core.fold(b.email) end)
  return list, groups, workspaces
end

-- --------------------------------------------------------------------------------------------- Lua

-- One line, whatever is in the text.
local function quote(text) return (("%q"):format(text):gsub("\\\n", "\\n"):gsub("\r", "\\r")) end

local function key(name)
  if name:find "^[%a_][%w_]*$" and not keywords[name] then return name end
  return ("[%s]"):format(quote(name))
end

M.quote, M.key = quote, key

local function comment(text) return core.clean(text) end

-- "Main", or {id = 5} where two have the name.
local function reference(record)
  return record.unique and quote(record.name) or ("{ id = %d }"):format(record.id)
end

local function references(list)
  local parts = {}
  for i, record in ipairs(list) do
    parts[i] = reference(record)
  end
  return #parts == 0 and "{}" or ("{ %s }"):format(table.concat(parts, ", "))
end

local function memberships(list)
  local parts = {}
  for i, m in ipairs(list) do
    parts[i] = m.of.unique and ("%s = %q"):format(key(m.of.name), m.role)
      or ("{ id = %d, role = %q }"):format(m.of.id, m.role)
  end
  return #parts == 0 and "{}" or ("{ %s }"):format(table.concat(parts, ", "))
end

local function person_line(out, e)
  local fields = {}
  if e.role then fields[#fields + 1] = ("role = %q"):format(e.role) end
  if e.state then fields[#fields + 1] = ("state = %q"):format(e.state) end
  if #e.direct > 0 then fields[#fields + 1] = "workspaces = " .. memberships(e.direct) end
  if #e.groups > 0 then fields[#fields + 1] = "groups = " .. references(e.groups) end
  local notes = { comment(e.name or "") }
  if e.invited then notes[#notes + 1] = "invited, has not joined" end
  local body = #fields == 0 and "{}" or ("{ %s }"):format(table.concat(fields, ", "))
  out[#out + 1] = ("    [%s] = %s, -- %s"):format(quote(e.email), body, table.concat(notes, "; "))
  for _, m in ipairs(e.through) do
    out[#out + 1] = ("    --   %s: %s, through a group"):format(comment(m.of.name), m.role)
  end
end

local function record_key(record) return record.unique and key(record.name) .. " = " or "" end

-- Fields of a record whose name does not say which one it is.
local function identity(record) return record.unique and "" or ("id = %d, "):format(record.id) end

local writers = {}

function writers.lua(found)
  local people, groups, workspaces = entries(found)
  local out = {
    ("-- %s as it was at %s. `togglsh plan` of this file has nothing to do."):format(
      comment(found.organization.name),
      os.date("!%Y-%m-%d %H:%M UTC", found.at)
    ),
    "return {",
    ("  organization = %s,"):format(quote(found.organization.name)),
    "  people = {",
  }
  for _, e in ipairs(people) do
    person_line(out, e)
  end
  out[#out + 1] = "  },\n  groups = {"
  local list = table.move(found.groups, 1, #found.groups, 1, {})
  table.sort(list, by_name)
  for _, g in ipairs(list) do
    local record = groups[g.id]
    out[#out + 1] = ("    %s{ %sworkspaces = %s },"):format(
      record_key(record),
      identity(record),
      references(sorted(g.workspaces, workspaces))
    )
  end
  out[#out + 1] = "  },\n  workspaces = {"
  for _, w in ipairs(sorted(workspaces, workspaces)) do
    local id = identity(w):gsub(", $", "")
    out[#out + 1] = ("    %s%s,"):format(record_key(w), id == "" and "{}" or ("{ %s }"):format(id))
  end
  out[#out + 1] = "  },\n}\n"
  return table.concat(out, "\n")
end

-- -------------------------------------------------------------------------------------------- JSON

local function plain(record) return record.unique and record.name or { id = record.id } end

local function plain_list(list)
  local out = json.array {}
  for i, record in ipairs(list) do
    out[i] = plain(record)
  end
  return out
end

local function plain_memberships(list)
  local out = json.array {}
  for i, m in ipairs(list) do
    out[i] = { role = m.role }
    out[i][m.of.unique and "name" or "id"] = m.of.unique and m.of.name or m.of.id
  end
  return out
end

function writers.json(found)
  local people, groups, workspaces = entries(found)
  local state = {
    organization = found.organization.name,
    people = {},
    groups = json.array {},
    workspaces = json.array {},
  }
  for _, e in ipairs(people) do
    state.people[e.email] = {
      role = e.role,
      state = e.state,
      workspaces = #e.direct > 0 and plain_memberships(e.direct) or nil,
      groups = #e.groups > 0 and plain_list(e.groups) or nil,
    }
  end
  local list = table.move(found.groups, 1, #found.groups, 1, {})
  table.sort(list, by_name)
  for i, g in ipairs(list) do
    local record = groups[g.id]
    state.groups[i] = {
      name = record.unique and record.name or nil,
      id = not record.unique and record.id or nil,
      workspaces = plain_list(sorted(g.workspaces, workspaces)),
    }
  end
  for i, w in ipairs(sorted(workspaces, workspaces)) do
    state.workspaces[i] = { name = w.unique and w.name or nil, id = not w.unique and w.id or nil }
  end
  return assert(json.encode(state, { indent = 2, order = { "organization", "people" } })) .. "\n"
end

-- --------------------------------------------------------------------------------------------- CSV

-- Names of one cell; a mark behind a single name keeps its comma from dividing it.
local function cell(parts)
  if #parts == 1 and parts[1]:find "[,;]" then return parts[1] .. " |" end
  return table.concat(parts, " | ")
end

local function check_names(list)
  for _, record in pairs(list) do
    if not record.unique or record.name:find "^%s*%-" or record.name:find "[|\n]" then
      local why = "two have this name, or it has a sign of the format in it; write .lua or .json"
      local text = "a CSV file cannot name %q: " .. why
      error({ kind = "setting", message = text:format(record.name) }, 0)
    end
  end
end

function writers.csv(found)
  local people, groups, workspaces = entries(found)
  check_names(groups)
  check_names(workspaces)
  local rows = { { "email", "role", "state", "workspaces", "groups" } }
  for _, e in ipairs(people) do
    local direct, names = {}, {}
    for i, m in ipairs(e.direct) do
      direct[i] = ("%s:%s"):format(m.of.name, m.role)
    end
    for i, g in ipairs(e.groups) do
      names[i] = g.name
    end
    rows[#rows + 1] = { e.email, e.role or "", e.state or "", cell(direct), cell(names) }
  end
  return csv.encode(rows)
end

--- FOUND, what present.read and read_members gave, as the text of a desired state in FORMAT.
function M.text(found, format) return writers[format](found) end

return M
