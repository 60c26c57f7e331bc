/* Options of a call: read from the table of its named arguments, where their texts stay until the
   core has copied them. */
#include <math.h>
#include <string.h>

#include "ltg.h"

typedef enum option {
    TIMEOUT,
    CONNECT_TIMEOUT,
    DEADLINE,
    MAX_AGE,
    WAIT,
    REFRESH,
    OFFLINE,
    STALE,
    NO_STORE,
    DRY_RUN,
    AUTH,
    OPTIONS
} option;

static const tg_field options[] = {[TIMEOUT] = {.name = "timeout", .type = TG_REAL},
                                   [CONNECT_TIMEOUT] = {.name = "connect_timeout", .type = TG_REAL},
                                   [DEADLINE] = {.name = "deadline", .type = TG_REAL},
                                   [MAX_AGE] = {.name = "max_age", .type = TG_REAL},
                                   [WAIT] = {.name = "wait", .type = TG_ANY},
                                   [REFRESH] = {.name = "refresh", .type = TG_BOOL},
                                   [OFFLINE] = {.name = "offline", .type = TG_BOOL},
                                   [STALE] = {.name = "stale", .type = TG_ANY},
                                   [NO_STORE] = {.name = "no_store", .type = TG_BOOL},
                                   [DRY_RUN] = {.name = "dry_run", .type = TG_BOOL},
                                   [AUTH] = {.name = "auth", .type = TG_ANY},
                                   [OPTIONS] = {.name = NULL}};

unsigned ltg_option(const char *name)
{
    const tg_field *f = tg_field_find(options, name, strlen(name));
    return f ? 1u << (f - options) : 0;
}

/* [-0, +1] its value, or nil; the type of it. Most calls have none, and looking for each would take
   longer than all ** the rest that is done with their arguments. */
static int push_option(lua_State *L, int args, unsigned given, option which)
{
    if (given >> which & 1) return lua_getfield(L, args, options[which].name);
    lua_pushnil(L);
    return LUA_TNIL;
}

const char *ltg_nearoption(const char *name, size_t n)
{
    return tg_field_near(options, name, n);
}

/* A number of seconds, above 0; 0 when it is not given. */
static double seconds(lua_State *L, int args, unsigned given, option which)
{
    double v = 0;
    if (push_option(L, args, given, which) != LUA_TNIL) {
        v = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        if (!(v > 0) || !isfinite(v))
            ltg_refuse(L, options[which].name, "must be a number of seconds above 0");
    }
    lua_pop(L, 1);
    return v;
}

/* Whether it is given and true; *AGAINST (may be NULL): given and false, which is more than not
   being given. */
static bool flag(lua_State *L, int args, unsigned given, option which, bool *against)
{
    int type = push_option(L, args, given, which);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        ltg_refuse(L, options[which].name, "must be true or false");
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (against) *against = type == LUA_TBOOLEAN && !v;
    return v;
}

static void take_wait(lua_State *L, int args, unsigned given, tg_call_options *o)
{
    int type = push_option(L, args, given, WAIT);
    if (type == LUA_TBOOLEAN) {
        o->wait = lua_toboolean(L, -1) ? -1 : 0;
        o->no_wait = !lua_toboolean(L, -1);
    }
    lua_pop(L, 1);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN) o->wait = seconds(L, args, given, WAIT);
}

static void take_stale(lua_State *L, int args, unsigned given, tg_call_options *o)
{
    int type = push_option(L, args, given, STALE);
    if (type == LUA_TBOOLEAN)
        o->no_stale = !(o->stale = lua_toboolean(L, -1));
    else if (type == LUA_TSTRING && strcmp(lua_tostring(L, -1), "quota") == 0)
        o->stale = true;
    else if (type != LUA_TNIL)
        ltg_refuse(L, "stale", "must be \"quota\" or false");
    lua_pop(L, 1);
}

/* A part of the credentials, or NULL; it goes into a header. The message does not show it. */
static const char *secret(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    const char *s = lua_tostring(L, -1);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        ltg_refuse(L, "auth", "must have a string in '%s'", name);
    if (s && !*s) ltg_refuse(L, "auth", "has an empty '%s'", name);
    for (size_t i = 0, n = s ? lua_rawlen(L, -1) : 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            ltg_refuse(L, "auth", "holds a control character in '%s'", name);
    return s;
}

/* auth = {token = ...} or {email = ..., password = ...} or false. The texts are left on the stack:
   the caller's table ** may make them anew each time, or be changed while the call is confirmed. */
static void take_auth(lua_State *L, int args, unsigned given, tg_call_options *o, tg_credentials *c)
{
    int type = push_option(L, args, given, AUTH);
    if (type == LUA_TTABLE) {
        int t = lua_gettop(L);
        const char *token = secret(L, t, "token"), *email = secret(L, t, "email"),
                   *password = secret(L, t, "password");
        if (!token == !(email && password) || !email != !password)
            ltg_refuse(L, "auth", "must have either a token or an email and a password");
        if (email && strchr(email, ':')) ltg_refuse(L, "auth", "has a colon in 'email'");
        *c = token ? (tg_credentials){TG_AUTH_TOKEN, token, NULL}
                   : (tg_credentials){TG_AUTH_PASSWORD, email, password};
        o->credentials = c;
    } else if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1)) {
        o->credentials = c;
    } else if (type != LUA_TNIL) {
        ltg_refuse(L, "auth", "must be a table with a token, or with an email and a password");
    }
}

void ltg_options(lua_State *L, int args, unsigned given, tg_call_options *o,
                 tg_credentials *credentials)
{
    *o = (tg_call_options){0};
    *credentials = (tg_credentials){0};
    if (!given) return;
    o->timeout = seconds(L, args, given, TIMEOUT);
    o->connect_timeout = seconds(L, args, given, CONNECT_TIMEOUT);
    o->deadline = seconds(L, args, given, DEADLINE);
    o->max_age = seconds(L, args, given, MAX_AGE);
    o->refresh = flag(L, args, given, REFRESH, &o->no_refresh);
    o->offline = flag(L, args, given, OFFLINE, &o->no_offline);
    o->no_store = flag(L, args, given, NO_STORE, NULL);
    o->dry_run = flag(L, args, given, DRY_RUN, NULL);
    take_wait(L, args, given, o);
    take_stale(L, args, given, o);
    take_auth(L, args, given, o, credentials);
}
