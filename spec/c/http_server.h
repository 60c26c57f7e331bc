/*
** A server whose replies a test writes: a route gives the bytes to send for a path and what to do
** after them. One thread serves each connection. The server logs the requests for the test.
*/
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef enum sv_after { SV_KEEP, SV_CLOSE, SV_RESET, SV_STALL, SV_DRIP, SV_CUT } sv_after;

typedef struct sv_route {
    const char *path;
    const char *bytes;
    size_t n;
    /* SV_CUT: the number after the path is how many bytes to send; SV_DRIP: one byte each 100 ms */
    sv_after after;
} sv_route;

#define SV_TEXT(path, text, after)                                                                 \
    {                                                                                              \
        (path), (text), sizeof(text) - 1, (after)                                                  \
    }

#define SV_MAX   1024
#define SV_BYTES (2 << 20) /* bytes of the longest request */

typedef struct server {
    int listener, port;
    char path[100]; /* of a Unix socket; empty: TCP */
    const sv_route *routes;
    pthread_t acceptor, workers[SV_MAX];
    pthread_mutex_t lock;
    _Atomic int connections; /* accepted so far */
    char *log[SV_MAX];
    int requests;
    _Atomic bool over;
} server;

typedef struct sv_peer {
    server *sv;
    int fd;
} sv_peer;

static const sv_route *sv_find(const server *sv, const char *path)
{
    const sv_route *r;
    for (r = sv->routes; r->path; r++)
        if (strncmp(path, r->path, strlen(r->path)) == 0) return r;
    return NULL;
}

/* Read one request with its body into TEXT and return its size, or 0 if the peer closed the
   connection or the server is being stopped. */
static size_t sv_read(const sv_peer *p, char *text, size_t size)
{
    size_t n = 0, want = 0;
    char *end, *length;
    for (;;) {
        struct pollfd f = {.fd = p->fd, .events = POLLIN};
        ssize_t got;
        if (p->sv->over) return 0;
        if (poll(&f, 1, 20) == 0) continue;
        got = recv(p->fd, text + n, size - 1 - n, 0);
        if (got <= 0) return 0;
        text[n += (size_t)got] = '\0';
        if (want == 0 && (end = strstr(text, "\r\n\r\n"))) {
            length = strstr(text, "Content-Length: ");
            want = (size_t)(end + 4 - text) + (length ? (size_t)atol(length + 16) : 0);
        }
        if (want > 0 && n >= want) return n;
    }
}

static void sv_nap(const server *sv, int ms)
{
    for (; ms > 0 && !sv->over; ms -= 10) usleep(10000);
}

/* Send the reply. Return true if the connection stays open. */
static bool sv_answer(const sv_peer *p, const sv_route *r, const char *path)
{
    struct linger now = {1, 0};
    size_t i, n = r->n;
    if (r->after == SV_CUT && (size_t)atol(path + strlen(r->path)) < n)
        n = (size_t)atol(path + strlen(r->path));
    if (r->after == SV_DRIP) {
        for (i = 0; i < n && !p->sv->over && send(p->fd, r->bytes + i, 1, MSG_NOSIGNAL) == 1; i++)
            sv_nap(p->sv, 100);
        return false;
    }
    if (n > 0 && send(p->fd, r->bytes, n, MSG_NOSIGNAL) != (ssize_t)n) return false;
    if (r->after == SV_STALL) sv_nap(p->sv, 20000);
    if (r->after == SV_RESET) setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return r->after == SV_KEEP;
}

static void sv_note(server *sv, const char *text, size_t n)
{
    pthread_mutex_lock(&sv->lock);
    if (sv->requests < SV_MAX) {
        sv->log[sv->requests] = malloc(n + 1);
        memcpy(sv->log[sv->requests++], text, n + 1);
    }
    pthread_mutex_unlock(&sv->lock);
}

static void *sv_serve(void *peer)
{
    sv_peer *p = peer;
    char *text = malloc(SV_BYTES), path[200];
    const sv_route *r = NULL;
    size_t n;
    while ((n = sv_read(p, text, SV_BYTES)) > 0) {
        sv_note(p->sv, text, n);
        if (sscanf(text, "%*s %199s", path) == 1) r = sv_find(p->sv, path);
        if (!r || !sv_answer(p, r, path)) break;
    }
    close(p->fd);
    free(text);
    free(p);
    return NULL;
}

static void *sv_accept(void *server_)
{
    server *sv = server_;
    while (!sv->over && sv->connections < SV_MAX) {
        struct pollfd f = {.fd = sv->listener, .events = POLLIN};
        sv_peer *p;
        if (poll(&f, 1, 20) <= 0) continue;
        p = malloc(sizeof *p);
        *p = (sv_peer){sv, accept(sv->listener, NULL, NULL)};
        /* count the connection before its thread can reply */
        pthread_create(&sv->workers[sv->connections++], NULL, sv_serve, p);
    }
    return NULL;
}

static int sv_listen(server *sv)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    socklen_t n = sizeof in;
    if (sv->path[0]) {
        snprintf(un.sun_path, sizeof un.sun_path, "%s", sv->path);
        sv->listener = socket(AF_UNIX, SOCK_STREAM, 0);
        if (bind(sv->listener, (struct sockaddr *)&un, sizeof un) != 0) return -1;
    } else {
        sv->listener = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(sv->listener, (struct sockaddr *)&in, sizeof in) != 0) return -1;
        getsockname(sv->listener, (struct sockaddr *)&in, &n);
        sv->port = ntohs(in.sin_port);
    }
    return listen(sv->listener, 256);
}

static void server_start(server *sv, const sv_route *routes, const char *unix_path)
{
    memset(sv, 0, sizeof *sv);
    snprintf(sv->path, sizeof sv->path, "%s", unix_path ? unix_path : "");
    sv->routes = routes;
    pthread_mutex_init(&sv->lock, NULL);
    if (sv_listen(sv) != 0) {
        perror("test server");
        exit(2);
    }
    pthread_create(&sv->acceptor, NULL, sv_accept, sv);
}

static void server_stop(server *sv)
{
    int i;
    sv->over = true;
    pthread_join(sv->acceptor, NULL);
    for (i = 0; i < sv->connections; i++) pthread_join(sv->workers[i], NULL);
    for (i = 0; i < sv->requests; i++) free(sv->log[i]);
    close(sv->listener);
    if (sv->path[0]) unlink(sv->path);
    pthread_mutex_destroy(&sv->lock);
}

/* Return how many logged requests contain TEXT. */
static int server_saw(server *sv, const char *text)
{
    int i, n = 0;
    pthread_mutex_lock(&sv->lock);
    for (i = 0; i < sv->requests; i++) n += strstr(sv->log[i], text) != NULL;
    pthread_mutex_unlock(&sv->lock);
    return n;
}

/* Return the latest request, or "" before the first. */
static inline const char *server_last(server *sv)
{
    const char *text;
    pthread_mutex_lock(&sv->lock);
    text = sv->requests > 0 ? sv->log[sv->requests - 1] : "";
    pthread_mutex_unlock(&sv->lock);
    return text;
}

#endif
