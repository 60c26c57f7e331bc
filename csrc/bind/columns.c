/*
** Columns: what a job shows of each record of a list, written straight from the JSON text. A list
** of 100,000 people as CSV needs no Lua value for a person or a cell.
**
** core.columns(model, {spec...}) makes them. A spec has a `name`, and one of
**   field = "email"                       the text or integer of a field
**   field = "groups", item = "name"       that field of each record in a list
**   rules = {{"inactive", true, "inactive"}, ...}   the text of the first rule whose field, a
**                                         boolean, has that value
** or none of these: an empty cell. What the record does not say is an empty cell, and so is a value
** that does not have the type of its row, which is noted as a misfit.
*/
#include <stdlib.h>
#include <string.h>

#include "columns.h"

#define RULES   6
#define ANCHORS 3 /* index of the table that keeps the texts of the columns, while they are read */

static void columns_reset(ltg_columns *c)
{
    c->misfits = 0;
    c->position = 0;
    c->wrong = NULL;
}

/* ------------------------------------------------------------------------------------- buffers */

tg_text ltg_digits(int64_t integer, char room[LTG_DIGITS])
{
    uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    char text[LTG_DIGITS], *end = text + sizeof text, *p = end;
    do *--p = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (integer < 0) *--p = '-';
    memcpy(room, p, (size_t)(end - p));
    return (tg_text){room, (size_t)(end - p)};
}

bool ltg_bytes_add(ltg_bytes *b, const void *p, size_t n)
{
    if (b->n + n > b->size) {
        size_t size = b->size * 2 > b->n + n ? b->size * 2 : b->n + n + 4096;
        char *bigger = realloc(b->p, size);
        if (!bigger) return b->failed = true, false;
        b->p = bigger;
        b->size = size;
    }
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
    return true;
}

/* The text of V without escapes, in the buffer of items if it has some. */
static tg_text plain_text(ltg_columns *c, const tg_value *v)
{
    if (v->what != TG_V_STRING || !v->escaped) return v->text;
    c->item.n = 0;
    if (!ltg_bytes_add(&c->item, v->text.p, v->text.n)) return (tg_text){"", 0};
    return (tg_text){c->item.p, tg_value_unescape(v, c->item.p)};
}

/* --------------------------------------------------------------------------------------- cells */

/* Only the first of a record's fields counts when several rules read it. */
static void note_misfit(ltg_columns *c, const tg_field *f, const tg_value *v, size_t position)
{
    if (c->wrong == f && c->last == position) return;
    c->last = position;
    c->wrong = f;
    if (c->misfits++) return;
    c->first = f;
    c->position = position;
    ltg_showmisfit(f, v, c->shown);
}

static bool is_text(const tg_field *f, const tg_value *v)
{
    bool digits = v->what == TG_V_INT || v->what == TG_V_REAL;
    return v->what == TG_V_STRING || (f->type == TG_STRING && digits);
}

static ltg_cell read_field(ltg_columns *c, const ltg_column *col, size_t position)
{
    tg_value v = c->values[col->at];
    if (!tg_value_fits(&v, col->field))
        return note_misfit(c, col->field, &v, position), (ltg_cell){0};
    if (is_text(col->field, &v)) return (ltg_cell){LTG_C_TEXT, 0, plain_text(c, &v)};
    return v.what == TG_V_INT ? (ltg_cell){.what = LTG_C_INT, .integer = v.integer} : (ltg_cell){0};
}

static ltg_cell read_rules(ltg_columns *c, const ltg_column *col, size_t position)
{
    for (int i = 0; i < col->rules; i++) {
        const ltg_rule *r = &col->rule[i];
        tg_value v = c->values[r->at];
        if (!tg_value_fits(&v, r->field))
            note_misfit(c, r->field, &v, position);
        else if (v.what == TG_V_BOOL && v.boolean == r->value)
            return (ltg_cell){LTG_C_TEXT, 0, r->text};
    }
    return (ltg_cell){0};
}

static ltg_cell read_list(ltg_columns *c, const ltg_column *col, size_t position)
{
    tg_value v = c->values[col->at];
    if (v.what == TG_V_ARRAY) return (ltg_cell){LTG_C_LIST, 0, v.text};
    if (v.what <= TG_V_NULL) return (ltg_cell){LTG_C_LIST, 0, {"[]", 2}};
    note_misfit(c, col->field, &v, position);
    return (ltg_cell){0};
}

void ltg_read_record(ltg_columns *c, tg_text record)
{
    tg_value_fields(record, c->fields, c->field_count, c->values);
}

ltg_cell ltg_read_cell(ltg_columns *c, const ltg_column *col, size_t position)
{
    if (col->rules) return read_rules(c, col, position);
    if (col->item) return read_list(c, col, position);
    return col->field ? read_field(c, col, position) : (ltg_cell){0};
}

/* The next item of a LIST cell: one without a text is left out. */
bool ltg_next_item(ltg_columns *c, const ltg_column *col, const ltg_cell *cell, size_t *pos,
                   size_t position, tg_text *out)
{
    tg_value key, item;
    while (tg_value_next(cell->text, pos, &key, &item)) {
        if (item.what == TG_V_NULL) continue;
        if (item.what != TG_V_OBJECT) {
            note_misfit(c, col->field, &item, position);
            continue;
        }
        tg_value v = tg_value_field(item.text, col->item);
        if (!tg_value_fits(&v, col->item))
            note_misfit(c, col->item, &v, position);
        else if (is_text(col->item, &v)) {
            *out = plain_text(c, &v);
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------------------ creation */

ltg_columns *ltg_checkcolumns(lua_State *L, int i)
{
    return luaL_checkudata(L, i, LTG_COLUMNS);
}

/* [-1, +0] the string on top, anchored: its caller may change the spec; p NULL: there is none */
static tg_text take_text(lua_State *L)
{
    tg_text t = {0};
    if (lua_type(L, -1) == LUA_TSTRING) {
        t.p = lua_tolstring(L, -1, &t.n);
        lua_pushvalue(L, -1);
        lua_pushboolean(L, 1);
        lua_rawset(L, ANCHORS);
    }
    lua_pop(L, 1);
    return t;
}

/* [-1, +0] the field of M that the string on top names; raises */
static const tg_field *take_field(lua_State *L, const tg_model *m)
{
    tg_text name = take_text(L);
    const tg_field *f = name.p && m ? tg_field_find(m->fields, name.p, name.n) : NULL;
    if (!f) luaL_error(L, "a column of no field: %s", name.p ? name.p : "?");
    return f;
}

/* The place of F's value; raises. The room is that of all fields of a model. */
static size_t place_of(ltg_columns *c, const tg_field *f)
{
    size_t i = 0;
    while (i < c->field_count && c->fields[i] != f) i++;
    if (i == c->field_count) c->fields[c->field_count++] = f;
    return i;
}

/* [-0, +0] room for the values of all fields of M; raises */
static void make_room(lua_State *L, ltg_columns *c, const tg_model *m)
{
    size_t n = 1;
    for (const tg_field *f = m->fields; f->name; f++) n++;
    c->fields = malloc(n * sizeof *c->fields);
    c->values = malloc(n * sizeof *c->values);
    if (!c->fields || !c->values) luaL_error(L, "not enough memory");
}

/* [-0, +0] the rules of the spec on top */
static void read_spec_rules(lua_State *L, ltg_columns *c, ltg_column *col, const tg_model *m)
{
    lua_getfield(L, -1, "rules");
    int n = lua_istable(L, -1) ? (int)lua_rawlen(L, -1) : 0;
    luaL_argcheck(L, n <= RULES, 2, "too many rules");
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, -1, i + 1);
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_rawgeti(L, -1, 1);
        col->rule[i].field = take_field(L, m);
        col->rule[i].at = place_of(c, col->rule[i].field);
        lua_rawgeti(L, -1, 2);
        col->rule[i].value = lua_toboolean(L, -1);
        lua_pop(L, 1);
        lua_rawgeti(L, -1, 3);
        col->rule[i].text = take_text(L);
        lua_pop(L, 1);
    }
    col->rules = n;
    lua_pop(L, 1);
}

/* [-1, +0] the spec on top */
static void read_spec(lua_State *L, ltg_columns *c, ltg_column *col, const tg_model *m)
{
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_getfield(L, -1, "name");
    col->name = take_text(L);
    luaL_argcheck(L, col->name.p, 2, "a column without a name");
    lua_getfield(L, -1, "field");
    if (!lua_isnil(L, -1))
        col->at = place_of(c, col->field = take_field(L, m));
    else
        lua_pop(L, 1);
    lua_getfield(L, -1, "item");
    if (!lua_isnil(L, -1) && col->field)
        col->item = take_field(L, col->field->model ? tg_model_find(col->field->model) : NULL);
    else
        lua_pop(L, 1);
    read_spec_rules(L, c, col, m);
    lua_pop(L, 1);
}

/* [-2, +1] core.columns(model, specs) */
static int columns_new(lua_State *L)
{
    const tg_model *m = tg_model_find(luaL_checkstring(L, 1));
    luaL_argcheck(L, m, 1, "no such model");
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    size_t n = (size_t)lua_rawlen(L, 2);
    luaL_argcheck(L, n <= 1000, 2, "too many columns");
    lua_newtable(L); /* ANCHORS */
    ltg_columns *c = lua_newuserdatauv(L, sizeof *c + n * sizeof *c->column, 1);
    memset(c, 0, sizeof *c + n * sizeof *c->column);
    luaL_setmetatable(L, LTG_COLUMNS);
    lua_pushvalue(L, ANCHORS);
    lua_setiuservalue(L, -2, 1);
    make_room(L, c, m);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        read_spec(L, c, &c->column[i], m);
    }
    c->count = n;
    return 1;
}

/* [-1, +0] __gc */
static int columns_gc(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 1);
    free(c->fields);
    free(c->values);
    free(c->item.p);
    free(c->cell.p);
    free(c->out.p);
    tg_writer_free(c->writer);
    c->item = c->cell = c->out = (ltg_bytes){0};
    c->fields = NULL;
    c->values = NULL;
    c->field_count = 0;
    c->writer = NULL;
    return 0;
}

/* [-1, +1 or +5] core.misfits(columns) -> how many since the last call; of the first the position
   in its list, the field, what it is and the type that it should have */
static int misfits(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 1);
    size_t n = c->misfits;
    lua_pushinteger(L, (lua_Integer)n);
    if (!n) return 1;
    lua_pushinteger(L, (lua_Integer)c->position + 1);
    lua_pushstring(L, c->first->name);
    lua_pushstring(L, c->shown);
    lua_pushstring(L, tg_type_name(c->first->type));
    columns_reset(c);
    return 5;
}

/* [-0, +0], the module on top */
void ltg_open_columns(lua_State *L)
{
    luaL_newmetatable(L, LTG_COLUMNS);
    lua_pushcfunction(L, columns_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, columns_new);
    lua_setfield(L, -2, "columns");
    lua_pushcfunction(L, misfits);
    lua_setfield(L, -2, "misfits");
}
