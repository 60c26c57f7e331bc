-- Which addresses of an invitation its reply does not name.

local core = require "toggl.core"

--- Return the EMAILS that no entry of REPLY contains, as a list in their order.
return function(emails, reply)
  local seen, missing = {}, {}
  for _, field in ipairs { "data", "invitations" } do
    for i = 1, #(reply[field] or {}) do
      local email = reply[field][i].email
      if email then seen[core.fold(email)] = true end
    end
  end
  for i = 1, #emails do
    if not seen[core.fold(emails[i])] then missing[#missing + 1] = emails[i] end
  end
  return missing
end
