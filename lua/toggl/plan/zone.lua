-- Days in a time zone, from the system's zone files.

local day = require "toggl.plan.day"
local io = require "toggl.text.standard"("io")

local M = { day = day }

local HEADER = ">c4 c1 c15 I4 I4 I4 I4 I4 I4"

-- Sizes of one part of a zone file: isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt.
local function header(text, pos)
  local magic, version, _, utc, std, leap, times, types, chars, from =
    string.unpack(HEADER, text, pos)
  if magic ~= "TZif" then return nil end
  return {
    version = version,
    utc = utc,
    std = std,
    leap = leap,
    times = times,
    types = types,
    chars = chars,
    from = from,
  }
end

local function size(h, wide)
  return h.times * (wide + 1) + h.types * 6 + h.chars + h.leap * (wide + 4) + h.std + h.utc
end

local function transitions(text, h)
  local zone, pos = { at = {}, offset = {} }, h.from
  local types = pos + h.times * 9
  local function offset(type) return (string.unpack(">i4", text, types + type * 6)) end
  zone.first = h.types > 0 and offset(0) or 0
  for i = 1, h.times do
    zone.at[i] = string.unpack(">i8", text, pos + (i - 1) * 8)
    zone.offset[i] = offset(text:byte(pos + h.times * 8 + i - 1))
  end
  return zone
end

--- The zone NAME: {at = {seconds since 1970, ...}, offset = {seconds from then on, ...}}; nil and a
--- sentence.
function M.load(name)
  if name == "UTC" then return { at = {}, offset = {}, first = 0 } end
  local path = "/usr/share/zoneinfo/" .. name
  local file <close> = not name:find("..", 1, true)
      and name:find "^%u[%w_/+-]*$"
      and io.open(path, "rb")
    or nil
  local text = file and file:read "a"
  local ok, zone = pcall(function()
    local h = header(text, 1)
    local second = header(text, h.from + size(h, 4))
    return transitions(text, second)
  end)
  if ok and zone then return zone end
  return nil,
    ("there is no time zone %q on this machine; a name is such as Europe/Tallinn"):format(name)
end

return M
