-- toggl.plan: what has to be done so that an organization looks as a file says, with its price, and
-- nothing done. toggl.plan.load reads a desired state, toggl.plan.of plans it for an organization,
-- toggl.plan.export writes the present state as a desired one.

local core = require "toggl.core"

local M = {}

local Plan = { __name = "toggl.plan" }

local methods = {}

local function check(...) return require("toggl.words.check").options(...) end

-- What is computed when it is first asked for.
local lazy = {}

function lazy.id(plan) return require("toggl.plan.id").of(plan) end

function Plan.__index(plan, name)
  if methods[name] then return methods[name] end
  local make = lazy[name]
  local value = make and make(plan) or nil
  rawset(plan, name, value)
  return value
end

function Plan.__tostring(plan)
  local count = require("toggl.plan.page").count
  local steps, price = count(#plan.steps, "step"), count(plan.cost.total, "request")
  return ("plan %s: %s, %s"):format(plan.id, steps, price)
end

--- The plan as a page for people, at most WIDTH columns wide.
function methods.show(plan, options)
  check("plan:show", "toggl.plan_page", options)
  return require("toggl.plan.page").text(plan, options or {})
end

--- Each step as a row of plain values.
function methods.rows(plan) return require("toggl.plan.page").rows(plan) end

-- Errors of calls come as nil and an error, unless the client raises.
local function guarded(org, f, ...)
  local ok, value, err = pcall(f, ...)
  if ok and value ~= nil then return value end
  local failure = ok and err or value
  if type(failure) == "table" and failure.kind and not getmetatable(failure) then
    failure = core.error(failure) -- so that it prints as a sentence
  end
  if type(failure) ~= "table" or not failure.kind or org:client():raises() then
    error(failure, 0)
  end
  return nil, failure
end

--- Raise an error of kind "guard" unless the plan may be applied with OPTIONS.
function methods.check(plan, options)
  check("plan:check", "toggl.plan_limits", options)
  options = options or {}
  require("toggl.plan.limits").check(plan, {
    allow_removals = options.allow_removals or plan.allowed,
    reserve = options.reserve,
    by = options.by,
  })
end

--- Keep the plan in the journal, for toggl.plan.kept. Returns false where the client keeps none.
function methods.keep(plan) return require("toggl.plan.kept").keep(plan) end

--- Apply the plan. OPTIONS: { allow_removals = true|count, reserve = requests to leave, by =
--- seconds since 1970, wait =, progress = }. Returns a receipt; nil and an error that has it in
--- `receipt`, or none where nothing was sent.
function methods.apply(plan, options)
  check("plan:apply", "toggl.plan_limits", options)
  return guarded(plan.org, require("toggl.plan.apply").run, plan, options or {})
end

for name, method in pairs(methods) do
  methods[name] = function(plan, ...)
    if getmetatable(plan) == Plan then return method(plan, ...) end
    core.misuse(("plan.%s lacks its plan: write plan:%s(...)"):format(name, name))
  end
end

--- A desired state from a file that ends in .lua, .json or .csv; nil and an error with every
--- problem, its file and line.
function M.load(path) return require("toggl.plan.load").file(path) end

--- The same from TEXT in FORMAT; NAME stands in messages.
function M.parse(text, format, name)
  return require("toggl.plan.load").parse(text, format, name or "desired." .. format)
end

--- Plan STATE for ORG. A state is what toggl.plan.load returned, or a table such as a file returns.
-- OPTIONS: { now = seconds since 1970, rules = { least_admins = 1 }, refresh = true }.
function M.of(org, state, options)
  if type(state) ~= "table" then
    core.misuse(
      ("toggl.plan: a desired state is a table, got %s; nothing was sent"):format(type(state))
    )
  end
  check("org:plan", "toggl.plan_options", options)
  return guarded(org, function()
    local made, err = require("toggl.plan.make").of(org, state, options or {})
    return made and setmetatable(made, Plan), err
  end)
end

local function a_plan(what, value)
  if getmetatable(value) == Plan then return value end
  local got = type(value)
  core.misuse(
    ("toggl.plan.%s: a plan of toggl.plan.of, got %s; nothing was sent"):format(what, got)
  )
end

--- How many people the plan MADE removes whose last day is not over.
function M.removals(made)
  local n = require("toggl.plan.limits").removals(a_plan("removals", made))
  return n
end

--- The plan that was kept under ID, for the present state of ORG: toggl.plan.of with its desired
--- state. nil and an error of kind "guard" with the `difference` where it is not the same any more.
function M.kept(org, id, options)
  return guarded(org, function()
    local made = require("toggl.plan.kept").same(org, id, options or {})
    return setmetatable(made, Plan)
  end)
end

--- The id of the plan that was applied to ORG last, by the journal of this account; nil: none.
function M.last(org)
  local ok, id = pcall(require("toggl.plan.kept").last, org)
  if ok then return id end
  return core.fail(org:client():raises(), id)
end

--- What remains of plan ID of ORG whose apply ended early; nil: of the last one that was applied.
--- Returns a plan with an id of its own, to show and apply.
function M.resume(org, id)
  return guarded(org, function()
    local kept = require "toggl.plan.kept"
    id = id or kept.last(org)
    if not id then
      error({ kind = "not_found", message = "the journal has no plan that was applied" }, 0)
    end
    return setmetatable(kept.rest(org, id), Plan)
  end)
end

--- What a job of togglsh does with the plan MADE: shows it, asks, applies it, and prints the
--- receipt. OPTIONS: { allow_removals = }.
function M.run(made, options) require("toggl.plan.job").run(a_plan("run", made), options or {}) end

--- The present state of ORG as the text of a desired one: "lua" (the default), "json" or "csv".
function M.export(org, format)
  return guarded(org, function()
    local present = require "toggl.plan.present"
    local found = present.read(org, nil)
    local keys = {}
    for i, w in ipairs(found.workspaces) do
      keys[i] = w.id
    end
    present.read_members(org, found, keys)
    local nameless = 0
    for _, p in ipairs(found.people) do
      nameless = nameless + (p.email and 0 or 1)
    end
    if nameless > 0 then
      local text = "%d of %d people came without an address, and are not in the export"
      core.warn(org:client(), text:format(nameless, #found.people))
    end
    return require("toggl.plan.export").text(found, format or "lua")
  end)
end

return M
