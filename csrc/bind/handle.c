/* Identify clients, and find what the host provides for all clients of a state. */
#include <signal.h>
#include <string.h>

#include "ltg.h"

static const char client_mark; /* its address marks the metatable of clients */

ltg_client *ltg_openclient(lua_State *L, int i)
{
    ltg_client *c = lua_touserdata(L, i);
    if (!c->client) ltg_misuse(L, "the client is closed");
    return c;
}

/* Uses a mark that requires no lookup by name: every method call checks it. */
bool ltg_isclient(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i)) return false;
    bool is = lua_rawgetp(L, -1, &client_mark) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    return is;
}

ltg_client *ltg_checkclient(lua_State *L, int i)
{
    if (!ltg_isclient(L, i)) luaL_typeerror(L, i, LTG_CLIENT);
    return ltg_openclient(L, i);
}

/* A host that handles Ctrl-C stores the address of its flag (volatile sig_atomic_t) in the registry
   under this name. */
volatile sig_atomic_t *ltg_interrupt_flag(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "toggl.interrupt");
    volatile sig_atomic_t *flag = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return flag;
}

bool ltg_watched(lua_State *L)
{
    return ltg_interrupt_flag(L) != NULL;
}

bool ltg_interrupted(lua_State *L)
{
    volatile sig_atomic_t *flag = ltg_interrupt_flag(L);
    return flag && *flag;
}

/* Plain memory without a finalizer: Lua frees it after the finalizers of all clients and calls. A
   host may store the address of a counter for its signal handler in the registry. */
tg_tally *ltg_tally(lua_State *L)
{
    int top = lua_gettop(L);
    if (lua_getfield(L, LUA_REGISTRYINDEX, "toggl.tally") != LUA_TUSERDATA) {
        tg_tally *t = lua_newuserdatauv(L, sizeof *t, 0);
        memset(t, 0, sizeof *t);
        lua_getfield(L, LUA_REGISTRYINDEX, "toggl.in_flight");
        t->in_flight = lua_touserdata(L, -1);
        lua_pop(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "toggl.tally");
        lua_getfield(L, LUA_REGISTRYINDEX, "toggl.tally");
    }
    tg_tally *tally = lua_touserdata(L, -1);
    lua_settop(L, top);
    return tally;
}

void ltg_markclient(lua_State *L)
{
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &client_mark);
}
