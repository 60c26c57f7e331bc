/*
** A transport without sockets, and a Lua module. After model_http.serve(f) the function f(url) ->
** status, headers, body answers each request of clients with `http = "build/tests/model_http.so"`.
** The headers are one text: "name\0value\0..." in lower case.
**
** f is called when a request starts, so that it gets the requests in the order of sending, on the
** main thread of the state that called serve. It must neither raise nor yield.
*/
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "core/transport.h"

#define MOST TG_TRANSPORT_MOST

typedef struct model {
    tg_exchange *done[MOST];
    int count;
} model;

static lua_State *state; /* of the last serve(); its registry holds the function */
static const char server_key;

static tg_transport *model_open(const tg_transport_options *o, tg_error *err)
{
    (void)o, (void)err;
    return calloc(1, sizeof(model));
}

static void model_close(tg_transport *t)
{
    free(t);
}

/* [-0, +0] */
static void answer(tg_exchange *x)
{
    size_t n;
    lua_State *L = state;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &server_key);
    lua_pushstring(L, x->url);
    if (lua_pcall(L, 1, 3, 0) != LUA_OK) {
        x->outcome = TG_X_BROKEN;
        snprintf(x->message, sizeof x->message, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
        return;
    }
    x->status = (int)lua_tointeger(L, -3);
    const char *headers = lua_tolstring(L, -2, &n);
    tg_buf_add(&x->headers, headers, n);
    const char *body = lua_tolstring(L, -1, &n);
    tg_buf_add(&x->reply, body, n);
    lua_pop(L, 3);
}

static bool model_start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    model *m = (model *)t;
    (void)err;
    x->outcome = TG_X_REPLY;
    x->sent = 1;
    answer(x);
    m->done[m->count++] = x;
    return true;
}

static bool model_step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    (void)t, (void)ms, (void)fds, (void)n, (void)err;
    return true;
}

static tg_exchange *model_done(tg_transport *t)
{
    model *m = (model *)t;
    if (m->count == 0) return NULL;
    tg_exchange *x = m->done[0];
    m->count--;
    for (int i = 0; i < m->count; i++) m->done[i] = m->done[i + 1];
    return x;
}

static void model_cancel(tg_transport *t, tg_exchange *x)
{
    model *m = (model *)t;
    for (int i = 0; i < m->count; i++)
        if (m->done[i] == x) m->done[i] = m->done[--m->count];
}

static double model_timeout(tg_transport *t)
{
    return ((model *)t)->count ? 0 : -1;
}

static int model_fds(tg_transport *t, struct pollfd *fds, unsigned max)
{
    (void)t, (void)fds, (void)max;
    return 0;
}

static void model_wakeup(tg_transport *t)
{
    (void)t;
}

const tg_transport_api *tg_transport_curl(void)
{
    static const tg_transport_api api = {.version = TG_TRANSPORT_VERSION,
                                         .open = model_open,
                                         .close = model_close,
                                         .start = model_start,
                                         .step = model_step,
                                         .done = model_done,
                                         .cancel = model_cancel,
                                         .timeout = model_timeout,
                                         .fds = model_fds,
                                         .wakeup = model_wakeup};
    return &api;
}

/* serve(function); [-1, +0] */
static int serve(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &server_key);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    state = lua_tothread(L, -1);
    return 0;
}

TG_API int luaopen_model_http(lua_State *L);

TG_API int luaopen_model_http(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, serve);
    lua_setfield(L, -2, "serve");
    return 1;
}
