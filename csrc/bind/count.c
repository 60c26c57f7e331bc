/* core.count_keys and core.count_signs: together they show whether a key may occur twice in the
   text that a table was read from. */
#include <string.h>

#include "ltg.h"

typedef struct count {
    lua_Integer keys;
    lua_Integer tables, depth; /* how many more there may be */
} count;

static bool is_position(lua_State *L, int i)
{
    return lua_isinteger(L, i) && lua_tointeger(L, i) > 0;
}

/* Count the keys of the table on top, but for positions. False: there are too many tables. [-0, +0]
   or, when false, more on the stack */
static bool count_table(lua_State *L, count *c)
{
    int t = lua_gettop(L);
    if (c->tables-- <= 0 || c->depth-- <= 0) return false;
    luaL_checkstack(L, 4, "nested too deeply");
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (!is_position(L, -2)) c->keys++;
        if (lua_istable(L, -1) && !count_table(L, c)) return false;
    }
    c->depth++;
    return true;
}

/* [-3, +1] core.count_keys(table, tables, depth) -> how many keys the table and those in it have,
   but for positions; nil: they are more than TABLES, or more than DEPTH in each other, as where one
   holds itself */
static int count_keys(lua_State *L)
{
    count c = {.tables = luaL_checkinteger(L, 2), .depth = luaL_checkinteger(L, 3)};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (count_table(L, &c))
        lua_pushinteger(L, c.keys);
    else
        lua_pushnil(L);
    return 1;
}

/* [-3, +1] core.count_signs(text, sign, comment) -> how often the byte SIGN occurs in TEXT, outside
   of comments, which go from COMMENT to the end of the line. nil: the format has no comments */
static int count_signs(lua_State *L)
{
    size_t size, width = 0;
    lua_Integer n = 0;
    const char *p = luaL_checklstring(L, 1, &size), *end = p + size;
    char sign = *luaL_checkstring(L, 2);
    const char *comment = luaL_optlstring(L, 3, NULL, &width);
    for (; p < end; p++) {
        bool may_start = comment && *p == *comment && (size_t)(end - p) >= width;
        n += *p == sign;
        if (!may_start || memcmp(p, comment, width) != 0) continue;
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p) break;
    }
    lua_pushinteger(L, n);
    return 1;
}

void ltg_open_count(lua_State *L)
{
    lua_pushcfunction(L, count_keys);
    lua_setfield(L, -2, "count_keys");
    lua_pushcfunction(L, count_signs);
    lua_setfield(L, -2, "count_signs");
}
