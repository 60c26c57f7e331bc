/* The records that the pages of a list contained; lua/toggl/reading.lua evaluates them. */
#include <string.h>

#include "ltg.h"

#define KEYSET "toggl.keyset"
#define KEYS   "toggl.keys"

typedef struct keyset {
    tg_keyset *set; /* owned; NULL: closed */
} keyset;

/* The records of one reply, as indexes in a set. */
typedef struct keys {
    const tg_keyset *of; /* the set, for comparison only */
    size_t n;
    uint32_t places[];
} keys;

static keyset *check(lua_State *L)
{
    keyset *s = luaL_checkudata(L, 1, KEYSET);
    if (!s->set) luaL_error(L, "the set is closed");
    return s;
}

/* [-0, +1] core.keyset() -> an empty set */
static int new_keyset(lua_State *L)
{
    keyset *s = lua_newuserdatauv(L, sizeof *s, 0);
    s->set = NULL;
    luaL_setmetatable(L, KEYSET);
    s->set = tg_keyset_new();
    return s->set ? 1 : luaL_error(L, "not enough memory");
}

/* [-1, +0] */
static int keyset_gc(lua_State *L)
{
    keyset *s = luaL_checkudata(L, 1, KEYSET);
    tg_keyset_free(s->set);
    s->set = NULL;
    return 0;
}

/* Number of records of the list at 2, or of a plain table with a key or a text for each record. */
static size_t length(lua_State *L)
{
    const ltg_list *l = ltg_tolist(L, 2);
    if (l) return l->count;
    luaL_checktype(L, 2, LUA_TTABLE);
    return (size_t)lua_rawlen(L, 2);
}

/* The record at I of the table at 2, which owns its text. [-0, +0] */
static tg_record named_record(lua_State *L, size_t i)
{
    tg_record r = {{"", 0}, 0};
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    if (lua_isinteger(L, -1))
        r.id = lua_tointeger(L, -1);
    else if (lua_type(L, -1) == LUA_TSTRING)
        r.text.p = lua_tolstring(L, -1, &r.text.n);
    else
        luaL_argerror(L, 2, "a list of records, or of keys and texts, expected");
    lua_pop(L, 1);
    return r;
}

static void push_key(lua_State *L, bool there, int64_t key)
{
    if (there)
        lua_pushinteger(L, key);
    else
        lua_pushnil(L);
}

/*
** [-2, +4] set:read(list) -> its records as keys of this set, their number, the first key that is
** twice in the list, the first key that an earlier list had. Lua allocates nothing while the
** records are read, so no finalizer can close the list.
*/
static int keyset_read(lua_State *L)
{
    check(L);
    lua_settop(L, 2);
    size_t n = length(L);
    keys *k = lua_newuserdatauv(L, sizeof *k + n * sizeof *k->places, 0);
    k->n = 0;
    luaL_setmetatable(L, KEYS);
    tg_keyset *set = check(L)->set; /* again: a finalizer may have closed it, or the list */
    const ltg_list *l = ltg_tolist(L, 2);
    if (length(L) < n) n = length(L);
    tg_keyset_found found = {0};
    k->of = set;
    tg_keyset_begin(set);
    for (size_t i = 0; i < n; i++) {
        tg_record r;
        if (l)
            ltg_listat(l, i, &r);
        else
            r = named_record(L, i);
        if (!tg_keyset_add(set, &r, &found, &k->places[i])) luaL_error(L, "not enough memory");
        k->n++;
    }
    lua_pushinteger(L, (lua_Integer)k->n);
    push_key(L, found.twice, found.twice_key);
    push_key(L, found.seen, found.seen_key);
    return 4;
}

/* [-0, +1] the positions of the new records of K, of which the first AT are new and counted
   already. Returns their number. */
static lua_Integer push_positions(lua_State *L, const keys *k, size_t at)
{
    lua_createtable(L, (int)(k->n > 1 << 20 ? 1 << 20 : k->n), 0);
    tg_keyset *set = check(L)->set; /* again: a finalizer may have closed it */
    lua_Integer count = 0;
    for (size_t i = 0; i < k->n; i++) {
        if (i >= at && !tg_keyset_give(set, k->places[i])) continue;
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_rawseti(L, -2, ++count);
    }
    return count;
}

/* [-2, +2] set:take(keys) -> the positions of the records that no earlier list had, nil: all of
   them; their number */
static int keyset_take(lua_State *L)
{
    tg_keyset *set = check(L)->set;
    const keys *k = luaL_checkudata(L, 2, KEYS);
    luaL_argcheck(L, k->of == set, 2, "keys of another set");
    lua_settop(L, 2);
    tg_keyset_see(set, k->places, k->n);
    size_t at = 0;
    while (at < k->n && tg_keyset_give(set, k->places[at])) at++;
    lua_Integer count = (lua_Integer)at;
    if (at < k->n)
        count = push_positions(L, k, at);
    else
        lua_pushnil(L);
    lua_pushinteger(L, count);
    return 2;
}

/* [-1, +0] set:forget(): forget the replies taken so far; their records still do not count as
   new. */
static int keyset_forget(lua_State *L)
{
    tg_keyset_forget(check(L)->set);
    return 0;
}

/* [-2, +1] __eq: are these the same records in the same order? */
static int keys_eq(lua_State *L)
{
    const keys *a = luaL_testudata(L, 1, KEYS), *b = luaL_testudata(L, 2, KEYS);
    lua_pushboolean(L, a && b && a->of == b->of && a->n == b->n &&
                           memcmp(a->places, b->places, a->n * sizeof *a->places) == 0);
    return 1;
}

static const luaL_Reg methods[] = {{"read", keyset_read},
                                   {"take", keyset_take},
                                   {"forget", keyset_forget},
                                   {NULL, NULL}};

static const luaL_Reg functions[] = {{"keyset", new_keyset}, {NULL, NULL}};

void ltg_open_keyset(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, KEYSET);
    lua_pushcfunction(L, keyset_gc);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    luaL_newmetatable(L, KEYS);
    lua_pushcfunction(L, keys_eq);
    lua_setfield(L, -2, "__eq");
    lua_pop(L, 2);
}
