-- Walk a table of the caller without a limit of depth and without luaL_checkstack.
return {
  "csrc/sandbox/lua_sandbox.c",
  { "if (depth >= DEEPEST || ++*lists > LISTS)", "if (depth < 0)" },
  { [[luaL_checkstack(L, 4, "knobs nested too deeply");]], "(void)0;" },
}
