/*
** Helpers of the transport's tests: two servers, their replies, and functions that send requests to
** them.
*/
#ifndef HTTP_HELP_H
#define HTTP_HELP_H

#include "check.h"
#include "http_server.h"

#include <time.h>
#include <zlib.h>

#include "transport.h"

#define AUTH "Basic c2VjcmV0OmFwaV90b2tlbg=="
#define CANNED                                                                                     \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "                        \
    "12\r\n\r\n{\"id\":12345}"
#define NOLEN "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\":12345}"
#define CHUNKS                                                                                     \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "                                                       \
    "chunked\r\n\r\n6\r\n{\"id\":\r\n6\r\n12345}\r\n0\r\nX-Trailer: no\r\n\r\n"
#define MOVED(status, to)                                                                          \
    "HTTP/1.1 " status " Moved\r\nLocation: " to "\r\nContent-Length: 4\r\n\r\ngone"

static char zipped[4096], bomb[1 << 20], big[300000], headers[200000], head_line[200000],
    status_line[200000], elsewhere[200], back[200];

static sv_route routes[] = {
    SV_TEXT("/canned", CANNED, SV_KEEP),
    SV_TEXT("/cut/len/", CANNED, SV_CUT),
    SV_TEXT("/cut/nolen/", NOLEN, SV_CUT),
    SV_TEXT("/cut/chunks/", CHUNKS, SV_CUT),
    SV_TEXT("/chunks", CHUNKS, SV_KEEP),
    SV_TEXT("/names",
            "HTTP/1.1 200 Yes\r\nX-UPPER-Case:  Two Words \r\n: "
            "nameless\r\n of no name\r\nEmpty:\r\n"
            "X-Folded: one\r\n\t two \r\n  three\r\nContent-Length: 0\r\n\r\n",
            SV_KEEP),
    SV_TEXT("/early", "HTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\n" CANNED, SV_KEEP),
    SV_TEXT("/drop", "", SV_CLOSE),
    SV_TEXT("/reset", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[", SV_RESET),
    SV_TEXT("/stall", "", SV_STALL),
    SV_TEXT("/half", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[", SV_STALL),
    SV_TEXT("/drip", CANNED, SV_DRIP),
    SV_TEXT("/colon", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", SV_CLOSE),
    SV_TEXT("/transfer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: bogus\r\n\r\n{}", SV_CLOSE),
    SV_TEXT("/length", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}", SV_CLOSE),
    {"/long", head_line, 0, SV_CLOSE},
    {"/status", status_line, 0, SV_CLOSE},
    SV_TEXT("/garbage", "SSH-2.0-none\r\n", SV_CLOSE),
    SV_TEXT("/teapot", "HTTP/1.1 418 No\r\nContent-Length: 3\r\n\r\nnot", SV_KEEP),
    SV_TEXT("/same", MOVED("302", "/canned"), SV_KEEP),
    SV_TEXT("/loop", MOVED("307", "/loop"), SV_KEEP),
    SV_TEXT("/odd", MOVED("301", "javascript:alert(1)"), SV_KEEP),
    SV_TEXT("/user", MOVED("301", "http://me:pass@127.0.0.1/canned"), SV_KEEP),
    SV_TEXT("/nowhere", "HTTP/1.1 302 Moved\r\nContent-Length: 0\r\n\r\n", SV_KEEP),
    {"/elsewhere", elsewhere, 0, SV_KEEP},
    {"/back", back, 0, SV_KEEP},
    {"/zipped", zipped, 0, SV_KEEP},
    {"/bomb", bomb, 0, SV_KEEP},
    {"/big", big, 0, SV_KEEP},
    {"/headers", headers, 0, SV_KEEP},
    {NULL, NULL, 0, SV_KEEP},
};

static const tg_transport_api *api;
static server sv, other;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set_route(const char *path, size_t n)
{
    sv_route *r;
    for (r = routes; r->path; r++)
        if (strcmp(r->path, path) == 0) r->n = n;
}

/* Write a reply whose body is N zeros, gzipped. */
static size_t make_zipped(char *out, size_t size, size_t n)
{
    char *zeros = calloc(1, n), *body = malloc(size);
    z_stream z = {.next_in = (Bytef *)zeros,
                  .avail_in = (uInt)n,
                  .next_out = (Bytef *)body,
                  .avail_out = (uInt)size};
    size_t head;
    memset(zeros, '0', n);
    deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    head =
        (size_t)sprintf(out,
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
                        z.total_out);
    memcpy(out + head, body, z.total_out);
    deflateEnd(&z);
    free(zeros);
    free(body);
    return head + z.total_out;
}

static void make_routes(void)
{
    int n = sprintf(big, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
    memset(big + n, 'x', 200000);
    set_route("/big", (size_t)n + 200000);
    memset(status_line, 'a', sizeof status_line);
    memcpy(status_line, "HTTP/1.1 200 ", 13);
    set_route("/status", sizeof status_line);
    memset(head_line, 'a', sizeof head_line);
    memcpy(head_line, "HTTP/1.1 200 OK\r\nX: ", 20);
    set_route("/long", sizeof head_line);
    n = sprintf(headers, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    while (n < 90000) n += sprintf(headers + n, "X-Padding: %0100d\r\n", n);
    set_route("/headers", (size_t)(n + sprintf(headers + n, "\r\n")));
    set_route("/zipped", make_zipped(zipped, sizeof zipped, 5000));
    set_route("/bomb", make_zipped(bomb, sizeof bomb, 64 << 20));
    set_route("/elsewhere",
              (size_t)sprintf(elsewhere, MOVED("302", "http://localhost:%d/canned"), other.port));
    set_route("/back", (size_t)sprintf(back, MOVED("308", "HTTP://127.0.0.1:%d/same"), sv.port));
}

/* -------------------------------------------------------------------------------------- helpers */

static tg_transport *open_at(const char *unix_socket)
{
    tg_transport_options o = {.unix_socket = unix_socket, .user_agent = "test/1"};
    tg_error err;
    tg_transport *t = api->open(&o, &err);
    if (t) return t;
    printf("# open: %s\n", err.message);
    exit(2);
}

static void prepare(tg_exchange *x, const char *verb, const char *path)
{
    static char urls[256][200]; /* a ring: more than are in use at once */
    static int turn;
    char *url = urls[turn++ % 256];
    snprintf(url, 200, "http://127.0.0.1:%d%s", sv.port, path);
    *x = (tg_exchange){.verb = verb,
                       .url = url,
                       .authorization = AUTH,
                       .timeout = 5,
                       .connect_timeout = 5};
    tg_buf_init(&x->headers, TG_BUF_NO_LIMIT);
    tg_buf_init(&x->reply, 100000);
}

static void clear(tg_exchange *x)
{
    tg_buf_clear(&x->headers);
    tg_buf_clear(&x->reply);
}

static void finish(tg_transport *t, const tg_exchange *x)
{
    tg_error err;
    double end = now() + 30;
    while (now() < end && api->step(t, 1000, NULL, 0, &err))
        if (api->done(t) == x) return;
    printf("# %s %s never ended\n", x->verb, x->url);
    exit(2);
}

static tg_outcome run(tg_transport *t, tg_exchange *x)
{
    tg_error err;
    if (!api->start(t, x, &err)) {
        snprintf(x->message, sizeof x->message, "%.190s", err.message);
        return TG_X_RUNNING;
    }
    finish(t, x);
    return x->outcome;
}

static tg_outcome get(tg_transport *t, tg_exchange *x, const char *path)
{
    prepare(x, "GET", path);
    return run(t, x);
}

static const char *header(const tg_exchange *x, const char *name)
{
    const char *p = x->headers.p, *end = p + x->headers.n, *value;
    for (; p < end; p = value + strlen(value) + 1) {
        value = p + strlen(p) + 1;
        if (strcmp(p, name) == 0) return value;
    }
    return NULL;
}

#define EXPECT(outcome_, path)                                                                     \
    do {                                                                                           \
        tg_exchange x_;                                                                            \
        CHECK(get(t, &x_, (path)) == (outcome_));                                                  \
        if (check_failed_here) printf("# %s: outcome %d, %s\n", (path), x_.outcome, x_.message);   \
        clear(&x_);                                                                                \
    } while (0)

static tg_transport *begin(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsetenv("http_proxy");
    api = tg_transport_curl();
    server_start(&sv, routes, NULL);
    server_start(&other, routes, NULL);
    make_routes();
    return open_at(NULL);
}

static int end(void)
{
    server_stop(&sv);
    server_stop(&other);
    return check_report();
}

#endif
