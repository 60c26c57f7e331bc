/* luaopen_toggl_core: the C part of `require "toggl"`. Opens no file, socket or thread and sets no
   signal handler. */
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "ltg.h"

/* [-1, +1] __tostring of errors: the message and the advice. */
static int error_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "message");
    lua_getfield(L, 1, "advice");
    if (lua_isstring(L, -1))
        lua_pushfstring(L, "%s; %s", lua_tostring(L, -2), lua_tostring(L, -1));
    else
        lua_pop(L, 1);
    if (!lua_isstring(L, -1)) lua_pushliteral(L, "an error of toggl");
    return 1;
}

/* [-2, +1 or +2] core.parse(model, text) -> list: a list from a text, for tools and benchmarks. */
static int parse(lua_State *L)
{
    tg_text text;
    tg_error err;
    const tg_model *m = tg_model_find(luaL_checkstring(L, 1));
    text.p = luaL_checklstring(L, 2, &text.n);
    luaL_argcheck(L, m, 1, "no such model");
    ltg_list *l = ltg_newlist(L, 0, 1);
    l->model = m;
    tg_page *page = tg_page_of(text, TG_REPLY_LIST, m, &err);
    if (!page) {
        lua_pushnil(L);
        ltg_pusherror(L, &err);
        return 2;
    }
    ltg_addpage(l, page);
    tg_page_unref(page);
    return 1;
}

/* [-0, +1] */
static int pages_alive(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)tg_pages_alive());
    return 1;
}

/* [-2, +1] core.nearest(model or operation name, word) -> the closest name */
static int nearest(lua_State *L)
{
    size_t n;
    const char *row = luaL_checkstring(L, 1), *word = luaL_checklstring(L, 2, &n);
    const tg_op *op = tg_op_find(row);
    const tg_model *m = tg_model_find(row);
    luaL_argcheck(L, op || m, 1, "no such row");
    lua_pushstring(L, tg_field_near(op ? op->params : m->fields, word, n));
    return 1;
}

/* [-2, +2] core.fail(raises, fields) -> nil and an error object made in Lua, or raises that
   object. */
static int fail(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2); /* the metatable is for what is on top, and a string shares its own */
    luaL_setmetatable(L, LTG_ERROR);
    ltg_setplace(L);
    if (lua_toboolean(L, 1)) return lua_error(L);
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

static const ltg_record *check_record(lua_State *L, int i)
{
    const ltg_record *r = ltg_torecord(L, i);
    if (!r) luaL_typeerror(L, i, "record");
    return r;
}

/* [-1, +1] core.id(record) -> the id that identifies it in its list; 0: none */
static int id(lua_State *L)
{
    const ltg_record *r = check_record(L, 1);
    int64_t own = 0;
    for (const tg_field *f = r->model->fields; !own && f->name; f++) {
        if (!(f->flags & TG_SELF) || f->type != TG_INT) continue;
        tg_value v = tg_value_field(r->text, f);
        if (v.what != TG_V_INT && v.what != TG_V_REAL) continue;
        ltg_pushplain(L, &v);
        own = lua_tointeger(L, -1); /* also of a real without a fraction */
        lua_pop(L, 1);
    }
    lua_pushinteger(L, own);
    return 1;
}

/* [-1, +1] */
static int class_of(lua_State *L)
{
    const ltg_record *r = ltg_torecord(L, 1);
    if (r && r->model->class_)
        lua_pushstring(L, r->model->class_);
    else
        lua_pushnil(L);
    return 1;
}

/* [-1, +1] */
static int is_list(lua_State *L)
{
    lua_pushboolean(L, ltg_tolist(L, 1) != NULL);
    return 1;
}

/* [-3, +1] core.key(value, "user_id"[, parents]) -> the key of that kind that VALUE is or names.
   Raises if there is none. PARENTS: also look at the record's parents, and return nil if there is
   none. */
static int key(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    tg_field f = {.name = name, .type = TG_INT};
    for (tg_key k = TG_KEY_ACCOUNT; k <= TG_KEY_PROJECT; k++)
        if (strcmp(tg_key_field(k), name) == 0) f.key = k;
    luaL_argcheck(L, f.key, 2, "no such kind of key");
    if (!lua_toboolean(L, 3)) {
        lua_pushinteger(L, ltg_key(L, 1, &f, name));
        return 1;
    }
    int64_t found = ltg_keyof(check_record(L, 1), f.key, false);
    found ? lua_pushinteger(L, found) : lua_pushnil(L);
    return 1;
}

/* [-1, +1] core.error(fields) -> that table as an error object */
static int make_error(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_setmetatable(L, LTG_ERROR);
    return 1;
}

/* [-0, +1] core.ticks() -> monotonic seconds */
static int ticks(lua_State *L)
{
    lua_pushnumber(L, tg_clock_read(CLOCK_MONOTONIC));
    return 1;
}

/* [-1, +0] core.sleep(seconds): uses poll, so that a signal ends it; checks a host's flag at
   intervals. */
static int sleep_for(lua_State *L)
{
    double left = luaL_checknumber(L, 1);
    bool watched = ltg_watched(L);
    while (left > 0 && !(watched && ltg_interrupted(L))) {
        double part = watched && left > 0.1 ? 0.1 : left > 3600 ? 3600 : left;
        if (poll(NULL, 0, (int)ceil(part * 1000)) < 0) break;
        left -= part;
    }
    return 0;
}

/* [-2, +0 or +1] __index of the module: create the tables on first access, since most scripts do
   not use them. */
static int module_index(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "operations") == 0)
        ltg_pushoperations(L);
    else if (strcmp(name, "models") == 0)
        ltg_pushmodels(L);
    else if (!ltg_pushlist(L, name))
        return 0;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
}

/* [-1, +1] core.getenv(name), for hosts that do not open the os library. */
static int environment(lua_State *L)
{
    lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
    return 1;
}

static const luaL_Reg functions[] = {{"parse", parse},
                                     {"getenv", environment},
                                     {"pages_alive", pages_alive},
                                     {"nearest", nearest},
                                     {"fail", fail},
                                     {"id", id},
                                     {"class", class_of},
                                     {"is_list", is_list},
                                     {"lists", ltg_lists},
                                     {"operation", ltg_operation_row},
                                     {"model", ltg_model_row},
                                     {"path_values", ltg_path_values},
                                     {"check_text", ltg_check_text},
                                     {"key", key},
                                     {"error", make_error},
                                     {"misuse", ltg_raise_misuse},
                                     {"library", ltg_library},
                                     {"missed", ltg_missed},
                                     {"on_unknown", ltg_on_unknown},
                                     {"ticks", ticks},
                                     {"sleep", sleep_for},
                                     {"read_private", ltg_read_private},
                                     {"read_own", ltg_read_own},
                                     {NULL, NULL}};

/* [-0, +0] Check the libraries that every file of lua/toggl needs; others are checked on use. */
static void need_libraries(lua_State *L)
{
    static const char *const names[] = {"string", "table", "math", "package", NULL};
    lua_pushglobaltable(L); /* and not lua_getglobal, which would keep other Luas from loading */
    for (const char *const *name = names; *name; name++) {
        if (lua_getfield(L, -1, *name) != LUA_TTABLE)
            luaL_error(L,
                       "toggl needs the %s library of Lua, which the host has not opened: open it "
                       "with luaL_requiref before toggl is loaded",
                       *name);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

TG_API int luaopen_toggl_core(lua_State *L);

/* [-0, +1] require gives the name and the file. */
int luaopen_toggl_core(lua_State *L)
{
    need_lua_54(L);
    need_libraries(L);
    ltg_open_compiled(L, lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL);
    luaL_newlib(L, functions);
    lua_pushliteral(L, TG_VERSION);
    lua_setfield(L, -2, "_VERSION");
    lua_pushstring(L, tg_sql_version());
    lua_setfield(L, -2, "sqlite_version");
    lua_pushlightuserdata(L, NULL); /* the same value as cjson.null */
    lua_setfield(L, -2, "null");
    luaL_newmetatable(L, LTG_ERROR);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
    ltg_open_records(L);
    ltg_open_methods(L, lua_gettop(L));
    lua_setfield(L, -2, "classes");
    ltg_open_list(L);
    ltg_open_keyset(L);
    ltg_open_columns(L);
    ltg_open_columns_text(L);
    ltg_open_columns_table(L);
    ltg_open_extract(L);
    ltg_open_digest(L);
    ltg_open_count(L);
    ltg_open_call(L);
    ltg_open_turns(L);
    ltg_open_sql(L);
    ltg_open_find(L);
    ltg_open_names(L);
    ltg_open_private(L);
    ltg_open_keyring(L);
    ltg_open_journal(L);
    ltg_open_command(L);
    ltg_open_text(L);
    ltg_open_client(L);
    ltg_open_json(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, module_index);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    return 1;
}
