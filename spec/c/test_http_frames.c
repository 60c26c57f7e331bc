/*
** HTTP/2 failures: forty replies of all shapes cut in six ways, and streams that the server
** refuses. A cut reply never succeeds, and an attempt is one request: libcurl must not retry.
*/
#include "check.h"
#include "http2_server.h"
#include "replies.h"

static h2_server sv;

static void load(size_t i, bool gzip, h2_end end, size_t seed)
{
    static char packed[2048];
    const reply_case *r = &replies[i];
    sv.answer = (h2_answer){.type = r->type,
                            .body = r->body,
                            .n = r->n,
                            .gzip = gzip,
                            .length = seed & 1,
                            .end = end};
    if (gzip) {
        sv.answer.n = replies_pack(r->body, r->n, packed, sizeof packed);
        sv.answer.body = packed;
    }
    if (end == H2_SHORT) sv.answer.length = true;
    size_t near_end = sv.answer.n - 1 - seed % 3 % sv.answer.n;
    sv.answer.sent = seed & 2 ? near_end : seed * 37 % sv.answer.n;
}

/* libcurl 7.88 takes RST_STREAM with NO_ERROR for a regular end: only the body can show the cut. */
static bool cannot_be_told(size_t i)
{
    const h2_answer *a = &sv.answer;
    return a->end == H2_RESET_QUIETLY && !a->gzip && !a->length &&
           !strchr("{[", replies[i].body[0]);
}

/* Send the request until the server has received it: the server may just have closed a connection
   that was kept for reuse. */
static tg_kind asked(tg_client *c, size_t i, bool raw)
{
    tg_kind kind = TG_OK;
    for (int tries = 0, before = sv.requests; tries < 5 && sv.requests == before; tries++)
        kind = replies_get(c, i, raw);
    return kind;
}

static void test_cuts(tg_client *c)
{
    int cuts = 0, wrong = 0, whole = 0, untold = 0;
    CASE("HTTP/2: cut in six ways, packed and plain, with and without a length")
    {
        for (size_t way = 0; way < REPLIES * 14; way++) {
            size_t i = way / 14;
            h2_end end = (h2_end)(way / 2 % 7);
            load(i, way & 1, end, way / 3);
            tg_kind kind = asked(c, i, end != H2_WHOLE && way % 5 == 0);
            cuts += end != H2_WHOLE;
            whole += end == H2_WHOLE && kind == TG_OK;
            if (end == H2_WHOLE || replies_told(i, kind)) continue;
            if (cannot_be_told(i) && kind == TG_OK && ++untold) continue;
            wrong++;
            printf("# %s, %zu of %zu bytes, end %d: kind %d\n", replies[i].op->name, sv.answer.sent,
                   sv.answer.n, end, kind);
        }
        CHECK(wrong == 0);
        CHECK(whole == 2 * REPLIES);
        CHECK(sv.requests >= cuts + whole);
    }
    printf(
        "# HTTP/2: %d cuts, %d wrong successes, %d that libcurl cannot tell; %d of %d whole ones\n",
        cuts, wrong, untold, whole, 2 * REPLIES);
}

/* Build a request of a read or of a write. */
static tg_request *request(bool read)
{
    tg_error err;
    return tg_request_raw(read ? "GET" : "POST", TG_TEXT("/things"), &err);
}

static void test_refused(tg_client *c)
{
    static const h2_end ends[] = {H2_REFUSED, H2_REFUSED_ALL};
    CASE("HTTP/2: a stream is refused, on a new connection and on a kept one: one attempt is one "
         "request")
    {
        for (int i = 0; i < 8; i++) {
            bool kept = i & 1, read = i & 2;
            load(0, false, H2_WHOLE, 0);
            if (kept) CHECK(replies_end(c, request(true)) == TG_OK);
            int before = sv.requests;
            sv.answer.end = ends[i / 4];
            tg_kind kind = replies_end(c, request(read));
            CHECK(kind == (read ? TG_E_TRANSPORT : TG_E_UNKNOWN) && sv.requests - before == 1);
            if (check_failed_here)
                printf("# %d: kind %d, %d requests\n", i, kind, sv.requests - before);
        }
    }
}

/* Write a certificate for 127.0.0.1 and its key to FILE. */
static bool make_certificate(const char *file)
{
    char line[400];
    snprintf(line, sizeof line,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Test "
             "-days 2 "
             "-addext subjectAltName=IP:127.0.0.1 -keyout %s.key -out %s >/dev/null 2>&1 && cat "
             "%s.key >>%s; "
             "rm -f %s.key",
             file, file, file, file, file);
    return system(line) == 0;
}

int main(void)
{
    char url[60], file[] = "/tmp/tg-frames-XXXXXX";
    int fd = mkstemp(file);
    unsetenv("https_proxy");
    if (fd < 0 || close(fd) != 0) return 2;
    if (system("command -v openssl >/dev/null") != 0) {
        printf("# skipped: openssl is not installed, so there are no certificates\n");
        return check_report();
    }
    if (!make_certificate(file)) return 2;
    replies_read();
    h2_start(&sv, file);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", sv.port);
    tg_client *c = replies_client(url, tg_transport_curl(), file);
    test_cuts(c);
    test_refused(c);
    tg_client_free(c);
    h2_stop(&sv);
    unlink(file);
    replies_free();
    return check_report();
}
