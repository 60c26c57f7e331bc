-- Which addresses of an invitation its reply does not name.

local core = require "toggl.core"

-- Return a field of RECORD; nil if it is of another type: reading it raises, and the invitations
-- are sent.
local function value(record, field)
  local ok, found = pcall(function() return record[field] end)
  return ok and found or nil
end

-- What the server says of what it did not do, as the end of a sentence.
local function remarks_of(reply)
  local list, texts = value(reply, "messages") or {}, {}
  for i = 1, #list do
    if type(list[i]) == "string" and list[i] ~= "" then texts[#texts + 1] = list[i] end
  end
  return texts[1] and "; the server says: " .. table.concat(texts, "; ") or ""
end

--- Return the EMAILS that no entry of REPLY contains, as a list in their order, and the remarks of
--- the server, as the end of a sentence.
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
  return missing, remarks_of(reply)
end
