/* The requests that a client has spent, and what it knows of its windows and its server. */
#include <stdlib.h>

#include "client.h"

static tg_cost *cost_row(tg_client *c, const char *operation, int64_t organization)
{
    for (size_t i = 0; i < c->cost_count; i++)
        if (c->costs[i].operation == operation && c->costs[i].organization == organization)
            return &c->costs[i];
    tg_cost *more = realloc(c->costs, (c->cost_count + 1) * sizeof *more);
    if (!more) return NULL;
    c->costs = more;
    more[c->cost_count] = (tg_cost){operation, organization, 0};
    return &more[c->cost_count++];
}

void tg_client_charge(tg_client *c, const tg_call *call)
{
    tg_cost *row = cost_row(c, call->request->op->name, call->window);
    if (row) row->requests++;
    c->requests++;
    if (c->tally) c->tally->requests++;
}

size_t tg_client_cost(const tg_client *c, const tg_cost **costs)
{
    *costs = c->costs;
    return c->cost_count;
}

void tg_client_quota(tg_client *c, bool (*fn)(void *ctx, const tg_window_state *w), void *ctx)
{
    if (tg_client_inherited(c)) return;
    tg_ledger *ledger = tg_client_ledger(c);
    tg_stores_hurry(c);
    if (ledger) tg_ledger_each(ledger, tg_client_now(c), fn, ctx);
    tg_stores_patience(c);
    tg_client_mind_stores(c);
}

void tg_client_learn(tg_client *c, int64_t organization, int remaining, double resets_in, int total)
{
    if (tg_client_inherited(c)) return;
    if (tg_client_ledger(c))
        tg_ledger_learn(c->ledger, organization, tg_client_now(c), remaining, resets_in, total);
}

bool tg_client_fact(tg_client *c, const char *name, int64_t *value)
{
    if (tg_client_inherited(c)) return false;
    tg_ledger *ledger = tg_client_ledger(c);
    tg_stores_hurry(c);
    bool found = ledger && tg_ledger_fact(ledger, name, value);
    tg_stores_patience(c);
    return found;
}

void tg_client_set_fact(tg_client *c, const char *name, int64_t value)
{
    if (tg_client_inherited(c)) return;
    if (tg_client_ledger(c)) tg_ledger_set_fact(c->ledger, name, value);
}
