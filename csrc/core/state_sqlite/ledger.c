#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ledger_rows.h"

#define MOST_AHEAD 256 /* requests a process takes at once */
#define PART_AHEAD 32  /* and never more than this part of what is left */
#define BURST      1.0 /* seconds between requests; who asks less often takes none in advance */

/* --------------------------------------------------------------------------------- make and end */

tg_ledger *tg_ledger_new(tg_store *state, const char *account, tg_error *err)
{
    tg_ledger *l = calloc(1, sizeof *l);
    if (!l || !(l->account = strdup(account))) {
        tg_ledger_free(l);
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    l->own = !state;
    l->store = state ? state : tg_ledger_store(":memory:", NULL, err);
    if (l->store) return l;
    tg_ledger_free(l);
    return NULL;
}

void tg_ledger_free(tg_ledger *l)
{
    if (!l) return;
    if (l->store) tg_ledger_flush(l);
    if (l->own) tg_store_close(l->store);
    free(l->account);
    free(l->seen);
    free(l);
}

/* ----------------------------------------------------------------------------------------- seen */

static seen *find_seen(const tg_ledger *l, int64_t organization)
{
    for (size_t i = 0; i < l->seen_count; i++)
        if (l->seen[i].organization == organization) return &l->seen[i];
    return NULL;
}

/* N requests of that window were never sent: they are not spent, and it has them again if it lasts
   still. 0: they are ** of none that lasts. */
static bool hand_back(tg_ledger *l, int64_t organization, int64_t generation, int n)
{
    sqlite3_stmt *st = n > 0 ? tg_ledger_use(l, TG_LEDGER_GIVE_BACK, organization, NULL) : NULL;
    if (!st) return false;
    sqlite3_bind_int64(st, 3, generation);
    sqlite3_bind_int(st, 4, n);
    return tg_store_run(l->store, st, NULL);
}

/* Without memory for it we only write more often. */
static void see(tg_ledger *l, int64_t organization, const window *w)
{
    seen *s = find_seen(l, organization);
    if (!s) {
        seen *more = realloc(l->seen, (l->seen_count + 1) * sizeof *more);
        if (!more) return;
        l->seen = more;
        s = &more[l->seen_count++];
        *s = (seen){.organization = organization, .w = *w};
    }
    /* those taken in advance were of a window that is over */
    if (s->w.generation != w->generation) {
        hand_back(l, organization, 0, s->ahead);
        s->ahead = 0;
    }
    s->w = *w;
}

int tg_ledger_left(const tg_ledger *l, int64_t organization)
{
    const seen *s = find_seen(l, organization);
    return s && s->w.remaining >= 0 ? s->w.remaining + s->ahead : -1;
}

static void flush(tg_ledger *l, seen *s)
{
    int64_t generation = s->w.remaining < 0 ? 0 : s->w.generation;
    if (!hand_back(l, s->organization, generation, s->ahead)) return;
    if (s->w.remaining >= 0) s->w.remaining += s->ahead;
    s->ahead = 0;
}

void tg_ledger_flush(tg_ledger *l)
{
    for (size_t i = 0; i < l->seen_count; i++) flush(l, &l->seen[i]);
}

static bool in_burst(const seen *s, double now)
{
    return now >= s->taken_at && now - s->taken_at < BURST;
}

void tg_ledger_rest(tg_ledger *l, double now)
{
    for (size_t i = 0; i < l->seen_count; i++)
        if (!in_burst(&l->seen[i], now)) flush(l, &l->seen[i]);
}

/* ----------------------------------------------------------------------------------------- take */

/* Why it was refused: until when the window is closed. A reserve as large as the window leaves
   nothing, ever. What is ** left and was refused all the same is kept for early requests. */
static bool closed(tg_ledger *l, int64_t organization, double now, int reserve, double *until,
                   tg_error *err)
{
    window w;
    if (!tg_ledger_read(l, organization, &w, err)) return false;
    bool live = w.resets_at > now && w.resets_at <= now + FAR_SECONDS;
    bool early = live || w.resets_at == 0 ? w.remaining < 0 || w.remaining > reserve : w.total < 0;
    *until = early ? -1 : live ? w.resets_at : now + WINDOW_SECONDS;
    see(l, organization, &w);
    return false;
}

/* One of those taken in advance, while their window lasts. */
static bool take_ahead(seen *s, double now)
{
    if (!s || s->ahead == 0) return false;
    if (s->w.resets_at > 0 && (s->w.resets_at <= now || s->w.resets_at > now + FAR_SECONDS))
        return false;
    s->ahead--;
    return true;
}

/* How many to take at once: few of what is left, one when that is scarce, and one where there is no
   hurry. */
static int portion(const seen *s, double now, int reserve)
{
    if (!s || !in_burst(s, now)) return 1;
    if (s->w.remaining < 0) return MOST_AHEAD;
    int n = (s->w.remaining - reserve) / PART_AHEAD;
    return n < 1 ? 1 : n > MOST_AHEAD ? MOST_AHEAD : n;
}

/* SQLITE_ROW: n were taken; SQLITE_DONE: not that many are left; else an error, and err. */
static int take_many(tg_ledger *l, int64_t organization, double now, int reserve, int n,
                     tg_early *early, tg_error *err)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_TAKE, organization, err);
    if (!st) return SQLITE_ERROR;
    sqlite3_bind_double(st, 3, now);
    sqlite3_bind_int(st, 4, reserve);
    sqlite3_bind_int(st, 5, n);
    sqlite3_bind_int(st, 6, early->together);
    sqlite3_bind_double(st, 7, now + early->lasts);
    int rc = sqlite3_step(st);
    bool taken = rc == SQLITE_ROW;
    window w = taken ? tg_ledger_column(st) : (window){0};
    if (taken) rc = sqlite3_step(st); /* the end of the statement is what commits */
    if (rc != SQLITE_DONE) tg_store_error(l->store, err);
    tg_store_done(st);
    if (rc != SQLITE_DONE || !taken) return rc;
    see(l, organization, &w);
    seen *s = find_seen(l, organization);
    if (s) s->ahead += n - 1;
    early->booked = early->together > 0 && w.remaining < 0 && !w.said;
    return SQLITE_ROW;
}

/* A few, or at least one; early ones go one by one. As take_many. */
static int take_some(tg_ledger *l, int64_t organization, double now, int reserve, tg_early *early,
                     tg_error *err)
{
    seen *s = find_seen(l, organization);
    if (s && !in_burst(s, now)) flush(l, s);
    int n = early->together > 0 ? 1 : portion(s, now, reserve);
    if (take_ahead(s, now)) return SQLITE_ROW;
    int rc = take_many(l, organization, now, reserve, n, early, err);
    return rc == SQLITE_DONE && n > 1 ? take_many(l, organization, now, reserve, 1, early, err)
                                      : rc;
}

bool tg_ledger_take_early(tg_ledger *l, int64_t organization, double now, int reserve,
                          tg_early *early, double *until, tg_error *err)
{
    *until = 0;
    early->booked = false;
    int rc = take_some(l, organization, now, reserve, early, err);
    seen *s = find_seen(l, organization);
    if (s && rc == SQLITE_ROW) s->taken_at = now;
    return rc == SQLITE_ROW ||
           (rc == SQLITE_DONE && closed(l, organization, now, reserve, until, err));
}

bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until,
                    tg_error *err)
{
    tg_early none = {0};
    return tg_ledger_take_early(l, organization, now, reserve, &none, until, err);
}

int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization)
{
    const seen *s = find_seen(l, organization);
    return s ? s->w.generation : 0;
}

void tg_ledger_give_back(tg_ledger *l, int64_t organization, int64_t generation)
{
    seen *s = find_seen(l, organization);
    if (s && s->w.generation == generation)
        s->ahead++;
    else
        hand_back(l, organization, generation, 1);
}

/* ---------------------------------------------------------------------------------------- learn */

/* No more than N stay taken in advance; the others cannot be used. */
static void shrink(tg_ledger *l, seen *s, int n)
{
    if (s->ahead <= n) return;
    hand_back(l, s->organization, 0, s->ahead - n);
    s->ahead = n;
}

/*
** Most replies say what was counted already, or more, since others are in flight; those are not
** written. What this process saw last is not below what the file has in the same window, so that
** what is not news to it is none to the file.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining,
                     double resets_in, int total)
{
    seen *known = find_seen(l, organization);
    if (known && remaining >= 0) shrink(l, known, known->w.remaining < 0 ? 0 : remaining);
    word s = tg_window_word(now, remaining, resets_in, total, known ? known->ahead : 0);
    window w = known ? known->w : (window){.total = -1, .remaining = -1};
    if (!s.counted && s.resets_at == 0 && s.total < 0) return;
    if (known && !tg_window_merge(&w, &s, now)) return;
    if (!tg_store_begin(l->store, NULL)) return;
    bool ok = tg_ledger_read(l, organization, &w, NULL);
    if (ok && tg_window_merge(&w, &s, now)) ok = tg_ledger_write(l, organization, &w);
    if (!ok)
        tg_store_rollback(l->store);
    else if (tg_store_commit(l->store, NULL))
        see(l, organization, &w);
}

static sqlite3_stmt *use_landed(tg_ledger *l, int number, int64_t organization, int64_t generation)
{
    sqlite3_stmt *st = tg_ledger_use(l, number, organization, NULL);
    if (st) sqlite3_bind_int64(st, 3, generation);
    return st;
}

/*
** The first count a server reports may predate requests already in flight. It had counted some of
** them before, and said a higher number then; all others have to be taken from what it said was
** left. From the file, since other processes have taken from that as well.
*/
static int count_landed(tg_ledger *l, int64_t organization, int64_t generation, int remaining)
{
    sqlite3_stmt *st = use_landed(l, TG_LEDGER_FIRST, organization, generation);
    if (!st) return remaining;
    if (sqlite3_step(st) == SQLITE_ROW) {
        int left = sqlite3_column_int(st, 0), first = sqlite3_column_int(st, 1);
        bool told = remaining >= NOT_SAID && (remaining > first || remaining < left);
        if (!told) remaining = left > 0 ? left - 1 : 0;
    }
    tg_store_done(st);
    return remaining;
}

void tg_ledger_landed(tg_ledger *l, int64_t organization, int64_t generation, double now, bool sent,
                      int remaining, double resets_in)
{
    if (!tg_store_begin(l->store, NULL)) return;
    if (sent) remaining = count_landed(l, organization, generation, remaining);
    tg_ledger_learn(l, organization, now, remaining, resets_in, INT32_MIN);
    sqlite3_stmt *st = use_landed(l, TG_LEDGER_LANDED, organization, generation);
    if (st) tg_store_run(l->store, st, NULL);
    tg_store_commit(l->store, NULL);
}

void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until)
{
    window w;
    seen *known = find_seen(l, organization);
    if (known) flush(l, known);
    if (!tg_store_begin(l->store, NULL)) return;
    bool ok = tg_ledger_read(l, organization, &w, NULL);
    if (ok) {
        bool live = w.said && w.resets_at > now && w.resets_at <= now + FAR_SECONDS;
        double end = until > now ? until + MARGIN_SECONDS
                     : live      ? w.resets_at
                                 : now + WINDOW_SECONDS;
        w.resets_at = end < now + FAR_SECONDS ? end : now + FAR_SECONDS;
        w.remaining = 0;
        w.said = true;
        ok = tg_ledger_write(l, organization, &w);
    }
    if (!ok)
        tg_store_rollback(l->store);
    else if (tg_store_commit(l->store, NULL))
        see(l, organization, &w);
}

/* ----------------------------------------------------------------------------------------- walk */

/* From FIRST on, the next window; false: no more. */
static bool next_window(tg_ledger *l, int64_t first, double now, tg_window_state *out)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_EACH, first, NULL);
    if (!st) return false;
    sqlite3_bind_double(st, 3, now);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        *out = (tg_window_state){.organization = sqlite3_column_int64(st, 0),
                                 .total = tg_ledger_optional(st, 1),
                                 .remaining = tg_ledger_optional(st, 2),
                                 .resets_at = sqlite3_column_double(st, 3),
                                 .spent = sqlite3_column_int64(st, 4)};
    tg_store_done(st);
    return found;
}

/* One lookup a window, so that FN may use the ledger. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w),
                    void *ctx)
{
    tg_window_state w;
    tg_ledger_flush(l);
    for (int64_t first = INT64_MIN; next_window(l, first, now, &w); first = w.organization + 1)
        if (!fn(ctx, &w)) return;
}
