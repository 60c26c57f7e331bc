/* Names from the store, for completion. */
#include "ltg.h"

#include <string.h>

#define NAMES "toggl.names"

/* [-1, +0] */
static int names_gc(lua_State *L)
{
    tg_names_clear(luaL_checkudata(L, 1, NAMES));
    return 0;
}

static bool is_special(char c, char quote)
{
    return c == quote || c == '\\' || c == '\n';
}

/* [-0, +1] the text as the rest of a Lua string that QUOTE opened and closes */
static void push_quoted(lua_State *L, tg_text text, char quote)
{
    luaL_Buffer b;
    char *p = luaL_buffinitsize(L, &b, 2 * text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (is_special(text.p[i], quote)) p[n++] = '\\';
        p[n++] = text.p[i];
    }
    p[n++] = quote;
    luaL_pushresultsize(&b, n);
}

/* [-0, +1] the same: most texts fit into a small array, which is faster than a buffer of Lua */
static void push_name(lua_State *L, tg_text text, const char *quote)
{
    char closed[128];
    bool special = false;
    if (!*quote) {
        lua_pushlstring(L, text.p, text.n);
        return;
    }
    for (size_t i = 0; i < text.n && !special; i++) special = is_special(text.p[i], *quote);
    if (special || text.n >= sizeof closed) {
        push_quoted(L, text, *quote);
        return;
    }
    memcpy(closed, text.p, text.n);
    closed[text.n] = *quote;
    lua_pushlstring(L, closed, text.n + 1);
}

/* The pairs of table and column from 5 on. */
static tg_names_wanted wanted_of(lua_State *L)
{
    tg_names_wanted w = {.organization = luaL_optinteger(L, 2, 0)};
    w.prefix.p = luaL_checklstring(L, 3, &w.prefix.n);
    for (int i = 5; i + 1 <= lua_gettop(L) && w.n < TG_NAMES_PLACES; i += 2)
        w.places[w.n++] = (tg_names_place){luaL_checkstring(L, i), luaL_checkstring(L, i + 1)};
    return w;
}

/*
** [-n, +1 or +2] core.names(client, organization, prefix, quote, table, column...) -> the names in
** these columns that begin with PREFIX, sorted by their bytes, each once; nil, error. ORGANIZATION
** nil: of all. QUOTE: each is escaped for a Lua string in such quotes, and has the closing one; "":
** as it is.
*/
static int names(lua_State *L)
{
    tg_error err = {0};
    tg_names_wanted w = wanted_of(L);
    const char *quote = luaL_checkstring(L, 4);
    tg_names *found = lua_newuserdatauv(L, sizeof *found, 0);
    *found = (tg_names){0};
    luaL_setmetatable(L, NAMES);
    ltg_client *c = ltg_checkclient(L, 1); /* again: a finalizer may have closed it */
    if (!tg_names_find(c->client, &w, found, &err)) return ltg_fail(L, false, &err);
    lua_createtable(L, (int)found->n, 0);
    for (size_t i = 0; i < found->n; i++) {
        push_name(L, found->items[i], quote);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    tg_names_clear(found);
    return 1;
}

/* [-0, +0], the module on top */
void ltg_open_names(lua_State *L)
{
    lua_pushcfunction(L, names);
    lua_setfield(L, -2, "names");
    luaL_newmetatable(L, NAMES);
    lua_pushcfunction(L, names_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
