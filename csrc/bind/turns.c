/*
** Support in C for the scheduler in lua/toggl/scheduler.lua:
**
**   the descriptor   one epoll set for an external loop, with a timer and the descriptors of all
**                    clients
**   the lock         the coroutine that works on the lists of tasks; a hook that yields may suspend
**                    it anywhere
*/
#include <math.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "ltg.h"

#define POLLER "toggl.poller"
#define GUARD  "toggl.guard"

typedef struct ltg_poller {
    int epoll, timer; /* owned; -1: none */
    /* of the process that created it: an epoll set is shared with a child, which must not change
       it */
    pid_t pid;
    bool due; /* the timer is set to fire at once, or a turn is about to set it */
} ltg_poller;

static const char poller_key; /* registry: the poller, after the first pollfd */
static const char guard_key;  /* registry: the guard */

/* ------------------------------------------------------------------------------- the descriptor */

/* NULL: no external loop has requested it, or only before a fork. [-0, +0]: the registry keeps
   it */
static ltg_poller *poller_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &poller_key);
    ltg_poller *p = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return p && p->pid == getpid() ? p : NULL;
}

/* [-1, +0] Do not close inherited descriptors: their numbers may belong to other files. */
static int poller_gc(lua_State *L)
{
    ltg_poller *p = luaL_checkudata(L, 1, POLLER);
    if (p->pid == getpid()) {
        if (p->epoll >= 0) close(p->epoll);
        if (p->timer >= 0) close(p->timer);
    }
    p->epoll = p->timer = -1;
    return 0;
}

/* SECONDS 0: at once; below 0 or infinite: never. Setting a timer also clears its expiration. */
static void arm(ltg_poller *p, double seconds)
{
    struct itimerspec t = {.it_value = {0}};
    p->due = seconds == 0;
    if (seconds >= 0 && seconds < 1e9) {
        t.it_value.tv_sec = (time_t)seconds;
        t.it_value.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
        if (t.it_value.tv_sec == 0 && t.it_value.tv_nsec == 0) t.it_value.tv_nsec = 1;
    }
    timerfd_settime(p->timer, 0, &t, NULL);
}

/* [-0, +1] */
static ltg_poller *new_poller(lua_State *L)
{
    ltg_poller *p = lua_newuserdatauv(L, sizeof *p, 0);
    *p = (ltg_poller){.epoll = -1, .timer = -1, .pid = getpid()};
    luaL_setmetatable(L, POLLER);
    p->epoll = epoll_create1(EPOLL_CLOEXEC);
    p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = p->timer};
    if (p->epoll >= 0 && p->timer >= 0 && epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->timer, &e) == 0)
        return p;
    poller_gc(L);
    return NULL;
}

/* [-0, +0 or +1] core.pollfd() -> the descriptor, created on first use and again in a child
   process; nothing: the kernel has none, or the process has too many open files */
static int pollfd(lua_State *L)
{
    ltg_poller *p = poller_of(L);
    lua_settop(L, 0);
    if (!p) {
        p = new_poller(L);
        if (!p) return 0;
        arm(p, 0); /* check work that began earlier */
        lua_rawsetp(L, LUA_REGISTRYINDEX, &poller_key);
    }
    lua_pushinteger(L, p->epoll);
    return 1;
}

/* [-1, +0] core.watch(client): from now on its sockets wake the loop. */
static int watch(lua_State *L)
{
    ltg_client *c = ltg_checkclient(L, 1);
    const ltg_poller *p = poller_of(L);
    int fd = p ? tg_client_pollfd(c->client) : -1;
    if (fd < 0 || (c->watched == fd && c->watcher == p->epoll)) return 0;
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &e) == 0) c->watched = fd, c->watcher = p->epoll;
    return 0;
}

/* Call before the client closes the descriptor: a copy of it in a child would keep it in the
   set. */
void ltg_unwatch(lua_State *L, ltg_client *c)
{
    const ltg_poller *p = poller_of(L);
    if (p && c->watched >= 0 && c->watcher == p->epoll)
        epoll_ctl(p->epoll, EPOLL_CTL_DEL, c->watched, NULL);
    c->watched = -1;
}

void ltg_nudge(lua_State *L)
{
    ltg_poller *p = poller_of(L);
    if (p && !p->due) arm(p, 0);
}

/* [-0, +0] core.nudge() */
static int nudge(lua_State *L)
{
    ltg_nudge(L);
    return 0;
}

/* [-1, +0] core.arm([seconds]): the latest time for the next turn; nil: no time limit. -1: a turn
   begins and will set the time at its end. */
static int arm_timer(lua_State *L)
{
    ltg_poller *p = poller_of(L);
    double seconds = luaL_optnumber(L, 1, INFINITY);
    if (p && seconds < 0)
        p->due = true;
    else if (p)
        arm(p, seconds);
    return 0;
}

/* ------------------------------------------------------------------------------------- the lock */

/*
** The coroutines inside the scheduler, the last one on top: a list in the user value, with weak
** entries. A suspended coroutine in the list was stopped by a hook in the middle of its work.
*/
typedef struct ltg_guard {
    int depth;
    pid_t pid;
    /* a coroutine ended inside and left the lists inconsistent */
    bool lost;
    /* resumed by finish_inside until it leaves the scheduler; only for comparison */
    const lua_State *driven;
} ltg_guard;

/* [-0, +1] the list of the guard */
static ltg_guard *push_guard(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    ltg_guard *g = lua_touserdata(L, -1);
    lua_getiuservalue(L, -1, 1);
    lua_remove(L, -2);
    return g;
}

typedef enum ltg_state { GONE, STOPPED, ACTIVE } ltg_state;

static ltg_state state_of(lua_State *co)
{
    lua_Debug ar;
    if (!co) return GONE; /* collected */
    if (lua_status(co) == LUA_YIELD) return STOPPED;
    return lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar) ? ACTIVE : GONE;
}

/* Remove collected coroutines from the top of the guard's list at LIST. Returns the top one if it
   is suspended; NULL: it is active, or the list is empty. [-0, +1] that coroutine, or nil */
static lua_State *push_stopped(lua_State *L, ltg_guard *g, int list)
{
    for (; g->depth > 0; g->depth--) {
        lua_rawgeti(L, list, g->depth);
        lua_State *co = lua_tothread(L, -1);
        ltg_state s = state_of(co);
        if (s == STOPPED) return co;
        lua_pop(L, 1);
        if (s == ACTIVE) break;
        g->lost = true;
    }
    lua_pushnil(L);
    return NULL;
}

/* [-0, +1 or +2] core.enter() -> a guard to close at the end, or nil: another coroutine was stopped
   inside; whether this process is a child that sees the tasks of its parent for the first time */
static int enter(lua_State *L)
{
    lua_settop(L, 0);
    ltg_guard *g = push_guard(L);
    if (push_stopped(L, g, 1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushthread(L);
    lua_rawseti(L, 1, g->depth + 1); /* may raise for lack of memory: then nothing was entered */
    g->depth++;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    lua_pushboolean(L, g->pid != getpid());
    g->pid = getpid();
    return 2;
}

/* [-0, +1] core.lost(): was a coroutine lost inside since the last call? The lists must then be
   rebuilt. */
static int lost(lua_State *L)
{
    ltg_guard *g = push_guard(L);
    lua_pushboolean(L, g->lost);
    g->lost = false;
    return 1;
}

/* [-0, +0] Resume CO; raises its error here. */
static void drive(lua_State *L, ltg_guard *g, lua_State *co)
{
    int values;
    const lua_State *before = g->driven;
    g->driven = co;
    int status = lua_resume(co, L, 0, &values);
    g->driven = before;
    if (status == LUA_YIELD) {
        lua_pop(co, values);
    } else if (status != LUA_OK) {
        lua_xmove(co, L, 1);
        lua_error(L);
    }
}

/* [-0, +0] core.finish_inside(): call it inside after calling foreign functions. If they resumed a
   coroutine that a hook stopped inside, let it run until it has left: otherwise the caller would
   find the lists inconsistent. */
static int finish_inside(lua_State *L)
{
    lua_State *co;
    lua_settop(L, 0);
    ltg_guard *g = push_guard(L);
    while ((co = push_stopped(L, g, 1)) != NULL && co != L) {
        drive(L, g, co);
        lua_settop(L, 1);
    }
    return 0;
}

/* Was the work ended by an error, or by closing the coroutine, which leaves no function below the
   __close? */
static bool ended_early(lua_State *L)
{
    lua_Debug ar;
    return !lua_isnoneornil(L, 2) || !lua_getstack(L, 1, &ar);
}

/* [-2, +0] The guard's __close. Also removes coroutines that entered after it and never left. A
   coroutine driven by finish_inside yields here, and continues when its owner resumes it. */
static int leave(lua_State *L)
{
    bool early = ended_early(L);
    ltg_guard *g = push_guard(L);
    if (early) g->lost = true;
    for (int i = g->depth; i > 0; i--) {
        lua_rawgeti(L, -1, i);
        bool mine = lua_tothread(L, -1) == L;
        lua_pop(L, 1);
        if (!mine) continue;
        g->depth = i - 1;
        break;
    }
    return g->driven == L && lua_isyieldable(L) ? lua_yield(L, 0) : 0;
}

/* [-1, +1] core.stopped_inside(coroutine): was it stopped there by a hook? It must continue before
   others do. */
static int stopped_inside(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTHREAD);
    const ltg_guard *g = push_guard(L);
    bool inside = false;
    for (int i = g->depth; i > 0 && !inside; i--) {
        lua_rawgeti(L, -1, i);
        inside = lua_tothread(L, -1) == lua_tothread(L, 1);
        lua_pop(L, 1);
    }
    lua_pushboolean(L, inside && lua_status(lua_tothread(L, 1)) == LUA_YIELD);
    return 1;
}

static const luaL_Reg functions[] = {{"pollfd", pollfd},
                                     {"watch", watch},
                                     {"nudge", nudge},
                                     {"arm", arm_timer},
                                     {"enter", enter},
                                     {"lost", lost},
                                     {"stopped_inside", stopped_inside},
                                     {"finish_inside", finish_inside},
                                     {NULL, NULL}};

static void open_guard(lua_State *L)
{
    ltg_guard *g = lua_newuserdatauv(L, sizeof *g, 1);
    *g = (ltg_guard){.pid = getpid()};
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setiuservalue(L, -2, 1);
    luaL_newmetatable(L, GUARD);
    lua_pushcfunction(L, leave);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
}

/* [-0, +0], the module on top */
void ltg_open_turns(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, POLLER);
    lua_pushcfunction(L, poller_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    open_guard(L);
}
