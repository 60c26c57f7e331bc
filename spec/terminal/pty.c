/*
** Run a program at a pseudo-terminal, for specs. pty.spawn(argv, environment, columns, rows) ->
** child with
**   child:read(seconds)  return its output, "" after the timeout, nil at the end
**   child:write(text)    send keys
**   child:kill(number)   send a signal
**   child:wait(seconds)  return its status (128 + signal when killed), nil while it runs
**   child:close()
*/
#include <arpa/inet.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD "spec.pty"

typedef struct child {
    int fd;    /* -1: closed */
    pid_t pid; /* 0: waited for */
} child;

static child *check(lua_State *L)
{
    return luaL_checkudata(L, 1, CHILD);
}

/* [-0, +1] the list at I as an array for exec, in memory that Lua owns */
static char **words(lua_State *L, int i)
{
    size_t n = lua_rawlen(L, i);
    char **list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
    for (size_t k = 0; k < n; k++) {
        lua_rawgeti(L, i, (lua_Integer)k + 1);
        list[k] = (char *)(size_t)luaL_checkstring(L, -1); /* anchored in the caller's table */
        lua_pop(L, 1);
    }
    list[n] = NULL;
    return list;
}

static int spawn(lua_State *L)
{
    struct winsize size = {.ws_col = (unsigned short)luaL_optinteger(L, 3, 80),
                           .ws_row = (unsigned short)luaL_optinteger(L, 4, 24)};
    lua_settop(L, 2);
    char **argv = words(L, 1), **env = words(L, 2);
    child *c = lua_newuserdatauv(L, sizeof *c, 0);
    *c = (child){-1, 0};
    luaL_setmetatable(L, CHILD);
    c->pid = forkpty(&c->fd, NULL, NULL, &size);
    if (c->pid == 0) {
        execve(argv[0], argv, env);
        _exit(127);
    }
    if (c->pid > 0) return 1;
    c->pid = 0;
    return luaL_error(L, "forkpty: %s", strerror(errno));
}

static int read_some(lua_State *L)
{
    char text[8192];
    child *c = check(L);
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (poll(&p, 1, (int)(luaL_checknumber(L, 2) * 1000)) <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    ssize_t n = read(c->fd, text, sizeof text);
    if (n <= 0) return 0; /* EIO: the program closed the terminal */
    lua_pushlstring(L, text, (size_t)n);
    return 1;
}

static int write_all(lua_State *L)
{
    size_t n;
    child *c = check(L);
    const char *p = luaL_checklstring(L, 2, &n);
    while (n > 0) {
        ssize_t put = write(c->fd, p, n);
        if (put <= 0) return luaL_error(L, "write: %s", strerror(errno));
        p += put;
        n -= (size_t)put;
    }
    return 0;
}

static int send_signal(lua_State *L)
{
    child *c = check(L);
    if (c->pid > 0) kill(c->pid, (int)luaL_checkinteger(L, 2));
    return 0;
}

static int pid(lua_State *L)
{
    lua_pushinteger(L, check(L)->pid);
    return 1;
}

static int wait_for(lua_State *L)
{
    int status = 0;
    child *c = check(L);
    for (int left = (int)(luaL_optnumber(L, 2, 5) * 100); c->pid > 0 && left >= 0; left--) {
        if (waitpid(c->pid, &status, WNOHANG) == c->pid) {
            c->pid = 0;
            lua_pushinteger(L, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
            return 1;
        }
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return 0;
}

static int close_child(lua_State *L)
{
    child *c = check(L);
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    if (c->pid > 0) {
        kill(c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
    }
    c->pid = 0;
    return 0;
}

/* pty.deaf(full) -> a port that never answers, and a list of its descriptors for pty.shut(). FULL:
   the backlog is full, so that no connection is made either. */
static int deaf(lua_State *L)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool full = lua_toboolean(L, 1);
    if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, full ? 0 : 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return luaL_error(L, "listen: %s", strerror(errno));
    lua_pushinteger(L, ntohs(at.sin_port));
    lua_newtable(L);
    lua_pushinteger(L, fd);
    lua_rawseti(L, -2, 1);
    for (int i = 2; full && i < 5; i++) {
        int other = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(other, (struct sockaddr *)&at, size);
        lua_pushinteger(L, other);
        lua_rawseti(L, -2, i);
    }
    return 2;
}

/* pty.shut(descriptors) */
static int shut(lua_State *L)
{
    for (lua_Integer i = 1; lua_rawgeti(L, 1, i) == LUA_TNUMBER; i++) {
        close((int)lua_tointeger(L, -1));
        lua_pop(L, 1);
    }
    return 0;
}

/* pty.hold(path[, all]) -> a function that releases the lock. Until then no other process can write
   to the database; ALL: nor read it. */
static int let_go(lua_State *L)
{
    sqlite3_close(lua_touserdata(L, lua_upvalueindex(1)));
    return 0;
}

static int hold(lua_State *L)
{
    sqlite3 *db = NULL;
    const char *sql = lua_toboolean(L, 2) ? "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"
                                          : "BEGIN IMMEDIATE";
    if (sqlite3_open(luaL_checkstring(L, 1), &db) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return luaL_error(L, "%s", sqlite3_errmsg(db));
    lua_pushlightuserdata(L, db);
    lua_pushcclosure(L, let_go, 1);
    return 1;
}

/* pty.integrity(path) -> the result of SQLite's integrity check, "ok" for a sound database */
static int integrity(lua_State *L)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    if (sqlite3_open_v2(luaL_checkstring(L, 1), &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &st, NULL) != SQLITE_OK ||
        sqlite3_step(st) != SQLITE_ROW)
        lua_pushstring(L, sqlite3_errmsg(db));
    else
        lua_pushstring(L, (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return 1;
}

static int now(lua_State *L)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

__attribute__((visibility("default"))) int luaopen_pty(lua_State *L);

int luaopen_pty(lua_State *L)
{
    static const luaL_Reg methods[] = {{"read", read_some},   {"write", write_all},
                                       {"kill", send_signal}, {"pid", pid},
                                       {"wait", wait_for},    {"close", close_child},
                                       {"__gc", close_child}, {"__close", close_child},
                                       {NULL, NULL}};
    static const luaL_Reg functions[] =
        {{"spawn", spawn},         {"now", now},   {"deaf", deaf}, {"shut", shut},
         {"integrity", integrity}, {"hold", hold}, {NULL, NULL}};
    luaL_newmetatable(L, CHILD);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
