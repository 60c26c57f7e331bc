-- Which day it is in a time zone. Pure.

local os = require "toggl.text.standard"("os")

--- The day that NOW, in seconds since 1970, is in ZONE of toggl.plan.zone; nil: UTC.
return function(zone, now)
  local offset = zone and zone.first or 0
  for i, at in ipairs(zone and zone.at or {}) do
    if at > now then break end
    offset = zone.offset[i]
  end
  return os.date("!%Y-%m-%d", now + offset)
end
