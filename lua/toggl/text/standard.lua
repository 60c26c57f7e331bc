-- Standard libraries of Lua that a host may not have opened: what can do without one does, the rest
-- says so.
--
--- The library called NAME, or OWN functions in its place; any other function of it raises.
return function(name, own)
  return _G[name]
    or setmetatable(own or {}, {
      __index = function(_, f)
        error(
          (
            "this needs the %s library of Lua (%s.%s), which the host has not opened: open it with luaL_requiref before "
            .. "toggl is loaded"
          ):format(name, name, f),
          0
        )
      end,
    })
end
