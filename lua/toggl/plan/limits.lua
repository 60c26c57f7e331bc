-- What an apply must not do, checked before its first request: what the plan refuses, and more
-- removals than were allowed.

local M = {}

local MOST, SHARE = 10, 20 -- people, and one in twenty of the organization

local Error = { __name = "toggl.guard", __tostring = function(e) return e.message end }

local function refuse(rule, remedy, format, ...)
  error(
    setmetatable({
      kind = "guard",
      rule = rule,
      message = ("%s; nothing was sent (guard: %s)%s"):format(
        format:format(...),
        rule,
        remedy and "; " .. remedy or ""
      ),
    }, Error),
    0
  )
end

M.refuse = refuse

--- Returns how many people PLAN removes whose time has not ended, and how many --allow-removals
--- without a count allows.
function M.removals(plan)
  local n = 0
  for _, c in ipairs(plan.changes) do
    if (c.kind == "remove" or c.kind == "cancel") and not c.due then n = n + 1 end
  end
  return n, math.min(MOST, math.max(1, #plan.present.people // SHARE))
end

local function people(n) return n == 1 and "1 person" or ("%d people"):format(n) end

--- Raises an error of kind "guard" unless PLAN may be carried out with OPTIONS, of apply.
function M.check(plan, options)
  local refusal = plan.refused[1]
  if refusal then
    local more = #plan.refused - 1
    refuse(
      refusal.rule,
      refusal.remedy,
      "%s%s",
      refusal.text,
      more > 0 and (", and %d more refusals: togglsh plan lists them"):format(more) or ""
    )
  end
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
