/* Calls that wait for each other, for a window or for a deadline, and the effect of a write in
   flight on other calls. */
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "check.h"
#include "fake_http.h"
#include "pump.h"
#include "state_sqlite.h"

#define ORGANIZATION "{\"id\":7,\"name\":\"Acme\"}"
#define OLD_NAME     "{\"id\":7,\"name\":\"Old\"}"

static void with_cache(tg_client_options *o)
{
    o->cache_path = ":memory:";
}

/* Pump CALL, free it, and return whether its reply contains NAME. */
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

/* ---------------------------------------------------------------------------- the same question */

/* A read takes five seconds and returns the state at its sending; a write takes one second. */
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
    return (fake_answer){.status = 402,
                         .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 600\n",
                         .body = "used up"};
}

static void test_followers(void)
{
    tg_error err;
    CASE("a read that waited for a write gets no reply to an earlier request")
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
    CASE("a call without wait does not wait for a window, even as a follower")
    {
        fake f = {.answer = used_up_then_open, .time = 1e6};
        tg_client *c = client(&f, with_wait);
        tg_call *patient = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_client_step(c, 10, NULL, 0, &err);
        tg_call_options hurry = {.no_wait = true};
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 7), &hurry, &err), &err) ==
              TG_E_QUOTA);
        CHECK(f.time < 1e6 + 60);
        CHECK(end_of(c, patient, &err) == TG_OK);
        tg_client_free(c);
    }
    CASE("when the leader is cancelled, one follower becomes the leader")
    {
        fake f = {.answer = slow, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *calls[5];
        for (int i = 0; i < 5; i++)
            calls[i] = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call_cancel(calls[0]);
        for (int i = 1; i < 5; i++) CHECK(end_of(c, calls[i], &err) == TG_OK);
        CHECK(f.sends == 2);
        tg_call_free(calls[0]);
        tg_client_free(c);
    }
    CASE("a follower may be cancelled or freed without an effect on the others")
    {
        fake f = {.answer = slow, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *calls[3];
        for (int i = 0; i < 3; i++)
            calls[i] = tg_call_start(c, ask("get_organization", 7), NULL, &err);
        tg_call_free(calls[1]);
        CHECK(end_of(c, calls[0], &err) == TG_OK);
        CHECK(end_of(c, calls[2], &err) == TG_OK);
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
}

/* ------------------------------------------------------------------------------------- deadline */

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

static void test_deadlines(void)
{
    tg_error err;
    tg_call_options two = {.deadline = 2};
    CASE("a call does not wait for a slot after a 429 beyond its deadline")
    {
        fake f = {.answer = too_fast, .time = 1e6};
        tg_client *c = client(&f, NULL);
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 1), NULL, &err), &err) ==
              TG_E_RATE);
        tg_call *calls[20];
        for (int i = 0; i < 20; i++)
            calls[i] = tg_call_start(c, ask("get_organization", 100 + i), &two, &err);
        double start = f.time;
        CHECK(end_of(c, calls[19], &err) == TG_E_TIMEOUT);
        CHECK(f.time - start < 2.5);
        for (int i = 0; i < 19; i++) tg_call_free(calls[i]);
        tg_client_free(c);
    }
    CASE("an ambiguous write is unknown, and not retried")
    {
        fake f = {.answer = broken, .time = 1e6};
        tg_client *c = client(&f, NULL);
        tg_call *call = tg_call_start(c, ask_to_delete(), &(tg_call_options){.deadline = 30}, &err);
        CHECK(end_of(c, call, &err) == TG_E_UNKNOWN);
        CHECK(!strstr(err.message, "this call changed nothing"));
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
}

/* ------------------------------------------------------------------------- more than go at once */

typedef struct crowd_server {
    int most;             /* most exchanges in the transport at once */
    double least_timeout; /* shortest timeout of an exchange, in seconds */
} crowd_server;

static fake_answer in_five_seconds(fake *f, const tg_exchange *x)
{
    crowd_server *s = f->user;
    if (f->count + 1 > s->most) s->most = f->count + 1;
    if (x->timeout < s->least_timeout) s->least_timeout = x->timeout;
    return (fake_answer){.status = 200, .body = ORGANIZATION, .later = 5};
}

/* Start 200 different reads at once, after one reply has shown that this server has no quota. */
static void start_crowd(tg_client *c, tg_call *calls[200], const tg_call_options *o)
{
    tg_error err;
    end_of(c, tg_call_start(c, ask("get_organization", 7), NULL, &err), &err);
    for (int i = 0; i < 200; i++) {
        char n[12];
        tg_request *r = ask("get_organization", 7);
        tg_request_query(r, TG_TEXT("n"), (tg_text){n, (size_t)sprintf(n, "%d", i)}, &err);
        calls[i] = tg_call_start(c, r, o, &err);
    }
}

static void test_crowds(void)
{
    tg_error err;
    tg_call *calls[200];
    CASE("calls beyond what a transport carries wait outside of it, and their timeout begins when "
         "they are sent")
    {
        crowd_server s = {.least_timeout = 100};
        fake f = {.answer = in_five_seconds, .time = 1e6, .user = &s};
        tg_client *c = client(&f, NULL);
        start_crowd(c, calls, NULL);
        CHECK(tg_client_timeout(c) == 5);
        double start = f.time;
        for (int i = 0; i < 200; i++) CHECK(end_of(c, calls[i], &err) == TG_OK);
        CHECK(s.most == TG_TRANSPORT_MOST && s.least_timeout == 10);
        CHECK(f.time - start > 19 && f.time - start < 21);
        tg_client_free(c);
    }
    CASE("their deadline does not wait, and those not sent in time fail with timeout")
    {
        crowd_server s = {.least_timeout = 100};
        fake f = {.answer = in_five_seconds, .time = 1e6, .user = &s};
        tg_client *c = client(&f, NULL);
        start_crowd(c, calls, &(tg_call_options){.deadline = 12});
        double start = f.time;
        int good = 0;
        for (int i = 0; i < 200; i++) good += end_of(c, calls[i], &err) == TG_OK;
        CHECK(good == 3 * TG_TRANSPORT_MOST && f.sends == good + 1 && f.time - start <= 15.1);
        CHECK(err.kind == TG_E_TIMEOUT && strstr(err.message, "before it could be sent"));
        CHECK(s.least_timeout > 1.9 && s.least_timeout < 2.1); /* the rest of the deadline */
        tg_client_free(c);
    }
    CASE("the next queued call takes the slot of a cancelled one, in order")
    {
        crowd_server s = {.least_timeout = 100};
        fake f = {.answer = in_five_seconds, .time = 1e6, .user = &s};
        tg_client *c = client(&f, NULL);
        start_crowd(c, calls, NULL);
        for (int i = 0; i < 3; i++) tg_call_cancel(calls[i]);
        CHECK(tg_client_timeout(c) == 0);
        tg_client_step(c, 0, NULL, 0, &err);
        CHECK(calls[66]->stage == TG_S_SENT && calls[67]->stage == TG_S_WAITING &&
              f.count == TG_TRANSPORT_MOST);
        tg_client_free(c);
        for (int i = 0; i < 200; i++) tg_call_free(calls[i]);
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

/* ------------------------------------------------------------------------------- what is stored */

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
        CHECK(end_of(c, tg_call_start(c, ask("get_organization_groups", 7), NULL, &err), &err) ==
              TG_OK);
        tg_call *call = tg_call_start(c, ask_to_delete(), NULL, &err);
        tg_call_cancel(call);
        CHECK(end_of(c, call, &err) == TG_E_UNKNOWN);
        int before = f.sends;
        CHECK(end_of(c, tg_call_start(c, ask("get_organization_groups", 7), NULL, &err), &err) ==
              TG_OK);
        CHECK(f.sends == before + 1);
        tg_client_free(c);
    }
    CASE("304 to a request without a condition is an error")
    {
        fake f = {.answer = not_modified, .time = 1e6};
        tg_client *c = client(&f, with_cache);
        CHECK(end_of(c, tg_call_start(c, ask("get_organization", 7), NULL, &err), &err) ==
              TG_E_DECODE);
        CHECK(err.status == 304);
        tg_client_free(c);
    }
}

/* Return 1,000 workspaces of N organizations. */
static fake_answer many_workspaces(fake *f, const tg_exchange *x)
{
    static char body[60000];
    const int *organizations = f->user;
    size_t n = (size_t)sprintf(body, "[");
    (void)x;
    for (int i = 0; i < 1000; i++)
        n += (size_t)sprintf(body + n, "%s{\"id\":%d,\"organization_id\":%d}", i ? "," : "",
                             1000 + i, 7 + i % *organizations);
    sprintf(body + n, "]");
    return (fake_answer){.status = 200, .body = body};
}

static int count_statement(unsigned what, void *count, void *statement, void *text)
{
    (void)what, (void)statement, (void)text;
    ++*(int *)count;
    return 0;
}

static void test_places(void)
{
    tg_error err;
    int organizations = 3, statements = 0;
    CASE("which window pays for a thousand workspaces is learned in one go, and known ones cost "
         "next to nothing")
    {
        fake f = {.answer = many_workspaces, .time = 1e6, .user = &organizations};
        tg_client_options o = fake_options(&f);
        o.state_path = ":memory:";
        tg_client *c = tg_client_new(&o, &err);
        CHECK(end_of(c, tg_call_start(c, ask("get_workspaces", 0), NULL, &err), &err) == TG_OK);
        for (int i = 0; i < 1000; i++)
            CHECK(tg_ledger_organization(c->ledger, 1000 + i) == 7 + i % 3);
        sqlite3_trace_v2(tg_store_handle(tg_state_sqlite_store(c->state)), SQLITE_TRACE_STMT,
                         count_statement, &statements);
        CHECK(end_of(c, tg_call_start(c, ask("get_workspaces", 0), NULL, &err), &err) == TG_OK);
        CHECK(statements < 10);
        organizations = 1;
        CHECK(end_of(c, tg_call_start(c, ask("get_workspaces", 0), NULL, &err), &err) == TG_OK);
        CHECK(tg_ledger_organization(c->ledger, 1999) == 7);
        tg_client_free(c);
    }
}

/* ------------------------------------------------------------------------------------ processes */

static void test_fork(void)
{
    tg_error err;
    CASE("a child process does not use its parent's calls")
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
    test_crowds();
    test_redirects();
    test_stored();
    test_places();
    test_fork();
    return check_report();
}
