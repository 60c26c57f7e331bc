-- The requests of a plan, in the order in which they go out. Pure.
--
-- A step is { number =, turn = equal where steps do not depend on each other, operation =, kind =,
-- what =, who = {addresses}, changes = {...}, after = {steps that must be done before}, effect =,
-- requests =, undo = "full" | "mail" | "none", destructive =, args = keys for the request }.

local carry = require "toggl.plan.carry"
local core = require "toggl.core"
local diff = require "toggl.plan.diff"
local keys = require "toggl.plan.keys"

local M = {}

local MOST = 100 -- addresses of an invitation, keys of a patch, patches of a request
local MOST_REMOVED = 1000

-- Requests by name: phase (what others depend on first, additions before removals), operation, what
-- it does, and its kind where that is not its name.
local ROWS = {
  workspace_new = { 1, "post_organization_workspaces", "create workspace %q" },
  workspace_name = { 2, "put_workspaces", "rename workspace %q" },
  group_new = { 3, "post_organization_group", "create group %q" },
  group_name = { 4, "put_workspace_group", "rename group %q to %q" },
  early = { 5, "patch_organization_group", "change group %q", "group" },
  first = { 5, "put_organization_users", "change %s", "person" }, -- who becomes an administrator
  raise = { 5, "put_workspace_workspace_users", "change the role of %s in %q", "access" },
  group = { 6, "patch_organization_group", "change group %q" },
  whole = { 6, "put_organization_group", "rename group %q to %q", "group_name" },
  person = { 7, "put_organization_users", "change %s" },
  access = { 8, "put_workspace_workspace_users", "change the role of %s in %q" },
  invite = { 9, "post_organization_invitation", "invite %s" },
  leave = { 10, "patch_organization_workspace_users", "end memberships of %q" },
  late = { 11, "patch_organization_group", "change group %q", "group" },
  remove = { 12, "patch_organization_users", "remove %s" },
  group_gone = { 13, "delete_organization_group", "delete group %q" },
}

-- Changes that take something away, and how those can be undone that cannot be in full.
local LOSES = { quit = true, detach = true, deactivate = true, remove = true, cancel = true }
LOSES["end"], LOSES.group_gone = true, true
local UNDO = { workspace_new = "none", group_gone = "none", remove = "none" }
UNDO.cancel, UNDO.invite = "mail", "mail"

-- Add the step of ROWS[NAME] for CHANGES. WORDS: of what it does. MORE: rank in its phase (0),
-- requests (1), its name in d.arcs, and whether it is destructive whatever its changes are.
local function add(d, name, words, changes, args, more)
  local row, who, seen = ROWS[name], {}, {}
  more = more or {}
  local step =
    { kind = row[4] or name, operation = row[2], what = row[3]:format(table.unpack(words)) }
  step.who, step.changes, step.args, step.undo = who, changes, args, "full"
  step.effect, step.requests = core.operations[row[2]].effect, more.requests or 1
  step.destructive = more.destructive
  for _, c in ipairs(changes) do
    local undo = UNDO[c.kind]
    local ranks = c.kind == "role" or c.kind == "access" and c.before == "admin"
    local demotes = ranks and c.after ~= "admin"
    step.destructive = step.destructive or LOSES[c.kind] or demotes or nil
    step.undo = step.undo == "none" and "none" or undo or step.undo
    if c.who and not seen[c.who] then
      who[#who + 1], seen[c.who] = c.who, true
    end
  end
  d.steps[#d.steps + 1] = step
  d.places[step] = { row[1], more.rank or 0, 0, #d.steps }
  if more.vertex then
    d.places[more.vertex], step.after = d.places[step], {}
    d.places[step].after, d.places[step].step = step.after, step
  end
end

local function single_changes(d)
  for _, c in ipairs(d.changes) do
    if c.kind == "workspace_new" or c.kind == "workspace_name" or c.kind == "group_gone" then
      local args = { group = c.group, workspace = c.workspace, name = c.name }
      add(d, c.kind, { c.name }, { c }, args)
    end
  end
end

-- LIST in pieces of at most MOST_ entries.
local function pieces(list, most)
  local found = {}
  for from = 1, #list, most do
    found[#found + 1] = table.move(list, from, math.min(from + most - 1, #list), 1, {})
  end
  return found
end

local function people(list) return #list == 1 and list[1] or ("%d people"):format(#list) end

-- ---------------------------------------------------------------------------------------- groups

local MEMBERS = { "join", "quit", "attach", "detach" }

-- Sort the changes by the request that carries them: those of groups and lists of workspaces by key
-- and kind, those of a person into its record.
local function share_out(d)
  local parts, ends = {}, {}
  local function put(c)
    local part = parts[c.group] or { join = {}, quit = {}, attach = {}, detach = {} }
    parts[c.group], part[c.kind] = part, part[c.kind] or {}
    table.insert(part[c.kind], c)
  end
  for _, c in ipairs(d.changes) do
    if c.group and c.kind ~= "group_gone" then put(c) end
  end
  for _, record in ipairs(d.people) do
    record.own = {}
    for _, c in ipairs(record.changes) do
      if c.by == "group" then
        put(c)
      elseif c.by == "workspace" then
        c.member = record.p.workspaces[c.workspace].id
        ends[c.workspace] = ends[c.workspace] or {}
        table.insert(ends[c.workspace], c)
      elseif c.by == "person" then
        table.insert(record.own, c)
      end
    end
  end
  return parts, ends
end

local function all_of(first, part)
  local all = { first }
  for _, kind in ipairs(MEMBERS) do
    table.move(part[kind], 1, #part[kind], #all + 1, all)
  end
  return all
end

local function patch(d, name, g, part)
  local n = 0
  for _, kind in ipairs(MEMBERS) do
    n = n + (#part[kind] + MOST - 1) // MOST
  end
  if n == 0 then return end
  local args = { group = g, joins = part.join, leaves = part.quit }
  args.attach, args.detach = part.attach, part.detach
  local vertex = carry.group_vertex(g)
  local more = { vertex = vertex, requests = (n + MOST - 1) // MOST }
  add(d, name, { diff.name(d, "groups", g) }, all_of(nil, part), args, more)
end

local function create_group(d, g, part)
  local c = part.group_new[1]
  for _, w in ipairs(keys(d.gives[g])) do
    table.insert(part.attach, { kind = "attach", group = g, workspace = w })
  end
  local args = { group = g, joins = part.join, workspaces = d.gives[g] }
  add(d, "group_new", { c.name }, all_of(c, part), args)
end

-- Rename with complete lists where all can be named: true. Else by a workspace of the group; what
-- else there is goes by a patch.
local function rename_group(d, g, part)
  local vertex, c = carry.group_vertex(g), part.group_name[1]
  local whole, workspace = d.whole[g], keys(d.r.known.groups.by_id[g].workspaces)[1]
  if d.split[vertex] and workspace then whole = nil end
  local args = { group = g, name = c.after, workspace = workspace, workspaces = d.gives[g] }
  if not whole then
    add(d, "group_name", { c.before, c.after }, { c }, args)
    if workspace then return false end
    local text = "group %q cannot be renamed: people in it have not joined, and would fall out"
    d.refused[#d.refused + 1] = {
      rule = "invited-in-group",
      text = text:format(c.before),
      remedy = "wait until they have joined, or attach it to a workspace first",
    }
    return false
  end
  for _, join in ipairs(part.join) do
    whole[join.user_id] = true
  end
  for _, quit in ipairs(part.quit) do
    whole[quit.user_id] = nil
  end
  args.users = whole
  local more = { vertex = vertex, destructive = true } -- who is not in the list falls out
  add(d, "whole", { c.before, c.after }, all_of(c, part), args, more)
  return true
end

local function group_steps(d, parts)
  for _, g in ipairs(keys(parts)) do
    local part = parts[g]
    if part.group_new then
      create_group(d, g, part)
    elseif not (part.group_name and rename_group(d, g, part)) then
      local adds = part.join[1] or part.attach[1]
      if d.split[carry.group_vertex(g)] or not adds then
        patch(d, "early", g, { join = part.join, quit = {}, attach = part.attach, detach = {} })
        patch(d, "late", g, { join = {}, quit = part.quit, attach = {}, detach = part.detach })
      else
        patch(d, "group", g, part)
      end
    end
  end
end

-- ---------------------------------------------------------------------------------------- people

-- The account that creates a workspace is an administrator of it from then on.
local function add_created(d, record, list)
  for _, c in ipairs(d.changes) do
    if c.kind == "workspace_new" and not d.present.caller then
      d.needs_caller = true
    elseif c.kind == "workspace_new" and record.ends[c.workspace] then
      list[c.workspace] = nil
    elseif c.kind == "workspace_new" and record.p.user_id == d.present.caller then
      list[c.workspace] = list[c.workspace] or { role = "admin" }
    end
  end
end

-- The complete list of direct memberships afterwards, with the fields that Toggl would reset if
-- they were not sent.
local function direct_list(d, record)
  local list = {}
  for w, here in pairs(record.p.workspaces) do
    local direct = not record.ends[w] and diff.is_direct(d, here, w)
    local begins = record.begins[w]
    if begins or direct then
      local after = begins or record.roles[w]
      list[w] = { role = after and after.after or here.role, inactive = here.inactive }
    end
  end
  for w, c in pairs(record.begins) do
    list[w] = list[w] or { role = c.after }
  end
  add_created(d, record, list)
  return list
end

-- The complete list of groups afterwards, with those that end by a request of their own: it may be
-- refused.
local function group_list(d, record)
  local list = {}
  for g in pairs(record.p.groups) do
    list[g] = d.gone[g]
  end
  for g in pairs(record.groups) do
    list[g] = true
  end
  return list
end

-- The workspaces of the plan in which RECORD's person, who creates them, does not stay.
local function ends_created(record)
  local list = {}
  for w in pairs(record.ends) do
    list[w] = w < 0 or nil
  end
  return list
end

-- Does the request of RECORD's person end rights of an administrator, which others may get before,
-- and does it give such rights?
local function rights_of(record)
  local role, state = record.put.role, record.put.state
  local takes = role and role.after ~= "admin" or state and state.after == "inactive"
  local gives = role and role.after == "admin" or state and state.after == "active"
  for w, here in pairs(record.wants and record.p.workspaces or {}) do
    local c = record.roles[w]
    local down = record.ends[w] or c and c.after ~= "admin"
    takes = takes or down and here.role == "admin"
    gives = gives or c and c.after == "admin"
  end
  for _, c in pairs(record.wants and record.begins or {}) do
    gives = gives or c.after == "admin"
  end
  return takes or next(ends_created(record)) ~= nil, gives
end

local function put_person(d, record, vertex)
  local put = record.put
  local args =
    { person = record.p, put = put, groups = record.lists and group_list(d, record) or nil }
  args.workspaces = record.wants and direct_list(d, record) or nil
  args.without = ends_created(record) -- it is sent after the requests that create these
  local down, early = rights_of(record)
  -- a complete list ends what it does not name
  local more = { rank = (down or early) and 1 or 0, vertex = vertex }
  more.destructive = record.lists or record.wants or nil
  add(d, early and not down and "first" or "person", { record.p.email }, record.own, args, more)
end

local function change_access(d, record, c)
  local member = record.p.workspaces[c.workspace].id
  local args = { workspace = c.workspace, member = member, role = c.after }
  local words = { record.p.email, diff.name(d, "workspaces", c.workspace) }
  if c.after == "admin" then return add(d, "raise", words, { c }, args, { rank = 2 }) end
  add(d, "access", words, { c }, args)
end

local function people_steps(d, ends)
  for i, record in ipairs(d.people) do
    if record.sends then put_person(d, record, i) end
    for _, c in ipairs(record.changes) do
      if c.by == "alone" then change_access(d, record, c) end
    end
  end
  for _, w in ipairs(keys(ends)) do
    local args = { workspace = w, ends = ends[w] }
    add(d, "leave", { diff.name(d, "workspaces", w) }, ends[w], args)
  end
end

-- ------------------------------------------------------------------------ invitations and removals

-- A text that is equal for those who can be invited together.
local function invitation_of(record)
  local parts = {}
  for g in pairs(record.groups) do
    parts[#parts + 1] = ("g%d"):format(g)
  end
  for w, role in pairs(record.roles) do
    parts[#parts + 1] = ("%d=%s"):format(w, role)
  end
  table.sort(parts)
  return table.concat(parts, " ")
end

local function invite_steps(d)
  local batches = {}
  for _, record in ipairs(d.invited) do
    if next(record.roles) ~= nil then
      local name = invitation_of(record)
      local batch = batches[name] or { roles = record.roles, groups = record.groups, emails = {} }
      batches[name] = batch
      table.insert(batch.emails, record.p.email)
    end
  end
  for _, name in ipairs(keys(batches)) do
    local batch = batches[name]
    for _, emails in ipairs(pieces(batch.emails, MOST)) do
      local changes = {}
      for i, email in ipairs(emails) do
        changes[i] = { kind = "invite", who = email }
      end
      local args = { workspaces = batch.roles, groups = batch.groups }
      add(d, "invite", { people(emails) }, changes, args)
    end
  end
end

local function remove_steps(d)
  for _, some in ipairs(pieces(d.removed, MOST_REMOVED)) do
    local ids, who = {}, {}
    for i, c in ipairs(some) do
      ids[i], who[i] = c.p.id, c.who
    end
    add(d, "remove", { people(who) }, some, { keys = ids })
  end
end

local function is_before(a, b)
  for i = 1, #a do
    if a[i] ~= b[i] then return a[i] < b[i] end
  end
  return false
end

-- Put each request behind those that d.arcs wants before it, at most by a turn of its own.
local function order(d)
  local before, visited = {}, {}
  for _, arc in ipairs(d.arcs) do
    before[arc[2]] = before[arc[2]] or {}
    table.insert(before[arc[2]], arc[1])
  end
  local function place(vertex)
    local own = d.places[vertex]
    for _, v in ipairs(own and not visited[vertex] and before[vertex] or {}) do
      local other = place(v)
      local behind = other and { other[1], other[2], other[3] + 1, own[4] }
      if other then table.insert(own.after, other.step) end
      if behind and is_before(own, behind) then table.move(behind, 1, 3, 1, own) end
    end
    visited[vertex] = true
    return own
  end
  for vertex in pairs(before) do
    place(vertex)
  end
end

local function wait_for(step, other)
  step.after = step.after or {}
  table.insert(step.after, other)
end

-- The list of a whole group has those who come by their own requests before it, and not those who
-- go by them; it depends on these. Those behind it, and invitations to the group, depend on it:
-- where its outcome is unknown, it may arrive after them.
local function complete_lists(d)
  for i, step in ipairs(d.steps) do
    local group = step.args.group
    for n = 1, step.args.users and #d.steps or 0 do
      local other = d.steps[n]
      if other.kind == "invite" and other.args.groups[group] then wait_for(other, step) end
      for _, c in ipairs(other.args.groups and other.args.person and other.changes or {}) do
        if c.group == group and n < i then
          step.args.users[c.user_id] = c.kind == "join" or nil
          wait_for(step, other)
        elseif c.group == group then
          wait_for(other, step)
        end
      end
    end
  end
end

--- The steps of D, what diff found and carry decided.
function M.make(d)
  d.steps, d.places = {}, {}
  local parts, ends = share_out(d)
  single_changes(d)
  group_steps(d, parts)
  people_steps(d, ends)
  invite_steps(d)
  remove_steps(d)
  order(d)
  local places, turn, last = d.places, 0, {}
  table.sort(d.steps, function(a, b) return is_before(places[a], places[b]) end)
  for i, step in ipairs(d.steps) do
    local at = places[step]
    if at[1] ~= last[1] or at[2] ~= last[2] or at[3] ~= last[3] then turn = turn + 1 end
    step.number, step.turn, last = i, turn, at
  end
  complete_lists(d)
  return d.steps
end

return M
