/* Quota windows: what opens, counts and closes them, in one process and in several. --full: 10,000
   operations for each process. */
#include "check.h"
#include "ledger.h"
#include "state_sqlite.h"
#include "scratch.h"
#include "workers.h"

#define NOW      1.7e9
#define NOT_SAID INT32_MIN

static void end(tg_state *s)
{
    if (s) s->api->close(s);
}

static tg_ledger *fresh(void)
{
    tg_error err;
    tg_ledger *l = tg_ledger_new(tg_state_sqlite(":memory:", NULL, NULL), true, "account", &err);
    if (!l) printf("# %s\n", err.message);
    return l;
}

/* Take requests at NOW until the ledger refuses one, at most MOST. Return how many it allowed. */
static int takes(tg_ledger *l, int64_t organization, double now, int reserve, int most)
{
    double until;
    int n = 0;
    while (n < most && tg_ledger_take(l, organization, now, reserve, &until, NULL)) n++;
    return n;
}

typedef struct wanted {
    int64_t organization;
    tg_window_state w;
    int walked;
} wanted;

static bool pick(void *ctx, const tg_window_state *w)
{
    wanted *want = ctx;
    want->walked++;
    if (w->organization == want->organization) want->w = *w;
    return true;
}

static tg_window_state state(tg_ledger *l, int64_t organization, double now)
{
    wanted want = {.organization = organization, .w = {.spent = -1}};
    tg_ledger_each(l, now, pick, &want);
    return want.w;
}

/* -------------------------------------------------------------------------------------- windows */

static void unknown(void)
{
    tg_ledger *l = fresh();
    CASE("a window of which nothing is known is open, and counts what went")
    {
        CHECK(takes(l, 1, NOW, 0, 1000) == 1000);
        tg_window_state w = state(l, 1, NOW);
        CHECK(w.total < 0 && w.remaining < 0 && w.resets_at == 0 && w.spent == 1000);
        CHECK(tg_ledger_left(l, 1) < 0);
    }
    CASE("a count without an end closes it to a reserve alone, for an hour")
    {
        tg_ledger_learn(l, 1, NOW, 8, -1, NOT_SAID);
        CHECK(tg_ledger_is_guessed(l, 1) && state(l, 1, NOW).resets_at == 0);
        CHECK(takes(l, 1, NOW, 5, 10) == 3);
        tg_ledger_learn(l, 1, NOW + 1800, 30, -1, NOT_SAID);
        CHECK(takes(l, 1, NOW + 3599, 5, 10) == 0 && takes(l, 1, NOW + 3599, 0, 10) == 10);
        CHECK(takes(l, 1, NOW + 3600, 5, 10) == 10 && !tg_ledger_is_guessed(l, 1));
    }
    CASE("a count below 0 is a limit that is not enforced")
    {
        tg_ledger_learn(l, 2, NOW, -4, 600, NOT_SAID);
        CHECK(takes(l, 2, NOW, 5, 10) == 10);
    }
    CASE("a reply that says nothing changes nothing")
    {
        tg_ledger_learn(l, 3, NOW, NOT_SAID, -1, NOT_SAID);
        CHECK(state(l, 3, NOW).spent == -1);
    }
    tg_ledger_free(l);
}

static void counting(void)
{
    tg_ledger *l = fresh();
    double until;
    CASE("a reported count is counted down to 0")
    {
        tg_ledger_learn(l, 1, NOW, 20, 600, NOT_SAID);
        CHECK(takes(l, 1, NOW + 1, 0, 100) == 20);
        CHECK(!tg_ledger_take(l, 1, NOW + 1, 0, &until, NULL));
        CHECK(until >= NOW + 600 && until <= NOW + 602);
    }
    CASE("a late reply does not raise the count")
    {
        tg_ledger_learn(l, 1, NOW + 2, 7, 598, NOT_SAID);
        CHECK(takes(l, 1, NOW + 2, 0, 100) == 0);
    }
    CASE("closed to the last second, open after it")
    {
        CHECK(takes(l, 1, NOW + 600, 0, 1) == 0);
        CHECK(takes(l, 1, NOW + 602, 0, 50) == 50);
        CHECK(state(l, 1, NOW + 602).resets_at == 0);
    }
    CASE("a later reset is a new window")
    {
        tg_ledger_learn(l, 1, NOW + 603, 30, 3500, NOT_SAID);
        CHECK(takes(l, 1, NOW + 603, 0, 100) == 30);
    }
    CASE("the lower count wins: another tool has sent requests")
    {
        tg_ledger_learn(l, 2, NOW, 20, 600, NOT_SAID);
        tg_ledger_learn(l, 2, NOW + 1, 3, 599, NOT_SAID);
        tg_ledger_learn(l, 2, NOW + 1, 9, 599, NOT_SAID);
        CHECK(tg_ledger_left(l, 2) == 3);
        CHECK(takes(l, 2, NOW + 1, 0, 100) == 3);
    }
    CASE("the reserve stays")
    {
        tg_ledger_learn(l, 3, NOW, 10, 600, NOT_SAID);
        CHECK(takes(l, 3, NOW, 4, 100) == 6);
        CHECK(takes(l, 3, NOW, 0, 100) == 4);
    }
    CASE("windows are apart")
    {
        CHECK(takes(l, 0, NOW, 0, 5) == 5 && takes(l, 4, NOW, 0, 5) == 5);
        CHECK(state(l, 0, NOW).spent == 5 && state(l, 3, NOW).spent == 10);
    }
    tg_ledger_free(l);
}

static void closing(void)
{
    tg_ledger *l = fresh();
    double until;
    CASE("a 402 closes whatever was counted")
    {
        tg_ledger_learn(l, 1, NOW, 20, 600, NOT_SAID);
        tg_ledger_close(l, 1, NOW, NOW + 133);
        CHECK(!tg_ledger_take(l, 1, NOW + 132, 0, &until, NULL) && until >= NOW + 133 &&
              until < NOW + 135);
        CHECK(takes(l, 1, NOW + 135, 0, 5) == 5);
    }
    CASE("until when is not known: no longer than a window")
    {
        tg_ledger_close(l, 2, NOW, 0);
        CHECK(!tg_ledger_take(l, 2, NOW + 3599, 0, &until, NULL) && until <= NOW + 3602);
        CHECK(takes(l, 2, NOW + 3602, 0, 1) == 1);
    }
    CASE("or until the end that was known")
    {
        tg_ledger_learn(l, 3, NOW, 20, 600, NOT_SAID);
        tg_ledger_close(l, 3, NOW, 0);
        CHECK(!tg_ledger_take(l, 3, NOW + 1, 0, &until, NULL) && until < NOW + 603);
    }
    CASE("a reply that was in flight does not open it")
    {
        tg_ledger_learn(l, 3, NOW + 1, 4, 599, NOT_SAID);
        CHECK(takes(l, 3, NOW + 1, 0, 1) == 0);
    }
    tg_ledger_free(l);
}

static void totals(void)
{
    tg_ledger *l = fresh();
    double until;
    CASE("with a known total the next window is counted before its first reply")
    {
        tg_ledger_learn(l, 1, NOW, 2, 100, 30);
        CHECK(takes(l, 1, NOW, 0, 100) == 2);
        CHECK(takes(l, 1, NOW + 200, 0, 100) == 30);
        CHECK(!tg_ledger_take(l, 1, NOW + 201, 0, &until, NULL) && until <= NOW + 200 + 3601);
    }
    CASE("a reply of the old window, read in the new one, is not taken for it")
    {
        tg_ledger_learn(l, 2, NOW, 2, 100, 30);
        CHECK(takes(l, 2, NOW + 102, 0, 4) == 4);
        tg_ledger_learn(l, 2, NOW + 103, 1, 0, NOT_SAID);
        CHECK(takes(l, 2, NOW + 110, 0, 100) == 26);
    }
    CASE("the first reply of the new window sets its end")
    {
        tg_ledger_learn(l, 2, NOW + 111, 0, 900, NOT_SAID);
        CHECK(!tg_ledger_take(l, 2, NOW + 112, 0, &until, NULL) && until < NOW + 111 + 903);
    }
    CASE("the first number of a window that has just begun tells the total")
    {
        CHECK(takes(l, 3, NOW, 0, 1) == 1);
        tg_ledger_learn(l, 3, NOW, 239, 3599, NOT_SAID);
        CHECK(state(l, 3, NOW).total == 240);
        CHECK(takes(l, 3, NOW + 4000, 0, 1000) == 240);
    }
    CASE("a number that the total cannot explain corrects it, and what was taken stays taken")
    {
        tg_ledger_learn(l, 4, NOW, 2, 100, 30);
        CHECK(takes(l, 4, NOW + 200, 0, 10) == 10);
        tg_ledger_learn(l, 4, NOW + 201, 239, 3599, NOT_SAID);
        CHECK(state(l, 4, NOW + 201).total == 240 && state(l, 4, NOW + 201).remaining == 230);
    }
    CASE("a better plan in the middle of a window")
    {
        tg_ledger_learn(l, 5, NOW, 2, 1000, 30);
        tg_ledger_learn(l, 5, NOW + 1, 212, 999, 240);
        CHECK(takes(l, 5, NOW + 2, 0, 1000) == 212);
    }
    CASE("a total below the reserve heals: a new window is asked once, and the reply corrects it")
    {
        tg_ledger_learn(l, 8, NOW, 3, 3600, NOT_SAID);
        CHECK(state(l, 8, NOW).total == 4 && takes(l, 8, NOW, 5, 9) == 0);
        CHECK(takes(l, 8, NOW + 7000, 5, 9) == 1);
        tg_ledger_learn(l, 8, NOW + 7001, 239, 3599, NOT_SAID);
        CHECK(state(l, 8, NOW + 7001).total == 240 && takes(l, 8, NOW + 7001, 5, 999) == 234);
    }
    CASE("absurd counts neither overflow nor close")
    {
        tg_ledger_learn(l, 9, NOW, INT32_MAX, 3600, NOT_SAID);
        tg_ledger_learn(l, 9, NOW, INT32_MAX, 3600, INT32_MAX);
        CHECK(state(l, 9, NOW).total == 1000000 && takes(l, 9, NOW, 1 << 30, 1) == 0 &&
              takes(l, 9, NOW, 0, 9) == 9);
        tg_ledger_learn(l, 10, NOW, INT32_MIN + 1, 3600, INT32_MIN + 1);
        CHECK(takes(l, 10, NOW, 0, 9) == 9);
    }
    CASE("a reserve as large as the total lets one go, to see whether it still is, and no more for "
         "a bounded time")
    {
        tg_ledger_learn(l, 6, NOW, 2, 100, 30);
        CHECK(takes(l, 6, NOW + 200, 30, 9) == 1);
        CHECK(!tg_ledger_take(l, 6, NOW + 200, 30, &until, NULL) && until > NOW + 200 &&
              until <= NOW + 3801);
    }
    tg_ledger_free(l);
}

static void clocks(void)
{
    tg_ledger *l = fresh();
    CASE("a clock that went back does not close a window for days")
    {
        tg_ledger_learn(l, 1, NOW, 1, 3000, NOT_SAID);
        CHECK(takes(l, 1, NOW, 0, 9) == 1);
        CHECK(takes(l, 1, NOW - 86400, 0, 9) == 9);
    }
    CASE("a little back, and the next word of the server is believed")
    {
        tg_ledger_learn(l, 2, NOW, 0, 3000, NOT_SAID);
        tg_ledger_learn(l, 2, NOW - 1800, 12, 2900, NOT_SAID);
        CHECK(takes(l, 2, NOW - 1799, 0, 99) == 12);
    }
    CASE("impossible counts are ignored")
    {
        tg_ledger_learn(l, 3, NOW, 0, 1e9, NOT_SAID);
        CHECK(takes(l, 3, NOW, 0, 9) == 9);
    }
    tg_ledger_free(l);
}

static void giving_back(void)
{
    tg_ledger *l = fresh();
    CASE("a request that was not sent is released")
    {
        tg_ledger_learn(l, 1, NOW, 3, 600, NOT_SAID);
        CHECK(takes(l, 1, NOW, 0, 9) == 3);
        tg_ledger_release(l, 1, tg_ledger_generation(l, 1));
        CHECK(takes(l, 1, NOW, 0, 9) == 1 && state(l, 1, NOW).spent == 3);
    }
    CASE("an unused reservation is not spent")
    {
        CHECK(takes(l, 5, NOW, 0, 3) == 3);
        tg_ledger_learn(l, 5, NOW, 29, 600, NOT_SAID);
        CHECK(state(l, 5, NOW).spent == 3 && state(l, 5, NOW).remaining == 29);
        CHECK(takes(l, 6, NOW, 0, 3) == 3);
        tg_ledger_learn(l, 6, NOW, 599, 600, NOT_SAID);
        CHECK(takes(l, 6, NOW + 700, 0, 1) == 1 && state(l, 6, NOW + 700).spent == 4);
    }
    CASE("nor is it released into a later window")
    {
        tg_ledger_learn(l, 7, NOW, 5, 600, 30);
        CHECK(takes(l, 7, NOW, 0, 1) == 1);
        int64_t old = tg_ledger_generation(l, 7);
        CHECK(takes(l, 7, NOW + 700, 0, 1) == 1);
        tg_ledger_release(l, 7, old);
        CHECK(takes(l, 7, NOW + 700, 0, 99) == 29 && state(l, 7, NOW + 700).spent == 30);
    }
    CASE("an open window stays unknown")
    {
        CHECK(takes(l, 2, NOW, 0, 1) == 1);
        tg_ledger_release(l, 2, tg_ledger_generation(l, 2));
        CHECK(state(l, 2, NOW).spent == 0 && state(l, 2, NOW).remaining < 0);
    }
    tg_ledger_free(l);
}

static void places(void)
{
    tg_ledger *l = fresh();
    wanted all = {0};
    int64_t value = 0;
    CASE("a workspace whose organization becomes known adds its count to it")
    {
        tg_ledger_learn(l, -11, NOW, 5, 600, NOT_SAID);
        CHECK(takes(l, -11, NOW, 0, 2) == 2 && takes(l, 1, NOW, 0, 1) == 1);
        CHECK(tg_ledger_organization(l, 11) == 0);
        tg_ledger_map(l, &(tg_place){11, 1}, 1);
        CHECK(tg_ledger_organization(l, 11) == 1);
        CHECK(state(l, 1, NOW).spent == 3 && state(l, 1, NOW).remaining == 3);
        tg_ledger_each(l, NOW, pick, &all);
        CHECK(all.walked == 1);
    }
    CASE("saying it again changes nothing")
    {
        tg_ledger_map(l, &(tg_place){11, 1}, 1);
        CHECK(state(l, 1, NOW).spent == 3);
    }
    CASE("facts")
    {
        CHECK(!tg_ledger_fact(l, "page_size", &value));
        tg_ledger_set_fact(l, "page_size", 200);
        tg_ledger_set_fact(l, "page_size", 100);
        CHECK(tg_ledger_fact(l, "page_size", &value) && value == 100);
    }
    tg_ledger_free(l);
}

/* ---------------------------------------------------------------------------------------- files */

static bool one_left(const char *path, const char *account)
{
    double until;
    tg_error err;
    tg_state *s = tg_state_sqlite(path, NULL, &err);
    tg_ledger *l = s ? tg_ledger_new(s, false, account, &err) : NULL;
    bool ok = l && tg_ledger_take(l, 1, NOW, 0, &until, &err);
    tg_ledger_free(l);
    end(s);
    return ok;
}

/* Two ledgers on one file, as in two processes. */
typedef struct pair {
    tg_state *states[2];
    tg_ledger *a, *b;
} pair;

static pair two(const char *path)
{
    tg_error err;
    pair p = {{tg_state_sqlite(scratch_path(path), NULL, &err),
               tg_state_sqlite(scratch_path(path), NULL, &err)},
              NULL,
              NULL};
    p.a = tg_ledger_new(p.states[0], false, "a", &err);
    p.b = tg_ledger_new(p.states[1], false, "a", &err);
    return p;
}

static void end_two(pair *p)
{
    tg_ledger_free(p->a);
    tg_ledger_free(p->b);
    for (int i = 0; i < 2; i++) end(p->states[i]);
}

/* Take early requests, at most MOST; each must land within ten seconds. Return how many the ledger
   allowed, negated if it asks for another attempt soon. */
static int early_takes(tg_ledger *l, double now, int reserve, int most)
{
    tg_early early = {.together = 16, .lasts = 10};
    double until;
    int n = 0;
    while (n < most && tg_ledger_take_early(l, 1, now, reserve, &early, &until, NULL)) n++;
    CHECK(n == most || until != 0);
    return n == most || until > 0 ? n : -n;
}

static void early(void)
{
    double until;
    CASE("early requests of all processes are counted together")
    {
        pair p = two("early/state.db");
        CHECK(early_takes(p.a, NOW, 0, 10) == 10 && early_takes(p.b, NOW, 0, 10) == -6);
        tg_ledger_landed(p.a, 1, tg_ledger_generation(p.a, 1), NOW, false, NOT_SAID, -1);
        CHECK(early_takes(p.b, NOW, 0, 10) == -1);
        CHECK(state(p.b, 1, NOW).remaining < 0 && state(p.b, 1, NOW).spent == 17);
        end_two(&p);
    }
    CASE("the first reply reserves the rest of the window for early requests in flight")
    {
        pair p = two("theirs/state.db");
        CHECK(early_takes(p.a, NOW, 0, 5) == 5 && early_takes(p.b, NOW, 0, 5) == 5);
        tg_ledger_landed(p.a, 1, 1, NOW, true, 19, 600);
        /* 19 left: 9 for requests in flight, 10 reserved */
        CHECK(!tg_ledger_take(p.b, 1, NOW, 10, &until, NULL) && until < 0);
        CHECK(early_takes(p.b, NOW, 0, 20) == -10);
        for (int i = 0; i < 9; i++)
            tg_ledger_landed(i % 2 ? p.a : p.b, 1, 1, NOW + 1, true, 18 - i, 599);
        CHECK(takes(p.a, 1, NOW + 1, 0, 9) == 0 &&
              !tg_ledger_take(p.b, 1, NOW + 1, 0, &until, NULL) && until > NOW);
        end_two(&p);
    }
    CASE("early requests of a killed process expire by the clock and with their window")
    {
        pair p = two("killed/state.db");
        CHECK(early_takes(p.a, NOW, 0, 16) == 16 && early_takes(p.b, NOW + 9, 0, 1) == 0);
        CHECK(early_takes(p.b, NOW + 11, 0, 16) == 16);
        tg_ledger_learn(p.b, 1, NOW + 11, 30, 5, 30);
        CHECK(takes(p.b, 1, NOW + 18, 0, 99) == 30);
        tg_ledger_landed(p.b, 1, 1, NOW + 18, true, NOT_SAID, -1);
        CHECK(state(p.b, 1, NOW + 18).remaining == 0);
        end_two(&p);
    }
}

static const tg_ledger_rows *sound_rows;
static bool full;

static const tg_state_api *sound_api;
static bool held; /* another process, which has stopped, holds the lock */

static bool begin_if_free(tg_state *s, tg_error *err)
{
    return !held && sound_api->begin(s, err);
}

static bool write_if_room(tg_state *s, const char *account, int64_t organization, const tg_quota *w,
                          tg_error *err)
{
    return !full && sound_rows->write(s, account, organization, w, err);
}

static void no_room(void)
{
    tg_error err;
    tg_state *s = tg_state_sqlite(":memory:", NULL, &err);
    tg_ledger_rows rows = *(sound_rows = s->api->ledger);
    tg_state_api api = *s->api;
    sound_api = s->api;
    rows.write = write_if_room;
    api.ledger = &rows;
    api.begin = begin_if_free;
    s->api = &api;
    tg_ledger *l = tg_ledger_new(s, false, "account", &err);
    CASE("a window that the file cannot record as closed stays closed here until it can")
    {
        tg_ledger_learn(l, 1, NOW, 10, 600, NOT_SAID);
        full = true;
        tg_ledger_close(l, 1, NOW, NOW + 600);
        CHECK(takes(l, 1, NOW + 1, 0, 1) == 0 && takes(l, 1, NOW + 2, 0, 1) == 0);
        full = false;
        CHECK(state(l, 1, NOW + 3).remaining == 10);
        CHECK(takes(l, 1, NOW + 3, 0, 1) == 0 && state(l, 1, NOW + 3).remaining == 0);
    }
    CASE("a window that is used up stays so while the file is locked")
    {
        tg_ledger_learn(l, 2, NOW, 0, 600, NOT_SAID);
        held = true;
        double until = 0;
        err.kind = TG_OK;
        CHECK(!tg_ledger_take(l, 2, NOW + 1, 0, &until, &err) && until >= NOW + 600);
        CHECK(!tg_ledger_take(l, 2, NOW + 700, 0, &until, &err) && until == 0);
        held = false;
    }
    tg_ledger_free(l);
    s->api = sound_api;
    end(s);
}

static void in_advance(void)
{
    CASE("reservations of an unknown window are released when its size is known")
    {
        pair p = two("shrink/state.db");
        CHECK(takes(p.a, 1, NOW, 0, 2) == 2);
        tg_ledger_learn(p.a, 1, NOW, 29, 600, NOT_SAID);
        CHECK(takes(p.b, 1, NOW, 0, 100) == 29 && takes(p.a, 1, NOW, 0, 100) == 0);
        CHECK(state(p.b, 1, NOW).spent == 31);
        end_two(&p);
    }
    CASE("nor do they enlarge a window whose size another process has learned")
    {
        pair p = two("larger/state.db");
        CHECK(takes(p.a, 1, NOW, 0, 2) == 2);
        tg_ledger_learn(p.b, 1, NOW, 29, 600, NOT_SAID);
        tg_ledger_flush(p.a);
        CHECK(state(p.b, 1, NOW).remaining == 29 && state(p.b, 1, NOW).spent == 2);
        end_two(&p);
    }
    CASE("a slow caller makes no reservations, and releases what a burst has left")
    {
        pair p = two("sparse/state.db");
        tg_ledger_learn(p.a, 1, NOW, 599, 600, NOT_SAID);
        CHECK(takes(p.a, 1, NOW, 0, 1) == 1 && takes(p.a, 1, NOW + 5, 0, 1) == 1);
        CHECK(state(p.b, 1, NOW + 5).remaining == 597);
        CHECK(takes(p.a, 1, NOW + 5, 0, 2) == 2);
        CHECK(state(p.b, 1, NOW + 5).remaining < 595);
        CHECK(takes(p.a, 1, NOW + 9, 0, 1) == 1);
        CHECK(state(p.b, 1, NOW + 9).remaining == 594 && state(p.b, 1, NOW + 9).spent == 5);
        end_two(&p);
    }
}

static void files(void)
{
    CASE("what was learned outlives the process")
    {
        tg_error err;
        tg_state *s = tg_state_sqlite(scratch_path("kept/state.db"), NULL, &err);
        tg_ledger *l = tg_ledger_new(s, false, "a", &err);
        tg_ledger_learn(l, 1, NOW, 1, 600, NOT_SAID);
        tg_ledger_free(l);
        end(s);
        CHECK(one_left(scratch_path("kept/state.db"), "b"));
        CHECK(one_left(scratch_path("kept/state.db"), "a"));
        CHECK(!one_left(scratch_path("kept/state.db"), "a"));
    }
    CASE("two ledgers on one file count together")
    {
        tg_error err;
        tg_state *s = tg_state_sqlite(scratch_path("kept/two.db"), NULL, &err);
        tg_state *t = tg_state_sqlite(scratch_path("kept/two.db"), NULL, &err);
        tg_ledger *a = tg_ledger_new(s, false, "a", &err), *b = tg_ledger_new(t, false, "a", &err);
        tg_ledger_learn(a, 1, NOW, 10, 600, NOT_SAID);
        CHECK(takes(b, 1, NOW, 0, 4) == 4);
        tg_ledger_learn(a, 1, NOW, 10, 600, NOT_SAID); /* counted before B's requests arrived */
        CHECK(takes(a, 1, NOW, 0, 99) == 6);
        tg_ledger_learn(b, 1, NOW, 5, 600, NOT_SAID); /* already in the file, but not yet in B */
        CHECK(takes(b, 1, NOW, 0, 99) == 0);
        tg_ledger_free(a), tg_ledger_free(b);
        end(s), end(t);
    }
}

static int operations = 500;

/* Take and release requests, learn counts and map workspaces; return 1 if a call fails. The window
   has room for all requests. Half of the workers send a burst, with reservations; the others send
   so seldom that each request is a transaction. */
static int spend(int number)
{
    tg_error err;
    double until;
    tg_state *s = tg_state_sqlite(scratch_path("many/state.db"), NULL, &err);
    tg_ledger *l = s ? tg_ledger_new(s, false, "a", &err) : NULL;
    bool ok = l != NULL;
    for (int i = 0; ok && i < operations; i++) {
        double now = NOW + (number % 2 ? 1.1 * i : 0);
        ok = tg_ledger_take(l, 1, now, 0, &until, &err);
        if (ok && i % 5 == number % 5) tg_ledger_release(l, 1, tg_ledger_generation(l, 1));
        if (ok && i % 7 == 0) tg_ledger_learn(l, 1, now, 2000000, 30000, NOT_SAID);
        if (ok && i % 100 == 0) tg_ledger_map(l, &(tg_place){1000 + i, 1}, 1);
    }
    if (!ok) printf("# %s\n", err.message);
    fflush(stdout);
    tg_ledger_free(l);
    end(s);
    return !ok;
}

static int drain(int number)
{
    tg_error err;
    (void)number;
    tg_state *s = tg_state_sqlite(scratch_path("many/state.db"), NULL, &err);
    tg_ledger *l = s ? tg_ledger_new(s, false, "a", &err) : NULL;
    int n = l ? takes(l, 2, NOW, 0, 1000) : 0;
    tg_ledger_free(l);
    end(s);
    FILE *f = fopen(scratch_path("drained"), "a");
    if (f) fprintf(f, "%d\n", n), fclose(f);
    return 0;
}

static int drained(void)
{
    int sum = 0, n;
    FILE *f = fopen(scratch_path("drained"), "r");
    while (f && fscanf(f, "%d", &n) == 1) sum += n;
    if (f) fclose(f);
    return sum;
}

static void processes(void)
{
    tg_error err;
    int left = 8 * (operations - operations / 5);
    tg_state *s;
    tg_ledger *l;
    CASE("8 processes: none reports a locked file, and every request is counted")
    {
        CHECK(run_workers(8, spend) == 0);
        s = tg_state_sqlite(scratch_path("many/state.db"), NULL, &err);
        l = tg_ledger_new(s, false, "a", &err);
        CHECK(state(l, 1, NOW).spent == left);
        tg_ledger_learn(l, 2, NOW, 333, 600, NOT_SAID);
        tg_ledger_free(l);
        end(s);
    }
    CASE("8 processes take exactly what is left")
    {
        CHECK(run_workers(8, drain) == 0);
        CHECK(drained() == 333);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--full") == 0) operations = 10000;
    scratch_begin();
    unknown();
    counting();
    closing();
    totals();
    clocks();
    giving_back();
    places();
    files();
    no_room();
    in_advance();
    early();
    processes();
    scratch_end();
    return check_report();
}
