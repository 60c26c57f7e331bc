/* Calls that wait: for one another, for a window, for a deadline; and what a change under way means for the rest. */
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "check.h"
#include "client.h"
#include "fake_http.h"

#define ORGANIZATION "{\"id\":7,\"name\":\"Acme\"}"
#define OLD_NAME     "{\"id\":7,\"name\":\"Old\"}"

static void with_cache(tg_client_options *o)
{
    o->cache_path = ":memory:";
}

static void pump(tg_client *c, const tg_call *call)
{
    tg_error err;
    for (int i = 0; i < 100000 && !tg_call_done(call); i++) tg_client_step(c, 60000, NULL, 0, &err);
}

/* The kind in which CALL ends; it is freed. */
static tg_kind end_of(tg_client *c, tg_call *call, tg_error *err)
{
    pump(c, call);
    tg_reply *reply = tg_call_take(call, err);
    tg_kind kind = reply ? TG_OK : err->kind;
    tg_reply_free(reply);
    tg_call_free(call);
    return kind;
}

/* The name in the reply of CALL, which is freed. */
static bool names(tg_client *c, tg_call *call, const char *name)
{
    tg_error err;
    pump(c, call);
    tg_reply *reply = tg_call_take(call, &err);
    bool is = reply && reply->page && strstr(tg_page_text(reply->page).p, name);
    tg_reply_free(reply);
    tg_call_free(call);
    return is;
}

/* ------------------------------------------------------------------------------------------------ the same question */

/* Reads take five seconds and see what was so when they were sent; a change takes one. */
static fake_answer slow_reads(fake *f, const tg_exchange *x)
{
    bool *changed = f->user;
    if (strcmp(x->verb, "GET") != 0) *changed = true;
    if (strcmp(x->verb, "GET") != 0) return (fake_answer){.status = 200, .later = 1};
    return (fake_answer){.status = 200, .body = *changed ? ORGANIZATION : OLD_NAME, .later = 5};
}

static fake_answer slow(fake *f, const tg_exchange *x)
{
    (void)f, (void)x;
    return (fake_answer){.status = 200, .body = ORGANIZATION, .later = 5};
}

static fake_answer used_up_then_open(fake *f, const tg_exchange *x)
{
    (void)x;
    if (f->sends > 1) return (fake_answer){.status = 200, .body = ORGANIZATION};
    return (fake_answer){
        .status = 402, .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 600\n", .body = "used up"};
}

static void test_followers(void)
{
    tg_error err;
    CASE("who has waited for a change gets no answer that was sent for before it")
    {
        bool changed = false;
        fake f = {.answer = slow_reads, .time = 1e6, .user = &changed};
        tg_client *c = client(&f, NULL);
        tg_call *first = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        CHECK(end_of(c, tg_call_start(c, ask_to_delete(), NULL, &err), &err) == TG_OK);
        CHECK(!tg_call_done(first));
        CHECK(names(c, tg_call_start(c, ask("get_organization", 7), NULL, &err), "Acme"));
        CHECK(names(c, first, "Old"));
        tg_client_free(c);
    }
    CASE("who will not wait for a window does not, whatever others do")
    {
        fake f = {.answer = used_up_then_open, .time = 1e6};
        tg_client *c = client(&f, with_wait);
        tg_call *patient = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_client_step(c, 10, NULL, 0, &err);
        tg_call_options hurry = {.no_wait = true};
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 7), &hurry, &err), &err) == TG_E_QUOTA);
        CHECK(f.time < 1e6 + 60);
        CHECK(end_of(c, patient, &err) == TG_OK);
        tg_client_free(c);
    }
    CASE("when the one who asked is cancelled, one of the others asks for all of them")
    {
        fake f = {.answer = slow, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *calls[5];
        for (int i = 0; i < 5; i++) calls[i] = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call_cancel(calls[0]);
        for (int i = 1; i < 5; i++) CHECK(end_of(c, calls[i], &err) == TG_OK);
        CHECK(f.sends == 2);
        tg_call_free(calls[0]);
        tg_client_free(c);
    }
    CASE("one who follows may be cancelled or freed, and the others are not harmed")
    {
        fake f = {.answer = slow, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *calls[3];
        for (int i = 0; i < 3; i++) calls[i] = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call_free(calls[1]);
        CHECK(end_of(c, calls[0], &err) == TG_OK);
        CHECK(end_of(c, calls[2], &err) == TG_OK);
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
}

/* --------------------------------------------------------------------------------------------------------- deadline */

static fake_answer too_fast(fake *f, const tg_exchange *x)
{
    (void)x;
    return f->sends == 1 ? (fake_answer){.status = 429, .headers = "retry-after: 400\n"}
                         : (fake_answer){.status = 200, .body = ORGANIZATION};
}

static fake_answer broken(fake *f, const tg_exchange *x)
{
    (void)f, (void)x;
    return (fake_answer){.outcome = TG_X_BROKEN};
}

static fake_answer redirected(fake *f, const tg_exchange *x)
{
    (void)x;
    return (fake_answer){.outcome = TG_X_REFUSED, .status = *(const int *)f->user};
}

static fake_answer broken_then_refused(fake *f, const tg_exchange *x)
{
    (void)x;
    return (fake_answer){.outcome = f->sends == 1 ? TG_X_BROKEN : TG_X_REFUSED, .sent = f->sends == 1 ? 0 : -1};
}

static void test_deadlines(void)
{
    tg_error err;
    tg_call_options two = {.deadline = 2};
    CASE("a turn after a 429 that comes too late is not waited for")
    {
        fake f = {.answer = too_fast, .time = 1e6};
        tg_client *c = client(&f, NULL);
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 1), NULL, &err), &err) == TG_E_RATE);
        tg_call *calls[20];
        for (int i = 0; i < 20; i++) calls[i] = tg_call_start(c, ask("get_organization", 100 + i), &two, &err);
        double start = f.time;
        CHECK(end_of(c, calls[19], &err) == TG_E_TIMEOUT);
        CHECK(f.time - start < 2.5);
        for (int i = 0; i < 19; i++) tg_call_free(calls[i]);
        tg_client_free(c);
    }
    CASE("a write that may have been done is unknown, also when time is up before it can be repeated")
    {
        fake f = {.answer = broken, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *call = tg_call_start(c, ask_to_delete(), &(tg_call_options){.deadline = 30}, &err);
        tg_client_step(c, 10, NULL, 0, &err);
        CHECK(call->unclear && call->stage == TG_S_WAITING);
        call->due = f.time + 100; /* as a pace or a window would have it */
        CHECK(end_of(c, call, &err) == TG_E_UNKNOWN);
        CHECK(!strstr(err.message, "nothing was changed"));
        tg_client_free(c);
    }
    CASE("nor is it undone by a repeat that this side refused")
    {
        fake f = {.answer = broken_then_refused, .time = 1e6};
        tg_client *c = client(&f, NULL);
        CHECK(end_of(c, tg_call_start(c, ask_to_delete(), NULL, &err), &err) == TG_E_UNKNOWN);
        CHECK(f.sends == 2);
        tg_client_free(c);
    }
}

static void test_redirects(void)
{
    tg_error err;
    CASE("a redirect has not carried out a write, but 303 has")
    {
        int status = 307;
        fake f = {.answer = redirected, .time = 1e6, .user = &status};
        tg_client *c = client(&f, NULL);
        CHECK(end_of(c, tg_call_start(c, ask_to_delete(), NULL, &err), &err) == TG_E_TRANSPORT);
        status = 303;
        CHECK(end_of(c, tg_call_start(c, ask_to_delete(), NULL, &err), &err) == TG_E_UNKNOWN);
        tg_client_free(c);
    }
}

/* ------------------------------------------------------------------------------------------------- what is stored */

static fake_answer slow_delete(fake *f, const tg_exchange *x)
{
    (void)f;
    bool read = strcmp(x->verb, "GET") == 0;
    return (fake_answer){.status = 200, .body = read ? "[]" : "", .later = read ? 0 : 5};
}

static fake_answer not_modified(fake *f, const tg_exchange *x)
{
    (void)f, (void)x;
    return (fake_answer){.status = 304};
}

static void test_stored(void)
{
    tg_error err;
    CASE("a write that is given up after it was sent makes stale what it changes")
    {
        fake f = {.answer = slow_delete, .time = 1e6};
        tg_client *c = client(&f, with_cache);
        CHECK(end_of(c, tg_call_start(c, ask("get_organization_groups", 7), NULL, &err), &err) == TG_OK);
        tg_call *call = tg_call_start(c, ask_to_delete(), NULL, &err);
        tg_call_cancel(call);
        CHECK(end_of(c, call, &err) == TG_E_UNKNOWN);
        int before = f.sends;
        CHECK(end_of(c, tg_call_start(c, ask("get_organization_groups", 7), NULL, &err), &err) == TG_OK);
        CHECK(f.sends == before + 1);
        tg_client_free(c);
    }
    CASE("304 to a question without a condition is no answer")
    {
        fake f = {.answer = not_modified, .time = 1e6};
        tg_client *c = client(&f, with_cache);
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 7), NULL, &err), &err) == TG_E_DECODE);
        CHECK(err.status == 304);
        tg_client_free(c);
    }
}

/* ------------------------------------------------------------------------------------------------ an unknown window */

typedef struct window_server {
    int left, refused;
    bool backwards; /* of the first sixteen, the last is answered first */
} window_server;

/* Thirty requests; the first is answered at once, all others late. */
static fake_answer thirty(fake *f, const tg_exchange *x)
{
    static char headers[100];
    window_server *s = f->user;
    double later = s->backwards ? (f->sends > 16 ? 2 : 1 - 0.01 * f->sends) : f->sends == 1 ? 0.01 : 1;
    (void)x;
    if (s->left == 0) {
        s->refused++;
        return (fake_answer){.status = 402,
                             .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 3000\n",
                             .body = "used up",
                             .later = later};
    }
    snprintf(headers, sizeof headers, "x-toggl-quota-remaining: %d\nx-toggl-quota-resets-in: 3000\n", --s->left);
    return (fake_answer){.status = 200, .headers = headers, .body = ORGANIZATION, .later = later};
}

/* A hundred different reads at once of a window of thirty. */
static void hundred(bool backwards)
{
    tg_error err;
    window_server s = {.left = 30, .backwards = backwards};
    fake f = {.answer = thirty, .time = 1e6, .user = &s};
    tg_client *c = client(&f, NULL);
    tg_call *calls[100];
    int good = 0, quota = 0;
    for (int i = 0; i < 100; i++) {
        tg_request *r = ask("get_organization", 7);
        tg_request_query(r, TG_TEXT("n"), (tg_text){&"0123456789"[i % 10], 1}, &err);
        tg_request_query(r, TG_TEXT("m"), (tg_text){&"0123456789"[i / 10], 1}, &err);
        calls[i] = tg_call_start(c, r, NULL, &err);
    }
    for (int i = 0; i < 100; i++) {
        tg_kind kind = end_of(c, calls[i], &err);
        good += kind == TG_OK;
        quota += kind == TG_E_QUOTA;
    }
    CHECK(s.refused == 0 && good == 30 && quota == 70);
    tg_client_free(c);
}

static void test_first_contact(void)
{
    CASE("the first count does not include what was under way with it: no request meets a closed window")
    hundred(false);
    CASE("but a first word that was the last of them does: none of the thirty is lost") hundred(true);
}

/* ------------------------------------------------------------------------------------------------------- processes */

static void test_fork(void)
{
    tg_error err;
    CASE("a child asks nothing of its parent's calls")
    {
        int status = -1;
        fake f = {.answer = slow, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *call = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        pid_t pid = fork();
        if (pid == 0) {
            tg_call_cancel(call);
            bool touched = f.count == 0;
            tg_call_free(call);
            _exit(touched || tg_client_timeout(c) >= 0);
        }
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        CHECK(end_of(c, call, &err) == TG_OK);
        tg_client_free(c);
    }
}

int main(void)
{
    test_followers();
    test_deadlines();
    test_redirects();
    test_stored();
    test_first_contact();
    test_fork();
    return check_report();
}
