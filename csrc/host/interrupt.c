/*
** Ctrl-C, SIGTERM and SIGHUP stop Lua code by a hook, and a hook belongs to one coroutine. So the
** host tracks the running coroutine in `running`, through its own resume and wrap, which otherwise
** behave like those of the library.
*/
#include "interrupt.h"

#include <lauxlib.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* A signal handler gets no argument, so the process has one state that can be stopped. */
static lua_State *volatile running;
static volatile sig_atomic_t presses, most;
static volatile sig_atomic_t ending; /* the first SIGTERM or SIGHUP received; 0: none */
/* changes sent that have no outcome yet; counted by the module */
static volatile sig_atomic_t in_flight;
/* written only by the handler, which blocks its own signals */
static struct timespec first_press, first_end;
static struct termios before; /* settings of standard input, if it is a terminal */
static bool has_terminal;

/* Socket paths of sandboxes in this process, each alone in a folder, for removal when the process
   ends abruptly. Filled and emptied by toggl.sandbox, the first byte last. */
#define LEFTOVERS 16
static char leftovers[LEFTOVERS][96];
static pid_t owner; /* pid that owns them: a child of this process does not remove them */

static int stops; /* errors raised since the first press */

#define SOON       1    /* instructions until a stop */
#define GRACE      1000 /* instructions for cleanup after the first stop */
#define SAME_PRESS 0.2  /* seconds within which two signals count as one press */
/* seconds: a hangup comes from the terminal and from the shell, and together with SIGTERM */
#define SAME_END 2.0
/* for code that a hook cannot stop, such as os.execute waiting for a child */
#define SECONDS_TO_END 5

/* SIGQUIT ends the process at once. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define SIGNALS (sizeof signals / sizeof *signals)

/* After the first error, stop code that caught it at each further instruction, so that it cannot
   continue in any function. */
static void stop(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    if (!presses) {
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    lua_sethook(L, stop, LUA_MASKCOUNT, stops++ ? SOON : GRACE);
    luaL_error(L, "interrupted!");
}

static void arm(lua_State *L)
{
    if (L) lua_sethook(L, stop, LUA_MASKCOUNT, SOON);
}

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

/* Async-signal-safe. A process in the background must not change the terminal. */
static void restore_terminal(void)
{
    if (has_terminal && tcgetpgrp(STDIN_FILENO) == getpgrp())
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void remove_leftovers(void)
{
    for (size_t i = 0; i < LEFTOVERS && getpid() == owner; i++) {
        char *slash = strrchr(leftovers[i], '/');
        if (!slash) continue;
        unlink(leftovers[i]);
        *slash = '\0';
        rmdir(leftovers[i]);
    }
}

/* The program does not stop, so end the process: by the signal, or with status 8 while a change is
   in flight. */
static void end_now(int sig)
{
    static const char text[] =
        "togglsh: ended while a change was in flight; whether it was made is not known; read the "
        "present state before you repeat it\n";
    restore_terminal();
    remove_leftovers();
    if (in_flight > 0) {
        if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(8);
        _exit(8);
    }
    if (sig == SIGALRM) _exit(128 + (ending ? ending : SIGINT));
    signal(sig, SIG_DFL);
    raise(sig);
}

/* A second SIGINT right after the first is the same press, sent to both the group and its
   leader. */
static void press(int sig)
{
    if (!presses) clock_gettime(CLOCK_MONOTONIC, &first_press);
    if (presses == 1 && most == 1 && seconds_since(&first_press) < SAME_PRESS) return;
    if (++presses > most) end_now(sig);
}

static void begin_to_end(int sig)
{
    if (ending && seconds_since(&first_end) > SAME_END) end_now(sig);
    if (ending) return;
    clock_gettime(CLOCK_MONOTONIC, &first_end);
    ending = sig;
    presses++;
    alarm(SECONDS_TO_END);
}

/* Only set a hook, since the state may be anywhere. */
static void on_signal(int sig)
{
    if (sig == SIGALRM || sig == SIGQUIT)
        end_now(sig);
    else if (sig == SIGINT)
        press(sig);
    else
        begin_to_end(sig);
    arm(running);
}

static void watch_signal(int sig)
{
    /* no SA_RESTART: a blocking call must return */
    struct sigaction old, action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    host_signals(&action.sa_mask);
    /* ignored by the parent: nohup, or a background job of a shell */
    if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN) return;
    sigaction(sig, &action, NULL);
}

void host_watch(lua_State *L, int most_presses)
{
    running = NULL;
    most = most_presses;
    if (!ending) presses = 0;
    has_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    lua_pushlightuserdata(L, (void *)(uintptr_t)&presses);
    lua_setfield(L, LUA_REGISTRYINDEX, "toggl.interrupt"); /* the module looks for it there */
    lua_pushlightuserdata(L, (void *)(uintptr_t)&in_flight);
    lua_setfield(L, LUA_REGISTRYINDEX, "toggl.in_flight");
    owner = getpid();
    lua_pushlightuserdata(L, leftovers);
    lua_setfield(L, LUA_REGISTRYINDEX, "toggl.leftovers");
    for (size_t i = 0; i < SIGNALS; i++) watch_signal(signals[i]);
    watch_signal(SIGALRM);
}

int host_unwatch(void)
{
    running = NULL;
    most = 0;
    if (presses) alarm(SECONDS_TO_END); /* a finalizer may wait for a child */
    return ending;
}

void host_signals(sigset_t *set)
{
    for (size_t i = 0; i < SIGNALS; i++) sigaddset(set, signals[i]);
}

bool host_interrupted(void)
{
    return presses != 0;
}

int host_ending(void)
{
    return ending;
}

void host_rearm(void)
{
    stops = 0;
    if (ending) return; /* the process ends: all further waits end at once */
    presses = 0;
    if (running) lua_sethook(running, NULL, 0, 0);
}

/* [-n, +m] Call the error handler without stopping it: it must see the error. Upvalue: the
   handler. */
static int handle(lua_State *L)
{
    running = NULL;
    lua_sethook(L, NULL, 0, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* [-n, +m] guard(f, handler, ...) -> as xpcall. Code outside of the outermost guard is never
   stopped. */
static int guard(lua_State *L)
{
    lua_State *outer = running;
    luaL_checkany(L, 2);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* stack: f, handler, true, f, arguments */
    host_resume(L);
    int status = lua_pcall(L, lua_gettop(L) - 4, LUA_MULTRET, 2);
    running = outer;
    if (!outer) lua_sethook(L, NULL, 0, 0);
    if (status != LUA_OK) { /* stack: f, handler, true, error */
        lua_pushboolean(L, 0);
        lua_replace(L, 3);
    }
    return lua_gettop(L) - 2;
}

void host_guard(lua_State *L)
{
    lua_pushcfunction(L, guard);
}

lua_State *host_pause(void)
{
    lua_State *L = running;
    running = NULL;
    return L;
}

void host_resume(lua_State *L)
{
    running = L;
    if (presses) arm(L);
}

/* [-1, +n] Set only the flag and no hook, so that only waits end. A real interrupt that arrives
   meanwhile is kept. */
int host_glance(lua_State *L)
{
    sigset_t block, unblocked;
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    sigemptyset(&block);
    host_signals(&block);
    sigprocmask(SIG_BLOCK, &block, &unblocked);
    lua_State *outer = host_pause();
    presses++;
    int status = lua_pcall(L, 0, LUA_MULTRET, 0);
    presses--;
    running = outer;
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* ----------------------------------------------------------------------------------- coroutines */

/* L: NARG arguments on top. Returns the number of results on top of L; -1: the error value is on
   top. */
static int resume(lua_State *L, lua_State *co, int narg)
{
    int results, status;
    if (!lua_checkstack(co, narg)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_State *outer = running;
    lua_xmove(L, co, narg);
    running = co;
    status = lua_resume(co, L, narg, &results);
    running = outer;
    if (presses) arm(outer); /* it may have come when the coroutine had almost ended */
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

/* [-n, +m] coroutine.resume(co, ...). */
static int c_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    int n = resume(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, n >= 0);
    if (n < 0) n = 1;
    lua_insert(L, -(n + 1)); /* stack: true or false, results or error */
    return n + 1;
}

/* [-n, +m] The function returned by wrap. Upvalue: the coroutine. */
static int c_wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int n = resume(L, co, lua_gettop(L));
    if (n >= 0) return n;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(L, co, 1); /* stack: the error; closing the coroutine's variables may change it */
        lua_resetthread(co);
        lua_xmove(co, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* [-1, +1] coroutine.wrap(f). */
static int c_wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, c_wrapped, 1);
    return 1;
}

void host_coroutines(lua_State *L)
{
    static const luaL_Reg functions[] = {{"resume", c_resume}, {"wrap", c_wrap}, {NULL, NULL}};
    lua_getglobal(L, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
