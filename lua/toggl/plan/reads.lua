-- Which lists show what an apply has changed, in the fewest requests: the price counts them before
-- anything is sent. Pure.

local keys = require "toggl.plan.keys"

local M = {}

--- Requests that a list of N takes in pages of SIZE.
function M.pages(n, size) return math.max(1, (n + size - 1) // size) end

-- Which list shows a change, by its kind: one of all groups, of all workspaces, or of people.
-- `member` is the list of the members of the change's workspace.
local SHOWN = {
  join = "groups",
  quit = "groups",
  attach = "groups",
  detach = "groups",
  group_new = "groups",
  group_name = "groups",
  group_gone = "groups",
  workspace_new = "workspaces",
  workspace_name = "workspaces",
  role = "admins",
  activate = "inactive",
  deactivate = "inactive",
  name = "people",
  remove = "people",
  cancel = "people",
  begin = "member",
  ["end"] = "member",
  access = "member",
  invite = "invited",
}

-- The fewest workspaces that together have every invitation of STEPS, found greedily.
local function workspaces_of(steps)
  local open, chosen = {}, {}
  for _, step in ipairs(steps) do
    if step.kind == "invite" then open[#open + 1] = step.args.workspaces end
  end
  while #open > 0 do
    local count, best, rest = {}, nil, {}
    for _, roles in ipairs(open) do
      for w in pairs(roles) do
        count[w] = (count[w] or 0) + 1
        local better = not best or count[w] > count[best] or count[w] == count[best] and w < best
        best = better and w or best
      end
    end
    for _, roles in ipairs(open) do
      if not roles[best] then rest[#rest + 1] = roles end
    end
    open, chosen[#chosen + 1] = rest, best
  end
  return chosen
end

-- People that a short list shows anyway, with all their groups and workspaces: {[address] = list}.
local function covered(steps)
  local found = {}
  for _, step in ipairs(steps) do
    for _, c in ipairs(step.changes) do
      if c.kind == "deactivate" then found[c.who] = "inactive" end
      if c.kind == "role" and c.after == "admin" then found[c.who] = found[c.who] or "admins" end
    end
  end
  return found
end

local WITH_PERSON = { member = true, groups = true }

-- What of STEPS changes, as the lists that show it.
local function changed(steps)
  local c = { lists = {}, members = {}, removed = 0, invited = 0, inactive = 0, admins = 0 }
  local short = covered(steps)
  for _, step in ipairs(steps) do
    for _, change in ipairs(step.changes) do
      local list, kind = SHOWN[change.kind], change.kind
      if change.who and WITH_PERSON[list] then list = short[change.who] or list end
      c.lists[list] = true
      if list == "member" then c.members[change.workspace] = true end
      -- people who have not joined are in groups without a key: their own list shows them
      if list == "groups" and change.who and not change.user_id then c.lists.people = true end
      if kind == "remove" or kind == "cancel" then
        local p = change.p or {}
        c.removed = c.removed + 1
        if p.state == "inactive" then c.inactive = c.inactive - 1 end
        if p.role == "admin" then c.admins = c.admins - 1 end
      end
      if kind == "role" then c.admins = c.admins + (change.after == "admin" and 1 or -1) end
      if kind == "invite" then c.invited = c.invited + 1 end
      if kind == "deactivate" then c.inactive = c.inactive + 1 end
      if kind == "activate" then c.inactive = c.inactive - 1 end
    end
  end
  for _, w in ipairs(c.lists.invited and workspaces_of(steps) or {}) do
    c.members[w] = true
  end
  return c
end

-- How many of PRESENT are inactive, and how many administrators.
local function short_lists(present)
  local inactive, admins = 0, 0
  for _, p in ipairs(present.people) do
    if p.state == "inactive" then inactive = inactive + 1 end
    if p.role ~= "user" then admins = admins + 1 end
  end
  return inactive, admins
end

--- The lists that show what STEPS change in PRESENT, in the fewest requests: { groups =, workspaces
--- =, people =, admins =, inactive = true, members = {workspace keys}, requests = }.
function M.lists(steps, present)
  local c, size = changed(steps), present.page_size or M.page_size
  local pages = M.pages
  local all = pages(#present.people - c.removed + c.invited, size)
  local few, members = c.lists.people and all or 0, keys(c.members)
  local want = { groups = c.lists.groups, workspaces = c.lists.workspaces, members = members }
  local inactive, admins = short_lists(present)
  if c.lists.admins then few = few + pages(admins + c.admins, size) end
  if c.lists.inactive then few = few + pages(inactive + c.inactive, size) end
  few = few + #members
  if few > all or c.lists.people then
    want.people, want.members, few = true, {}, all -- one list has all of them
  elseif few > 0 then
    want.admins, want.inactive = c.lists.admins, c.lists.inactive
  end
  want.requests = few + (want.groups and 1 or 0) + (want.workspaces and 1 or 0)
  return want
end

-- What STEPS before position FROM change: groups by address, workspaces by group.
local function changed_before(steps, from)
  local by = { join = {}, attach = {}, detach = {} }
  for i = 1, from - 1 do
    for _, c in ipairs(steps[i].changes) do
      local of, owner = by[c.kind], c.kind == "join" and c.who or c.group
      if of then
        of[owner] = of[owner] or {}
        of[owner][c.kind == "join" and c.group or c.workspace] = true
      end
    end
  end
  return by
end

-- Add to FOUND the workspaces that P has got through GROUPS by the changes BY.
local function add_gained(found, p, groups, by)
  local joins, none = by.join[p.email] or {}, {}
  for _, g in ipairs(next(joins) and groups or none) do
    for w in pairs(joins[g.id] and g.workspaces or none) do
      found[w] = found[w] or not (by.detach[g.id] or none)[w]
    end
  end
  for _, of in ipairs { joins, p.groups } do
    for g in pairs(of) do
      for w in pairs(by.attach[g] or none) do
        found[w] = true
      end
    end
  end
end

--- Workspaces of which the direct members are to be known before STEPS from position FROM on go
--- out: a complete list makes indirect what it does not name. GROUPS: those of the organization.
--- The keys, sorted.
function M.direct(steps, from, groups)
  local found = {}
  local by = changed_before(steps, from)
  for i = from, #steps do
    local a, has = steps[i].args, {}
    if a.person and a.workspaces then
      for w, here in pairs(a.person.workspaces) do
        has[w] = next(here.groups) ~= nil
      end
      add_gained(has, a.person, groups, by)
    end
    for w, is in pairs(has) do
      if is and not a.workspaces[w] then found[w] = true end
    end
  end
  return keys(found)
end

M.page_size = 1000

return M
