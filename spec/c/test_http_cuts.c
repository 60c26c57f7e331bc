/*
** Cut forty replies of all shapes. The decoder alone gets each reply cut at every byte, gzipped and
** plain, without a length. A server then cuts them by closing the connection. No cut may succeed,
** except a bare number without a length: cut after a digit, it is a shorter number.
*/
#include "ask.h"
#include "check.h"
#include "http_server.h"
#include "replies.h"
#include "slot.h"

/* ---------------------------------------------------------------------------------- the decoder */

/* A transport without a connection: it passes the bytes in `cut` to the real decoder. */

static tg_slot slot;
static tg_exchange *held;
static struct {
    const reply_case *reply;
    const char *p;
    size_t n, step; /* bytes; bytes that are passed at a time */
    bool gzip;
} cut;

static tg_transport *decoder_open(const tg_transport_options *o, tg_error *err)
{
    (void)o, (void)err;
    return (tg_transport *)&slot;
}

static void add_header(tg_buf *out, const char *name, const char *value)
{
    tg_buf_add(out, name, strlen(name) + 1);
    tg_buf_add(out, value, strlen(value) + 1);
}

/* Return NULL or what is wrong with the bytes. */
static const char *decode(void)
{
    char bytes[2048];
    const char *why = NULL;
    bool big;
    memcpy(bytes, cut.p, cut.n);
    if (!cut.gzip) tg_buf_add(&slot.x->reply, bytes, cut.n);
    for (size_t at = 0; cut.gzip && !why && at < cut.n; at += cut.step)
        why =
            tg_http_unpack(&slot, bytes + at, cut.n - at < cut.step ? cut.n - at : cut.step, &big);
    return why;
}

static bool decoder_start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    (void)t, (void)err;
    held = slot.x = x;
    tg_buf_reset(&x->headers);
    tg_buf_reset(&x->reply);
    x->unmarked = x->kept_died = false;
    add_header(&x->headers, "content-type", cut.reply->type);
    if (cut.gzip) add_header(&x->headers, "content-encoding", "gzip");
    slot.head_done = true;
    tg_http_begin_coding(&slot);
    const char *why = decode();
    if (why)
        tg_http_end(&slot, TG_X_BROKEN, why);
    else
        tg_http_judge(&slot, CURLE_OK);
    x->status = 200;
    x->sent = 1;
    return true;
}

static bool decoder_step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    (void)t, (void)ms, (void)fds, (void)n, (void)err;
    return true;
}

static tg_exchange *decoder_done(tg_transport *t)
{
    tg_exchange *x = held;
    (void)t;
    held = NULL;
    return x;
}

static void decoder_cancel(tg_transport *t, tg_exchange *x)
{
    (void)t, (void)x;
}

static void decoder_close(tg_transport *t)
{
    (void)t;
}

static double decoder_timeout(tg_transport *t)
{
    (void)t;
    return held ? 0 : -1;
}

static int decoder_fds(tg_transport *t, struct pollfd *fds, unsigned max)
{
    (void)t, (void)fds, (void)max;
    return 0;
}

static const tg_transport_api decoder = {.version = TG_TRANSPORT_VERSION,
                                         .open = decoder_open,
                                         .close = decoder_close,
                                         .start = decoder_start,
                                         .step = decoder_step,
                                         .done = decoder_done,
                                         .cancel = decoder_cancel,
                                         .timeout = decoder_timeout,
                                         .fds = decoder_fds,
                                         .wakeup = decoder_close};

/* ------------------------------------------------------------------------------------- verdicts */

/* Return whether the reply is a bare number whose first N bytes are a number too. */
static bool cannot_be_told(const reply_case *r, size_t n)
{
    return r->n && strspn(r->body, "-+.eE0123456789") == r->n &&
           tg_json_check_at((tg_text){r->body, n}, &n, NULL);
}

/* Return whether the cut lost only trailing whitespace: the JSON is complete without it. */
static bool only_space_is_gone(const reply_case *r, size_t n)
{
    return n > 0 && strspn(r->body + n, " \r\n") == r->n - n;
}

/* Return whether the body itself shows its end. A file, a text and an empty body do not. */
static bool has_end(const reply_case *r)
{
    return strstr(r->type, "json") != NULL;
}

static int cuts, wrong, untold;

static void count(size_t i, size_t n, bool plain, tg_kind kind)
{
    cuts++;
    if (plain && cannot_be_told(&replies[i], n)) {
        untold += kind == TG_OK;
    } else if (!replies_told(i, kind)) {
        wrong++;
        printf("# %s, %zu of %zu bytes: kind %d\n", replies[i].op->name, n, replies[i].n, kind);
    }
}

static void cut_everywhere(tg_client *c, size_t i, const char *p, size_t n)
{
    cut.p = p;
    for (cut.n = 0; cut.n < n; cut.n++) {
        cut.step = cut.n % 2 ? 1 : sizeof replies;
        if (!cut.gzip && only_space_is_gone(&replies[i], cut.n)) continue;
        for (int raw = 0; raw < 2; raw++) count(i, cut.n, !cut.gzip, replies_get(c, i, raw));
    }
}

static void test_decoder(void)
{
    char bytes[2048];
    int whole = 0;
    tg_client *c = replies_client("http://127.0.0.1:9", &decoder, NULL);
    slot.easy = curl_easy_init();
    CASE("every cut of every reply, by the decoder alone, packed and plain, by its operation and "
         "raw")
    {
        for (size_t i = 0; i < REPLIES; i++) {
            cut.reply = &replies[i];
            cut.gzip = false;
            cut_everywhere(c, i, replies[i].body, replies[i].n);
            cut.n = replies[i].n;
            CHECK((replies_get(c, i, false) == TG_OK) == has_end(&replies[i]));
            cut.gzip = true;
            size_t n = replies_pack(replies[i].body, replies[i].n, bytes, sizeof bytes);
            cut_everywhere(c, i, bytes, n);
            cut.n = n;
            whole += replies_get(c, i, false) == TG_OK;
        }
        CHECK(wrong == 0 && whole == REPLIES);
        CHECK(untold == 2 * (9 + 2 + 0)); /* 3100000007, then -1.5e3 at its -1 and its -1.5 */
    }
    printf(
        "# decoder: %d replies, %d cuts, %d wrong successes, %d bare numbers that cannot be told\n",
        REPLIES, cuts, wrong, untold);
    tg_client_free(c);
    tg_http_free_coding(&slot);
    curl_easy_cleanup(slot.easy);
}

/* ------------------------------------------------------------------------------------- the wire */

static const struct {
    const char *name, *line, *head;
    bool marked; /* Content-Length or chunks mark the end of the body */
} frames[] = {
    {"no length", "HTTP/1.1 200 OK\r\n", "Connection: close\r\n", false},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n", "", false},
    {"a length", "HTTP/1.1 200 OK\r\n", "Content-Length: %zu\r\nConnection: close\r\n", true},
    {"chunks", "HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\nConnection: close\r\n", true},
};

#define WAYS (2 * sizeof frames / sizeof *frames) /* each gzipped and plain */

static server sv;
static char wire[4096];
static sv_route cut_routes[] = {{"/", wire, 0, SV_CLOSE}, {NULL, NULL, 0, SV_KEEP}};

/* Write the whole reply into `wire`. *HEAD: bytes before its body. Return its size up to the last
   byte whose loss must be noticed. */
static size_t compose(const reply_case *r, size_t frame, bool gzip, size_t *head)
{
    char body[2048];
    size_t n = r->n, at;
    bool chunks = frame == 3;
    memcpy(body, r->body, n);
    if (gzip) n = replies_pack(r->body, r->n, body, sizeof body);
    at =
        (size_t)sprintf(wire, "%s%s", frames[frame].line, gzip ? "Content-Encoding: gzip\r\n" : "");
    at += (size_t)sprintf(wire + at, frames[frame].head, n);
    at += (size_t)sprintf(wire + at, "Content-Type: %s\r\n\r\n", r->type);
    *head = at;
    if (chunks) at += (size_t)sprintf(wire + at, "%zx\r\n", n);
    memcpy(wire + at, body, n);
    at += n;
    if (!gzip && !frames[frame].marked)
        while (strchr(" \r\n", wire[at - 1])) at--;
    if (chunks) at += (size_t)sprintf(wire + at, "\r\n0\r\n");
    return at;
}

static void test_wire(tg_client *c)
{
    int right = 0, wholes = 0;
    cuts = wrong = untold = 0;
    CASE("cuts over the wire: with and without a length, in chunks, HTTP/1.0 and 1.1, packed and "
         "plain")
    {
        for (size_t way = 0; way < REPLIES * WAYS; way++) {
            size_t i = way / WAYS, frame = way / 2 % (WAYS / 2), head;
            size_t n = compose(&replies[i], frame, way & 1, &head);
            for (size_t k = 0; k < 2; k++) { /* anywhere, then near the end */
                cut_routes[0].n = k ? n - 1 - way % 7 % (n - head) : head + way * 37 % (n - head);
                count(i, cut_routes[0].n - head, !(way & 1) && !frames[frame].marked,
                      replies_get(c, i, way & 2));
            }
            if (frame == 3) n += (size_t)sprintf(wire + n, "\r\n");
            cut_routes[0].n = n;
            bool good = frames[frame].marked || (way & 1) || has_end(&replies[i]);
            right += (replies_get(c, i, false) == TG_OK) == good;
            wholes++;
        }
        CHECK(wrong == 0 && right == wholes);
        CHECK(server_saw(&sv, "HTTP/1.1\r\n") == cuts + wholes); /* each was requested once */
    }
    printf("# wire: %d cuts, %d wrong successes, %d bare numbers that cannot be told; %d of %d "
           "whole ones as they are\n",
           cuts, wrong, untold, right, wholes);
}

/* Bodies that do not show their end: a file, a text, an empty reply. */
static void test_endless(tg_client *c)
{
    tg_error err;
    char text[] =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n%PDF-1.7 OK";
    const tg_op *op = tg_op_find("get_organization_invoice");
    size_t head = strlen(text) - strlen("%PDF-1.7 OK");
    CASE("a body without a length that does not show its end is no reply; a write is then unknown")
    {
        memcpy(wire, text, sizeof text);
        for (cut_routes[0].n = head; cut_routes[0].n < sizeof text; cut_routes[0].n++) {
            tg_request *r = ask(op->name, 7);
            tg_request_text(r, &op->params[1], TG_TEXT("1001"), &err);
            CHECK(replies_end(c, r) == TG_E_TRANSPORT);
            CHECK(replies_end(c, tg_request_raw("GET", TG_TEXT("/status"), &err)) ==
                  TG_E_TRANSPORT);
            CHECK(replies_end(c, tg_request_raw("POST", TG_TEXT("/things"), &err)) == TG_E_UNKNOWN);
            CHECK(replies_end(c, ask_to_delete()) == TG_E_UNKNOWN);
        }
    }
}

int main(void)
{
    char url[60];
    unsetenv("http_proxy");
    replies_read();
    test_decoder();
    server_start(&sv, cut_routes, NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", sv.port);
    tg_client *c = replies_client(url, tg_transport_curl(), NULL);
    test_wire(c);
    tg_client_free(c);
    server_stop(&sv);
    server_start(&sv, cut_routes, NULL); /* starts with an empty log */
    snprintf(url, sizeof url, "http://127.0.0.1:%d", sv.port);
    c = replies_client(url, tg_transport_curl(), NULL);
    test_endless(c);
    tg_client_free(c);
    server_stop(&sv);
    replies_free();
    return check_report();
}
