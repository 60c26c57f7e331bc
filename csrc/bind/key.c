/* The key given by an argument: an object, {user_id = 2}, or a number where only one kind is
   possible. */
#include <string.h>

#include "ltg.h"

/* Kinds of key that one person has at the same time: a bare number is ambiguous. */
static bool confusable(tg_key k)
{
    return k == TG_KEY_ACCOUNT || k == TG_KEY_ORGANIZATION_USER || k == TG_KEY_WORKSPACE_USER ||
           k == TG_KEY_INVITATION;
}

/* A positional integer does not tell its kind of key; a name in a table does. */
void ltg_check_bare(lua_State *L, const tg_field *f)
{
    if (f->type == TG_INT && confusable(f->key))
        ltg_refuse(L, f->name, "wants the %s: pass the object or name it, {%s = ...}",
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
        ltg_refuse(L, where, "wants the %s, and this %s has none%s%s", tg_key_name(f->key), class_,
                   why ? ": " : "", why ? why : "");
    return id;
}

/* {user_id = 2}: the name tells the kind. */
static int64_t key_of_table(lua_State *L, int i, const tg_field *f, const char *where)
{
    lua_pushnil(L);
    if (!f->key || !lua_next(L, i) || lua_type(L, -2) != LUA_TSTRING)
        ltg_refuse(L, where, "must be an integer, got a table");
    const char *name = lua_tostring(L, -2), *want = tg_key_field(f->key);
    if (strcmp(name, want) != 0)
        ltg_refuse(L, where, "wants the %s, {%s = ...}, got '%s'", tg_key_name(f->key), want, name);
    if (!lua_isinteger(L, -1)) ltg_refuse(L, where, "wants an integer in {%s = ...}", want);
    int64_t id = lua_tointeger(L, -1);
    if (id <= 0) ltg_refuse(L, where, "must be a key above 0, got %I", (LUAI_UACINT)id);
    lua_pop(L, 1);
    if (lua_next(L, i))
        ltg_refuse(L, where, "must name one key, {%s = ...}, and nothing else", want);
    return id;
}

int64_t ltg_key(lua_State *L, int i, const tg_field *f, const char *where)
{
    const ltg_record *r = ltg_torecord(L, i);
    if (r) return key_of_record(L, r, f, where);
    if (lua_type(L, i) == LUA_TTABLE) return key_of_table(L, i, f, where);
    if (lua_type(L, i) == LUA_TNUMBER && !lua_isinteger(L, i))
        ltg_refuse(L, where, "must be an integer, got the float %f", lua_tonumber(L, i));
    ltg_refuse_text(L, i, f->key, where);
    if (!lua_isinteger(L, i))
        ltg_refuse_value(L, where, i, "must be an integer, got %s", luaL_typename(L, i));
    int64_t v = lua_tointeger(L, i);
    if (confusable(f->key) && !(f->flags & TG_NAMES_KEY))
        ltg_refuse(L, where,
                   "wants the %s: a plain number could be any of a person's four keys; pass the "
                   "object or {%s = %I}",
                   tg_key_name(f->key), tg_key_field(f->key), (LUAI_UACINT)v);
    if (f->key && (v < 0 || (v == 0 && f->key != TG_KEY_PLAN)))
        ltg_refuse(L, where, "must be a key above 0, got %I", (LUAI_UACINT)v);
    return v;
}
