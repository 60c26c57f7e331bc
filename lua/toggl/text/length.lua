-- The length of a caller's list, for loops. __len may return anything.

local MOST = 10000000

--- Return #LIST; raise at the caller's line when it is not a count. NAME: the list's name for the
--- message.
return function(list, name)
  if type(list) ~= "table" and not require("toggl.core").is_list(list) then
    require("toggl.core").misuse(
      ("%s requires a list, got a %s"):format(name or "this function", type(list))
    )
  end
  local n = #list
  if math.type(n) == "integer" and n >= 0 and n <= MOST then return n end
  require("toggl.core").misuse(
    ("%s requires a list of at most %d items, got one whose length is %s"):format(
      name or "this function",
      MOST,
      type(n) == "number" and tostring(n) or "a " .. type(n)
    )
  )
end
