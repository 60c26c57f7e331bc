/* Options of a client: read from the caller's table, where their texts stay until the core has
   copied them. */
#include <math.h>
#include <string.h>

#include "ltg.h"

#define OPTION(word)                                                                               \
    {                                                                                              \
        .name = word                                                                               \
    }

static const tg_field known[] = {OPTION("token"),
                                 OPTION("email"),
                                 OPTION("password"),
                                 OPTION("base_url"),
                                 OPTION("cleartext"),
                                 OPTION("unix_socket"),
                                 OPTION("user_agent"),
                                 OPTION("ca_file"),
                                 OPTION("ca_path"),
                                 OPTION("timeout"),
                                 OPTION("connect_timeout"),
                                 OPTION("reply_cap"),
                                 OPTION("retries"),
                                 OPTION("deadline"),
                                 OPTION("wait"),
                                 OPTION("reserve"),
                                 OPTION("max_age"),
                                 OPTION("settle"),
                                 OPTION("offline"),
                                 OPTION("refresh"),
                                 OPTION("stale"),
                                 OPTION("dry_run"),
                                 OPTION("cache"),
                                 OPTION("state"),
                                 OPTION("log"),
                                 OPTION("on_wait"),
                                 OPTION("on_error"),
                                 OPTION("http"),
                                 OPTION("confirm"),
                                 OPTION("sandbox"),
                                 OPTION("on_warning"),
                                 {0}};

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
        if (!(v >= least) || !isfinite(v))
            luaL_error(L, "option '%s' must be a number of at least %f", name, least);
    }
    lua_pop(L, 1);
    return v;
}

static bool flag_option(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "option '%s' must be true or false", name);
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return v;
}

static void function_option(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    if (type != LUA_TNIL && type != LUA_TFUNCTION)
        luaL_error(L, "option '%s' must be a function", name);
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
        if (near)
            luaL_error(L, "there is no option '%s' of a client; did you mean '%s'?", name, near);
        luaL_error(L, "there is no option '%s' of a client", name);
    }
}

static void read_credentials(lua_State *L, int t, tg_credentials *c)
{
    const char *token = string_option(L, t, "token"), *email = string_option(L, t, "email"),
               *password = string_option(L, t, "password");
    if (token && (email || password))
        luaL_error(L, "give either a token or an email and a password");
    if (!token && !email != !password)
        luaL_error(L, "an email needs a password, and a password an email");
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

static double settle_option(lua_State *L, int t)
{
    bool given = lua_getfield(L, t, "settle") != LUA_TNIL;
    lua_pop(L, 1);
    double v = number_option(L, t, "settle", 0);
    return given && v == 0 ? -1 : v;
}

static int count_option(lua_State *L, int t, const char *name, int none)
{
    int type = lua_getfield(L, t, name), ok;
    lua_Integer v = lua_tointegerx(L, -1, &ok);
    lua_pop(L, 1);
    if (type == LUA_TNIL) return none;
    if (!ok || v < 0 || v > 1 << 30)
        luaL_error(L, "option '%s' must be an integer of at least 0", name);
    return (int)v;
}

static void read_options(lua_State *L, int t, tg_client_options *o)
{
    read_credentials(L, t, &o->credentials);
    o->base_url = string_option(L, t, "base_url");
    o->cleartext = flag_option(L, t, "cleartext");
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
    o->settle = settle_option(L, t);
    o->wait = wait_option(L, t);
    double cap = number_option(L, t, "reply_cap", 1);
    o->reply_cap = cap < (double)(SIZE_MAX / 4) ? (size_t)cap : SIZE_MAX / 4;
    o->reserve = count_option(L, t, "reserve", 0);
    int retries = count_option(L, t, "retries", 3);
    o->retries = retries ? retries : -1;
    o->offline = flag_option(L, t, "offline");
    o->refresh = flag_option(L, t, "refresh");
    o->stale = flag_option(L, t, "stale");
    o->dry_run = flag_option(L, t, "dry_run");
    function_option(L, t, "log");
    function_option(L, t, "on_wait");
    function_option(L, t, "on_warning");
    function_option(L, t, "confirm");
    bool log = lua_getfield(L, t, "log") != LUA_TNIL,
         on_wait = lua_getfield(L, t, "on_wait") != LUA_TNIL;
    lua_pop(L, 2);
    o->want_events = log || on_wait;
    o->want_warnings = true;
    o->interrupt = ltg_interrupt_flag(L);
    o->tally = ltg_tally(L);
}

/* A User-Agent goes into a header: nothing in it may end the line. */
static void check_agent(lua_State *L, const char *s)
{
    for (; s && *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            luaL_error(L, "option 'user_agent' holds a control character");
}

/* True: on_error = "raise". Raises on misuse. */
bool ltg_client_options(lua_State *L, int t, tg_client_options *o)
{
    check_option_names(L, t);
    read_options(L, t, o);
    check_agent(L, o->user_agent);
    const char *on_error = string_option(L, t, "on_error");
    bool raises = on_error && strcmp(on_error, "raise") == 0;
    if (on_error && !raises && strcmp(on_error, "return") != 0)
        luaL_error(L, "option 'on_error' must be \"raise\" or \"return\"");
    return raises;
}
