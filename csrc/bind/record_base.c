/* What a record is without its class: its mark, its keys, and holds on its page while Lua creates
   values. */
#include "ltg.h"

const char ltg_record_mark;

ltg_record *ltg_torecord(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i)) return NULL;
    bool is = lua_rawgetp(L, -1, &ltg_record_mark) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    return is ? lua_touserdata(L, i) : NULL;
}

/* ----------------------------------------------------------------------------------------- keys */

static int64_t int_field(const ltg_record *r, tg_key key, unsigned flag)
{
    for (const tg_field *f = r->model->fields; f->name; f++) {
        if (f->key != key || !(f->flags & flag)) continue;
        tg_value v = tg_value_field(r->text, f);
        if (v.what == TG_V_INT && v.integer > 0) return v.integer;
    }
    return 0;
}

int64_t ltg_keyof(const ltg_record *r, tg_key key, bool own)
{
    int64_t id = int_field(r, key, TG_SELF);
    if (id || own) return id;
    id = int_field(r, key, TG_PARENT);
    if (id) return id;
    return key == TG_KEY_ORGANIZATION ? r->place.organization
           : key == TG_KEY_WORKSPACE  ? r->place.workspace
                                      : 0;
}

/* ---------------------------------------------------------------------------------------- holds */

#define LTG_HOLD "toggl.hold"

/* [-1, +0] */
static int hold_gc(lua_State *L)
{
    tg_page **h = lua_touserdata(L, 1);
    tg_page_unref(*h);
    *h = NULL;
    return 0;
}

tg_page **ltg_hold(lua_State *L, const ltg_record *r)
{
    tg_page **h = lua_newuserdatauv(L, sizeof *h, 0);
    *h = NULL;
    luaL_setmetatable(L, LTG_HOLD);
    *h = r->page ? tg_page_ref(r->page) : NULL;
    return h;
}

void ltg_release(tg_page **h)
{
    tg_page_unref(*h);
    *h = NULL;
}

void ltg_open_holds(lua_State *L)
{
    luaL_newmetatable(L, LTG_HOLD);
    lua_pushcfunction(L, hold_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
