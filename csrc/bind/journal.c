/* The journal of writes, for toggl.class.client. */
#include <stdlib.h>

#include "ltg.h"

#define TEXT "toggl.journal text"

static int free_text(lua_State *L)
{
    char **box = luaL_checkudata(L, 1, TEXT);
    free(*box);
    *box = NULL;
    return 0;
}

/* Pushes the text that READ makes for the client at 1; nil, err. [-0, +1] */
static int push_text(lua_State *L, char *(*read)(tg_client *c, size_t *n, tg_error *err))
{
    size_t n;
    tg_error err;
    char **box = lua_newuserdatauv(L, sizeof *box, 0); /* the owner first */
    *box = NULL;
    luaL_setmetatable(L, TEXT);
    ltg_client *c = ltg_checkclient(L, 1); /* last: a finalizer may close it */
    *box = read(c->client, &n, &err);
    if (!*box) return ltg_fail(L, false, &err);
    lua_pushlstring(L, *box, n);
    free(*box);
    *box = NULL;
    return 1;
}

/* core.journal(client) -> JSON text of its entries; nil, err. [-0, +1] */
static int journal(lua_State *L)
{
    return push_text(L, tg_client_journal);
}

/* core.journal_status(client) -> JSON text; nil, err. [-0, +1] */
static int status(lua_State *L)
{
    return push_text(L, tg_client_journal_status);
}

/* core.journal_check(client, noted) -> {events =, first =, broken =, noted =, head =}; nil, err.
   [-0, +1] */
static int check(lua_State *L)
{
    tg_error err;
    tg_journal_report r;
    ltg_client *c = ltg_checkclient(L, 1);
    const char *noted = luaL_optstring(L, 2, NULL);
    if (!tg_client_journal_check(c->client, noted, &r, &err)) return ltg_fail(L, false, &err);
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, r.events);
    lua_setfield(L, -2, "events");
    if (r.first) lua_pushinteger(L, r.first), lua_setfield(L, -2, "first");
    if (r.broken) lua_pushinteger(L, r.broken), lua_setfield(L, -2, "broken");
    if (noted) lua_pushboolean(L, r.noted), lua_setfield(L, -2, "noted");
    ltg_setstring(L, "head", *r.head ? r.head : NULL);
    return 1;
}

/* core.journal_mend(client) -> events copied, name of the damaged file, events dropped (nil: not
   known); nil, err. [-0, +3] */
static int mend(lua_State *L)
{
    tg_error err;
    tg_mended m;
    ltg_client *c = ltg_checkclient(L, 1);
    if (!tg_client_journal_mend(c->client, &m, &err)) return ltg_fail(L, false, &err);
    lua_pushinteger(L, m.copied);
    lua_pushstring(L, m.aside);
    if (m.dropped < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, m.dropped);
    return 3;
}

/* core.journal_close(client, n, done) -> true; nil, err. [-0, +1] */
static int close_entry(lua_State *L)
{
    tg_error err;
    ltg_client *c = ltg_checkclient(L, 1);
    if (!tg_client_journal_close(c->client, luaL_checkinteger(L, 2), lua_toboolean(L, 3), &err))
        return ltg_fail(L, false, &err);
    lua_pushboolean(L, true);
    return 1;
}

/* core.journal_lose(client, n) -> true; nil, err. [-0, +1] */
static int lose_entry(lua_State *L)
{
    tg_error err;
    ltg_client *c = ltg_checkclient(L, 1);
    if (!tg_client_journal_lose(c->client, luaL_checkinteger(L, 2), &err))
        return ltg_fail(L, false, &err);
    lua_pushboolean(L, true);
    return 1;
}

/* core.plan_keep(client, id, text) -> true; nil, err. [-0, +1] */
static int keep_plan(lua_State *L)
{
    tg_error err;
    size_t n;
    ltg_client *c = ltg_checkclient(L, 1);
    const char *id = luaL_checkstring(L, 2), *text = luaL_checklstring(L, 3, &n);
    if (!tg_client_keep_plan(c->client, id, (tg_text){text, n}, &err))
        return ltg_fail(L, false, &err);
    lua_pushboolean(L, true);
    return 1;
}

/* core.plan_find(client, id) -> text; nil, err. [-0, +1] */
static int find_plan(lua_State *L)
{
    tg_error err;
    const char *id = luaL_checkstring(L, 2);
    char **box = lua_newuserdatauv(L, sizeof *box, 0); /* the owner first */
    *box = NULL;
    luaL_setmetatable(L, TEXT);
    ltg_client *c = ltg_checkclient(L, 1); /* last: a finalizer may close it */
    *box = tg_client_plan(c->client, id, &err);
    if (!*box) return ltg_fail(L, false, &err);
    lua_pushstring(L, *box);
    free(*box);
    *box = NULL;
    return 1;
}

/* core.lease(client, organization, job) -> true; nil, err. [-0, +1] */
static int lease(lua_State *L)
{
    tg_error err;
    ltg_client *c = ltg_checkclient(L, 1);
    if (!tg_client_lease(c->client, luaL_checkinteger(L, 2), luaL_checkstring(L, 3), &err))
        return ltg_fail(L, false, &err);
    lua_pushboolean(L, true);
    return 1;
}

/* core.lease_end(client) [-0, +0] */
static int lease_end(lua_State *L)
{
    tg_client_lease_end(ltg_checkclient(L, 1)->client);
    return 0;
}

static const luaL_Reg functions[] = {{"journal", journal},
                                     {"journal_check", check},
                                     {"journal_status", status},
                                     {"journal_mend", mend},
                                     {"journal_close", close_entry},
                                     {"plan_keep", keep_plan},
                                     {"plan_find", find_plan},
                                     {"lease", lease},
                                     {"lease_end", lease_end},
                                     {"journal_lose", lose_entry},
                                     {NULL, NULL}};

void ltg_open_journal(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, TEXT);
    lua_pushcfunction(L, free_text);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
