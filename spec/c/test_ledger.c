/* Quota windows: what opens, counts and closes them. */
#include "check.h"
#include "ledger_help.h"

static tg_ledger *fresh(void)
{
    tg_error err;
    tg_ledger *l = tg_ledger_new(tg_state_sqlite(":memory:", NULL, NULL), true, "account", &err);
    if (!l) printf("# %s\n", err.message);
    return l;
}

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

int main(void)
{
    unknown();
    counting();
    closing();
    totals();
    clocks();
    giving_back();
    places();
    return check_report();
}
