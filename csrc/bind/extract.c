/*
** core.extract: chosen fields of the records of a list as plain tables, without a record for each.
** The shape says which: {[field] = name in the table, or a shape of the records in the field}, with
** `by` = the field that is their key in a map.
*/
#include <stdio.h>
#include <string.h>

#include "ltg.h"

#define MOST_PARTS 16
#define MOST_OWNED 100 /* shapes and names */

typedef struct shape {
    const tg_model *model;
    size_t n;
    const tg_field *fields[MOST_PARTS + 1]; /* the last is `by`; NULL at the top */
    struct part {
        const char *name;       /* owned by the anchor */
        const struct shape *in; /* of the field's records; NULL: the value itself */
    } parts[MOST_PARTS];
} shape;

/* What an error about a value requires. */
typedef struct source {
    tg_page *page;
    ltg_place place;
} source;

static const tg_field *field_of(lua_State *L, const tg_model *m, int i)
{
    size_t n;
    const char *name = luaL_checklstring(L, i, &n);
    const tg_field *f = tg_field_find(m->fields, name, n);
    if (!f) luaL_error(L, "extract: %s has no field %s", m->name, name);
    return f;
}

static shape *read_shape(lua_State *L, int t, int anchor, const tg_model *m);

/* [-0, +0] The next part of S, whose field is at the index -2 and whose name or shape is at -1. */
static void read_part(lua_State *L, shape *s, int anchor)
{
    struct part *p = &s->parts[s->n];
    const tg_field *f = s->fields[s->n++] = field_of(L, s->model, lua_gettop(L) - 1);
    lua_pushvalue(L, lua_type(L, -1) == LUA_TSTRING ? -1 : -2);
    p->name = lua_tostring(L, -1);
    luaL_ref(L, anchor);
    if (!lua_istable(L, -1)) return;
    const tg_model *inner = f->model ? tg_model_find(f->model) : NULL;
    if (!inner) luaL_error(L, "extract: %s.%s has no records", s->model->name, f->name);
    const shape *in = p->in = read_shape(L, lua_gettop(L), anchor, inner);
    if (!in->fields[in->n]) luaL_error(L, "extract: %s lacks `by`", f->name);
}

/* [-0, +0] The shape in the table at T for records of M; ANCHOR owns it and its names. */
static shape *read_shape(lua_State *L, int t, int anchor, const tg_model *m)
{
    luaL_checkstack(L, 8, "nested too deeply");
    luaL_checktype(L, t, LUA_TTABLE);
    if (lua_rawlen(L, anchor) > MOST_OWNED) luaL_error(L, "extract: too many shapes");
    shape *s = lua_newuserdatauv(L, sizeof *s, 0);
    luaL_ref(L, anchor);
    *s = (shape){.model = m};
    const tg_field *by = NULL;
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "extract: a field is a name");
        if (strcmp(lua_tostring(L, -2), "by") == 0) {
            by = field_of(L, m, lua_gettop(L));
            continue;
        }
        if (s->n == MOST_PARTS) luaL_error(L, "extract: more than %d fields", MOST_PARTS);
        read_part(L, s, anchor);
    }
    s->fields[s->n] = by;
    return s;
}

static void push_shaped(lua_State *L, const source *from, const shape *s, tg_text object,
                        tg_value *by);

/* Raise what the record in TEXT raises for its field. */
static void misfit(lua_State *L, const source *from, const shape *s, tg_text text,
                   const tg_field *f)
{
    ltg_pushrecord(L, 0, from->page, s->model, (tg_record){text, 0}, from->place);
    lua_getfield(L, -1, f->name);
    luaL_error(L, "%s.%s is not of its type", s->model->name, f->name);
}

static int fail_keyless(lua_State *L, const shape *s)
{
    tg_error err = {.kind = TG_E_DECODE, .retry_after = -1};
    snprintf(err.message, sizeof err.message, "a %s of the reply lacks its %s", s->model->name,
             s->fields[s->n]->name);
    ltg_pusherror(L, &err);
    return lua_error(L);
}

/* [-0, +1] {[key] = table, or true where the shape has no parts} */
static void push_map(lua_State *L, const source *from, const shape *s, tg_text array)
{
    size_t pos = 0;
    tg_value key, item;
    lua_createtable(L, 0, array.n > strlen("[]")); /* most have one record */
    while (tg_value_next(array, &pos, &key, &item)) {
        tg_value by = {.what = TG_V_ABSENT};
        if (item.what == TG_V_NULL) continue;
        if (item.what == TG_V_OBJECT) push_shaped(L, from, s, item.text, &by);
        if (by.what != TG_V_INT) fail_keyless(L, s);
        lua_rawseti(L, -2, by.integer);
    }
}

/* [-0, +1] */
static void push_part(lua_State *L, const source *from, const shape *s, size_t i, const tg_value *v)
{
    if (s->parts[i].in)
        push_map(L, from, s->parts[i].in, v->text);
    else if (s->fields[i]->type == TG_STRING && (v->what == TG_V_INT || v->what == TG_V_REAL))
        lua_pushlstring(L, v->text.p, v->text.n); /* the digits are the text */
    else
        ltg_pushplain(L, v);
}

/* [-0, +1] The parts of OBJECT as a table; true where the shape has none. *BY: its key in a map. */
static void push_shaped(lua_State *L, const source *from, const shape *s, tg_text object,
                        tg_value *by)
{
    tg_value values[MOST_PARTS + 1];
    luaL_checkstack(L, 8, "nested too deeply");
    tg_value_fields(object, s->fields, s->n + (by ? 1 : 0), values);
    if (by) *by = values[s->n];
    if (by && s->n == 0) {
        lua_pushboolean(L, 1);
        return;
    }
    lua_createtable(L, 0, (int)s->n);
    for (size_t i = 0; i < s->n; i++) {
        const tg_value *v = &values[i];
        if (v->what <= TG_V_NULL) continue;
        if (!tg_value_fits(v, s->fields[i]) || (s->parts[i].in && v->what == TG_V_STRING))
            misfit(L, from, s, object, s->fields[i]);
        push_part(L, from, s, i, v);
        lua_setfield(L, -2, s->parts[i].name);
    }
}

/* [-2, +1] core.extract(list, shape) -> a table for each record of the list */
static int extract(lua_State *L)
{
    ltg_list *l = ltg_tolist(L, 1);
    if (!l || !l->model) return luaL_typeerror(L, 1, "list of records");
    lua_settop(L, 2);
    lua_newtable(L);
    const shape *s = read_shape(L, 2, 3, l->model);
    size_t all = l->count;
    lua_createtable(L, (int)all, 0);
    lua_pushnil(L); /* a record that holds the page: a finalizer may close the list */
    source from = {NULL, l->place};
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        tg_page *page = ltg_listat(l, i, &r);
        if (page != from.page) {
            ltg_record *holder = ltg_newrecord(L, 0, l->model, l->place);
            lua_replace(L, 5);
            if (i >= l->count) break;
            page = ltg_listat(l, i, &r);
            ltg_fillrecord(holder, page, r);
            from.page = page;
        }
        push_shaped(L, &from, s, r.text, NULL);
        lua_rawseti(L, 4, (lua_Integer)i + 1);
    }
    if (l->count != all) return ltg_misuse(L, "the list was closed while it was read");
    lua_settop(L, 4);
    return 1;
}

void ltg_open_extract(lua_State *L)
{
    lua_pushcfunction(L, extract);
    lua_setfield(L, -2, "extract");
}
