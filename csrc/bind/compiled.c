/*
** Compiled Lua files for `require` in any host: those that the installation has put beside the core
** are loaded in place of their sources, which takes a third of the time. Only for the file that
** `require` would load by package.path, if it is the one that was compiled, since its name is in
** the compiled file: misuse is located, and debuggers find their lines, by these names.
*/
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <lualib.h>

#include "compiled.h"
#include "ltg.h"

/* Upvalues of the searcher: folder of compiled files, or nil once it is known to be of other
   sources; the table package; package.searchpath. */
enum { FOLDER = 1, PACKAGE, SEARCHPATH };

/* [-0, +1] The field of the table at absolute index T, without metamethods: those of a sandbox may
   raise. Returns its type. */
static int raw_field(lua_State *L, int t, const char *name)
{
    lua_pushstring(L, name);
    return lua_rawget(L, t);
}

/* [-0, +0] Whether the chunk on top is of the file PATH. */
static bool is_of(lua_State *L, const char *path)
{
    lua_Debug ar;
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &ar);
    return *ar.source == '@' && strcmp(ar.source + 1, path) == 0;
}

/* [-0, +0] An entry of package.preload takes precedence, even if a loader of the host precedes the
   searcher for package.preload. */
static bool is_preloaded(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    bool yes = lua_getfield(L, -1, name) != LUA_TNIL;
    lua_pop(L, 2);
    return yes;
}

/* [-0, +1] The file that require would load, which a user may have put before ours, or NULL. */
static const char *push_source(lua_State *L, const char *name)
{
    lua_pushvalue(L, lua_upvalueindex(SEARCHPATH));
    lua_pushstring(L, name);
    if (raw_field(L, lua_upvalueindex(PACKAGE), "path") != LUA_TSTRING) return NULL;
    lua_call(L, 2, 1);
    return lua_tostring(L, -1);
}

/* [-1, +0 or +2] The searcher. */
static int search(lua_State *L)
{
    char compiled[PATH_MAX];
    const char *name = luaL_checkstring(L, 1), *folder = lua_tostring(L, lua_upvalueindex(FOLDER));
    if (!folder || strncmp(name, "toggl.", 6) != 0 || is_preloaded(L, name)) return 0;
    const char *path = push_source(L, name), *file = NULL;
    for (const char *p = path; p && (p = strstr(p, "/toggl/")); p++) file = p; /* the last one */
    if (!file || snprintf(compiled, sizeof compiled, "%s%sc", folder, file) >= PATH_MAX ||
        !ltg_push_compiled(L, compiled, path))
        return 0;
    if (is_of(L, path)) return lua_pushstring(L, path), 2;
    lua_pushnil(L);
    lua_replace(L, lua_upvalueindex(FOLDER));
    return 0;
}

/* [-1, +0] Insert the function on top between the searchers for package.preload and for Lua files.
   Not if the host has removed those: require stops at the first nil, and closing the gap would
   revive the searchers behind it. */
static void insert(lua_State *L, int searchers)
{
    int n = 0;
    while (lua_rawgeti(L, searchers, n + 1) != LUA_TNIL) lua_pop(L, 1), n++;
    if (n >= 2 && lua_rawgeti(L, searchers, n + 2) == LUA_TNIL) {
        for (int i = n; i >= 2; i--) {
            lua_rawgeti(L, searchers, i);
            lua_rawseti(L, searchers, i + 1);
        }
        lua_pushvalue(L, searchers + 1);
        lua_rawseti(L, searchers, 2);
    }
    lua_settop(L, searchers);
}

/* [-0, +1] */
static void push_searcher(lua_State *L, int folder, int package, int searchpath)
{
    lua_pushvalue(L, folder);
    lua_pushvalue(L, package);
    lua_pushvalue(L, searchpath);
    lua_pushcclosure(L, search, 3);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, COMPILED_SEARCHER);
}

/* [-0, +0] A relative folder would be another one after a change of the current folder. */
void ltg_open_compiled(lua_State *L, const char *core)
{
    int top = lua_gettop(L);
    if (!core || *core != '/') return;
    lua_pushlstring(L, core, (size_t)(strrchr(core, '/') - core));
    lua_pushliteral(L, "/compiled");
    lua_concat(L, 2);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (access(lua_tostring(L, top + 1), X_OK) == 0 &&
        lua_getfield(L, LUA_REGISTRYINDEX, COMPILED_SEARCHER) == LUA_TNIL &&
        raw_field(L, top + 2, LUA_LOADLIBNAME) == LUA_TTABLE &&
        raw_field(L, top + 4, "searchpath") == LUA_TFUNCTION &&
        raw_field(L, top + 4, "searchers") == LUA_TTABLE) {
        push_searcher(L, top + 1, top + 4, top + 5);
        insert(L, top + 6);
    }
    lua_settop(L, top);
}
