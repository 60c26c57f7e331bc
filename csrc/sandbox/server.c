/*
** Start and stop the server, and run its thread: poll() on libmicrohttpd's epoll descriptor and
** a wake-up descriptor, then run libmicrohttpd and resume the connections that are due.
*/
#include "http.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* ----------------------------------------------------------------------------------- the thread */

/* How long poll() may sleep, in milliseconds; -1: until something happens. */
static int sleep_time(tg_sandbox *s)
{
    MHD_UNSIGNED_LONG_LONG wanted;
    int ms = -1;
    if (MHD_get_timeout(s->daemon, &wanted) == MHD_YES) ms = wanted > 1000 ? 1000 : (int)wanted;
    if (!s->due) return ms;
    uint64_t now = sb_monotonic();
    uint64_t left = s->due->due > now ? s->due->due - now : 0;
    return ms < 0 || left < (uint64_t)ms ? (int)left : ms;
}

static void *serve(void *cls)
{
    tg_sandbox *s = cls;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[2] = {{.fd = info->epoll_fd, .events = POLLIN},
                            {.fd = s->waker, .events = POLLIN}};
    pthread_mutex_lock(&s->lock);
    while (!s->stopping) {
        int ms = sleep_time(s);
        pthread_mutex_unlock(&s->lock);
        poll(fds, 2, ms);
        pthread_mutex_lock(&s->lock);
        sb_resume_due(s, sb_monotonic());
        MHD_run(s->daemon);
    }
    /* libmicrohttpd must not be stopped while it holds suspended connections */
    sb_resume_due(s, UINT64_MAX);
    MHD_stop_daemon(s->daemon);
    s->daemon = NULL;
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ------------------------------------------------------------------------------------ listening */

/* In TMPDIR, or in /tmp if that is too long for a socket, missing or not writable. */
static int listen_unix(tg_sandbox *s)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *base = getenv("TMPDIR");
    bool own = base && *base && strlen(base) < 32 && sb_folder_make(s, base);
    if (!own && !sb_folder_make(s, "/tmp")) return -1;
    sb_folders_sweep(own ? base : "/tmp");
    snprintf(at.sun_path, sizeof at.sun_path, "%s", s->socket);
    snprintf(s->url, sizeof s->url, "http://localhost" SB_BASE);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 511) == 0)
        return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static int listen_tcp(tg_sandbox *s, int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t size = sizeof at;
    /* an address that other machines cannot reach */
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 511) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &size) == 0) {
        snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d" SB_BASE, ntohs(at.sin_port));
        return fd;
    }
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool start_daemon(tg_sandbox *s, char *error, size_t size)
{
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL,
                                 NULL, sb_handle, s, MHD_OPTION_LISTEN_SOCKET, s->listener,
                                 MHD_OPTION_CONNECTION_LIMIT, 2000u, MHD_OPTION_URI_LOG_CALLBACK,
                                 sb_uri, s, MHD_OPTION_NOTIFY_COMPLETED, sb_done, s,
                                 MHD_OPTION_NOTIFY_CONNECTION, sb_connected, s, MHD_OPTION_END);
    if (s->daemon)
        s->listener = -1; /* owned by libmicrohttpd from here on */
    else
        snprintf(error, size, "cannot start the HTTP server");
    return s->daemon != NULL;
}

/* The thread blocks all signals: they are for the program that uses the sandbox. */
static bool start_thread(tg_sandbox *s, char *error, size_t size)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&s->thread, NULL, serve, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    s->running = rc == 0;
    if (!s->running) snprintf(error, size, "cannot start the server's thread: %s", strerror(rc));
    return s->running;
}

/* --------------------------------------------------------------------------------------- forks */

/* A fork while a server's thread holds a lock would leave it locked for ever in the child, which
   may still read the token and the address. So a fork waits for all locks. */

/* taken before the lock of any of them */
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static tg_sandbox *all;

static void before_fork(void)
{
    pthread_mutex_lock(&all_lock);
    for (tg_sandbox *s = all; s; s = s->next) pthread_mutex_lock(&s->lock);
}

static void after_fork(void)
{
    for (tg_sandbox *s = all; s; s = s->next) pthread_mutex_unlock(&s->lock);
    pthread_mutex_unlock(&all_lock);
}

static void mind_forks(void)
{
    pthread_atfork(before_fork, after_fork, after_fork);
}

static void enlist(tg_sandbox *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, mind_forks);
    pthread_mutex_lock(&all_lock);
    s->next = all;
    all = s;
    pthread_mutex_unlock(&all_lock);
}

static void strike_off(tg_sandbox *s)
{
    pthread_mutex_lock(&all_lock);
    tg_sandbox **at = &all;
    while (*at && *at != s) at = &(*at)->next;
    if (*at) *at = s->next;
    pthread_mutex_unlock(&all_lock);
}

/* ---------------------------------------------------------------------------------- start, stop */

static bool set_number(sb_engine *e, const char *knob, double value, char *error, size_t size)
{
    char text[40];
    snprintf(text, sizeof text, "%.6f", value);
    return value <= 0 || sb_engine_control(e, knob, text, error, size);
}

static bool set_options(sb_engine *e, const tg_sandbox_options *o, char *error, size_t size)
{
    return (!o->plan || sb_engine_control(e, "plan", o->plan, error, size)) &&
           set_number(e, "latency", o->latency_ms, error, size) &&
           set_number(e, "page_cap", o->page_cap, error, size) &&
           set_number(e, "visible_after", o->visible_after, error, size) &&
           set_number(e, "gone_after", o->gone_after, error, size) &&
           (!o->record || sb_engine_record(e, o->record, error, size));
}

/* Draw other tokens at each start. */
static bool open_engine(tg_sandbox *s, const tg_sandbox_options *o, char *error, size_t size)
{
    sb_engine_options engine = {.people = o->people, .seed = o->seed, .file = o->file};
    if (getrandom(&engine.secret, sizeof engine.secret, 0) != (ssize_t)sizeof engine.secret)
        engine.secret ^= sb_mix(o->seed, (uint64_t)time(NULL), (uint64_t)getpid());
    s->engine = sb_engine_new(&engine, error, size);
    return s->engine && set_options(s->engine, o, error, size);
}

static bool open_listener(tg_sandbox *s, int port, char *error, size_t size)
{
    s->listener = port < 0 ? listen_unix(s) : listen_tcp(s, port);
    if (s->listener < 0 && port < 0)
        snprintf(error, size, "cannot listen on a Unix socket in TMPDIR or /tmp: %s",
                 strerror(errno));
    else if (s->listener < 0)
        snprintf(error, size, "cannot listen on 127.0.0.1:%d: %s", port, strerror(errno));
    return s->listener >= 0;
}

tg_sandbox *tg_sandbox_start(const tg_sandbox_options *options, char *error, size_t size)
{
    tg_sandbox *s = calloc(1, sizeof *s);
    if (!s) {
        snprintf(error, size, "out of memory");
        return NULL;
    }
    s->pid = getpid();
    s->listener = s->waker = s->keeper = -1;
    pthread_mutex_init(&s->lock, NULL);
    enlist(s);
    s->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->waker < 0) snprintf(error, size, "cannot make an event descriptor: %s", strerror(errno));
    if (s->waker >= 0 && open_engine(s, options, error, size) &&
        open_listener(s, options->port, error, size) && start_daemon(s, error, size) &&
        start_thread(s, error, size))
        return s;
    tg_sandbox_stop(s);
    return NULL;
}

static void join_thread(tg_sandbox *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_mutex_unlock(&s->lock);
    uint64_t one = 1;
    if (write(s->waker, &one, sizeof one) < 0) { /* cannot fail: the counter is at zero */
    }
    pthread_join(s->thread, NULL);
}

void tg_sandbox_stop(tg_sandbox *s)
{
    if (!s || s->pid != getpid()) return;
    strike_off(s);
    if (s->running)
        join_thread(s);
    else if (s->daemon)
        MHD_stop_daemon(s->daemon);
    if (s->listener >= 0) close(s->listener);
    if (s->waker >= 0) close(s->waker);
    sb_folder_remove(s);
    sb_engine_free(s->engine);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *tg_sandbox_url(const tg_sandbox *s)
{
    return s->url;
}

const char *tg_sandbox_socket(const tg_sandbox *s)
{
    return *s->socket ? s->socket : NULL;
}

/* -------------------------------------------------------------------- the engine, with the lock */

bool tg_sandbox_control(tg_sandbox *s, const char *what, const char *value, char *error,
                        size_t size)
{
    pthread_mutex_lock(&s->lock);
    bool done = sb_engine_control(s->engine, what, value ? value : "", error, size);
    pthread_mutex_unlock(&s->lock);
    return done;
}

bool tg_sandbox_secret_of(tg_sandbox *s, const char *who, tg_sandbox_secret what, char *out,
                          size_t size)
{
    static const char *const columns[] = {"token", "password", "email"};
    pthread_mutex_lock(&s->lock);
    bool found = sb_engine_secret(s->engine, who, columns[what], out, size);
    pthread_mutex_unlock(&s->lock);
    return found;
}

struct viewer {
    void (*see)(void *to, const tg_sandbox_request *request);
    void *to;
};

static void show(void *cls, const char *method, const char *path, int status)
{
    struct viewer *v = cls;
    v->see(v->to, &(tg_sandbox_request){method, path, status});
}

int tg_sandbox_record_fault(tg_sandbox *s)
{
    if (s->pid != getpid()) return 0;
    pthread_mutex_lock(&s->lock);
    int fault = sb_engine_record_fault(s->engine);
    pthread_mutex_unlock(&s->lock);
    return fault;
}

uint64_t tg_sandbox_requests(tg_sandbox *s, void (*see)(void *, const tg_sandbox_request *),
                             void *to)
{
    struct viewer viewer = {see, to};
    pthread_mutex_lock(&s->lock);
    uint64_t count = sb_engine_requests(s->engine, see ? show : NULL, &viewer);
    pthread_mutex_unlock(&s->lock);
    return count;
}
