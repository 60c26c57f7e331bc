/* Run a user's command that prints a secret, with limits on its output and its time; Ctrl-C ends
   it. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "ltg.h"

#define OUTPUT_MOST 4096 /* bytes of output: a token is short */
#define GRACE       0.5  /* seconds between SIGTERM and SIGKILL */
#define GLANCE      0.05 /* seconds between two checks of the host's flag */
#define STATUS_FD   3    /* descriptor number in the child */
/* descriptors of the parent are at least this, above the fixed numbers of the child */
#define ABOVE 10

typedef struct ltg_child {
    pid_t pid;          /* also the id of its process group; 0: none */
    int output, status; /* ends of pipes to read from */
    int terminal;       /* given to the child until it ends; -1: not given */
} ltg_child;

extern char **environ;

static double now(void)
{
    return tg_clock_read(CLOCK_MONOTONIC);
}

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* The process may be in the background here, where tcsetpgrp raises SIGTTOU unless that is
   blocked. */
static void take_terminal_back(ltg_child *c)
{
    sigset_t stop, before;
    if (c->terminal < 0) return;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &stop, &before);
    if (tcgetpgrp(c->terminal) == c->pid) tcsetpgrp(c->terminal, getpgrp());
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close_fd(&c->terminal);
}

/* Wait until all processes that hold a pipe of the child have ended, for at most GRACE. False: some
   remain. */
static bool is_gone(const ltg_child *c)
{
    char dropped[512];
    struct pollfd p[] = {{.fd = c->output, .events = POLLIN}, {.fd = c->status, .events = POLLIN}};
    for (double left = GRACE, until = now() + GRACE; left > 0; left = until - now()) {
        if (p[0].fd < 0 && p[1].fd < 0) return true;
        if (poll(p, 2, (int)ceil(left * 1000)) < 0 && errno != EINTR) return false;
        for (int i = 0; i < 2; i++)
            if (p[i].revents && read(p[i].fd, dropped, sizeof dropped) == 0) p[i].fd = -1;
    }
    return false;
}

/* End the whole group. Reap the leader last: until then its id cannot be reused for another group.
   If the parent ignores SIGCHLD, the kernel reaps the leader, and only processes that hold a pipe
   show that the group exists. */
static void end_group(const ltg_child *c)
{
    siginfo_t info;
    kill(-c->pid, SIGTERM);
    kill(-c->pid, SIGCONT);
    bool gone = is_gone(c);
    if (!gone || waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        kill(-c->pid, SIGKILL);
}

static void reap(const ltg_child *c, int *how)
{
    *how = 0;
    while (waitpid(c->pid, how, 0) < 0 && errno == EINTR) continue;
}

/* End the group, take back the terminal and reap the shell. LEAVE: keep processes that the command
   left running on purpose. Returns the status of waitpid. */
static int finish(ltg_child *c, bool leave)
{
    int how;
    if (!leave) end_group(c);
    take_terminal_back(c);
    reap(c, &how);
    c->pid = 0;
    return how;
}

/* [-1, +0] __close and __gc */
static int end_child(lua_State *L)
{
    ltg_child *c = lua_touserdata(L, 1);
    if (c->pid > 0) finish(c, false);
    close_fd(&c->output);
    close_fd(&c->status);
    close_fd(&c->terminal);
    return 0;
}

/* [-0, +1] */
static ltg_child *new_child(lua_State *L)
{
    ltg_child *c = lua_newuserdatauv(L, sizeof *c, 0);
    *c = (ltg_child){.output = -1, .status = -1, .terminal = -1};
    if (luaL_newmetatable(L, "toggl.child")) {
        lua_pushcfunction(L, end_child);
        lua_setfield(L, -2, "__close");
        lua_pushcfunction(L, end_child);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return c;
}

/* Create a pipe whose descriptors do not collide with the child's fixed numbers. */
static bool make_pipe(int *from, int *to)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0) return false;
    *from = fcntl(fd[0], F_DUPFD_CLOEXEC, ABOVE);
    *to = fcntl(fd[1], F_DUPFD_CLOEXEC, ABOVE);
    close(fd[0]);
    close(fd[1]);
    return *from >= 0 && *to >= 0 && fcntl(*from, F_SETFL, O_NONBLOCK) == 0;
}

/* A command may ask the user for a passphrase, so it gets the terminal, unless another program of a
   pipeline uses it, which would be stopped. */
static int terminal_to_give(void)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return -1;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0 && tcgetpgrp(fd) != getpgrp()) close_fd(&fd);
    if (fd < 0 || fd >= ABOVE) return fd;
    int above = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);
    close(fd);
    return above;
}

/* A process group of its own, with default handling of the signals that the parent ignores for
   itself. */
static int set_attributes(posix_spawnattr_t *how)
{
    sigset_t usual, none;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGCHLD);
    sigaddset(&usual, SIGPIPE);
    int e = posix_spawnattr_setsigdefault(how, &usual);
    if (!e) e = posix_spawnattr_setsigmask(how, &none);
    if (!e) e = posix_spawnattr_setpgroup(how, 0);
    if (e) return e;
    return posix_spawnattr_setflags(how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETPGROUP);
}

/* Standard input is passed on only if it is a terminal: a script read from it is not input of the
   command. */
static int set_descriptors(posix_spawn_file_actions_t *to, int terminal, int output, int status)
{
    int e = terminal >= 0 ? posix_spawn_file_actions_addtcsetpgrp_np(to, terminal) : 0;
    if (!e && !isatty(STDIN_FILENO))
        e = posix_spawn_file_actions_addopen(to, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!e) e = posix_spawn_file_actions_adddup2(to, output, STDOUT_FILENO);
    if (!e) e = posix_spawn_file_actions_adddup2(to, status, STATUS_FD);
    return e ? e : posix_spawn_file_actions_addclosefrom_np(to, STATUS_FD + 1);
}

/* The shell writes the status of the command into a pipe, since waitpid may not return it: the
   parent may ignore SIGCHLD, or wait for all children in another thread. Returns an errno value. */
static int spawn(ltg_child *c, const char *command, const char *mark, int output, int status)
{
    char sh[] = "sh", option[] = "-c";
    char script[] = "(export TOGGL_COMMAND_OF=\"$2\"; eval \"$1\") 3>&-; echo $? >&3";
    char *argv[] = {sh, option, script, sh, (char *)command, (char *)mark, NULL};
    posix_spawn_file_actions_t to;
    posix_spawnattr_t how;
    if (posix_spawn_file_actions_init(&to) != 0) return ENOMEM;
    int e = posix_spawnattr_init(&how);
    if (!e) {
        e = set_attributes(&how);
        if (!e) e = set_descriptors(&to, c->terminal, output, status);
        if (!e) e = posix_spawn(&c->pid, "/bin/sh", &to, &how, argv, environ);
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&to);
    return e;
}

static bool start(ltg_child *c, const char *command, const char *mark)
{
    int output = -1, status = -1, e = EMFILE;
    c->terminal = terminal_to_give();
    if (make_pipe(&c->output, &output) && make_pipe(&c->status, &status))
        e = spawn(c, command, mark, output, status);
    if (e) c->pid = 0;
    close_fd(&output);
    close_fd(&status);
    errno = e;
    return e == 0;
}

/* Read available data up to the size of TEXT. False: end of file. */
static bool read_some(int fd, char *text, size_t size, size_t *n)
{
    ssize_t got = read(fd, text + *n, size - *n);
    if (got > 0) *n += (size_t)got;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Was the child stopped for reading from the terminal in the background? A child that has the
   terminal is continued. */
static bool wants_terminal(const ltg_child *c)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)c->pid, &info, WSTOPPED | WNOHANG) != 0 || info.si_pid == 0)
        return false;
    if (c->terminal < 0) return true;
    kill(-c->pid, SIGCONT);
    return false;
}

static bool is_empty(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 0 || !(p.revents & POLLIN);
}

/* Read until the shell has written the status. Returns NULL, or the reason of a failure; *STATUS:
   the text written, "" if the shell was killed. Does not wait for the end of the output, which a
   process left by the command may hold open. */
static const char *collect(lua_State *L, const ltg_child *c, double seconds, char *text, size_t *n,
                           char status[16])
{
    size_t digits = 0;
    bool open = true, runs = true;
    for (double until = now() + seconds, left = seconds; runs || (open && !is_empty(c->output));
         left = until - now()) {
        struct pollfd p[] = {{.fd = open ? c->output : -1, .events = POLLIN},
                             {.fd = c->status, .events = POLLIN}};
        if (ltg_interrupted(L)) return "interrupted";
        if (!(left > 0)) return "late"; /* also true for NaN */
        if (wants_terminal(c)) return "background";
        poll(p, 2, (int)ceil(fmin(left, GLANCE) * 1000));
        if (p[0].revents) open = read_some(c->output, text, OUTPUT_MOST + 1, n);
        if (*n > OUTPUT_MOST) return "long";
        if (p[1].revents) runs = read_some(c->status, status, 15, &digits);
    }
    status[digits] = '\0';
    return NULL;
}

/* The signal that ended the shell, for the host to handle: only the child received Ctrl-C while it
   had the terminal. */
static bool was_interrupted(lua_State *L, bool had_terminal, int how)
{
    if (!had_terminal || !WIFSIGNALED(how) || WTERMSIG(how) != SIGINT) return false;
    if (ltg_watched(L)) raise(SIGINT);
    return true;
}

/* [-3, +1 to +3] core.run(command, seconds, mark) -> output; nil, reason[, number]: "start" and
   errno;
   "interrupted"; "late": took longer than SECONDS; "long": more output than a token has;
   "background": it waits for the terminal; "status" and the status; "killed". Unless it ended with
   0, the processes it left are ended too. MARK: what the command finds in TOGGL_COMMAND_OF. */
static int run(lua_State *L)
{
    char text[OUTPUT_MOST + 1], status[16] = "";
    size_t n = 0;
    const char *command = luaL_checkstring(L, 1);
    double seconds = luaL_checknumber(L, 2);
    const char *mark = luaL_checkstring(L, 3);
    lua_settop(L, 3);
    ltg_child *c = new_child(L);
    lua_toclose(L, -1);
    lua_pushnil(L);
    if (!start(c, command, mark)) {
        int e = errno;
        lua_pushliteral(L, "start");
        lua_pushinteger(L, e);
        return 3;
    }
    const char *why = collect(L, c, seconds, text, &n, status);
    bool good = !why && strcmp(status, "0\n") == 0, had_terminal = c->terminal >= 0;
    int how = finish(c, good);
    if (good) {
        lua_pushlstring(L, text, n);
        return 1;
    }
    if (!why && was_interrupted(L, had_terminal, how)) why = "interrupted";
    if (!why && status[0] == '\0') why = "killed";
    lua_pushstring(L, why ? why : "status");
    if (why) return 2;
    lua_pushinteger(L, strtol(status, NULL, 10));
    return 3;
}

void ltg_open_command(lua_State *L)
{
    lua_pushcfunction(L, run);
    lua_setfield(L, -2, "run");
}
