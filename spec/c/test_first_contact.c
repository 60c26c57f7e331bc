/* Calls in a window of which nothing is known, in one process and in two. */
#include <sqlite3.h>

#include "ask.h"
#include "check.h"
#include "fake_http.h"
#include "pump.h"
#include "state_sqlite.h"
#include "scratch.h"

#define ORGANIZATION "{\"id\":7,\"name\":\"Acme\"}"

typedef struct window_server {
    int left, refused;
    bool backwards; /* answer the first sixteen in reverse order */
    bool quick;     /* answer each within a millisecond */
} window_server;

/* Allow `left` requests; answer the first soon, the others after a second. */
static fake_answer thirty(fake *f, const tg_exchange *x)
{
    static char headers[100];
    window_server *s = f->user;
    double later = s->backwards    ? (f->sends > 16 ? 2 : 1 - 0.01 * f->sends)
                   : f->sends == 1 ? 0.01
                                   : 1;
    (void)x;
    if (s->quick) later = 0.001;
    if (s->left == 0) {
        s->refused++;
        return (fake_answer){.status = 402,
                             .headers =
                                 "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 3000\n",
                             .body = "used up",
                             .later = later};
    }
    snprintf(headers, sizeof headers,
             "x-toggl-quota-remaining: %d\nx-toggl-quota-resets-in: 3000\n", --s->left);
    return (fake_answer){.status = 200, .headers = headers, .body = ORGANIZATION, .later = later};
}

/* Start a hundred different reads at once in a window of thirty. */
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
    CASE("the first count does not include what was in flight with it: no request meets a closed "
         "window")
    hundred(false);
    CASE("but a first reply that was sent last does: all thirty requests are used")
    hundred(true);
}

static bool pick(void *w, const tg_window_state *state)
{
    if (state->organization == 7) *(tg_window_state *)w = *state;
    return true;
}

/* Step the client once. Return how many of the N calls are done. */
static int steps_of(tg_client *c, tg_call **calls, int n)
{
    tg_error err;
    int done = 0;
    tg_client_step(c, 10, NULL, 0, &err);
    for (int i = 0; i < n; i++) done += tg_call_done(calls[i]);
    return done;
}

static tg_call *ask_number(tg_client *c, int i)
{
    tg_error err;
    char n[12];
    tg_request *r = ask("get_organization", 7);
    tg_request_query(r, TG_TEXT("n"), (tg_text){n, (size_t)sprintf(n, "%d", i)}, &err);
    return tg_call_start(c, r, NULL, &err);
}

static const char *state_name;

static void on_disk(tg_client_options *o)
{
    o->state_path = scratch_path(state_name);
}

static void test_neighbours(void)
{
    tg_error err;
    CASE("two processes with an unknown window send no more requests than it has")
    {
        state_name = "first.db";
        window_server s = {.left = 20};
        fake f = {.answer = thirty, .time = 1e6, .user = &s};
        tg_client *c[2] = {client(&f, on_disk), client(&f, on_disk)};
        tg_call *calls[30];
        int good = 0;
        for (int i = 0; i < 30; i++) calls[i] = ask_number(c[i / 15], i);
        for (int i = 0; i < 9999 && steps_of(c[0], calls, 15) + steps_of(c[1], calls + 15, 15) < 30;
             i++)
            continue;
        for (int i = 0; i < 30; i++) {
            tg_reply *reply = tg_call_take(calls[i], &err);
            good += reply != NULL;
            CHECK(reply || err.kind == TG_E_QUOTA);
            tg_reply_free(reply);
            tg_call_free(calls[i]);
        }
        CHECK(s.refused == 0 && good == 20);
        tg_client_free(c[0]);
        tg_client_free(c[1]);
    }
    CASE("reservations of a burst are released when it ends")
    {
        state_name = "burst.db";
        window_server s = {.left = 600, .quick = true};
        fake f = {.answer = thirty, .time = 1e6, .user = &s};
        tg_client *a = client(&f, on_disk), *b = client(&f, on_disk);
        tg_window_state w = {0};
        for (int i = 0; i < 200; i++) CHECK(end_of(a, ask_number(a, i), &err) == TG_OK);
        tg_client_quota(b, pick, &w);
        CHECK(w.remaining < 400 &&
              sqlite3_total_changes(tg_store_handle(tg_state_sqlite_store(a->state))) < 40);
        f.time += 2;
        tg_client_step(a, 0, NULL, 0, &err);
        tg_client_quota(b, pick, &w);
        CHECK(w.remaining == 400 && w.spent == 200);
        tg_client_free(a);
        tg_client_free(b);
    }
}

int main(void)
{
    scratch_begin();
    test_first_contact();
    test_neighbours();
    scratch_end();
    return check_report();
}
