/* Keep secrets inside the process: no core file, no environment for children, no echo during
   input. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "interrupt.h"

static const char *const names[] = {"TOGGL_API_TOKEN", "TOGGL_PASSWORD"};
#define NAMES (sizeof names / sizeof *names)

struct host_secrets {
    char *value[NAMES];
};

/* A core collector may ignore the size limit; a process that is not dumpable leaves no core, and
   other processes of the user cannot read its memory. Also clear the memory in which the kernel
   shows the environment, which unsetenv does not. */
host_secrets *host_take_secrets(void)
{
    host_secrets *s = calloc(1, sizeof *s);
    prctl(PR_SET_DUMPABLE, 0);
    for (size_t i = 0; s && i < NAMES; i++) {
        char *value = getenv(names[i]);
        if (!value) continue;
        s->value[i] = strdup(value);
        explicit_bzero(value, strlen(value));
        unsetenv(names[i]);
    }
    return s;
}

void host_free_secrets(host_secrets *s)
{
    for (size_t i = 0; s && i < NAMES; i++) {
        if (s->value[i]) explicit_bzero(s->value[i], strlen(s->value[i]));
        free(s->value[i]);
    }
    free(s);
}

/* [-1, +1] os.getenv(name), including removed variables. Upvalue: the secrets. */
static int get_variable(lua_State *L)
{
    const host_secrets *s = lua_touserdata(L, lua_upvalueindex(1));
    const char *name = luaL_checkstring(L, 1), *value = getenv(name);
    for (size_t i = 0; s && i < NAMES && !value; i++)
        if (strcmp(name, names[i]) == 0) value = s->value[i];
    lua_pushstring(L, value);
    return 1;
}

void host_getenv(lua_State *L, host_secrets *s)
{
    lua_getglobal(L, "os");
    lua_pushlightuserdata(L, s);
    lua_pushcclosure(L, get_variable, 1);
    lua_setfield(L, -2, "getenv");
    lua_pop(L, 1);
}

static volatile sig_atomic_t suspended;

static void on_suspend(int sig)
{
    (void)sig;
    suspended = 1;
}

/* Wait until FD is readable. False: interrupted or suspended. Does not miss a signal between the
   check and the wait. */
static bool await(int fd)
{
    struct pollfd in = {.fd = fd, .events = POLLIN};
    sigset_t block, unblocked;
    sigemptyset(&block);
    host_signals(&block);
    sigaddset(&block, SIGTSTP);
    sigprocmask(SIG_BLOCK, &block, &unblocked);
    int rc = 0;
    while (!host_interrupted() && !suspended && rc == 0) rc = ppoll(&in, 1, NULL, &unblocked);
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    return rc == 1 && !host_interrupted() && !suspended;
}

/* Read a line from the terminal FD, without its end; -1: none. The question is shown after the echo
   is off, so that an early answer is not shown. */
static ssize_t read_quietly(int fd, const char *question, char *out, size_t room)
{
    struct termios before, quiet;
    size_t n = 0;
    ssize_t got = -1;
    if (tcgetattr(fd, &before) != 0) return -1;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
    quiet.c_lflag |= ECHONL | ICANON | ISIG;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0) return -1;
    if (write(fd, question, strlen(question)) < 0) room = 0;
    while (n < room && await(fd) && (got = read(fd, out + n, 1)) == 1 && out[n] != '\n') n++;
    tcsetattr(fd, TCSAFLUSH, &before);
    return got == 1 ? (ssize_t)n : -1;
}

/* As read_quietly. While the process is stopped by Ctrl-Z, its terminal has its echo; afterwards
   the question is asked again. */
static ssize_t read_again(int fd, const char *question, char *out, size_t room)
{
    struct sigaction stop = {.sa_handler = on_suspend}, old;
    ssize_t n;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, NULL, &old);
    do {
        suspended = 0;
        if (old.sa_handler != SIG_IGN) sigaction(SIGTSTP, &stop, NULL);
        n = read_quietly(fd, question, out, room);
        sigaction(SIGTSTP, &old, NULL);
        if (suspended) raise(SIGTSTP);
    } while (suspended && !host_interrupted());
    return n;
}

/* A terminal cuts longer lines, and says nothing. */
#define MOST_TYPED 4000

/* [-1, +1 or +2] ask_secret(question) -> the typed text, without echo; nil: no terminal, or no
   answer; nil, MOST_TYPED: the answer has more bytes. */
int host_ask_secret(lua_State *L)
{
    char text[MOST_TYPED + 1];
    const char *question = luaL_checkstring(L, 1);
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return 0;
    ssize_t n = read_again(fd, question, text, sizeof text);
    close(fd);
    if (n < 0) return 0;
    if (n > MOST_TYPED)
        lua_pushnil(L), lua_pushinteger(L, MOST_TYPED);
    else
        lua_pushlstring(L, text, (size_t)n);
    explicit_bzero(text, sizeof text);
    return n > MOST_TYPED ? 2 : 1;
}
