-- Leave an allocation without an owner when an argument is wrong.
return {
  "csrc/bind/list.c",
  { "luaL_argcheck(L, at >= 1", "if (at < 1) out->map = NULL;\n        luaL_argcheck(L, at >= 1" },
}
