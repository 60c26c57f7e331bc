/* Quota windows in a file, which several processes share. --full: 10,000 operations for each process. */
#include "check.h"
#include "ledger_help.h"
#include "scratch.h"
#include "workers.h"

static void end(tg_state *s)
{
    if (s) s->api->close(s);
}

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
    files();
    no_room();
    in_advance();
    early();
    processes();
    scratch_end();
    return check_report();
}
