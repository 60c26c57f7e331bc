/* Finders on the rows of the store. lua/toggl/class/found.lua decides when they are asked. */
#include "ltg.h"

#define FOUND "toggl.found"

/* [-1, +0] */
static int found_gc(lua_State *L)
{
    tg_found_clear(luaL_checkudata(L, 1, FOUND));
    return 0;
}

/* The list named by the arguments 2 to 4: operation, organization, scope. */
static tg_stored_list list_of(lua_State *L)
{
    tg_stored_list l = {.op = tg_op_find(luaL_checkstring(L, 2)),
                        .organization = luaL_checkinteger(L, 3),
                        .scope = luaL_checkstring(L, 4)};
    luaL_argcheck(L, l.op && l.op->reply == TG_REPLY_LIST && l.op->model, 2, "no list");
    return l;
}

/* The pairs of field and value from 6 on. */
static size_t wanted_of(lua_State *L, tg_wanted *wanted)
{
    size_t n = 0;
    for (int i = 6; i + 1 <= lua_gettop(L) && n < TG_WANTED_MOST; i += 2) {
        tg_wanted *s = &wanted[n++];
        *s = (tg_wanted){.field = luaL_checkstring(L, i)};
        s->is_text = lua_type(L, i + 1) == LUA_TSTRING;
        if (s->is_text)
            s->text.p = lua_tolstring(L, i + 1, &s->text.n);
        else
            s->integer = luaL_checkinteger(L, i + 1);
    }
    return n;
}

/* [-0, +1] the list of what was found, as if the list were read and all else left out */
static void push_found(lua_State *L, int64_t organization, const tg_found *f)
{
    ltg_list *l = ltg_newlist(L, 1, f->count);
    l->model = f->model;
    l->place.organization = organization;
    l->at = f->at;
    l->place.settled_at = f->settled_at;
    for (size_t i = 0; i < f->count; i++) ltg_addpage(l, f->pages[i]);
}

/* [-0, +1] room for what is found, cleared in the end whatever raises */
static tg_found *new_found(lua_State *L)
{
    tg_found *f = lua_newuserdatauv(L, sizeof *f, 0);
    *f = (tg_found){0};
    luaL_setmetatable(L, FOUND);
    return f;
}

/* [-n, +1] core.find_rows(client, operation, organization, scope, max_age, field, value...) -> the
   list of the records that have one of the values, complete; nil: the list must be read */
static int find_rows(lua_State *L)
{
    tg_wanted wanted[TG_WANTED_MOST];
    tg_stored_list l = list_of(L);
    double max_age = luaL_optnumber(L, 5, 0);
    size_t n = wanted_of(L, wanted);
    tg_found *f = new_found(L);
    ltg_client *c = ltg_checkclient(L, 1); /* last: a finalizer may close it */
    if (!tg_client_find(c->client, &l, max_age, wanted, n, f)) return 0;
    push_found(L, l.organization, f);
    tg_found_clear(f);
    return 1;
}

/* [-6, +1] core.near_rows(client, operation, organization, scope, max_age, word) -> likewise the
   list of the records that were probably meant */
static int near_rows(lua_State *L)
{
    tg_text word;
    tg_stored_list l = list_of(L);
    double max_age = luaL_optnumber(L, 5, 0);
    word.p = luaL_checklstring(L, 6, &word.n);
    tg_found *f = new_found(L);
    ltg_client *c = ltg_checkclient(L, 1); /* last: a finalizer may close it */
    if (!tg_client_near(c->client, &l, max_age, word, f)) return 0;
    push_found(L, l.organization, f);
    tg_found_clear(f);
    return 1;
}

/* [-5, +1] core.keep_rows(client, operation, organization, scope, list) -> whether it has rows now.
   The list is complete and was read from the store. */
static int keep_rows(lua_State *L)
{
    tg_stored_list l = list_of(L);
    ltg_client *c = ltg_checkclient(L, 1);
    const ltg_list *list = luaL_checkudata(L, 5, LTG_LIST);
    bool all = list->complete && !list->map;
    lua_pushboolean(L, all && tg_client_keep_rows(c->client, &l, list->pages, list->page_count));
    return 1;
}

/* [-4, +1] core.has_own(client, operation, organization, scope) -> whether changes of the client
   itself bring an older list up to date */
static int has_own(lua_State *L)
{
    tg_stored_list l = list_of(L);
    ltg_client *c = ltg_checkclient(L, 1);
    lua_pushboolean(L, tg_client_has_own(c->client, &l));
    return 1;
}

static const luaL_Reg functions[] = {{"has_own", has_own},
                                     {"find_rows", find_rows},
                                     {"keep_rows", keep_rows},
                                     {"near_rows", near_rows},
                                     {NULL, NULL}};

/* [-0, +0], the module on top */
void ltg_open_find(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, FOUND);
    lua_pushcfunction(L, found_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
