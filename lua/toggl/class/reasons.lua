-- Why the server refused parts of a change.

-- The server's reason: its message, else other texts of the refusal, else all of it.
local function reason(refusal)
  if type(refusal) ~= "userdata" and type(refusal) ~= "table" then
    return refusal == nil and "without a reason" or tostring(refusal)
  end
  local message, texts = refusal.message, {}
  if type(message) == "string" and message ~= "" then return message end
  for name, value in pairs(refusal) do
    if name ~= "patch" and type(value) == "string" and value ~= "" then
      texts[#texts + 1] = value
    end
  end
  table.sort(texts)
  return texts[1] and table.concat(texts, ", ") or refusal:raw()
end

--- Return the reason of each of the refusals of a reply.
return function(refused)
  local reasons = {}
  for i = 1, #refused do
    reasons[i] = reason(refused[i])
  end
  return reasons
end
