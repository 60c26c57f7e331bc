/* Options of a call, read from the table of its named arguments, where their texts stay until the
   core has copied them. The rows of toggl/options.h define the options and how to read them. */
#include <math.h>
#include <string.h>

#include "core/control.h"
#include "ltg.h"

#define PLACE(read, name, member, types, meaning) AT_##name,
typedef enum option { TG_CALL_OPTIONS(PLACE) OPTIONS } option;

#define NAME(read, option, member, types, meaning) {.name = #option},
static const tg_field options[OPTIONS + 1] = {TG_CALL_OPTIONS(NAME){0}};

/* An unsigned has one bit for each option given. */
_Static_assert(OPTIONS <= 32, "more options of a call than bits");

unsigned ltg_option(const char *name)
{
    const tg_field *f = tg_field_find(options, name, strlen(name));
    return f ? 1u << (f - options) : 0;
}

/* [-0, +1] the value, or nil; returns its type. Most calls have no options, and looking up each
   would take longer than processing all other arguments. */
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

/* Seconds, above 0; 0 if not given. */
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

/* Is the option given and true? *AGAINST (may be NULL): it is given and false, which overrides the
   client's. */
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

/* True: as long as it takes; false sets *NOT: do not wait. */
static double patience(lua_State *L, int args, unsigned given, option which, bool *not_)
{
    int type = push_option(L, args, given, which);
    bool on = lua_toboolean(L, -1);
    lua_pop(L, 1);
    *not_ = type == LUA_TBOOLEAN && !on;
    if (type == LUA_TBOOLEAN) return on ? -1 : 0;
    return seconds(L, args, given, which);
}

/* As flag(); "quota" counts as true. */
static bool stale(lua_State *L, int args, unsigned given, option which, bool *against)
{
    int type = push_option(L, args, given, which);
    bool quota = type == LUA_TSTRING && strcmp(lua_tostring(L, -1), "quota") == 0;
    if (type != LUA_TNIL && type != LUA_TBOOLEAN && !quota)
        ltg_refuse(L, options[which].name, "must be \"quota\" or false");
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    *against = type == LUA_TBOOLEAN && !v;
    return v;
}

/* A string, which is left on the stack for as long as the core borrows it; NULL: not given. */
static const char *text(lua_State *L, int args, unsigned given, option which)
{
    int type = push_option(L, args, given, which);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        ltg_refuse(L, options[which].name, "must be a string");
    return lua_tostring(L, -1);
}

/* A part of the credentials, or NULL. It becomes part of a header. The message does not show it. */
static const char *secret(lua_State *L, int t, const char *name)
{
    int type = lua_getfield(L, t, name);
    const char *s = lua_tostring(L, -1);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        ltg_refuse(L, "auth", "must have a string in '%s'", name);
    if (s && !*s) ltg_refuse(L, "auth", "has an empty '%s'", name);
    if (s && tg_control_find(s, lua_rawlen(L, -1)))
        ltg_refuse(L, "auth", "holds a control character in '%s'", name);
    return s;
}

/* auth = {token = ...} or {email = ..., password = ...} or false: credentials in C, or NULL. Leaves
   the texts on the stack: the caller's table may produce new ones at each access, or be changed
   during confirmation. */
static const tg_credentials *auth(lua_State *L, int args, unsigned given, option which,
                                  tg_credentials *c)
{
    int type = push_option(L, args, given, which), t = lua_gettop(L);
    if (type == LUA_TNIL) return NULL;
    if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1)) return c;
    if (type != LUA_TTABLE)
        ltg_refuse(L, "auth", "must be a table with a token, or with an email and a password");
    const char *token = secret(L, t, "token"), *email = secret(L, t, "email"),
               *password = secret(L, t, "password");
    if (!token == !(email && password) || !email != !password)
        ltg_refuse(L, "auth", "must have either a token or an email and a password");
    if (email && strchr(email, ':')) ltg_refuse(L, "auth", "has a colon in 'email'");
    *c = token ? (tg_credentials){TG_AUTH_TOKEN, token, NULL}
               : (tg_credentials){TG_AUTH_PASSWORD, email, password};
    return c;
}

#define TAKE(read, name, member, types, meaning) TAKE_##read(AT_##name, member)

#define TAKE_SECONDS(at, member)     o->member = seconds(L, args, given, at);
#define TAKE_SPAN(at, member)        TAKE_SECONDS(at, member)
#define TAKE_FLAG(at, member)        o->member = flag(L, args, given, at, NULL);
#define TAKE_EITHER(at, member)      o->member = flag(L, args, given, at, &o->no_##member);
#define TAKE_STALE(at, member)       o->member = stale(L, args, given, at, &o->no_##member);
#define TAKE_WAIT_EITHER(at, member) o->member = patience(L, args, given, at, &o->no_##member);
#define TAKE_TEXT(at, member)        o->member = text(L, args, given, at);
#define TAKE_AUTH(at, member)        o->member = auth(L, args, given, at, credentials);

void ltg_options(lua_State *L, int args, unsigned given, tg_call_options *o,
                 tg_credentials *credentials)
{
    *o = (tg_call_options){0};
    *credentials = (tg_credentials){0};
    if (!given) return;
    TG_CALL_OPTIONS(TAKE)
}
