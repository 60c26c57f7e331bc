/* Pass the events of a client to log, on_wait and on_warning between the steps of its calls. */
#include <string.h>

#include "ltg.h"

/* [-0, +0] set request and body of a dry run in the table on top */
static void set_request(lua_State *L, const char *request)
{
    tg_text text = {request, strlen(request)};
    tg_value body = tg_value_get(text, TG_TEXT("body"));
    bool quoted = body.what == TG_V_STRING;
    ltg_setstring(L, "request", request);
    if (body.what == TG_V_ABSENT) return;
    lua_pushlstring(L, body.text.p - quoted, body.text.n + 2 * quoted);
    lua_setfield(L, -2, "body");
}

static void push_event(lua_State *L, const tg_event *ev)
{
#define TG_EVENT(name, word, meaning) word,
    static const char *const types[] = {"", TG_EVENTS(TG_EVENT)};
    lua_createtable(L, 0, 12);
    ltg_setstring(L, "type", types[ev->type]);
    ltg_setstring(L, "operation", ev->operation);
    ltg_setstring(L, "method", ev->verb);
    ltg_setstring(L, "path", *ev->path ? ev->path : NULL);
    ltg_setstring(L, "reason", *ev->reason ? ev->reason : NULL);
    if (ev->request) set_request(L, ev->request);
    lua_pushnumber(L, ev->at);
    lua_setfield(L, -2, "at");
    lua_pushnumber(L, ev->seconds);
    lua_setfield(L, -2, "seconds");
    lua_pushinteger(L, ev->bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, ev->try_);
    lua_setfield(L, -2, "try");
    if (ev->status) lua_pushinteger(L, ev->status), lua_setfield(L, -2, "status");
    if (ev->remaining >= 0) lua_pushinteger(L, ev->remaining), lua_setfield(L, -2, "remaining");
}

/* on_wait(reason, seconds, until) */
static void tell_wait(lua_State *L, int options, const tg_event *ev)
{
    if (ev->type != TG_EV_WAIT || lua_getfield(L, options, "on_wait") == LUA_TNIL) return;
    lua_pushstring(L, ev->reason);
    lua_pushnumber(L, ev->seconds);
    lua_pushnumber(L, ev->at + ev->seconds);
    lua_call(L, 3, 0);
}

/* on_warning(sentence); without it, Lua's own warning system, which is silent unless the host turns
   it on (lua -W). */
static void tell_warning(lua_State *L, int options, const tg_event *ev)
{
    if (ev->type != TG_EV_WARNING) return;
    if (lua_getfield(L, options, "on_warning") != LUA_TNIL) {
        lua_pushstring(L, ev->reason);
        lua_call(L, 1, 0);
        return;
    }
    lua_warning(L, "toggl: ", 1);
    lua_warning(L, ev->reason, 0);
}

void ltg_drain(lua_State *L, int client)
{
    tg_event ev;
    int top = lua_gettop(L);
    ltg_client *c = lua_touserdata(L, client);
    while (c->client && tg_client_event(c->client, &ev)) {
        /* of our own: a finalizer or a function below may take the next event, or close */
        if (ev.request) ev.request = lua_pushstring(L, ev.request);
        lua_getiuservalue(L, client, LTG_UV_OPTIONS);
        int options = lua_gettop(L);
        tell_wait(L, options, &ev);
        lua_settop(L, options);
        tell_warning(L, options, &ev);
        lua_settop(L, options);
        if (lua_getfield(L, options, "log") != LUA_TNIL) {
            push_event(L, &ev);
            lua_call(L, 1, 0);
        }
        lua_settop(L, top);
    }
}
