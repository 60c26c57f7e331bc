-- Encode the kinds of values that requests hold as JSON, with keys in order.

local function encode(value)
  if type(value) == "string" then return '"' .. value:gsub('[%c"\\]', "") .. '"' end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  if value[1] ~= nil then
    for i, entry in ipairs(value) do
      parts[i] = encode(entry)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, entry in pairs(value) do
    parts[#parts + 1] = ('"%s":%s'):format(name, encode(entry))
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

return encode
