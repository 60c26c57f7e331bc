-- Rules of one's own: a file of deny("why", function(person) ... end), called with each person that
-- a plan changes, as the person would be. What returns true, or fails, refuses the plan.

local core = require "toggl.core"
local coroutine = require "toggl.text.standard"("coroutine")
local diff = require "toggl.plan.diff"

local M = {}

local BUDGET = 50000000 -- instructions of a file and its rules; and of each person
local EACH = 100000

local function refuse(format, ...)
  local mt = { __name = "toggl.rules", __tostring = function(e) return e.message end }
  error(setmetatable({ kind = "setting", message = format:format(...) }, mt), 0)
end

--- Read the rules in the file PATH: { path =, text = }. Raises an error of kind "setting" unless
--- the file is the user's own, as jobs must be, and has rules.
function M.read(path)
  local text, why = core.read_own(path)
  if not text then refuse("%s", why or ("%s: there is no such file"):format(path)) end
  local own = { path = path, text = text }
  local ok, problem = M.run(own, function(rules)
    if #rules == 0 then
      error(path .. ' has no rule: write deny("why", function(person) end)', 0)
    end
  end)
  if not ok then refuse("%s; nothing was sent", problem) end
  return own
end

-- ------------------------------------------------------------------------------- running the rules

local function copies(...)
  local all = {}
  for _, name in ipairs { ... } do
    all[name] = {}
    for field, value in pairs(_G[name]) do
      all[name][field] = value
    end
  end
  return all
end

-- What a rule may use: no file, no clock, no other code.
local function environment(deny)
  local env = copies("string", "table", "math", "utf8")
  for _, name in ipairs {
    "error",
    "ipairs",
    "next",
    "pairs",
    "select",
    "tonumber",
    "tostring",
    "type",
  } do
    env[name] = _G[name]
  end
  env.deny = deny
  return env
end

-- DENY of a file: notes its rules in LIST.
local function noting(list)
  return function(why, rule)
    if type(why) ~= "string" or not why:find "%S" or type(rule) ~= "function" then
      error('deny takes a reason and a function: deny("why", function(person) ... end)', 2)
    end
    list[#list + 1] = { why = why, denies = rule }
  end
end

--- Run the file OWN and then USE(its rules), for N people at most. Returns true, or false and what
--- went wrong, with file and line.
function M.run(own, use, n)
  local rules = {}
  local chunk, why = load(own.text, "@" .. own.path, "t", environment(noting(rules)))
  if not chunk then return false, why end
  local runner = coroutine.create(function()
    chunk()
    use(rules)
  end)
  local hooked = debug and debug.sethook
  local budget = BUDGET + EACH * (n or 0)
  if hooked then hooked(runner, function() error("it runs for too long", 0) end, "", budget) end
  local ok, problem = coroutine.resume(runner)
  if ok and coroutine.status(runner) ~= "dead" then
    return false, own.path .. ": a rule must not yield"
  end
  return ok, not ok and tostring(problem) or nil
end

-- ------------------------------------------------------------------------ people, before and after

local function is_direct(here)
  if here.direct ~= nil then return here.direct end
  return next(here.groups) == nil
end

-- Names of groups that are true, and of workspaces with the role in each.
local function places(d, groups, direct, given)
  local of = { groups = {}, workspaces = {} }
  for g in pairs(groups) do
    of.groups[diff.name(d, "groups", g)] = true
    for w in pairs(given[g] or {}) do
      of.workspaces[diff.name(d, "workspaces", w)] = "user"
    end
  end
  for w, role in pairs(direct) do
    of.workspaces[diff.name(d, "workspaces", w)] = role
  end
  return of
end

local function before_of(d, p)
  local roles = {}
  for w, here in pairs(p.workspaces) do
    roles[w] = here.role
  end
  local of = places(d, p.groups, roles, {})
  of.role, of.state, of.name = p.role, p.state, p.name
  return of
end

-- Workspaces with roles that P has without what groups give alone, and with what RECORD changes.
local function after_roles(d, p, groups, record)
  local roles = {}
  for w, here in pairs(p.workspaces) do
    if is_direct(here) or diff.given(d, groups, w) then roles[w] = here.role end
  end
  for _, part in ipairs { record.begins or {}, record.roles or {} } do
    for w, c in pairs(part) do
      roles[w] = type(c) == "table" and (c.after or "user") or c
    end
  end
  for w in pairs(record.ends or {}) do
    roles[w] = nil
  end
  return roles
end

-- P with what the plan makes of it, as a rule gets it.
local function person_of(d, p, record, removed)
  local groups = {}
  for g in pairs(record.groups or p.groups) do
    groups[g] = not d.gone[g] or nil
  end
  local is_new = p.id == nil and p.state == nil
  local person = removed and { groups = {}, workspaces = {} }
    or places(d, groups, after_roles(d, p, groups, record), d.gives)
  local put = record.put or {}
  person.email, person.before = p.email, not is_new and before_of(d, p) or nil
  person.role = put.role and put.role.after or p.role or "user"
  person.state = removed and "absent" or put.state and put.state.after or p.state or "invited"
  person.name = put.name and put.name.after or p.name
  return person
end

-- The people that D, what diff found, changes, themselves or through their groups.
local function changed(d, present)
  local people, seen, groups = {}, {}, {}
  local function add(p, record, removed)
    if not seen[p] then
      seen[p], people[#people + 1] = true, person_of(d, p, record, removed)
    end
  end
  for _, c in ipairs(d.removed) do
    add(c.p, {}, true)
  end
  for _, list in ipairs { d.people, d.invited } do
    for _, record in ipairs(list) do
      add(record.p, record)
    end
  end
  for _, c in ipairs(d.changes) do
    if c.kind == "attach" or c.kind == "detach" or c.kind == "group_gone" then
      groups[c.group] = true
    end
  end
  for _, p in ipairs(next(groups) and present.people or {}) do
    for g in pairs(p.groups) do
      if groups[g] then add(p, {}) end
    end
  end
  table.sort(people, function(a, b) return (a.email or "") < (b.email or "") end)
  return people
end

-- ------------------------------------------------------------------------------------ the refusals

local function judge(own, people, refused)
  local ok, problem = M.run(own, function(rules)
    for _, person in ipairs(people) do
      for _, rule in ipairs(rules) do
        local text = rule.denies(person)
        if text then
          local more = type(text) == "string" and ": " .. text or ""
          refused[#refused + 1] = {
            rule = "rules",
            who = person.email,
            text = ("%s: %s%s"):format(person.email or "a person", rule.why, more),
            remedy = ("%s denies it"):format(own.path),
          }
        end
      end
    end
  end, #people)
  if not ok then
    refused[#refused + 1] =
      { rule = "rules", text = ("a rule failed: %s"):format(problem), remedy = own.path }
  end
end

--- Add to MADE, a plan of PRESENT, what the rules in LIST, from read, refuse.
function M.check(made, present, list)
  if not list or #made.steps == 0 then return end
  for _, own in ipairs(list) do
    judge(own, changed(made.found, present), made.refused) -- no file sees what another one edits
  end
end

return M
