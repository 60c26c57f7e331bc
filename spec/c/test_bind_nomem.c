/*
** The module while Lua runs out of memory: the script runs once for each allocation of Lua, which
** then fails. Each run must end without an error or in Lua's memory error, and leave no page alive.
** The script must succeed once memory is available again.
*/
#include <dlfcn.h>
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdlib.h>

#include "check.h"

/* Parses records, sends a request to a port where no server listens, and reads the store. */
static const char script[] =
    "local core = ...\n"
    "local list = core.parse('org_user', '[{\"id\":1,\"user_id\":5,\"name\":\"Ann "
    "\\\\u00e4\",\"email\":\"a@b.c\",'\n"
    "  .. "
    "'\"workspaces\":[{\"workspace_id\":3,\"admin\":true}],\"groups\":[]},{\"id\":2,\"name\":"
    "\"Bo\"}]')\n"
    "for user in list:each() do\n"
    "  local _ = tostring(user), user.name, user.workspaces, user:raw(), user:table(), "
    "user:detach(), user == list[1]\n"
    "  for k, v in pairs(user) do _ = k, v end\n"
    "end\n"
    "local all = core.join({list, list})\n"
    "local _ = #all, all:raw(), all:table(), core.pick(all, {2}), tostring(all)\n"
    "local set = core.keyset()\n"
    "local keys = set:read(list)\n"
    "_ = keys == set:read{1, 'text', 'text'}, set:take(keys)\n"
    "_ = set:take(set:read(all)), set:forget()\n"
    "local client = core.client{token = 't', base_url = 'http://127.0.0.1:1', retries = 0, cache = "
    "':memory:',\n"
    "  log = function(e) _ = e.type end, confirm = function() return true end}\n"
    "_ = client.api.get_organization{organization_id = 7}\n"
    "_ = client.api.post_organization_group{organization_id = 7, name = 'A', users = {{user_id = "
    "5}},\n"
    "  auth = {token = 'other'}}\n"
    "_ = client:request('GET', '/me', {query = {a = 'b'}})\n"
    "_ = client:sql('SELECT ?1 AS a, name FROM users', 1)\n"
    "_ = core.names(client, nil, '', '\"', 'known_users', 'name', 'known_users', 'email')\n"
    "_ = client:cost(), client:windows(), client:fds(), client:timeout(), client:step(0)\n"
    "client:close()\n"
    "for _, text in ipairs{'Abc', 'Stra\\u{df}e \\u{200b}', ('\\xff\\u{e9}'):rep(700)} do\n"
    "  _ = core.fold(text), core.compose(text), core.clean(text), core.width(text), core.fit(text, 3)\n"
    "end\n"
    "_ = core.category(0xdf), core.operation('get_me'), core.lists('organization')\n"
    "_ = core.model('org_user')\n"
    "do\n"
    "  local guard <close> = core.enter()\n"
    "  local thread = coroutine.create(function() local inner <close> = core.enter() end)\n"
    "  _ = coroutine.resume(thread), core.stopped_inside(thread), core.finish_inside(), core.lost()\n"
    "end\n"
    "_ = core.pollfd(), core.arm(1), core.nudge()\n"
    "package.searchers[2] 'toggl.text.sentence'\n"; /* the core's own, for compiled files */

static char root[PATH_MAX]; /* the build folder */

typedef struct memory {
    /* allocations until two fail in a row (Lua collects and retries once); below 0: none fails */
    long left;
    long made;
    size_t bytes;
} memory;

/* Allocate as lua_Alloc does. Shrinking never fails: Lua relies on that. */
static void *take(void *ctx, void *p, size_t old, size_t n)
{
    memory *m = ctx;
    size_t had = p ? old : 0;
    if (n > had) m->made++;
    if (n > had && m->left >= 0 && m->left-- <= 1) return NULL;
    m->bytes += n - had;
    if (n) return realloc(p, n);
    free(p);
    return NULL;
}

static int story(lua_State *L)
{
    lua_CFunction open = (lua_CFunction)lua_touserdata(L, 1);
    lua_getglobal(L, "package");
    lua_pushfstring(L, "%s/lua/?.lua", root);
    lua_setfield(L, -2, "path");
    lua_pushcfunction(L, open);
    lua_pushliteral(L, "toggl.core"); /* name and file, as require gives them */
    lua_pushfstring(L, "%s/toggl/core.so", root);
    lua_call(L, 2, 1);
    if (luaL_loadbuffer(L, script, sizeof script - 1, "script") != LUA_OK) return lua_error(L);
    lua_insert(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

/* Return how many pages are alive, by the module's count, from a state without a limit. */
static lua_Integer pages_left(lua_CFunction open)
{
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "toggl.core", open, 0);
    lua_getfield(L, -1, "pages_alive");
    lua_call(L, 0, 1);
    lua_Integer n = lua_tointeger(L, -1);
    lua_close(L);
    return n;
}

/* Run the script with LEFT allocations and return its status. Print the message of any error other
   than LUA_ERRMEM. */
static int run(lua_CFunction open, long left, memory *m)
{
    *m = (memory){.left = -1};
    lua_State *L = lua_newstate(take, m);
    luaL_openlibs(L);
    lua_pushcfunction(L, story);
    lua_pushlightuserdata(L, (void *)open);
    m->made = 0;
    m->left = left;
    int status = lua_pcall(L, 1, 0, 0);
    m->left = -1;
    if (status != LUA_OK && status != LUA_ERRMEM)
        printf("# allocation %ld: %s\n", left, lua_tostring(L, -1));
    lua_close(L);
    return status;
}

int main(int argc, char **argv)
{
    memory m;
    char path[PATH_MAX];
    (void)argc; /* a runner may pass a folder */
    snprintf(path, sizeof path, "%.*s/..", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
    if (!realpath(path, root)) return 1;
    snprintf(path, sizeof path, "%s/toggl/core.so", root);
    void *so = dlopen(path, RTLD_NOW);
    lua_CFunction open = NULL;
    if (so) *(void **)(&open) = dlsym(so, "luaopen_toggl_core");
    if (!open) printf("# %s\n", dlerror());
    CASE("a script with unlimited memory succeeds")
    CHECK(open && run(open, -1, &m) == LUA_OK);
    long all = m.made;
    CASE("with each allocation failing, it ends in a memory error, and no page leaks")
    {
        int wrong = 0;
        CHECK(all > 500);
        for (long i = 1; open && i <= all; i++) {
            int status = run(open, i, &m);
            if ((status != LUA_OK && status != LUA_ERRMEM) || m.bytes) wrong++;
        }
        CHECK(wrong == 0 && open && pages_left(open) == 0);
    }
    return check_report();
}
