/*
** An HTTP/2 server that sends one configured reply and can cut it in several ways. It parses frames
** and stream identifiers but no headers: every request gets that reply. One thread serves one
** connection at a time.
*/
#ifndef HTTP2_SERVER_H
#define HTTP2_SERVER_H

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef enum h2_end {
    H2_WHOLE,
    H2_MID_FRAME,     /* the connection closes inside a DATA frame */
    H2_CLOSED,        /* the connection closes after a DATA frame, without END_STREAM */
    H2_RESET,         /* RST_STREAM with INTERNAL_ERROR after a DATA frame */
    H2_RESET_QUIETLY, /* RST_STREAM with NO_ERROR after a DATA frame */
    H2_GOAWAY,        /* GOAWAY with INTERNAL_ERROR after a DATA frame */
    H2_SHORT,         /* END_STREAM before content-length bytes */
    H2_REFUSED,       /* RST_STREAM with REFUSED_STREAM, no reply */
    H2_REFUSED_ALL    /* GOAWAY with last stream 0, no reply */
} h2_end;

typedef struct h2_answer {
    const char *type, *body;
    size_t n, sent; /* bytes of the body; bytes of it that are sent, unless H2_WHOLE */
    bool gzip, length;
    h2_end end;
} h2_answer;

typedef struct h2_server {
    int listener, port;
    gnutls_certificate_credentials_t certificate;
    pthread_t thread;
    h2_answer answer; /* the test sets it between two requests */
    _Atomic int requests, connections;
    _Atomic bool over;
} h2_server;

enum { H2_DATA, H2_HEADERS, H2_RST_STREAM = 3, H2_SETTINGS, H2_PING = 6, H2_GONE };

typedef struct h2_peer {
    h2_server *sv;
    gnutls_session_t tls;
    int fd; /* receives with a timeout of 20 ms */
} h2_peer;

/* Read N bytes. Return false if the peer closed the connection or the server is being stopped. */
static bool h2_read(const h2_peer *p, uint8_t *out, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = gnutls_record_recv(p->tls, out + at, n - at);
        if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
            got = p->sv->over ? -1 : 0;
        else if (got == 0)
            got = -1;
        if (got < 0) return false;
        at += (size_t)got;
    }
    return true;
}

static void h2_number(uint8_t *out, size_t bytes, uint32_t value)
{
    while (bytes > 0) out[--bytes] = (uint8_t)value, value >>= 8;
}

/* Send a frame whose header gives LENGTH, with N bytes of payload. */
static void h2_frame(const h2_peer *p, uint8_t type, uint8_t flags, uint32_t stream, size_t length,
                     const void *data, size_t n)
{
    uint8_t out[9 + 4096];
    h2_number(out, 3, (uint32_t)length);
    out[3] = type;
    out[4] = flags;
    h2_number(out + 5, 4, stream);
    if (n) memcpy(out + 9, data, n);
    gnutls_record_send(p->tls, out, 9 + n);
}

static void h2_code(const h2_peer *p, uint8_t type, uint32_t stream, uint32_t first,
                    uint32_t second)
{
    uint8_t out[8];
    size_t n = type == H2_GONE ? 8 : 4;
    h2_number(out, 4, first);
    h2_number(out + 4, 4, second);
    h2_frame(p, type, 0, stream, n, out, n);
}

/* Write a literal header field without indexing (RFC 7541, 6.2.2). INDEX: its name in the static
   table, 15 or above. Returns its size. */
static size_t h2_header(uint8_t *out, uint8_t index, const char *value)
{
    size_t n = strlen(value);
    out[0] = 0x0f;
    out[1] = (uint8_t)(index - 15);
    out[2] = (uint8_t)n;
    memcpy(out + 3, value, n);
    return n + 3;
}

static void h2_headers(const h2_peer *p, uint32_t stream, const h2_answer *a)
{
    uint8_t out[300] = {0x88}; /* :status 200 */
    char length[24];
    size_t n = 1;
    snprintf(length, sizeof length, "%zu", a->n);
    n += h2_header(out + n, 31, a->type);
    if (a->gzip) n += h2_header(out + n, 26, "gzip");
    if (a->length) n += h2_header(out + n, 28, length);
    h2_frame(p, H2_HEADERS, 4, stream, n, out, n);
}

/* Send the reply. Return true if the connection stays open. */
static bool h2_reply(const h2_peer *p, uint32_t stream, const h2_answer *a)
{
    bool whole = a->end == H2_WHOLE, ends = whole || a->end == H2_SHORT;
    size_t n = whole ? a->n : a->sent;
    if (a->end == H2_REFUSED) return h2_code(p, H2_RST_STREAM, stream, 7, 0), true;
    if (a->end == H2_REFUSED_ALL) return h2_code(p, H2_GONE, 0, 0, 0), false;
    h2_headers(p, stream, a);
    h2_frame(p, H2_DATA, ends, stream, a->end == H2_MID_FRAME ? a->n : n, a->body, n);
    if (a->end == H2_RESET) h2_code(p, H2_RST_STREAM, stream, 2, 0);
    if (a->end == H2_RESET_QUIETLY) h2_code(p, H2_RST_STREAM, stream, 0, 0);
    if (a->end == H2_GOAWAY) h2_code(p, H2_GONE, 0, stream, 2);
    return ends || a->end == H2_RESET || a->end == H2_RESET_QUIETLY;
}

/* Read one frame and answer it. Return false if the connection has ended. */
static bool h2_take(const h2_peer *p)
{
    static uint8_t in[1 << 16]; /* one connection at a time */
    if (!h2_read(p, in, 9)) return false;
    size_t n = (size_t)in[0] << 16 | (size_t)in[1] << 8 | in[2];
    uint8_t type = in[3], flags = in[4];
    uint32_t stream = (uint32_t)in[5] << 24 | (uint32_t)in[6] << 16 | (uint32_t)in[7] << 8 | in[8];
    if (n > sizeof in || !h2_read(p, in, n)) return false;
    if (type == H2_SETTINGS && !(flags & 1)) h2_frame(p, H2_SETTINGS, 1, 0, 0, NULL, 0);
    if (type == H2_PING && !(flags & 1)) h2_frame(p, H2_PING, 1, 0, 8, in, 8);
    p->sv->requests += type == H2_HEADERS;
    bool asked = (type == H2_HEADERS || type == H2_DATA) && flags & 1; /* END_STREAM */
    return asked ? h2_reply(p, stream, &p->sv->answer) : true;
}

static bool h2_shake(const h2_peer *p)
{
    gnutls_datum_t h2 = {(unsigned char *)"h2", 2};
    int rc;
    gnutls_set_default_priority(p->tls);
    gnutls_credentials_set(p->tls, GNUTLS_CRD_CERTIFICATE, p->sv->certificate);
    gnutls_alpn_set_protocols(p->tls, &h2, 1, GNUTLS_ALPN_MANDATORY);
    gnutls_transport_set_int(p->tls, p->fd);
    do rc = gnutls_handshake(p->tls);
    while (rc < 0 && !gnutls_error_is_fatal(rc) && !p->sv->over);
    return rc == GNUTLS_E_SUCCESS;
}

static void h2_serve(h2_server *sv, int fd)
{
    uint8_t rest[256];
    struct timeval soon = {.tv_usec = 20000};
    int now = 1;
    h2_peer p = {.sv = sv, .fd = fd};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    gnutls_init(&p.tls, GNUTLS_SERVER);
    bool on = h2_shake(&p) && h2_read(&p, rest, 24); /* the connection preface */
    if (on) h2_frame(&p, H2_SETTINGS, 0, 0, 0, NULL, 0);
    while (on) on = h2_take(&p);
    if (sv->answer.end != H2_MID_FRAME) gnutls_bye(p.tls, GNUTLS_SHUT_WR);
    /* Read until the peer closes: close() with unread bytes would reset the connection. */
    shutdown(fd, SHUT_WR);
    while (recv(fd, rest, sizeof rest, 0) > 0) continue;
    close(fd);
    gnutls_deinit(p.tls);
}

static void *h2_run(void *server)
{
    h2_server *sv = server;
    while (!sv->over) {
        struct pollfd f = {.fd = sv->listener, .events = POLLIN};
        if (poll(&f, 1, 20) <= 0) continue;
        sv->connections++;
        h2_serve(sv, accept(sv->listener, NULL, NULL));
    }
    return NULL;
}

/* Start SV on a free port. FILE: its certificate and key in PEM. */
static void h2_start(h2_server *sv, const char *file)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    memset(sv, 0, sizeof *sv);
    gnutls_certificate_allocate_credentials(&sv->certificate);
    if (gnutls_certificate_set_x509_key_file(sv->certificate, file, file, GNUTLS_X509_FMT_PEM) < 0)
        exit(2);
    sv->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(sv->listener, (struct sockaddr *)&in, n) != 0 || listen(sv->listener, 64) != 0)
        exit(2);
    getsockname(sv->listener, (struct sockaddr *)&in, &n);
    sv->port = ntohs(in.sin_port);
    pthread_create(&sv->thread, NULL, h2_run, sv);
}

static void h2_stop(h2_server *sv)
{
    sv->over = true;
    pthread_join(sv->thread, NULL);
    close(sv->listener);
    gnutls_certificate_free_credentials(sv->certificate);
}

#endif
