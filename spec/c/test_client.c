/* The life of a call, with a fake transport and clock. */
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "check.h"
#include "json.h"
#include "scripted.h"

#define ORGANIZATION "{\"id\":7,\"name\":\"Acme\"}"

static void test_retries(void)
{
    tg_error err;
    CASE("a read is repeated after a 5xx, and a cut reply")
    {
        fake f = SCRIPT({.status = 502}, {.outcome = TG_X_BROKEN},
                        {.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 3);
        CHECK(f.time > 1e6 + 1); /* the retries were delayed */
        tg_client_free(c);
    }
    CASE("an ambiguous POST is not retried, and ends as unknown")
    {
        fake f = SCRIPT({.outcome = TG_X_BROKEN});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask_to_create(), NULL, &err) == TG_E_UNKNOWN);
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
    CASE("a POST that was not sent is retried")
    {
        fake f = SCRIPT({.outcome = TG_X_UNREACHED, .sent = -1},
                        {.status = 200, .body = "{\"group_id\":9,\"name\":\"Engineering\"}"});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask_to_create(), NULL, &err) == TG_OK);
        CHECK(f.sends == 2);
        tg_client_free(c);
    }
    CASE("an ambiguous DELETE is not retried either")
    {
        fake f = SCRIPT({.outcome = TG_X_BROKEN}, {.status = 404});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask_to_delete(), NULL, &err) == TG_E_UNKNOWN);
        CHECK(f.sends == 1);
        CHECK(kind_of(c, ask_to_delete(), NULL, &err) == TG_E_NOT_FOUND);
        tg_client_free(c);
    }
    CASE("retries end, within the deadline")
    {
        fake f = SCRIPT({.status = 503});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_SERVER);
        CHECK(f.sends == 4);
        double before = f.time;
        kind_of(c, ask("get_organization", 7), &(tg_call_options){.deadline = 0.5}, &err);
        CHECK(f.time - before <= 0.51);
        tg_client_free(c);
    }
    CASE("410 is remembered")
    {
        fake f = SCRIPT({.status = 410});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_GONE);
        CHECK(kind_of(c, ask("get_organization", 8), NULL, &err) == TG_E_GONE);
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
}

static void test_rate(void)
{
    tg_error err;
    CASE("429: retried later, then the client paces its requests, and no caller starves")
    {
        fake f = SCRIPT({.status = 429}, {.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        tg_call *calls[10];
        double before = f.time;
        for (int i = 0; i < 10; i++)
            calls[i] = tg_call_start(c, ask("get_organization", 10 + i), NULL, &err);
        for (int i = 0; i < 1000 && tg_client_step(c, 60000, NULL, 0, &err) > 0; i++) {
        }
        for (int i = 0; i < 10; i++) CHECK(tg_call_done(calls[i]));
        CHECK(f.time - before > 0.5 && f.time - before < 60);
        for (int i = 0; i < 10; i++) tg_call_free(calls[i]);
        tg_client_free(c);
    }
}

static void test_store(void)
{
    tg_error err;
    CASE("a read is answered from the store until it is too old or a write drops it")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        tg_reply *r = run(c, ask("get_organization", 7), NULL, &err);
        CHECK(r && r->source == TG_FROM_STORE && r->cost == 0 && f.sends == 1);
        tg_reply_free(r);
        CHECK(kind_of(c, ask("get_organization", 7), &(tg_call_options){.refresh = true}, &err) ==
              TG_OK);
        CHECK(f.sends == 2);
        f.time += 1e5;
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 3);
        CHECK(kind_of(c, ask_to_delete(), NULL, &err) == TG_OK);
        kind_of(c, ask("get_organization_groups", 7), &(tg_call_options){.offline = true}, &err);
        CHECK(err.kind == TG_E_OFFLINE && f.sends == 4);
        tg_client_free(c);
    }
    CASE("validators: 304 makes it fresh again")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION, .headers = "etag: \"v1\""},
                        {.status = 304});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        f.time += 1e5;
        tg_reply *r = run(c, ask("get_organization", 7), NULL, &err);
        CHECK(r && r->page && f.sends == 2);
        CHECK_STR(f.last_match, "\"v1\"");
        tg_reply_free(r);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 2);
        tg_client_free(c);
    }
    CASE("a stale reply, marked, when the quota is used up")
    {
        fake f = SCRIPT({.status = 200,
                         .body = ORGANIZATION,
                         .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 3000"});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        tg_reply *r = run(c, ask("get_organization", 7),
                          &(tg_call_options){.refresh = true, .stale = true}, &err);
        CHECK(r && r->stale && r->source == TG_FROM_STORE && f.sends == 1);
        tg_reply_free(r);
        tg_client_free(c);
    }
    CASE("an error is not remembered, an empty list is")
    {
        fake f = SCRIPT({.status = 403}, {.status = 200, .body = "[]"});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, ask("get_organization_groups", 7), NULL, &err) == TG_E_FORBIDDEN);
        CHECK(kind_of(c, ask("get_organization_groups", 7), NULL, &err) == TG_OK);
        CHECK(kind_of(c, ask("get_organization_groups", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 2);
        tg_client_free(c);
    }
}

static void test_together(void)
{
    tg_error err;
    CASE("two equal reads at once are coalesced")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION, .later = 1});
        tg_client *c = client(&f, NULL);
        tg_call *a = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call *b = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        while (tg_client_step(c, 60000, NULL, 0, &err) > 0) {
        }
        tg_reply *ra = tg_call_take(a, &err), *rb = tg_call_take(b, &err);
        CHECK(ra && rb && ra->page == rb->page && rb->cost == 0 && f.sends == 1);
        tg_reply_free(ra);
        tg_reply_free(rb);
        tg_call_free(a);
        tg_call_free(b);
        tg_client_free(c);
    }
    CASE("a follower of a cancelled leader sends its own request")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION, .later = 1});
        tg_client *c = client(&f, NULL);
        tg_call *a = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call *b = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call_cancel(a);
        while (tg_client_step(c, 60000, NULL, 0, &err) > 0) {
        }
        tg_reply *rb = tg_call_take(b, &err);
        CHECK(rb && f.sends == 2);
        CHECK(!tg_call_take(a, &err) && err.kind == TG_E_CANCELLED);
        tg_reply_free(rb);
        tg_call_free(a);
        tg_call_free(b);
        tg_client_free(c);
    }
    CASE("a client may be freed before its calls")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION, .later = 1});
        tg_client *c = client(&f, NULL);
        tg_call *a = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_client_free(c);
        CHECK(tg_call_done(a));
        tg_call_free(a);
    }
    CASE("a child process cannot use the parent's client")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        pid_t pid = fork();
        if (pid == 0) {
            bool refused =
                kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_INVALID && f.sends == 1;
            tg_client_free(c);
            _exit(refused ? 0 : 1);
        }
        int status = -1;
        waitpid(pid, &status, 0);
        CHECK(status == 0);
        tg_client_free(c);
    }
}

static void test_credentials(void)
{
    tg_error err;
    CASE("a token is the user name; other credentials serve one call")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, NULL);
        kind_of(c, ask("get_organization", 7), NULL, &err);
        CHECK_STR(f.last_authorization, "Basic dG9rZW46YXBpX3Rva2Vu");
        tg_credentials other = {TG_AUTH_PASSWORD, "ann@acme.test", "secret"};
        kind_of(c, ask("get_organization", 7), &(tg_call_options){.credentials = &other}, &err);
        CHECK_STR(f.last_authorization, "Basic YW5uQGFjbWUudGVzdDpzZWNyZXQ=");
        tg_client_free(c);
    }
    CASE("without credentials nothing is sent, unless the row needs none")
    {
        fake f = SCRIPT({.status = 200, .body = "\"OK\""});
        tg_client_options o = fake_options(&f);
        o.credentials = (tg_credentials){0};
        tg_client *c = tg_client_new(&o, &err);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_AUTH && f.sends == 0);
        CHECK(kind_of(c, ask("get_status", 0), NULL, &err) == TG_OK && f.sends == 1);
        tg_client_free(c);
    }
    CASE("a line break in a token is refused")
    {
        fake f = SCRIPT({.status = 200});
        tg_client_options o = fake_options(&f);
        o.credentials.user = "to\r\nken";
        CHECK(!tg_client_new(&o, &err) && err.kind == TG_E_INVALID);
    }
    CASE("and in the name of the program")
    {
        static const char *const bad[] = {"me/1\r\nX-Evil: yes", "me\n", "\x7f"};
        fake f = SCRIPT({.status = 200});
        tg_client_options o = fake_options(&f);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            o.user_agent = bad[i];
            tg_client *c = tg_client_new(&o, &err);
            CHECK(!c && err.kind == TG_E_INVALID && strstr(err.message, "user agent"));
            tg_client_free(c);
        }
    }
}

static void test_sentences(void)
{
    tg_error err;
    CASE("a sentence is cut at the border of a code point")
    {
        char body[302] = "a";
        for (int i = 0; i < 150; i++) memcpy(body + 1 + 2 * i, "\xC3\xA9", 3);
        fake f = SCRIPT({.status = 403, .body = body});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_FORBIDDEN);
        CHECK(strstr(err.message, "\xC3\xA9"));
        CHECK(tg_utf8_check((tg_text){err.message, strlen(err.message)}, NULL) ==
              strlen(err.message));
        tg_client_free(c);
    }
}

/* Two reasons that together are longer than what a message keeps of them. */
static void test_refusals(void)
{
    tg_error err;
    CASE("a refusal with long reasons ends the call; the change is not sent again")
    {
        char first[400] = "", second[401] = "", body[900];
        memset(first, 'a', 399);
        memset(second, 'b', 400);
        snprintf(body, sizeof body, "{\"failure\":[\"%s\",\"%s\"]}", first, second);
        fake f = SCRIPT({.status = 200, .body = body});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask_to_create(), NULL, &err) == TG_E_PARTIAL && f.sends == 1);
        CHECK(strstr(err.message, "2 parts of the change were refused: aaa"));
        tg_client_free(c);
    }
}

static void test_warnings(void)
{
    tg_error err;
    tg_event ev;
    CASE("a long warning is cut at the border of a code point")
    {
        char sentence[502] = "a";
        fake f = SCRIPT({.status = 200});
        tg_client_options o = fake_options(&f);
        o.want_warnings = true;
        tg_client *c = tg_client_new(&o, &err);
        for (int i = 0; i < 250; i++) memcpy(sentence + 1 + 2 * i, "\xC3\xA9", 3);
        for (int i = 0; i < 2; i++) {
            tg_client_warn(c, sentence + i);
            CHECK(tg_client_event(c, &ev) && strlen(ev.reason) > 390);
            CHECK(tg_utf8_check((tg_text){ev.reason, strlen(ev.reason)}, NULL) ==
                  strlen(ev.reason));
        }
        tg_client_free(c);
    }
}

static void test_raw(void)
{
    tg_error err;
    static const char *const bad[] =
        {"organizations/7", "/a/../me", "/a/%2e%2E/me", "/./me", "/a b", "/a?b=c",
         "/a%2fb",          "/a%",      "/a\r\nX: y",   "/..",   "/a#b", "/a\\b"};
    CASE("paths that could leave the base address are refused")
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!tg_request_raw("GET", (tg_text){bad[i], strlen(bad[i])}, &err));
    CASE("a raw request knows the row it matches")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, with_cache);
        CHECK(kind_of(c, tg_request_raw("GET", TG_TEXT("/organizations/7"), &err), NULL, &err) ==
              TG_OK);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 1);
        CHECK(kind_of(c, tg_request_raw("PUT", TG_TEXT("/organizations/7"), &err), NULL, &err) ==
              TG_OK);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.sends == 3);
        tg_client_free(c);
    }
}

int main(void)
{
    test_retries();
    test_rate();
    test_store();
    test_together();
    test_credentials();
    test_sentences();
    test_refusals();
    test_warnings();
    test_raw();
    CHECK(tg_pages_alive() == 0);
    return check_report();
}
