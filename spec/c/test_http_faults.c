/*
** The transport against faulty servers: cuts, resets, stalls, redirects. Each has its outcome, and
** no write is sent twice.
*/
#include "http_help.h"

#include <dlfcn.h>
#include <netdb.h>

/* ----------------------------------------------------------------------------------------- ends */

static void test_cuts(tg_transport *t)
{
    char path[40];
    size_t n, head = strlen(NOLEN) - 12;
    CASE("a reply with a length, cut at any byte, is broken")
    {
        for (n = 0; n < strlen(CANNED); n++) {
            sprintf(path, "/cut/len/%zu", n);
            EXPECT(TG_X_BROKEN, path);
        }
    }
    CASE("so is one in chunks")
    {
        for (n = 0; n < strlen(CHUNKS) - strlen("X-Trailer: no\r\n\r\n"); n++) {
            sprintf(path, "/cut/chunks/%zu", n);
            EXPECT(TG_X_BROKEN, path);
        }
    }
    CASE("without a length it is broken up to the end of its headers")
    {
        for (n = 0; n < head; n++) {
            sprintf(path, "/cut/nolen/%zu", n);
            EXPECT(TG_X_BROKEN, path);
        }
        EXPECT(TG_X_REPLY, "/cut/nolen/999");
    }
    CASE("a reset is broken, a reply that is not HTTP refused")
    {
        EXPECT(TG_X_BROKEN, "/reset");
        EXPECT(TG_X_REFUSED, "/garbage"); /* not HTTP: a retry would meet the same server */
        EXPECT(TG_X_REPLY, "/canned");
    }
    CASE("an unreadable reply is not retried, and its message says what is wrong")
    {
        static const char *const forms[][2] = {{"/colon", "eader"},
                                               {"/transfer", "transfer coding"},
                                               {"/length", "Content-Length"},
                                               {"/long", "headers are longer"},
                                               {"/status", "headers are longer"}};
        tg_exchange x;
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
            CHECK(get(t, &x, forms[i][0]) == TG_X_UNREADABLE && x.sent == 1);
            CHECK(strstr(x.message, forms[i][1]));
            clear(&x);
        }
    }
}

static void test_once(tg_transport *t)
{
    tg_exchange x;
    static const char *const verbs[] = {"POST", "PUT", "PATCH", "DELETE", NULL};
    char line[60];
    CASE("a write is never sent twice, even when a kept connection dies under it")
    {
        for (int i = 0; verbs[i]; i++) {
            EXPECT(TG_X_REPLY, "/canned"); /* leaves a connection for reuse */
            prepare(&x, verbs[i], "/drop/once");
            x.body = TG_TEXT("{}");
            CHECK(run(t, &x) == TG_X_BROKEN && x.sent == 1 && x.status == 0);
            sprintf(line, "%s /drop/once", verbs[i]);
            CHECK(server_saw(&sv, line) == 1);
            clear(&x);
        }
    }
    CASE("nor is a read within one attempt, which reports a reused connection")
    {
        EXPECT(TG_X_REPLY, "/canned");
        CHECK(get(t, &x, "/drop/read") == TG_X_BROKEN && x.kept_died);
        CHECK(x.sent == server_saw(&sv, "GET /drop/read") && x.sent == 1);
        clear(&x);
        CHECK(get(t, &x, "/drop/fresh") == TG_X_BROKEN && !x.kept_died && x.sent == 1);
        clear(&x);
    }
    CASE("so does each further one, although libcurl gives up by itself at the sixth")
    {
        for (int i = 0; i < 8; i++) {
            EXPECT(TG_X_REPLY, "/canned");
            CHECK(get(t, &x, "/drop/again") == TG_X_BROKEN && x.kept_died && x.sent == 1);
            CHECK(strcmp(x.message, "the connection ended before any reply came") == 0);
            clear(&x);
        }
    }
    CASE("a write after the server closed an idle connection gets a fresh one")
    {
        CHECK(get(t, &x, "/cut/len/999") == TG_X_REPLY);
        clear(&x);
        usleep(200000);
        prepare(&x, "POST", "/canned");
        CHECK(run(t, &x) == TG_X_REPLY && x.sent == 1);
        clear(&x);
    }
}

static void test_deadlines(tg_transport *t)
{
    static const char *const paths[] = {"/stall", "/half", "/drip", NULL};
    tg_exchange x;
    double begun;
    CASE("a stalled and a slow reply end with the deadline")
    {
        for (int i = 0; paths[i]; i++) {
            prepare(&x, "GET", paths[i]);
            x.timeout = 1;
            begun = now();
            CHECK(run(t, &x) == TG_X_TIMEOUT && x.sent == 1);
            CHECK(now() - begun >= 0.99 && now() - begun < 1.1 && x.seconds >= 0.99);
            clear(&x);
        }
    }
    CASE("a connection that is not accepted ends with its own deadline, and nothing was sent")
    {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof in;
        int full = socket(AF_INET, SOCK_STREAM, 0), fill[8];
        char url[60];
        CHECK(bind(full, (struct sockaddr *)&in, n) == 0 && listen(full, 0) == 0);
        getsockname(full, (struct sockaddr *)&in, &n);
        for (int i = 0; i < 8; i++) {
            fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            (void)!connect(fill[i], (struct sockaddr *)&in, n);
        }
        prepare(&x, "POST", "");
        sprintf(url, "http://127.0.0.1:%d/", ntohs(in.sin_port));
        x.url = url, x.connect_timeout = 0.3;
        begun = now();
        CHECK(run(t, &x) == TG_X_TIMEOUT && x.sent == 0 && now() - begun < 0.4);
        clear(&x);
        for (int i = 0; i < 8; i++) close(fill[i]);
        close(full);
    }
    CASE("a closed port, an unknown host, a missing socket file: unreached")
    {
        tg_transport *u = open_at("/nonexistent/socket");
        prepare(&x, "POST", ""), x.url = "http://127.0.0.1:1/";
        CHECK(run(t, &x) == TG_X_UNREACHED && x.sent == 0 && x.message[0]);
        clear(&x);
        prepare(&x, "POST", ""), x.url = "http://absent.invalid/";
        CHECK(run(t, &x) == TG_X_UNREACHED && x.sent == 0);
        clear(&x);
        prepare(&x, "POST", "/canned");
        CHECK(run(u, &x) == TG_X_UNREACHED && x.sent == 0);
        clear(&x);
        api->close(u);
    }
}

static void test_redirects(tg_transport *t)
{
    tg_exchange x;
    CASE("a read follows within its origin")
    {
        CHECK(get(t, &x, "/back") == TG_X_REPLY && x.status == 200 && x.sent == 3);
        CHECK_STR(x.reply.p, "{\"id\":12345}");
        CHECK(!header(&x, "location"));
        clear(&x);
        CHECK(get(t, &x, "/loop") == TG_X_REFUSED && x.sent == 4 && x.status == 307);
        clear(&x);
    }
    CASE("no other server sees anything")
    {
        CHECK(get(t, &x, "/elsewhere") == TG_X_REFUSED && strstr(x.message, "http://localhost:"));
        clear(&x);
        EXPECT(TG_X_REFUSED, "/odd");
        CHECK(get(t, &x, "/user") == TG_X_REFUSED && !strstr(x.message, "pass"));
        clear(&x);
        CHECK(other.connections == 0);
    }
    CASE("a write goes nowhere")
    {
        prepare(&x, "POST", "/same/post");
        CHECK(run(t, &x) == TG_X_REFUSED && x.sent == 1 && x.status == 302 &&
              strstr(x.message, "127.0.0.1"));
        clear(&x);
    }
    CASE("a redirect to no place is a reply")
    {
        CHECK(get(t, &x, "/nowhere") == TG_X_REPLY && x.status == 302);
        clear(&x);
    }
}

/* Replaces the system's getaddrinfo() to delay lookups. */
static _Atomic bool slow_names;

TG_API int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **res)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (strcmp(node, "slow.invalid") == 0) {
        for (int i = 0; i < 300 && slow_names; i++) usleep(10000);
        return EAI_NONAME;
    }
    return real(node, service, hints, res);
}

static void test_slow_name(void)
{
    tg_transport *t = open_at(NULL);
    tg_exchange x;
    tg_error err;
    double begun = now();
    slow_names = true;
    CASE("a slow name lookup delays neither deadlines nor cancelling")
    {
        prepare(&x, "POST", ""), x.url = "http://slow.invalid/", x.timeout = 0.2;
        CHECK(run(t, &x) == TG_X_TIMEOUT && x.sent == 0);
        CHECK(api->start(t, &x, &err));
        for (int i = 0; i < 3; i++) api->step(t, 10, NULL, 0, &err);
        api->close(t);
        CHECK(now() - begun < 1);
        clear(&x);
    }
    slow_names = false;
    usleep(200000); /* libcurl's resolver thread ends by itself */
}

int main(void)
{
    tg_transport *t = begin();
    test_cuts(t);
    test_once(t);
    test_deadlines(t);
    test_redirects(t);
    api->close(t);
    test_slow_name();
    return end();
}
