/*
** Another Lua than 5.4. A loader that binds all symbols at once refuses a module with "undefined
** symbol". So the functions that 5.1 to 5.3 and LuaJIT lack are weak, and the first call of the
** module says which Lua it needs. Each file of a module includes this header.
*/
#ifndef OTHER_LUA_H
#define OTHER_LUA_H

#include <lauxlib.h>
#include <lua.h>

#pragma weak luaL_buffinitsize
#pragma weak luaL_checkversion_
#pragma weak luaL_getsubtable
#pragma weak luaL_len
#pragma weak luaL_loadbufferx
#pragma weak luaL_prepbuffsize
#pragma weak luaL_pushresultsize
#pragma weak luaL_setfuncs
#pragma weak luaL_setmetatable
#pragma weak luaL_testudata
#pragma weak luaL_tolstring
#pragma weak luaL_typeerror
#pragma weak lua_absindex
#pragma weak lua_callk
#pragma weak lua_copy
#pragma weak lua_geti
#pragma weak lua_getiuservalue
#pragma weak lua_isinteger
#pragma weak lua_isyieldable
#pragma weak lua_newuserdatauv
#pragma weak lua_pcallk
#pragma weak lua_rawgetp
#pragma weak lua_rawlen
#pragma weak lua_rawsetp
#pragma weak lua_rotate
#pragma weak lua_setiuservalue
#pragma weak lua_toclose
#pragma weak lua_tointegerx
#pragma weak lua_tonumberx
#pragma weak lua_warning
#pragma weak lua_yieldk

/* Pseudo-index of the globals in 5.1 and LuaJIT; later versions have none. */
#define OTHER_LUA_GLOBALS (-10002)

/* [-0, +0] Raise, with the name of this Lua, unless it is 5.4. Uses only what every Lua has. */
static inline void need_lua_54(lua_State *L)
{
    if (lua_newuserdatauv) {
        luaL_checkversion(L);
        return;
    }
    int globals = OTHER_LUA_GLOBALS;
    if (lua_callk) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
        globals = -1;
    }
    lua_getfield(L, globals, "_VERSION");
    const char *version = lua_tolstring(L, -1, NULL); /* "Lua 5.3" */
    luaL_error(L, "toggl needs Lua 5.4, this is %s", version ? version + 4 : "another one");
}

#endif
