/* Take requests from a ledger, and look at its windows. */
#ifndef LEDGER_HELP_H
#define LEDGER_HELP_H

#include "ledger.h"
#include "state_sqlite.h"

#define NOW      1.7e9
#define NOT_SAID INT32_MIN

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

#endif
