-- What an apply has not done, as a desired state in Lua: what the file said of the people, groups
-- and workspaces whose changes were not made, and in plain words what followed from `exact`.

local core = require "toggl.core"
local diff = require "toggl.plan.diff"
local export = require "toggl.plan.export"

local M = {}

-- ------------------------------------------------------------------------------------ as Lua code

local key, quote = export.key, export.quote

-- A former name, a membership or a value as it stands behind the sign of assignment.
local function names(list)
  local parts = {}
  for i, name in ipairs(list) do
    parts[i] = quote(name)
  end
  return ("{ %s }"):format(table.concat(parts, ", "))
end

local function memberships(list)
  local parts = {}
  for i, m in ipairs(list) do
    local is = m.role and quote(m.role) or tostring(m.is)
    if m.id then
      local role = m.role and (", role = %s"):format(quote(m.role)) or ""
      parts[i] = ("{ id = %d%s }"):format(m.id, role)
    else
      parts[i] = ("%s = %s"):format(key(m.name), is)
    end
  end
  return #parts == 0 and "{}" or ("{ %s }"):format(table.concat(parts, ", "))
end

local FIELDS = { "role", "state", "name", "ends", "workspaces", "groups", "previously" }
local WRITE = { workspaces = memberships, groups = memberships, previously = names }

-- RECORD, in normal form, without the field that its key stands for.
local function body(record, but)
  local parts = { record.id and ("id = %d"):format(record.id) }
  for _, name in ipairs(FIELDS) do
    local value = name ~= but and record[name]
    if value then parts[#parts + 1] = ("%s = %s"):format(name, (WRITE[name] or quote)(value)) end
  end
  return #parts == 0 and "{}" or ("{ %s }"):format(table.concat(parts, ", "))
end

local function section(out, name, records, field)
  if #records == 0 then return end
  out[#out + 1] = ("  %s = {"):format(name)
  for _, record in ipairs(records) do
    local before = record[field] and key(record[field]) .. " = " or ""
    out[#out + 1] = ("    %s%s,"):format(before, body(record, field))
  end
  out[#out + 1] = "  },"
end

-- ------------------------------------------------------------------------------------ what is left

-- The membership of LIST that is called NAME, or has the key ID.
local function has(list, name, id)
  for _, m in ipairs(list) do
    if m.name == name or m.id == id then return true end
  end
end

-- Say of RECORD that it is in what is called NAME, or is not, unless the file says something.
local function say(record, field, name, id, is, role)
  local list = table.move(record[field] or {}, 1, #(record[field] or {}), 1, {})
  record[field] = list
  if not has(list, name, id) then list[#list + 1] = { name = name, is = is, role = role } end
end

-- RECORD of the file. What it names by a former name may have the new one by now.
local function copy(left, record)
  local new = {}
  for name, value in pairs(record) do
    new[name] = value
  end
  for _, field in ipairs { "groups", "workspaces" } do
    local list = record[field] and table.move(record[field], 1, #record[field], 1, {})
    new[field] = list
    for i, m in ipairs(list or {}) do
      local t = left.targets[field].by_name[m.name]
      if t and t.rename then list[i] = { name = t.name, is = m.is, role = m.role } end
    end
  end
  return new
end

-- The entry for what is called NAME among those of KIND, "people", "groups" or "workspaces": what
-- the file says of it, or a new one.
local function entry(left, kind, field, name, id)
  local made = left.made[kind]
  local index = kind == "people" and core.fold(name) or id
  if made[index] then return made[index] end
  local record = { [field] = name }
  for _, given in ipairs(left.state[kind]) do
    local same = given[field] == name or given.id and given.id == id or given.key == index
    if same then record = copy(left, given) end
  end
  made[index], left[kind][#left[kind] + 1] = record, record
  return record
end

local is = {}

-- Changes that follow from `exact`: the file may not name what they end.
function is.quit(person, c, of) say(person, "groups", of.group, c.group, false) end
is["end"] = function(person, c, of) say(person, "workspaces", of.workspace, c.workspace, false) end
function is.detach(group, c, of) say(group, "workspaces", of.workspace, c.workspace, false) end
function is.remove(person) person.state = not person.ends and "absent" or person.state end
is.cancel = is.remove
function is.group_gone(group) group.state = "absent" end

local function add(left, plan, c)
  local of = {
    group = c.group and diff.name(plan.found, "groups", c.group) or nil,
    workspace = c.workspace and diff.name(plan.found, "workspaces", c.workspace) or nil,
  }
  local record
  if c.who then
    record = entry(left, "people", "email", c.who)
  elseif c.group then
    record = entry(left, "groups", "name", of.group, c.group)
  else
    record = entry(left, "workspaces", "name", of.workspace, c.workspace)
  end
  if is[c.kind] then is[c.kind](record, c, of) end
end

--- The changes of PLAN for which IS_LEFT(change) holds, as the text of a desired state; nil: none.
function M.text(plan, is_left)
  local left = { state = plan.state, people = {}, groups = {}, workspaces = {} }
  left.targets = plan.found.r
  left.made = { people = {}, groups = {}, workspaces = {} }
  for _, c in ipairs(plan.changes) do
    if is_left(c) then add(left, plan, c) end
  end
  if #left.people + #left.groups + #left.workspaces == 0 then return nil end
  local out = {
    ("-- What plan %s has left to do in %s."):format(plan.id, core.clean(plan.org.name)),
    "return {",
    ("  organization = { id = %d },"):format(plan.org.id),
  }
  if plan.state.timezone then
    out[#out + 1] = ("  timezone = %s,"):format(quote(plan.state.timezone))
  end
  section(out, "people", left.people, "email")
  section(out, "groups", left.groups, "name")
  section(out, "workspaces", left.workspaces, "name")
  out[#out + 1] = "}\n"
  return table.concat(out, "\n")
end

return M
