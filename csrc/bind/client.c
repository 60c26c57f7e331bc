/* The client userdata and its methods. Events are in events.c. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "ltg.h"

#define MAX_FDS 256

/* [-1, +3] core.changes([forget]) -> number of changes made, number of changes with unknown
   outcome, the first of the latter or nil. Counts from the start of the state, or from the last
   forget. */
static int changes(lua_State *L)
{
    tg_tally *t = ltg_tally(L);
    bool forget = lua_toboolean(L, 1);
    lua_pushinteger(L, t->made);
    lua_pushinteger(L, t->unknown);
    lua_pushstring(L, t->unknown ? t->first : NULL);
    if (forget) t->made = t->unknown = 0;
    return 3;
}

/* [-1, +0] core.limit_requests(n): the most requests that all clients of this state send together,
   from its start; 0: none */
static int limit_requests(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 1);
    ltg_tally(L)->max_requests = n > 0 && n < INT32_MAX ? (long)n : n > 0 ? 0 : -1;
    return 0;
}

/* Clients of this state that are not collected yet: {[client] = true}. [-0, +1] */
static void push_clients(lua_State *L)
{
    if (luaL_getsubtable(L, LUA_REGISTRYINDEX, "toggl.clients")) return;
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

/* [-1, +1] core.holds_secret(text) -> does the text contain a token or password of an open client
   of this state? The secrets are not kept in a list: they are freed with their clients. */
static int holds_secret(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    bool found = false;
    push_clients(L);
    for (lua_pushnil(L); !found && lua_next(L, -2); lua_pop(L, 1)) {
        const ltg_client *c = lua_touserdata(L, -2);
        found = c->client && tg_client_holds_secret(c->client, text, n);
    }
    lua_pushboolean(L, found);
    return 1;
}

/* Replace the table at 1 by a plain copy of the known fields: values from a metamethod could be
   collected while the core reads them, and a finalizer may change the caller's table. */
static void own_copy(lua_State *L)
{
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, 2);
    }
    lua_replace(L, 1);
}

/* [-1, +1] core.client(options) */
static int new_client(lua_State *L)
{
    /* a sandbox in this process ends with the last client created for it, not earlier */
    static const char *const kept[] = {"log", "on_wait", "on_warning", "confirm", "sandbox", NULL};
    tg_client_options o = {0};
    tg_error err;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    own_copy(L);
    bool raises = ltg_client_options(L, 1, &o);
    ltg_client *c = lua_newuserdatauv(L, sizeof *c, LTG_UVS);
    *c = (ltg_client){.raises = raises, .interrupt = o.interrupt, .watched = -1};
    luaL_setmetatable(L, LTG_CLIENT);
    lua_createtable(L, 0, 4); /* only the functions: the options hold secrets */
    for (const char *const *name = kept; *name; name++) {
        lua_getfield(L, 1, *name);
        lua_setfield(L, -2, *name);
    }
    lua_setiuservalue(L, -2, LTG_UV_OPTIONS);
    push_clients(L);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    c->client = tg_client_new(&o, &err);
    if (c->client) return 1;
    ltg_pushadvice(L, &err);
    const char *advice = lua_tostring(L, -1);
    return ltg_misuse(L, "cannot make a client: %s%s%s", err.message, advice ? "; " : "",
                      advice ? advice : "");
}

/* Close the client without calling Lua; tasks may wait for its calls, which end with it. */
static void end_client(lua_State *L, ltg_client *c)
{
    tg_client *client = c->client;
    c->client = NULL;
    if (!client) return;
    ltg_unwatch(L, c);
    tg_client_free(client);
    ltg_nudge(L);
}

/* [-0, +0] core.close_all(): close all clients of this state and cancel their calls in flight. Runs
   no Lua code. */
static int close_all(lua_State *L)
{
    lua_settop(L, 0);
    push_clients(L);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) end_client(L, lua_touserdata(L, -2));
    return 0;
}

/* --------------------------------------------------------------------------------------- ending */

/* [-1, +0] Does not call Lua code: a finalizer may run at any moment. */
static int client_gc(lua_State *L)
{
    end_client(L, luaL_checkudata(L, 1, LTG_CLIENT));
    return 0;
}

/* [-1, +0] ltg_drain in protected mode */
static int drain(lua_State *L)
{
    ltg_drain(L, 1);
    return 0;
}

/* [-1, +0] The last writes to the stores may cause warnings, and on_warning may raise or close the
   client. */
static int client_close(lua_State *L)
{
    ltg_client *c = luaL_checkudata(L, 1, LTG_CLIENT);
    int status = LUA_OK;
    if (c->client) {
        tg_client_flush(c->client);
        lua_pushcfunction(L, drain);
        lua_pushvalue(L, 1);
        status = lua_pcall(L, 1, 0, 0);
    }
    end_client(L, c);
    return status == LUA_OK ? 0 : lua_error(L);
}

/* [-2, +0] core.warn(client, sentence) */
static int warn(lua_State *L)
{
    tg_client_warn(ltg_checkclient(L, 1)->client, luaL_checkstring(L, 2));
    ltg_drain(L, 1);
    return 0;
}

/* -------------------------------------------------------------------------------------- methods */

/* [-1, +1] */
static int client_tostring(lua_State *L)
{
    ltg_client *c = luaL_checkudata(L, 1, LTG_CLIENT);
    lua_pushfstring(L, "toggl.client (%s)", c->client ? tg_client_base_url(c->client) : "closed");
    return 1;
}

/* [-2, +1] client:step([seconds]) -> number of calls in flight: for a host with its own event
   loop. */
static int client_step(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    tg_error err;
    double s = luaL_optnumber(L, 2, 0);
    bool watched = ltg_watched(L);
    /* rounded up: a wait of no time would be repeated until the rest of a millisecond is over */
    int ms = s >= 0 && s <= 3600 ? (int)ceil(s * 1000) : 3600000;
    int n = tg_client_step(c->client, watched && ms > 100 ? 100 : ms, NULL, 0, &err);
    if (n < 0) return luaL_error(L, "%s", err.message);
    ltg_nudge(L);
    ltg_drain(L, 1);
    lua_pushinteger(L, n);
    return 1;
}

/* [-1, +1] client:timeout() -> seconds until the next step is due, or nil when no call is in
   flight. */
static int client_timeout(lua_State *L)
{
    double s = tg_client_timeout(ltg_checkclient(L, 1)->client);
    s < 0 ? lua_pushnil(L) : lua_pushnumber(L, s);
    return 1;
}

/* [-1, +1] core.is_open(client) */
static int is_open(lua_State *L)
{
    const ltg_client *c = luaL_checkudata(L, 1, LTG_CLIENT);
    lua_pushboolean(L, c->client != NULL);
    return 1;
}

/* [-1, +1] client:fds() -> { {fd =, read =, write =}, ... } */
static int client_fds(lua_State *L)
{
    struct pollfd fds[MAX_FDS];
    int n = tg_client_fds(ltg_checkclient(L, 1)->client, fds, MAX_FDS);
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, fds[i].fd);
        lua_setfield(L, -2, "fd");
        ltg_setflag(L, "read", fds[i].events & POLLIN);
        ltg_setflag(L, "write", fds[i].events & POLLOUT);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* [-1, +1] client:cost() -> {total =, by_operation = {name = n}, by_window = {[organization or
   "user"] = n}}. Reads the rows again each time: a finalizer run by Lua may add one, or close the
   client. */
static int client_cost(lua_State *L)
{
    const tg_cost *costs;
    const ltg_client *c = ltg_checkclient(L, 1);
    lua_Integer total = 0;
    lua_newtable(L);
    lua_newtable(L);
    lua_newtable(L); /* stack: result, operations, windows */
    for (size_t i = 0; c->client && i < tg_client_cost(c->client, &costs); i++) {
        tg_cost row = costs[i];
        total += row.requests;
        lua_getfield(L, -2, row.operation);
        lua_pushinteger(L, lua_tointeger(L, -1) + row.requests);
        lua_setfield(L, -4, row.operation);
        lua_pop(L, 1);
        row.organization ? lua_pushinteger(L, row.organization) : (void)lua_pushliteral(L, "user");
        lua_pushvalue(L, -1);
        lua_gettable(L, -3);
        lua_pushinteger(L, lua_tointeger(L, -1) + row.requests);
        lua_remove(L, -2);
        lua_settable(L, -3);
    }
    lua_setfield(L, -3, "by_window");
    lua_setfield(L, -2, "by_operation");
    lua_pushinteger(L, total);
    lua_setfield(L, -2, "total");
    return 1;
}

/* The windows are copied before calling Lua, which must not run with the store on the C stack. */
typedef struct windows {
    tg_window_state w[64];
    int n;
} windows;

static bool keep_window(void *ctx, const tg_window_state *w)
{
    windows *all = ctx;
    all->w[all->n++] = *w;
    return all->n < 64;
}

static void push_window(lua_State *L, const tg_window_state *w, double now)
{
    lua_createtable(L, 0, 5);
    if (w->organization > 0)
        lua_pushinteger(L, w->organization), lua_setfield(L, -2, "organization_id");
    if (w->organization < 0)
        lua_pushinteger(L, -w->organization), lua_setfield(L, -2, "workspace_id");
    if (w->total >= 0) lua_pushinteger(L, w->total), lua_setfield(L, -2, "total");
    if (w->remaining >= 0) lua_pushinteger(L, w->remaining), lua_setfield(L, -2, "remaining");
    if (w->resets_at > now) lua_pushnumber(L, w->resets_at - now), lua_setfield(L, -2, "resets_in");
    lua_pushinteger(L, w->spent);
    lua_setfield(L, -2, "spent");
}

/* [-1, +1] client:windows() -> the windows in the ledger; sends no request */
static int client_windows(lua_State *L)
{
    windows all = {.n = 0};
    ltg_client *c = ltg_checkclient(L, 1);
    double now = tg_client_now(c->client);
    tg_client_quota(c->client, keep_window, &all);
    lua_createtable(L, all.n, 0);
    for (int i = 0; i < all.n; i++) {
        push_window(L, &all.w[i], now);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* [-3, +0 or +1] client:fact(name[, value]): small facts learned about this server. */
static int client_fact(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2); /* first: making a text may run a finalizer */
    ltg_client *c = ltg_checkclient(L, 1);
    int64_t value;
    if (!lua_isnoneornil(L, 3)) {
        tg_client_set_fact(c->client, name, luaL_checkinteger(L, 3));
        return 0;
    }
    if (!tg_client_fact(c->client, name, &value)) return 0;
    lua_pushinteger(L, value);
    return 1;
}

/* Clamp a count to the range of int, so that it does not wrap. */
static int count_of(lua_Integer n)
{
    return n > INT32_MAX ? INT32_MAX : n < 0 ? (n <= INT32_MIN + 1 ? INT32_MIN : -1) : (int)n;
}

/* [-5, +0] client:learn(organization, remaining, resets_in, total): record a window as reported by
   the server. 0: the account's own. */
static int client_learn(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    tg_client_learn(c->client, luaL_checkinteger(L, 2), count_of(luaL_checkinteger(L, 3)),
                    luaL_optnumber(L, 4, -1), count_of(luaL_optinteger(L, 5, -1)));
    return 0;
}

/* [-2, +0] client:set_offline(boolean) */
static int client_set_offline(lua_State *L)
{
    tg_client_set_offline(ltg_checkclient(L, 1)->client, lua_toboolean(L, 2));
    return 0;
}

/* [-2, +0] client:set_wait(seconds or boolean): true: as long as it takes; false: not at all */
static int client_set_wait(lua_State *L)
{
    tg_client *c = ltg_checkclient(L, 1)->client;
    double seconds = lua_toboolean(L, 2) ? -1 : 0;
    if (lua_type(L, 2) == LUA_TNUMBER) seconds = lua_tonumber(L, 2) > 0 ? lua_tonumber(L, 2) : 0;
    tg_client_set_wait(c, seconds);
    return 0;
}

/* [-1, +1] core.raises(client) -> whether on_error is "raise" */
static int client_raises(lua_State *L)
{
    lua_pushboolean(L, ltg_checkclient(L, 1)->raises);
    return 1;
}

/* [-0, +1] core.settle_seconds(client) -> seconds in which Toggl may not show a change yet */
static int settle_seconds(lua_State *L)
{
    lua_pushnumber(L, tg_client_settle_after(ltg_checkclient(L, 1)->client));
    return 1;
}

/* [-0, +1] core.timeout_seconds(client) -> seconds that one attempt may last */
static int timeout_seconds(lua_State *L)
{
    lua_pushnumber(L, tg_client_attempt_most(ltg_checkclient(L, 1)->client));
    return 1;
}

/* [-1, +1] client:sandbox() -> the sandbox in this process that it was created for, or nil */
static int client_sandbox(lua_State *L)
{
    luaL_checkudata(L, 1, LTG_CLIENT);
    lua_getiuservalue(L, 1, LTG_UV_OPTIONS);
    lua_getfield(L, -1, "sandbox");
    return 1;
}

/* ----------------------------------------------------------------------------------------- .api */

/* [-2, +1] __index of .api. Upvalue: client */
static int api_index(lua_State *L)
{
    size_t n;
    const char *name = luaL_checklstring(L, 2, &n);
    luaL_checktype(L, 1, LUA_TTABLE);
    const tg_op *op = tg_op_find(name);
    if (!op) return ltg_misuse(L, "there is no operation '%s'; toggl.operations lists them", name);
    lua_pushlightuserdata(L, (void *)(uintptr_t)op);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushcclosure(L, ltg_operation, 2);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
}

static void push_api(lua_State *L)
{
    luaL_checkudata(L, 1, LTG_CLIENT);
    if (lua_getiuservalue(L, 1, LTG_UV_API) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, api_index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, 1, LTG_UV_API);
}

/* [-2, +1] __index. Upvalue: methods */
static int client_index(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1; /* the common case */
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "api") == 0) {
        push_api(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    if (lua_gettable(L, lua_upvalueindex(1)) == LUA_TNIL) ltg_note_miss(L, "client");
    return 1;
}

static const luaL_Reg methods[] = {{"close", client_close},
                                   {"request", ltg_request},
                                   {"sql", ltg_sql},
                                   {"check_stores", ltg_check_stores},
                                   {"step", client_step},
                                   {"timeout", client_timeout},
                                   {"fds", client_fds},
                                   {"cost", client_cost},
                                   {"windows", client_windows},
                                   {"fact", client_fact},
                                   {"raises", client_raises},
                                   {"sandbox", client_sandbox},
                                   {"learn", client_learn},
                                   {"set_offline", client_set_offline},
                                   {"set_wait", client_set_wait},
                                   {NULL, NULL}};

/* [-0, +0], the module on top, with its classes */
void ltg_open_client(lua_State *L)
{
    lua_pushcfunction(L, new_client);
    lua_setfield(L, -2, "client");
    lua_pushcfunction(L, changes);
    lua_setfield(L, -2, "changes");
    lua_pushcfunction(L, limit_requests);
    lua_setfield(L, -2, "limit_requests");
    lua_pushcfunction(L, settle_seconds);
    lua_setfield(L, -2, "settle_seconds");
    lua_pushcfunction(L, timeout_seconds);
    lua_setfield(L, -2, "timeout_seconds");
    lua_pushcfunction(L, ltg_holes);
    lua_setfield(L, -2, "holes");
    lua_pushcfunction(L, close_all);
    lua_setfield(L, -2, "close_all");
    lua_pushcfunction(L, holds_secret);
    lua_setfield(L, -2, "holds_secret");
    lua_pushcfunction(L, warn);
    lua_setfield(L, -2, "warn");
    lua_pushcfunction(L, is_open);
    lua_setfield(L, -2, "is_open");
    luaL_newmetatable(L, LTG_CLIENT);
    ltg_markclient(L);
    lua_getfield(L, -2, "classes");
    lua_getfield(L, -1, "client"); /* stack: module, metatable, classes, methods */
    luaL_setfuncs(L, methods, 0);
    lua_pushcclosure(L, client_index, 1);
    lua_setfield(L, -3, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, client_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, client_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
}
