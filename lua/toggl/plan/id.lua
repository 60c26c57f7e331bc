-- The id of a plan: a hash of the desired and the observed state, the rules and the day. Equal
-- inputs give equal ids, on every machine.

local M = {}

-- What stands for where a value came from, and not for what it is.
local ASIDE = {
  path = true,
  lines = true,
  file = true,
  zone = true,
  at = true,
  spent = true,
  page_size = true,
  by_key = true,
  tools = true,
}

-- Mix words of 8 bytes; an id must differ from others of its organization, and keeps no
-- secret.
local function hash(text)
  local a = 0x4bf6a2b8ca1e5d29 ~ #text
  for i = 1, #text - 15, 16 do
    local u, v = string.unpack("<i8i8", text, i)
    a = ((a ~ u) * 0x5851f42d4c957f2d ~ v) * 0x369dea0f31a53f85
    a = a ~ (a >> 29)
  end
  for i = #text - #text % 16 + 1, #text do
    a = (a ~ text:byte(i)) * 0x5851f42d4c957f2d
    a = a ~ (a >> 31)
  end
  a = (a ~ (a >> 32)) * 0x369dea0f31a53f85
  return a ~ (a >> 29)
end

-- The hash of a value. Entries of a table are added up, so that their order does not count and need not
-- be found.
local function of(value, memo)
  if type(value) ~= "table" then
    -- 50 and 50.0 are one key of a table, and two values
    local known = math.type(value) == "float" and memo.floats or memo.others
    local found = known[value]
    if not found then
      found = hash(math.type(value) or type(value)) ~ hash(tostring(value)) << 1
      known[value] = found
    end
    return found
  end
  local sum = 0x2545f4914f6cdd1d
  for key, entry in pairs(value) do
    if not ASIDE[key] then
      local a = (of(key, memo) ~ (of(entry, memo) << 1)) * 0x5851f42d4c957f2d
      sum = sum + (a ~ (a >> 30)) * 0x369dea0f31a53f85
    end
  end
  return (sum ~ (sum >> 31)) * 0x5851f42d4c957f2d
end

--- The id of PLAN: 12 hexadecimal digits.
function M.of(plan)
  local parts = { plan.state, plan.present, plan.rules, plan.today }
  return ("%016x"):format(of(parts, { floats = {}, others = {} })):sub(1, 12)
end

return M
