-- Checks of plans and applies by the requests, the server's database and what the user was shown.

local snapshot = require "spec.sim.plans.snapshot"

local world = world
local M = {}

local YOUNG = 60 -- most seconds of age of a guard's read
local LEASE = 110 -- seconds for which a lease lasts at least
local MOST, SHARE = 10, 20 -- removals that --allow-removals allows: 10, or one person in 20

local seed

function M.begin(s)
  seed = s
  seed.others, seed.foreign, seed.runs, seed.invited, seed.group_names = {}, {}, {}, {}, {}
  M.note_names(s.now)
  for _, g in ipairs(s.now.group_list) do
    if g.name == "Support" then seed.support = g.id end
  end
end

local function violate(format, ...) world.violate(format:format(...)) end

-- Note the names of all groups: a group keeps all names it has had.
function M.note_names(s)
  for _, g in ipairs(s.group_list) do
    seed.group_names[g.id] = seed.group_names[g.id] or {}
    seed.group_names[g.id][g.name] = true
  end
end

-- Note a change by another administrator, or by a process on MACHINE, whose journal other machines
-- cannot read.
function M.changed_by_other(before, after, machine)
  local touched, groups = snapshot.touched(before, after), snapshot.groups_touched(before, after)
  for _, l in ipairs(snapshot.losses(before, after)) do
    if l.group then groups[l.group] = true end
  end
  M.note_names(after)
  local change = { at = world.now(), touched = touched, groups = groups, machine = machine }
  table.insert(seed.foreign, change)
  if not machine then table.insert(seed.others, change) end
end

-- ------------------------------------------------------------------------------------------- runs

-- Note the names that ROWS of a plan give to groups.
local function note_renames(rows)
  for _, row in ipairs(rows) do
    for _, names in pairs(row.change == "group_name" and seed.group_names or {}) do
      if names[row.before] then names[row.after] = true end
    end
  end
end

-- Check that ROWS, of a plan that goes on with one that was shown, are among SEEN, its rows.
local function check_follows(rows, seen)
  local known = {}
  local function text(row)
    local who, group, workspace = (row.who or ""):lower(), row.group, row.workspace
    return ("%s %s %s %s %s"):format(row.change, who, group, workspace, row.after)
  end
  for _, row in ipairs(seen) do
    known[text(row)] = true
  end
  for _, row in ipairs(rows) do
    if not known[text(row)] then violate("what goes on has %s, which was not shown", text(row)) end
  end
end

-- Note that PLAN was shown to administrator A in PROCESS. ALLOWED: removals that A allows.
function M.run(a, process, plan, allowed)
  local run = { a = a, process = process, plan = plan, allowed = allowed, writes = 0, removed = 0 }
  run.at, run.first, run.shown = world.now(), #seed.history + 1, {}
  -- an apply by id and a resume follow the first plan, which was shown
  local follows = a.phase == "kept" or a.phase == "resume"
  a.seen = follows and a.seen or plan.rows
  if follows then check_follows(plan.rows, a.seen) end
  note_renames(plan.rows)
  for _, row in ipairs(a.seen) do
    run.shown[("%s %s %s"):format(
      row.change,
      (row.who or ""):lower(),
      row.group or row.workspace or ""
    )] =
      row
  end
  local n = plan.removals
  local most = math.min(MOST, math.max(1, #seed.now.list // SHARE))
  run.forbidden = n > 0 and allowed ~= n and not (allowed == true and n <= most)
  run.start, run.out = seed.now, {}
  seed.runs[#seed.runs + 1] = run
  return run
end

local function run_of(process)
  for i = #seed.runs, 1, -1 do
    if seed.runs[i].process == process then return seed.runs[i] end
  end
end

-- Return the row of CHANGE of WHO for one of NAMES, if it was shown.
local function was_shown(run, change, who, names)
  if type(names) == "string" then names = { [names] = true } end
  for name in pairs(names or { [""] = true }) do
    local row = run.shown[("%s %s %s"):format(change, who or "", name)]
    if row then return row end
  end
end

-- Return the keys in TEXT as a set.
local function keys_in(text)
  local found = {}
  for key in text:gmatch "%d+" do
    found[tonumber(key)] = true
  end
  return found
end

-- Return what R changes: {group = the key in its path or nil, people = set of folded addresses}.
-- Records of different kinds have equal keys on purpose.
local function names_of(r, s)
  local found, body = { people = {}, group = tonumber(r.path:match "/groups/(%d+)") }, r.body or ""
  local keys, kind
  if r.path:find "/workspace_users" then
    kind, keys = "access", keys_in((r.path:match "/workspace_users/(%d+)" or "") .. body)
  elseif r.path:find "/groups" then
    kind, keys = "user_id", keys_in(body)
  elseif r.path:find "/users" then
    local one = r.path:match "/users/(%d+)"
    kind, keys = "id", keys_in(one or body)
  elseif r.path:find "/invitations" then
    for email in body:gmatch '[^"]+@[^"]+' do
      found.people[email:lower()] = true
    end
  end
  for _, p in ipairs(s.list) do
    for _, here in pairs(kind == "access" and p.access or {}) do
      if keys[here.id] then found.people[p.key] = true end
    end
    if kind and kind ~= "access" and keys[p[kind] or 0] then found.people[p.key] = true end
  end
  return found
end

-- ------------------------------------------------------------------------------- a write is sent

-- Return whether R removes P, deactivates P, or takes administration from P.
local function hits(r, p)
  local body = (r.body or ""):gsub("%b[]", "") -- without the list of workspaces
  if r.method == "PATCH" and r.path:find "^/organizations/%d+/users$" then return true end
  if r.method ~= "PUT" or not r.path:find "^/organizations/%d+/users/%d+$" then return false end
  local demotes = p.role ~= "user" and body:find('"organization_admin":false', 1, true)
  return demotes or body:find('"inactive":true', 1, true)
end

-- Check that R does not hit a protected person. The server rejects some of these requests, but a
-- guard must refuse them before they are sent.
local function check_protected(r)
  for _, p in ipairs(seed.now.list) do
    local is = p.role == "owner" and "the owner" or p.paying and "the payer"
    is = is or p.user_id and p.user_id == seed.caller and "the caller"
    if is and r.names.people[p.key] and hits(r, p) then
      violate("admin %d sends %s %s, which hits %s", r.admin, r.method, r.path, is)
    end
  end
end

function M.sent(r)
  if r.method == "GET" or not r.process then return end
  local run = run_of(r.process)
  if not run then
    return violate("admin %d sends %s %s, and was shown no plan", r.admin, r.method, r.path)
  end
  run.writes, run.applies = run.writes + 1, true
  run.began = run.began or r.number
  run.machine, run.wrote_at = r.machine, world.now()
  r.run, r.names = run, names_of(r, seed.now)
  if run.plan.refused then
    violate("admin %d sends %s %s of a plan that is refused", r.admin, r.method, r.path)
  end
  check_protected(r)
  if run.forbidden then
    violate(
      "admin %d sends %s %s of a plan of removals that were not allowed",
      r.admin,
      r.method,
      r.path
    )
  end
  for _, other in ipairs(seed.runs) do
    local both = other ~= run and other.machine == run.machine and other.began
    -- a lease ends two minutes after the last write of its holder
    local holds = both and world.now() - other.wrote_at < LEASE and world.alive(other.process)
    if holds and not other.ended then
      violate("admin %d sends %s %s in the apply of another", r.admin, r.method, r.path)
    end
  end
end

-- Return whether the server answers 200 without applying the request.
function M.arrives(r)
  local removes = r.method == "PATCH" and r.path:find "^/organizations/%d+/users$"
  if not (seed.lies and removes) then return false end
  seed.lied_once = r
  return true
end

-- --------------------------------------------------------------------------- a write is carried out

local function is_guard_read(r)
  local path, query = r.path:match "^([^?]*)%??(.*)$"
  local page = query:match "page=(%d+)" or "1"
  if r.method ~= "GET" then return false end
  return path:find "^/organizations/%d+/users$" and page == "1"
    or path:find "/groups$"
    or path:find "/workspace_users$"
end

-- Return whether another administrator may have changed WHO or GROUP after READ.
local function is_disturbed(read, who, group, machine)
  for _, other in ipairs(seed.foreign) do
    local unseen = other.machine ~= machine
      and other.at >= (read and read.arrived or 0) - seed.late - 1
    if unseen and (not who or other.touched[who]) and (not group or other.groups[group] or who) then
      return true
    end
  end
  return false
end

-- Return whether the group's request W moved WHO only because another administrator, after READ, had
-- moved them: the plan shows neither a join nor a quit.
local function is_undone(w, who, read)
  local names = w.names.group and seed.group_names[w.names.group]
  if not names or not is_disturbed(read, who, nil, w.machine) then return false end
  return not (was_shown(w.run, "join", who, names) or was_shown(w.run, "quit", who, names))
end

-- Return whether R changes the same group as the earlier request W, or people that W changed. READ:
-- the newest read of a guard.
local function is_same(w, r, read)
  if r.names.group then return w.names.group == r.names.group end
  for who in pairs(r.names.people) do
    local is = w.names.people[who] and (w.moved or w.changed)[who]
    if is and not is_undone(w, who, read) then return true end
  end
  return false
end

-- Return the oldest of the newest reads of each list on which the guard of R relies. KIND: that of
-- the loss. Lists are read one after the other, and a change between them is in the later one only.
local function relied_on(reads, r, kind)
  local newest, oldest = {}, reads[1]
  for _, read in ipairs(reads) do
    local list = read.path:match "/groups$" or read.path:match "/workspace_users" or "users"
    if r.at - read.at <= YOUNG + 1 then newest[list] = newest[list] or read end
  end
  local direct = kind == "directed" or kind == "undirected" -- which the list of users does not say
  if newest.users and not direct then newest["/workspace_users"] = nil end
  for _, read in pairs(newest) do
    if read.number < oldest.number then oldest = read end
  end
  return oldest
end

-- Return the guard's reads of the process before R, the newest first, and whether one that is young
-- enough began after the process's own writes to the same people had settled. A request of a group
-- destroys only memberships of that group.
local function guard_reads(r)
  local settled, reads = 0, {}
  for n = r.number - 1, 1, -1 do
    local read = seed.history[n]
    -- the plan may be made from the store, which another process has filled
    local stored = r.run.a.cache and n < r.run.first
    local own = read and (read.process == r.process or stored and read.machine == r.machine)
    if own and is_guard_read(read) and read.heard == 200 then reads[#reads + 1] = read end
  end
  local oldest = relied_on(reads, r, "directed")
  for n = 1, r.number - 1 do
    local w = seed.history[n]
    if w and w.process == r.process and w.changed and is_same(w, r, oldest) then
      settled = math.max(settled, (w.ended or w.arrived) + r.run.a.settle)
    end
  end
  for _, read in ipairs(reads) do
    if r.at - read.at <= YOUNG + 1 and read.at >= settled - 0.01 then return reads, true end
  end
  return reads, false
end

-- Return whether one administrator alone acts on the organization in this seed.
function M.is_alone() return #seed.others == 0 and #seed.admins == 1 end

local EXPECTED = {
  removed = { "remove", "cancel" },
  demoted = { "role" },
  deactivated = { "deactivate" },
  left = { "quit" },
  undirected = { "end" },
  directed = { "begin" },
  role = { "access", "begin", "end" },
  terms = { "end" },
  group_gone = { "group_gone" },
  detached = { "detach" },
  lost = { "end" },
}

-- Return whether a shown change of a group takes workspace W from the person P.
local function by_group(run, before, p, w)
  for g in pairs(p.groups) do
    local names = seed.group_names[g]
    if before.groups[g] and before.groups[g].gives[w] then
      if was_shown(run, "quit", p.key, names) or was_shown(run, "group_gone", nil, names) then
        return true
      end
      for name in pairs(names) do -- rows of detach have both names
        for _, row in ipairs(run.a.seen) do
          if row.change == "detach" and row.group == name then return true end
        end
      end
    end
  end
end

local function is_shown(run, l, before)
  local names = l.group and seed.group_names[l.group]
    or l.workspace and before.workspaces[l.workspace]
  for _, change in ipairs(EXPECTED[l.kind]) do
    local of = (
      change == "remove"
      or change == "cancel"
      or change == "role"
      or change == "deactivate"
    )
    if was_shown(run, change, l.who, not of and names or nil) then return true end
  end
  if l.workspace and l.p then return by_group(run, before, l.p, l.workspace) end
  return false
end

local function words(l, before)
  local of = l.group and before.groups[l.group] and before.groups[l.group].name
  of = of or l.workspace and before.workspaces[l.workspace] or ""
  return ("%s %s %s"):format(l.kind, l.who or "", of)
end

-- Return whether the loss L takes rights away that RUN can know of: a raised role does not, and a
-- plan that shows a lower one knows nothing of another administrator who raised it since.
local function takes(run, l, before)
  if l.kind ~= "role" then return l.kind ~= "directed" end
  local row = was_shown(run, "access", l.who, before.workspaces[l.workspace])
  local is_raised = row and row.before ~= "admin" and not M.is_alone()
  return l.from == "admin" and not is_raised
end

local function check_loss(r, l, before)
  local run = r.run
  local reads, good = guard_reads(r)
  local disturbed = is_disturbed(relied_on(reads, r, l.kind), l.who, l.group, r.machine)
  local what = words(l, before)
  if not is_shown(run, l, before) and not disturbed then
    violate("%s %s: %s, which the plan did not show", r.method, r.path, what)
  end
  if not takes(run, l, before) then return false end
  if not good and not seed.freezes then
    violate("%s %s: %s, without a young read before it", r.method, r.path, what)
  end
  local p, support = l.p, seed.support
  -- a rule names a group by its planned name
  local renamed = support and was_shown(run, "group_name", nil, seed.group_names[support])
  local there = run.start.groups[support]
  support = not renamed and there and there.name == "Support" and support or nil
  local leaves = l.kind == "left" and l.group == support
    or l.kind == "removed" and p.groups[support]
  if run.a.rules.own and support and leaves and not disturbed then
    violate("%s %s: %s, which a rule of the administrator denies", r.method, r.path, what)
  end
  local is_hit = l.kind == "removed" or l.kind == "demoted" or l.kind == "deactivated"
  if is_hit and (p.role == "owner" or p.paying) then
    violate("%s %s: %s, who is protected", r.method, r.path, what)
  end
  if is_hit and p.user_id and p.user_id == seed.caller then
    violate("%s %s: %s, who is the caller", r.method, r.path, what)
  end
  return true
end

local function check_admins(r, before, after)
  local least = r.run.a.rules.least_admins
  if not M.is_alone() or seed.freezes then return end
  local was, is = snapshot.admins(before), snapshot.admins(after)
  if is < was and is < least then
    violate("%s %s: the organization has %d administrators left", r.method, r.path, is)
  end
  for _, w in ipairs(after.workspace_list) do
    was, is = snapshot.workspace_admins(before, w.id), snapshot.workspace_admins(after, w.id)
    if is < was and is < least then
      violate("%s %s: %q has %d administrators left", r.method, r.path, w.name, is)
    end
  end
end

local function check_removals(r, losses)
  local run = r.run
  for _, l in ipairs(losses) do
    if l.kind == "removed" then run.removed = run.removed + 1 end
  end
  if run.removed > run.plan.removals then
    violate(
      "%s %s: %d people removed, and %d shown",
      r.method,
      r.path,
      run.removed,
      run.plan.removals
    )
  end
end

local function check_twice(r, before)
  if r.method ~= "POST" or not r.path:find "/invitations$" then return end
  for email in r.body:match('"emails":(%b[])'):gmatch '"([^"]+)"' do
    email = email:lower()
    local other = seed.invited[email] -- another machine has another journal
    if other and other.machine == r.machine and before.by_email[email] then
      violate("%s %s: %s is invited twice", r.method, r.path, email)
    end
    seed.invited[email] = r
  end
end

-- Return whether a membership would lose rights, a rate, a cost or hours if it ended and began
-- again.
local function is_fragile(here)
  return here.role ~= "user" or here.inactive or here.rate or here.cost or here.minutes
end

-- Check the order: no fragile membership ends in one request of an apply and begins again in a
-- later one, except of a person that the apply removes.
local function check_gap(r, losses, after)
  local run = r.run
  for id, list in pairs(run.out) do
    local p = after.people[id]
    for w in pairs(list) do
      local is_kept = p and p.access[w] and not was_shown(run, "remove", p.key)
      if is_kept and M.is_alone() then
        violate("%s %s: %s was out of %q meanwhile", r.method, r.path, p.email, after.workspaces[w])
      end
    end
  end
  for _, l in ipairs(losses) do
    if l.kind == "lost" and is_fragile(l.p.access[l.workspace]) then
      run.out[l.p.id] = run.out[l.p.id] or {}
      run.out[l.p.id][l.workspace] = true
    end
  end
end

-- Check R, which the server has applied. Return whether it took rights away.
function M.carried(r, before, after)
  M.note_names(after)
  r.changed, r.moved = snapshot.touched(before, after), nil
  local group = r.run and r.names.group
  if group then r.moved = snapshot.moved(before, after, group) end
  M.changed_by_other(before, after, r.machine or -1)
  if not r.run then return false end
  local losses, some = snapshot.losses(before, after), false
  for _, l in ipairs(losses) do
    some = check_loss(r, l, before) or some
  end
  if some then
    check_admins(r, before, after)
    check_removals(r, losses)
  end
  check_gap(r, losses, after)
  check_twice(r, before)
  return some
end

M.violate, M.was_shown, M.is_guard_read, M.YOUNG = violate, was_shown, is_guard_read, YOUNG

return M
