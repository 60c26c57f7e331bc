/* The client userdata: options, methods, events. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "ltg.h"

#define MAX_FDS 256

ltg_client *ltg_checkclient(lua_State *L, int i)
{
    ltg_client *c = luaL_checkudata(L, i, LTG_CLIENT);
    if (!c->client) luaL_error(L, "the client is closed");
    return c;
}

/* A host that handles Ctrl-C leaves the address of its flag (volatile sig_atomic_t) in the registry under this name. */
static volatile sig_atomic_t *interrupt_flag(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "toggl.interrupt");
    volatile sig_atomic_t *flag = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return flag;
}

bool ltg_watched(lua_State *L)
{
    return interrupt_flag(L) != NULL;
}

bool ltg_interrupted(lua_State *L)
{
    volatile sig_atomic_t *flag = interrupt_flag(L);
    return flag && *flag;
}

/* ---------------------------------------------------------------------------------------------------------- options */

#define OPTION(word)                                                                                                   \
    {                                                                                                                  \
        .name = word                                                                                                   \
    }

static const tg_field known[] = {OPTION("token"),       OPTION("email"),
                                 OPTION("password"),    OPTION("base_url"),
                                 OPTION("unix_socket"), OPTION("user_agent"),
                                 OPTION("ca_file"),     OPTION("ca_path"),
                                 OPTION("timeout"),     OPTION("connect_timeout"),
                                 OPTION("reply_cap"),   OPTION("retries"),
                                 OPTION("deadline"),    OPTION("wait"),
                                 OPTION("reserve"),     OPTION("max_age"),
                                 OPTION("offline"),     OPTION("refresh"),
                                 OPTION("stale"),       OPTION("cache"),
                                 OPTION("state"),       OPTION("log"),
                                 OPTION("on_wait"),     OPTION("on_error"),
                                 OPTION("http"),        {0}};

static const char *string_option(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "option '%s' must be a string, got %s", name, luaL_typename(L, -1));
    const char *s = lua_tostring(L, -1); /* stays in the caller's table */
    if (s && strlen(s) != lua_rawlen(L, -1)) luaL_error(L, "option '%s' holds a NUL", name);
    lua_pop(L, 1);
    return s;
}

static double number_option(lua_State *L, int t, const char *name, double least)
{
    double v = 0;
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL) {
        v = type == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        if (!(v >= least) || !isfinite(v)) luaL_error(L, "option '%s' must be a number of at least %f", name, least);
    }
    lua_pop(L, 1);
    return v;
}

static bool flag_option(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN) luaL_error(L, "option '%s' must be true or false", name);
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return v;
}

static void function_option(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL && type != LUA_TFUNCTION) luaL_error(L, "option '%s' must be a function", name);
    lua_pop(L, 1);
}

static void check_option_names(lua_State *L, int t)
{
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "options of a client have names");
        size_t n;
        const char *name = lua_tolstring(L, -2, &n);
        if (tg_field_find(known, name, n)) continue;
        const char *near = tg_field_near(known, name, n);
        if (near) luaL_error(L, "there is no option '%s' of a client; did you mean '%s'?", name, near);
        luaL_error(L, "there is no option '%s' of a client", name);
    }
}

static void read_credentials(lua_State *L, int t, tg_credentials *c)
{
    const char *token = string_option(L, t, "token"), *email = string_option(L, t, "email"),
               *password = string_option(L, t, "password");
    if (token && (email || password)) luaL_error(L, "give either a token or an email and a password");
    if (!token && !email != !password) luaL_error(L, "an email needs a password, and a password an email");
    if (token)
        *c = (tg_credentials){TG_AUTH_TOKEN, token, NULL};
    else if (email)
        *c = (tg_credentials){TG_AUTH_PASSWORD, email, password};
}

static double wait_option(lua_State *L, int t)
{
    bool is_flag = lua_getfield(L, t, "wait") == LUA_TBOOLEAN, on = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_flag ? on ? -1 : 0 : number_option(L, t, "wait", 0);
}

static int count_option(lua_State *L, int t, const char *name, int none)
{
    int type = lua_getfield(L, t, name), ok;
    lua_Integer v = lua_tointegerx(L, -1, &ok);
    lua_pop(L, 1);
    if (type == LUA_TNIL) return none;
    if (!ok || v < 0 || v > 1 << 30) luaL_error(L, "option '%s' must be an integer of at least 0", name);
    return (int)v;
}

static void read_options(lua_State *L, int t, tg_client_options *o)
{
    read_credentials(L, t, &o->credentials);
    o->base_url = string_option(L, t, "base_url");
    o->unix_socket = string_option(L, t, "unix_socket");
    o->user_agent = string_option(L, t, "user_agent");
    o->ca_file = string_option(L, t, "ca_file");
    o->ca_path = string_option(L, t, "ca_path");
    o->cache_path = string_option(L, t, "cache");
    o->state_path = string_option(L, t, "state");
    o->http_path = string_option(L, t, "http");
    o->timeout = number_option(L, t, "timeout", 0.001);
    o->connect_timeout = number_option(L, t, "connect_timeout", 0.001);
    o->deadline = number_option(L, t, "deadline", 0.001);
    o->max_age = number_option(L, t, "max_age", 0);
    o->wait = wait_option(L, t);
    o->reply_cap = (size_t)number_option(L, t, "reply_cap", 1);
    o->reserve = count_option(L, t, "reserve", 0);
    int retries = count_option(L, t, "retries", 3);
    o->retries = retries ? retries : -1;
    o->offline = flag_option(L, t, "offline");
    o->refresh = flag_option(L, t, "refresh");
    o->stale = flag_option(L, t, "stale");
    function_option(L, t, "log");
    function_option(L, t, "on_wait");
    bool log = lua_getfield(L, t, "log") != LUA_TNIL, on_wait = lua_getfield(L, t, "on_wait") != LUA_TNIL;
    lua_pop(L, 2);
    o->want_events = log || on_wait;
    o->interrupt = interrupt_flag(L);
}

/* A User-Agent goes into a header: nothing in it may end the line. */
static void check_agent(lua_State *L, const char *s)
{
    for (; s && *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f) luaL_error(L, "option 'user_agent' holds a control character");
}

/* core.client(options) */
static int new_client(lua_State *L)
{
    tg_client_options o = {0};
    tg_error err;
    luaL_checktype(L, 1, LUA_TTABLE);
    check_option_names(L, 1);
    read_options(L, 1, &o);
    check_agent(L, o.user_agent);
    const char *on_error = string_option(L, 1, "on_error");
    if (on_error && strcmp(on_error, "raise") != 0 && strcmp(on_error, "return") != 0)
        return luaL_error(L, "option 'on_error' must be \"raise\" or \"return\"");
    ltg_client *c = lua_newuserdatauv(L, sizeof *c, 2);
    *c = (ltg_client){.raises = on_error && strcmp(on_error, "raise") == 0};
    luaL_setmetatable(L, LTG_CLIENT);
    lua_createtable(L, 0, 2); /* only what is needed later: the options hold secrets */
    lua_getfield(L, 1, "log");
    lua_setfield(L, -2, "log");
    lua_getfield(L, 1, "on_wait");
    lua_setfield(L, -2, "on_wait");
    lua_setiuservalue(L, -2, LTG_UV_OPTIONS);
    c->client = tg_client_new(&o, &err);
    if (!c->client) return luaL_error(L, "cannot make a client: %s", err.message);
    return 1;
}

static int client_close(lua_State *L)
{
    ltg_client *c = luaL_checkudata(L, 1, LTG_CLIENT);
    tg_client *client = c->client;
    c->client = NULL; /* first, so that nothing comes back to it */
    tg_client_free(client);
    return 0;
}

/* ----------------------------------------------------------------------------------------------------------- events */

static void push_event(lua_State *L, const tg_event *ev)
{
    static const char *const types[] = {"", "request", "reply", "wait", "retry", "store", "warning"};
    lua_createtable(L, 0, 12);
    ltg_setstring(L, "type", types[ev->type]);
    ltg_setstring(L, "operation", ev->operation);
    ltg_setstring(L, "method", ev->verb);
    ltg_setstring(L, "path", *ev->path ? ev->path : NULL);
    ltg_setstring(L, "reason", *ev->reason ? ev->reason : NULL);
    lua_pushnumber(L, ev->at);
    lua_setfield(L, -2, "at");
    lua_pushnumber(L, ev->seconds);
    lua_setfield(L, -2, "seconds");
    lua_pushinteger(L, ev->bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, ev->try_);
    lua_setfield(L, -2, "try");
    if (ev->status) lua_pushinteger(L, ev->status), lua_setfield(L, -2, "status");
    if (ev->remaining >= 0) lua_pushinteger(L, ev->remaining), lua_setfield(L, -2, "remaining");
}

/* on_wait(reason, seconds, until) */
static void tell_wait(lua_State *L, int options, const tg_event *ev)
{
    if (ev->type != TG_EV_WAIT || lua_getfield(L, options, "on_wait") == LUA_TNIL) return;
    lua_pushstring(L, ev->reason);
    lua_pushnumber(L, ev->seconds);
    lua_pushnumber(L, ev->at + ev->seconds);
    lua_call(L, 3, 0);
}

void ltg_drain(lua_State *L, int client)
{
    tg_event ev;
    int top = lua_gettop(L);
    ltg_client *c = lua_touserdata(L, client);
    while (c->client && tg_client_event(c->client, &ev)) {
        lua_getiuservalue(L, client, LTG_UV_OPTIONS);
        int options = lua_gettop(L);
        tell_wait(L, options, &ev);
        lua_settop(L, options);
        if (lua_getfield(L, options, "log") != LUA_TNIL) {
            push_event(L, &ev);
            lua_call(L, 1, 0);
        }
        lua_settop(L, top);
    }
}

/* ---------------------------------------------------------------------------------------------------------- methods */

static int client_tostring(lua_State *L)
{
    ltg_client *c = luaL_checkudata(L, 1, LTG_CLIENT);
    lua_pushfstring(L, "toggl.client (%s)", c->client ? tg_client_base_url(c->client) : "closed");
    return 1;
}

/* client:step([seconds]) -> number of calls under way: for a host with an event loop of its own. */
static int client_step(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    tg_error err;
    double s = luaL_optnumber(L, 2, 0);
    bool watched = ltg_watched(L);
    int ms = s < 0 || s > 3600 ? 3600000 : (int)(s * 1000);
    int n = tg_client_step(c->client, watched && ms > 100 ? 100 : ms, NULL, 0, &err);
    if (n < 0) return luaL_error(L, "%s", err.message);
    ltg_drain(L, 1);
    lua_pushinteger(L, n);
    return 1;
}

/* client:timeout() -> seconds until a step is due, or nil when nothing is under way. */
static int client_timeout(lua_State *L)
{
    double s = tg_client_timeout(ltg_checkclient(L, 1)->client);
    s < 0 ? lua_pushnil(L) : lua_pushnumber(L, s);
    return 1;
}

/* client:fds() -> { {fd =, read =, write =}, ... } */
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

/* client:cost() -> {total =, by_operation = {name = n}, by_window = {[organization or "user"] = n}} */
static int client_cost(lua_State *L)
{
    const tg_cost *costs;
    size_t n = tg_client_cost(ltg_checkclient(L, 1)->client, &costs);
    lua_Integer total = 0;
    lua_newtable(L);
    lua_newtable(L);
    lua_newtable(L); /* result, operations, windows */
    for (size_t i = 0; i < n; i++) {
        total += costs[i].requests;
        lua_getfield(L, -2, costs[i].operation);
        lua_pushinteger(L, lua_tointeger(L, -1) + costs[i].requests);
        lua_setfield(L, -4, costs[i].operation);
        lua_pop(L, 1);
        costs[i].organization ? lua_pushinteger(L, costs[i].organization) : (void)lua_pushliteral(L, "user");
        lua_pushvalue(L, -1);
        lua_gettable(L, -3);
        lua_pushinteger(L, lua_tointeger(L, -1) + costs[i].requests);
        lua_remove(L, -2);
        lua_settable(L, -3);
    }
    lua_setfield(L, -3, "by_window");
    lua_setfield(L, -2, "by_operation");
    lua_pushinteger(L, total);
    lua_setfield(L, -2, "total");
    return 1;
}

/* The windows are copied out before Lua is touched: it may not be entered with the store underneath. */
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
    if (w->organization > 0) lua_pushinteger(L, w->organization), lua_setfield(L, -2, "organization_id");
    if (w->organization < 0) lua_pushinteger(L, -w->organization), lua_setfield(L, -2, "workspace_id");
    if (w->total >= 0) lua_pushinteger(L, w->total), lua_setfield(L, -2, "total");
    if (w->remaining >= 0) lua_pushinteger(L, w->remaining), lua_setfield(L, -2, "remaining");
    if (w->resets_at > now) lua_pushnumber(L, w->resets_at - now), lua_setfield(L, -2, "resets_in");
    lua_pushinteger(L, w->spent);
    lua_setfield(L, -2, "spent");
}

/* client:windows() -> what the ledger knows, without a request */
static int client_windows(lua_State *L)
{
    windows all = {.n = 0};
    ltg_client *c = ltg_checkclient(L, 1);
    tg_client_quota(c->client, keep_window, &all);
    lua_createtable(L, all.n, 0);
    for (int i = 0; i < all.n; i++) {
        push_window(L, &all.w[i], tg_client_now(c->client));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* client:fact(name[, value]): small facts learned about this server. */
static int client_fact(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    const char *name = luaL_checkstring(L, 2);
    int64_t value;
    if (!lua_isnoneornil(L, 3)) {
        tg_client_set_fact(c->client, name, luaL_checkinteger(L, 3));
        return 0;
    }
    if (!tg_client_fact(c->client, name, &value)) return 0;
    lua_pushinteger(L, value);
    return 1;
}

/* client:learn(organization, remaining, resets_in, total): what the server said of a window. 0: the account's own. */
static int client_learn(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    tg_client_learn(c->client, luaL_checkinteger(L, 2), (int)luaL_checkinteger(L, 3), luaL_optnumber(L, 4, -1),
                    (int)luaL_optinteger(L, 5, -1));
    return 0;
}

static int client_raises(lua_State *L)
{
    lua_pushboolean(L, ltg_checkclient(L, 1)->raises);
    return 1;
}

/* ------------------------------------------------------------------------------------------------------------- .api */

/* upvalue: client */
static int api_index(lua_State *L)
{
    size_t n;
    const char *name = luaL_checklstring(L, 2, &n);
    const tg_op *op = tg_op_find(name);
    if (!op) return luaL_error(L, "there is no operation '%s'; toggl.operations lists them", name);
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

/* __index; upvalue: methods */
static int client_index(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "api") == 0) {
        push_api(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

static const luaL_Reg methods[] = {{"close", client_close},   {"request", ltg_request},    {"sql", ltg_sql},
                                   {"step", client_step},     {"timeout", client_timeout}, {"fds", client_fds},
                                   {"cost", client_cost},     {"windows", client_windows}, {"fact", client_fact},
                                   {"raises", client_raises}, {"learn", client_learn},     {NULL, NULL}};

/* [-0, +0], the module at the top, with its classes */
void ltg_open_client(lua_State *L)
{
    lua_pushcfunction(L, new_client);
    lua_setfield(L, -2, "client");
    luaL_newmetatable(L, LTG_CLIENT);
    lua_getfield(L, -2, "classes");
    lua_getfield(L, -1, "client"); /* module, metatable, classes, methods */
    luaL_setfuncs(L, methods, 0);
    lua_pushcclosure(L, client_index, 1);
    lua_setfield(L, -3, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, client_close);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, client_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
}
