-- A plan for an organization: what is needed is read, and planned.

local os = require "toggl.text.standard"("os")

local M = {}

-- Problems that only the present state shows, with their lines.
local function refuse(state, problems)
  local load, places = require "toggl.plan.load", require "toggl.plan.places"
  local found = {}
  for i, problem in ipairs(problems) do
    found[i] = {
      file = state.file,
      line = state.lines and places.line(state.lines, problem.path), -- not of a plan that was kept
      text = problem.text,
      rank = i,
    }
  end
  table.sort(found, function(a, b)
    if a.line ~= b.line then return (a.line or 0) < (b.line or 0) end
    return a.rank < b.rank
  end)
  return load.refuse(found, "nothing was sent")
end

local function window_of(org)
  for _, window in ipairs(org:client():windows()) do
    if window.organization_id == org.id then return window end
  end
end

-- The rules of a plan: those of OPTIONS, and those of the client's profile that they lack.
local function rules_of(org, options)
  local rules = {}
  for name, value in pairs(options.rules or {}) do
    rules[name] = value
  end
  local path = require("toggl.config").rules_of(org:client())
  if type(rules.own) == "string" then rules.own = { require("toggl.plan.own").read(rules.own) } end
  local present = path and require("toggl.plan.own").read(path)
  for _, own in ipairs(present and rules.own or {}) do
    if own.path == path and own.text == present.text then return rules end
  end
  if present then -- beside a text that was kept with the plan: rules made since hold as well
    rules.own = table.move(rules.own or {}, 1, #(rules.own or {}), 1, {})
    table.insert(rules.own, present)
  end
  return rules
end

local function normal(state)
  local load = require "toggl.plan.load"
  if load.is_judged(state) then return state end
  return load.table(state)
end

--- Plan STATE for ORG, as toggl.plan.of: a table without methods; nil and an error with every
--- problem. Raises what the world says.
function M.of(org, state, options)
  local present, planner = require "toggl.plan.present", require "toggl.plan.planner"
  local wanted, err = normal(state)
  if not wanted then return nil, err end
  local now = options.now or os.time()
  local reading = { refresh = options.refresh or nil, max_age = options.max_age }
  reading = next(reading) and reading or nil
  local rules = rules_of(org, options)
  local function make(found) return planner.make(wanted, found, rules, now) end
  local found = present.read(org, wanted, reading, rules.own and "all" or nil)
  local made = make(found)
  if found.few then
    local few = require "toggl.plan.few"
    made = few.complete(org, found, made, make, reading)
    if not made then
      local spent = found.spent
      found = present.read(org, wanted, reading, true)
      found.spent, made = found.spent + spent, make(found)
    end
  end
  if #made.problems > 0 then return refuse(wanted, made.problems) end
  while #made.needs > 0 do -- what is known then may lead to requests that need more
    present.read_members(org, found, made.needs)
    made = make(found)
  end
  if made.takes_access or made.needs_caller then
    present.read_protected(org, found, made.takes_access)
    made = make(found)
  end
  if #made.problems > 0 then return refuse(wanted, made.problems) end
  local texts = require("toggl.plan.texts").problems(made.changes, wanted, found)
  if #texts > 0 then return refuse(wanted, texts) end
  if rules.own then require("toggl.plan.own").check(made, found, rules.own) end
  made.present, made.state, made.file = found, wanted, wanted.file
  made.now, made.rules, made.window = now, rules, window_of(org)
  made.org = org
  return made
end

return M
