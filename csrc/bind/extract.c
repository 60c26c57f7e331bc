/*
** core.extract: chosen fields of the records of a list as plain tables, without a record for each.
** The shape says which: {[field] = name in the table, or a shape of the records in the field}, with
** `by` = the field that is their key in a map.
*/
#include <string.h>

#include "ltg.h"

#define MOST_PARTS 16
#define MOST_OWNED 100 /* shapes and names */

typedef struct part part;

struct part {
    const tg_field *field;
    tg_text wire, older;    /* its names in JSON */
    const char *name;       /* owned by the anchor; NULL: the key in a map */
    const struct shape *in; /* of the field's records; NULL: the value itself */
};

typedef struct shape {
    const tg_model *model;
    part by; /* of the field that is the key in a map; without a field at the top */
    size_t n;
    part parts[MOST_PARTS];
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

static part part_for(const tg_field *f)
{
    part p = {.field = f, .wire = {tg_field_wire(f), strlen(tg_field_wire(f))}};
    if (f->older) p.older = (tg_text){f->older, strlen(f->older)};
    return p;
}

/* [-0, +0] The part whose field is at the index -2 and whose name or shape is at -1. */
static void read_part(lua_State *L, part *p, int anchor, const tg_model *m)
{
    *p = part_for(field_of(L, m, lua_gettop(L) - 1));
    lua_pushvalue(L, lua_type(L, -1) == LUA_TSTRING ? -1 : -2);
    p->name = lua_tostring(L, -1);
    luaL_ref(L, anchor);
    if (!lua_istable(L, -1)) return;
    const tg_model *inner = p->field->model ? tg_model_find(p->field->model) : NULL;
    if (!inner) luaL_error(L, "extract: %s.%s has no records", m->name, p->field->name);
    shape *s = read_shape(L, lua_gettop(L), anchor, inner);
    if (!s->by.field) luaL_error(L, "extract: %s lacks `by`", p->field->name);
    p->in = s;
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
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "extract: a field is a name");
        if (strcmp(lua_tostring(L, -2), "by") == 0) {
            s->by = part_for(field_of(L, m, lua_gettop(L)));
            continue;
        }
        if (s->n == MOST_PARTS) luaL_error(L, "extract: more than %d fields", MOST_PARTS);
        read_part(L, &s->parts[s->n++], anchor, m);
    }
    return s;
}

static bool is_key(tg_text name, tg_text key)
{
    return name.n == key.n && memcmp(name.p, key.p, key.n) == 0;
}

static bool is_part(const part *p, tg_text key, bool *older)
{
    *older = is_key(p->older, key);
    return *older || is_key(p->wire, key);
}

/* The part for the member KEY; *older: it has the name of older servers. */
static const part *part_of(const shape *s, tg_text key, bool *older)
{
    if (key.n == 0) return NULL;
    for (size_t i = 0; i < s->n; i++)
        if (is_part(&s->parts[i], key, older)) return &s->parts[i];
    return is_part(&s->by, key, older) ? &s->by : NULL;
}

static void push_shaped(lua_State *L, const source *from, const shape *s, tg_text object,
                        tg_value *by);

/* Raise what the record in TEXT raises for its field. */
static void misfit(lua_State *L, const source *from, const shape *s, tg_text text, const part *p)
{
    ltg_pushrecord(L, 0, from->page, s->model, (tg_record){text, 0}, from->place);
    lua_getfield(L, -1, p->field->name);
    luaL_error(L, "%s.%s is not of its type", s->model->name, p->field->name);
}

/* [-0, +1] {[key] = table, or true where the shape has no parts} */
static void push_map(lua_State *L, const source *from, const shape *s, tg_text array)
{
    size_t pos = 0;
    tg_value key, item;
    lua_createtable(L, 0, array.n > strlen("[]")); /* most have one record */
    while (tg_value_next(array, &pos, &key, &item)) {
        tg_value by = {.what = TG_V_ABSENT};
        bool object = item.what == TG_V_OBJECT;
        if (item.what == TG_V_NULL) continue;
        if (object && s->n > 0)
            push_shaped(L, from, s, item.text, &by);
        else
            lua_pushboolean(L, 1);
        if (object && by.what == TG_V_ABSENT) by = tg_value_field(item.text, s->by.field);
        if (by.what != TG_V_INT)
            luaL_error(L, "a %s of the reply lacks its %s", s->model->name, s->by.field->name);
        lua_rawseti(L, -2, by.integer);
    }
}

/* [-0, +1] */
static void push_part(lua_State *L, const source *from, const part *p, const tg_value *v)
{
    if (p->in)
        push_map(L, from, p->in, v->text);
    else if (p->field->type == TG_STRING && (v->what == TG_V_INT || v->what == TG_V_REAL))
        lua_pushlstring(L, v->text.p, v->text.n); /* the digits are the text */
    else
        ltg_pushplain(L, v);
}

static bool has_field(lua_State *L, const char *name)
{
    bool has = lua_getfield(L, -1, name) != LUA_TNIL;
    lua_pop(L, 1);
    return has;
}

/* [-0, +1] *BY: the key in a map, where the object has one. */
static void push_shaped(lua_State *L, const source *from, const shape *s, tg_text object,
                        tg_value *by)
{
    size_t pos = 0;
    tg_value key, v;
    bool older;
    luaL_checkstack(L, 8, "nested too deeply");
    lua_createtable(L, 0, (int)s->n);
    while (tg_value_next(object, &pos, &key, &v)) {
        const part *p = v.what == TG_V_NULL ? NULL : part_of(s, key.text, &older);
        if (!p) continue;
        tg_value_read_as(&v, p->field);
        if (p == &s->by) {
            if (!older || by->what == TG_V_ABSENT) *by = v;
            continue;
        }
        if (!tg_value_fits(&v, p->field) || (p->in && v.what == TG_V_STRING))
            misfit(L, from, s, object, p);
        if (older && has_field(L, p->name)) continue; /* the newer name has said it */
        push_part(L, from, p, &v);
        lua_setfield(L, -2, p->name);
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
