/* The key given by an argument: an object, {user_id = 2}, or a number where only one kind is
   possible. */
#include <stdlib.h>
#include <string.h>

#include "ltg.h"

/* Kinds of key that one person can have at the same time: a number alone could be any of them. */
static bool confusable(tg_key k)
{
    return k == TG_KEY_ACCOUNT || k == TG_KEY_ORGANIZATION_USER || k == TG_KEY_WORKSPACE_USER ||
           k == TG_KEY_INVITATION;
}

/* `id` names the record's own key where its row has no such field. Not for the keys of a person:
   there the name must say which of the four it is. NULL: none. */
const tg_field *ltg_ownkey(const tg_model *m, const char *name)
{
    if (strcmp(name, "id") != 0) return NULL;
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_SELF) return confusable(f->key) ? NULL : f;
    return NULL;
}

/* Raise for a positional integer where only a name could state the kind of key. */
void ltg_check_bare(lua_State *L, const tg_field *f)
{
    if (f->type == TG_INT && confusable(f->key))
        ltg_refuse(L, f->name, "requires the %s: pass the object or name it, {%s = ...}",
                   tg_key_name(f->key), f->name);
}

static int64_t key_of_record(lua_State *L, const ltg_record *r, const tg_field *f,
                             const char *where)
{
    const char *class_ = r->model->class_ ? r->model->class_ : "record";
    if (!f->key) ltg_refuse(L, where, "must be an integer, got a %s", class_);
    int64_t id = ltg_keyof(r, f->key, true);
    const char *why = tg_key_without(f->key);
    if (!id)
        ltg_refuse(L, where, "requires the %s, and this %s has none%s%s", tg_key_name(f->key),
                   class_, why ? ": " : "", why ? why : "");
    return id;
}

/* Is a plain number accepted as this key? Not where it could be any of a person's four keys. */
static bool takes_number(const tg_field *f)
{
    return f->key && (!confusable(f->key) || f->flags & TG_NAMES_KEY);
}

/* Does the text at I hold decimal digits that fit into a key? Other clients send keys so. */
static bool digits_at(lua_State *L, int i, int64_t *v)
{
    if (lua_type(L, i) != LUA_TSTRING) return false;
    size_t n;
    const char *text = lua_tolstring(L, i, &n);
    if (n == 0 || n > 18 || strspn(text, "0123456789") != n) return false;
    *v = (int64_t)strtoll(text, NULL, 10);
    return true;
}

/* {user_id = 2}: the name states the kind of key. The value may be the object, {user_id = user}. */
static int64_t key_of_table(lua_State *L, int i, const tg_field *f, const char *where)
{
    lua_pushnil(L);
    if (!f->key || !lua_next(L, i) || lua_type(L, -2) != LUA_TSTRING)
        ltg_refuse(L, where, "must be an integer, got a table");
    const char *name = lua_tostring(L, -2), *want = tg_key_field(f->key);
    if (strcmp(name, want) != 0)
        ltg_refuse(L, where, "requires the %s, {%s = ...}, got '%s'", tg_key_name(f->key), want,
                   name);
    const ltg_record *r = ltg_torecord(L, -1);
    if (!r && !lua_isinteger(L, -1))
        ltg_refuse(L, where, "requires an integer in {%s = ...}", want);
    int64_t id = r ? key_of_record(L, r, f, where) : lua_tointeger(L, -1);
    if (id <= 0) ltg_refuse(L, where, "must be a key above 0, got %I", (LUAI_UACINT)id);
    lua_pop(L, 1);
    if (lua_next(L, i))
        ltg_refuse(L, where, "must name one key, {%s = ...}, and nothing else", want);
    return id;
}

/* The integer at I. Also digits, where the parameter's own name says which kind of key it is, and
   for an ambiguous key, which the message then shows as a number. */
static int64_t number_of(lua_State *L, int i, const tg_field *f, const char *where)
{
    int64_t v;
    bool digits = f->flags & TG_NAMES_KEY || (f->key && !takes_number(f));
    if (digits && digits_at(L, i, &v)) return v;
    if (lua_type(L, i) == LUA_TNUMBER && !lua_isinteger(L, i))
        ltg_refuse(L, where, "must be an integer, got the float %f", lua_tonumber(L, i));
    ltg_refuse_text(L, i, f->key, where);
    if (!lua_isinteger(L, i))
        ltg_refuse_value(L, where, i, "must be an integer, got %s", luaL_typename(L, i));
    return lua_tointeger(L, i);
}

int64_t ltg_key(lua_State *L, int i, const tg_field *f, const char *where)
{
    const ltg_record *r = ltg_torecord(L, i);
    if (r) return key_of_record(L, r, f, where);
    if (lua_type(L, i) == LUA_TTABLE) return key_of_table(L, i, f, where);
    int64_t v = number_of(L, i, f, where);
    if (f->key && !takes_number(f))
        ltg_refuse(L, where,
                   "requires the %s: a plain number could be any of a person's four keys; pass the "
                   "object or {%s = %I}",
                   tg_key_name(f->key), tg_key_field(f->key), (LUAI_UACINT)v);
    if (f->key && (v < 0 || (v == 0 && f->key != TG_KEY_PLAN)))
        ltg_refuse(L, where, "must be a key above 0, got %I", (LUAI_UACINT)v);
    return v;
}
