-- The judge of a seed. It draws the organization, the faults of the network and the desired states,
-- follows each request, and reports violations. It reads the server's database and the requests; of
-- the program it knows only what was shown to the user.

package.path = "./?.lua;" .. package.path

local chance = require "spec.sim.plans.chance"
local ends = require "spec.sim.plans.ends"
local rules = require "spec.sim.plans.rules"
local snapshot = require "spec.sim.plans.snapshot"
local story = require "spec.sim.plans.story"
local wishes = require "spec.sim.plans.wishes"

local world, mutant = world, mutant

local M = {
  COUNTS = {
    "plans",
    "applies",
    "of them without a fault, at their price",
    "refused",
    "resumed",
    "destructive requests",
    "changes of others",
    "ended as wanted",
  },
}

local seed -- state of the current seed: {admins =, history =, now = snapshot, runs =, ...}

local function count(name)
  for i, known in ipairs(M.COUNTS) do
    if known == name then M.counts[i] = M.counts[i] + 1 end
  end
end

-- --------------------------------------------------------------------------------- the library

local chunks = {}

local function read(path)
  local f = io.open(path, "rb")
  if not f then return nil end
  local text = f:read "a"
  f:close()
  return text
end

-- Return the source of PATH with the mutant's break.
local function broken(path, text)
  for _, m in ipairs(mutant and require "spec.sim.plans.mutants" or {}) do
    if m[1] == mutant and path == "./lua/toggl/plan/" .. m[2] then
      local from, to = text:find(m[3], 1, true)
      assert(
        from and not text:find(m[3], to + 1, true),
        mutant .. " does not stand once in " .. path
      )
      return text:sub(1, from - 1) .. m[4] .. text:sub(to + 1)
    end
  end
  return text
end

-- Return the compiled module NAME and its path, for processes.
function M.chunk(name)
  if chunks[name] == nil then
    chunks[name] = false
    local base = name:gsub("%.", "/")
    for _, form in ipairs { "./lua/%s.lua", "./lua/%s/init.lua", "./%s.lua" } do
      local path = form:format(base)
      local text = read(path)
      if text then
        local f = assert(load(broken(path, text), "@" .. path))
        chunks[name] = { string.dump(f), path }
        break
      end
    end
  end
  if chunks[name] then return table.unpack(chunks[name]) end
end

-- -------------------------------------------------------------------------------------- a new seed

local F = world.FAULTS
local NETWORK = {
  "UNREACHED",
  "LOST",
  "REPLY_LOST",
  "CUT",
  "SLOW",
  "BAD_GATEWAY",
  "GATEWAY_TIMEOUT",
  "TOO_FAST",
  "NO_QUOTA",
  "KILL",
  "CRASH",
  "FREEZE",
}

local function draw_faults()
  local mask = 0
  if seed.mode == "clean" or seed.mode == "others" then
    if seed.mode == "others" then mask = F.OTHERS end
    return world.faults(mask)
  end
  for _, name in ipairs(NETWORK) do
    if chance.once_in(2) then mask = mask | F[name] end
  end
  if seed.mode == "both" then mask = mask | F.OTHERS end
  mask = mask | F.TURN
  seed.freezes = mask & F.FREEZE ~= 0
  seed.lies = chance.once_in(3)
  world.faults(mask)
end

local function draw_knobs()
  seed.late = chance.pick { 0, 0, 4 }
  if seed.late > 0 then
    world.control("visible_after", tostring(seed.late))
    world.control("gone_after", tostring(seed.late))
  end
  local cap = chance.pick { 0, 0, 5, 2 }
  if cap > 0 then world.control("page_cap", tostring(cap)) end
  if seed.mode ~= "clean" and chance.once_in(3) then
    world.control("plan", "starter")
    world.control("quota", tostring(chance.between(15, 120)))
  end
end

-- A rule of an administrator; rules.lua in this folder checks it.
local RULES = [[deny("Support is kept", function(p)
  return p.before and p.before.groups.Support and not p.groups.Support
end)]]

local function draw_admin()
  local a = {
    phase = "plan",
    tries = 0,
    runs = {},
    takes_left = chance.once_in(2),
    applies_again = chance.once_in(4),
  }
  local least
  a.state, least = wishes.desired(seed.now, seed.pair, seed.caller)
  a.cache = chance.once_in(2)
  a.settle = seed.late > 0 and chance.pick { 5, 10 } or chance.pick { 0.1, 5, 10 }
  a.think = seed.mode == "clean" and chance.pick { 0, 3, 20 } or chance.pick { 0, 5, 30, 100 }
  a.rules = { least_admins = least or chance.pick { 1, 1, 2 } }
  if chance.once_in(4) then a.rules.own = { { path = "rules.lua", text = RULES } } end
  a.allows = chance.pick { "exact", "exact", "exact", "some", "none", "more" }
  a.keep = chance.once_in(5)
  a.wait = seed.mode == "clean" or chance.once_in(2)
  return a
end

function M.begin()
  seed = { history = {}, admins = {}, runs = {} }
  M.counts = {}
  for i in ipairs(M.COUNTS) do
    M.counts[i] = 0
  end
  seed.mode = chance.pick { "clean", "faults", "others", "both" }
  world.faults(0)
  seed.now = snapshot.take()
  for _ = 1, chance.between(0, 25) do
    wishes.change(seed.now, true)
    seed.now = snapshot.take()
  end
  if chance.once_in(6) then
    seed.pair = wishes.prepare(seed.now, snapshot.take)
    seed.now = snapshot.take()
  end
  draw_faults()
  draw_knobs()
  world.say(("mode %s, replies late by %d s"):format(seed.mode, seed.late))
  local ann = seed.now.by_email["ann@example.com"]
  seed.by_owner = not (ann and ann.role == "admin" and not ann.inactive) or chance.once_in(2)
  seed.caller = not seed.by_owner and ann.user_id or nil
  rules.begin(seed)
  ends.begin(seed)
end

local function admin(i)
  seed.admins[i] = seed.admins[i] or draw_admin()
  return seed.admins[i]
end

function M.other_admin()
  local before = seed.now
  local what, status = wishes.change(before)
  if not what then return end
  seed.now = snapshot.take()
  rules.changed_by_other(before, seed.now)
  count "changes of others"
  world.say(("another administrator: %s: %d"):format(what, status))
end

-- --------------------------------------------------------------------------------------- requests

function M.sent(f)
  f.at = world.now()
  seed.history[f.number] = f
  rules.sent(f)
end

function M.arrives(f) return rules.arrives(seed.history[f.number]) end

function M.carried(f)
  local r = seed.history[f.number]
  r.arrived, r.status, r.reply = world.now(), f.status, f.reply
  if r.method == "GET" or r.status >= 300 then return end
  local before = seed.now
  seed.now = snapshot.take()
  if rules.carried(r, before, seed.now) then count "destructive requests" end
end

function M.ended(f)
  local r = seed.history[f.number]
  r.ended, r.heard = world.now(), f.status
end

-- ------------------------------------------------------------------------------------- the program

-- Functions called by a process of an administrator. The first argument is the administrator.

function M.story(i, process)
  local a = admin(i)
  a.process = process
  local phase = story.begin(a, world.calm(), rules.is_alone())
  if not phase then return nil end
  world.say(("admin %d: %s"):format(i, phase))
  local given = {
    token = world.token(seed.by_owner and 1 or 2),
    wait = a.wait,
    keep = a.keep and phase == "plan",
  }
  for _, name in ipairs { "phase", "state", "cache", "settle", "think", "rules", "id", "left" } do
    given[name] = a[name]
  end
  a.run, a.result = nil, nil
  return given
end

local function allowed_of(a, n)
  local how = a.allows
  if how == "exact" or a.phase ~= "plan" and a.phase ~= "kept" then return n end
  if how == "some" then return true end
  if how == "more" then return n + 1 end
end

function M.shown(i, process, plan)
  local a = admin(i)
  count "plans"
  local allowed = allowed_of(a, plan.removals)
  a.run = rules.run(a, process, plan, allowed)
  a.run.admin = i
  local text = "admin %d is shown plan %s: %d steps, %d requests%s"
  local refused = plan.refused and ", refused by " .. plan.refused or ""
  world.say(text:format(i, plan.id, plan.steps, plan.price, refused))
  for _, row in ipairs(plan.rows) do
    local who, of = row.who or "", row.group or row.workspace or ""
    local to = row.after and "-> " .. tostring(row.after) or ""
    world.say(("    %d %s %s %s %s"):format(row.step, row.change, who, of, to))
  end
  a.id = plan.id
  return allowed
end

function M.nothing(i) admin(i).result = "nothing" end

function M.kept(i, _, id)
  local a = admin(i)
  a.id, a.result = id, "kept"
end

function M.applied(i, _, ok, err, receipt)
  local a = admin(i)
  count "applies"
  if a.phase == "resume" then count "resumed" end
  a.result = ok and "done" or err.kind
  if receipt then a.left = receipt.left end -- else no request was sent: the rest is unchanged
  world.say(("admin %d: %s"):format(i, ok and "applied" or err.message))
  if not ok and err.kind == "guard" and not receipt then count "refused" end
  ends.applied(a.run, ok, err, receipt)
  if ok and seed.mode == "clean" then count "of them without a fault, at their price" end
  if ok then a.phase = "done" end -- even if the process is killed before its end
end

function M.unreadable(_, _, message) world.violate("what is left cannot be read: " .. message) end

function M.warned() end

function M.final(i, _, plan)
  ends.final(admin(i), plan)
  if plan.steps == 0 then count "ended as wanted" end
end

-- Note that a process has ended by itself. Return whether another one follows.
function M.finished(i, _, ok, err)
  local a = admin(i)
  if not ok then
    world.say(("admin %d ends: %s"):format(i, err.message))
    if err.kind == "raised" then world.violate("the program raised " .. err.message) end
  end
  return story.next(a, ok, err)
end

function M.finish() end

return M
