-- What was allocated has no owner when the arguments turn out to be wrong.
return {
  "csrc/bind/list.c",
  { "luaL_argcheck(L, at >= 1", "if (at < 1) out->map = NULL;\n        luaL_argcheck(L, at >= 1" },
}
