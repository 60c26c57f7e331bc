/* Push replies and responses as Lua values. */
#include "ltg.h"

static ltg_place place_of(const ltg_call *call, const tg_reply *r)
{
    ltg_place place = call->place;
    place.stale = r->stale;
    place.settled_at = r->settled_at;
    return place;
}

static void push_list(lua_State *L, int client, const ltg_call *call, const tg_reply *r)
{
    ltg_list *l = ltg_newlist(L, client, 1);
    l->model = tg_page_model(r->page);
    l->place = place_of(call, r);
    l->at = r->at;
    ltg_addpage(l, r->page);
    ltg_pushpart(L, call, r);
    l->complete = lua_isnil(L, -1);
    if (call->op) ltg_tellpart(L, client, call);
    lua_setiuservalue(L, -2, 2);
}

/* {[workspace_id] = record} */
static void push_map(lua_State *L, int client, const ltg_call *call, const tg_reply *r)
{
    lua_newtable(L);
    for (size_t i = 0; i < tg_page_count(r->page); i++) {
        tg_record rec = tg_page_at(r->page, i);
        ltg_pushrecord(L, client, r->page, tg_page_model(r->page), rec, place_of(call, r));
        lua_rawseti(L, -2, rec.id);
    }
}

static void push_plain(lua_State *L, const tg_reply *r)
{
    tg_value v = tg_value_of(tg_page_text(r->page));
    ltg_pushplain(L, &v);
}

void ltg_pushreply(lua_State *L, int client, const ltg_call *call, const tg_reply *r)
{
    const tg_model *m = r->page ? tg_page_model(r->page) : NULL;
    bool gave_nothing = call->op && (call->op->flags & TG_EMPTY_OK);
    if (!r->page) {
        if (gave_nothing)
            lua_pushnil(L);
        else
            lua_pushboolean(L, 1);
        return;
    }
    if (r->shape == TG_REPLY_INT)
        lua_pushinteger(L, r->number);
    else if (r->shape == TG_REPLY_BYTES)
        lua_pushlstring(L, tg_page_text(r->page).p, tg_page_text(r->page).n);
    else if (r->shape == TG_REPLY_RECORD && m)
        ltg_pushrecord(L, client, r->page, m, tg_page_at(r->page, 0), place_of(call, r));
    else if (r->shape == TG_REPLY_LIST && m)
        push_list(L, client, call, r);
    else if (r->shape == TG_REPLY_MAP && m)
        push_map(L, client, call, r);
    else
        push_plain(L, r);
}

/* {status, headers = {name = value}, cost, from = "wire"|"store"|"dry", at, stale, settling,
   nulls} */
void ltg_pushresponse(lua_State *L, const tg_reply *r)
{
#define TG_SOURCE(name, word, meaning) word,
    static const char *const sources[] = {TG_SOURCES(TG_SOURCE)};
    lua_createtable(L, 0, 6);
    lua_pushinteger(L, r->status);
    lua_setfield(L, -2, "status");
    lua_pushinteger(L, r->cost);
    lua_setfield(L, -2, "cost");
    lua_pushstring(L, sources[r->source]);
    lua_setfield(L, -2, "from");
    lua_pushnumber(L, r->at);
    lua_setfield(L, -2, "at");
    lua_pushboolean(L, r->stale);
    lua_setfield(L, -2, "stale");
    ltg_pushsettling(L, r->settled_at, r->at);
    lua_setfield(L, -2, "settling");
    if (r->nulls) {
        lua_pushinteger(L, (lua_Integer)r->nulls);
        lua_setfield(L, -2, "nulls");
    }
    const char *name, *value;
    lua_createtable(L, 0, 8);
    for (size_t pos = 0; tg_reply_next_header(r, &pos, &name, &value);) {
        lua_pushstring(L, value);
        lua_setfield(L, -2, name);
    }
    lua_setfield(L, -2, "headers");
}
