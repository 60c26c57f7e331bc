/* Errors of the core as Lua sees them. */
#include "ltg.h"

/* A plain table with the metatable of errors, so that a script may look at it as it likes. */
void ltg_pusherror(lua_State *L, const tg_error *err)
{
    lua_createtable(L, 0, 8);
    ltg_setstring(L, "kind", tg_kind_name(err->kind));
    ltg_setstring(L, "message", err->message);
    ltg_setstring(L, "operation", err->operation);
    ltg_setstring(L, "advice", *err->advice ? err->advice : NULL);
    ltg_setstring(L, "body", *err->body ? err->body : NULL);
    if (err->status) {
        lua_pushinteger(L, err->status);
        lua_setfield(L, -2, "status");
    }
    if (err->retry_after >= 0 &&
        (err->kind == TG_E_QUOTA || err->kind == TG_E_RATE || err->kind == TG_E_SERVER)) {
        lua_pushnumber(L, err->retry_after);
        lua_setfield(L, -2, "retry_after");
    }
    luaL_setmetatable(L, LTG_ERROR);
}

int ltg_fail(lua_State *L, bool raise, const tg_error *err)
{
    if (err->kind == TG_E_NOMEM) return luaL_error(L, "not enough memory");
    if (!raise) lua_pushnil(L);
    ltg_pusherror(L, err);
    return raise ? lua_error(L) : 2;
}
