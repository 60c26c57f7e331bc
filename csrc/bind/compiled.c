/*
** Compiled Lua files for `require` in any host: those that the installation has put beside the core
** are loaded in place of their sources, which takes a third of the time. Only where `require` found
** the module in the folder from which they were compiled, since the names in them are those of its
** files: misuse is located, and debuggers find their lines, by these names.
*/
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <lualib.h>

#include "compiled.h"
#include "ltg.h"

static const char folder_key; /* registry: "/usr/lib/.../toggl/compiled", if require gave a path */

/* [-0, +0] */
void ltg_open_compiled(lua_State *L, const char *core)
{
    const char *name = core ? strrchr(core, '/') : NULL;
    if (!name) return;
    lua_pushlstring(L, core, (size_t)(name - core));
    lua_pushliteral(L, "/compiled");
    lua_concat(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &folder_key);
}

/* [-0, +0] Whether the chunk on top is of the file PATH. */
static bool is_of(lua_State *L, const char *path)
{
    lua_Debug ar;
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &ar);
    return *ar.source == '@' && strcmp(ar.source + 1, path) == 0;
}

/* [-1, +0 or +2] The searcher. Upvalues: folder of compiled files, or nil once it is known to be of
   other sources; prefix of the sources. */
static int search(lua_State *L)
{
    static const char *const endings[] = {".lua", "/init.lua"};
    char file[100], compiled[PATH_MAX], path[PATH_MAX];
    size_t n;
    const char *name = luaL_checklstring(L, 1, &n), *folder = lua_tostring(L, lua_upvalueindex(1));
    if (!folder || strncmp(name, "toggl.", 6) != 0 || n >= sizeof file || strpbrk(name, "/\\"))
        return 0;
    for (size_t i = 0; i <= n; i++) file[i] = name[i] == '.' ? '/' : name[i];
    for (int i = 0; i < 2; i++) {
        snprintf(compiled, sizeof compiled, "%s/%s%sc", folder, file, endings[i]);
        snprintf(path, sizeof path, "%s%s%s", lua_tostring(L, lua_upvalueindex(2)) + 1,
                 file + strlen("toggl/"), endings[i]);
        if (!compiled_push(L, compiled, path)) continue;
        if (is_of(L, path)) return lua_pushstring(L, path), 2;
        lua_pushnil(L);
        lua_replace(L, lua_upvalueindex(1));
        return 0;
    }
    return 0;
}

/* [-0, +0] Put the function on top before the searcher for Lua files, after that of preload. */
static void insert(lua_State *L, int searchers)
{
    lua_Integer last = luaL_len(L, searchers);
    for (lua_Integer i = last; i >= 2; i--) {
        lua_rawgeti(L, searchers, i);
        lua_rawseti(L, searchers, i + 1);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, searchers, 2);
}

/* [-0, +0] SOURCES: "@/usr/share/lua/5.4/toggl/". Does nothing without compiled files. */
void ltg_search_compiled(lua_State *L, const char *sources)
{
    int top = lua_gettop(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, LUA_LOADLIBNAME) == LUA_TTABLE &&
        lua_getfield(L, -1, "searchers") == LUA_TTABLE &&
        lua_rawgetp(L, LUA_REGISTRYINDEX, &folder_key) == LUA_TSTRING &&
        access(lua_tostring(L, -1), X_OK) == 0) {
        lua_pushstring(L, sources);
        lua_pushcclosure(L, search, 2);
        insert(L, top + 3);
    }
    lua_settop(L, top);
}
