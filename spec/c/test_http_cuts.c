/*
** Replies of all shapes, cut at every byte: by the reader alone, with no word on where the text should end, and over the
** wire by a server that ends the connection there. No cut is a success, but for a bare number whose digits end at the cut
** where nothing says how long it is: that cannot be told.
*/
#include <zlib.h>

#include "ask.h"
#include "check.h"
#include "http_server.h"
#include "transport.h"

#define PLACE "{\"id\":52,\"name\":\"Main \\u00e9\\ud83d\\ude00\",\"admin\":true,\"organization_id\":7,\"rate\":-1.5e3}"
#define GROUP                                                                                                          \
    "{\"group_id\":9,\"name\":\"Caf\xC3\xA9\",\"users\":[{\"user_id\":1,\"joined\":false}],\"workspaces\":[52]}"

/* An operation, the path it asks, and what it is answered. */
static const struct {
    const char *op;
    int64_t organization;
    const char *path, *body;
} replies[] = {
    {"get_organization", 7, "/organizations/7", "{\"id\":7,\"name\":\"Acme\",\"permissions\":[\"view\"],\"at\":null}"},
    {"get_organization", 7, "/organizations/7", " {\"id\" : 7 , \"name\":\"\\\"A\\\\\"}\r\n"},
    {"get_organization_groups", 7, "/organizations/7/groups", "[" GROUP "," GROUP "]"},
    {"get_organization_groups", 7, "/organizations/7/groups", "[]"},
    {"get_organization_groups", 7, "/organizations/7/groups", "null"},
    {"get_organization_workspaces_statistics", 7, "/organizations/7/workspaces/statistics",
     "{\"52\":{\"admins\":[],\"members_count\":4}}"},
    {"get_status", 0, "/status", "\"OK \\u20ac\""},
    {"get_status", 0, "/status", "{\"status\":\"OK\"}"},
    {"get_status", 0, "/status", "true"},
    {"get_status", 0, "/status", "[" PLACE "]"},
};

#define REPLIES (sizeof replies / sizeof *replies)

static const struct {
    const char *name, *line, *head;
} frames[] = {
    {"no length", "HTTP/1.1 200 OK\r\n", "Connection: close\r\n"},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n", ""},
    {"a length", "HTTP/1.1 200 OK\r\n", "Content-Length: %zu\r\nConnection: close\r\n"},
    {"chunks", "HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\nConnection: close\r\n"},
};

static server sv;
static char wire[4096];
static sv_route cut_routes[] = {{"/", wire, 0, SV_CLOSE}, {NULL, NULL, 0, SV_KEEP}};

/* ------------------------------------------------------------------------------------------------------ the reader */

/* How many cuts of TEXT the reader takes for a whole text of SHAPE. */
static int taken(tg_text text, tg_shape shape)
{
    int wrong = 0;
    for (size_t n = 0; n < text.n; n++) {
        tg_error err;
        tg_page *p = tg_page_of((tg_text){text.p, n}, shape, NULL, &err);
        bool only_space_is_gone = n > 0 && strspn(text.p + n, " \r\n") == text.n - n;
        wrong += p && !only_space_is_gone;
        tg_page_unref(p);
    }
    return wrong;
}

static void test_reader(void)
{
    size_t cuts = 0;
    int wrong = 0;
    CASE("every cut, by the reader alone")
    {
        for (size_t i = 0; i < REPLIES; i++) {
            static const tg_shape shapes[] = {0, TG_REPLY_ANY, TG_REPLY_ANY, TG_REPLY_ANY};
            tg_text text = {replies[i].body, strlen(replies[i].body)};
            for (size_t s = 0; s < 4; s++, cuts += text.n)
                wrong += taken(text, s ? shapes[s] : tg_op_find(replies[i].op)->reply);
        }
        CHECK(wrong == 0);
        CHECK(taken(TG_TEXT("12345"), TG_REPLY_INT) == 4); /* the one that cannot be told */
    }
    printf("# %zu replies, %zu cuts, %d wrong successes\n", REPLIES * 4, cuts, wrong);
}

/* --------------------------------------------------------------------------------------------------------- the wire */

static size_t packed(const char *body, size_t n, char *out, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body, .avail_in = (uInt)n, .next_out = (Bytef *)out};
    z.avail_out = (uInt)size;
    deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
}

/* Writes the whole reply into `wire`. *HEAD: bytes before its body. Returns its size without what may be missing. */
static size_t compose(size_t reply, size_t frame, bool gzip, size_t *head)
{
    char body[1024];
    size_t n = strlen(replies[reply].body), at;
    bool chunks = frame == 3;
    memcpy(body, replies[reply].body, n);
    if (gzip) n = packed(replies[reply].body, n, body, sizeof body);
    at = (size_t)sprintf(wire, "%s%s", frames[frame].line, gzip ? "Content-Encoding: gzip\r\n" : "");
    at += (size_t)sprintf(wire + at, frames[frame].head, n);
    at += (size_t)sprintf(wire + at, "Content-Type: application/json\r\n\r\n");
    *head = at;
    if (chunks) at += (size_t)sprintf(wire + at, "%zx\r\n", n);
    memcpy(wire + at, body, n);
    at += n;
    if (!gzip && !chunks && frame < 2)
        while (strchr(" \r\n", wire[at - 1])) at--; /* JSON is whole without the blanks behind it */
    if (chunks) at += (size_t)sprintf(wire + at, "\r\n0\r\n");
    return at;
}

static tg_kind ends(tg_client *c, tg_request *request)
{
    tg_error err = {.kind = TG_OK};
    tg_call *call = tg_call_start(c, request, NULL, &err);
    if (!call) return err.kind;
    while (!tg_call_done(call) && tg_client_step(c, 1000, NULL, 0, &err) >= 0) continue;
    tg_reply *r = tg_call_take(call, &err);
    tg_kind kind = r ? TG_OK : err.kind;
    tg_reply_free(r);
    tg_call_free(call);
    return kind;
}

static tg_kind asked(tg_client *c, size_t reply)
{
    return ends(c, ask(replies[reply].op, replies[reply].organization));
}

/* What has no end of its own: a file, a bare text, a reply that says nothing. */
static void test_endless(tg_client *c)
{
    tg_error err;
    char text[] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n%PDF-1.7 OK";
    const tg_op *op = tg_op_find("get_organization_invoice");
    size_t head = strlen(text) - strlen("%PDF-1.7 OK");
    CASE("bytes without a length and without an end of their own are no reply, and a change is then unknown")
    {
        memcpy(wire, text, sizeof text);
        for (cut_routes[0].n = head; cut_routes[0].n < sizeof text; cut_routes[0].n++) {
            tg_request *r = ask(op->name, 7);
            tg_request_text(r, &op->params[1], TG_TEXT("1001"), &err);
            CHECK(ends(c, r) == TG_E_TRANSPORT);
            CHECK(ends(c, tg_request_raw("GET", TG_TEXT("/status"), &err)) == TG_E_TRANSPORT);
            CHECK(ends(c, tg_request_raw("POST", TG_TEXT("/things"), &err)) == TG_E_UNKNOWN);
            CHECK(ends(c, ask_to_delete()) == TG_E_UNKNOWN);
        }
    }
}

static void test_wire(tg_client *c)
{
    int cuts = 0, wrong = 0, whole = 0;
    CASE("cuts over the wire: with and without a length, in chunks, HTTP/1.0 and 1.1, packed and plain")
    {
        for (size_t i = 0; i < REPLIES * 8; i++) {
            size_t reply = i / 8, frame = i / 2 % 4, head, n = compose(reply, frame, i & 1, &head);
            for (size_t k = 0; k < 7; k++, cuts++) {
                cut_routes[0].n = head + k * (n - head) / 7;
                tg_kind kind = asked(c, reply);
                if (kind == TG_OK)
                    printf("# %s, %s, %zu bytes\n", replies[reply].body, frames[frame].name, cut_routes[0].n);
                wrong += kind == TG_OK;
            }
            if (frame == 3) n += (size_t)sprintf(wire + n, "\r\n");
            cut_routes[0].n = n;
            whole += asked(c, reply) == TG_OK;
        }
        CHECK(wrong == 0 && server_saw(&sv, "GET ") == cuts + whole); /* each was asked once */
        CHECK(whole == (int)REPLIES * 8);
    }
    printf("# %d cuts, %d wrong successes; %d of %zu whole ones\n", cuts, wrong, whole, REPLIES * 8);
}

int main(void)
{
    tg_error err;
    char url[60];
    unsetenv("http_proxy");
    server_start(&sv, cut_routes, NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", sv.port);
    tg_client_options o = {.base_url = url, .transport = tg_transport_curl(), .retries = -1};
    o.credentials = (tg_credentials){TG_AUTH_TOKEN, "0123456789abcdef0123456789abcdef", NULL};
    tg_client *c = tg_client_new(&o, &err);
    if (!c) return 2;
    test_reader();
    test_wire(c);
    test_endless(c);
    tg_client_free(c);
    server_stop(&sv);
    return check_report();
}
