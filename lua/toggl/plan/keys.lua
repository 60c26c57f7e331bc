-- The keys of a table in their order. Pure.

--- The keys of T, all numbers or all texts, sorted.
return function(t)
  local list = {}
  for key in next, t do
    list[#list + 1] = key
  end
  if list[2] then table.sort(list) end
  return list
end
