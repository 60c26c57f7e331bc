/*
** togglsh: Lua 5.4 with the toggl module. This file creates the state, sets the module paths, and
** runs toggl.shell in protected mode; Lua reads the command line.
*/
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "host.h"
#include "interrupt.h"

/* [-1, +1] For errors of the shell itself; the shell reports those of scripts. */
static int message_handler(lua_State *L)
{
    const char *message = lua_tostring(L, 1);
    if (!message) message = luaL_tolstring(L, 1, NULL);
    luaL_traceback(L, L, message, 1);
    return 1;
}

#ifdef TOGGL_CJSON
int luaopen_cjson(lua_State *L);

/* Make cjson available for any LUA_CPATH of the user. */
static void preload_cjson(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, luaopen_cjson);
    lua_setfield(L, -2, "cjson");
    lua_pop(L, 1);
}
#else
static void preload_cjson(lua_State *L)
{
    (void)L;
}
#endif

/* [-0, +1] Push the global `arg` of the interpreter: [0] is the program, the arguments follow. */
static void push_words(lua_State *L, int argc, char **argv)
{
    lua_createtable(L, argc, 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i);
    }
}

/* [-4, +1] argc, argv, secrets, places -> exit status. */
static int pmain(lua_State *L)
{
    int argc = (int)lua_tointeger(L, 1);
    char **argv = lua_touserdata(L, 2);
    const host_places *places = lua_touserdata(L, 4);
    luaL_checkversion(L);
    luaL_openlibs(L);
    preload_cjson(L);
    host_require(L, places);
    host_watch(L, 1); /* a second Ctrl-C ends a program that does not stop */
    host_coroutines(L);
    host_getenv(L, lua_touserdata(L, 3));
    lua_getglobal(L, "require");
    lua_pushliteral(L, "toggl.shell");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "main");
    push_words(L, argc, argv);
    host_push(L, places);
    lua_call(L, 2, 1);
    return 1;
}

/* Run pmain in protected mode; returns the exit status. */
static int run(lua_State *L, int argc, char **argv, host_secrets *secrets)
{
    host_places places;
    if (!host_find(&places, argv[0])) {
        fprintf(stderr,
                "togglsh: its Lua files are neither beside the program nor below " TOGGL_PREFIX
                "; nothing was run; install it: cmake --install BUILD\n");
        return EXIT_FAILURE;
    }
    lua_pushcfunction(L, message_handler);
    lua_pushcfunction(L, pmain);
    lua_pushinteger(L, argc);
    lua_pushlightuserdata(L, argv);
    lua_pushlightuserdata(L, secrets);
    lua_pushlightuserdata(L, &places);
    if (lua_pcall(L, 4, 1, 1) == LUA_OK) return (int)lua_tointeger(L, -1);
    fprintf(stderr, "togglsh: %s\n", lua_tostring(L, -1));
    return EXIT_FAILURE;
}

/* Detect a closed pipe by EPIPE, and a file that may not grow by EFBIG. Install an empty handler
   rather than SIG_IGN, which child processes inherit. */
static void on_write(int sig)
{
    (void)sig;
}

/* The locale sets the width of characters; numbers keep their decimal point. Without a locale, text
   is still UTF-8. */
static void set_locale(void)
{
    const char *name = setlocale(LC_CTYPE, "");
    if (!name || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

/* If the parent closed a standard descriptor, the next opened file, such as a store, would get its
   number. Open a placeholder that can be neither read (0) nor written (1, 2), so using it still
   fails. */
static void keep_standard(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) return;
}

int main(int argc, char **argv)
{
    keep_standard();
    struct sigaction write = {.sa_handler = on_write, .sa_flags = SA_RESTART};
    host_secrets *secrets = host_take_secrets();
    set_locale();
    sigaction(SIGPIPE, &write, NULL);
    sigaction(SIGXFSZ, &write, NULL);
    /* if the parent ignores it, os.execute cannot get the status of a child */
    signal(SIGCHLD, SIG_DFL);
    lua_State *L = luaL_newstate();
    if (!L) {
        fprintf(stderr, "togglsh: not enough memory\n");
        return EXIT_FAILURE;
    }
    int status = run(L, argc, argv, secrets);
    host_unwatch();
    fflush(stdout); /* a signal may end the process in a finalizer */
    lua_close(L);   /* closes clients and sandboxes */
    if (status == 0 && host_ending()) status = 128 + host_ending();
    host_free_secrets(secrets);
    int output = host_finish_output();
    bool failed = status != 0 && status != HOST_EXIT_CHANGES;
    return failed || !output ? status : output;
}
