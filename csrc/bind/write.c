/* Convert Lua values to a JSON body, by their rows. Misuse raises and names the place:
   "workspaces[2].role_id". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ltg.h"

#define WHERE_SIZE 160
#define DEEPEST    100

static bool is_null(lua_State *L, int i)
{
    return lua_islightuserdata(L, i) && lua_touserdata(L, i) == NULL;
}

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

/* -------------------------------------------------------------------------------------- scalars */

static void write_int(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where)
{
    tg_error err;
    int64_t v = ltg_key(L, i, f, where);
    if (!tg_check_int(f, v, &err)) ltg_refuse(L, where, "%s", err.message);
    tg_write_int(w, v);
}

static void write_real(lua_State *L, int i, tg_writer *w, const char *where)
{
    if (lua_type(L, i) != LUA_TNUMBER)
        ltg_refuse_value(L, where, i, "must be a number, got %s", luaL_typename(L, i));
    if (lua_isinteger(L, i))
        tg_write_int(w, lua_tointeger(L, i));
    else if (isfinite(lua_tonumber(L, i)))
        tg_write_real(w, lua_tonumber(L, i));
    else
        ltg_refuse_value(L, where, i, "must be a finite number");
}

static void write_text(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where)
{
    tg_error err;
    tg_text t;
    if (lua_type(L, i) != LUA_TSTRING)
        ltg_refuse_value(L, where, i, "must be a string, got %s", luaL_typename(L, i));
    t.p = lua_tolstring(L, i, &t.n);
    if (!tg_check_text(f, t, &err))
        ltg_refuse_value(L, where, f->flags & TG_SECRET ? 0 : i, "%s", err.message);
    tg_write_text(w, t);
}

static void write_bool(lua_State *L, int i, tg_writer *w, const char *where)
{
    if (!lua_isboolean(L, i))
        ltg_refuse_value(L, where, i, "must be true or false, got %s", luaL_typename(L, i));
    tg_write_bool(w, lua_toboolean(L, i));
}

/* ---------------------------------------------------------------------------------------- lists */

/* Check for a sequence without holes or other keys, or a list of records; returns its length. */
size_t ltg_sequence(lua_State *L, int i, const char *where)
{
    const ltg_list *l = ltg_tolist(L, i);
    if (l && !l->complete)
        ltg_refuse(L, where, "is an incomplete list: what it lacks would be left out");
    if (l) return l->count;
    if (lua_type(L, i) != LUA_TTABLE)
        ltg_refuse_value(L, where, i, "must be a list, got %s", luaL_typename(L, i));
    size_t n = lua_rawlen(L, i), keys = 0;
    for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) keys++;
    if (keys != n) ltg_refuse(L, where, "must be a list: keys 1 to n without holes");
    return n;
}

/* Raise if a value is repeated. SEEN: a table of earlier values; the value's identity is on top.
   [-1, +0] */
static void check_unique(lua_State *L, int seen, const char *where)
{
    lua_pushvalue(L, -1);
    if (lua_rawget(L, seen) != LUA_TNIL)
        ltg_refuse_value(L, where, lua_gettop(L) - 1, "repeats an earlier one");
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, seen);
}

static tg_field item_field(const tg_field *f)
{
    tg_field item = *f;
    item.type = f->item;
    item.item = 0;
    item.min = item.max = 0;
    item.flags &= ~(unsigned)(TG_UNIQUE | TG_WHOLE | TG_ONE_OF);
    item.flags |= TG_REQUIRED; /* nulls are not allowed in a list */
    return item;
}

static void write_list(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where)
{
    char place[WHERE_SIZE];
    tg_error err;
    size_t n = ltg_sequence(L, i, where);
    tg_field item = item_field(f);
    if (!tg_check_count(f, n, &err)) ltg_refuse(L, where, "%s", err.message);
    /* keys whose kind the row leaves open */
    if (item.type == TG_INT && !item.key) item.min = 1, item.max = INT64_MAX;
    lua_newtable(L);
    int seen = lua_gettop(L);
    tg_write_array(w);
    for (size_t k = 1; k <= n; k++) {
        snprintf(place, sizeof place, "%s[%zu]", where, k);
        lua_geti(L, i, (lua_Integer)k);
        ltg_write(L, lua_gettop(L), w, &item, place);
        if ((f->flags & TG_UNIQUE) && item.type == TG_INT) {
            lua_pushinteger(L, ltg_key(L, lua_gettop(L), &item, place));
            check_unique(L, seen, place);
        } else if ((f->flags & TG_UNIQUE) && item.type == TG_STRING) {
            lua_pushvalue(L, -1);
            check_unique(L, seen, place);
        }
        lua_settop(L, seen);
    }
    tg_write_end(w);
    lua_settop(L, seen - 1);
}

/* -------------------------------------------------------------------------------------- records */

/* The fields of a record that a request may set: those that are not keys of the record's place. */
static tg_key key_named(const char *name, size_t n)
{
    for (tg_key k = TG_KEY_ACCOUNT; k <= TG_KEY_PROJECT; k++)
        if (strlen(tg_key_field(k)) == n && memcmp(tg_key_field(k), name, n) == 0) return k;
    return TG_KEY_NONE;
}

/* The kind of key that the value of a sibling field selects: KEY_BY is its name, then pairs of
   value and kind. */
static tg_key key_by_sibling(lua_State *L, int i, const char *key_by)
{
    size_t n = strcspn(key_by, " ");
    lua_pushlstring(L, key_by, n);
    lua_gettable(L, i);
    const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    tg_key kind = TG_KEY_NONE;
    for (const char *p = key_by + n; *p && !kind;) {
        size_t len = strcspn(++p, " ");
        bool hit = strlen(word) == len && memcmp(word, p, len) == 0;
        p += len + (p[len] == ' ');
        len = strcspn(p, " ");
        if (hit) kind = key_named(p, len);
        p += len;
    }
    lua_pop(L, 1);
    return kind;
}

static void write_fields(lua_State *L, int i, tg_writer *w, const tg_model *m, const char *where)
{
    char place[WHERE_SIZE];
    for (const tg_field *f = m->fields; f->name; f++) {
        lua_getfield(L, i, f->name);
        snprintf(place, sizeof place, "%s.%s", where, f->name);
        if (!lua_isnil(L, -1)) {
            tg_write_key(w, text_of(tg_field_wire(f)));
            tg_field keyed = *f;
            if (f->key_by) keyed.key = key_by_sibling(L, i, f->key_by);
            ltg_write(L, lua_gettop(L), w, &keyed, place);
        }
        lua_pop(L, 1);
    }
}

static void check_names(lua_State *L, int i, const tg_model *m, const char *where)
{
    for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) {
        size_t n;
        if (lua_type(L, -2) != LUA_TSTRING) ltg_refuse(L, where, "must have named fields only");
        const char *name = lua_tolstring(L, -2, &n);
        if (tg_field_find(m->fields, name, n)) continue;
        const char *near = tg_field_near(m->fields, name, n);
        if (near)
            ltg_misuse(L,
                       "argument '%s' has no field '%s', and nothing was sent; did you mean '%s'?",
                       where, name, near);
        ltg_refuse(L, where, "has no field '%s'", name);
    }
}

/* The kind of key that identifies records of this model: the first kind with a finder. */
static tg_key key_of_model(const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (tg_key_finder(f->key)) return f->key;
    return TG_KEY_NONE;
}

/* A record of another model stands for the field with its key: a workspace for {workspace_id =
   ...}. */
static void write_reference(lua_State *L, tg_writer *w, const tg_model *m, const ltg_record *r,
                            const char *where)
{
    for (const tg_field *f = m->fields; f->name; f++) {
        int64_t id = f->key ? ltg_keyof(r, f->key, true) : 0;
        if (!id) continue;
        tg_write_object(w);
        tg_write_key(w, text_of(tg_field_wire(f)));
        tg_write_int(w, id);
        tg_write_end(w);
        return;
    }
    ltg_refuse(L, where, "must be a table or a record that has the right key, got a %s",
               r->model->class_ ? r->model->class_ : "record");
}

static void write_record(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where)
{
    const tg_model *m = tg_model_find(f->model);
    const ltg_record *r = ltg_torecord(L, i);
    if (r && r->model != m) {
        write_reference(L, w, m, r, where);
        return;
    }
    if (!r) ltg_refuse_text(L, i, key_of_model(m), where);
    if (!r && lua_type(L, i) != LUA_TTABLE)
        ltg_refuse(L, where, "must be a table, got %s", luaL_typename(L, i));
    if (!r) check_names(L, i, m, where);
    if (!r) ltg_check_group(L, i, m->fields, TG_IN_REPLY, where);
    tg_write_object(w);
    write_fields(L, i, w, m, where);
    tg_write_end(w);
}

void ltg_write(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where)
{
    luaL_checkstack(L, 12, "nested too deeply");
    if (is_null(L, i)) {
        if (f->flags & TG_REQUIRED) ltg_refuse(L, where, "may not be null");
        tg_write_null(w);
        return;
    }
    switch (f->type) {
    case TG_INT: write_int(L, i, w, f, where); break;
    case TG_REAL: write_real(L, i, w, where); break;
    case TG_BOOL: write_bool(L, i, w, where); break;
    case TG_STRING:
    case TG_TIME: write_text(L, i, w, f, where); break;
    case TG_LIST: write_list(L, i, w, f, where); break;
    case TG_RECORD:
        if (f->model) {
            write_record(L, i, w, f, where);
            break;
        } /* fall through */
    case TG_MAP:
    case TG_ANY: ltg_write_any(L, i, w, where, 0); break;
    }
}

/* -------------------------------------------------------------------------------- without a row */

void ltg_check_name(lua_State *L, tg_text name, const char *where)
{
    static const tg_field text = {.name = "name", .type = TG_STRING};
    tg_error err;
    if (!tg_check_text(&text, name, &err)) ltg_refuse(L, where, "has a name that %s", err.message);
}

static void write_any_table(lua_State *L, int i, tg_writer *w, const char *where, int depth)
{
    size_t n = lua_rawlen(L, i);
    if (n) {
        ltg_sequence(L, i, where);
        tg_write_array(w);
        for (size_t k = 1; k <= n; k++) {
            lua_rawgeti(L, i, (lua_Integer)k);
            ltg_write_any(L, lua_gettop(L), w, where, depth + 1);
            lua_pop(L, 1);
        }
        tg_write_end(w);
        return;
    }
    /* An empty table is an empty list if toggl.json marked it as one, else an object. */
    int top = lua_gettop(L);
    bool list = luaL_getmetafield(L, i, "__name") == LUA_TSTRING &&
                strcmp(lua_tostring(L, -1), LTG_ARRAY) == 0;
    lua_settop(L, top);
    list ? tg_write_array(w) : tg_write_object(w);
    for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) {
        tg_text key = {0};
        if (lua_type(L, -2) != LUA_TSTRING) ltg_refuse(L, where, "has a key that is not a string");
        key.p = lua_tolstring(L, -2, &key.n);
        ltg_check_name(L, key, where);
        tg_write_key(w, key);
        ltg_write_any(L, lua_gettop(L), w, where, depth + 1);
    }
    tg_write_end(w);
}

void ltg_write_any(lua_State *L, int i, tg_writer *w, const char *where, int depth)
{
    static const tg_field text = {.name = "text", .type = TG_STRING};
    if (depth > DEEPEST) ltg_refuse(L, where, "is nested too deeply, or contains itself");
    if (!tg_write_ok(w)) return; /* else 40 tables that hold the next one twice do not end */
    luaL_checkstack(L, 12, "nested too deeply");
    switch (lua_type(L, i)) {
    case LUA_TBOOLEAN: tg_write_bool(w, lua_toboolean(L, i)); break;
    case LUA_TNUMBER: write_real(L, i, w, where); break;
    case LUA_TSTRING: write_text(L, i, w, &text, where); break;
    case LUA_TTABLE: write_any_table(L, i, w, where, depth); break;
    default:
        if (!is_null(L, i)) ltg_refuse(L, where, "cannot be sent: it is a %s", luaL_typename(L, i));
        tg_write_null(w);
    }
}

/* --------------------------------------------------------------------------------------- groups */

static bool given(lua_State *L, int i, const char *name)
{
    lua_getfield(L, i, name);
    bool is = !lua_isnil(L, -1);
    lua_pop(L, 1);
    return is;
}

/* Check that required fields are given, at least one of some, at most one of others, among fields
   IN the given place. */
void ltg_check_group(lua_State *L, int i, const tg_field *fields, tg_in in, const char *where)
{
    const char *exclusive = NULL, *first = NULL;
    bool any = false;
    for (const tg_field *f = fields; f->name; f++) {
        if (f->in != in) continue;
        bool is = given(L, i, f->name);
        if (!is && (f->flags & TG_REQUIRED))
            ltg_refuse(L, f->name, "is missing%s%s", *where ? " from " : "", where);
        if ((f->flags & TG_ONE_OF) && !first) first = f->name;
        any = any || (is && (f->flags & TG_ONE_OF));
        if (!is || !(f->flags & TG_EXCLUSIVE)) continue;
        if (exclusive) ltg_refuse(L, f->name, "cannot be given together with '%s'", exclusive);
        exclusive = f->name;
    }
    if (first && !any) ltg_refuse(L, first, "or another field to change is missing");
}
