/* The store: client:sql(query, ...), which returns rows as a plain list of plain tables; the state
   of its file, and its removal. */
#include "ltg.h"

#define LTG_SQL   "toggl.sql"
#define MOST_ROWS 1000000

/* [-1, +0] */
static int sql_gc(lua_State *L)
{
    tg_sql **box = luaL_checkudata(L, 1, LTG_SQL);
    tg_sql_free(*box);
    *box = NULL;
    return 0;
}

static tg_value parameter(lua_State *L, int i)
{
    tg_value v = {.what = TG_V_NULL};
    switch (lua_type(L, i)) {
    case LUA_TNIL: break;
    case LUA_TBOOLEAN: v.what = TG_V_BOOL, v.boolean = lua_toboolean(L, i); break;
    case LUA_TSTRING: v.what = TG_V_STRING, v.text.p = lua_tolstring(L, i, &v.text.n); break;
    case LUA_TNUMBER:
        v.what = lua_isinteger(L, i) ? TG_V_INT : TG_V_REAL;
        v.integer = lua_tointeger(L, i);
        v.real = lua_tonumber(L, i);
        break;
    default: luaL_typeerror(L, i, "nil, boolean, number or string");
    }
    return v;
}

static void push_value(lua_State *L, const tg_value *v)
{
    if (v->what == TG_V_INT)
        lua_pushinteger(L, v->integer);
    else if (v->what == TG_V_REAL)
        lua_pushnumber(L, v->real);
    else if (v->what == TG_V_STRING)
        lua_pushlstring(L, v->text.p, v->text.n);
    else
        lua_pushnil(L);
}

/* Store the column names, in their order, as the field `columns` of the result's metatable: for
   tables and CSV. */
static void set_columns(lua_State *L, const tg_sql *s)
{
    lua_newtable(L);
    lua_newtable(L);
    for (int i = 0; i < tg_sql_columns(s); i++) {
        lua_pushstring(L, tg_sql_name(s, i));
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "columns");
    lua_setmetatable(L, -2);
}

static void push_row(lua_State *L, const tg_sql *s)
{
    int n = tg_sql_columns(s);
    lua_createtable(L, 0, n);
    for (int i = 0; i < n; i++) {
        tg_value v = tg_sql_value(s, i);
        lua_pushstring(L, tg_sql_name(s, i));
        push_value(L, &v);
        lua_rawset(L, -3);
    }
}

/* [-n, +1 or +2] client:sql(query, ...) -> rows; nil, error */
int ltg_sql(lua_State *L)
{
    tg_error err = {0};
    tg_text sql;
    sql.p = luaL_checklstring(L, 2, &sql.n);
    int last = lua_gettop(L), more = 0;
    tg_sql **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, LTG_SQL);
    ltg_client *c = ltg_checkclient(L, 1); /* again: a finalizer may have closed it */
    *box = tg_sql_new(c->client, sql, &err);
    if (!*box) return ltg_fail(L, c->raises, &err);
    if (last - 2 != tg_sql_parameters(*box))
        return ltg_misuse(L, "the query has %d parameters, got %d", tg_sql_parameters(*box),
                          last - 2);
    for (int i = 3; i <= last; i++) {
        tg_value v = parameter(L, i);
        if (!tg_sql_bind(*box, i - 2, &v, &err)) return ltg_fail(L, c->raises, &err);
    }
    lua_newtable(L);
    set_columns(L, *box);
    for (lua_Integer n = 1; (more = tg_sql_step(*box, &err)) > 0 && n <= MOST_ROWS; n++) {
        push_row(L, *box);
        lua_rawseti(L, -2, n);
    }
    tg_sql_free(*box);
    *box = NULL;
    if (more > 0)
        return ltg_misuse(L, "the query has more than %d rows; ask for fewer with LIMIT",
                          MOST_ROWS);
    return more < 0 ? ltg_fail(L, c->raises, &err) : 1;
}

/* Set the fields that both functions below return in the table on top. */
static void set_state(lua_State *L, const tg_cache_state *s)
{
    lua_pushinteger(L, s->bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, s->replies);
    lua_setfield(L, -2, "replies");
    lua_pushinteger(L, s->copies);
    lua_setfield(L, -2, "copies");
    lua_pushinteger(L, s->copy_bytes);
    lua_setfield(L, -2, "copy_bytes");
}

/* Set the fields of a usable file in the table on top. */
static void set_content(lua_State *L, const tg_cache_state *s)
{
    const struct {
        const char *name;
        int64_t value;
    } counts[] = {{"version", s->version},
                  {"rows", s->rows},
                  {"limit", s->limit},
                  {"trimmed", s->trimmed},
                  {"trimmed_bytes", s->trimmed_bytes}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        lua_pushinteger(L, (lua_Integer)counts[i].value);
        lua_setfield(L, -2, counts[i].name);
    }
    if (s->trimmed_at > 0) lua_pushnumber(L, s->trimmed_at), lua_setfield(L, -2, "trimmed_at");
    if (s->oldest > 0) lua_pushnumber(L, s->oldest), lua_setfield(L, -2, "oldest");
    if (s->newest > 0) lua_pushnumber(L, s->newest), lua_setfield(L, -2, "newest");
}

/* [-1, +1 or +2] core.cache_status(path) -> {bytes =, replies =, copies =, copy_bytes =, there =,
   and of a usable file version =, rows =, limit =, trimmed =, trimmed_bytes =, trimmed_at =,
   oldest =, newest =}, error if the file exists and is not usable */
static int cache_status(lua_State *L)
{
    tg_cache_state s;
    tg_error problem;
    tg_cache_look(luaL_checkstring(L, 1), &s, &problem);
    lua_newtable(L);
    set_state(L, &s);
    ltg_setflag(L, "there", s.there);
    if (s.usable) set_content(L, &s);
    if (problem.kind == TG_OK) return 1;
    ltg_pusherror(L, &problem);
    return 2;
}

/* [-1, +1 or +2] core.cache_clear(path) -> what was removed, as above; error if replies could not
   be removed */
static int cache_clear(lua_State *L)
{
    tg_cache_state s;
    tg_error err = {.kind = TG_OK};
    bool ok = tg_cache_clear(luaL_checkstring(L, 1), &s, &err);
    if (!ok) s.replies = s.bytes = 0;
    lua_newtable(L);
    set_state(L, &s);
    if (ok) return 1;
    ltg_pusherror(L, &err);
    return 2;
}

/* [-1, +1 or +2] core.cache_check(path) -> {replies =, damaged =, lists =, records =, differ =};
   nil, error */
static int cache_check(lua_State *L)
{
    tg_cache_check found;
    tg_error err = {.kind = TG_OK};
    bool ok = tg_cache_verify(luaL_checkstring(L, 1), &found, &err);
    const struct {
        const char *name;
        int64_t value;
    } fields[] = {{"replies", found.replies},
                  {"damaged", found.damaged},
                  {"lists", found.lists},
                  {"records", found.records},
                  {"differ", found.differ}};
    if (!ok) {
        lua_pushnil(L);
        ltg_pusherror(L, &err);
        return 2;
    }
    lua_newtable(L);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        lua_pushinteger(L, fields[i].value);
        lua_setfield(L, -2, fields[i].name);
    }
    return 1;
}

/* [-1, +1] client:check_stores() -> whether they can be written */
int ltg_check_stores(lua_State *L)
{
    bool ok = tg_client_check_stores(ltg_checkclient(L, 1)->client);
    ltg_drain(L, 1);
    lua_pushboolean(L, ok);
    return 1;
}

/* [-0, +0], the module on top */
void ltg_open_sql(lua_State *L)
{
    lua_pushcfunction(L, cache_status);
    lua_setfield(L, -2, "cache_status");
    lua_pushcfunction(L, cache_check);
    lua_setfield(L, -2, "cache_check");
    lua_pushcfunction(L, cache_clear);
    lua_setfield(L, -2, "cache_clear");
    luaL_newmetatable(L, LTG_SQL);
    lua_pushcfunction(L, sql_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
