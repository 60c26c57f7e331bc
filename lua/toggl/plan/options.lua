-- What options of a plan and of its methods may be. One that is misspelt, or of another type, would
-- be ignored in silence, and the guard that it sets with it.

local core = require "toggl.core"

local M = {}

local function is_count(value) return math.type(value) == "integer" and value >= 0 end
local function is_seconds(value) return type(value) == "number" and value >= 0 end
local function is(kind)
  return function(value) return type(value) == kind end
end
local function either(one, other)
  return function(value) return one(value) or other(value) end
end

local FLAG = { is "boolean", "true or false" }
local COUNT = { is_count, "an integer from 0 up" }
local SECONDS = { is_seconds, "a number of seconds from 0 up" }

-- By what takes them: name -> what it accepts, and how to say that.
local KNOWN = {
  ["org:plan"] = {
    rules = { is "table", "a table such as { least_admins = 2 }" },
    now = SECONDS,
    refresh = FLAG,
    max_age = SECONDS,
  },
  rules = {
    least_admins = COUNT,
    existing = FLAG,
    own = { either(is "string", is "table"), "a file of rules" },
  },
  ["plan:apply"] = {
    allow_removals = { either(is "boolean", is_count), "true, or exactly how many" },
    reserve = COUNT,
    by = SECONDS,
    wait = { either(is "boolean", is_seconds), "true, false or a number of seconds from 0 up" },
    progress = { is "function", "a function" },
  },
  ["plan:show"] = {
    all = FLAG,
    command = { is "string", "a text" },
    allowed = { either(is "boolean", is_count), "true, or exactly how many" },
  },
}
KNOWN["plan:check"] = KNOWN["plan:apply"]

local function shown(value)
  return type(value) == "string" and ("%q"):format(value)
    or type(value) == "number" and tostring(value)
    or "a " .. type(value)
end

--- Raise misuse unless OPTIONS, of the function WHAT, are known and of their types. nil: none.
function M.check(what, options)
  if options == nil then return end
  if type(options) ~= "table" then
    core.misuse(
      ("%s takes a table of options, got %s; nothing was sent"):format(what, shown(options))
    )
  end
  for name, value in next, options do
    local row = KNOWN[what][name]
    if not row then
      local names = {}
      for known in pairs(KNOWN[what]) do
        names[#names + 1] = known
      end
      table.sort(names)
      local hint = require "toggl.text.near".question(
        tostring(name),
        names,
        "there are: " .. table.concat(names, ", ")
      )
      core.misuse(
        ("%s has no option '%s', and nothing was sent%s"):format(what, tostring(name), hint)
      )
    elseif not row[1](value) then
      core.misuse(
        ("%s: %s must be %s, got %s; nothing was sent"):format(what, name, row[2], shown(value))
      )
    end
  end
  if what == "org:plan" then M.check("rules", options.rules) end
end

return M
