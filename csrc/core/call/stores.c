/* The stores of a client: opened when they are first needed, and how long they may wait. */
#include <math.h>

#include "client.h"
#include "state_sqlite.h"

#define CACHE_SECONDS 0.2 /* a cache that another process holds is skipped after that long */
/* A ledger is waited for longer before a request is taken, since all processes count in it; what
** only looks into it waits as for the cache. */
#define STATE_SECONDS 1.0

void tg_stores_patience(tg_client *c)
{
    double quarter = c->time_left / 4;
    double state = c->try_time / 2 < STATE_SECONDS ? c->try_time / 2 : STATE_SECONDS;
    if (c->cache) tg_cache_patience(c->cache, quarter < CACHE_SECONDS ? quarter : CACHE_SECONDS);
    if (c->state) c->state->api->patience(c->state, quarter < state ? quarter : state);
}

void tg_stores_hurry(tg_client *c)
{
    if (c->state) c->state->api->patience(c->state, CACHE_SECONDS);
}

/* What is waited for a store is missing for the request: of the time that the call has left a
   quarter at most. */
void tg_call_patience(const tg_call *call)
{
    tg_client *c = call->client;
    double left = call->give_up ? call->give_up - tg_client_ticks(c) : INFINITY;
    c->time_left = left > 0 ? left : 0;
    c->try_time = call->options.timeout;
    tg_stores_patience(c);
}

void tg_client_mind_stores(tg_client *c)
{
    const char *warning = c->cache ? tg_cache_warning(c->cache) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
    warning = c->state ? c->state->api->warning(c->state) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
}

/* A store that cannot be used is a warning and no reason to fail: without state the ledger lives in
   memory, without a ** cache every read goes to the wire. Each is opened when it is needed: a
   script that the cache answers needs no ledger. */
tg_ledger *tg_client_ledger(tg_client *c)
{
    char warning[300] = "";
    tg_error err = {0};
    if (c->state_tried) return c->ledger;
    c->state_tried = true;
    if (c->state_path) {
        c->state = tg_state_sqlite(c->state_path, warning, &err);
        if (*warning) tg_report_warning(c, "%s", warning);
        if (c->state) c->state->api->watch(c->state, c->interrupt);
        tg_stores_patience(c);
    }
    tg_state *state = c->state ? c->state : tg_state_sqlite(":memory:", NULL, &err);
    if (!state) return NULL;
    return c->ledger = tg_ledger_new(state, !c->state, c->auth.account, &err);
}

tg_cache *tg_client_cache(tg_client *c)
{
    char warning[300] = "";
    tg_error err = {0};
    if (c->cache_tried || !c->cache_path) return c->cache;
    c->cache_tried = true;
    c->cache = tg_cache_open(c->cache_path, warning, &err);
    if (*warning) tg_report_warning(c, "%s", warning);
    if (c->cache && !(c->write_behind = tg_write_behind_new())) {
        tg_cache_close(c->cache);
        c->cache = NULL;
    }
    if (c->cache) tg_cache_watch(c->cache, c->interrupt);
    tg_stores_patience(c);
    return c->cache;
}

bool tg_client_check_stores(tg_client *c)
{
    if (tg_client_inherited(c)) return false;
    tg_client_ledger(c);
    tg_client_cache(c);
    tg_stores_hurry(c);
    bool ok = !c->cache_path || (c->cache && tg_cache_probe(c->cache, NULL));
    ok = (!c->state_path || (c->state && c->state->api->probe(c->state, NULL))) && ok;
    tg_stores_patience(c);
    tg_client_mind_stores(c);
    return ok;
}
