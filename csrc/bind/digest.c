/* core.digest: one number for a value of Lua, equal for equal values on every machine. */
#include <string.h>

#include "ltg.h"

#define DEEPEST    40
#define MOST_ASIDE 16

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

/* Keys that do not count in any table. */
typedef struct asides {
    size_t n;
    uint64_t firsts;           /* a bit for each first byte, by its last bits */
    tg_text names[MOST_ASIDE]; /* owned by the table of the call */
} asides;

static bool is_aside(const asides *a, tg_text key)
{
    if (!(a->firsts >> (unsigned char)*key.p % 64 & 1)) return false;
    for (size_t i = 0; i < a->n; i++) {
        tg_text name = a->names[i];
        if (name.n == key.n && *name.p == *key.p && memcmp(name.p, key.p, key.n) == 0) return true;
    }
    return false;
}

static uint64_t digest_of(lua_State *L, int i, const asides *a, int depth);

/* False: the key at I does not count. */
static bool of_key(lua_State *L, int i, const asides *a, int depth, uint64_t *key)
{
    tg_text text;
    if (lua_type(L, i) != LUA_TSTRING) {
        *key = digest_of(L, i, a, depth);
        return true;
    }
    text.p = lua_tolstring(L, i, &text.n);
    if (is_aside(a, text)) return false;
    *key = of_bytes(text.p, text.n, LUA_TSTRING);
    return true;
}

/* Entries are added up, so that their order does not count. */
static uint64_t of_table(lua_State *L, int t, const asides *a, int depth)
{
    uint64_t sum = 0x2545f4914f6cdd1d, key;
    luaL_checkstack(L, 6, "nested too deeply");
    if (depth > DEEPEST) luaL_error(L, "digest: nested too deeply");
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (!of_key(L, -2, a, depth + 1, &key)) continue;
        uint64_t e = (key ^ digest_of(L, -1, a, depth + 1) << 1) * 0x5851f42d4c957f2d;
        sum += (e ^ e >> 30) * 0x369dea0f31a53f85;
    }
    return (sum ^ sum >> 31) * 0x5851f42d4c957f2d;
}

static uint64_t of_number(lua_State *L, int i)
{
    uint64_t bits;
    lua_Number number = lua_tonumber(L, i);
    if (lua_isinteger(L, i)) return of_word((uint64_t)lua_tointeger(L, i), LUA_TNUMBER);
    memcpy(&bits, &number, sizeof bits); /* 50 and 50.0 are two values */
    return of_word(bits, 100);
}

/* [-0, +0] of the value at I */
static uint64_t digest_of(lua_State *L, int i, const asides *a, int depth)
{
    int type = lua_type(L, i);
    size_t n;
    const char *p;
    switch (type) {
    case LUA_TTABLE: return of_table(L, lua_absindex(L, i), a, depth);
    case LUA_TSTRING: p = lua_tolstring(L, i, &n); return of_bytes(p, n, LUA_TSTRING);
    case LUA_TNUMBER: return of_number(L, i);
    default: return of_word((uint64_t)lua_toboolean(L, i), (uint64_t)type);
    }
}

static void read_asides(lua_State *L, int t, asides *a)
{
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (a->n == MOST_ASIDE) luaL_error(L, "digest: more than %d names aside", MOST_ASIDE);
        luaL_checktype(L, -2, LUA_TSTRING);
        tg_text *name = &a->names[a->n++];
        name->p = lua_tolstring(L, -2, &name->n);
        a->firsts |= (uint64_t)1 << (unsigned char)*name->p % 64;
    }
}

/* [-2, +1] core.digest(value, aside) -> an integer; ASIDE: {[key] = true} that do not count in any
   table of the value */
static int digest(lua_State *L)
{
    asides a = {0};
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    read_asides(L, 2, &a);
    lua_pushinteger(L, (lua_Integer)digest_of(L, 1, &a, 0));
    return 1;
}

void ltg_open_digest(lua_State *L)
{
    lua_pushcfunction(L, digest);
    lua_setfield(L, -2, "digest");
}
