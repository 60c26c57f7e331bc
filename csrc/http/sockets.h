/*
** The sockets of one multi handle, as libcurl reports them through CURLMOPT_SOCKETFUNCTION, its
** next timer, and the wait for both. An external loop gets one descriptor for all of them.
*/
#ifndef TG_HTTP_SOCKETS_H
#define TG_HTTP_SOCKETS_H

#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>

typedef struct tg_socket {
    int fd; /* owned by libcurl */
    /* POLLIN, POLLOUT: events that libcurl waits for; events found by the last poll */
    short events, ready;
} tg_socket;

typedef struct tg_sockets {
    CURLM *multi;   /* borrowed */
    tg_socket *all; /* owned */
    size_t count, room;
    struct pollfd *polled; /* owned; scratch space of one wait */
    size_t polled_room;
    double due; /* monotonic seconds of libcurl's next timer; below 0: none */
    int wake;   /* an eventfd that ends a wait; -1: not available */
    int epoll;  /* contains `wake` and all sockets; -1: not requested yet */
} tg_sockets;

/* Register the callbacks with MULTI. False: libcurl rejects an option. Call tg_sockets_clear in
   either case. */
bool tg_sockets_init(tg_sockets *s, CURLM *multi);
/* after curl_multi_cleanup, which still reports the sockets it closes */
void tg_sockets_clear(tg_sockets *s);

/*
** Wait at most MS for a socket, the timer, a wakeup, a signal or one of the N foreign descriptors,
** whose revents are filled. False: out of memory.
*/
bool tg_sockets_wait(tg_sockets *s, int ms, struct pollfd *fds, unsigned n);
/* Let libcurl process ready sockets and due timers. False: the multi handle is unusable. */
bool tg_sockets_act(tg_sockets *s);

/* seconds until the timer is due; below 0: none */
double tg_sockets_timeout(const tg_sockets *s);
/* the number filled */
unsigned tg_sockets_list(const tg_sockets *s, struct pollfd *out, unsigned max);
/* Readable while a socket is ready. Stays the same until tg_sockets_clear, which closes it. -1: the
   kernel has no epoll descriptor left. */
int tg_sockets_pollfd(tg_sockets *s);
void tg_sockets_wakeup(tg_sockets *s); /* safe from another thread and from a signal handler */

#endif
