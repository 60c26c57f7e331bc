/*
** Simulate ledger and policy against a server that counts as Toggl does, on a fake clock: 10,000
** hours of mixed work for each plan. The first request opens a window, which ends 60 minutes later.
** The server's headers give the requests left and the seconds until the end, rounded down. With
** none left it answers 402.
*/
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "check.h"
#include "ledger.h"
#include "state_sqlite.h"
#include "policy.h"

#define HOURS   10000
#define START   1.7e9
#define FLIGHTS 8

/* ----------------------------------------------------------------------------------- the server */

typedef struct server {
    int total, used;
    double began; /* start of the window; 0: no window yet */
    int refused;  /* 402s to the client in this window */
    int worst;    /* most 402s to the client in any window */
    int64_t answered, all_refused;
} server;

typedef struct answer {
    int status, remaining;
    double resets_in;
    bool words;
} answer;

static void turn(server *s, double now)
{
    if (s->began > 0 && now < s->began + 3600) return;
    s->began = now;
    s->used = 0;
    s->refused = 0;
}

static answer ask(server *s, double now, bool ours, int style)
{
    turn(s, now);
    answer a = {.status = s->used < s->total ? 200 : 402,
                .resets_in = floor(s->began + 3600 - now)};
    if (a.status == 200)
        s->used++;
    else if (ours)
        s->refused++, s->all_refused++;
    if (s->refused > s->worst) s->worst = s->refused;
    s->answered += ours;
    a.remaining = s->total - s->used;
    a.words = a.status == 402 && style % 3 != 0;
    if (a.status == 402 && style % 3 == 1) a.remaining = TG_UNKNOWN_COUNT; /* no quota headers */
    return a;
}

/* ----------------------------------------------------------------------------------- the client */

static _Thread_local uint32_t seed; /* of the setting that this thread simulates */

static double chance(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed / 4294967296.0;
}

/* A request in flight. The server counts it when it is sent; the reply arrives later. */
typedef struct flight {
    bool used;
    double arrives;
    answer a;
} flight;

typedef struct client {
    tg_ledger *ledger;
    double wait_until;  /* end of the closed window, by the last 402 */
    int early;          /* requests sent while the window was known to be closed */
    int64_t sent, held; /* held: requests that the ledger refused */
    /* as the client: one request at a time while the window is unknown */
    bool gate;
    flight flights[FLIGHTS];
} client;

static int in_flight(const client *c)
{
    int n = 0;
    for (int i = 0; i < FLIGHTS; i++) n += c->flights[i].used;
    return n;
}

static void judge(client *c, const answer *a, double now)
{
    tg_attempt t = {.answered = true,
                    .sent = true,
                    .status = a->status,
                    .try_ = 1,
                    .retry_after = -1,
                    .budget = 1,
                    .remaining = a->remaining,
                    .resets_in = a->words && a->remaining == TG_UNKNOWN_COUNT ? -1 : a->resets_in,
                    .quota_words = a->words ? a->resets_in : -1};
    tg_decision d = tg_policy_decide(&t);
    tg_ledger_learn(c->ledger, 7, now, t.remaining, t.resets_in, TG_UNKNOWN_COUNT);
    if (d.verdict != TG_CLOSED) return;
    tg_ledger_close(c->ledger, 7, now, now + d.delay);
    c->wait_until = now + d.delay;
}

static void land(client *c, double now)
{
    for (int i = 0; i < FLIGHTS; i++) {
        flight *f = &c->flights[i];
        if (!f->used || f->arrives > now) continue;
        f->used = false;
        judge(c, &f->a, f->arrives);
    }
}

static void send_one(client *c, server *s, double now)
{
    double until;
    int n = in_flight(c);
    if (n == FLIGHTS || (c->gate && n > 0 && tg_ledger_left(c->ledger, 7) < 0)) return;
    if (!tg_ledger_take(c->ledger, 7, now, 0, &until, NULL)) {
        c->held++;
        return;
    }
    if (now < c->wait_until) c->early++;
    c->sent++;
    for (int i = 0; i < FLIGHTS; i++) {
        if (c->flights[i].used) continue;
        c->flights[i] = (flight){true, now + 0.05 + chance() * (chance() < 0.01 ? 2.5 : 0.5),
                                 ask(s, now, true, (int)c->sent)};
        return;
    }
}

/* ------------------------------------------------------------------------------------- the work */

static bool full; /* rests of up to 4 hours: more hours of work on the larger plans */

/* Return when the next request is sent: bursts, steady work and pauses of about PER_HOUR requests
   an hour, more than the plan allows in every other hour. */
static double next_time(double now, double per_hour, double *mood)
{
    double rest = full ? 4 : per_hour;
    if (chance() < 0.002) *mood = chance() * chance() * 8;
    if (chance() < 0.0005) return now + chance() * rest * 3600;
    double gap = 3600 / per_hour / (*mood + 0.05);
    return now + (chance() < 0.7 ? 0.01 + chance() : gap * 4 * chance());
}

typedef struct setting {
    const char *name;
    int total;
    bool known;    /* the client requested GET /me/quota at the start */
    double others; /* requests of another tool for each of the client's */
    bool one_by_one;
} setting;

static void simulate(const setting *o, client *c, server *s)
{
    double now = START, mood = 1, end = START + HOURS * 3600.0;
    *s = (server){.total = o->total};
    *c = (client){.ledger =
                      tg_ledger_new(tg_state_sqlite(":memory:", NULL, NULL), true, "account", NULL),
                  .gate = true};
    if (o->known) tg_ledger_learn(c->ledger, 7, now, o->total, 0, o->total);
    while (now < end) {
        if (chance() < o->others) ask(s, now, false, 0);
        send_one(c, s, now);
        double next = next_time(now, o->total, &mood);
        if (o->one_by_one && next < now + 9) next = now + (o->total < 600 ? 9 : 3);
        now = next;
        land(c, now);
    }
    tg_ledger_free(c->ledger);
}

static const setting settings[] = {
    /* the longest first, so that none runs alone at the end */
    {"premium, alone", 600, false, 0, false},
    {"premium, alone, total known", 600, true, 0, false},
    {"premium, shared, one by one", 600, false, 0.4, true},
    {"starter, alone", 240, false, 0, false},
    {"starter, shared, one by one", 240, false, 0.4, true},
    {"free, alone", 30, false, 0, false},
    {"free, alone, total known", 30, true, 0, false},
    {"free, shared, one by one", 30, false, 0.4, true},
};

#define COUNT   (sizeof settings / sizeof *settings)
#define THREADS 2

static client clients[COUNT];
static server servers[COUNT];
static atomic_size_t next;

static void *simulate_next(void *unused)
{
    for (size_t i; (i = next++) < COUNT;) {
        seed = (uint32_t)i + 1;
        simulate(&settings[i], &clients[i], &servers[i]);
    }
    return unused;
}

static void judge_setting(const setting *o, const client *c, const server *s)
{
    CASE(o->name)
    {
        printf("# %s: %lld sent, %lld kept back, %lld answered 402, at most %d a window\n", o->name,
               (long long)c->sent, (long long)c->held, (long long)s->all_refused, s->worst);
        CHECK(c->early == 0);
        CHECK(o->others > 0 ? s->worst <= 1 : s->all_refused == 0);
        CHECK(c->sent > HOURS && c->held > 0);
    }
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    full = argc > 1 && strcmp(argv[1], "--full") == 0;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* its mutex would hold up the other thread */
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, simulate_next, NULL) != 0) return 1;
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < COUNT; i++) judge_setting(&settings[i], &clients[i], &servers[i]);
    return check_report();
}
