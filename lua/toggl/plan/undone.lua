-- Requests with complete lists, which would undo what another administrator has changed since the
-- plan was made.

local reads = require "toggl.plan.reads"

local M = {}

-- The key of an object that RUN has created; else its key in the plan, below 0.
local function real(run, key) return key and (run.created[key] or key) or 0 end

-- Does LIST, which replaces what a person has, differ from HERE in something that the plan did not
-- show? Another administrator's change would be undone.
local function undoes(run, step, list, here, field)
  local shown = {}
  for _, c in ipairs(run.plan.changes) do
    local key = c.who == step.who[1] and c[field]
    if key then shown[real(run, key)] = true end
  end
  local sent = {}
  for key in pairs(list) do
    sent[real(run, key)] = true
  end
  for key in pairs(sent) do
    if key > 0 and not here[key] and not shown[key] then return true end
  end
  for key in pairs(here) do
    if not sent[key] and not shown[key] then return true end
  end
end

-- Does the complete list of workspaces send back another role, or state, than the person has in one
-- of HERE by now, where the plan did not show a change of it?
local function resets(run, step, list, here)
  local shown = {}
  for _, c in ipairs(run.plan.changes) do
    if c.who == step.who[1] and c.workspace then shown[real(run, c.workspace)] = true end
  end
  for key, sent in pairs(list) do
    local now = not shown[real(run, key)] and here[real(run, key)]
    if now and (now.role ~= sent.role or (now.inactive or false) ~= (sent.inactive or false)) then
      return true
    end
  end
end

-- Would the complete lists of a group take a person or a workspace from it that the plan did not
-- show?
local function of_group(run, step)
  local a, shown, detached = step.args, {}, {}
  for _, c in ipairs(run.plan.changes) do
    if c.group == a.group and c.user_id then shown[c.user_id] = true end
    if c.group == a.group and c.kind == "detach" then detached[c.workspace] = true end
  end
  for _, g in ipairs(run.present.groups) do
    for w in pairs(g.id == a.group and g.workspaces or {}) do
      if not a.workspaces[w] and not detached[w] then return step.changes[1].before end
    end
  end
  for _, p in ipairs(run.present.people) do
    local stays = p.user_id and (a.users[p.user_id] or shown[p.user_id])
    if p.groups[a.group] and not stays then return p.email or p.name or "a person" end
  end
end

--- Workspaces of which the direct members are to be read into the newest read of RUN: those that
--- the price counts, and what people have got since by others. The keys.
function M.looks(run)
  local steps, present, keys, sent, known = run.plan.steps, run.present, {}, {}, {}
  for i = run.at, #steps do
    local a = steps[i].args
    if a.person and a.workspaces then sent[a.person.id] = a end
  end
  local function look(w)
    if not known[w] then keys[#keys + 1] = w end
    known[w] = true
  end
  for _, w in ipairs(reads.direct(steps, run.at, present.groups)) do
    look(real(run, w))
  end
  for _, p in ipairs(next(sent) and present.people or {}) do
    for w, here in pairs(sent[p.id] and p.workspaces or {}) do
      local unknown = here.direct == nil and next(here.groups) ~= nil
      if unknown and not sent[p.id].workspaces[w] then look(w) end
    end
  end
  return keys
end

--- What the complete lists of STEP would undo in the newest read of RUN, that of apply: the address
--- of the person, or the name of the group; nil: nothing.
function M.by(run, step)
  local a, now = step.args, nil
  if a.users then return of_group(run, step) end
  if not a.person or not (a.groups or a.workspaces) then return nil end
  for _, p in ipairs(run.present.people) do
    if p.id == a.person.id then now = p end
  end
  local direct = {}
  for w, here in pairs(now and now.workspaces or {}) do
    direct[w] = here.direct or next(here.groups) == nil or nil
  end
  if
    not now
    or a.groups and undoes(run, step, a.groups, now.groups, "group")
    or a.workspaces and undoes(run, step, a.workspaces, direct, "workspace")
    or a.workspaces and resets(run, step, a.workspaces, now.workspaces)
  then
    return a.person.email
  end
end

return M
