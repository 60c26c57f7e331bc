/*
** The transport drives libcurl with curl_multi_socket_action. A wait is one poll(2) over the
** sockets that libcurl reported. The epoll set is maintained only after an external loop has
** requested it; otherwise each request would pay for adding and removing its socket.
*/
#include "sockets.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "slot.h"

#define TIMERS_AT_ONCE 16 /* libcurl sets a timer of 0 ms to continue at once */

/* -------------------------------------------------------------------------------- the epoll set */

/* EPOLL_CTL_DEL is explicit: a closed socket stays in the set as long as a forked child holds a
   copy of it. */
static void tell_epoll(const tg_sockets *s, int fd, short events)
{
    struct epoll_event e = {.events = (events & POLLIN ? (uint32_t)EPOLLIN : 0) |
                                      (events & POLLOUT ? (uint32_t)EPOLLOUT : 0),
                            .data.fd = fd};
    if (s->epoll < 0) return;
    if (!events)
        epoll_ctl(s->epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, fd, &e) != 0 && errno == ENOENT)
        epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

int tg_sockets_pollfd(tg_sockets *s)
{
    if (s->epoll >= 0) return s->epoll;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->wake >= 0) tell_epoll(s, s->wake, POLLIN);
    for (size_t i = 0; i < s->count; i++) tell_epoll(s, s->all[i].fd, s->all[i].events);
    return s->epoll;
}

/* ------------------------------------------------------------------------- callbacks of libcurl */

static tg_socket *find(const tg_sockets *s, int fd)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->all[i].fd == fd) return &s->all[i];
    return NULL;
}

static tg_socket *add(tg_sockets *s, int fd)
{
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 8;
        tg_socket *more = realloc(s->all, room * sizeof *more);
        if (!more) return NULL;
        s->all = more;
        s->room = room;
    }
    s->all[s->count] = (tg_socket){.fd = fd};
    return &s->all[s->count++];
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *sockets, void *unused)
{
    tg_sockets *s = sockets;
    tg_socket *known = find(s, fd);
    (void)easy, (void)unused;
    if (what == CURL_POLL_REMOVE) {
        if (known) *known = s->all[--s->count];
        tell_epoll(s, fd, 0);
        return 0;
    }
    if (!known && !(known = add(s, fd))) return -1; /* out of memory: libcurl ends the transfers */
    known->events =
        (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
    tell_epoll(s, fd, known->events);
    return 0;
}

static void set_due(tg_sockets *s, long ms)
{
    s->due = ms < 0 ? -1 : tg_http_now() + (double)ms / 1000;
}

static int on_timer(CURLM *multi, long ms, void *sockets)
{
    (void)multi;
    set_due(sockets, ms);
    return 0;
}

/* ------------------------------------------------------------------------- beginning and ending */

bool tg_sockets_init(tg_sockets *s, CURLM *multi)
{
    *s = (tg_sockets){.multi = multi,
                      .due = -1,
                      .epoll = -1,
                      .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, s) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, s) == CURLM_OK;
}

void tg_sockets_clear(tg_sockets *s)
{
    if (!s->multi) return; /* never begun */
    if (s->epoll >= 0) close(s->epoll);
    if (s->wake >= 0) close(s->wake);
    free(s->all);
    free(s->polled);
    *s = (tg_sockets){.due = -1, .wake = -1, .epoll = -1};
}

/* -------------------------------------------------------------------------------------- waiting */

double tg_sockets_timeout(const tg_sockets *s)
{
    if (s->due < 0) return -1;
    double left = s->due - tg_http_now();
    return left > 0 ? left : 0;
}

/* Rounded up, so that the wait does not end just before the timer and spin. */
static int until_timer(const tg_sockets *s, int ms)
{
    double left = ms > 0 ? tg_sockets_timeout(s) * 1000 : -1;
    if (left < 0 || left >= ms) return ms;
    return (int)left + (left > (int)left);
}

/* Fill the poll array: the wakeup, the sockets, the foreign descriptors, in this order. */
static struct pollfd *lay_out(tg_sockets *s, const struct pollfd *fds, unsigned n)
{
    size_t total = 1 + s->count + n;
    if (total > s->polled_room) {
        struct pollfd *more = realloc(s->polled, 2 * total * sizeof *more);
        if (!more) return NULL;
        s->polled = more;
        s->polled_room = 2 * total;
    }
    s->polled[0] = (struct pollfd){.fd = s->wake, .events = POLLIN}; /* poll ignores -1 */
    for (size_t i = 0; i < s->count; i++)
        s->polled[1 + i] = (struct pollfd){.fd = s->all[i].fd, .events = s->all[i].events};
    if (n) memcpy(s->polled + 1 + s->count, fds, n * sizeof *fds);
    return s->polled;
}

bool tg_sockets_wait(tg_sockets *s, int ms, struct pollfd *fds, unsigned n)
{
    uint64_t wakeups;
    struct pollfd *p = lay_out(s, fds, n);
    if (!p) return false;
    /* a signal also ends it: nothing is ready */
    if (poll(p, 1 + s->count + n, until_timer(s, ms)) <= 0)
        for (size_t i = 0; i < 1 + s->count + n; i++) p[i].revents = 0;
    if (p[0].revents && read(s->wake, &wakeups, sizeof wakeups) < 0) p[0].revents = 0;
    for (size_t i = 0; i < s->count; i++) s->all[i].ready = p[1 + i].revents;
    for (unsigned i = 0; i < n; i++) fds[i].revents = p[1 + s->count + i].revents;
    return true;
}

void tg_sockets_wakeup(tg_sockets *s)
{
    uint64_t one = 1;
    /* a full counter ends the wait, too */
    if (s->wake >= 0 && write(s->wake, &one, sizeof one) < 0) return;
}

unsigned tg_sockets_list(const tg_sockets *s, struct pollfd *out, unsigned max)
{
    unsigned n = 0;
    for (; n < max && n < s->count; n++)
        out[n] = (struct pollfd){.fd = s->all[n].fd, .events = s->all[n].events};
    return n;
}

/* --------------------------------------------------------------------------------------- acting */

/* Ignore hang-ups and errors here: reading or writing reports the reason. */
static int bits_of(const tg_socket *s)
{
    bool over = s->ready & (POLLHUP | POLLERR | POLLNVAL);
    bool in = s->ready & POLLIN || (over && s->events & POLLIN);
    bool out = s->ready & POLLOUT || (over && s->events & POLLOUT);
    return (in ? CURL_CSELECT_IN : 0) | (out ? CURL_CSELECT_OUT : 0);
}

static bool act(tg_sockets *s, curl_socket_t fd, int bits)
{
    int running;
    return curl_multi_socket_action(s->multi, fd, bits, &running) == CURLM_OK;
}

/* libcurl does not report a timer again, even when called a moment too early for it. */
static bool fire_timer(tg_sockets *s)
{
    long ms = -1;
    s->due = -1;
    if (!act(s, CURL_SOCKET_TIMEOUT, 0)) return false;
    if (s->due < 0 && curl_multi_timeout(s->multi, &ms) == CURLM_OK) set_due(s, ms);
    return true;
}

/* The callbacks move and remove entries during each action, so the search restarts after each. */
static tg_socket *next_ready(const tg_sockets *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->all[i].ready) return &s->all[i];
    return NULL;
}

bool tg_sockets_act(tg_sockets *s)
{
    tg_socket *ready;
    while ((ready = next_ready(s))) {
        int bits = bits_of(ready);
        ready->ready = 0;
        if (!act(s, ready->fd, bits)) return false;
    }
    for (int i = 0; i < TIMERS_AT_ONCE && s->due >= 0 && s->due <= tg_http_now(); i++)
        if (!fire_timer(s)) return false;
    return true;
}
