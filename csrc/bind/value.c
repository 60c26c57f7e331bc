/* Values of a reply as plain Lua values. record.c creates the fields that are records or lists. */
#include <stdio.h>

#include "ltg.h"

/* --------------------------------------------------------------------------------------- values */

void ltg_pushstring(lua_State *L, const tg_value *v)
{
    if (!v->escaped) {
        lua_pushlstring(L, v->text.p, v->text.n);
        return;
    }
    luaL_Buffer b;
    char *out = luaL_buffinitsize(L, &b, v->text.n);
    luaL_pushresultsize(&b, tg_value_unescape(v, out));
}

/* A plain table, where a null is toggl.null in its position. M: the row of its objects, or NULL. */
static void push_array(lua_State *L, const tg_value *v, const tg_model *m)
{
    size_t pos = 0;
    lua_Integer n = 0;
    tg_value item, key;
    luaL_checkstack(L, 8, "nested too deeply");
    lua_newtable(L);
    while (tg_value_next(v->text, &pos, &key, &item)) {
        if (item.what == TG_V_NULL)
            lua_pushlightuserdata(L, NULL);
        else if (m && item.what == TG_V_OBJECT)
            ltg_pushobject(L, &item, m);
        else
            ltg_pushplain(L, &item);
        lua_rawseti(L, -2, ++n);
    }
    if (n == 0) luaL_setmetatable(L, LTG_ARRAY);
}

/* [-0, +1] the value of a field of an object as a plain value; F: its row, or NULL. */
static void push_member(lua_State *L, tg_value *v, const tg_field *f)
{
    const tg_model *m = f && f->model ? tg_model_find(f->model) : NULL;
    if (f) tg_value_read_as(v, f);
    if (m && v->what == TG_V_ARRAY)
        push_array(L, v, m);
    else if (m && v->what == TG_V_OBJECT && f->type == TG_RECORD)
        ltg_pushobject(L, v, m);
    else
        ltg_pushplain(L, v);
}

void ltg_pushobject(lua_State *L, const tg_value *v, const tg_model *m)
{
    size_t pos = 0, n;
    tg_value item, key;
    luaL_checkstack(L, 8, "nested too deeply");
    lua_newtable(L);
    while (tg_value_next(v->text, &pos, &key, &item)) {
        if (item.what == TG_V_NULL) continue;
        ltg_pushstring(L, &key);
        const char *name = lua_tolstring(L, -1, &n);
        push_member(L, &item, m ? tg_field_find(m->fields, name, n) : NULL);
        lua_rawset(L, -3);
    }
}

void ltg_pushplain(lua_State *L, const tg_value *v)
{
    switch (v->what) {
    case TG_V_ABSENT:
    case TG_V_NULL: lua_pushnil(L); break;
    case TG_V_BOOL: lua_pushboolean(L, v->boolean); break;
    case TG_V_INT: lua_pushinteger(L, v->integer); break;
    case TG_V_REAL: lua_pushnumber(L, v->real); break;
    case TG_V_STRING: ltg_pushstring(L, v); break;
    case TG_V_ARRAY: push_array(L, v, NULL); break;
    case TG_V_OBJECT: ltg_pushobject(L, v, NULL); break;
    }
}

/* ------------------------------------------------------------------------------------- messages */

int ltg_cut(tg_text t, size_t most)
{
    return (int)(t.n > most ? tg_utf8_check((tg_text){t.p, most}, NULL) : t.n);
}

void ltg_showmisfit(const tg_field *f, const tg_value *v, char out[LTG_SHOWN])
{
    bool hidden = f->flags & TG_SECRET || v->what >= TG_V_ARRAY, text = v->what == TG_V_STRING;
    snprintf(out, LTG_SHOWN,
             hidden ? "of another type"
             : text ? "\"%.*s\""
                    : "%.*s",
             ltg_cut(v->text, 40), v->text.p);
}

void ltg_open_values(lua_State *L)
{
    luaL_newmetatable(L, LTG_ARRAY);
    lua_pop(L, 1);
}
