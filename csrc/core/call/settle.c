/*
** Read your writes: replies that a change has made stale, and replies read before the server shows
** the change.
**
** A change marks the replies under its tags in the client's own store, in the order that all
** processes of that file see, and records tags and time in the state file, for clients with another
** store or none. A reply is stale when one of its tags was changed after its request was sent;
** while the change settles, the reply does not answer other calls.
*/
#include "client.h"
#include "error.h"
#include "own.h"
#include "state_sqlite.h"

#define LOOK_SECONDS 0.0002 /* a change is recorded before it is sent, and takes longer than this */
#define LOST_MOST    150    /* bytes of the error in the sentence */
#define LOST         "%.*s; other programs may read stored replies from before a change"

/* --------------------------------------------------------------------------------- changes */

bool tg_call_drop_missed(tg_client *c)
{
    tg_error err;
    if (!c->missed.n) return true;
    if (!tg_cache_drop(c->cache, c->auth.account, c->missed.p, tg_client_now(c), &err))
        return false;
    tg_buf_reset(&c->missed);
    return true;
}

/* If the cache was locked, drop the tags before the cache is read again. Meanwhile other processes
   may get stale replies. */
static void drop(tg_call *call, const char *account, const char *tags)
{
    tg_error err;
    tg_dropped before;
    int64_t seq;
    tg_client *c = call->client;
    const char *watched = tg_own_watched(call);
    double now = tg_client_now(c);
    c->stamp = -1;
    if (!watched && tg_cache_drop(c->cache, account, tags, now, &err)) return;
    if (watched &&
        tg_cache_drop_after(c->cache, account, tags, now, watched, &before, &seq, &err)) {
        tg_own_dropped(call, &before, seq);
        return;
    }
    if (account == c->auth.account) tg_buf_printf(&c->missed, " %s", tags);
    tg_report_warning(c, LOST, tg_error_fit(err.message, LOST_MOST), err.message);
}

static void note(tg_call *call, const char *account, const char *tags, double now)
{
    tg_error err;
    tg_client *c = call->client;
    tg_state *state = tg_ledger_state(c->ledger);
    c->looked = 0;
    if (!state->api->changes->note(state, account, tags, now, &err))
        tg_report_warning(c, LOST, tg_error_fit(err.message, LOST_MOST), err.message);
}

static void take_back(tg_call *call, const char *account, const char *tags, double at)
{
    tg_client *c = call->client;
    tg_state *state = tg_ledger_state(c->ledger);
    c->looked = 0;
    state->api->changes->take_back(state, account, tags, at);
}

static void drop_at(tg_call *call, const char *account, const char *tags, double now)
{
    tg_client *c = call->client;
    if (tg_client_cache(c)) drop(call, account, tags);
    if (!tg_client_ledger(c)) return;
    note(call, account, tags, now);
    tg_own_noted_end(call, now);
}

/* Call FN for the tags that the change drops. A change made with other credentials, or none,
   affects what both accounts see. */
static void for_accounts(tg_call *call, double at,
                         void (*fn)(tg_call *call, const char *account, const char *tags,
                                    double at))
{
    tg_buf tags;
    tg_client *c = call->client;
    tg_buf_init(&tags, 4096);
    if (tg_request_expand(call->request, call->request->op->drops, &tags)) {
        fn(call, c->auth.account, tags.p, at);
        if (call->auth != &c->auth) fn(call, call->auth->account, tags.p, at);
    }
    tg_buf_clear(&tags);
}

void tg_call_note(tg_call *call)
{
    if (!call->request->op->drops || tg_request_reads(call->request)) return;
    if (!tg_client_ledger(call->client)) return;
    tg_own_prepare(call);
    call->noted = tg_client_now(call->client);
    for_accounts(call, call->noted, note);
    tg_own_noted(call);
}

void tg_call_take_back(tg_call *call)
{
    if (call->noted > 0) {
        for_accounts(call, call->noted, take_back);
        tg_own_taken_back(call);
    }
    call->noted = 0;
}

void tg_call_changed(tg_call *call)
{
    tg_client *c = call->client;
    if (tg_request_reads(call->request)) return;
    c->changes++;
    call->noted = 0;
    if (!call->request->op->drops) return;
    if (tg_client_cache(c)) tg_write_behind_flush(c->write_behind, c->cache, NULL);
    tg_own_prepare(call);
    for_accounts(call, tg_client_now(c), drop_at);
}

/* ----------------------------------------------------------------------------------- replies */

/* Forget what the last look found, unless it was just now or no process has committed since. */
static void expire_look(tg_client *c)
{
    double ticks = tg_client_ticks(c);
    tg_store *store = c->state ? tg_state_sqlite_store(c->state) : NULL;
    if (c->looked > 0 && ticks >= c->looked && ticks - c->looked < LOOK_SECONDS) return;
    c->looked = ticks;
    if (store && tg_store_unchanged(store, &c->look)) return;
    c->look = store ? tg_store_mark_now(store) : (tg_store_mark){0};
    c->marked = c->any_change = -1;
}

/* May any program have recorded a change at SINCE or later? Only the time of a file shows it, so
   that mostly no database is queried, or even opened. */
static bool is_marked(tg_client *c, double since)
{
    bool real = !c->clock.now; /* as the times of files are */
    bool in_memory = c->ledger && !c->state;
    if (!real || in_memory) return true;
    const char *path = c->state ? tg_store_path(tg_state_sqlite_store(c->state)) : c->state_path;
    if (c->marked < 0) c->marked = tg_state_sqlite_marked(path);
    return c->marked >= since;
}

/* The last change of this account by the state file, if it is at SINCE or later: seconds since
   1970. Without a file, only the client's own changes are known, and it makes none before it has a
   ledger. */
static double any_change(tg_call *call, double now, double since)
{
    tg_client *c = call->client;
    if (!c->ledger && !c->state_path) return 0;
    expire_look(c);
    if (!is_marked(c, since) || !tg_client_ledger(c)) return 0;
    tg_state *state = tg_ledger_state(c->ledger);
    if (call->auth != &c->auth) return state->api->changes->any(state, call->auth->account, now);
    if (c->any_change < 0) c->any_change = state->api->changes->any(state, c->auth.account, now);
    return c->any_change;
}

/* The last change, at SINCE or later, of what the call reads: seconds since 1970; 0: none. CACHE:
   also check the records in the client's own store. */
static double last_change(tg_call *call, double since, bool cache)
{
    tg_buf tags;
    tg_client *c = call->client;
    double now = tg_client_now(c), last = 0, here = 0;
    if (!call->request->op->tags || !tg_request_reads(call->request)) return 0;
    double any = any_change(call, now, since);
    bool older = any <= 0 || any < since;
    if (older && !cache) return 0;
    tg_buf_init(&tags, 4096);
    if (tg_call_tags(call, &tags)) {
        const char *account = call->auth->account;
        tg_state *state = older ? NULL : tg_ledger_state(c->ledger);
        if (state) last = state->api->changes->last(state, account, tags.p, now);
        if (cache) here = tg_cache_changed(c->cache, account, tags.p, now - c->settle_after, now);
    }
    tg_buf_clear(&tags);
    if (here > last) last = here;
    return last >= since ? last : 0;
}

void tg_call_weigh(tg_call *call)
{
    tg_client *c = call->client;
    tg_stored *stored = &call->stored;
    double last = last_change(call, stored->at, stored->spoiled), until = 0;
    if (last > 0) {
        stored->spoiled = true;
        if (last + c->settle_after > tg_client_now(c)) until = last + c->settle_after;
    }
    if (stored->settling && stored->at + c->settle_after > until)
        until = stored->at + c->settle_after;
    stored->settled_at = until;
}

/* Is the clock of the cache read again with the reply? */
static bool looks_again(const tg_call *call)
{
    return call->client->settle_after > 0 && call->request->op->tags &&
           tg_request_reads(call->request);
}

/* With a look at the reply, the stamp of an earlier look suffices: it can only reject more. */
void tg_call_stamp(tg_call *call)
{
    tg_client *c = call->client;
    if (!c->cache) return;
    if (c->stamp < 0 || !looks_again(call)) c->stamp = tg_cache_stamp(c->cache, NULL);
    call->stamp = c->stamp;
}

/* Was any tag dropped from the cache in the time that a change takes to settle? A drop before the
   request was sent is no reason to reject its reply. */
static bool dropped_lately(tg_call *call)
{
    double at;
    tg_client *c = call->client;
    if (!c->cache || !looks_again(call)) return false;
    c->stamp = tg_cache_stamp(c->cache, &at);
    if (c->stamp >= 0 && at < call->asked) call->stamp = c->stamp;
    return at > tg_client_now(c) - c->settle_after;
}

void tg_call_settle(tg_call *call)
{
    tg_client *c = call->client;
    double last = last_change(call, call->asked - c->settle_after, dropped_lately(call));
    if (last > 0) call->reply->settled_at = last + c->settle_after;
}
