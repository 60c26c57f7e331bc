/* The methods of classes that rows define. */
#include "ltg.h"

/* Skips paged rows, for which lua/toggl/class has methods that read all pages. */
void ltg_open_methods(lua_State *L, int classes)
{
    size_t n;
    const tg_op *ops = tg_ops(&n);
    for (size_t i = 0; i < n; i++) {
        if (!ops[i].class_) continue;
        ltg_pushmethods(L, classes, ops[i].class_);
        if (ops[i].paging == TG_WHOLE_LIST) {
            lua_pushlightuserdata(L, (void *)(uintptr_t)&ops[i]);
            lua_pushcclosure(L, ltg_method, 1);
            lua_setfield(L, -2, ops[i].method);
        }
        lua_pop(L, 1);
    }
}
