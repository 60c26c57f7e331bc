/*
** Wait for keys, and the Lua interface of it. While waiting, the Lua function `idle` lets tasks
** run: it is called from here with an editor on the C stack, but never libcurl or SQLite, and
** always protected, so that no error jumps over the editor.
*/
#include "term.h"

#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "host.h"
#include "interrupt.h"

#define MAX_FDS 64
#define STATE   "togglsh.terminal"

enum { UV_IDLE = 1, UV_COMPLETE, UV_TEXT, UV_COUNT = UV_TEXT };

typedef struct state {
    const char *modules;       /* borrowed: the folder of the modules in C */
    const term_editor *editor; /* NULL: closed */
    term *line;
    bool edits; /* an editor changes the terminal */
    term_hooks hooks;
    lua_State *L;    /* the calling state while a line is read */
    sigset_t before; /* signals blocked outside of a read */
    struct pollfd fds[MAX_FDS];
    nfds_t fd_count;
    int due; /* milliseconds until the next call of idle; below 0: never */
    unsigned char bytes[512];
    int fault;      /* errno of a failed read, except EIO of a terminal that hung up; 0: none */
    size_t at, end; /* bytes read and not consumed yet */
} state;

static volatile sig_atomic_t resized, suspended;

static void on_signal(int sig)
{
    if (sig == SIGTSTP)
        suspended = 1;
    else
        resized = 1;
}

static state *check(lua_State *L)
{
    return luaL_checkudata(L, lua_upvalueindex(1), STATE);
}

/* -------------------------------------------------------------------------------------- waiting */

static void add_fd(lua_State *L, state *s)
{
    lua_getfield(L, -1, "fd");
    lua_getfield(L, -2, "read");
    lua_getfield(L, -3, "write");
    int events = (lua_toboolean(L, -2) ? POLLIN : 0) | (lua_toboolean(L, -1) ? POLLOUT : 0);
    s->fds[s->fd_count++] =
        (struct pollfd){.fd = (int)lua_tointeger(L, -3), .events = (short)events};
    lua_pop(L, 3);
}

/* [-1, +0] Protected. idle() -> nothing, or descriptors as from client:fds() and seconds. */
static int call_idle(lua_State *L)
{
    state *s = lua_touserdata(L, 1);
    lua_getiuservalue(L, lua_upvalueindex(1), UV_IDLE);
    lua_call(L, 0, 2);
    if (lua_isnil(L, -2)) return 0;
    double seconds = luaL_optnumber(L, -1, 1);
    s->due = seconds <= 0 ? 1 : seconds > 60 ? 60000 : (int)(seconds * 1000) + 1;
    lua_pop(L, 1);
    for (lua_Integer i = 1; s->fd_count < MAX_FDS && lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        add_fd(L, s);
        lua_pop(L, 1);
    }
    return 0;
}

static void idle(state *s)
{
    lua_State *L = s->L;
    int top = lua_gettop(L);
    sigset_t blocked;
    s->fd_count = 1;
    s->due = -1;
    s->fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    if (!lua_checkstack(L, 10) || lua_getiuservalue(L, lua_upvalueindex(1), UV_IDLE) == LUA_TNIL) {
        lua_settop(L, top);
        return;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushcclosure(L, call_idle, 1);
    lua_pushlightuserdata(L, s);
    sigprocmask(SIG_SETMASK, &s->before, &blocked); /* code that idle runs can be interrupted */
    host_resume(L);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK && !host_interrupted()) {
        s->editor->hide(s->line);
        fprintf(stderr, "togglsh: %s\n",
                lua_tostring(L, -1) ? lua_tostring(L, -1) : "a task failed");
        s->editor->show(s->line);
    }
    host_pause();
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    lua_sethook(L, NULL, 0, 0);
    lua_settop(L, top);
}

/* Wait until standard input is readable (0), or return TERM_*. Signals are delivered only during
   ppoll, so that none is missed between the check of its flag and the wait. */
static int wait_for(state *s, int ms)
{
    for (;;) {
        idle(s);
        if (host_interrupted()) return TERM_INTERRUPT;
        if (suspended || resized) {
            int what = suspended ? TERM_SUSPEND : TERM_RESIZED;
            suspended = resized = 0;
            return what;
        }
        bool mine = s->due < 0 || (ms >= 0 && ms < s->due);
        int most = mine ? ms : s->due;
        struct timespec t = {.tv_sec = most / 1000, .tv_nsec = most % 1000 * 1000000L};
        int rc = ppoll(s->fds, s->fd_count, most < 0 ? NULL : &t, &s->before);
        if (rc > 0 && s->fds[0].revents) return 0;
        if (rc == 0 && mine) return TERM_NOTHING;
        if (rc < 0 && errno != EINTR) return TERM_END;
    }
}

/* Ctrl-C discards the text typed before it, also between the poll that saw it and this read. So
   with an editor the terminal is read without blocking; without one, the signal must be able to
   interrupt the wait. */
static ssize_t read_now(state *s)
{
    sigset_t blocked;
    ssize_t n = -1;
    sigprocmask(SIG_SETMASK, &s->before, &blocked);
    errno = EINTR;
    if (!host_interrupted()) n = read(STDIN_FILENO, s->bytes, sizeof s->bytes);
    int e = errno; /* of the read */
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    errno = e;
    return n;
}

static int next_byte(void *ctx, int ms)
{
    state *s = ctx;
    while (s->at == s->end) {
        int rc = wait_for(s, ms);
        if (rc < 0) return rc;
        ssize_t n = read_now(s);
        if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EIO) s->fault = errno;
        bool flushed = n == 0 && s->edits && !(s->fds[0].revents & POLLHUP);
        if ((n == 0 && !flushed) || (n < 0 && errno != EINTR && errno != EAGAIN)) return TERM_END;
        s->at = 0;
        s->end = n > 0 ? (size_t)n : 0;
    }
    return s->bytes[s->at++];
}

/* Repeated tabs do not indicate a paste: users press the key twice. */
static bool pasted(void *ctx)
{
    state *s = ctx;
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (s->at == s->end && s->edits && poll(&in, 1, 0) == 1 && in.revents & POLLIN) {
        ssize_t n = read_now(s);
        s->at = 0;
        s->end = n > 0 ? (size_t)n : 0;
    }
    for (size_t i = s->at; i < s->end; i++)
        if (s->bytes[i] != '\t') return true;
    return false;
}

/* ----------------------------------------------------------------------------------- completion */

typedef struct request {
    const char *text;
    size_t n;
} request;

/* [-1, +0] Protected. complete(text) -> text to insert, kept as user value UV_TEXT, or nil. */
static int call_complete(lua_State *L)
{
    request *r = lua_touserdata(L, 1);
    lua_getiuservalue(L, lua_upvalueindex(1), UV_COMPLETE);
    lua_pushlstring(L, r->text, r->n);
    lua_call(L, 1, 1);
    if (!lua_isstring(L, -1)) return 0;
    lua_setiuservalue(L, lua_upvalueindex(1), UV_TEXT); /* keeps it alive until the next call */
    return 0;
}

static const char *complete(void *ctx, const char *text, size_t n)
{
    state *s = ctx;
    lua_State *L = s->L;
    request r = {text, n};
    if (!lua_checkstack(L, 10)) return NULL;
    lua_pushnil(L);
    lua_setiuservalue(L, lua_upvalueindex(1), UV_TEXT);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushcclosure(L, call_complete, 1);
    lua_pushlightuserdata(L, &r);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1); /* an error in completion is ignored */
    lua_getiuservalue(L, lua_upvalueindex(1), UV_TEXT);
    const char *more = lua_tostring(L, -1);
    lua_pop(L, 1);
    return more;
}

/* -------------------------------------------------------------------------------------- for Lua */

static FILE *screen(void)
{
    return isatty(STDOUT_FILENO) ? stdout : stderr;
}

static bool can_edit(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(fileno(screen())) && kind && *kind &&
           strcmp(kind, "dumb") != 0;
}

/* The editor of edit.so, which stays loaded; NULL: it cannot be loaded. */
static const term_editor *load_editor(const char *modules)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/toggl/edit.so", modules);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    term_get_editor *get = NULL;
    if (so) *(void **)(&get) = dlsym(so, TERM_EDITOR_SYMBOL);
    if (get) return get();
    fprintf(stderr, "togglsh: lines cannot be edited: %s\n", dlerror());
    return NULL;
}

static void close_line(state *s)
{
    if (s->editor) s->editor->close(s->line);
    s->editor = NULL;
}

/* [-1, +0] closes the editor */
static int t_gc(lua_State *L)
{
    close_line(luaL_checkudata(L, 1, STATE));
    return 0;
}

/* [-3, +1] open_line(edit, idle, complete) -> "libedit" or "plain": start reading lines; EDIT
   false: without editor. */
static int t_open(lua_State *L)
{
    state *s = check(L);
    struct sigaction action = {.sa_handler = on_signal};
    bool edit = lua_toboolean(L, 1) && can_edit();
    close_line(s);
    lua_settop(L, 3);
    lua_setiuservalue(L, lua_upvalueindex(1), UV_COMPLETE);
    lua_setiuservalue(L, lua_upvalueindex(1), UV_IDLE);
    s->hooks = (term_hooks){s, next_byte, complete, pasted};
    s->editor = edit ? load_editor(s->modules) : NULL;
    s->line = s->editor ? s->editor->open(&s->hooks, screen()) : NULL;
    if (!s->line) {
        edit = false;
        s->editor = term_plain();
        s->line = s->editor->open(&s->hooks, screen());
    }
    if (!s->line) {
        s->editor = NULL;
        return luaL_error(L, "not enough memory for a prompt");
    }
    sigemptyset(&action.sa_mask);
    s->edits = edit;
    if (edit) sigaction(SIGWINCH, &action, NULL);
    lua_pushstring(L, edit ? "libedit" : "plain");
    return 1;
}

/* [-0, +0] close_line() */
static int t_close(lua_State *L)
{
    close_line(check(L));
    return 0;
}

static int count_lines(const state *s)
{
    int n = 0;
    for (size_t i = s->at; i < s->end; i++) n += s->bytes[i] == '\n' || s->bytes[i] == '\r';
    return n;
}

/* Keys pressed before a question was shown do not answer it. Returns the number of lines dropped.
   The unfinished last line of a terminal that edits lines itself cannot be read, only flushed. */
static int drop_input(state *s)
{
    int lines = count_lines(s);
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    s->at = s->end = 0;
    if (!isatty(STDIN_FILENO)) return lines;
    while (poll(&in, 1, 0) == 1 && in.revents & POLLIN) {
        ssize_t n = read(STDIN_FILENO, s->bytes, sizeof s->bytes);
        if (n <= 0) break;
        s->end = (size_t)n;
        lines += count_lines(s);
    }
    s->at = s->end = 0;
    tcflush(STDIN_FILENO, TCIFLUSH);
    return lines;
}

/* [-0, +1] discard() -> number of lines typed or pasted ahead, which it drops. */
static int t_discard(lua_State *L)
{
    lua_pushinteger(L, drop_input(check(L)));
    return 1;
}

/* [-2, +1 to +3] read_line(prompt[, question]) -> line; nil, "end"; nil, "interrupt"; nil, "fault",
   sentence. */
static int t_read(lua_State *L)
{
    state *s = check(L);
    const char *prompt = luaL_checkstring(L, 1), *line = "";
    bool question = lua_toboolean(L, 2);
    size_t n = 0;
    sigset_t block;
    struct sigaction stop = {.sa_handler = on_signal}, before;
    if (!s->editor || s->L) return luaL_error(L, "no line can be read now");
    sigemptyset(&block);
    host_signals(&block);
    sigaddset(&block, SIGWINCH);
    sigaddset(&block, SIGTSTP);
    sigemptyset(&stop.sa_mask);
    lua_State *running = host_pause();
    sigprocmask(SIG_BLOCK, &block, &s->before);
    sigaction(SIGTSTP, s->edits ? &stop : NULL, &before);
    if (question) drop_input(s);
    s->L = L;
    int rc = s->editor->read(s->line, prompt, question, &line, &n);
    s->L = NULL;
    sigaction(SIGTSTP, &before, NULL);
    if (rc == TERM_INTERRUPT) s->at = s->end = 0;
    if (rc == TERM_INTERRUPT && !question) host_rearm();
    /* stop the code that asked the question */
    if (rc == TERM_INTERRUPT && question && !host_interrupted()) raise(SIGINT);
    sigprocmask(SIG_SETMASK, &s->before, NULL);
    host_resume(running);
    if (rc == TERM_LINE) {
        lua_pushlstring(L, line, n);
        return 1;
    }
    lua_pushnil(L);
    if (rc == TERM_END && s->fault) {
        lua_pushliteral(L, "fault");
        lua_pushstring(L, strerror(s->fault));
        return 3;
    }
    lua_pushstring(L, rc == TERM_INTERRUPT ? "interrupt" : "end");
    return 2;
}

/* [-1, +0] remember(line): add it to the history */
static int t_remember(lua_State *L)
{
    state *s = check(L);
    const char *line = luaL_checkstring(L, 1);
    if (s->editor) s->editor->remember(s->line, line);
    return 0;
}

/* [-0, +1] hide() -> whether a line is being typed; hides it until show(). */
static int t_hide(lua_State *L)
{
    state *s = check(L);
    if (s->L) s->editor->hide(s->line);
    lua_pushboolean(L, s->L != NULL);
    return 1;
}

/* [-0, +0] show(): show the hidden line again */
static int t_show(lua_State *L)
{
    state *s = check(L);
    if (s->L) s->editor->show(s->line);
    return 0;
}

/* [-1, +0] reprompt(prompt): show the line being typed behind this prompt */
static int t_reprompt(lua_State *L)
{
    state *s = check(L);
    const char *prompt = luaL_checkstring(L, 1);
    if (s->L) s->editor->reprompt(s->line, prompt);
    return 0;
}

/* [-0, +1] reading() -> whether a line is being typed, so that no question can be asked. */
static int t_reading(lua_State *L)
{
    lua_pushboolean(L, check(L)->L != NULL);
    return 1;
}

void host_term(lua_State *L, const char *modules)
{
    static const luaL_Reg functions[] = {{"open_line", t_open},    {"close_line", t_close},
                                         {"read_line", t_read},    {"remember", t_remember},
                                         {"hide", t_hide},         {"show", t_show},
                                         {"reading", t_reading},   {"discard", t_discard},
                                         {"reprompt", t_reprompt}, {NULL, NULL}};
    state *s = lua_newuserdatauv(L, sizeof *s, UV_COUNT);
    *s = (state){.modules = modules};
    luaL_newmetatable(L, STATE);
    lua_pushcfunction(L, t_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    luaL_setfuncs(L, functions, 1);
}
