/* Process functions that Lua lacks: terminal, width of characters, folders, the end of standard
   output. */
#include "host.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interrupt.h"

/* --------------------------------------------------------------------------------------- places */

/* Folders relative to that of the program: a build tree, a program inside a source tree, an
   installation. */
static const struct layout {
    const char *lua, *modules, *scripts;
} layouts[] = {
    {"/lua", "", "/scripts"},
    {"/../lua", "", "/../scripts"},
    {"/../share/lua/5.4", "/../lib/lua/5.4", "/../share/lua/5.4/toggl/scripts"},
};

static bool fill(host_places *p, const char *dir, const struct layout *l)
{
    char probe[4300];
    snprintf(p->lua, sizeof p->lua, "%s%s", dir, l->lua);
    snprintf(p->modules, sizeof p->modules, "%s%s", dir, l->modules);
    snprintf(p->scripts, sizeof p->scripts, "%s%s", dir, l->scripts);
    snprintf(probe, sizeof probe, "%s/toggl/init.lua", p->lua);
    return access(probe, R_OK) == 0;
}

/* Is PATH a program and not a script? Without /proc, a script that begins with #! has its own path
   where that of its interpreter is expected, and modules next to it are not togglsh's. */
static bool executable(const char *path)
{
    char magic[4];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool ok = fd >= 0 && read(fd, magic, sizeof magic) == (ssize_t)sizeof magic &&
              memcmp(magic, ELFMAG, SELFMAG) == 0;
    if (fd >= 0) close(fd);
    return ok;
}

/* Candidates for the path of the program, most reliable first. /proc may not be mounted. Without it
   the kernel still reports the executed path; for a script that begins with #!, argv[0] names the
   interpreter; the last candidate is the configured installation. OUT: PATH_MAX. */
static bool program(int n, const char *argv0, char *out)
{
    const char *path = NULL;
    if (n == 0) path = "/proc/self/exe";
    if (n == 1) path = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    if (n == 2) path = argv0 && strchr(argv0, '/') ? argv0 : NULL;
    if (n == 3) path = TOGGL_PREFIX "/bin/togglsh";
    return path && realpath(path, out) && executable(out);
}

bool host_find(host_places *p, const char *argv0)
{
    char exe[PATH_MAX];
    for (int n = 0; n < 4; n++) {
        if (!program(n, argv0, exe)) continue;
        *strrchr(exe, '/') = '\0';
        for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
            if (fill(p, exe, &layouts[i])) return true;
    }
    return false;
}

/* --------------------------------------------------------------------------------------- Ctrl-C */

/* [-0, +1] interrupted() -> whether an interrupt is pending. */
static int h_interrupted(lua_State *L)
{
    lua_pushboolean(L, host_interrupted());
    return 1;
}

/* [-0, +0 or +1] ending() -> number of the signal that ends the process, or nothing */
static int h_ending(lua_State *L)
{
    int sig = host_ending();
    if (!sig) return 0;
    lua_pushinteger(L, sig);
    return 1;
}

/* [-0, +0] rearm(): the interrupt has been handled; count from the next one. */
static int h_rearm(lua_State *L)
{
    (void)L;
    host_rearm();
    return 0;
}

/* [-0, +0] patient(): the user is at a prompt, so a second Ctrl-C does not end the process yet. */
static int h_patient(lua_State *L)
{
    host_watch(L, 5);
    return 0;
}

/* ------------------------------------------------------------------------------------- terminal */

/* [-1, +1] isatty(fd) -> boolean */
static int h_isatty(lua_State *L)
{
    lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
    return 1;
}

/* [-1, +0 or +2] width(fd) -> columns and lines of that terminal, or nothing */
static int h_width(lua_State *L)
{
    struct winsize size;
    int rc = ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size);
    if (rc != 0 || size.ws_col == 0) return 0;
    lua_pushinteger(L, size.ws_col);
    lua_pushinteger(L, size.ws_row);
    return 2;
}

/* --------------------------------------------------------------------------------------- output */

static int reader_is_gone(void)
{
    struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

int host_finish_output(void)
{
    int failed = ferror(stdout);
    if (fflush(stdout) == 0 && !failed) return 0;
    if (reader_is_gone()) return HOST_EXIT_PIPE;
    fprintf(stderr, "togglsh: not everything could be written to standard output\n");
    return 1;
}

/* [-0, +1] finish() -> exit status of the output so far; for os.exit, which does not return to
   main. No signal may reach a state that is closed. */
static int h_finish(lua_State *L)
{
    host_unwatch();
    lua_pushinteger(L, host_finish_output());
    return 1;
}

/* -------------------------------------------------------------------------------------- for Lua */

void host_push(lua_State *L, const host_places *p)
{
    static const luaL_Reg functions[] = {{"isatty", h_isatty},
                                         {"width", h_width},
                                         {"jobs", host_jobs},
                                         {"files", host_files},
                                         {"job", host_job},
                                         {"beside", host_beside},
                                         {"interrupted", h_interrupted},
                                         {"ending", h_ending},
                                         {"rearm", h_rearm},
                                         {"patient", h_patient},
                                         {"ask_secret", host_ask_secret},
                                         {"finish", h_finish},
                                         {"glance", host_glance},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    host_term(L, p->modules);
    host_guard(L);
    lua_setfield(L, -2, "guard");
    lua_pushstring(L, p->scripts);
    lua_setfield(L, -2, "scripts");
    lua_pushstring(L, p->lua);
    lua_setfield(L, -2, "lua");
}
