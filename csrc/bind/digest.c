/* core.digest: one number for a value of Lua, equal for equal values on every machine. */
#include <string.h>

#include "ltg.h"

#define DEEPEST 40

/* The same on every machine, whatever its order of bytes is. */
static uint64_t word_at(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

/* Mix words of eight bytes. A digest must differ from others of its kind, and keeps no secret. */
static uint64_t of_bytes(const char *p, size_t n, uint64_t type)
{
    uint64_t a = 0x4bf6a2b8ca1e5d29 ^ n ^ type << 56;
    for (; n >= 8; p += 8, n -= 8) {
        a = (a ^ word_at(p)) * 0x5851f42d4c957f2d;
        a ^= a >> 29;
    }
    char rest[8] = {0};
    memcpy(rest, p, n);
    a = (a ^ word_at(rest)) * 0x5851f42d4c957f2d;
    a = (a ^ a >> 32) * 0x369dea0f31a53f85;
    return a ^ a >> 29;
}

static uint64_t of_word(uint64_t word, uint64_t type)
{
    uint64_t a = (word ^ type << 56 ^ 0x4bf6a2b8ca1e5d29) * 0x5851f42d4c957f2d;
    a = (a ^ a >> 31) * 0x369dea0f31a53f85;
    return a ^ a >> 29;
}

static uint64_t digest_of(lua_State *L, int aside, int depth);

/* Is the key on top one that does not count? Pops it then. [-0, +0] or [-1, +0] */
static bool is_aside(lua_State *L, int aside)
{
    if (lua_type(L, -1) != LUA_TSTRING) return false;
    lua_pushvalue(L, -1);
    bool is = lua_rawget(L, aside) != LUA_TNIL;
    lua_pop(L, is ? 2 : 1);
    return is;
}

/* Entries are added up, so that their order does not count. The table is on top. [-0, +0] */
static uint64_t of_table(lua_State *L, int aside, int depth)
{
    uint64_t sum = 0x2545f4914f6cdd1d;
    luaL_checkstack(L, 6, "nested too deeply");
    if (depth > DEEPEST) luaL_error(L, "digest: nested too deeply");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        if (is_aside(L, aside)) continue;
        uint64_t key = digest_of(L, aside, depth + 1);
        lua_pop(L, 1);
        uint64_t a = (key ^ digest_of(L, aside, depth + 1) << 1) * 0x5851f42d4c957f2d;
        sum += (a ^ a >> 30) * 0x369dea0f31a53f85;
    }
    return (sum ^ sum >> 31) * 0x5851f42d4c957f2d;
}

/* [-0, +0] of the value on top */
static uint64_t digest_of(lua_State *L, int aside, int depth)
{
    uint64_t type = (uint64_t)lua_type(L, -1), bits = 0;
    size_t n;
    if (type == LUA_TTABLE) return of_table(L, aside, depth);
    if (type == LUA_TSTRING) {
        const char *p = lua_tolstring(L, -1, &n);
        return of_bytes(p, n, type);
    }
    if (lua_isinteger(L, -1)) return of_word((uint64_t)lua_tointeger(L, -1), type);
    if (type == LUA_TNUMBER) { /* 50 and 50.0 are two values */
        lua_Number number = lua_tonumber(L, -1);
        memcpy(&bits, &number, sizeof bits);
        return of_word(bits, 100);
    }
    return of_word((uint64_t)lua_toboolean(L, -1), type);
}

/* [-2, +1] core.digest(value, aside) -> an integer; ASIDE: {[key] = true} that do not count in any
   table of the value */
static int digest(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, (lua_Integer)digest_of(L, 2, 0));
    return 1;
}

void ltg_open_digest(lua_State *L)
{
    lua_pushcfunction(L, digest);
    lua_setfield(L, -2, "digest");
}
