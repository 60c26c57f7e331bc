/* toggl.json on the core's reader and writer: core.json_decode and core.json_encode. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ltg.h"

#define WRITER "toggl.writer"

/* DEPTH as in the reader; STACK slots per level; up to FEW members are sorted without an
   allocation; LEVELS are one call in C for Lua, which limits these. */
enum { DEPTH = 128, STACK = 12, FEW = 24, LEVELS = 8 };
/* Bytes of one text, without what a single string adds, unless the caller gives a smaller limit: 40
   tables that hold the next one twice write the last one 2^40 times. */
#define MOST ((size_t)256 << 20)

/* ------------------------------------------------------------------------------------- decoding */

/* [-0, +1] */
static void push_string(lua_State *L, const tg_value *v)
{
    luaL_Buffer b;
    if (!v->escaped) {
        lua_pushlstring(L, v->text.p, v->text.n);
        return;
    }
    char *room = luaL_buffinitsize(L, &b, v->text.n);
    luaL_pushresultsize(&b, tg_value_unescape(v, room));
}

/* Push a real; as an integer if it is integral and doubles are exact there. [-0, +1] */
static void push_real(lua_State *L, double x)
{
    lua_Integer n;
    if (fabs(x) < 9007199254740992.0 && lua_numbertointeger(x, &n) && (double)n == x)
        lua_pushinteger(L, n);
    else
        lua_pushnumber(L, x);
}

static void push_piece(lua_State *L, tg_walk *w, const tg_value *v);

enum { MARK = 2 }; /* stack index of the metatable of lists while decoding */

/* [-0, +1] a table marked as a list */
static void push_array(lua_State *L, tg_walk *w)
{
    tg_value v;
    lua_Integer n = 0;
    luaL_checkstack(L, 4, "JSON nested too deeply");
    lua_newtable(L);
    while (tg_walk_next(w, &v) && v.what != TG_V_ABSENT) {
        push_piece(L, w, &v);
        lua_rawseti(L, -2, ++n);
    }
    lua_pushvalue(L, MARK);
    lua_setmetatable(L, -2);
}

/* [-0, +1] */
static void push_object(lua_State *L, tg_walk *w)
{
    tg_value v;
    luaL_checkstack(L, 4, "JSON nested too deeply");
    lua_newtable(L);
    while (tg_walk_next(w, &v) && v.what != TG_V_ABSENT) {
        push_string(L, &v);
        if (!tg_walk_next(w, &v)) break; /* impossible in a checked text */
        push_piece(L, w, &v);
        lua_rawset(L, -3);
    }
}

/* [-0, +1] The text was checked, so its depth is at most DEPTH. */
static void push_piece(lua_State *L, tg_walk *w, const tg_value *v)
{
    switch (v->what) {
    case TG_V_OBJECT: push_object(L, w); break;
    case TG_V_ARRAY: push_array(L, w); break;
    case TG_V_STRING: push_string(L, v); break;
    case TG_V_INT: lua_pushinteger(L, v->integer); break;
    case TG_V_REAL: push_real(L, v->real); break;
    case TG_V_BOOL: lua_pushboolean(L, v->boolean); break;
    default: lua_pushlightuserdata(L, NULL); break; /* toggl.null */
    }
}

/* [-2, +1 or +3] core.json_decode(text) -> value; or nil, reason, byte (from 1) */
static int decode(lua_State *L)
{
    tg_text text;
    tg_error err;
    tg_value v;
    size_t at;
    text.p = luaL_checklstring(L, 1, &text.n);
    if (!tg_json_check_at(text, &at, &err)) {
        if (err.kind == TG_E_NOMEM) return luaL_error(L, "not enough memory");
        lua_pushnil(L);
        lua_pushstring(L, err.message);
        lua_pushinteger(L, (lua_Integer)at + 1);
        return 3;
    }
    lua_settop(L, 1);
    luaL_getmetatable(L, LTG_ARRAY);
    /* the string at index 1 keeps its bytes valid */
    tg_walk w = tg_walk_start(text);
    if (tg_walk_next(&w, &v)) push_piece(L, &w, &v);
    return 1;
}

/* ------------------------------------------------------------------------------------- encoding */

/* Path of a value, linked from the inside out. It is formatted only for an error message. */
typedef struct spot {
    const struct spot *up;
    const char *key; /* NULL: an item of a list; the text is anchored on the stack */
    lua_Integer item;
} spot;

typedef struct encoder {
    lua_State *L;
    tg_writer *writer; /* owned by the userdata at the bottom of the stack */
    int ranks;         /* stack index of {key = rank}; 0: none */
    int depth;
    size_t most; /* bytes */
} encoder;

/* [-0, +1] the path, such as "value.people[3]" */
static void push_spot(lua_State *L, const spot *s)
{
    luaL_checkstack(L, STACK, NULL);
    if (!s) {
        lua_pushliteral(L, "value");
        return;
    }
    push_spot(L, s->up);
    if (s->key)
        lua_pushfstring(L, "%s.%s", lua_tostring(L, -1), s->key);
    else
        lua_pushfstring(L, "%s[%I]", lua_tostring(L, -1), s->item);
    lua_remove(L, -2);
}

/* Raise "PATH REST", a plain string without a source position. A long path is truncated. */
static int refuse(encoder *e, const spot *s, const char *rest)
{
    push_spot(e->L, s);
    lua_pushfstring(e->L, "%s: %s", lua_tostring(e->L, -1), rest);
    return lua_error(e->L);
}

static void put_text(encoder *e, const spot *s, tg_text text, bool key)
{
    if (key)
        tg_write_key(e->writer, text);
    else
        tg_write_text(e->writer, text);
    if (tg_write_ok(e->writer)) return;
    size_t good = tg_utf8_check(text, NULL);
    if (good == text.n) luaL_error(e->L, "not enough memory");
    lua_pushfstring(e->L, "byte %I of the text is not UTF-8", (lua_Integer)good + 1);
    refuse(e, s, lua_tostring(e->L, -1));
}

static void put_number(encoder *e, int i, const spot *s)
{
    lua_Number x = lua_tonumber(e->L, i);
    lua_Integer n;
    if (lua_isinteger(e->L, i)) {
        tg_write_int(e->writer, lua_tointeger(e->L, i));
    } else if (lua_numbertointeger(x, &n) && (lua_Number)n == x) {
        tg_write_int(e->writer, n);
    } else if (x - x != 0) {
        lua_pushfstring(e->L, "%s has no form in JSON", luaL_tolstring(e->L, i, NULL));
        refuse(e, s, lua_tostring(e->L, -1));
    } else {
        tg_write_real(e->writer, x);
    }
}

static void put_value(encoder *e, int i, const spot *s);

/* [-0, +0] Does the metatable of the value at I have this name? */
static bool is_named(lua_State *L, int i, const char *name)
{
    int type = luaL_getmetafield(L, i, "__name");
    bool same = type == LUA_TSTRING && strcmp(lua_tostring(L, -1), name) == 0;
    if (type != LUA_TNIL) lua_pop(L, 1);
    return same;
}

/* [-0, +0] */
static bool has_pairs(lua_State *L, int i)
{
    bool has = luaL_getmetafield(L, i, "__pairs") != LUA_TNIL;
    if (has) lua_pop(L, 1);
    return has;
}

/* Is it a list: marked as one, a list of records, or a table with the keys 1 to n only? [-0, +0] */
static bool is_list(lua_State *L, int i)
{
    lua_Unsigned count = 0;
    if (is_named(L, i, LTG_ARRAY) || is_named(L, i, LTG_LIST)) return true;
    if (!lua_istable(L, i)) return false;
    if (lua_rawgeti(L, i, 1) == LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    lua_pop(L, 1);
    for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) count++;
    return count == lua_rawlen(L, i);
}

/* [-0, +0] */
static void put_list(encoder *e, int i, const spot *up)
{
    lua_State *L = e->L;
    /* __len may return any number */
    lua_Integer n = lua_istable(L, i) ? (lua_Integer)lua_rawlen(L, i) : luaL_len(L, i);
    tg_write_array(e->writer);
    for (lua_Integer k = 1; k <= n && tg_write_ok(e->writer); k++) {
        spot s = {up, NULL, k};
        lua_geti(L, i, k);
        put_value(e, lua_gettop(L), &s);
        lua_pop(L, 1);
    }
    tg_write_end(e->writer);
}

/* [-0, +1] a table of the pairs that __pairs, on top, returns for the value at I: each field is
   read once */
static void push_copy(lua_State *L, int i)
{
    lua_newtable(L);
    lua_insert(L, -2); /* stack: copy, __pairs */
    int copy = lua_gettop(L) - 1;
    lua_pushvalue(L, i);
    lua_call(L, 1, 3); /* stack: copy, next, state, control */
    for (;;) {
        lua_pushvalue(L, -3);
        lua_pushvalue(L, -3);
        lua_pushvalue(L, -3);
        lua_call(L, 2, 2);
        if (lua_isnil(L, -2)) break;
        lua_pushvalue(L, -2);
        lua_insert(L, -2); /* stack: ... control, key, key, value */
        lua_rawset(L, copy);
        lua_replace(L, -2); /* the key becomes the next control */
    }
    lua_settop(L, copy);
}

/* A member of an object. Its key and value are on the stack, so that the collector does not free
   them. */
typedef struct member {
    const char *key;
    size_t n;
    lua_Integer rank;
    int value; /* stack index */
} member;

static int by_rank(const void *pa, const void *pb)
{
    const member *a = pa, *b = pb;
    size_t n = a->n < b->n ? a->n : b->n;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    int order = memcmp(a->key, b->key, n);
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* The rank of the key at I in `order`. [-0, +0] */
static lua_Integer rank_of(const encoder *e, int i)
{
    lua_Integer rank = LUA_MAXINTEGER;
    if (!e->ranks) return rank;
    lua_pushvalue(e->L, i);
    if (lua_rawget(e->L, e->ranks) == LUA_TNUMBER) rank = lua_tointeger(e->L, -1);
    lua_pop(e->L, 1);
    return rank;
}

static void read_key(encoder *e, member *m, int i, const spot *s)
{
    lua_State *L = e->L;
    if (lua_type(L, i) != LUA_TSTRING) {
        const char *key = luaL_tolstring(L, i, NULL);
        lua_pushfstring(L, "%s is neither the key of an object nor a place in a list without holes",
                        key);
        refuse(e, s, lua_tostring(L, -1));
    }
    m->key = lua_tolstring(L, i, &m->n);
    m->rank = rank_of(e, i);
    m->value = i + 1;
}

/* Write the COUNT members of the table at I, in order. MEMBERS has room for them. [-0, +0] */
static void put_members(encoder *e, int i, member *members, int count, const spot *up)
{
    lua_State *L = e->L;
    int top = lua_gettop(L), n = 0;
    luaL_checkstack(L, 2 * count + STACK, "an object with too many keys for JSON");
    /* stack: key, value; a copy of the key is the next control */
    for (lua_pushnil(L); n < count && lua_next(L, i); n++) {
        read_key(e, &members[n], top + 2 * n + 1, up);
        lua_pushvalue(L, -2);
    }
    qsort(members, (size_t)n, sizeof *members, by_rank);
    for (int k = 0; k < n; k++) {
        spot s = {up, members[k].key, 0};
        put_text(e, &s, (tg_text){members[k].key, members[k].n}, true);
        put_value(e, members[k].value, &s);
    }
    lua_settop(L, top);
}

/* [-0, +0] */
static void put_object(encoder *e, int i, const spot *s)
{
    lua_State *L = e->L;
    member few[FEW];
    int top = lua_gettop(L), count = 0;
    if (luaL_getmetafield(L, i, "__pairs") != LUA_TNIL) {
        push_copy(L, i);
        i = lua_gettop(L);
    }
    for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) count++;
    tg_write_object(e->writer);
    if (count <= FEW)
        put_members(e, i, few, count, s);
    else
        put_members(e, i, lua_newuserdatauv(L, (size_t)count * sizeof *few, 0), count, s);
    tg_write_end(e->writer);
    lua_settop(L, top);
}

/* [-0, +0] */
static void put_inside(encoder *e, int i, const spot *s)
{
    if (is_list(e->L, i))
        put_list(e, i, s);
    else
        put_object(e, i, s);
}

typedef struct deeper {
    encoder *e;
    const spot *at;
} deeper;

/* [-3, +0] the deeper, the value, and the ranks in the place that they have in `encode` */
static int put_deeper(lua_State *L)
{
    const deeper *d = lua_touserdata(L, 1);
    put_inside(d->e, 2, d->at);
    return 0;
}

/* The same by a call of Lua: a __pairs may encode its table again, and so on, which only Lua's
   limit of such calls ends before the C stack does. [-0, +0] */
static void call_deeper(encoder *e, int i, const spot *s)
{
    deeper d = {e, s};
    lua_pushcfunction(e->L, put_deeper);
    lua_pushlightuserdata(e->L, &d);
    lua_pushvalue(e->L, i);
    e->ranks ? lua_pushvalue(e->L, e->ranks) : lua_pushnil(e->L);
    lua_call(e->L, 3, 0);
}

/* Write a table, a list or any value with __pairs. [-0, +0] */
static void put_container(encoder *e, int i, const spot *s)
{
    luaL_checkstack(e->L, STACK, "JSON nested too deeply");
    if (e->depth == DEPTH) {
        lua_pushfstring(e->L, "value...: nested deeper than %d, or in itself", DEPTH);
        lua_error(e->L);
    }
    e->depth++;
    if (e->depth % LEVELS == 0)
        call_deeper(e, i, s);
    else
        put_inside(e, i, s);
    e->depth--;
}

/* Write the value at I, a positive index. [-0, +0] */
static void put_value(encoder *e, int i, const spot *s)
{
    lua_State *L = e->L;
    tg_text text;
    if (!tg_write_ok(e->writer)) return;
    if (tg_writer_text(e->writer).n > e->most) {
        if (e->most < MOST) luaL_error(L, "value...: more than %d bytes of JSON", (int)e->most);
        lua_pushliteral(L, "value...: more than 256 MiB of JSON; a table counts as often as "
                           "it stands in others");
        lua_error(L);
    }
    switch (lua_type(L, i)) {
    case LUA_TNONE:
    case LUA_TNIL: tg_write_null(e->writer); return;
    case LUA_TBOOLEAN: tg_write_bool(e->writer, lua_toboolean(L, i)); return;
    case LUA_TNUMBER: put_number(e, i, s); return;
    case LUA_TSTRING:
        text.p = lua_tolstring(L, i, &text.n);
        put_text(e, s, text, false);
        return;
    case LUA_TTABLE: put_container(e, i, s); return;
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, i)) { /* toggl.null */
            tg_write_null(e->writer);
            return;
        }
        break;
    case LUA_TUSERDATA:
        if (is_named(L, i, LTG_LIST) || has_pairs(L, i)) {
            put_container(e, i, s);
            return;
        }
        break;
    }
    lua_pushfstring(L, "a %s has no form in JSON", luaL_typename(L, i));
    refuse(e, s, lua_tostring(L, -1));
}

/* [-1, +0] */
static int free_writer(lua_State *L)
{
    tg_writer **w = luaL_checkudata(L, 1, WRITER);
    tg_writer_free(*w);
    *w = NULL;
    return 0;
}

/* [-4, +1] core.json_encode(value, indent, ranks, most) -> text. Raises a string on misuse. RANKS:
   {key = rank} or nil. MOST: bytes, or nil. */
static int encode(lua_State *L)
{
    lua_Integer indent = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, indent >= 0 && indent <= 16, 2, "from 0 to 16 spaces");
    if (!lua_isnoneornil(L, 3)) luaL_checktype(L, 3, LUA_TTABLE);
    lua_Integer most = luaL_optinteger(L, 4, MOST);
    luaL_argcheck(L, most > 0 && most <= (lua_Integer)MOST, 4, "from 1 byte to 256 MiB");
    lua_settop(L, 3);
    tg_writer **box = lua_newuserdatauv(L, sizeof *box, 0); /* create the owner first */
    *box = NULL;
    luaL_setmetatable(L, WRITER);
    encoder e = {L, *box = tg_writer_new((int)indent), lua_isnil(L, 3) ? 0 : 3, 0, (size_t)most};
    if (!e.writer) return luaL_error(L, "not enough memory");
    put_value(&e, 1, NULL);
    if (!tg_write_ok(e.writer)) return luaL_error(L, "not enough memory");
    tg_text text = tg_writer_text(e.writer);
    lua_pushlstring(L, text.p, text.n);
    tg_writer_free(*box);
    *box = NULL;
    return 1;
}

void ltg_open_json(lua_State *L)
{
    luaL_newmetatable(L, WRITER);
    lua_pushcfunction(L, free_writer);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, decode);
    lua_setfield(L, -2, "json_decode");
    lua_pushcfunction(L, encode);
    lua_setfield(L, -2, "json_encode");
    luaL_getmetatable(L, LTG_ARRAY);
    lua_setfield(L, -2, "array");
}
