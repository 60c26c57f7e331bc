/* The methods of classes that rows define. */
#include "ltg.h"

/* Skips what lua/toggl/class has methods for: paged rows, of which they read all pages, and rows
   marked so. The first use of such a name then loads them. */
void ltg_open_methods(lua_State *L, int classes)
{
    size_t n;
    const tg_op *ops = tg_ops(&n);
    for (size_t i = 0; i < n; i++) {
        if (!ops[i].class_) continue;
        ltg_pushmethods(L, classes, ops[i].class_);
        if (ops[i].paging == TG_WHOLE_LIST && !(ops[i].flags & TG_IN_LUA)) {
            lua_pushlightuserdata(L, (void *)(uintptr_t)&ops[i]);
            lua_pushcclosure(L, ltg_method, 1);
            lua_setfield(L, -2, ops[i].method);
        }
        lua_pop(L, 1);
    }
}
