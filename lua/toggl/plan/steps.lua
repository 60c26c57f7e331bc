-- The requests of a plan, in the order in which they go out. Pure.
--
-- A step is { operation =, kind =, what =, who = {addresses}, changes = {...}, effect =, requests =,
-- undo = "full" | "mail" | "none", destructive =, args = keys for the request }.

local carry = require "toggl.plan.carry"
local core = require "toggl.core"
local diff = require "toggl.plan.diff"

local M = {}

local MOST = 100 -- addresses of an invitation, keys of a patch, patches of a request
local MOST_REMOVED = 1000

-- Phases: what others depend on first, additions before removals.
local PHASE = {
  workspace_new = 1,
  workspace_name = 2,
  group_new = 3,
  group_name = 4,
  early = 5,
  group = 6,
  person = 7,
  role = 8,
  invite = 9,
  leave = 10,
  late = 11,
  remove = 12,
  group_gone = 13,
}

local function add(d, phase, rank, step)
  step.phase, step.rank, step.serial = PHASE[phase], rank, #d.steps + 1
  step.effect = core.operations[step.operation].effect
  step.requests = step.requests or 1
  step.undo = step.undo or "full"
  d.steps[#d.steps + 1] = step
  for _, change in ipairs(step.changes) do
    change.step = step
  end
  return step
end

local function change(kind, fields)
  fields.kind = kind
  return fields
end

local UNDO = { workspace_new = "none", group_gone = "none" }

local ONE = {
  workspace_new = { "post_organization_workspaces", "create workspace %q" },
  workspace_name = { "put_workspaces", "rename workspace %q" },
  group_gone = { "delete_organization_group", "delete group %q" },
}

local function single_changes(d)
  for _, c in ipairs(d.changes) do
    local row = ONE[c.kind]
    if row then
      add(d, c.kind, 0, {
        operation = row[1],
        kind = c.kind,
        what = row[2]:format(c.name),
        who = {},
        changes = { c },
        undo = UNDO[c.kind],
        destructive = c.kind == "group_gone",
        args = { group = c.group, workspace = c.workspace, name = c.name },
      })
    end
  end
end

-- ---------------------------------------------------------------------------------------- groups

-- What each group's request is to carry: {[group] = {joins =, leaves =, attach =, detach =}}.
local function parts_of(d)
  local parts = {}
  local function part(g)
    parts[g] = parts[g] or { joins = {}, leaves = {}, attach = {}, detach = {} }
    return parts[g]
  end
  for _, c in ipairs(d.changes) do
    if c.kind == "attach" or c.kind == "detach" then table.insert(part(c.group)[c.kind], c) end
    if c.kind == "group_new" or c.kind == "group_name" then part(c.group)[c.kind] = c end
  end
  for _, record in ipairs(d.people) do
    for _, field in ipairs { "joins", "leaves" } do
      for g, c in pairs(record[field]) do
        if g < 0 and record.p.user_id or not (record.sends and record.lists) then
          c.user_id = record.p.user_id
          table.insert(part(g)[field], change(field == "joins" and "join" or "quit", c))
        end
      end
    end
  end
  return parts
end

local function names_of(...)
  local who = {}
  for _, list in ipairs { ... } do
    for _, c in ipairs(list) do
      who[#who + 1] = c.who
    end
  end
  return who
end

local function all_of(...)
  local all = {}
  for _, list in ipairs { ... } do
    table.move(list, 1, #list, #all + 1, all)
  end
  return all
end

local function lots(list) return (#list + MOST - 1) // MOST end

local function patch(d, phase, g, joins, leaves, attach, detach)
  local patches = lots(joins) + lots(leaves) + lots(attach) + lots(detach)
  if patches == 0 then return end
  add(d, phase, d.order[carry.group_vertex(g)] or 0, {
    operation = "patch_organization_group",
    kind = "group",
    what = ("change group %q"):format(diff.name(d, "groups", g)),
    who = names_of(joins, leaves),
    changes = all_of(joins, leaves, attach, detach),
    requests = (patches + MOST - 1) // MOST,
    destructive = #leaves + #detach > 0,
    args = { group = g, joins = joins, leaves = leaves, attach = attach, detach = detach },
  })
end

local function create_group(d, g, part)
  local given = {}
  for i, w in ipairs(diff.keys(d.gives[g])) do
    given[i] = change("attach", { group = g, workspace = w })
  end
  add(d, "group_new", 0, {
    operation = "post_organization_group",
    kind = "group_new",
    what = ("create group %q"):format(part.group_new.name),
    who = names_of(part.joins),
    changes = all_of({ part.group_new }, part.joins, given),
    args = { group = g, joins = part.joins, workspaces = d.gives[g] },
  })
end

-- A rename with complete lists where all can be named; else by a workspace of the group, and what
-- else there is by a patch.
local function rename_group(d, g, part)
  local vertex, c = carry.group_vertex(g), part.group_name
  local workspace = diff.keys(d.r.known.groups.by_id[g].workspaces)[1]
  if d.split[vertex] and workspace then d.whole[g] = nil end
  local whole = d.whole[g]
  if whole then
    for _, join in ipairs(part.joins) do
      whole[join.user_id] = true
    end
    for _, leave in ipairs(part.leaves) do
      whole[leave.user_id] = nil
    end
  elseif not workspace then
    d.refused[#d.refused + 1] = {
      rule = "invited-in-group",
      text = ("group %q cannot be renamed: people in it have not joined, and would fall out"):format(
        c.before
      ),
      remedy = "wait until they have joined, or attach it to a workspace first",
    }
  end
  local all = whole and all_of({ c }, part.joins, part.leaves, part.attach, part.detach) or { c }
  add(d, whole and "group" or "group_name", whole and d.order[vertex] or 0, {
    operation = whole and "put_organization_group" or "put_workspace_group",
    kind = "group_name",
    what = ("rename group %q to %q"):format(c.before, c.after),
    who = names_of(part.joins, part.leaves),
    changes = all,
    destructive = whole and #part.leaves + #part.detach > 0 or nil,
    args = {
      group = g,
      name = c.after,
      workspace = workspace,
      users = whole or nil,
      workspaces = d.gives[g],
    },
  })
  return whole ~= nil
end

local function group_steps(d)
  local parts = parts_of(d)
  for _, g in ipairs(diff.keys(parts)) do
    local part = parts[g]
    if part.group_new then
      create_group(d, g, part)
    elseif not (part.group_name and rename_group(d, g, part)) then
      local adds = #part.joins + #part.attach > 0
      if d.split[carry.group_vertex(g)] or not adds then
        patch(d, "early", g, part.joins, {}, part.attach, {})
        patch(d, "late", g, {}, part.leaves, {}, part.detach)
      else
        patch(d, "group", g, part.joins, part.leaves, part.attach, part.detach)
      end
    end
  end
end

-- ---------------------------------------------------------------------------------------- people

-- Who creates a workspace is an administrator of it from then on.
local function add_created(d, p, list)
  for _, c in ipairs(d.changes) do
    if c.kind == "workspace_new" and not d.present.caller then
      d.needs_caller = true
    elseif c.kind == "workspace_new" and p.user_id == d.present.caller then
      list[c.workspace] = list[c.workspace] or { role = "admin" }
    end
  end
end

-- The complete list of direct memberships after the change, with the fields that Toggl would reset
-- if they were not sent.
local function direct_list(d, record)
  local list = {}
  for w, here in pairs(record.p.workspaces) do
    local direct = here.direct
    if direct == nil then
      direct = next(here.groups) == nil
      if not direct and not record.ends[w] then d.needs[w] = true end
    end
    if direct and not record.ends[w] then
      list[w] = { role = here.role, inactive = here.inactive }
    end
  end
  for w, begins in pairs(record.begins) do
    local here = record.p.workspaces[w]
    list[w] = { role = begins.after, inactive = here and here.inactive or nil }
  end
  for w, role in pairs(record.roles) do
    if list[w] then list[w].role = role.after end
  end
  add_created(d, record.p, list)
  return list
end

local function is_down(record)
  local role, state = record.put.role, record.put.state
  return role and role.after ~= "admin" or state and state.after == "inactive" or false
end

-- The changes of RECORD that its PUT carries.
local function put_changes(record, lists_workspaces)
  local all = {}
  local function take(kind, c)
    c.user_id = record.p.user_id
    all[#all + 1] = change(kind, c)
  end
  for _, name in ipairs { "role", "state", "name" } do
    if record.put[name] then
      local c = record.put[name]
      take(name == "state" and (c.after == "active" and "activate" or "deactivate") or name, c)
    end
  end
  if record.lists then
    for _, g in ipairs(diff.keys(record.joins)) do
      if not record.joins[g].kind then take("join", record.joins[g]) end
    end
    for _, g in ipairs(diff.keys(record.leaves)) do
      take("quit", record.leaves[g])
    end
  end
  if lists_workspaces then
    for _, w in ipairs(diff.keys(record.begins)) do
      take("begin", record.begins[w])
    end
    for _, w in ipairs(diff.keys(record.ends)) do
      take("end", record.ends[w])
    end
    for _, w in ipairs(diff.keys(record.roles)) do
      if record.roles[w].direct then take("access", record.roles[w]) end
    end
  end
  return all
end

local function wants_workspaces(d, record)
  if next(record.begins) ~= nil then return true end
  for _, role in pairs(record.roles) do
    if role.direct and not record.single then return true end
  end
  for w in pairs(record.ends) do
    if not d.sent[carry.workspace_vertex(w)] then return true end
  end
  return false
end

local function put_person(d, record)
  local wants = wants_workspaces(d, record)
  record.direct = wants and direct_list(d, record) or nil
  local down = is_down(record)
  add(d, "person", down and 1 or 0, {
    operation = "put_organization_users",
    kind = "person",
    what = ("change %s"):format(record.p.email),
    who = { record.p.email },
    changes = put_changes(record, wants),
    destructive = down or record.lists or wants, -- a complete list ends what it does not name
    args = {
      person = record.p,
      put = record.put,
      groups = record.lists and record.groups or nil,
      workspaces = record.direct,
    },
  })
  return wants
end

local function role_steps(d, record)
  for _, w in ipairs(diff.keys(record.roles)) do
    local c = record.roles[w]
    if record.single or not c.direct then
      add(d, "role", c.after == "admin" and 0 or 1, {
        operation = "put_workspace_workspace_users",
        kind = "access",
        what = ("change the role of %s in %q"):format(
          record.p.email,
          diff.name(d, "workspaces", w)
        ),
        who = { record.p.email },
        changes = { change("access", c) },
        args = { workspace = w, member = record.p.workspaces[w].id, role = c.after },
      })
    end
  end
end

local function people_steps(d)
  local ends = {}
  for _, record in ipairs(d.people) do
    local wants = record.sends and put_person(d, record)
    role_steps(d, record)
    for w, c in pairs(wants and {} or record.ends) do
      ends[w] = ends[w] or {}
      c.member = record.p.workspaces[w].id
      table.insert(ends[w], change("end", c))
    end
  end
  for _, w in ipairs(diff.keys(ends)) do
    add(d, "leave", 0, {
      operation = "patch_organization_workspace_users",
      kind = "leave",
      what = ("end memberships of %q"):format(diff.name(d, "workspaces", w)),
      who = names_of(ends[w]),
      changes = ends[w],
      destructive = true,
      args = { workspace = w, ends = ends[w] },
    })
  end
end

-- ------------------------------------------------------------------------ invitations and removals

-- What an invitation has to name: without what its groups give, but at least one workspace.
local function effective(d, record)
  local roles, given, least = {}, {}, nil
  for g in pairs(record.groups) do
    for w in pairs(d.gives[g] or {}) do
      given[w] = true
      least = math.min(least or w, w)
    end
  end
  for w, role in pairs(record.roles) do
    if role ~= "user" or not given[w] then roles[w] = role end
  end
  if next(roles) == nil then roles[least] = "user" end
  local parts = {}
  for _, w in ipairs(diff.keys(roles)) do
    parts[#parts + 1] = ("%d=%s"):format(w, roles[w])
  end
  for _, g in ipairs(diff.keys(record.groups)) do
    parts[#parts + 1] = ("g%d"):format(g)
  end
  return roles, table.concat(parts, " ")
end

local function invite_steps(d)
  local batches, order = {}, {}
  for _, record in ipairs(d.invited) do
    if next(record.roles) ~= nil then
      local roles, name = effective(d, record)
      if not batches[name] then
        batches[name] = { roles = roles, groups = record.groups, emails = {} }
        order[#order + 1] = name
      end
      table.insert(batches[name].emails, record.p.email)
    end
  end
  table.sort(order)
  for _, name in ipairs(order) do
    local batch = batches[name]
    for from = 1, #batch.emails, MOST do
      local who = table.move(batch.emails, from, math.min(from + MOST - 1, #batch.emails), 1, {})
      local changes = {}
      for i, email in ipairs(who) do
        changes[i] = change("invite", { who = email })
      end
      add(d, "invite", 0, {
        operation = "post_organization_invitation",
        kind = "invite",
        what = #who == 1 and "invite " .. who[1] or ("invite %d people"):format(#who),
        who = who,
        changes = changes,
        undo = "mail",
        args = { workspaces = batch.roles, groups = batch.groups },
      })
    end
  end
end

local function remove_steps(d)
  for from = 1, #d.removed, MOST_REMOVED do
    local some = table.move(d.removed, from, math.min(from + MOST_REMOVED - 1, #d.removed), 1, {})
    local keys, undo = {}, "mail"
    for i, c in ipairs(some) do
      keys[i] = c.p.id
      if c.kind == "remove" then undo = "none" end
    end
    add(d, "remove", 0, {
      operation = "patch_organization_users",
      kind = "remove",
      what = #some == 1 and "remove " .. some[1].who or ("remove %d people"):format(#some),
      who = names_of(some),
      changes = some,
      undo = undo,
      destructive = true,
      args = { keys = keys },
    })
  end
end

--- The steps of D, what diff found and carry decided.
function M.make(d)
  d.steps = {}
  single_changes(d)
  group_steps(d)
  people_steps(d)
  invite_steps(d)
  remove_steps(d)
  table.sort(d.steps, function(a, b)
    if a.phase ~= b.phase then return a.phase < b.phase end
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.serial < b.serial
  end)
  local before, turn = nil, 0
  for i, step in ipairs(d.steps) do
    local same = before and before.phase == step.phase and before.rank == step.rank
    turn = same and turn or turn + 1
    step.number, step.turn, before = i, turn, { phase = step.phase, rank = step.rank }
    step.phase, step.rank, step.serial = nil, nil, nil
  end
  return d.steps
end

return M
