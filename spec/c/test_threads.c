/*
** Several Lua states in one process, each in its own thread, and the thread of the sandbox. All of
** them use one server and the same two files. A build with -fsanitize=thread finds data that they
** share without a lock.
*/
#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <time.h>

#include "check.h"
#include "scratch.h"

#define THREADS 4

/* in: folder of the modules, script, arguments of the script; out: its result as a string */
typedef struct work {
    const char *modules, *script, *words[5];
    char answer[200];
} work;

static int story(lua_State *L)
{
    work *w = lua_touserdata(L, 1);
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushfstring(L, "%s/?.so;", w->modules);
    lua_setfield(L, -2, "cpath");
    lua_pushliteral(L, "lua/?.lua;lua/?/init.lua");
    lua_setfield(L, -2, "path");
    if (luaL_loadstring(L, w->script) != LUA_OK) return lua_error(L);
    for (int i = 0; i < 5; i++) lua_pushstring(L, w->words[i]);
    lua_call(L, 5, 1);
    snprintf(w->answer, sizeof w->answer, "%s", luaL_tolstring(L, -1, NULL));
    return 0;
}

static void *run(void *arg)
{
    work *w = arg;
    lua_State *L = luaL_newstate();
    lua_pushcfunction(L, story);
    lua_pushlightuserdata(L, w);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        snprintf(w->answer, sizeof w->answer, "%s", luaL_tolstring(L, -1, NULL));
    lua_close(L);
    return NULL;
}

/* Run all scripts at once. SERVER: a state whose sandbox is read and changed meanwhile, or NULL. */
static void run_together(work *all, lua_State *server)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, run, &all[i]) == 0);
    for (int i = 0; server && i < 150; i++) {
        CHECK(!luaL_dostring(
            server, "server:set{latency = server:requests() % 3} server:clear() server:token()"));
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) CHECK_STR(all[i].answer, "done");
}

/* Each state has a client with its own sandbox. */
static const char alone[] =
    "local toggl = require 'toggl'\n"
    "for round = 1, 3 do\n"
    "  local client <close> = toggl.client{sandbox = true, on_error = 'raise'}\n"
    "  local org = client:organization 'Acme'\n"
    "  assert(#org:users() > 0 and #client:sql 'SELECT name FROM users' > 0)\n"
    "  assert(org:group('Support'):rename('Help').result.name == 'Help')\n"
    "  assert(not pcall(client.organization, client, 'Nowhere'))\n"
    "end\n"
    "return 'done'\n";

/* All states use one server; its address is an argument of the script. */
static const char shared[] =
    "local cache, state, url, token = ...\n"
    "local toggl = require 'toggl'\n"
    "for round = 1, 3 do\n"
    "  local client <close> = toggl.client{base_url = url, token = token, cache = cache,\n"
    "    state = state, on_error = 'raise'}\n"
    "  local org = client:organization 'Acme'\n"
    "  toggl.map({'users', 'groups', 'workspaces'}, function(name) return #org[name](org, {refresh "
    "= true}) end)\n"
    "  client:fact('round', round)\n"
    "  assert(#client:sql 'SELECT name FROM users' > 0)\n"
    "end\n"
    "return 'done'\n";

static void each_alone(const char *modules)
{
    work all[THREADS];
    for (int i = 0; i < THREADS; i++) all[i] = (work){.modules = modules, .script = alone};
    CASE("four states, each with a sandbox of its own") run_together(all, NULL);
}

static void one_server(const char *modules)
{
    work all[THREADS];
    char url[200] = "", token[200] = "";
    /* owns the server, whose own thread serves the requests */
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_pushfstring(L,
                    "package.path = 'lua/?.lua;lua/?/init.lua' package.cpath = '%s/?.so' "
                    "server = require 'toggl.sandbox'.start{port = 0, people = 60} return "
                    "server.url, server:token()",
                    modules);
    CHECK(luaL_loadstring(L, lua_tostring(L, -1)) == LUA_OK && lua_pcall(L, 0, 2, 0) == LUA_OK);
    snprintf(url, sizeof url, "%s", lua_tostring(L, -2));
    snprintf(token, sizeof token, "%s", lua_tostring(L, -1));
    for (int i = 0; i < THREADS; i++)
        all[i] = (work){modules,
                        shared,
                        {scratch_path("cache.db"), scratch_path("state.db"), url, token},
                        ""};
    CASE("four states that share a server, a cache and a ledger") run_together(all, L);
    CASE("the server saw them all, and ends")
    {
        CHECK(!luaL_dostring(L, "return (server:requests())") &&
              lua_tointeger(L, -1) > THREADS * 3 * 3);
        CHECK(!luaL_dostring(L, "server:stop()"));
    }
    lua_close(L);
}

int main(int argc, char **argv)
{
    char modules[4096];
    (void)argc;
    snprintf(modules, sizeof modules, "%.*s/..", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
    scratch_begin();
    each_alone(modules);
    one_server(modules);
    scratch_end();
    return check_report();
}
