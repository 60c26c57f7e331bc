-- The present state of an organization as plain tables, read with the fewest requests.
--
-- { organization = {id=, name=, plan=, seats=, count=}, people = {{ id =, user_id =,
--   invitation_id =, email =, key = folded, name =, role =, state =, unsaid = the field whose
--   absence makes state a guess, groups = {[key] = true}, workspaces = {[key] = { id =, role =,
--   inactive =, rate =, cost =, hours =, groups = {[key] = true}, direct = true|false|nil: not
--   known }}}, ...}, groups = {{ id =, name =, workspaces = {[key] = true} }, ...}, workspaces =
--   {{ id =, name = }, ...}, at = seconds since 1970, ticks = the same in those of core.ticks,
--   read_at = when the oldest reply came, spent = requests, payer =, caller = account keys,
--   nil: not read }

local core = require "toggl.core"
local few = require "toggl.plan.few"
local os = require "toggl.text.standard"("os")

local M = {}

local NONE = {}

--- Seconds that a list may be old; an older one is read again.
M.most_age = 300

local function must(value, err)
  if value == nil then error(err, 0) end
  return value
end

local function role_of(user) return user.owner and "owner" or user.admin and "admin" or "user" end

local function state_of(user)
  if user.inactive then return "inactive" end
  return user.joined == false and "invited" or "active"
end

-- What a person is made of, for core.extract: fields of the reply, and their names here.
local PERSON = {
  id = "id",
  user_id = "user_id",
  invitation_id = "invitation_id",
  email = "email",
  name = "name",
  owner = "owner",
  admin = "admin",
  inactive = "inactive",
  joined = "joined",
  groups = { by = "group_id" },
  workspaces = {
    by = "workspace_id",
    workspace_user_id = "id",
    workspace_name = "name",
    role = "role",
    admin = "admin",
    inactive = "inactive",
    rate = "rate",
    cost = "cost",
    working_hours = "hours",
    groups = { by = "group_id" },
  },
}

-- Complete P, which core.extract made; add to NAMES the names of workspaces.
local function complete(p, names)
  p.key, p.role, p.state = core.fold(p.email or ""), role_of(p), state_of(p)
  if p.state == "active" then
    p.unsaid = p.inactive == nil and "inactive" or p.joined == nil and "joined" or nil
  end
  p.owner, p.admin, p.inactive, p.joined = nil, nil, nil, nil
  p.groups, p.workspaces = p.groups or {}, p.workspaces or {}
  for w, here in next, p.workspaces do
    names[w] = here.name
    here.role, here.inactive =
      here.role or (here.admin and "admin" or "user"), here.inactive or false
    here.groups, here.name, here.admin = here.groups or {}, nil, nil
  end
  return p
end

--- Return the people of USERS, a list, as plain tables; add to NAMES the names of workspaces.
function M.people(users, names)
  local found = core.extract(users, PERSON)
  for _, p in ipairs(found) do
    complete(p, names)
  end
  return found
end

--- The same of a group. One without a key cannot be told from others.
function M.group(record)
  if not record.group_id then
    local format = "group %q came without a key: nothing was planned"
    core.fail(true, { kind = "decode", message = format:format(record.name or "") })
  end
  local g = { id = record.group_id, name = record.name or "", workspaces = {} }
  for _, w in ipairs(record.workspaces or {}) do
    g.workspaces[w] = true
  end
  return g
end

local LOOKS_AT_GROUPS = { ["group members"] = true, ["group workspaces"] = true, groups = true }

-- Does STATE speak of groups? If not, what people say of theirs is enough.
local function needs_groups(state)
  if not state or #state.groups > 0 then return true end
  for word in pairs(state.exact) do
    if LOOKS_AT_GROUPS[word] then return true end
  end
  for _, p in ipairs(state.people) do
    if p.groups then return true end
  end
  return false
end

-- Does STATE only create, rename and attach groups and workspaces? Then no person loses anything,
-- and the groups' own lists of people are enough.
local function needs_people(state)
  if not state or #state.people > 0 or next(state.exact) ~= nil then return true end
  for _, g in ipairs(state.groups) do
    if g.state == "absent" then return true end
    for _, w in ipairs(g.workspaces or {}) do
      if not w.is then return true end
    end
  end
  return false
end

-- People as groups list them: those who have not joined have no key.
local function people_of_groups(groups)
  local found, by_account = {}, {}
  for record in groups:each() do
    for _, member in ipairs(record.users or {}) do
      local p = by_account[member.user_id or false]
      if not p then
        p = { user_id = member.user_id, key = "", role = "user", groups = {}, workspaces = {} }
        p.state = member.joined == false and "invited" or "active"
        found[#found + 1] = p
        if member.user_id then by_account[member.user_id] = p end
      end
      p.groups[record.group_id] = true
    end
  end
  return found
end

-- The groups that PEOPLE, made of USERS, are in, and the workspaces that these give them.
local function groups_of_people(users, people)
  local found, by_id = {}, {}
  for _, p in ipairs(core.extract(users, { groups = { by = "group_id", name = "name" } })) do
    for g, ref in next, p.groups or {} do
      if not by_id[g] then
        by_id[g] = { id = g, name = ref.name, workspaces = {} }
        found[#found + 1] = by_id[g]
      end
    end
  end
  for _, p in ipairs(people) do
    for w, here in next, p.workspaces do
      for g in next, here.groups do
        if by_id[g] then by_id[g].workspaces[w] = true end
      end
    end
  end
  table.sort(found, function(x, y) return x.id < y.id end)
  return found
end

-- Raise an error object that says what to do.
local function refuse(kind, advice, format, ...)
  core.fail(true, { kind = kind, message = format:format(...), advice = advice })
end

-- A list that may stand for the present: whole, and young enough; an older one is read again.
local function read_list(org, what, options)
  local list = must(org[what](org, options))
  local old = list.stale or (list.age or 0) > M.most_age
  if old then
    list = must(org[what](org, { refresh = true }))
    old = list.stale or (list.age or 0) > M.most_age
  end
  if not list.complete then
    refuse(
      "partial",
      require("toggl.pages").remedy(list.age),
      "the list of %s is not complete (%s): nothing was planned",
      what,
      list.incomplete or "pages are missing"
    )
  end
  if old and (list.settling or 0) > 0 then
    refuse(
      "partial",
      ("plan again in %d s"):format(math.ceil(list.settling)),
      "the list of %s may not show yet what was changed a moment ago: nothing was planned",
      what
    )
  elseif old and (list.age or 0) > M.most_age then
    refuse(
      "offline",
      "plan without --offline",
      "the list of %s is %.0f s old, and %d s are the most: nothing was planned",
      what,
      list.age,
      M.most_age
    )
  elseif old then -- such as one from before a change, or of a clock that was ahead
    refuse(
      "offline",
      "plan without --offline",
      "the stored list of %s may not be what there is now: nothing was planned",
      what
    )
  end
  return list
end

-- Does STATE name a workspace, or give one to people or groups, that no membership has shown?
local function is_named(state, known)
  for _, records in ipairs { { state }, state.people, state.groups } do
    for _, record in ipairs(records) do
      for _, reference in ipairs(record.workspaces or NONE) do
        if not known[reference.id or reference.name] then return true end
      end
    end
  end
  return false
end

-- Names of workspaces come with the people in them; the list of workspaces, a request of the small
-- window, is read only where one has no name yet.
local function read_workspaces(org, names, groups, state, options)
  local known, nameless = {}, state == nil
  for id, name in pairs(names) do
    known[id], known[name] = true, true
  end
  for _, g in ipairs(groups) do
    for id in pairs(g.workspaces) do
      nameless = nameless or not names[id]
    end
  end
  if nameless or is_named(state, known) then
    for workspace in must(org:workspaces(options)):each() do
      names[workspace.id] = workspace.name
    end
  end
  local list = {}
  for id, name in pairs(names) do
    list[#list + 1] = { id = id, name = name }
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

-- Is one of PEOPLE in a group that GROUPS lacks? Lists are read one after the other, and the
-- organization may have changed between them.
local function lacks(groups, people)
  local known = {}
  for _, g in ipairs(groups) do
    known[g.id] = true
  end
  for _, p in ipairs(people) do
    for g in next, p.groups do
      if not known[g] then return true end
    end
  end
  return false
end

-- Raise what that means where it is so of the newest lists as well.
local function check_same(groups, people)
  if not lacks(groups, people) then return end
  refuse(
    "partial",
    "plan again",
    "a person is in a group that the list of groups lacks: the organization was changed between "
      .. "the two reads"
  )
end

-- The groups in RECORDS, a list of ORG; read again where one of PEOPLE is in another.
local function groups_of(org, records, people)
  local function plain(list)
    local found = {}
    for record in list:each() do
      found[#found + 1] = M.group(record)
    end
    return found
  end
  local groups = plain(records)
  if lacks(groups, people) then
    groups = plain(read_list(org, "groups", { refresh = true }))
    check_same(groups, people)
  end
  return groups
end

-- Which reads are at hand anyway, and how old the oldest is.
local function age_of(...)
  local oldest = 0
  for _, list in ipairs { ... } do
    oldest = math.max(oldest, list.age or 0)
  end
  return oldest
end

local function tools()
  return {
    read_list = read_list,
    group = M.group,
    lacks = lacks,
    check_same = check_same,
    most_age = M.most_age,
  }
end

local function organization(org, found)
  local s = org.subscription
  found.organization = {
    id = org.id,
    name = org.name,
    plan = s and s.plan or nil,
    seats = s and s.seats or nil,
    count = #found.people,
  }
  return found
end

--- Read ORG for STATE, a desired state; nil: everything there is. WHOLE: the list of people is
--- needed, and with "all" that of groups, too; else what costs less may do, which the plan has to
--- be checked for: `few` of it. Raises what the world says.
function M.read(org, state, options, whole)
  local client = org:client()
  local before = client:cost().total
  local cheap = not whole and few.read(org, state, options, tools())
  if cheap then return organization(org, cheap) end
  local with_people = whole == "all" or needs_people(state)
  local groups = (whole == "all" or needs_groups(state) or not with_people)
      and read_list(org, "groups", options)
    or nil
  local users = with_people and read_list(org, "users", options) or nil
  local names, found = {}, { people = {}, groups = {} }
  found.has_all_groups, found.has_all_people = groups ~= nil, users ~= nil
  found.people = users and M.people(users, names) or people_of_groups(groups)
  if groups then
    found.groups = groups_of(org, groups, found.people)
  else
    found.groups = groups_of_people(users, found.people)
  end
  found.workspaces = read_workspaces(org, names, found.groups, state, options)
  organization(org, found)
  found.page_size = client:fact "page_size_honoured:get_organization_users"
  local age = age_of(users or groups, groups or users)
  found.at, found.ticks = os.time() - math.floor(age), core.ticks() - age
  found.read_at = math.min((users or groups).at or found.at, (groups or users).at or found.at)
  found.spent = client:cost().total - before
  return found
end

-- What no list of people says is taken from an earlier read, where the membership is the same.
local function carry_over(found, before)
  local known = {}
  for _, p in ipairs(before.people) do
    known[p.id or false] = p
  end
  for _, p in ipairs(found.people) do
    local old = known[p.id or false]
    for w, here in pairs(old and p.workspaces or {}) do
      local there = old.workspaces[w]
      if there and there.id == here.id then
        here.direct = there.direct
        if here.direct == nil and next(there.groups) == nil then here.direct = true end
      end
    end
  end
end

--- Read again what BEFORE, from read, was made of: people, and groups where it has all of them.
function M.again(org, before)
  if before.few then return few.again(org, before, tools()) end
  local client = org:client()
  local spent, refresh = client:cost().total, { refresh = true }
  local found = {}
  for name, value in pairs(before) do
    found[name] = value
  end
  found.at = os.time()
  found.people = M.people(read_list(org, "users", refresh), {})
  if before.has_all_groups then
    found.groups = groups_of(org, read_list(org, "groups", refresh), found.people)
  end
  carry_over(found, before)
  found.spent = client:cost().total - spent
  return found
end

--- Read which memberships of the workspaces in KEYS are direct, into PRESENT. REFRESH: not from the
--- store.
function M.read_members(org, present, keys, refresh)
  local client = org:client()
  local before, by_account, by_address = client:cost().total, {}, {}
  for _, p in ipairs(present.people) do
    by_address[p.key] = p
    if p.user_id then by_account[p.user_id] = p end
  end
  for _, key in ipairs(keys) do
    local list = must(client.api.get_workspace_workspace_users {
      workspace_id = key,
      includeIndirect = true,
      refresh = refresh,
    })
    for member in list:each() do
      local p = by_account[member.user_id or false] or by_address[core.fold(member.email or "")]
      local here = p and p.workspaces[key]
      if here then here.direct = member.is_direct == true end
    end
    for _, p in ipairs(present.people) do
      local here = p.workspaces[key]
      if here and here.direct == nil then here.direct = next(here.groups) == nil end
    end
  end
  present.spent = present.spent + client:cost().total - before
end

-- Only administrators may read the customer's record, not each server and subscription has one, and
-- it may lack the payer; the plan says so.
local SAYS_NO_PAYER = { not_found = true, forbidden = true, gone = true, plan = true }

local function read_payer(org, present)
  local ok, customer, err = pcall(org.customer, org)
  if ok and customer then
    present.payer = customer.toggl_user_id
    return
  end
  local failure = not ok and customer or err
  local kind = type(failure) == "table" and failure.kind
  if not SAYS_NO_PAYER[kind] then error(failure, 0) end
end

--- Read the account that asks, and the one that pays where PAYER, into PRESENT: neither may lose
--- access.
function M.read_protected(org, present, payer)
  local client = org:client()
  local before = client:cost().total
  if payer then read_payer(org, present) end
  present.caller, present.is_protected = must(client:my_id()), true
  present.spent = present.spent + client:cost().total - before
end

return M
