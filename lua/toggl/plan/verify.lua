-- Reading back after an apply, since a 200 does not prove a change: what the lists of
-- toggl.plan.reads show of each change.

local core = require "toggl.core"
local reads = require "toggl.plan.reads"

local M = {}

M.lists, M.page_size = reads.lists, reads.page_size

-- ------------------------------------------------------------------------------- what lists show

-- LIST, which must have all its pages: what it lacks would count as gone.
local function whole(list)
  if list.complete == false then
    error({
      kind = "partial",
      message = "a list is not complete: " .. (list.incomplete or "pages are missing"),
    }, 0)
  end
  return list
end

local function index(list, key_of, value_of)
  local found = {}
  for record in whole(list):each() do
    local key = key_of(record)
    if key then found[key] = value_of and value_of(record) or record end
  end
  return found
end

local function address(record) return core.fold(record.email or "") end

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

local readers = {}

function readers.groups(org)
  local present = require "toggl.plan.present"
  return index(must(org:groups { refresh = true }), function(g) return g.group_id end, function(g)
    local found = present.group(g)
    found.users = {}
    for _, u in ipairs(g.users or {}) do
      if u.user_id then found.users[u.user_id] = true end
    end
    return found
  end)
end

function readers.workspaces(org)
  return index(
    must(org:workspaces { refresh = true }),
    function(w) return w.id end,
    function(w) return w.name end
  )
end

local function people(filter)
  return function(org)
    local present = require "toggl.plan.present"
    local options = { refresh = true }
    for name, value in pairs(filter) do
      options[name] = value
    end
    local found = {}
    for _, p in ipairs(present.people(whole(must(org:users(options))), {})) do
      found[p.key] = p
    end
    return found
  end
end

readers.people = people {}
readers.admins = people { only_admins = true }
readers.inactive = people { active_status = { "inactive" } }

function readers.members(org, key)
  return index(
    must(org:client().api.get_workspace_workspace_users {
      workspace_id = key,
      includeIndirect = true,
      refresh = true,
    }),
    address,
    function(m)
      return { role = m.role or (m.admin and "admin" or "user"), direct = m.is_direct == true }
    end
  )
end

-- ------------------------------------------------------------------------ whether a change is seen

-- The change's person in a list of people that has been read; nil where none shows them.
local function person_of(seen, c)
  for _, name in ipairs { "people", "inactive", "admins" } do
    local p = seen[name] and seen[name][c.key]
    if p then return p end
  end
end

-- The membership of the change's person in its workspace: a table, false where there is none, nil
-- where no list shows it.
local function member_of(seen, c, w)
  local p = person_of(seen, c)
  if p or seen.people then
    local here = p and p.workspaces[w]
    return here and { role = here.role, direct = next(here.groups) == nil, unsure = true } or false
  end
  local list = seen.members[w]
  return list and (list[c.key] or false)
end

local is = {}

-- Is the change's person in group G? nil: no list that was read shows the person.
local function in_group(seen, c, g)
  local group = seen.groups and seen.groups[g]
  if c.user_id and seen.groups then return group ~= nil and group.users[c.user_id] == true end
  local p = person_of(seen, c)
  if p then return p.groups[g] == true end
  if seen.people then return false end
end

function is.join(seen, c, key) return in_group(seen, c, key(c.group)) end
function is.quit(seen, c, key) return in_group(seen, c, key(c.group)) == false end

function is.attach(seen, c, key)
  local group = seen.groups[key(c.group)]
  return group ~= nil and group.workspaces[key(c.workspace)] == true
end

function is.detach(seen, c)
  local group = seen.groups[c.group]
  return group ~= nil and not group.workspaces[c.workspace]
end

function is.group_new(seen, c, key)
  local group = seen.groups[key(c.group)]
  return group ~= nil and group.name == c.name
end
is.group_name = is.group_new

function is.group_gone(seen, c) return seen.groups[c.group] == nil end

function is.workspace_new(seen, c, key) return seen.workspaces[key(c.workspace)] == c.name end
is.workspace_name = is.workspace_new

-- A list of administrators, or of the inactive, shows by their absence what others are.
function is.role(seen, c)
  local p = (seen.people or seen.admins)[c.key]
  if not p then return not seen.people and c.after == "user" end
  return p.role == c.after
end

function is.activate(seen, c)
  local p = (seen.people or seen.inactive)[c.key]
  if not p then return not seen.people end
  return p.state ~= "inactive"
end

function is.deactivate(seen, c)
  local p = (seen.people or seen.inactive)[c.key]
  return p ~= nil and p.state == "inactive"
end

function is.name(seen, c)
  local p = seen.people[c.key]
  return p ~= nil and p.name == c.after
end

function is.remove(seen, c) return seen.people[c.key] == nil end
is.cancel = is.remove

function is.begin(seen, c, key)
  local here = member_of(seen, c, key(c.workspace))
  return here and (here.direct or here.unsure) and here.role == (c.after or "user")
end

is["end"] = function(seen, c, key)
  local here = member_of(seen, c, key(c.workspace))
  return here == false or here and not here.direct
end

function is.access(seen, c)
  local here = member_of(seen, c, c.workspace)
  return here and here.role == c.after
end

function is.invite(seen, c, key, step)
  if seen.people then return seen.people[c.key] ~= nil end
  for w in pairs(step.args.workspaces) do
    local list = seen.members[key(w)]
    if list and list[c.key] then return true end
  end
  return false
end

--- Read what WANT, from lists, names. KEY maps keys that are negative to real ones.
function M.read(org, want, key)
  local seen = { members = {} }
  for _, name in ipairs { "groups", "workspaces", "people", "admins", "inactive" } do
    if want[name] then seen[name] = readers[name](org) end
  end
  for _, w in ipairs(want.members) do
    seen.members[key(w)] = readers.members(org, key(w))
  end
  return seen
end

--- Does SEEN, from read, show the change C of STEP?
function M.shows(seen, c, key, step)
  c.key = c.key or c.who and core.fold(c.who) or nil
  return is[c.kind](seen, c, key, step) and true or false
end

return M
