/*
** The transport against correct servers: requests, replies, and the pump.
*/
#include "http_help.h"

#include <signal.h>
#include <sys/time.h>

/* ------------------------------------------------------------------------------------ good ends */

static void test_get(tg_transport *t)
{
    tg_exchange x;
    int i, before;
    CASE("a GET brings status, headers and body")
    {
        CHECK(get(t, &x, "/canned") == TG_X_REPLY);
        CHECK(x.status == 200 && x.sent == 1 && x.seconds > 0 && x.message[0] == '\0');
        CHECK_STR(x.reply.p, "{\"id\":12345}");
        CHECK_STR(header(&x, "content-type"), "application/json");
        clear(&x);
    }
    CASE("requests share one connection")
    {
        before = sv.connections;
        for (i = 0; i < 20; i++) EXPECT(TG_X_REPLY, "/canned");
        CHECK(sv.connections == before);
    }
    CASE("any status is a reply")
    {
        CHECK(get(t, &x, "/teapot") == TG_X_REPLY && x.status == 418);
        CHECK_STR(x.reply.p, "not");
        clear(&x);
    }
    CASE("header names are lower case, values trimmed, oddities left out")
    {
        CHECK(get(t, &x, "/names") == TG_X_REPLY);
        CHECK_STR(header(&x, "x-upper-case"), "Two Words");
        CHECK_STR(header(&x, "empty"), "");
        CHECK_STR(header(&x, "x-folded"), "one two three");
        CHECK_STR(header(&x, "content-length"), "0");
        CHECK(!header(&x, ""));
        clear(&x);
    }
    CASE("headers of a 1xx and of a trailer are dropped")
    {
        CHECK(get(t, &x, "/early") == TG_X_REPLY && x.status == 200);
        CHECK(!header(&x, "link") && header(&x, "content-length"));
        clear(&x);
        CHECK(get(t, &x, "/chunks") == TG_X_REPLY);
        CHECK(!header(&x, "x-trailer"));
        CHECK_STR(x.reply.p, "{\"id\":12345}");
        clear(&x);
    }
}

static void test_request(tg_transport *t)
{
    tg_exchange x;
    const char *seen;
    CASE("a POST sends exactly its bytes")
    {
        prepare(&x, "POST", "/canned/post");
        x.body = (tg_text){"{\"a\":\"\0\r\n\"} and more", 10};
        CHECK(run(t, &x) == TG_X_REPLY);
        seen = server_last(&sv);
        CHECK(strstr(seen, "POST /canned/post HTTP/1.1\r\n") == seen);
        CHECK(strstr(seen, "\r\nContent-Length: 10\r\n") &&
              strstr(seen, "\r\nContent-Type: application/json\r\n"));
        CHECK(strstr(seen, "\r\nUser-Agent: test/1\r\n") &&
              strstr(seen, "\r\nAuthorization: " AUTH "\r\n"));
        CHECK(memcmp(strstr(seen, "\r\n\r\n") + 4, x.body.p, 10) == 0);
        clear(&x);
    }
    CASE("a long body is sent without Expect: 100-continue")
    {
        char *body = malloc(1500000);
        memset(body, ' ', 1500000);
        prepare(&x, "PUT", "/canned/long");
        x.body = (tg_text){body, 1500000};
        CHECK(run(t, &x) == TG_X_REPLY && server_saw(&sv, "PUT /canned/long") == 1);
        CHECK(server_saw(&sv, "Expect:") == 0);
        clear(&x);
        free(body);
    }
    CASE("a POST without a body says length 0; verbs do not linger in a handle")
    {
        static const char *const verbs[] = {"POST", "HEAD", "DELETE", "PATCH", "GET", NULL};
        for (int i = 0; verbs[i]; i++) {
            prepare(&x, verbs[i], "/names/verbs");
            CHECK(run(t, &x) == TG_X_REPLY);
            seen = server_last(&sv);
            CHECK(strncmp(seen, verbs[i], strlen(verbs[i])) == 0);
            CHECK(!strstr(seen, "Content-Length: 0") == (verbs[i][0] != 'P'));
            clear(&x);
        }
    }
    CASE("conditions and credentials belong to one request")
    {
        prepare(&x, "GET", "/canned/if");
        x.if_none_match = "\"abc\"", x.if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT";
        CHECK(run(t, &x) == TG_X_REPLY);
        CHECK(server_saw(&sv, "\r\nIf-None-Match: \"abc\"\r\n") == 1 &&
              server_saw(&sv, "\r\nIf-Modified-Since: Sun") == 1);
        clear(&x);
        prepare(&x, "GET", "/canned/bare");
        x.authorization = NULL;
        CHECK(run(t, &x) == TG_X_REPLY);
        CHECK(!strstr(server_last(&sv), "Authorization") && !strstr(server_last(&sv), "If-"));
        clear(&x);
    }
    CASE("a path goes out as it is")
    {
        EXPECT(TG_X_REPLY, "/canned/../me?a=%2F..");
        CHECK(server_saw(&sv, "GET /canned/../me?a=%2F.. HTTP/1.1") == 1);
    }
    CASE("a handle that is used again has the address of its own request")
    {
        static const char *const paths[] = {"/canned/1",       "/canned/1", "/canned/2", "/same/3",
                                            "/canned/4?a=%2F", "/same/3",   "/canned/1"};
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
            prepare(&x, "GET", "");
            x.url = "http://u:p@127.0.0.1/"; /* libcurl refuses it */
            if (i % 2) CHECK(run(t, &x) == TG_X_REFUSED);
            clear(&x);
            EXPECT(TG_X_REPLY, paths[i]);
        }
        CHECK(server_saw(&sv, "GET /canned/1 ") == 3 && server_saw(&sv, "GET /canned/2 ") == 1);
        CHECK(server_saw(&sv, "GET /same/3 ") == 2 && server_saw(&sv, "/4?a=%2F ") == 1);
    }
}

static bool refused(tg_transport *t, tg_exchange *x)
{
    tg_error err = {.kind = TG_OK};
    bool ok =
        !api->start(t, x, &err) && err.kind == TG_E_INVALID && err.message[0] && !api->done(t);
    clear(x);
    return ok;
}

static void test_injection(tg_transport *t)
{
    tg_exchange x;
    int before = server_saw(&sv, "HTTP/1.1");
    CASE("control characters are refused before anything is sent")
    {
        prepare(&x, "GET", "/canned"), x.authorization = "Basic a\r\nX-Evil: 1";
        CHECK(refused(t, &x));
        prepare(&x, "GET", "/canned"), x.if_none_match = "a\nb";
        CHECK(refused(t, &x));
        prepare(&x, "GET", "/canned"), x.if_modified_since = "a\rb";
        CHECK(refused(t, &x));
        prepare(&x, "GET", "/canned HTTP/1.1\r\nX-Evil: 1\r\n");
        CHECK(refused(t, &x));
        prepare(&x, "GET /x", "/canned");
        CHECK(refused(t, &x));
        CHECK(server_saw(&sv, "HTTP/1.1") == before);
        EXPECT(TG_X_REPLY, "/canned");
    }
    CASE("addresses that are none, or name a user, end as refused")
    {
        static const char *const bad[] = {"ftp://127.0.0.1/", "file:///etc/passwd",
                                          "http://u:p@127.0.0.1/", "http://", ""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            prepare(&x, "GET", "");
            x.url = bad[i];
            CHECK(run(t, &x) == TG_X_REFUSED && x.sent == 0 && x.message[0]);
            clear(&x);
        }
    }
}

static void test_sizes(tg_transport *t)
{
    tg_exchange x;
    CASE("a gzipped body is decoded")
    {
        CHECK(get(t, &x, "/zipped") == TG_X_REPLY && x.reply.n == 5000 && x.reply.p[4999] == '0');
        CHECK(server_saw(&sv, "gzip") > 0);
        clear(&x);
    }
    CASE("a reply past its cap is cut, packed or not")
    {
        CHECK(get(t, &x, "/big") == TG_X_TOO_BIG && x.reply.n <= 100000 && x.message[0]);
        clear(&x);
        CHECK(get(t, &x, "/bomb") == TG_X_TOO_BIG && x.reply.n <= 100000 && x.reply.size <= 100001);
        clear(&x);
        EXPECT(TG_X_REPLY, "/canned");
    }
    CASE("headers without end are cut")
    {
        CHECK(get(t, &x, "/headers") == TG_X_UNREADABLE && x.headers.n <= 65536);
        clear(&x);
    }
}

/* ------------------------------------------------------------------------------------- the pump */

static void *wake_later(void *t)
{
    usleep(100000);
    api->wakeup(t);
    return NULL;
}

static void on_alarm(int sig)
{
    (void)sig;
}

static void test_step(tg_transport *t)
{
    struct pollfd f = {.events = POLLIN};
    tg_exchange x;
    tg_error err;
    double begun = now();
    int pipe_[2];
    prepare(&x, "GET", "/stall");
    CASE("a step of 0 ms does not wait")
    {
        CHECK(api->timeout(t) < 0 && api->start(t, &x, &err) && api->timeout(t) >= 0);
        for (int i = 0; i < 50; i++) CHECK(api->step(t, 0, NULL, 0, &err));
        CHECK(now() - begun < 0.2 && !api->done(t));
    }
    CASE("a foreign descriptor ends the wait, also by hanging up")
    {
        CHECK(pipe(pipe_) == 0 && write(pipe_[1], "x", 1) == 1);
        f.fd = pipe_[0], begun = now();
        CHECK(api->step(t, 3000, &f, 1, &err) && f.revents == POLLIN &&
              read(pipe_[0], &err, 1) == 1);
        close(pipe_[1]);
        CHECK(api->step(t, 3000, &f, 1, &err) && f.revents == POLLHUP && now() - begun < 1);
        close(pipe_[0]);
    }
    CASE("a loop outside learns what to wait for")
    {
        struct pollfd out[4];
        CHECK(api->fds(t, out, 4) == 1 && out[0].events == POLLIN && api->fds(t, out, 0) == 0);
        CHECK(api->timeout(t) > 0);
    }
    api->cancel(t, &x);
    clear(&x);
}

/* With no request in flight libcurl has no timer that could end the wait. */
static void test_wait(void)
{
    struct itimerval soon = {.it_value.tv_usec = 100000};
    struct sigaction act = {.sa_handler = on_alarm}, was;
    tg_transport *t = open_at(NULL);
    pthread_t thread;
    tg_error err;
    double begun = now();
    CASE("a step with nothing to do waits as long as it may")
    {
        CHECK(api->step(t, 100, NULL, 0, &err) && now() - begun >= 0.099);
    }
    CASE("another thread can end the wait")
    {
        begun = now();
        pthread_create(&thread, NULL, wake_later, t);
        CHECK(api->step(t, 3000, NULL, 0, &err) && now() - begun < 1);
        pthread_join(thread, NULL);
    }
    CASE("a signal ends the wait")
    {
        sigaction(SIGALRM, &act, &was);
        begun = now();
        setitimer(ITIMER_REAL, &soon, NULL);
        CHECK(api->step(t, 3000, NULL, 0, &err) && now() - begun > 0.09 && now() - begun < 1);
        sigaction(SIGALRM, &was, NULL);
    }
    api->close(t);
}

static void test_cancel(void)
{
    tg_exchange x;
    tg_error err;
    static const char *const paths[] = {"/stall", "/half", "/drip", "/canned", "/same"};
    CASE("an exchange can be cancelled at every point")
    {
        tg_transport *t = open_at(NULL);
        for (int steps = 0; steps < 8; steps++)
            for (int p = 0; p < 5; p++) {
                prepare(&x, "GET", paths[p]);
                CHECK(api->start(t, &x, &err));
                for (int i = 0; i < steps; i++) api->step(t, 5, NULL, 0, &err);
                api->cancel(t, &x);
                CHECK(x.private_ == NULL && !api->done(t) && (p > 2) >= (x.outcome == TG_X_REPLY));
                api->cancel(t, &x); /* cancelling an ended exchange does nothing */
                clear(&x);
            }
        EXPECT(TG_X_REPLY, "/canned");
        api->close(t);
    }
    CASE("closing drops requests in flight and replies not fetched")
    {
        tg_exchange many[20];
        tg_transport *t = open_at(NULL);
        for (int i = 0; i < 20; i++) {
            prepare(&many[i], "POST", i % 2 ? "/stall" : "/canned");
            CHECK(api->start(t, &many[i], &err));
        }
        for (int i = 0; i < 10; i++) api->step(t, 10, NULL, 0, &err);
        api->close(t);
        for (int i = 0; i < 20; i++) clear(&many[i]);
        api->close(NULL);
    }
}

static void test_many(void)
{
    static tg_exchange many[200];
    tg_exchange *x;
    tg_error err;
    tg_transport *t = open_at(NULL);
    int ended = 0, good = 0, round = 0;
    CASE("200 at once, twice over the same handles")
    {
        for (; round < 2; round++, ended = 0) {
            for (int i = 0; i < 200; i++) {
                prepare(&many[i], i % 3 ? "GET" : "POST", i % 50 == 49 ? "/drop" : "/canned/many");
                CHECK(api->start(t, &many[i], &err));
            }
            for (double end = now() + 20; ended < 200 && now() < end;) {
                CHECK(api->step(t, 1000, NULL, 0, &err));
                while ((x = api->done(t)))
                    ended++, good += x->outcome == TG_X_REPLY && x->reply.n == 12;
            }
            CHECK(ended == 200);
            for (int i = 0; i < 200; i++) clear(&many[i]);
        }
        CHECK(good == 392);
    }
    api->close(t);
}

/* A proxy gets the whole address, which libcurl prints from the parsed one. */
static void test_proxy(void)
{
    char place[60];
    tg_exchange x;
    snprintf(place, sizeof place, "http://127.0.0.1:%d", sv.port);
    setenv("http_proxy", place, 1);
    tg_transport *t = open_at(NULL);
    CASE("through a proxy each request has its own address too")
    {
        for (int i = 0; i < 3; i++) {
            prepare(&x, "GET", "");
            x.url = i % 2 ? "http://one.invalid/p?a=%2F" : "http://two.invalid:81/../q";
            run(t, &x);
            clear(&x);
        }
        CHECK(server_saw(&sv, "GET http://one.invalid/p?a=%2F HTTP/1.1\r\nHost: one.invalid\r") ==
              1);
        CHECK(server_saw(&sv, "GET http://two.invalid:81/../q HTTP/1.1\r\nHost: two.inva") == 2);
    }
    api->close(t);
    unsetenv("http_proxy");
}

static void test_unix(void)
{
    server local;
    tg_transport *t;
    tg_exchange x;
    char path[60];
    snprintf(path, sizeof path, "/tmp/tg-http-%ld.sock", (long)getpid());
    server_start(&local, routes, path);
    CASE("a Unix socket, whatever the proxy variables say")
    {
        setenv("http_proxy", "http://127.0.0.1:1", 1);
        t = open_at(path);
        prepare(&x, "GET", "/canned"), x.url = "http://localhost/canned";
        CHECK(run(t, &x) == TG_X_REPLY && local.connections == 1);
        clear(&x);
        api->close(t);
        t = open_at(NULL);
        CHECK(get(t, &x, "/canned") == TG_X_UNREACHED); /* TCP uses the proxy */
        clear(&x);
        api->close(t);
        unsetenv("http_proxy");
    }
    server_stop(&local);
}

int main(void)
{
    tg_transport *t = begin();
    test_get(t);
    test_request(t);
    test_injection(t);
    test_sizes(t);
    test_step(t);
    api->close(t);
    test_wait();
    test_cancel();
    test_many();
    test_proxy();
    test_unix();
    return end();
}
