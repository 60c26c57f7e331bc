/* The judge's Lua state. It belongs to no process, and reads every request and the server's own
   database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plans.h"
#include "sandbox/state.h"

static lua_State *judge; /* the table of its functions is at index 1 */

/* The process and the owner of memory that were current before the judge runs. */
typedef struct aside {
    sim_process *here;
    sim_memory *memory;
} aside;

static aside step_aside(void)
{
    sim_world *w = sim_the_world;
    aside a = {w ? w->here : NULL, sim_memory_use(NULL)};
    if (w) w->here = NULL;
    return a;
}

static void step_back(aside a)
{
    if (sim_the_world) sim_the_world->here = a.here;
    sim_memory_use(a.memory);
}

/* --------------------------------------------------------------------------- what the judge calls */

/* [-1, +1] draw(n) -> an integer from 0 to n - 1 */
static int draw(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)sim_chance((uint64_t)luaL_checkinteger(L, 1)));
    return 1;
}

/* [-0, +1] */
static int now(lua_State *L)
{
    lua_pushnumber(L, sim_the_world->time);
    return 1;
}

/* [-1, +0] */
static int say(lua_State *L)
{
    sim_say(sim_the_world, "%s", luaL_checkstring(L, 1));
    return 0;
}

/* [-1, +0] */
static int violate(lua_State *L)
{
    sim_violate(sim_the_world, "%s", luaL_checkstring(L, 1));
    return 0;
}

/* [-2, +0] control(what, value): a setting of the sandbox */
static int control(lua_State *L)
{
    char error[300];
    if (!sb_engine_control(sim_the_world->engine, luaL_checkstring(L, 1), luaL_checkstring(L, 2),
                           error, sizeof error))
        return luaL_error(L, "%s", error);
    return 0;
}

static void push_column(lua_State *L, sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER: lua_pushinteger(L, sqlite3_column_int64(st, i)); break;
    case SQLITE_FLOAT: lua_pushnumber(L, sqlite3_column_double(st, i)); break;
    case SQLITE_NULL: lua_pushboolean(L, 0); break;
    default: lua_pushstring(L, (const char *)sqlite3_column_text(st, i)); break;
    }
}

/* [-1, +1] rows(sql) -> {{value, ...}, ...} of the server's database; NULL is false */
static int rows(lua_State *L)
{
    static struct {
        sb_engine *engine;
        const char *sql;
        sqlite3_stmt *st;
    } kept[16]; /* found by the address of the text, a constant of the judge's chunk */
    const char *sql = luaL_checkstring(L, 1);
    int k = 0;
    while (k < 16 && kept[k].sql && kept[k].sql != sql) k++;
    if (k == 16) return luaL_error(L, "too many statements");
    if (!kept[k].st) {
        sqlite3 *db = sim_the_world->engine->db[SB_TRUE];
        if (sqlite3_prepare_v2(db, sql, -1, &kept[k].st, NULL) != SQLITE_OK)
            return luaL_error(L, "%s", sqlite3_errmsg(db));
        kept[k].sql = sql;
    }
    sqlite3_stmt *st = kept[k].st;
    lua_newtable(L);
    for (lua_Integer n = 1; sqlite3_step(st) == SQLITE_ROW; n++) {
        lua_createtable(L, sqlite3_column_count(st), 0);
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            push_column(L, st, i);
            lua_rawseti(L, -2, i + 1);
        }
        lua_rawseti(L, -2, n);
    }
    sqlite3_reset(st);
    return 1;
}

/* [-3, +2] call(method, path, body) -> status, reply: sent as the owner, without the network */
static int call(lua_State *L)
{
    char target[300];
    size_t n = 0;
    const char *body = lua_tolstring(L, 3, &n);
    snprintf(target, sizeof target, "/api/v9%s", luaL_checkstring(L, 2));
    sb_request r = {.method = luaL_checkstring(L, 1),
                    .target = target,
                    .user = sim_the_world->token,
                    .password = "api_token",
                    .type = "application/json",
                    .body = body,
                    .body_size = n};
    sb_exchange x;
    if (!sb_engine_call(sim_the_world->engine, &r, &x)) abort();
    lua_pushinteger(L, x.status);
    lua_pushlstring(L, x.reply.p ? x.reply.p : "", x.reply.n);
    sb_exchange_clear(&x);
    return 2;
}

/* [-0, +1] calm() -> whether the faults have ended */
static int calm(lua_State *L)
{
    lua_pushboolean(L, sim_the_world->calm);
    return 1;
}

/* [-1, +1] token(n): the API token of the owner (1) or of another administrator (2) */
static int token(lua_State *L)
{
    const sim_world *w = sim_the_world;
    lua_pushstring(L, luaL_checkinteger(L, 1) == 1 ? w->token : w->other_token);
    return 1;
}

/* [-1, +1] alive(process) -> whether it runs */
static int alive(lua_State *L)
{
    const sim_world *w = sim_the_world;
    bool found = false;
    for (const sim_process *p = w->processes; p < w->processes + SIM_PROCESSES; p++)
        found |= p->state == SIM_READY && p->number == luaL_checkinteger(L, 1);
    lua_pushboolean(L, found);
    return 1;
}

/* [-1, +0] faults(set): the faults that may occur, a bit of each sim_fault */
static int faults(lua_State *L)
{
    sim_the_world->faults = (unsigned)luaL_checkinteger(L, 1);
    return 0;
}

static const luaL_Reg functions[] = {{"draw", draw},       {"now", now},       {"say", say},
                                     {"violate", violate}, {"rows", rows},     {"call", call},
                                     {"control", control}, {"faults", faults}, {"calm", calm},
                                     {"token", token},     {"alive", alive},   {NULL, NULL}};

static void push_faults(lua_State *L)
{
#define FAULT(name, words)                                                                         \
    lua_pushinteger(L, (lua_Integer)1 << SIM_##name);                                              \
    lua_setfield(L, -2, #name);
    lua_newtable(L);
    SIM_FAULTS(FAULT)
#undef FAULT
    lua_setfield(L, -2, "FAULTS");
}

static void fail(const char *what)
{
    fprintf(stderr, "plansim: %s: %s\n", what, lua_tostring(judge, -1));
    exit(2);
}

void plans_judge_open(const char *mutant)
{
    judge = luaL_newstate();
    luaL_openlibs(judge);
    luaL_newlib(judge, functions);
    push_faults(judge);
    lua_setglobal(judge, "world");
    lua_pushstring(judge, mutant);
    lua_setglobal(judge, "mutant");
    if (luaL_dofile(judge, "spec/sim/plans/judge.lua") != LUA_OK) fail("judge");
    if (!lua_istable(judge, 1)) fail("judge.lua returns no table");
}

/* ------------------------------------------------------------------------------ calls to the judge */

static int traced(lua_State *L)
{
    luaL_traceback(L, L, lua_tostring(L, 1), 1);
    return 1;
}

/* Pushes judge.NAME with its handler below it. [-0, +2] of the judge */
static void begin_call(const char *name)
{
    luaL_checkstack(judge, 40, NULL);
    lua_pushcfunction(judge, traced);
    lua_getfield(judge, 1, name);
}

/* [-(arguments + 2), +results] of the judge. Returns the count of results, below 0 if it failed. */
static int end_call(int arguments)
{
    int handler = lua_gettop(judge) - arguments - 1;
    if (lua_pcall(judge, arguments, LUA_MULTRET, handler) == LUA_OK) {
        lua_remove(judge, handler);
        return lua_gettop(judge) - handler + 1;
    }
    sim_violate(sim_the_world, "the judge failed: %s", lua_tostring(judge, -1));
    lua_settop(judge, handler - 1);
    return -1;
}

/* [-0, +1] of TO: pushes a copy of the plain value at INDEX of FROM. */
static void copy(lua_State *from, int index, lua_State *to)
{
    size_t n;
    const char *text;
    index = lua_absindex(from, index);
    luaL_checkstack(to, 10, NULL);
    luaL_checkstack(from, 10, NULL);
    switch (lua_type(from, index)) {
    case LUA_TBOOLEAN: lua_pushboolean(to, lua_toboolean(from, index)); break;
    case LUA_TNUMBER:
        if (lua_isinteger(from, index))
            lua_pushinteger(to, lua_tointeger(from, index));
        else
            lua_pushnumber(to, lua_tonumber(from, index));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(from, index, &n);
        lua_pushlstring(to, text, n);
        break;
    case LUA_TTABLE:
        lua_newtable(to);
        for (lua_pushnil(from); lua_next(from, index); lua_pop(from, 1)) {
            copy(from, -2, to);
            copy(from, -1, to);
            if (lua_isnil(to, -1) || lua_isnil(to, -2))
                lua_pop(to, 2);
            else
                lua_rawset(to, -3);
        }
        break;
    default: lua_pushnil(to); break;
    }
}

int plans_judge_call(lua_State *L, const char *name, int arguments)
{
    int first = lua_gettop(L) - arguments + 1;
    aside a = step_aside();
    begin_call(name);
    for (int i = 0; i < arguments; i++) copy(L, first + i, judge);
    int results = end_call(arguments);
    step_back(a);
    lua_settop(L, first - 1);
    if (results < 0) return 0;
    for (int i = 0; i < results; i++) copy(judge, i - results, L);
    lua_pop(judge, results);
    return results;
}

static void simple_call(const char *name)
{
    aside a = step_aside();
    begin_call(name);
    int results = end_call(0);
    if (results > 0) lua_pop(judge, results);
    step_back(a);
}

void plans_judge_begin(sim_world *w)
{
    (void)w;
    simple_call("begin");
}

void plans_judge_end(sim_world *w)
{
    (void)w;
    simple_call("finish");
}

void plans_judge_other_admin(sim_world *w)
{
    (void)w;
    simple_call("other_admin");
}

long plans_judge_count(int i)
{
    lua_getfield(judge, 1, "counts");
    lua_rawgeti(judge, -1, i + 1);
    long n = (long)lua_tointeger(judge, -1);
    lua_pop(judge, 2);
    return n;
}

const char *plans_judge_count_name(int i)
{
    lua_getfield(judge, 1, "COUNTS");
    lua_rawgeti(judge, -1, i + 1);
    const char *name = lua_tostring(judge, -1);
    lua_pop(judge, 2);
    return name;
}

/* -------------------------------------------------------------------------------------- requests */

static void set_text(const char *name, const char *text, size_t n)
{
    if (text) {
        lua_pushlstring(judge, text, n);
        lua_setfield(judge, -2, name);
    }
}

static void set_number(const char *name, double value)
{
    lua_pushnumber(judge, value);
    lua_setfield(judge, -2, name);
}

/* Call judge.NAME with the flight. Return the first result, the verdict. */
static bool tell(const char *name, const sim_flight *f, bool reply)
{
    aside a = step_aside();
    begin_call(name);
    lua_newtable(judge);
    lua_pushinteger(judge, f->number);
    lua_setfield(judge, -2, "number");
    lua_pushinteger(judge, f->actor + 1);
    lua_setfield(judge, -2, "admin");
    if (f->process) {
        lua_pushinteger(judge, f->process->machine);
        lua_setfield(judge, -2, "machine");
    }
    if (f->process) {
        lua_pushinteger(judge, f->process->number);
        lua_setfield(judge, -2, "process");
    }
    set_text("method", f->method, strlen(f->method));
    set_text("path", f->target + 7, strlen(f->target + 7));
    set_text("body", f->body, f->body_size);
    set_number("status", f->status);
    set_number("fault", f->fault == SIM_FINE ? 0 : 1 << f->fault);
    if (reply) set_text("reply", f->reply, f->reply_size);
    int results = end_call(1);
    bool verdict = results > 0 && lua_toboolean(judge, -results);
    if (results > 0) lua_pop(judge, results);
    step_back(a);
    return verdict;
}

static void sent(sim_world *w, const sim_flight *f)
{
    (void)w;
    tell("sent", f, false);
}

/* Answer 200 without applying the request, if the judge says so. */
static bool arrives(sim_world *w, sim_flight *f)
{
    if (!tell("arrives", f, false)) return false;
    sim_answer(f, 200, "application/json", "\"OK\"", 4);
    sim_say(w, "the server answers %s of admin %d with 200, and does nothing", f->method,
            f->actor + 1);
    return true;
}

static void carried(sim_world *w, const sim_flight *f)
{
    (void)w;
    tell("carried", f, true);
}

static void ended(sim_world *w, const sim_flight *f, const tg_exchange *x)
{
    (void)w;
    if (x->outcome == TG_X_REPLY) tell("ended", f, false);
}

const sim_watch plans_watch = {.sent = sent,
                               .arrives = arrives,
                               .carried = carried,
                               .ended = ended};
