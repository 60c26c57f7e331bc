/*
** The sockets of one multi handle, as libcurl reports them through CURLMOPT_SOCKETFUNCTION, its
** next timer, and the wait for both. A loop outside gets one descriptor for all of them.
*/
#ifndef TG_HTTP_SOCKETS_H
#define TG_HTTP_SOCKETS_H

#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>

typedef struct tg_socket {
    int fd;              /* libcurl's, which closes it */
    short events, ready; /* POLLIN, POLLOUT: what libcurl waits for; what the last poll found */
} tg_socket;

typedef struct tg_sockets {
    CURLM *multi;   /* borrowed */
    tg_socket *all; /* owned */
    size_t count, room;
    struct pollfd *polled; /* owned; scratch of one wait */
    size_t polled_room;
    double due; /* monotonic seconds of libcurl's next timer; below 0: none */
    int wake;   /* an eventfd that ends a wait; -1: none could be had */
    int epoll;  /* holds `wake` and all sockets; -1: not asked for yet */
} tg_sockets;

/* Registers the callbacks with MULTI. False: libcurl rejects an option. Needs tg_sockets_clear in
   either case. */
bool tg_sockets_init(tg_sockets *s, CURLM *multi);
/* after curl_multi_cleanup, which still reports what it closes */
void tg_sockets_clear(tg_sockets *s);

/*
** Waits at most MS for a socket, the timer, a wakeup, a signal or one of the N foreign descriptors,
** whose revents are filled. False: out of memory.
*/
bool tg_sockets_wait(tg_sockets *s, int ms, struct pollfd *fds, unsigned n);
/* Lets libcurl work on what the wait found, and on timers that are due. False: the multi handle is
   unusable. */
bool tg_sockets_act(tg_sockets *s);

/* seconds until the timer is due; below 0: there is none */
double tg_sockets_timeout(const tg_sockets *s);
/* the number filled */
unsigned tg_sockets_list(const tg_sockets *s, struct pollfd *out, unsigned max);
/* Readable while a socket is ready; the same one until tg_sockets_clear, which closes it. -1: the
   kernel has none. */
int tg_sockets_pollfd(tg_sockets *s);
void tg_sockets_wakeup(tg_sockets *s); /* safe from another thread and from a signal handler */

#endif
