/* The options of a raw request: query, body, and the options of a call. */
#include <string.h>

#include "ltg.h"

static void add_raw_query(lua_State *L, ltg_call *c, int query)
{
    tg_error err;
    static const tg_field text = {.name = "query", .type = TG_STRING};
    for (lua_pushnil(L); lua_next(L, query); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) ltg_refuse(L, "query", "must have named values");
        int type = lua_type(L, -1);
        tg_text name, value;
        name.p = lua_tolstring(L, -2, &name.n);
        if (!tg_check_text(&text, name, &err))
            ltg_refuse(L, "query", "has a name that %s", err.message);
        if (type != LUA_TSTRING && type != LUA_TBOOLEAN && !lua_isinteger(L, -1))
            ltg_refuse(L, name.p, "must be a string, an integer or a boolean");
        value.p = luaL_tolstring(L, -1, &value.n);
        if (!tg_check_text(&text, value, &err) || !tg_request_query(c->request, name, value, &err))
            ltg_refuse(L, name.p, "%s", err.message);
        lua_pop(L, 1);
    }
}

void ltg_fill_raw(lua_State *L, ltg_call *c, int options)
{
    for (lua_pushnil(L); lua_next(L, options); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        unsigned option = ltg_option(name);
        c->given |= option;
        if (strcmp(name, "query") != 0 && strcmp(name, "body") != 0 && !option)
            ltg_refuse(L, name, "is not known: query, body, or an option of a call");
    }
    if (lua_getfield(L, options, "query") == LUA_TTABLE)
        add_raw_query(L, c, lua_gettop(L));
    else if (!lua_isnil(L, -1))
        ltg_refuse(L, "query", "must be a table");
    lua_pop(L, 1);
    if (lua_getfield(L, options, "body") != LUA_TNIL)
        ltg_write_any(L, lua_gettop(L), tg_request_body(c->request), "body", 0);
    lua_pop(L, 1);
}
