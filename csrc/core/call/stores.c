/* The stores of a client: opened on first use, with limits on their waits. */
#include <math.h>

#include "client.h"
#include "error.h"
#include "journal_sqlite.h"
#include "state_sqlite.h"

#define CACHE_SECONDS 0.2 /* skip a cache that another process holds for longer */
/* Wait longer for the ledger before a request is taken, since all processes count in it; a mere
   look into it waits no longer than for the cache. */
#define STATE_SECONDS 1.0
/* A change is not sent without its record, and a query has no other answer. */
#define JOURNAL_SECONDS 10.0
#define QUERY_SECONDS   10.0

void tg_stores_patience(tg_client *c)
{
    double most = c->store_time;
    double state = c->try_time / 2 < STATE_SECONDS ? c->try_time / 2 : STATE_SECONDS;
    if (c->cache)
        tg_cache_patience(c->cache, most < CACHE_SECONDS ? most : CACHE_SECONDS,
                          most < QUERY_SECONDS ? most : QUERY_SECONDS);
    if (c->state) c->state->api->patience(c->state, most < state ? most : state);
    if (c->journal)
        tg_store_patience(tg_journal_sqlite_store(c->journal),
                          most < JOURNAL_SECONDS ? most : JOURNAL_SECONDS);
}

void tg_stores_hurry(tg_client *c)
{
    if (c->state) c->state->api->patience(c->state, CACHE_SECONDS);
}

/* Time spent waiting for a store is lost for the request: use at most a quarter of the call's
   remaining time. */
void tg_call_patience(const tg_call *call)
{
    tg_client *c = call->client;
    double left = call->give_up ? call->give_up - tg_client_ticks(c) : INFINITY;
    c->store_time = left > 0 ? left / 4 : 0;
    c->try_time = call->options.timeout;
    tg_stores_patience(c);
}

void tg_client_patience(tg_client *c)
{
    c->store_time = c->deadline > 0 ? c->deadline : INFINITY;
    c->try_time = c->timeout;
    tg_stores_patience(c);
}

void tg_client_mind_stores(tg_client *c)
{
    const char *warning = c->cache ? tg_cache_warning(c->cache) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
    warning = c->state ? c->state->api->warning(c->state) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
}

/* An unusable store is a warning, not a failure: without state the ledger is in memory, and without
   a cache every read is sent. Each is opened on first use: a script served by the cache needs no
   ledger. */
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
    if (c->cache && c->cache_limit) tg_cache_limit(c->cache, (int64_t)c->cache_limit);
    tg_stores_patience(c);
    return c->cache;
}

/* Check the end of the chain, and remove old entries. A failure to remove is reported and does not
   stop the change. */
static bool prepare_journal(tg_client *c, tg_error *err)
{
    if (!tg_journal_sound(c->journal, err)) return false;
    if (!tg_journal_keep(c->journal, tg_client_now(c), c->journal_keep, c->journal_redact, err))
        tg_report_warning(c, "old entries of the journal were not removed: %s", err->message);
    return true;
}

/* One that failed is tried again with the next write. */
tg_journal *tg_client_journal_open(tg_client *c, tg_error *err)
{
    if (c->journal) return c->journal;
    if (!c->journal_path) {
        tg_error_set(err, TG_E_INVALID, "this client keeps no journal");
        tg_error_because(err, TG_R_NO_JOURNAL);
        return NULL;
    }
    bool emptied = tg_journal_sqlite_emptied(c->journal_path);
    c->journal = tg_journal_sqlite(c->journal_path, err);
    if (!c->journal) return NULL;
    if (emptied)
        tg_report_warning(c,
                          "%.*s was emptied by another program: the changes that it recorded are "
                          "no longer known, and a new journal begins",
                          tg_error_fit(c->journal_path, 300), c->journal_path);
    tg_store_watch(tg_journal_sqlite_store(c->journal), c->interrupt);
    tg_stores_patience(c);
    if (prepare_journal(c, err)) return c->journal;
    c->journal->api->close(c->journal);
    return c->journal = NULL;
}

tg_journal *tg_client_journal_outside(tg_client *c, tg_error *err)
{
    tg_client_patience(c);
    return tg_client_journal_open(c, err);
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
