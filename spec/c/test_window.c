/* Tables of quota windows: the effect of a take, a reply, a 402 and a release. */
#include "check.h"
#include "policy.h"
#include "window.h"

/* Rows override fields of the macros below: the later initialiser of a field wins. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define NOW  1.7e9
#define HOUR 3600
#define NONE TG_UNKNOWN_COUNT

#define W(...) ((tg_quota){.total = -1, .remaining = -1, .first = -1, .generation = 1, __VA_ARGS__})
#define COUNTED(left, seconds, ...)                                                                \
    W(.remaining = left, .resets_at = NOW + (seconds), .reported = true, .first = left, __VA_ARGS__)
#define GUESSED(left, seconds, ...)                                                                \
    W(.remaining = left, .resets_at = NOW + (seconds), .first = left, __VA_ARGS__)
#define ASK(...) ((tg_window_ask){.now = NOW, .n = 1, __VA_ARGS__})
#define EARLY    .together = 16, .early_until = NOW + 10

static bool same(const tg_quota *a, const tg_quota *b)
{
    return a->total == b->total && a->remaining == b->remaining && a->first == b->first &&
           a->early == b->early && a->early_until == b->early_until &&
           a->resets_at == b->resets_at && a->reported == b->reported &&
           a->generation == b->generation && a->spent == b->spent;
}

static void show(const char *what, const tg_quota *w)
{
    printf("# %s: total %d remaining %d first %d early %d until %+g resets %+g %s generation %lld "
           "spent %lld\n",
           what, w->total, w->remaining, w->first, w->early, w->early_until - NOW,
           w->resets_at - NOW, w->reported ? "reported" : "reckoned", (long long)w->generation,
           (long long)w->spent);
}

static bool equal(const tg_quota *got, const tg_quota *wanted)
{
    if (same(got, wanted)) return true;
    show("got", got);
    show("wanted", wanted);
    return false;
}

/* ----------------------------------------------------------------------------------------- take */

typedef struct take {
    const char *what;
    tg_quota before;
    tg_window_ask ask;
    bool taken;
    tg_quota after; /* the window after a take */
    double until;   /* end of a refusal, in seconds from NOW; below 0: ask again soon */
} take;

static const take takes[] = {
    {"an unknown window is open", W(), ASK(), true, W(.spent = 1)},
    {"for many at once, whatever the reserve", W(), ASK(.n = 256, .reserve = 99), true,
     W(.spent = 256)},
    {"an early request is counted as one in flight", W(), ASK(EARLY), true,
     W(.spent = 1, .early = 1, .early_until = NOW + 10)},
    {"the sixteenth goes", W(.early = 15, .early_until = NOW + 20), ASK(EARLY), true,
     W(.spent = 1, .early = 16, .early_until = NOW + 20)},
    {"the seventeenth waits for another to land", W(.early = 16, .early_until = NOW + 1),
     ASK(EARLY), false, .until = -1},
    {"an ordinary request does not wait", W(.early = 16, .early_until = NOW + 1), ASK(), true,
     W(.spent = 1, .early = 16, .early_until = NOW + 1)},
    {"early requests of a killed process expire", W(.early = 16, .early_until = NOW), ASK(EARLY),
     true, W(.spent = 1, .early = 1, .early_until = NOW + 10)},
    {"also when the clock went back", W(.early = 16, .early_until = NOW + 9000), ASK(EARLY), true,
     W(.spent = 1, .early = 1, .early_until = NOW + 10)},

    {"a counted window loses one", COUNTED(20, 600), ASK(), true,
     COUNTED(19, 600, .first = 20, .spent = 1)},
    {"or several", COUNTED(20, 600), ASK(.n = 7), true, COUNTED(13, 600, .first = 20, .spent = 7)},
    {"the last one goes", COUNTED(1, 600), ASK(), true, COUNTED(0, 600, .first = 1, .spent = 1)},
    {"none is left", COUNTED(0, 600), ASK(), false, .until = 600},
    {"not so many are left", COUNTED(6, 600), ASK(.n = 7), false, .until = -1},
    {"the reserve stays", COUNTED(5, 600), ASK(.reserve = 5), false, .until = 600},
    {"one above the reserve goes", COUNTED(6, 600), ASK(.reserve = 5), true,
     COUNTED(5, 600, .first = 6, .spent = 1)},
    {"a reserve without bounds does not overflow", COUNTED(6, 600), ASK(.reserve = INT32_MAX),
     false, .until = 600},
    {"what is left is first of all for those in flight",
     COUNTED(3, 600, .early = 3, .early_until = NOW + 5), ASK(), false, .until = -1},
    {"one more is not", COUNTED(4, 600, .early = 3, .early_until = NOW + 5), ASK(), true,
     COUNTED(3, 600, .first = 4, .early = 3, .early_until = NOW + 5, .spent = 1)},
    {"until they ended by the clock", COUNTED(3, 600, .early = 3, .early_until = NOW - 1), ASK(),
     true, COUNTED(2, 600, .first = 3, .early_until = NOW - 1, .spent = 1)},
    {"an early request of a counted window is a plain one", COUNTED(4, 600), ASK(EARLY), true,
     COUNTED(3, 600, .first = 4, .spent = 1)},
    {"a guessed end does not close it", GUESSED(0, HOUR), ASK(), true,
     GUESSED(0, HOUR, .spent = 1)},
    {"but for a reserve", GUESSED(5, HOUR), ASK(.reserve = 5), false, .until = HOUR},
    {"what is above the reserve goes", GUESSED(6, HOUR), ASK(.reserve = 5), true,
     GUESSED(5, HOUR, .first = 6, .spent = 1)},
    {"a reserve does not outlast the guessed end", GUESSED(5, 0), ASK(.reserve = 5), true,
     W(.generation = 2, .spent = 1)},
    {"an older version stored counts without an end", W(.remaining = 0, .first = 0),
     ASK(.reserve = 5), true, W(.remaining = 0, .first = 0, .spent = 1)},
    {"a limit that is not enforced neither", W(.reported = true, .resets_at = NOW + 9), ASK(), true,
     W(.reported = true, .resets_at = NOW + 9, .spent = 1)},

    {"to the last second it is closed", COUNTED(0, 0.5), ASK(), false, .until = 0.5},
    {"at its end the next begins, of unknown size", COUNTED(0, 0), ASK(), true,
     W(.generation = 2, .spent = 1)},
    {"with an early request, where it is one", COUNTED(0, 0), ASK(EARLY), true,
     W(.generation = 2, .spent = 1, .early = 1, .early_until = NOW + 10)},
    {"with those before it out of sight", COUNTED(0, 0, .early = 9, .early_until = NOW + 99), ASK(),
     true, W(.generation = 2, .spent = 1, .early_until = NOW + 99)},
    {"of its total, where that is known", COUNTED(0, 0, .total = 30), ASK(), true,
     W(.total = 30, .remaining = 29, .resets_at = NOW + HOUR, .generation = 2, .spent = 1)},
    {"less several", COUNTED(0, 0, .total = 30), ASK(.n = 9, .reserve = 21), true,
     W(.total = 30, .remaining = 21, .resets_at = NOW + HOUR, .generation = 2, .spent = 9)},
    {"but not into the reserve", COUNTED(0, 0, .total = 30), ASK(.n = 9, .reserve = 22), false,
     .until = HOUR},
    {"one goes whatever the reserve, to learn the total", COUNTED(0, 0, .total = 4),
     ASK(.reserve = 30), true,
     W(.total = 4, .remaining = 3, .resets_at = NOW + HOUR, .generation = 2, .spent = 1)},
    {"and no second one", W(.total = 4, .remaining = 3, .resets_at = NOW + HOUR, .generation = 2),
     ASK(.reserve = 30), false, .until = HOUR},
    {"an end that is days off is that of another clock", COUNTED(0, 86400), ASK(), true,
     W(.generation = 2, .spent = 1)},
    {"two hours off is not, but no wait is longer than a window", COUNTED(0, 7200), ASK(), false,
     .until = HOUR + TG_WINDOW_MARGIN},
};

static void test_takes(void)
{
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
        const take *t = &takes[i];
        tg_quota w = t->before;
        CASE(t->what)
        {
            CHECK(tg_window_take(&w, &t->ask) == t->taken);
            CHECK(equal(&w, t->taken ? &t->after : &t->before));
            double until = tg_window_closed_until(&w, NOW, t->ask.reserve);
            if (!t->taken) CHECK(t->until < 0 ? until < 0 : until == NOW + t->until);
        }
    }
}

/* -------------------------------------------------------------------------------------- reports */

typedef struct report {
    const char *what;
    tg_quota before;
    struct {
        int remaining;
        double resets_in;
        int total, reserved;
    } r;
    bool news;
    tg_quota after;
} report;

static const report reports[] = {
    {"nothing", COUNTED(5, 600), {NONE, -1, NONE, 0}, false, COUNTED(5, 600)},
    {"the first count", W(.spent = 1), {29, 599, NONE, 0}, true, COUNTED(29, 600, .spent = 1)},
    {"a count without an end ends in an hour", W(), {29, -1, NONE, 0}, true, GUESSED(29, HOUR)},
    {"the same with an end so far off", W(), {20, 30000, NONE, 0}, true, GUESSED(20, HOUR)},
    {"a lower count does not put it off",
     GUESSED(20, 600),
     {3, -1, NONE, 0},
     true,
     GUESSED(3, 600, .first = 20)},
    {"a higher one was overtaken, too",
     GUESSED(20, 600),
     {25, -1, NONE, 0},
     false,
     GUESSED(20, 600)},
    {"a reported end is better",
     GUESSED(20, 3000),
     {19, 599, NONE, 0},
     true,
     COUNTED(19, 600, .first = 20)},
    {"one behind the latest is of another window",
     GUESSED(3, 600),
     {29, 3500, NONE, 0},
     true,
     COUNTED(29, 3501, .generation = 2)},
    {"a count after the guessed end begins a window",
     GUESSED(3, -1),
     {29, -1, NONE, 0},
     true,
     GUESSED(29, HOUR, .generation = 2)},
    {"a reported end stays where the next reply has none",
     COUNTED(20, 600),
     {19, -1, NONE, 0},
     true,
     COUNTED(19, 600, .first = 20)},
    {"an end without a count",
     W(),
     {NONE, 599, NONE, 0},
     true,
     W(.resets_at = NOW + 600, .reported = true)},
    {"a lower count", COUNTED(20, 600), {3, 599, NONE, 0}, true, COUNTED(3, 600, .first = 20)},
    {"a higher one was overtaken", COUNTED(20, 600), {25, 599, NONE, 0}, false, COUNTED(20, 600)},
    {"the same", COUNTED(20, 600), {20, 599, NONE, 0}, false, COUNTED(20, 600)},
    {"the first end of a window is kept",
     COUNTED(20, 600),
     {20, 604, NONE, 0},
     false,
     COUNTED(20, 600)},
    {"less the reservation", W(), {20, 599, NONE, 4}, true, COUNTED(16, 600)},
    {"the reservation is all that is left", W(), {3, 599, NONE, 4}, true, COUNTED(0, 600)},
    {"a count below 0 is not enforced",
     COUNTED(20, 600),
     {-4, 599, NONE, 0},
     true,
     COUNTED(-1, 600, .first = 20)},
    {"no count so large",
     W(),
     {INT32_MAX, 599, INT32_MAX, 0},
     true,
     COUNTED(1000000, 600, .total = 1000000)},

    {"a later end is another window",
     COUNTED(0, 600, .early = 2),
     {30, 700, NONE, 0},
     true,
     COUNTED(30, 701, .generation = 2)},
    {"an earlier one too: the clock went back",
     COUNTED(0, 600),
     {12, 500, NONE, 0},
     true,
     COUNTED(12, 501, .generation = 2)},
    {"but for an end that was computed",
     W(.total = 30, .remaining = 20, .resets_at = NOW + HOUR, .generation = 2),
     {19, 599, NONE, 0},
     true,
     COUNTED(19, 600, .total = 30, .generation = 2, .first = -1)},
    {"a reply of a window that is over, read in the next",
     W(.total = 30, .remaining = 20, .resets_at = NOW + HOUR, .generation = 2),
     {1, 0, NONE, 0},
     false,
     W(.total = 30, .remaining = 20, .resets_at = NOW + HOUR, .generation = 2)},
    {"a report after the end begins a window",
     COUNTED(0, -1),
     {NONE, -1, NONE, 0},
     true,
     W(.generation = 2)},

    {"the first count of an hour that has just begun tells the total",
     W(),
     {239, 3599, NONE, 0},
     true,
     COUNTED(239, 3600, .total = 240)},
    {"of another it does not", W(), {239, 3500, NONE, 0}, true, COUNTED(239, 3501)},
    {"a total that was reported", W(), {12, 599, 30, 0}, true, COUNTED(12, 600, .total = 30)},
    {"a better plan in the middle of a window",
     COUNTED(2, 1000, .total = 30),
     {212, 999, 240, 0},
     true,
     COUNTED(212, 1000, .total = 240, .first = 2)},
    {"a count that the total cannot explain; what was taken stays taken",
     W(.total = 30, .remaining = 20, .resets_at = NOW + HOUR),
     {239, 3598, NONE, 0},
     true,
     W(.total = 240, .remaining = 230, .resets_at = NOW + 3599, .reported = true)},
};

static void test_reports(void)
{
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        const report *t = &reports[i];
        tg_quota w = t->before;
        tg_window_report r =
            tg_window_reported(NOW, t->r.remaining, t->r.resets_in, t->r.total, t->r.reserved);
        CASE(t->what)
        {
            CHECK(tg_window_merge(&w, &r, NOW) == t->news);
            CHECK(equal(&w, &t->after));
            CHECK(!tg_window_merge(&w, &r, NOW)); /* a second merge changes nothing */
        }
    }
}

/* ------------------------------------------------------------------------------------- the rest */

typedef struct landing {
    const char *what;
    tg_quota w;
    int64_t generation;
    int remaining, counts_as;
} landing;

static const landing landings[] = {
    {"the first count stands", W(.early = 3), 1, 29, 29},
    {"a lower one stands", COUNTED(20, 600), 1, 15, 15},
    {"a higher one than the first was counted before it", COUNTED(20, 600), 1, 21, 21},
    {"one between them may lack it", COUNTED(17, 600, .first = 20), 1, 18, 16},
    {"one that says nothing lacks it", COUNTED(17, 600), 1, NONE, 16},
    {"nothing is left to take", COUNTED(0, 600), 1, NONE, 0},
    {"of another window", COUNTED(17, 600, .generation = 2), 1, NONE, NONE},
};

static void test_landings(void)
{
    for (size_t i = 0; i < sizeof landings / sizeof *landings; i++) {
        const landing *t = &landings[i];
        CASE(t->what)
        CHECK(tg_window_landed_count(&t->w, t->generation, t->remaining) == t->counts_as);
    }
    CASE("each landing leaves one less in flight, of its own window")
    {
        tg_quota w = W(.early = 1, .generation = 2);
        tg_window_landed(&w, 1);
        CHECK(w.early == 1);
        tg_window_landed(&w, 2);
        tg_window_landed(&w, 2);
        CHECK(w.early == 0);
    }
}

typedef struct change {
    const char *what;
    tg_quota before, after;
    double until; /* end given by a 402, in seconds from NOW; 0: unknown */
} change;

static const change closings[] = {
    {"a 402 closes what was counted", COUNTED(20, 600), COUNTED(0, 134, .generation = 2), 133},
    {"until the end that was reported, where it says none", COUNTED(20, 600),
     COUNTED(0, 600, .generation = 2), 0},
    {"or for an hour", W(), COUNTED(0, HOUR, .generation = 2), 0},
    {"no longer than a window can last", W(), COUNTED(0, 7200, .generation = 2), 90000},
};

static void test_closings(void)
{
    for (size_t i = 0; i < sizeof closings / sizeof *closings; i++) {
        const change *t = &closings[i];
        tg_quota w = t->before;
        CASE(t->what)
        {
            tg_window_close(&w, NOW, t->until > 0 ? NOW + t->until : 0);
            CHECK(equal(&w, &t->after));
        }
    }
}

typedef struct released {
    const char *what;
    tg_quota before;
    int64_t generation;
    tg_quota after;
} released;

static const released releases[] = {
    {"an unsent request is left again", COUNTED(3, 600, .spent = 9), 1,
     COUNTED(6, 600, .first = 3, .spent = 6)},
    {"not to a later window", COUNTED(3, 600, .spent = 9, .generation = 2), 1,
     COUNTED(3, 600, .spent = 6, .generation = 2)},
    {"nor to one of unknown size", W(.spent = 9), 1, W(.spent = 6)},
};

static void test_releases(void)
{
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
        const released *t = &releases[i];
        tg_quota w = t->before;
        CASE(t->what)
        {
            tg_window_release(&w, t->generation, 3);
            CHECK(equal(&w, &t->after));
        }
    }
}

static void test_guesses(void)
{
    CASE("an end is guessed where a reply has counted, and has told none")
    {
        CHECK(tg_window_is_guessed(&GUESSED(3, 600)) && tg_window_is_guessed(&GUESSED(0, -9)));
        CHECK(!tg_window_is_guessed(&COUNTED(3, 600)) && !tg_window_is_guessed(&W()));
    }
    CASE("and computed where a take has begun the window")
    {
        tg_quota w = COUNTED(0, 0, .total = 30);
        CHECK(tg_window_take(&w, &ASK()) && !tg_window_is_guessed(&w));
    }
}

static void test_joins_and_views(void)
{
    CASE("the count of a workspace is its organization's where it is lower")
    {
        tg_quota w = COUNTED(9, 600, .spent = 1), part = COUNTED(3, 500, .spent = 2);
        tg_quota joined = COUNTED(3, 500, .spent = 3, .generation = 2);
        tg_window_join(&w, &part);
        CHECK(equal(&w, &joined));
    }
    CASE("or alone")
    {
        tg_quota w = W(.spent = 1), part = COUNTED(3, 500, .spent = 2);
        tg_quota joined = COUNTED(3, 500, .spent = 3, .generation = 2);
        tg_window_join(&w, &part);
        CHECK(equal(&w, &joined));
    }
    CASE("else its cost alone")
    {
        tg_quota w = COUNTED(3, 600, .spent = 1), part = COUNTED(9, 500, .spent = 2);
        tg_quota joined = COUNTED(3, 600, .spent = 3);
        tg_window_join(&w, &part);
        CHECK(equal(&w, &joined));
    }
    CASE("a window that is over is whole again")
    {
        tg_quota w = tg_window_at(&COUNTED(0, -1, .total = 30), NOW);
        CHECK(w.remaining == 30 && w.resets_at == 0);
    }
    CASE("no end is farther off than a window is long, when the clock went back")
    {
        tg_quota w = tg_window_at(&COUNTED(0, 5400), NOW);
        CHECK(w.resets_at == NOW + HOUR + TG_WINDOW_MARGIN);
    }
    CASE("a computed end is not reported")
    {
        tg_quota w = tg_window_at(&W(.remaining = 7, .resets_at = NOW + 60), NOW);
        CHECK(w.remaining == 7 && w.resets_at == 0);
    }
}

int main(void)
{
    test_takes();
    test_reports();
    test_landings();
    test_closings();
    test_releases();
    test_guesses();
    test_joins_and_views();
    return check_report();
}
