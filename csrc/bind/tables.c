/* The core's tables of operations and models as plain Lua tables, for help, completion and
   documents. */
#include <string.h>

#include "ltg.h"

void ltg_setstring(lua_State *L, const char *key, const char *value)
{
    if (!value) return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

void ltg_setflag(lua_State *L, const char *key, bool value)
{
    if (!value) return;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, key);
}

static void set_words(lua_State *L, const char *words)
{
    if (!words) return;
    lua_newtable(L);
    for (lua_Integer i = 1; *words; i++) {
        size_t n = strcspn(words, " ");
        lua_pushlstring(L, words, n);
        lua_rawseti(L, -2, i);
        words += n + (words[n] == ' ');
    }
    lua_setfield(L, -2, "words");
}

#define TG_FLAG(name, bit, word, meaning) {TG_##name, word},
static const struct {
    unsigned flag;
    const char *name;
} field_flags[] = {TG_FIELD_FLAGS(TG_FLAG)}, op_flags[] = {TG_OP_FLAGS(TG_FLAG)};

static void push_field(lua_State *L, const tg_field *f)
{
    static const char *const places[] = {NULL, "path", "query", "body"};
    lua_createtable(L, 0, 10);
    ltg_setstring(L, "name", f->name);
    ltg_setstring(L, "wire", tg_field_wire(f));
    ltg_setstring(L, "older", f->older);
    ltg_setstring(L, "type", tg_type_name(f->type));
    if (f->item) ltg_setstring(L, "item", tg_type_name(f->item));
    ltg_setstring(L, "model", f->model);
    if (f->key) ltg_setstring(L, "key", tg_key_field(f->key));
    ltg_setstring(L, "in_", places[f->in]);
    ltg_setstring(L, "key_by", f->key_by);
    ltg_setstring(L, "preset", f->preset);
    ltg_setstring(L, "doc", f->doc);
    set_words(L, f->words);
    if (f->min || f->max) {
        lua_pushinteger(L, f->min);
        lua_setfield(L, -2, "min");
    }
    if (f->max) {
        lua_pushinteger(L, f->max);
        lua_setfield(L, -2, "max");
    }
    for (size_t i = 0; i < sizeof field_flags / sizeof *field_flags; i++)
        ltg_setflag(L, field_flags[i].name, f->flags & field_flags[i].flag);
}

static void set_fields(lua_State *L, const char *key, const tg_field *f)
{
    lua_newtable(L);
    for (lua_Integer i = 1; f->name; f++, i++) {
        push_field(L, f);
        lua_rawseti(L, -2, i);
    }
    lua_setfield(L, -2, key);
}

static void push_operation(lua_State *L, const tg_op *op)
{
#define TG_SHAPE(name, word, empty, type, returns, meaning) word,
    static const char *const shapes[] = {TG_SHAPES(TG_SHAPE)};
    static const char *const pagings[] = {"none", "pages", "cursor"};
    lua_createtable(L, 0, 20);
    ltg_setstring(L, "name", op->name);
    ltg_setstring(L, "class", op->class_);
    ltg_setstring(L, "method", op->method);
    ltg_setstring(L, "verb", op->verb);
    ltg_setstring(L, "path", op->path);
    ltg_setstring(L, "effect", tg_effect_name(op->effect));
    ltg_setstring(L, "effect_if", op->effect_if);
    ltg_setstring(L, "effect_then", tg_effect_name(op->effect_then));
    ltg_setstring(L, "settle_read", op->settle[0].read);
    ltg_setstring(L, "settle_find", op->settle_find);
    ltg_setstring(L, "so_already", op->so_already);
    set_fields(L, "params", op->params);
    ltg_setstring(L, "reply", shapes[op->reply]);
    ltg_setstring(L, "model", op->model);
    ltg_setstring(L, "paging", pagings[op->paging]);
    ltg_setstring(L, "window", op->window == TG_WINDOW_USER ? "user" : "organization");
    lua_pushinteger(L, op->ttl);
    lua_setfield(L, -2, "ttl");
    ltg_setstring(L, "tags", op->tags);
    ltg_setstring(L, "drops", op->drops);
    ltg_setstring(L, "doc", op->doc);
    ltg_setstring(L, "example", op->example);
    for (size_t i = 0; i < sizeof op_flags / sizeof *op_flags; i++)
        ltg_setflag(L, op_flags[i].name, op->flags & op_flags[i].flag);
}

/* Add the row on top to the list below it, by position and by name. [-1, +0] */
static void add_row(lua_State *L, size_t i, const char *name)
{
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
}

void ltg_pushoperations(lua_State *L)
{
    size_t n;
    const tg_op *ops = tg_ops(&n);
    lua_createtable(L, (int)n, (int)n);
    for (size_t i = 0; i < n; i++) {
        push_operation(L, &ops[i]);
        add_row(L, i, ops[i].name);
    }
}

static void push_model(lua_State *L, const tg_model *m)
{
    lua_createtable(L, 0, 5);
    ltg_setstring(L, "name", m->name);
    ltg_setstring(L, "official", m->official);
    ltg_setstring(L, "class", m->class_);
    ltg_setstring(L, "doc", m->doc);
    set_fields(L, "fields", m->fields);
}

void ltg_pushmodels(lua_State *L)
{
    size_t n;
    const tg_model *models = tg_models(&n);
    lua_createtable(L, (int)n, (int)n);
    for (size_t i = 0; i < n; i++) {
        push_model(L, &models[i]);
        add_row(L, i, models[i].name);
    }
}

/* [-1, +0 or +1] core.operation(name) -> its row, or nothing */
int ltg_operation_row(lua_State *L)
{
    const tg_op *op = tg_op_find(luaL_checkstring(L, 1));
    if (!op) return 0;
    push_operation(L, op);
    return 1;
}

/* [-1, +0 or +1] core.model(name) -> its row, or nothing */
int ltg_model_row(lua_State *L)
{
    const tg_model *m = tg_model_find(luaL_checkstring(L, 1));
    if (!m) return 0;
    push_model(L, m);
    return 1;
}

/* [-2, +n] core.path_values(operation, path) -> the texts of its variables, in the order of its
   parameters; nothing: this is no path of it. Ignores a query. */
int ltg_path_values(lua_State *L)
{
    tg_text path, value[TG_MAX_PATH_VARIABLES];
    const tg_op *op = tg_op_find(luaL_checkstring(L, 1));
    path.p = luaL_checkstring(L, 2);
    path.n = strcspn(path.p, "?");
    int n = op ? tg_op_match(op, path, value) : 0;
    for (int i = 0; i < n; i++) lua_pushlstring(L, value[i].p, value[i].n);
    return n > 0 ? n : 0;
}

/* [-3, +0 or +1] core.check_text(operation, parameter, text) -> what is wrong with the text as a
   value of the parameter, or as an item of its list; nothing: it can be sent */
int ltg_check_text(lua_State *L)
{
    tg_error err;
    tg_text text;
    size_t n;
    const tg_op *op = tg_op_find(luaL_checkstring(L, 1));
    const char *name = luaL_checklstring(L, 2, &n);
    const tg_field *f = op ? tg_field_find(op->params, name, n) : NULL;
    text.p = luaL_checklstring(L, 3, &text.n);
    luaL_argcheck(L, f, 2, "no such parameter");
    if (tg_check_text(f, text, &err)) return 0;
    lua_pushstring(L, err.message);
    return 1;
}

/* [-1, +1] core.lists(class) -> {name, method, paged} for each row of the class that returns a
   list; Lua adds the paging loops */
int ltg_lists(lua_State *L)
{
    size_t n;
    const char *class_ = luaL_checkstring(L, 1);
    const tg_op *ops = tg_ops(&n);
    lua_Integer found = 0;
    lua_newtable(L);
    for (size_t i = 0; i < n; i++) {
        if (ops[i].reply != TG_REPLY_LIST || !ops[i].class_ || strcmp(ops[i].class_, class_) != 0)
            continue;
        lua_createtable(L, 0, 3);
        ltg_setstring(L, "name", ops[i].name);
        ltg_setstring(L, "method", ops[i].method);
        ltg_setflag(L, "paged", ops[i].paging != TG_WHOLE_LIST);
        lua_rawseti(L, -2, ++found);
    }
    return 1;
}
