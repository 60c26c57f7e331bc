/*
** Where `require` looks. Modules of togglsh come only from its own folders; those of a script come
** from the script's folder, then from the installed modules. The current folder, part of Lua's
** default path, is left out: otherwise a file there could run under the name of a command that does
** not mention it. Entries of LUA_PATH and LUA_CPATH stay as the user wrote them.
*/
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/compiled.h"
#include "host.h"

enum { NAME_MOST = 200 }; /* longest module name looked up in a folder */

/* ---------------------------------------------------------------------------- files of a folder */

/* Write "a.b" as "a/b" or "a_b". False: the name is too long, or has a character that module files
   do not have in their names. */
static bool spell(const char *name, char dot, char out[NAME_MOST + 1])
{
    size_t n = strlen(name);
    if (n > NAME_MOST || *name == '.') return false;
    for (size_t i = 0; i <= n; i++) {
        if (name[i] == '/' || (name[i] == '.' && name[i + 1] == '.')) return false;
        out[i] = name[i];
        if (out[i] == '.') out[i] = dot;
    }
    return true;
}

/* of the Lua file of a module */
static const char *const endings[] = {".lua", "/init.lua"};
#define ENDINGS (sizeof endings / sizeof *endings)

/* [-0, +1 or +2] push the loader and its file, or a line on the missing file. Raises errors of the
   file. */
static int lua_file(lua_State *L, const char *path, bool checked)
{
    if (checked) {
        int n = host_read_job(L, path); /* text; nothing; nil and a sentence */
        if (n == 2) return lua_error(L);
        if (n == 0) return lua_pushfstring(L, "no file '%s'", path), 1;
        size_t size;
        const char *text = lua_tolstring(L, -1, &size);
        if (luaL_loadbufferx(L, text, size, lua_pushfstring(L, "@%s", path), "t") != LUA_OK)
            return lua_error(L);
    } else {
        if (access(path, R_OK) != 0) return lua_pushfstring(L, "no file '%s'", path), 1;
        if (luaL_loadfile(L, path) != LUA_OK) return lua_error(L);
    }
    lua_pushstring(L, path);
    return 2;
}

/* The same for a C module, by package.loadlib, which is the first upvalue of all searchers. */
static int c_file(lua_State *L, const char *path, const char *symbol)
{
    if (access(path, R_OK) != 0) return lua_pushfstring(L, "no file '%s'", path), 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushstring(L, path);
    lua_pushfstring(L, "luaopen_%s", symbol);
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) return lua_error(L);
    lua_pop(L, 1);
    lua_pushstring(L, path);
    return 2;
}

/* [-0, +0 or +2] The loader of the compiled file of a module in DIR, and the file it was compiled
   from; it is below MODULES. */
static int look_compiled(lua_State *L, const char *name, const char *dir, const char *modules)
{
    char file[NAME_MOST + 1], path[2][PATH_MAX];
    if (!spell(name, '/', file)) return 0;
    for (size_t i = 0; i < ENDINGS; i++) {
        snprintf(path[0], PATH_MAX, "%s/toggl/compiled/%s%sc", modules, file, endings[i]);
        snprintf(path[1], PATH_MAX, "%s/%s%s", dir, file, endings[i]);
        if (!ltg_push_compiled(L, path[0], path[1])) continue;
        lua_pushstring(L, path[1]);
        return 2;
    }
    return 0;
}

/* The result of a searcher: the module of this name in DIR, or in MODULES for C. CHECKED: check
   files as jobs are checked, and skip C modules. */
static int look(lua_State *L, const char *name, const char *dir, const char *modules, bool checked)
{
    char file[NAME_MOST + 1], symbol[NAME_MOST + 1];
    if (!spell(name, '/', file) || !spell(name, '_', symbol)) return 0;
    int top = lua_gettop(L);
    for (int i = 0; i < (int)ENDINGS; i++) {
        if (lua_file(L, lua_pushfstring(L, "%s/%s%s", dir, file, endings[i]), checked) == 2)
            return 2;
        lua_replace(L, top + 1 + i);
        lua_settop(L, top + 1 + i);
    }
    if (checked)
        return lua_pushfstring(L, "%s\n\t%s", lua_tostring(L, top + 1), lua_tostring(L, top + 2)),
               1;
    if (c_file(L, lua_pushfstring(L, "%s/%s.so", modules, file), symbol) == 2) return 2;
    lua_pushfstring(L, "%s\n\t%s\n\t%s", lua_tostring(L, top + 1), lua_tostring(L, top + 2),
                    lua_tostring(L, -1));
    return 1;
}

/* ------------------------------------------------------------------------------------ searchers */

/* [-0, +0 or +2] Other names of submodules, such as toggl.json, which toggl/init.lua registers when
   it runs. */
static int alias(lua_State *L, const char *name)
{
    if (!name[5] || strcmp(name, "toggl.core") == 0) return 0; /* required by toggl itself */
    int top = lua_gettop(L);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "toggl");
    lua_call(L, 1, 0);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    if (lua_getfield(L, -1, name) != LUA_TFUNCTION) return lua_settop(L, top), 0;
    lua_pushliteral(L, ":preload:");
    return 2;
}

/* [-1, +2] The searcher for togglsh's own modules. Upvalues: package.loadlib, folder of the Lua
   files, folder of the C modules. Later searchers never see these names. */
static int own_searcher(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    if (strncmp(name, "toggl", 5) != 0 || (name[5] && name[5] != '.')) return 0;
    const char *dir = lua_tostring(L, lua_upvalueindex(2)),
               *modules = lua_tostring(L, lua_upvalueindex(3));
    if (look_compiled(L, name, dir, modules) == 2) return 2;
    int n = look(L, name, dir, modules, false);
    if (n == 2 || alias(L, name) == 2) return 2;
    return luaL_error(
        L, "module '%s' is not part of togglsh, and names that begin with toggl are its own:\n\t%s",
        name, n ? lua_tostring(L, -1) : "no such name");
}

/* Registry keys: the folder of the script, or nil; whether to check its files as jobs are
   checked. */
static const char beside_key, checked_key;

/* [-1, +0 to +2] The searcher for the folder of the script. Upvalue: package.loadlib. */
static int beside_searcher(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &beside_key);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &checked_key);
    const char *dir = lua_tostring(L, -2);
    return dir ? look(L, name, dir, dir, lua_toboolean(L, -1)) : 0;
}

/* [-1, +0 or +1] The last searcher finds nothing; its message names a file of that name in the
   current folder, which is not run. */
static int hint_searcher(lua_State *L)
{
    static const char *const names[] = {".lua", "/init.lua", ".so"};
    char file[NAME_MOST + 1], here[PATH_MAX], path[NAME_MOST + 20];
    if (!spell(luaL_checkstring(L, 1), '/', file) || !getcwd(here, sizeof here)) return 0;
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", file, names[i]);
        if (access(path, R_OK) != 0) continue;
        lua_pushfstring(L,
                        "%s lies in the current folder, where togglsh does not look: put it beside"
                        " the script, or set %s='%s/?%s;;'",
                        path, i == 2 ? "LUA_CPATH" : "LUA_PATH", here, names[i]);
        return 1;
    }
    return 0;
}

/* [-2, +0] */
int host_beside(lua_State *L)
{
    char real[PATH_MAX];
    const char *path = luaL_optstring(L, 1, NULL);
    lua_settop(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &checked_key);
    if (path && realpath(path, real)) {
        *strrchr(real, '/') = '\0';
        lua_pushstring(L, *real ? real : "/");
    } else {
        lua_pushnil(L);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &beside_key);
    return 0;
}

/* ---------------------------------------------------------------------------------------- paths */

/* Remove the entries of the current folder from the default of package.FIELD. Entries of LUA_PATH
   stay, including "./?.lua"; its ";;" means the default. Requires the package table on top.
   [-0, +0] */
static void leave_current(lua_State *L, const char *field, const char *fallback,
                          const char *const *entries)
{
    const char *cleaned = fallback; /* on the stack from the first round on */
    int top = lua_gettop(L);
    for (; *entries; entries++) cleaned = luaL_gsub(L, cleaned, *entries, "");
    lua_getfield(L, top, field);
    luaL_gsub(L, lua_tostring(L, -1), fallback, cleaned);
    lua_setfield(L, top, field);
    lua_settop(L, top);
}

/* For a host inside the host, such as a thread with its own Lua: togglsh's modules come first there
   too. Skips a folder whose name has special characters of a path. */
static void prepend(lua_State *L, const char *field, const char *format, const char *dir)
{
    if (strpbrk(dir, ";?")) return;
    int top = lua_gettop(L);
    const char *mine = luaL_gsub(L, format, "@", dir);
    lua_getfield(L, top, field);
    lua_pushfstring(L, "%s;%s", mine, lua_tostring(L, -1));
    lua_setfield(L, top, field);
    lua_settop(L, top);
}

/* [-1, +0] make the function on top the searcher POS of the table below it */
static void insert(lua_State *L, lua_Integer pos)
{
    for (lua_Integer i = luaL_len(L, -2); i >= pos; i--) {
        lua_rawgeti(L, -2, i);
        lua_rawseti(L, -3, i + 1);
    }
    lua_rawseti(L, -2, pos);
}

void host_require(lua_State *L, const host_places *p)
{
    static const char *const lua[] = {";./?.lua", ";./?/init.lua", NULL}, *const c[] = {";./?.so",
                                                                                        NULL};
    lua_getglobal(L, "package");
    leave_current(L, "path", LUA_PATH_DEFAULT, lua);
    leave_current(L, "cpath", LUA_CPATH_DEFAULT, c);
    prepend(L, "path", "@/?.lua;@/?/init.lua", p->lua);
    prepend(L, "cpath", "@/?.so", p->modules);
    lua_getfield(L, -1,
                 /* stack: package, searchers; the first searcher looks into package.preload */
                 "searchers");
    lua_getfield(L, -2, "loadlib");
    lua_pushstring(L, p->lua);
    lua_pushstring(L, p->modules);
    lua_pushcclosure(L, own_searcher, 3);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, COMPILED_SEARCHER); /* the module needs no other */
    insert(L, 2);
    lua_getfield(L, -2, "loadlib");
    lua_pushcclosure(L, beside_searcher, 1);
    insert(L, 3);
    lua_pushcfunction(L, hint_searcher);
    insert(L, luaL_len(L, -2) + 1);
    lua_pop(L, 2);
}
