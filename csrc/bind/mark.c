/* The age of lists, records and responses, by the clock of their client. */
#include <string.h>

#include "ltg.h"

double ltg_now(lua_State *L, int object)
{
    double now = 0;
    if (lua_getiuservalue(L, object, 1) == LUA_TUSERDATA) {
        ltg_client *c = luaL_testudata(L, -1, LTG_CLIENT);
        if (c && c->client) now = tg_client_now(c->client);
    }
    lua_pop(L, 1);
    return now;
}

void ltg_pushsettling(lua_State *L, double settled_at, double now)
{
    if (settled_at > 0)
        lua_pushnumber(L, now > 0 && settled_at > now ? settled_at - now : 0);
    else
        lua_pushnil(L);
}

bool ltg_pushmark(lua_State *L, int object, const ltg_place *p, const char *key)
{
    if (strcmp(key, "stale") == 0)
        lua_pushboolean(L, p->stale);
    else if (strcmp(key, "settling") == 0)
        ltg_pushsettling(L, p->settled_at, ltg_now(L, object));
    else
        return false;
    return true;
}
