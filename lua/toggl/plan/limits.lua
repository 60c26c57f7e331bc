-- What an apply must not do, checked before its first request: what the plan refuses, and more
-- removals than were allowed.

local os = require "toggl.text.standard"("os")
local near = require "toggl.text.near"
local price = require "toggl.plan.price"

local M = {}

local MOST, SHARE = 10, 20 -- people, and one in twenty of the organization

local Error = { __name = "toggl.guard", __tostring = function(e) return e.message end }

local function refuse(rule, remedy, format, ...)
  local text = format:format(...)
  error(
    setmetatable({
      kind = "guard",
      rule = rule,
      message = ("%s%s%s"):format(
        text,
        near.follow(text, ("nothing was sent (guard: %s)"):format(rule)),
        remedy and "; " .. remedy or ""
      ),
    }, Error),
    0
  )
end

M.refuse = refuse

--- Return how many people PLAN removes whose time has not ended, and how many --allow-removals
--- without a count allows.
function M.removals(plan)
  local n = 0
  for _, c in ipairs(plan.changes) do
    if (c.kind == "remove" or c.kind == "cancel") and not c.due then n = n + 1 end
  end
  return n, math.min(MOST, math.max(1, #plan.present.people // SHARE))
end

local function people(n) return n == 1 and "1 person" or ("%d people"):format(n) end

-- The requests of this hour to leave, and the time by which the apply must be complete.
local function check_time(plan, options)
  local window, cost = plan.window, plan.cost.total
  if not (options.reserve or options.by) then return end
  for _, now in ipairs(plan.org:client():windows()) do -- others have spent of it since
    local same = now.organization_id == plan.org.id and now.remaining and window
    if same and window.remaining and now.remaining < window.remaining then window = now end
  end
  if not (window and window.remaining) then
    refuse(
      "quota",
      "togglsh quota --refresh asks",
      "it is not known how many requests are left, which %s needs",
      options.by and "--by" or "--reserve"
    )
  end
  if options.reserve and window.remaining - cost < options.reserve then
    refuse(
      "quota",
      nil,
      "the plan takes %d of %d requests, and %d are to be left",
      cost,
      window.remaining,
      options.reserve
    )
  end
  local at = options.by and price.done_at(setmetatable({ window = window }, { __index = plan }))
  if at and at > options.by then
    refuse(
      "quota",
      nil,
      "the plan would be done at %s, after %s",
      os.date("%Y-%m-%d %H:%M", at),
      os.date("%H:%M", options.by)
    )
  end
end

--- Raise an error of kind "guard" unless PLAN may be carried out with OPTIONS, of apply:
--- allow_removals, reserve = requests that are to be left, by = seconds since 1970.
function M.check(plan, options)
  local refusal = plan.refused[1]
  if refusal then
    local n = #plan.refused - 1
    local more = n == 1 and "there is 1 more refusal" or ("there are %d more refusals"):format(n)
    more = n > 0 and near.follow(refusal.text, more) or ""
    refuse(refusal.rule, refusal.remedy, "%s%s", refusal.text, more)
  end
  check_time(plan, options)
  local n, most = M.removals(plan)
  local allowed = options.allow_removals
  local exactly = ("--allow-removals=%d allows exactly that"):format(n)
  if n == 0 or allowed == n then return end
  if not allowed then
    refuse("removals", exactly, "%s would be removed", people(n))
  elseif allowed ~= true then
    refuse("removals", exactly, "%s would be removed, and %d allowed", people(n), allowed)
  elseif n > most then
    refuse(
      "removals",
      exactly,
      "%s would be removed, and --allow-removals without a count allows %d here",
      people(n),
      most
    )
  end
end

return M
