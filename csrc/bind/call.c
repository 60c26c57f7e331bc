/*
** Calls: from arguments to a reply. A call steps its client until it is done. Inside a task of this
** module it yields instead, and the scheduler in lua/toggl/scheduler.lua steps the clients of all
** tasks.
*/
#include <stdio.h>
#include <string.h>

#include "ltg.h"

#define PUMP_MS 60000
/* limits the delay of a signal between the check and the poll */
#define PUMP_MS_WATCHED 100

static const char tasks_key; /* registry: weak table of the coroutines that are tasks */
/* registry: empty table of named arguments for calls without any */
static const char nothing_key;

static ltg_call *check(lua_State *L, int i)
{
    return luaL_checkudata(L, i, LTG_CALL);
}

/* [-0, +1] the call kept by the client, or a new one: most calls follow one another */
static ltg_call *new_call(lua_State *L, int client, const tg_op *op)
{
    ltg_call *c =
        lua_getiuservalue(L, client, LTG_UV_CALL) == LUA_TUSERDATA ? lua_touserdata(L, -1) : NULL;
    if (c) {
        lua_pushnil(L);
        lua_setiuservalue(L, client, LTG_UV_CALL);
    } else {
        lua_pop(L, 1);
        c = lua_newuserdatauv(L, sizeof *c, 1);
        memset(c, 0, sizeof *c);
        luaL_setmetatable(L, LTG_CALL);
    }
    c->op = op;
    return c;
}

/* Keep the finished call at AT for reuse. Nothing else refers to it. */
static void keep_call(lua_State *L, int at)
{
    ltg_call *c = lua_touserdata(L, at);
    memset(c, 0, sizeof *c);
    lua_getiuservalue(L, at, 1);
    lua_pushvalue(L, at);
    lua_setiuservalue(L, -2, LTG_UV_CALL);
    lua_pop(L, 1);
}

/* [-1, +0] */
static int call_gc(lua_State *L)
{
    ltg_call *c = check(L, 1);
    tg_request_free(c->request);
    tg_reply_free(c->reply);
    tg_call_free(c->call);
    c->request = NULL;
    c->reply = NULL;
    c->call = NULL;
    return 0;
}

/* ---------------------------------------------------------------------------------------- tasks */

static bool in_task(lua_State *L)
{
    if (!lua_isyieldable(L)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tasks_key);
    lua_pushthread(L);
    bool is = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return is;
}

/* [-1, +0] core.task(coroutine): calls in it yield from now on */
static int mark_task(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTHREAD);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tasks_key);
    lua_pushvalue(L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    return 0;
}

/* ------------------------------------------------------------------------------------- the wait */

#define LTG_REPLY "toggl.reply"

/* [-1, +0] */
static int reply_gc(lua_State *L)
{
    tg_reply **box = lua_touserdata(L, 1);
    tg_reply_free(*box);
    *box = NULL;
    return 0;
}

/* [-0, +1] a box for a reply during conversion, out of the reach of finalizers that close the
   call */
static tg_reply **push_box(lua_State *L)
{
    tg_reply **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, LTG_REPLY);
    return box;
}

/* [-0, +1 or +2] the result of the call at AT: the reply, or nil and the error */
static int push_result(lua_State *L, int at, bool own)
{
    ltg_call *c = lua_touserdata(L, at);
    tg_error err;
    lua_getiuservalue(L, at, 1);
    int client = lua_gettop(L);
    /* closing the client has ended the call with an error */
    ltg_client *owner = lua_touserdata(L, client);
    ltg_drain(L, client);
    tg_reply **box = own ? &c->reply : push_box(L);
    if (!c->call)
        return luaL_error(
            L, "this call has already been taken"); /* by a task that a log function resumed */
    *box = tg_call_take(c->call, &err);
    tg_call_free(c->call);
    c->call = NULL;
    if (!*box) return ltg_fail(L, owner->raises || !owner->client, &err);
    ltg_pushreply(L, client, c, *box);
    if (c->raw) ltg_pushresponse(L, *box);
    tg_reply_free(*box);
    *box = NULL;
    int n = c->raw ? 2 : 1;
    ltg_drain(L, client); /* a list without pages may be incomplete */
    return n;
}

static void pump(lua_State *L, int client, const ltg_call *c)
{
    tg_error err;
    while (c->call && !tg_call_done(c->call)) {
        ltg_client *owner = ltg_openclient(L, client); /* a log function may have closed it */
        const volatile sig_atomic_t *flag = owner->interrupt;
        if (flag && *flag)
            tg_call_cancel(c->call);
        else if (tg_client_step(owner->client, flag ? PUMP_MS_WATCHED : PUMP_MS, NULL, 0, &err) < 0)
            luaL_error(L, "%s", err.message);
        ltg_drain(L, client);
    }
    ltg_nudge(L); /* calls of tasks may have ended meanwhile */
}

/* Continuation. Other code than the scheduler may resume it early; it then waits again. */
static int resumed(lua_State *L, int status, lua_KContext at)
{
    (void)status;
    ltg_call *c = check(L, (int)at);
    lua_settop(L, (int)at);
    if (c->call && !tg_call_done(c->call)) {
        lua_pushvalue(L, (int)at);
        return lua_yieldk(L, 1, at, resumed);
    }
    return push_result(L, (int)at, false);
}

/* Wait for the call on top. OWN: nothing else refers to it. */
static int finish(lua_State *L, bool own)
{
    int at = lua_gettop(L);
    ltg_call *c = lua_touserdata(L, at);
    if (!tg_call_done(c->call) && in_task(L)) {
        lua_pushvalue(L, at);
        return lua_yieldk(L, 1, at, resumed);
    }
    lua_getiuservalue(L, at, 1);
    pump(L, at + 1, c);
    lua_settop(L, at);
    int n = push_result(L, at, own);
    if (own) keep_call(L, at);
    return n;
}

/* ---------------------------------------------------------------------------------------- start */

/* Before a change, ask confirm() of the client of the call on top. False: pushes nil and the
   error. */
static bool confirmed(lua_State *L, int client, const ltg_call *c)
{
    char path[400];
    tg_text body;
    int top = lua_gettop(L);
    if (!tg_request_changes(c->request, path, sizeof path, &body)) return true;
    lua_getiuservalue(L, client, LTG_UV_OPTIONS);
    bool sent = lua_getfield(L, -1, "confirm") == LUA_TNIL;
    if (!sent) {
        lua_pushstring(L, c->op ? c->op->name : "request");
        lua_pushstring(L, tg_request_verb(c->request));
        lua_pushstring(L, path);
        lua_pushlstring(L, body.p ? body.p : "", body.n);
        lua_call(L, 4, 1);
        sent = lua_toboolean(L, -1);
    }
    lua_settop(L, top);
    if (sent) return true;
    tg_error err = {.kind = TG_E_CANCELLED, .retry_after = -1};
    err.operation = c->op ? c->op->name : "request";
    snprintf(err.message, sizeof err.message, "%s was not confirmed; nothing was sent",
             err.operation);
    ltg_fail(L, ltg_openclient(L, client)->raises, &err);
    return false;
}

/* Start the call on top. True: it is in flight or done. False: pushes nil and the error. */
static bool start(lua_State *L, int client, const tg_call_options *o)
{
    ltg_call *c = lua_touserdata(L, -1);
    tg_error err;
    bool dry = o->dry_run || tg_client_dry_run(ltg_openclient(L, client)->client);
    if (!dry && !confirmed(L, client, c)) return false;
    ltg_client *owner = ltg_openclient(L, client); /* after confirm, which may have closed it */
    lua_pushvalue(L, client);
    lua_setiuservalue(L, -2, 1);
    tg_request *r = c->request;
    c->request = NULL; /* tg_call_start takes it, also on failure */
    c->call = tg_call_start(owner->client, r, o, &err);
    if (c->call) {
        ltg_drain(L, client);
        return true;
    }
    if (!err.operation) err.operation = c->op ? c->op->name : "request";
    ltg_fail(L, owner->raises, &err);
    return false;
}

/* Copy the named arguments of the table at INDEX into the table on top. */
static void copy_named(lua_State *L, int index)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    }
}

/* Is it a plain table, neither an object nor an error? */
static bool is_named(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TTABLE) return false;
    if (!luaL_getmetafield(L, i, "__name")) return true;
    lua_pop(L, 1);
    return false;
}

/* Add the argument at I as the parameter F; in a body by name, in a table of our own. */
static void add_argument(lua_State *L, ltg_args *args, int i, const tg_field *f, bool *own)
{
    if (lua_isinteger(L, i)) ltg_check_bare(L, f);
    if (lua_getfield(L, args->named, f->name) != LUA_TNIL) ltg_refuse(L, f->name, "is given twice");
    lua_pop(L, 1);
    if (f->in != TG_IN_BODY && args->count < LTG_PLACES) {
        args->at[args->count] = i;
        args->field[args->count++] = f;
        return;
    }
    if (!*own) {
        lua_newtable(L);
        copy_named(L, args->named);
        lua_replace(L, args->named);
    }
    *own = true;
    lua_pushvalue(L, i);
    lua_setfield(L, args->named, f->name);
}

/* [-0, +1] the table of named arguments. Assigns positional ones, in the order of the row, to the
   parameters that the object does not provide; a final table has named ones. */
static void name_arguments(lua_State *L, const tg_op *op, int first, int last, int self,
                           ltg_args *args)
{
    bool table = last >= first && is_named(L, last), own = false;
    if (table)
        lua_pushvalue(L, last);
    else
        lua_rawgetp(L, LUA_REGISTRYINDEX, &nothing_key);
    args->named = lua_gettop(L);
    args->count = 0;
    const ltg_record *r = self ? ltg_torecord(L, self) : NULL;
    const tg_field *f = op->params;
    for (int i = first; i <= last - table; i++) {
        while (f->name && r && f->in == TG_IN_PATH && f->key && ltg_keyof(r, f->key, false)) f++;
        if (!f->name) ltg_misuse(L, "%s: too many arguments; nothing was sent", op->name);
        add_argument(L, args, i, f++, &own);
    }
}

/* Move the call at AT to the top, above the texts of its options, which are not copied before
   confirm() was asked. */
static void to_top(lua_State *L, int at)
{
    if (lua_gettop(L) > at) lua_pushvalue(L, at);
}

/* Start a call with the arguments FIRST..LAST. False: pushes nil and the error. */
static bool prepare(lua_State *L, const tg_op *op, int client, int self, int first, int last,
                    bool raw)
{
    tg_error err;
    tg_call_options options;
    tg_credentials credentials;
    ltg_args args;
    name_arguments(L, op, first, last, self, &args);
    ltg_call *c = new_call(L, client, op);
    c->raw = raw;
    c->request = tg_request_new(op, &err);
    if (!c->request) luaL_error(L, "%s", err.message);
    const ltg_record *r = self ? ltg_torecord(L, self) : NULL;
    if (r) c->place = r->place;
    int at = lua_gettop(L);
    ltg_fill(L, c, self, &args);
    ltg_options(L, args.named, c->given, &options, &credentials);
    to_top(L, at);
    return start(L, client, &options);
}

/* OP: the operation of the called method. */
static int client_of(lua_State *L, const tg_op *op)
{
    if (ltg_isclient(L, 1)) {
        ltg_openclient(L, 1);
        return 1;
    }
    if (!ltg_torecord(L, 1))
        ltg_misuse(L, "%s lacks its object: write %s:%s(...)", op->method, op->class_, op->method);
    if (lua_getiuservalue(L, 1, 1) != LUA_TUSERDATA)
        return ltg_misuse(L, "this record does not come from a client; nothing was sent");
    ltg_openclient(L, -1);
    return lua_gettop(L);
}

/* [-n, +2] Upvalue: the row. self, arguments -> as call:wait(); yields inside a task. */
int ltg_method(lua_State *L)
{
    const tg_op *op = lua_touserdata(L, lua_upvalueindex(1));
    int last = lua_gettop(L);
    int client = client_of(L, op), self = client == 1 ? 0 : 1;
    while (last > 1 && lua_isnil(L, last)) last--; /* ignore trailing nils */
    if (!prepare(L, op, client, self, 2, last, false)) return 2;
    return finish(L, true);
}

/* [-n, +2] Upvalues: the row, the client. Arguments -> as call:wait(); yields inside a task. */
int ltg_operation(lua_State *L)
{
    const tg_op *op = lua_touserdata(L, lua_upvalueindex(1));
    int last = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(2));
    ltg_openclient(L, -1);
    if (!prepare(L, op, lua_gettop(L), 0, 1, last, true)) return 2;
    return finish(L, true);
}

/* [-n, +1 or +2] core.start(op_name, self_or_client, args) -> call in flight; nil, error */
static int start_call(lua_State *L)
{
    const tg_op *op = tg_op_find(luaL_checkstring(L, 1));
    luaL_argcheck(L, op, 1, "no such operation");
    lua_remove(L, 1);
    int last = lua_gettop(L);
    int client = client_of(L, op), self = client == 1 ? 0 : 1;
    return prepare(L, op, client, self, 2, last, true) ? 1 : 2;
}

/* --------------------------------------------------------------------------------- raw requests */

/* [-n, +2] client:request(method, path, options) -> as call:wait() */
int ltg_request(lua_State *L)
{
    tg_error err;
    tg_text path;
    tg_call_options options;
    tg_credentials credentials;
    ltg_checkclient(L, 1);
    const char *verb = luaL_checkstring(L, 2);
    path.p = luaL_checklstring(L, 3, &path.n);
    if (!lua_isnoneornil(L, 4)) luaL_checktype(L, 4, LUA_TTABLE);
    int args = lua_isnoneornil(L, 4) ? 0 : 4;
    ltg_call *c = new_call(L, 1, NULL);
    int at = lua_gettop(L);
    c->raw = true;
    c->request = tg_request_raw(verb, path, &err);
    if (!c->request) return ltg_misuse(L, "client:request: %s; nothing was sent", err.message);
    tg_request_place(c->request, &c->place.organization, &c->place.workspace);
    if (args) ltg_fill_raw(L, c, args);
    ltg_options(L, args, c->given, &options, &credentials);
    to_top(L, at);
    return start(L, 1, &options) ? finish(L, true) : 2;
}

/* -------------------------------------------------------------------------------------- methods */

/* [-1, +1] call:done() -> whether the call has ended */
static int call_done(lua_State *L)
{
    const ltg_call *c = check(L, 1);
    lua_pushboolean(L, !c->call || tg_call_done(c->call));
    return 1;
}

/* [-1, +2] The reply and the response, or nil and the error; once. */
static int call_wait(lua_State *L)
{
    const ltg_call *c = check(L, 1);
    lua_settop(L, 1);
    if (!c->call) return luaL_error(L, "this call has already been taken");
    return finish(L, false);
}

/* [-1, +0] call:cancel() */
static int call_cancel(lua_State *L)
{
    const ltg_call *c = check(L, 1);
    lua_getiuservalue(L, 1, 1);
    ltg_client *owner = luaL_testudata(L, -1, LTG_CLIENT);
    if (c->call && owner && owner->client) tg_call_cancel(c->call);
    return 0;
}

/* [-1, +1] the client of the call */
static int call_client(lua_State *L)
{
    check(L, 1);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

static const luaL_Reg methods[] = {{"done", call_done},
                                   {"wait", call_wait},
                                   {"cancel", call_cancel},
                                   {"client", call_client},
                                   {NULL, NULL}};
/* [-n, +1 or +2] core.settle_entry(client, n) -> as call:wait(); yields inside a task */
static int settle_entry(lua_State *L)
{
    tg_error err;
    ltg_checkclient(L, 1);
    lua_Integer number = luaL_checkinteger(L, 2);
    lua_settop(L, 1);
    ltg_call *c = new_call(L, 1, NULL);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    c->raw = true;
    ltg_client *owner = ltg_openclient(L, 1); /* again: a finalizer may have closed it */
    c->call = tg_client_settle(owner->client, number, NULL, &err);
    return c->call ? finish(L, true) : ltg_fail(L, false, &err);
}

/* [-1, +1] core.method(op_name) -> the method that the row would make without TG_IN_LUA */
static int push_method(lua_State *L)
{
    const tg_op *op = tg_op_find(luaL_checkstring(L, 1));
    luaL_argcheck(L, op, 1, "no such operation");
    lua_pushlightuserdata(L, (void *)(uintptr_t)op);
    lua_pushcclosure(L, ltg_method, 1);
    return 1;
}

static const luaL_Reg functions[] = {{"task", mark_task},
                                     {"method", push_method},
                                     {"start", start_call},
                                     {"settle_entry", settle_entry},
                                     {NULL, NULL}};

/* [-0, +0], the module on top */
void ltg_open_call(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, LTG_CALL);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, call_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, call_gc);
    lua_setfield(L, -2, "__close");
    luaL_newmetatable(L, LTG_REPLY);
    lua_pushcfunction(L, reply_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_newtable(L); /* stack: tasks, its metatable with weak keys */
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &tasks_key);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &nothing_key);
    lua_pop(L, 1);
}
