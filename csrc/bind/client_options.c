/* Options of a client, read from the caller's table, where their texts stay until the core has
   copied them. The rows of toggl/options.h define the options and how to read them. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/control.h"
#include "ltg.h"

#define NAME(read, option, member, types, meaning) {.name = #option},
static const tg_field known[] = {TG_CLIENT_OPTIONS(NAME){0}};

/* ------------------------------------------------------------------------------- kinds of value */

/* Push the field of that name of the caller's table; returns its type. [-0, +1] */
static int push(lua_State *L, int t, const char *name)
{
    return lua_getfield(L, t, name);
}

static const char *read_string(lua_State *L, int t, const char *name)
{
    int type = push(L, t, name);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        ltg_misuse(L, "option '%s' must be a string, got %s", name, luaL_typename(L, -1));
    const char *s = lua_tostring(L, -1); /* the caller's table keeps it alive */
    if (s && strlen(s) != lua_rawlen(L, -1)) ltg_misuse(L, "option '%s' holds a NUL", name);
    lua_pop(L, 1);
    return s;
}

int ltg_fault_of(const char *path, bool folder)
{
    struct stat st;
    if (stat(path, &st) != 0) return errno;
    if (folder != (bool)S_ISDIR(st.st_mode)) return folder ? ENOTDIR : EISDIR;
    return access(path, R_OK) == 0 ? 0 : errno;
}

static const char *read_file(lua_State *L, int t, const char *name)
{
    const char *path = read_string(L, t, name);
    int fault = path ? ltg_fault_of(path, false) : 0;
    if (fault) ltg_misuse(L, "option '%s' is %s: %s", name, path, strerror(fault));
    return path;
}

/* OpenSSL skips missing folders in the list; a list without an existing folder is a mistake. */
static const char *read_folder(lua_State *L, int t, const char *name)
{
    const char *list = read_string(L, t, name);
    char one[4096];
    int fault = list ? ENOENT : 0;
    for (const char *p = list; p && *p; p += strcspn(p, ":"), p += *p == ':') {
        snprintf(one, sizeof one, "%.*s", (int)strcspn(p, ":"), p);
        fault = ltg_fault_of(one, true);
        if (!fault) return list;
    }
    if (fault) ltg_misuse(L, "option '%s' is %s: %s", name, list, strerror(fault));
    return list;
}

/* libcurl would report a missing socket only as a failed connection, with each call. */
static const char *read_socket(lua_State *L, int t, const char *name)
{
    const char *path = read_string(L, t, name), *fault = NULL;
    struct stat st;
    if (!path) return NULL;
    if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        fault = "longer than the path of a Unix socket may be";
    else if (stat(path, &st) != 0)
        fault = strerror(errno);
    else if (!S_ISSOCK(st.st_mode))
        fault = "not a socket";
    if (fault)
        ltg_misuse(L, "option '%s' is %s: %s; start the server that listens there first", name,
                   path, fault);
    return path;
}

static double read_number(lua_State *L, int t, const char *name, double least)
{
    double v = 0;
    int type = push(L, t, name);
    if (type != LUA_TNIL) {
        v = type == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        if (!(v >= least) || !isfinite(v))
            ltg_misuse(L, "option '%s' must be a number of at least %f", name, least);
    }
    lua_pop(L, 1);
    return v;
}

static bool read_flag(lua_State *L, int t, const char *name)
{
    int type = push(L, t, name);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        ltg_misuse(L, "option '%s' must be true or false", name);
    bool v = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return v;
}

static void check_function(lua_State *L, int t, const char *name)
{
    int type = push(L, t, name);
    if (type != LUA_TNIL && type != LUA_TFUNCTION)
        ltg_misuse(L, "option '%s' must be a function", name);
    lua_pop(L, 1);
}

static double read_wait(lua_State *L, int t, const char *name)
{
    bool is_flag = push(L, t, name) == LUA_TBOOLEAN, on = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_flag ? on ? -1 : 0 : read_number(L, t, name, 0);
}

/* NONE: the core's value for a 0. */
static double read_pause(lua_State *L, int t, const char *name, double none)
{
    bool given = push(L, t, name) != LUA_TNIL;
    lua_pop(L, 1);
    double v = read_number(L, t, name, 0);
    return given && v == 0 ? none : v;
}

/* A number is the settling time. */
static bool read_settle(lua_State *L, int t, const char *name, double *after)
{
    bool number = push(L, t, name) == LUA_TNUMBER;
    lua_pop(L, 1);
    if (!number) return read_flag(L, t, name);
    *after = read_pause(L, t, name, -1);
    return false;
}

#define MOST_COUNT (1 << 30)

static int read_count(lua_State *L, int t, const char *name, int none)
{
    int type = push(L, t, name), ok;
    lua_Integer v = lua_tointegerx(L, -1, &ok);
    lua_pop(L, 1);
    if (type == LUA_TNIL) return 0;
    if (!ok || v < 0 || v > MOST_COUNT)
        ltg_misuse(L, "option '%s' must be an integer from 0 to %d", name, MOST_COUNT);
    return v == 0 ? none : (int)v;
}

static size_t read_size(lua_State *L, int t, const char *name)
{
    double v = read_number(L, t, name, 1);
    return v < (double)(SIZE_MAX / 4) ? (size_t)v : SIZE_MAX / 4;
}

/* ------------------------------------------------------------------------------------- the rows */

#define READ(read, name, member, types, meaning) READ_##read(#name, member)

#define READ_STRING(name, member)     o->member = read_string(L, t, name);
#define READ_FILE(name, member)       o->member = read_file(L, t, name);
#define READ_FOLDER(name, member)     o->member = read_folder(L, t, name);
#define READ_SOCKET(name, member)     o->member = read_socket(L, t, name);
#define READ_FLAG(name, member)       o->member = read_flag(L, t, name);
#define READ_SECONDS(name, member)    o->member = read_number(L, t, name, 0.001);
#define READ_AGE(name, member)        o->member = read_number(L, t, name, 0);
#define READ_PAUSE(name, member)      o->member = read_pause(L, t, name, -1);
#define READ_WAIT(name, member)       o->member = read_wait(L, t, name);
#define READ_SETTLE(name, member)     o->member = read_settle(L, t, name, &o->settle_after);
#define READ_COUNT(name, member)      o->member = read_count(L, t, name, 0);
#define READ_LIMIT(name, member)      o->member = read_count(L, t, name, -1);
#define READ_SIZE(name, member)       o->member = read_size(L, t, name);
#define READ_CALLED(name, member)     check_function(L, t, name);
#define READ_CREDENTIAL(name, member) /* both by read_credentials */
#define READ_LUA(name, member)

static void read_rows(lua_State *L, int t, tg_client_options *o)
{
    TG_CLIENT_OPTIONS(READ)
}

static void read_credentials(lua_State *L, int t, tg_credentials *c)
{
    const char *token = read_string(L, t, "token"), *email = read_string(L, t, "email"),
               *password = read_string(L, t, "password");
    if (token && (email || password))
        ltg_misuse(L, "give either a token or an email and a password");
    if (!token && !email != !password)
        ltg_misuse(L, "an email needs a password, and a password an email");
    if (token)
        *c = (tg_credentials){TG_AUTH_TOKEN, token, NULL};
    else if (email)
        *c = (tg_credentials){TG_AUTH_PASSWORD, email, password};
}

static void check_names(lua_State *L, int t)
{
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) ltg_misuse(L, "options of a client have names");
        size_t n;
        const char *name = lua_tolstring(L, -2, &n);
        if (tg_field_find(known, name, n)) continue;
        const char *near = tg_field_near(known, name, n);
        if (near)
            ltg_misuse(L, "there is no option '%s' of a client; did you mean '%s'?", name, near);
        ltg_misuse(L, "there is no option '%s' of a client", name);
    }
}

/* A User-Agent is sent in a header, so it must not contain a line end. */
static void check_agent(lua_State *L, const char *s)
{
    if (s && tg_control_find(s, strlen(s)))
        ltg_misuse(L, "option 'user_agent' holds a control character");
}

static bool is_given(lua_State *L, int t, const char *name)
{
    bool is = push(L, t, name) != LUA_TNIL;
    lua_pop(L, 1);
    return is;
}

/* Returns true for on_error = "raise". Raises on misuse. */
bool ltg_client_options(lua_State *L, int t, tg_client_options *o)
{
    check_names(L, t);
    read_credentials(L, t, &o->credentials);
    read_rows(L, t, o);
    check_agent(L, o->user_agent);
    o->want_events = is_given(L, t, "log") || is_given(L, t, "on_wait");
    o->want_warnings = true;
    o->interrupt = ltg_interrupt_flag(L);
    o->tally = ltg_tally(L);
    const char *on_error = read_string(L, t, "on_error");
    bool raises = on_error && strcmp(on_error, "raise") == 0;
    if (on_error && !raises && strcmp(on_error, "return") != 0)
        ltg_misuse(L, "option 'on_error' must be \"raise\" or \"return\"");
    return raises;
}
