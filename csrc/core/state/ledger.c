#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ledger_inside.h"
#include "policy.h"

#define MOST_RESERVED 256 /* requests reserved at once */
#define PART_RESERVED 32  /* and at most this fraction of the remaining ones */
#define BURST         1.0 /* seconds between requests; a slower process gets no reservation */

/* --------------------------------------------------------------------------------- make and end */

tg_ledger *tg_ledger_new(tg_state *state, bool own, const char *account, tg_error *err)
{
    tg_ledger *l = calloc(1, sizeof *l);
    if (l && (l->account = strdup(account))) {
        l->state = state;
        l->own = own;
        return l;
    }
    free(l);
    if (own) state->api->close(state);
    tg_error_set(err, TG_E_NOMEM, "out of memory");
    return NULL;
}

void tg_ledger_free(tg_ledger *l)
{
    if (!l) return;
    tg_ledger_flush(l);
    if (l->own) l->state->api->close(l->state);
    free(l->account);
    free(l->known);
    free(l);
}

tg_state *tg_ledger_state(const tg_ledger *l)
{
    return l->state;
}

/* ----------------------------------------------------------------------------------------- rows */

bool tg_ledger_begin(tg_ledger *l, tg_error *err)
{
    return l->state->api->begin(l->state, err);
}

bool tg_ledger_commit(tg_ledger *l, tg_error *err)
{
    return l->state->api->commit(l->state, err);
}

void tg_ledger_rollback(tg_ledger *l)
{
    l->state->api->rollback(l->state);
}

bool tg_ledger_read(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err)
{
    return l->state->api->ledger->read(l->state, l->account, organization, w, found, err);
}

bool tg_ledger_write(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err)
{
    return l->state->api->ledger->write(l->state, l->account, organization, w, err);
}

/* Begin a unit of work and read the window's row, or the default without a row. False: err. */
static bool open_row(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err)
{
    if (!tg_ledger_begin(l, err)) return false;
    if (tg_ledger_read(l, organization, w, found, err)) return true;
    tg_ledger_rollback(l);
    return false;
}

/* Write the row and end the unit of work; on failure nothing is written. */
static bool keep_row(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err)
{
    if (tg_ledger_write(l, organization, w, err)) return tg_ledger_commit(l, err);
    tg_ledger_rollback(l);
    return false;
}

/* False: the file cannot be written; the requests stay spent. */
static bool release(tg_ledger *l, int64_t organization, int64_t generation, int n)
{
    tg_quota w;
    bool found;
    if (n <= 0 || !open_row(l, organization, &w, &found, NULL)) return false;
    if (!found) return tg_ledger_commit(l, NULL);
    tg_window_release(&w, generation, n);
    return keep_row(l, organization, &w, NULL);
}

/* ------------------------------------------------------------------- what this process knows */

static tg_known *find_known(const tg_ledger *l, int64_t organization)
{
    for (size_t i = 0; i < l->known_count; i++)
        if (l->known[i].organization == organization) return &l->known[i];
    return NULL;
}

/* Without memory for it, the ledger only writes more often. */
static void know(tg_ledger *l, int64_t organization, const tg_quota *w)
{
    tg_known *k = find_known(l, organization);
    if (!k) {
        tg_known *more = realloc(l->known, (l->known_count + 1) * sizeof *more);
        if (!more) return;
        l->known = more;
        k = &more[l->known_count++];
        *k = (tg_known){.organization = organization, .w = *w};
    }
    if (k->w.generation != w->generation) { /* the reservation belonged to an expired window */
        release(l, organization, 0, k->reserved);
        k->reserved = 0;
    }
    k->w = *w;
}

int tg_ledger_left(const tg_ledger *l, int64_t organization)
{
    const tg_known *k = find_known(l, organization);
    return k && k->w.remaining >= 0 ? k->w.remaining + k->reserved : -1;
}

bool tg_ledger_is_guessed(const tg_ledger *l, int64_t organization)
{
    const tg_known *k = find_known(l, organization);
    return k && tg_window_is_guessed(&k->w);
}

static void flush(tg_ledger *l, tg_known *k)
{
    int64_t generation = k->w.remaining < 0 ? 0 : k->w.generation;
    if (!release(l, k->organization, generation, k->reserved)) return;
    if (k->w.remaining >= 0) k->w.remaining += k->reserved;
    k->reserved = 0;
}

void tg_ledger_flush(tg_ledger *l)
{
    for (size_t i = 0; i < l->known_count; i++) flush(l, &l->known[i]);
}

static bool in_burst(const tg_known *k, double now)
{
    return now >= k->taken_at && now - k->taken_at < BURST;
}

void tg_ledger_flush_idle(tg_ledger *l, double now)
{
    for (size_t i = 0; i < l->known_count; i++)
        if (!in_burst(&l->known[i], now)) flush(l, &l->known[i]);
}

/* ----------------------------------------------------------------------------------------- take */

/* Use one request of the reservation, while its window lasts. */
static bool take_reserved(tg_known *k, double now)
{
    if (!k || k->reserved == 0) return false;
    double end = k->w.resets_at;
    if (end > 0 && (end <= now || end > now + TG_WINDOW_FAR)) return false;
    k->reserved--;
    return true;
}

/* How many to take: a small part of the remaining ones, one if few remain, and one outside of a
   burst. */
static int portion(const tg_known *k, double now, int reserve)
{
    if (!k || !in_burst(k, now)) return 1;
    if (k->w.remaining < 0) return MOST_RESERVED;
    int n = (k->w.remaining - reserve) / PART_RESERVED;
    return n < 1 ? 1 : n > MOST_RESERVED ? MOST_RESERVED : n;
}

typedef enum taken { TAKEN, CLOSED, FAILED } taken;

/* The file does not know yet that the window is closed, since it could not be written. False: it
   still cannot. */
static bool close_again(tg_ledger *l, int64_t organization, tg_quota *w, double now)
{
    const tg_known *k = find_known(l, organization);
    if (!k || k->closed_until <= now) return true;
    tg_window_close(w, now, k->closed_until);
    return tg_ledger_write(l, organization, w, NULL);
}

/* Without the file: is the window closed, by what this process knows of it? */
static taken closed_here(const tg_ledger *l, int64_t organization, const tg_window_ask *ask,
                         double *until)
{
    const tg_known *k = find_known(l, organization);
    if (!k) return FAILED;
    tg_quota w = k->w;
    if (k->closed_until > ask->now) tg_window_close(&w, ask->now, k->closed_until);
    if (tg_window_take(&w, ask)) return FAILED;
    *until = tg_window_closed_until(&w, ask->now, ask->reserve);
    return CLOSED;
}

/* Read, decide and count in one unit of work, so that no other process can intervene. CLOSED:
   *until is set. */
static taken take_row(tg_ledger *l, int64_t organization, const tg_window_ask *ask, bool *early,
                      double *until, tg_error *err)
{
    tg_quota w;
    bool found;
    if (!open_row(l, organization, &w, &found, err))
        return closed_here(l, organization, ask, until);
    bool kept = close_again(l, organization, &w, ask->now);
    *early = tg_window_is_early(&w, ask);
    bool ok = tg_window_take(&w, ask);
    if (!ok) {
        kept = tg_ledger_commit(l, NULL) && kept;
        tg_known *known = kept ? find_known(l, organization) : NULL;
        if (known) known->closed_until = 0;
        *until = tg_window_closed_until(&w, ask->now, ask->reserve);
    } else if (!keep_row(l, organization, &w, err))
        return FAILED;
    know(l, organization, &w);
    tg_known *k = ok ? find_known(l, organization) : NULL;
    if (k) k->reserved += ask->n - 1;
    return ok ? TAKEN : CLOSED;
}

/* Take a few, or at least one; early requests are taken one by one. */
static taken take_some(tg_ledger *l, int64_t organization, tg_window_ask *ask, bool *early,
                       double *until, tg_error *err)
{
    tg_known *k = find_known(l, organization);
    if (k && !in_burst(k, ask->now)) flush(l, k);
    ask->n = ask->together > 0 ? 1 : portion(k, ask->now, ask->reserve);
    if (take_reserved(k, ask->now)) return TAKEN;
    taken t = take_row(l, organization, ask, early, until, err);
    if (t != CLOSED || ask->n == 1) return t;
    ask->n = 1;
    return take_row(l, organization, ask, early, until, err);
}

bool tg_ledger_take_early(tg_ledger *l, int64_t organization, double now, int reserve,
                          tg_early *early, double *until, tg_error *err)
{
    tg_window_ask ask = {.now = now,
                         .reserve = reserve,
                         .together = early->together,
                         .early_until = now + early->lasts};
    *until = 0;
    early->booked = false;
    taken t = take_some(l, organization, &ask, &early->booked, until, err);
    tg_known *k = find_known(l, organization);
    if (k && t == TAKEN) k->taken_at = now;
    if (t != TAKEN) early->booked = false;
    return t == TAKEN;
}

bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until,
                    tg_error *err)
{
    tg_early none = {0};
    return tg_ledger_take_early(l, organization, now, reserve, &none, until, err);
}

int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization)
{
    const tg_known *k = find_known(l, organization);
    return k ? k->w.generation : 0;
}

void tg_ledger_release(tg_ledger *l, int64_t organization, int64_t generation)
{
    tg_known *k = find_known(l, organization);
    if (k && k->w.generation == generation)
        k->reserved++;
    else
        release(l, organization, generation, 1);
}

/* ---------------------------------------------------------------------------------------- learn */

/* Reduce the reservation to at most N. */
static void shrink(tg_ledger *l, tg_known *k, int n)
{
    if (k->reserved <= n) return;
    release(l, k->organization, 0, k->reserved - n);
    k->reserved = n;
}

static void merge_row(tg_ledger *l, int64_t organization, const tg_window_report *r, double now)
{
    tg_quota w;
    bool found;
    if (!open_row(l, organization, &w, &found, NULL)) return;
    bool news = tg_window_merge(&w, r, now);
    if (news ? keep_row(l, organization, &w, NULL) : tg_ledger_commit(l, NULL))
        know(l, organization, &w);
    tg_known *k = find_known(l, organization);
    if (k && w.remaining > 0) k->closed_until = 0;
}

/*
** Most replies report a count already known, or a higher one while others are in flight; these are
** not written. This process never knows less than the file about the same window, so what is known
** here is known to the file.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining,
                     double resets_in, int total)
{
    tg_known *k = find_known(l, organization);
    if (k && remaining >= 0) shrink(l, k, k->w.remaining < 0 ? 0 : remaining);
    tg_window_report r = tg_window_reported(now, remaining, resets_in, total, k ? k->reserved : 0);
    tg_quota w = k ? k->w : tg_window_new();
    if (!r.counted && r.resets_at == 0 && r.total < 0) return;
    if (k && !tg_window_merge(&w, &r, now)) return;
    merge_row(l, organization, &r, now);
}

/* Read from the file, since other processes have taken requests as well. */
static int landed_count(tg_ledger *l, int64_t organization, int64_t generation, int remaining)
{
    tg_quota w;
    bool found;
    if (!tg_ledger_read(l, organization, &w, &found, NULL) || !found) return remaining;
    return tg_window_landed_count(&w, generation, remaining);
}

void tg_ledger_landed(tg_ledger *l, int64_t organization, int64_t generation, double now, bool sent,
                      int remaining, double resets_in)
{
    tg_quota w;
    bool found;
    if (!tg_ledger_begin(l, NULL)) return;
    if (sent) remaining = landed_count(l, organization, generation, remaining);
    tg_ledger_learn(l, organization, now, remaining, resets_in, TG_UNKNOWN_COUNT);
    if (tg_ledger_read(l, organization, &w, &found, NULL) && found) {
        tg_window_landed(&w, generation);
        tg_ledger_write(l, organization, &w, NULL);
    }
    tg_ledger_commit(l, NULL);
}

void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until)
{
    tg_quota w;
    bool found;
    tg_known *k = find_known(l, organization);
    if (k) flush(l, k);
    bool kept = open_row(l, organization, &w, &found, NULL);
    if (!kept) w = k ? k->w : tg_window_new();
    tg_window_close(&w, now, until);
    kept = kept && keep_row(l, organization, &w, NULL);
    know(l, organization, &w);
    k = find_known(l, organization);
    if (k) k->closed_until = kept ? 0 : w.resets_at - TG_WINDOW_MARGIN;
}

/* ---------------------------------------------------------------------------------------- walk */

/* Looks up each window separately, so that FN may use the ledger. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w),
                    void *ctx)
{
    tg_quota w;
    int64_t organization;
    tg_ledger_flush(l);
    for (int64_t from = INT64_MIN;
         l->state->api->ledger->next(l->state, l->account, from, &organization, &w);
         from = organization + 1) {
        tg_quota at = tg_window_at(&w, now);
        tg_window_state state = {.organization = organization,
                                 .total = at.total,
                                 .remaining = at.remaining,
                                 .resets_at = at.resets_at,
                                 .spent = at.spent};
        if (!fn(ctx, &state) || organization == INT64_MAX) return;
    }
}
