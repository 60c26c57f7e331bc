-- Standard libraries of Lua that a host may not have opened: use replacements where possible, raise
-- elsewhere.
--
--- Return the library called NAME, or the functions of OWN in its place; any other function of it
--- raises.
return function(name, own)
  return _G[name]
    or setmetatable(own or {}, {
      __index = function(_, f)
        error(
          (
            "this needs the %s library of Lua (%s.%s), which the host has not opened: open it "
            .. "with luaL_requiref before "
            .. "toggl is loaded"
          ):format(name, name, f),
          0
        )
      end,
    })
end
