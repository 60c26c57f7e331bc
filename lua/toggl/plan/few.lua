-- The present state from fewer requests than the pages of people take: the members of a workspace
-- come in one reply. That is enough to invite people, and to move them among groups.

local core = require "toggl.core"
local os = require "toggl.text.standard"("os")

local M = {}

local SMALLEST_PAGE = 50 -- people, while no reply has shown more

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

-- Does STATE name nothing that only the list of people shows? A state that names roles or names is
-- most likely one of people who are there.
local function may(state)
  if not state or #state.people == 0 or next(state.exact) ~= nil then return false end
  for _, p in ipairs(state.people) do
    if p.role or p.name or p.ends or p.state and p.state ~= "active" then return false end
    for _, w in ipairs(p.workspaces or {}) do
      if not w.is then return false end -- the access may be in a workspace that is not read
    end
  end
  for _, g in ipairs(state.groups) do
    if g.state == "absent" or g.workspaces then return false end
  end
  return true
end

-- The list of people is in the store, and young enough for the options.
local function is_stored(org, options, tools)
  if options and options.refresh then return false end
  local ok, list, err = pcall(org.users, org, { offline = true })
  if not ok then
    list, err = nil, list
  end
  if err and not (type(err) == "table" and err.kind == "offline") then error(err, 0) end
  local most = options and options.max_age or tools.most_age
  return list and list.complete and not list.stale and (list.age or 0) <= most
end

-- What operation NAME of ORG replies: young enough to stand for the present, or nil.
local function young(org, name, options, tools)
  local reply, response = org:client().api[name] {
    organization_id = org.id,
    refresh = options and options.refresh,
    max_age = options and options.max_age or tools.most_age,
  }
  must(reply, response)
  local old = response.stale or os.time() - response.at > tools.most_age
  return not old and reply or nil
end

-- The workspace with all people, and how many that is; nil: none, or it is not known. The count of
-- a held object may be old, and people invited since would be invited again.
local function whole_workspace(org, options, tools)
  local now = young(org, "get_organization", options, tools)
  local all = now and now.user_count
  local statistics = all and young(org, "get_organization_workspaces_statistics", options, tools)
  local best, n
  for key, counts in pairs(statistics or {}) do
    local id = math.tointeger(tonumber(key))
    if id and counts.members_count == all and (not best or id < best) then
      best, n = id, counts.members_count
    end
  end
  return best, n
end

local function state_of(m)
  if m.active == false then return "invited" end
  return m.inactive and "inactive" or "active"
end

-- Add what the members of workspace W show to PRESENT. Returns how many they are.
local function read_members(org, present, w, options, tools)
  local gives, n = {}, 0
  for _, g in ipairs(present.groups) do
    gives[g.id] = g.workspaces[w]
  end
  local list = must(org:client().api.get_workspace_workspace_users {
    workspace_id = w,
    includeIndirect = true,
    refresh = options and options.refresh,
    max_age = options and options.max_age or tools.most_age,
  })
  for m in list:each() do
    local key = core.fold(m.email or "")
    local p = present.by_key[key]
    if not p then
      p = { user_id = m.user_id, email = m.email, key = key, name = m.name, groups = {} }
      p.role, p.state, p.workspaces = m.organization_admin and "admin" or "user", state_of(m), {}
      for _, g in ipairs(m.group_ids or {}) do
        p.groups[g] = true
      end
      present.by_key[key], present.people[#present.people + 1] = p, p
    end
    local here = { id = m.id, role = m.role or (m.admin and "admin" or "user"), groups = {} }
    here.inactive, here.direct = m.inactive or false, m.is_direct == true
    here.rate, here.cost, here.hours = m.rate, m.labor_cost, m.working_hours_in_minutes
    for g in pairs(p.groups) do
      here.groups[g] = gives[g]
    end
    p.workspaces[w], n = here, n + 1
  end
  present.few[w], present.few_count = true, present.few_count + 1
  present.at = math.min(present.at, os.time() - math.floor(list.age or 0))
  present.read_at = math.min(present.read_at or math.huge, list.at or present.at)
  return n
end

local function names_workspaces(state)
  if #state.workspaces > 0 then return true end
  for _, p in ipairs(state.people) do
    if p.workspaces then return true end
  end
  return false
end

local function pages_of(org)
  local size = org:client():fact "page_size_honoured:get_organization_users" or SMALLEST_PAGE
  return (org.user_count + size - 1) // size, size
end

-- What a server may refuse although it shows the list of people.
local REFUSED = { forbidden = true, not_found = true, gone = true, plan = true, decode = true }

local function read(org, state, options, tools)
  if not may(state) or not org.user_count or is_stored(org, options, tools) then return nil end
  local pages, size = pages_of(org)
  local with_names = names_workspaces(state)
  if 3 + (with_names and 1 or 0) >= pages then return nil end
  local client = org:client()
  local before, found = client:cost().total, { people = {}, groups = {}, workspaces = {} }
  found.by_key, found.few, found.few_count, found.at = {}, {}, 0, os.time()
  found.tools = tools
  local w, count = whole_workspace(org, options, tools)
  if not w then return nil end
  local groups = tools.read_list(org, "groups", options)
  found.at, found.read_at = found.at - math.floor(groups.age or 0), groups.at or found.at
  for record in groups:each() do
    found.groups[#found.groups + 1] = tools.group(record)
  end
  if read_members(org, found, w, options, tools) ~= count then return nil end
  if tools.lacks(found.groups, found.people) then return nil end
  if with_names then
    for workspace in must(org:workspaces(options)):each() do
      table.insert(found.workspaces, { id = workspace.id, name = workspace.name })
    end
  end
  found.has_all_groups, found.has_all_people, found.page_size = true, true, size
  found.ticks = core.ticks() - (os.time() - found.at)
  found.spent = client:cost().total - before
  return found
end

-- What F(...) returns; nil where the server refuses one of its reads, so that the list of people is
-- read instead.
local function unless_refused(f, ...)
  local ok, found = pcall(f, ...)
  if ok then return found end
  if type(found) ~= "table" or not REFUSED[found.kind] then error(found, 0) end
  return nil
end

--- The present state of ORG as far as STATE, a desired one, needs it, in fewer requests than the
--- list of people; nil: that list is the cheapest, or needed. TOOLS of toggl.plan.present:
--- read_list, group, most_age.
function M.read(org, state, options, tools)
  local found = unless_refused(read, org, state, options, tools)
  return found
end

-- Steps that need no key which the list of people alone has.
local ENOUGH = {
  post_organization_invitation = true,
  patch_organization_group = true,
  post_organization_group = true,
}

-- Workspaces that groups of the changed people give and that were not read; nil: the plan needs the
-- list of people.
local function lacking(made, present)
  local more = {}
  if #made.problems > 0 or #made.refused > 0 or #made.needs > 0 then return nil end
  for _, step in ipairs(made.steps) do
    if not ENOUGH[step.operation] then return nil end
    for _, c in ipairs(step.changes) do
      local moves = c.kind == "join" or c.kind == "quit"
      for _, g in ipairs(moves and present.groups or {}) do
        for w in pairs(g.id == c.group and g.workspaces or {}) do
          more[w] = not present.few[w] or nil
        end
      end
    end
  end
  return more
end

--- Is PRESENT, from read, enough for the plan MADE of it? Reads what is missing, where that is
--- cheaper than the list of people and the server does not refuse it, and calls MAKE for the plan
--- again. Returns the plan, or nil.
function M.complete(org, present, made, make, options)
  local tools = present.tools
  local more = lacking(made, present)
  local n = 0
  for _ in pairs(more or {}) do
    n = n + 1
  end
  if not more or n + 1 >= pages_of(org) then return nil end
  if n == 0 then return made end
  local client = org:client()
  local before, spent = client:cost().total, present.spent
  for w in pairs(more) do
    local n_read = unless_refused(read_members, org, present, w, options, tools)
    present.spent = spent + client:cost().total - before
    if not n_read then return nil end
  end
  if tools.lacks(present.groups, present.people) then return nil end
  made = make(present)
  more = lacking(made, present)
  return more and next(more) == nil and made or nil
end

--- Read again what BEFORE, from read, was made of.
function M.again(org, before, tools)
  local found, refresh = {}, { refresh = true }
  for name, value in pairs(before) do
    found[name] = value
  end
  found.people, found.groups, found.by_key, found.few, found.few_count = {}, {}, {}, {}, 0
  found.at = os.time()
  for record in tools.read_list(org, "groups", refresh):each() do
    found.groups[#found.groups + 1] = tools.group(record)
  end
  for w in pairs(before.few) do
    read_members(org, found, w, refresh, tools)
  end
  tools.check_same(found.groups, found.people)
  return found
end

return M
