-- Which addresses of an invitation its reply does not name.

local core = require "toggl.core"

-- Return a field of RECORD; nil if it is of another type: reading it raises, and the invitations
-- are sent.
local function value(record, field)
  local ok, found = pcall(function() return record[field] end)
  return ok and found or nil
end

--- Return the EMAILS that no entry of REPLY contains, as a list in their order.
return function(emails, reply)
  local seen, missing = {}, {}
  for _, field in ipairs { "data", "invitations" } do
    local list = value(reply, field) or {}
    for i = 1, #list do
      local email = value(list[i], "email")
      if email then seen[core.fold(email)] = true end
    end
  end
  for i = 1, #emails do
    if not seen[core.fold(emails[i])] then missing[#missing + 1] = emails[i] end
  end
  return missing
end
