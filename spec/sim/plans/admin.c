/* A process of an administrator: a Lua state with the library on the world's transport, clock and
   files. The state is never closed: its memory is dropped with the process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client.h"
#include "plans.h"

int luaopen_toggl_core(lua_State *L);

/* Replaces load.c of the core, which loads the transport from a shared library. */
bool tg_client_transport(tg_client *c, tg_error *err)
{
    c->http = &sim_transport;
    if (!c->transport) c->transport = c->http->open(NULL, err);
    return c->transport != NULL;
}

#pragma GCC visibility push(default) /* shared libraries call it too */

ssize_t getrandom(void *to, size_t n, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)to)[i] = sim_the_world ? (unsigned char)sim_chance(256) : 7;
    return (ssize_t)n;
}

#pragma GCC visibility pop

static sim_process *self(void)
{
    return sim_the_world->here;
}

/* [-n, +results] ask(name, ...): judge.NAME(admin, process, ...) */
static int ask(lua_State *L)
{
    lua_pushinteger(L, self()->actor + 1);
    lua_insert(L, 2);
    lua_pushinteger(L, self()->number);
    lua_insert(L, 3);
    return plans_judge_call(L, lua_tostring(L, 1), lua_gettop(L) - 1);
}

/* [-1, +0] wait(seconds) */
static int wait_for(lua_State *L)
{
    sim_wait(sim_the_world->time + luaL_checknumber(L, 1));
    return 0;
}

/* [-1, +0] again(boolean): whether another process follows when this one has ended */
static int again(lua_State *L)
{
    sim_the_world->actors[self()->actor].left = lua_toboolean(L, 1);
    return 0;
}

static const luaL_Reg functions[] = {{"ask", ask},
                                     {"wait", wait_for},
                                     {"again", again},
                                     {NULL, NULL}};

/* [-2, +1 or +2] the searcher of modules: compiled by the judge, once for all processes */
static int search(lua_State *L)
{
    size_t n;
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (plans_judge_call(L, "chunk", 1) < 2) return 0;
    const char *code = lua_tolstring(L, -2, &n);
    if (!code) return 0;
    if (luaL_loadbufferx(L, code, n, name, "b") != LUA_OK) return lua_error(L);
    lua_insert(L, -2); /* the loader gets the path, as from Lua's own searcher */
    return 2;
}

static void open_modules(lua_State *L)
{
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, luaopen_toggl_core);
    lua_setfield(L, -2, "toggl.core");
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    lua_pushcfunction(L, search);
    lua_rawseti(L, -2, 2);
    lua_settop(L, 0);
}

static void open_host(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_pushinteger(L, self()->machine);
    lua_setfield(L, -2, "machine");
    lua_setglobal(L, "host");
}

static int traced(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

static int require_admin(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "spec.sim.plans.admin");
    lua_call(L, 1, 1);
    lua_call(L, 0, 0);
    return 0;
}

void sim_work(sim_process *p)
{
    sim_world *w = sim_the_world;
    lua_State *L = luaL_newstate();
    if (!L) abort();
    sim_say(w, "admin %d starts process %d on machine %d", p->actor + 1, p->pid, p->machine + 1);
    open_modules(L);
    open_host(L);
    lua_pushcfunction(L, traced);
    lua_pushcfunction(L, require_admin);
    if (lua_pcall(L, 0, 0, 1) != LUA_OK)
        sim_violate(w, "admin %d: the program raised %s", p->actor + 1,
                    luaL_tolstring(L, -1, NULL));
}
