/*
** The sandbox as a Lua module: toggl.sandbox.start{...} -> userdata.
*/
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lua.h>

#include "other_lua.h"
#include "sandbox.h"

#define TYPE "toggl.sandbox"

/* The userdata is created first, without a server; NULL: not started yet, or stopped. */
typedef struct handle {
    tg_sandbox *server;
    char *leftover; /* entry in the list of the host; NULL: none */
} handle;

static tg_sandbox *check_server(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, TYPE);
    if (!h->server) luaL_error(L, "the sandbox has been stopped");
    return h->server;
}

/* ---------------------------------------------------------------------------------------- knobs */

#define DEEPEST 100
#define LISTS   10000 /* in one knob; a list counts as often as it stands in others */

static void control_top(lua_State *L, const handle *h, const char *name, int depth, int *lists);

/* Set one knob for each item of the list on top of the stack, which stays. */
static void control_list(lua_State *L, const handle *h, const char *name, int depth, int *lists)
{
    const char *option = strcmp(name, "fault") == 0 ? "faults" : name;
    if (depth >= DEEPEST || ++*lists > LISTS)
        luaL_error(L,
                   "%s: nested more than %d deep, more than %d lists, or a list that contains "
                   "itself",
                   option, DEEPEST, LISTS);
    luaL_checkstack(L, 4, "knobs nested too deeply");
    lua_Integer n = 0;
    for (; lua_rawgeti(L, -1, n + 1) != LUA_TNIL; n++, lua_pop(L, 1))
        control_top(L, h, name, depth + 1, lists);
    if (n == 0 && lua_next(L, -2)) /* the nil at the end of the list is the first key */
        luaL_error(L, "%s: a list of texts expected, such as {\"500:2\"}, got named values",
                   option);
    if (n > 0) lua_pop(L, 1);
}

/* Set one knob from the value on top of the stack, which stays. A fault may be a list of faults.
   The server is looked up on use: a finalizer may have stopped it. */
static void control_top(lua_State *L, const handle *h, const char *name, int depth, int *lists)
{
    char error[200];
    if (lua_istable(L, -1)) {
        control_list(L, h, name, depth, lists);
        return;
    }
    bool flag = lua_isboolean(L, -1);
    if (!flag && !lua_isstring(L, -1))
        luaL_error(L, "%s: a string or a number expected, got %s", name, luaL_typename(L, -1));
    lua_pushvalue(L, -1); /* a copy: lua_tostring would change a number in place */
    const char *value = !flag ? lua_tostring(L, -1) : lua_toboolean(L, -1) ? "true" : "false";
    if (!h->server) luaL_error(L, "the sandbox has been stopped");
    if (!tg_sandbox_control(h->server, name, value, error, sizeof error))
        luaL_error(L, "%s", error);
    lua_pop(L, 1);
}

static bool is_start_option(const char *name)
{
    static const char *const names[] = {"people", "seed", "port", "file", "record"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* Set every knob in the table at that index; `starting` ignores the options of start(). */
static void control_table(lua_State *L, int table, const handle *h, bool starting)
{
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "names of knobs expected as keys");
        const char *name = lua_tostring(L, -2);
        if (starting && is_start_option(name)) continue;
        int lists = 0;
        control_top(L, h, strcmp(name, "faults") == 0 ? "fault" : name, 0, &lists);
    }
}

/* ---------------------------------------------------------------------------------------- start */

static lua_Integer integer_option(lua_State *L, const char *name, lua_Integer other,
                                  lua_Integer least, lua_Integer most)
{
    lua_Integer value = other;
    int whole = 1;
    if (lua_getfield(L, 1, name) != LUA_TNIL) value = lua_tointegerx(L, -1, &whole);
    if (!whole || value < least || value > most)
        luaL_error(L, "%s: an integer from %I to %I expected", name, (LUAI_UACINT)least,
                   (LUAI_UACINT)most);
    lua_pop(L, 1);
    return value;
}

/* Leave the text on the stack, which keeps it alive until the server has started. */
static const char *string_option(lua_State *L, const char *name)
{
    if (lua_getfield(L, 1, name) != LUA_TNIL && lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "%s: a string expected, got %s", name, luaL_typename(L, -1));
    return lua_tostring(L, -1);
}

#define LEFTOVERS 16 /* as the host of togglsh has them */

/* Add the socket of the server to the list of files that the host removes when the process is
   killed, if there is a host and room in the list. */
static void note_leftover(lua_State *L, handle *h)
{
    const char *socket = tg_sandbox_socket(h->server);
    lua_getfield(L, LUA_REGISTRYINDEX, "toggl.leftovers");
    char(*places)[96] = lua_touserdata(L, -1);
    lua_pop(L, 1);
    for (int i = 0; places && socket && i < LEFTOVERS && strlen(socket) < sizeof *places; i++) {
        if (places[i][0]) continue;
        strcpy(places[i] + 1, socket + 1);
        atomic_signal_fence(memory_order_seq_cst);
        places[i][0] = socket[0];
        h->leftover = places[i];
        return;
    }
}

static int m_start(lua_State *L)
{
    char error[300];
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    handle *h = lua_newuserdatauv(L, sizeof *h, 0); /* options, handle */
    *h = (handle){.server = NULL};
    luaL_setmetatable(L, TYPE);
    tg_sandbox_options o = {.people = (int)integer_option(L, "people", 12, 1, 200000),
                            .port = (int)integer_option(L, "port", -1, -1, 65535),
                            .seed = (uint64_t)integer_option(L, "seed", 1, LUA_MININTEGER,
                                                             LUA_MAXINTEGER),
                            .file = string_option(L, "file"),
                            .record = string_option(L, "record")};
    h->server = tg_sandbox_start(&o, error, sizeof error);
    if (!h->server) return luaL_error(L, "%s", error);
    note_leftover(L, h);
    control_table(L, 1, h, true); /* an error leaves the server to __gc */
    lua_settop(L, 2);
    return 1;
}

/* -------------------------------------------------------------------------------------- methods */

/* [-0, +0 or +1] a sentence about exchanges missing from the recording */
static int push_problem(lua_State *L, tg_sandbox *s)
{
    int fault = s ? tg_sandbox_record_fault(s) : 0;
    if (!fault) return 0;
    lua_pushfstring(L, "exchanges are missing in the recording: %s", strerror(fault));
    return 1;
}

/* problem() -> a sentence about exchanges missing from the recording, or nil */
static int f_problem(lua_State *L)
{
    return push_problem(L, check_server(L));
}

/* stop() -> true; nil, sentence: stopped as well, but its recording is incomplete */
static int f_stop(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, TYPE);
    lua_settop(L, 1);
    lua_pushnil(L);
    bool whole = push_problem(L, h->server) == 0;
    tg_sandbox *s = h->server;
    h->server = NULL;
    tg_sandbox_stop(s);
    if (h->leftover) *h->leftover = '\0';
    h->leftover = NULL;
    if (whole) lua_pushboolean(L, 1);
    return whole ? 1 : 2;
}

/* Read WHO before looking up the server: converting a number to a text can run a finalizer, which
   may stop the server. */
static int push_secret(lua_State *L, const char *who, tg_sandbox_secret what)
{
    char secret[320];
    if (!tg_sandbox_secret_of(check_server(L), who, what, secret, sizeof secret))
        return luaL_error(L, "there is no account '%s'", who);
    lua_pushstring(L, secret);
    return 1;
}

static int f_token(lua_State *L)
{
    return push_secret(L, luaL_optstring(L, 2, NULL), TG_SANDBOX_TOKEN);
}

static int f_password_of(lua_State *L)
{
    return push_secret(L, luaL_checkstring(L, 2), TG_SANDBOX_PASSWORD);
}

static int f_set(lua_State *L)
{
    check_server(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    control_table(L, 2, lua_touserdata(L, 1), false);
    lua_settop(L, 1);
    return 1;
}

static int control_one(lua_State *L, const char *what, const char *value)
{
    char error[200];
    if (!tg_sandbox_control(check_server(L), what, value, error, sizeof error))
        return luaL_error(L, "%s", error);
    lua_settop(L, 1);
    return 1;
}

static int f_fault(lua_State *L)
{
    check_server(L);
    return control_one(L, "fault", luaL_checkstring(L, 2));
}

static int f_clear(lua_State *L)
{
    return control_one(L, "clear", NULL);
}

static int f_advance(lua_State *L)
{
    check_server(L);
    luaL_checknumber(L, 2);
    return control_one(L, "advance", lua_tostring(L, 2));
}

/* Copy the requests to malloc'ed memory first: Lua may raise, which it must not while the server is
   locked. */
struct copies {
    struct copy {
        char method[12], path[500];
        int status;
    } * rows;
    size_t count;
};

static void copy_request(void *to, const tg_sandbox_request *r)
{
    struct copies *c = to;
    struct copy *grown = realloc(c->rows, (c->count + 1) * sizeof *c->rows);
    if (!grown) return;
    c->rows = grown;
    struct copy *row = &c->rows[c->count++];
    strncpy(row->method, r->method, sizeof row->method - 1);
    strncpy(row->path, r->path, sizeof row->path - 1);
    row->method[sizeof row->method - 1] = row->path[sizeof row->path - 1] = '\0';
    row->status = r->status;
}

static int push_requests(lua_State *L)
{
    const struct copies *c = lua_touserdata(L, 1);
    lua_createtable(L, (int)c->count, 0);
    for (size_t i = 0; i < c->count; i++) {
        lua_createtable(L, 0, 3);
        lua_pushstring(L, c->rows[i].method);
        lua_setfield(L, -2, "method");
        lua_pushstring(L, c->rows[i].path);
        lua_setfield(L, -2, "path");
        lua_pushinteger(L, c->rows[i].status);
        lua_setfield(L, -2, "status");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* requests() -> number of all requests, list of the last ones. The list is built in protected mode
   so that the copy is freed. */
static int f_requests(lua_State *L)
{
    struct copies c = {0};
    tg_sandbox *s = check_server(L);
    luaL_checkstack(L, 8, NULL);
    lua_pushcfunction(L, push_requests);
    lua_pushlightuserdata(L, &c);
    uint64_t all = tg_sandbox_requests(s, copy_request, &c);
    int rc = lua_pcall(L, 1, 1, 0); /* self, list or error */
    free(c.rows);
    if (rc != LUA_OK) return lua_error(L);
    lua_pushinteger(L, (lua_Integer)all);
    lua_insert(L, -2);
    return 2;
}

/* wait([seconds]) -> true after that time, false if a signal came first; without a time: until a
   signal. */
static int f_wait(lua_State *L)
{
    check_server(L);
    double seconds = luaL_optnumber(L, 2, -1);
    if (seconds > 1e9 || seconds != seconds) seconds = 1e9;
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    int rc = ppoll(NULL, 0, lua_isnoneornil(L, 2) || seconds < 0 ? NULL : &t, NULL);
    lua_pushboolean(L, rc == 0);
    return 1;
}

/* ---------------------------------------------------------------------------------- metamethods */

/* Upvalue 1 is the table of methods. Fields of a running server: url, socket, organization_id,
   email, password, api_token. */
static int mm_index(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, TYPE);
    const char *key = luaL_checkstring(L, 2);
    if (lua_getfield(L, lua_upvalueindex(1), key) != LUA_TNIL || !h->server) return 1;
    if (strcmp(key, "url") == 0)
        lua_pushstring(L, tg_sandbox_url(h->server));
    else if (strcmp(key, "socket") == 0)
        lua_pushstring(L, tg_sandbox_socket(h->server)); /* NULL pushes nil */
    else if (strcmp(key, "organization_id") == 0)
        lua_pushinteger(L, TG_SANDBOX_ORGANIZATION);
    else if (strcmp(key, "email") == 0)
        return push_secret(L, NULL, TG_SANDBOX_EMAIL);
    else if (strcmp(key, "password") == 0)
        return push_secret(L, NULL, TG_SANDBOX_PASSWORD);
    else if (strcmp(key, "api_token") == 0)
        return push_secret(L, NULL, TG_SANDBOX_TOKEN);
    else
        return 1; /* the nil from above */
    return 1;
}

static int mm_tostring(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, TYPE);
    const char *socket = h->server ? tg_sandbox_socket(h->server) : NULL;
    if (!h->server)
        lua_pushliteral(L, TYPE " (stopped)");
    else
        lua_pushfstring(L, TYPE " (%s)", socket ? socket : tg_sandbox_url(h->server));
    return 1;
}

static const luaL_Reg methods[] = {{"stop", f_stop},
                                   {"token", f_token},
                                   {"password_of", f_password_of},
                                   {"set", f_set},
                                   {"fault", f_fault},
                                   {"clear", f_clear},
                                   {"requests", f_requests},
                                   {"advance", f_advance},
                                   {"wait", f_wait},
                                   {"problem", f_problem},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__gc", f_stop},
                                       {"__close", f_stop},
                                       {"__tostring", mm_tostring},
                                       {NULL, NULL}};

static const luaL_Reg functions[] = {{"start", m_start}, {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_toggl_sandbox(lua_State *L);

int luaopen_toggl_sandbox(lua_State *L)
{
    need_lua_54(L);
    luaL_newmetatable(L, TYPE); /* sets __name as well */
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, mm_index, 1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
