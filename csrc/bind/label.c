/* A record as text: its class, its own key and its name. */
#include "ltg.h"

#include <string.h>

static const tg_field *first_secretless_name(const tg_model *m)
{
    static const char *const names[] = {"name", "fullname", "workspace_name", "email"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const tg_field *f = tg_field_find(m->fields, names[i], strlen(names[i]));
        if (f && !(f->flags & TG_SECRET)) return f;
    }
    return NULL;
}

/* [-0, +1] the string V, safe to print: other people choose names, and print and messages show
   them */
static void push_clean(lua_State *L, const tg_value *v)
{
    luaL_Buffer b;
    tg_text t;
    ltg_pushstring(L, v);
    t.p = lua_tolstring(L, -1, &t.n);
    luaL_buffinit(L, &b);
    ltg_addclean(&b, t);
    luaL_pushresult(&b);
    lua_remove(L, -2);
}

/* [-1, +1] */
int ltg_recordtext(lua_State *L)
{
    const ltg_record *r = ltg_torecord(L, 1);
    if (!r) return luaL_typeerror(L, 1, "record");
    luaL_Buffer b;
    tg_page **h = ltg_hold(L, r);
    luaL_buffinit(L, &b);
    luaL_addstring(&b, r->model->class_ ? r->model->class_ : r->model->name);
    for (const tg_field *f = r->model->fields; f->name; f++) {
        tg_value v = f->flags & TG_SELF ? tg_value_field(r->text, f) : (tg_value){0};
        if (v.what != TG_V_INT) continue;
        lua_pushfstring(L, " %I", (LUAI_UACINT)v.integer);
        luaL_addvalue(&b);
        break;
    }
    const tg_field *name = first_secretless_name(r->model);
    tg_value v = name ? tg_value_field(r->text, name) : (tg_value){0};
    if (v.what == TG_V_STRING) {
        luaL_addstring(&b, " (");
        push_clean(L, &v);
        luaL_addvalue(&b);
        luaL_addchar(&b, ')');
    }
    luaL_pushresult(&b);
    ltg_release(h);
    return 1;
}
