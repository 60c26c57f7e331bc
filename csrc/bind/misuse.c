/* Raise misuse at the caller's line: skip frames of C and of this module's own Lua files. */
#include <stdarg.h>
#include <string.h>

#include "ltg.h"

static const char library_key; /* registry: prefix of the sources of our own files */

/* [-0, +0] core.library(): the caller is init.lua of the library; "@/usr/share/lua/5.4/toggl/" is
   its prefix. A host may have opened no debug library, or a part of it. */
int ltg_library(lua_State *L)
{
    static const char file[] = "init.lua";
    lua_Debug ar;
    if (!lua_getstack(L, 1, &ar)) return 0;
    lua_getinfo(L, "S", &ar);
    size_t n = strlen(ar.source), end = strlen(file);
    if (n > end && strcmp(ar.source + n - end, file) == 0) n -= end;
    lua_pushlstring(L, ar.source, n);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &library_key);
    return 0;
}

/* [-0, +1] the place of the caller's own code, as for ltg_setplace */
static void push_place(lua_State *L)
{
    lua_Debug ar;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &library_key);
    const char *own = lua_tostring(L, -1); /* the registry keeps it alive */
    lua_pop(L, 1);
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline < 1 || (own && strncmp(ar.source, own, strlen(own)) == 0)) continue;
        lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
        return;
    }
    lua_pushliteral(L, "");
}

void ltg_setplace(lua_State *L)
{
    int top = lua_gettop(L);
    /* before the module is loaded, as when togglsh reads its settings, no frame is a caller's */
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &library_key) == LUA_TNIL) {
        lua_settop(L, top);
        return;
    }
    lua_getfield(L, top, "where"); /* an error that is raised again keeps its first place */
    push_place(L);
    if (lua_isnil(L, -2) && lua_rawlen(L, -1) > 0) lua_setfield(L, top, "where");
    lua_settop(L, top);
}

int ltg_misuse(lua_State *L, const char *fmt, ...)
{
    va_list ap;
    push_place(L);
    va_start(ap, fmt);
    lua_pushvfstring(L, fmt, ap);
    va_end(ap);
    lua_concat(L, 2);
    return lua_error(L);
}

int ltg_refuse(lua_State *L, const char *where, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    lua_pushvfstring(L, fmt, ap);
    va_end(ap);
    return ltg_misuse(L, "argument '%s' %s; nothing was sent", where, lua_tostring(L, -1));
}

#define SHOWN 80 /* bytes of a text in a message */

/* [-0, +1] the value at I, formatted for a message */
static void push_shown(lua_State *L, int i)
{
    luaL_Buffer b;
    tg_text t;
    int type = lua_type(L, i);
    if (type != LUA_TSTRING) {
        if (type == LUA_TNUMBER || type == LUA_TBOOLEAN)
            luaL_tolstring(L, i, NULL);
        else
            lua_pushfstring(L, "a %s", luaL_typename(L, i));
        return;
    }
    t.p = lua_tolstring(L, i, &t.n);
    bool cut = t.n > SHOWN;
    /* do not cut a code point */
    for (t.n = cut ? SHOWN : t.n; cut && t.n > SHOWN - 4 && (t.p[t.n] & 0xC0) == 0x80;) t.n--;
    luaL_buffinit(L, &b);
    luaL_addchar(&b, '"');
    ltg_addclean(&b, t);
    luaL_addstring(&b, cut ? "...\"" : "\"");
    luaL_pushresult(&b);
}

int ltg_refuse_value(lua_State *L, const char *where, int i, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    lua_pushvfstring(L, fmt, ap);
    va_end(ap);
    if (!i) return ltg_refuse(L, where, "%s", lua_tostring(L, -1));
    const char *sentence = lua_tostring(L, -1);
    push_shown(L, i);
    return ltg_misuse(L, "%s: %s %s; nothing was sent", where, lua_tostring(L, -1), sentence);
}

/* [-1, +0] core.misuse(sentence): raise it, for methods written in Lua */
int ltg_raise_misuse(lua_State *L)
{
    return ltg_misuse(L, "%s", luaL_checkstring(L, 1));
}

void ltg_refuse_text(lua_State *L, int i, tg_key key, const char *where)
{
    size_t n;
    const char *finder = tg_key_finder(key);
    if (!finder || lua_type(L, i) != LUA_TSTRING) return;
    const char *text = lua_tolstring(L, i, &n);
    if (n > 80 || strlen(text) != n || strchr(text, '"')) text = "...";
    ltg_refuse(L, where, "requires the %s, got a string: write %s \"%s\"", tg_key_name(key), finder,
               text);
}

/* ------------------------------------------------------------------------------ missing members */

static const char unknown_key; /* registry: the function of ltg_on_unknown */

/* [-1, +0] */
int ltg_on_unknown(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &unknown_key);
    return 0;
}

int ltg_unknown(lua_State *L, const tg_model *m, const char *name)
{
    const char *class_ = m->class_ ? m->class_ : m->name;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &unknown_key) != LUA_TFUNCTION)
        return ltg_misuse(L, "%s has no field or method '%s'", class_, name);
    lua_pushstring(L, class_);
    lua_pushstring(L, m->name);
    lua_pushstring(L, name);
    lua_call(L, 3, 1);
    return ltg_misuse(L, "%s has no field or method '%s'; %s", class_, name,
                      luaL_tolstring(L, -1, NULL));
}

static const char class_missed_key, name_missed_key; /* registry: class and name of the last miss */

void ltg_note_miss(lua_State *L, const char *class_)
{
    if (lua_type(L, 2) != LUA_TSTRING) return;
    lua_pushstring(L, class_);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &class_missed_key);
    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &name_missed_key);
}

/* [-0, +2] */
int ltg_missed(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &class_missed_key);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &name_missed_key);
    lua_pushnil(L); /* only for the next error: a later one concerns another object */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &name_missed_key);
    return 2;
}
