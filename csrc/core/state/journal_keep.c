/* Retention: redact the names of people, delete old entries, keep open ones. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "journal.h"

#define LOOK_SECONDS 86400.0

typedef struct kept {
    int64_t entry;
    tg_journal_state state;
    double first, last; /* times of its events */
    bool people, blank;
} kept;

typedef struct keeping {
    kept *all; /* sorted by their numbers; owned */
    size_t n, room;
    bool failed;
} keeping;

/* Mostly appends: an entry has the number of its first event, and events are read in order. */
static kept *find(keeping *k, const tg_journal_row *row)
{
    size_t low = 0, high = k->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (k->all[middle].entry == row->entry) return &k->all[middle];
        if (k->all[middle].entry < row->entry)
            low = middle + 1;
        else
            high = middle;
    }
    if (k->n == k->room) {
        size_t room = k->room ? 2 * k->room : 64;
        kept *more = realloc(k->all, room * sizeof *more);
        if (!more) return NULL;
        k->all = more;
        k->room = room;
    }
    memmove(&k->all[low + 1], &k->all[low], (k->n++ - low) * sizeof *k->all);
    k->all[low] = (kept){.entry = row->entry, .first = row->at, .blank = !row->open.n};
    return &k->all[low];
}

static bool see(void *ctx, const tg_journal_row *row)
{
    keeping *k = ctx;
    kept *e = find(k, row);
    if (!e) return k->failed = true, false;
    tg_journal_next(&e->state, row->event);
    e->last = row->at;
    e->people = e->people || row->people.n;
    return true;
}

static bool walk(tg_journal *j, keeping *k, tg_error *err)
{
    if (!j->api->each(j, 0, see, k, err)) return false;
    return !k->failed || tg_error_set(err, TG_E_NOMEM, "out of memory");
}

static bool ended(const kept *e, double now, double seconds)
{
    return seconds > 0 && !tg_journal_state_open(e->state) && e->last < now - seconds;
}

static bool redact(tg_journal *j, keeping *k, double now, double keep, double seconds,
                   tg_error *err)
{
    for (size_t i = 0; i < k->n; i++) {
        kept *e = &k->all[i];
        bool all = ended(e, now, keep), some = e->people && ended(e, now, seconds);
        if (e->blank || (!all && !some)) continue;
        if (!j->api->redact(j, e->entry, all, err)) return false;
        e->blank = all;
    }
    return true;
}

/* The event before the first one that is kept stays, without its data: the chain continues it. */
static bool cut(tg_journal *j, const keeping *k, tg_error *err)
{
    int64_t n = 0;
    char chain[TG_CHAIN_SIZE];
    size_t i = 0;
    while (i < k->n && k->all[i].blank) i++;
    if (i < k->n)
        n = k->all[i].entry - 1;
    else if (!j->api->last(j, &n, chain, err))
        return false;
    return n < 2 || j->api->cut(j, n, err);
}

static bool keep_all(tg_journal *j, double now, double keep, double seconds, tg_error *err)
{
    keeping k = {.all = NULL};
    double plans = seconds > 0 && (keep <= 0 || seconds < keep) ? seconds : keep; /* name people */
    bool ok = walk(j, &k, err) && redact(j, &k, now, keep, seconds, err) && cut(j, &k, err) &&
              (plans <= 0 || j->api->forget_plans(j, now - plans, err)) &&
              j->api->looked(j, &now, true, err);
    free(k.all);
    return ok;
}

bool tg_journal_keep(tg_journal *j, double now, double keep, double seconds, tg_error *err)
{
    double looked;
    if (!j->api->looked(j, &looked, false, err)) return false;
    if (now >= looked && now < looked + LOOK_SECONDS) return true;
    if (!j->api->begin(j, false, err)) return false;
    if (keep_all(j, now, keep, seconds, err)) return j->api->commit(j, err);
    j->api->rollback(j);
    return false;
}

bool tg_journal_count(tg_journal *j, tg_journal_counts *out, tg_error *err)
{
    keeping k = {.all = NULL};
    *out = (tg_journal_counts){.entries = 0};
    bool ok = walk(j, &k, err);
    for (size_t i = 0; ok && i < k.n; i++) {
        if (k.all[i].blank) continue;
        if (!out->entries++) out->oldest = k.all[i].first;
        out->states[k.all[i].state]++;
    }
    free(k.all);
    return ok;
}
