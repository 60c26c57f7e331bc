-- The id of a plan: a hash of the desired and the observed state, the rules and the day. Equal
-- inputs give equal ids, on every machine.

local M = {}

local function sorted(t)
  local keys = {}
  for key in pairs(t) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

-- What stands for where a value came from, and not for what it is.
local ASIDE =
  { path = true, lines = true, file = true, zone = true, at = true, spent = true, page_size = true }

local function write(out, value)
  if type(value) ~= "table" then
    out[#out + 1] = ("%s:%s"):format(math.type(value) or type(value), value)
    return
  end
  out[#out + 1] = "{"
  for _, key in ipairs(sorted(value)) do
    if not ASIDE[key] then
      out[#out + 1] = tostring(key)
      out[#out + 1] = "="
      write(out, value[key])
    end
  end
  out[#out + 1] = "}"
end

-- Two runs of multiply and mix over words of 8 bytes; an id has to be told from others of one
-- organization, and keeps no secret.
local function hash(text)
  local a, b = 0x4bf6a2b8ca1e5d29, 0x2545f4914f6cdd1d
  text = text .. ("\0"):rep(-#text % 8) .. string.pack("<i8", #text)
  for i = 1, #text, 8 do
    local word = string.unpack("<i8", text, i)
    a = (a ~ word) * 0x5851f42d4c957f2d
    a = a ~ (a >> 29)
    b = (b + word) * 0x369dea0f31a53f85
    b = b ~ (b >> 31)
  end
  return (a * 0x5851f42d4c957f2d) ~ (b >> 17) ~ (b << 23)
end

--- The id of PLAN: 12 hexadecimal digits.
function M.of(plan)
  local out = {}
  write(out, plan.state)
  write(out, plan.present)
  write(out, plan.rules)
  write(out, plan.today)
  return ("%016x"):format(hash(table.concat(out, "\n"))):sub(1, 12)
end

return M
