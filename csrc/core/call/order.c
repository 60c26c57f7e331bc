/*
** Order on one target: a write to what an earlier one changes waits for that one, and is not sent
** while the earlier one has no known outcome. The open entries of the journal are read once, with
** the first write; those of this process are added as they come.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "entry.h"
#include "error.h"
#include "journal.h"
#include "recorded.h"

/* --------------------------------------------------------------------------------- open entries */

static void drop(tg_client *c, tg_open *o)
{
    tg_targets_clear(&o->targets);
    *o = c->open[--c->open_count];
}

static bool is_known(const tg_client *c, int64_t entry)
{
    for (size_t i = 0; i < c->open_count; i++)
        if (c->open[i].entry == entry) return true;
    return false;
}

/* Out of memory: later writes do not wait for this entry. */
void tg_call_left_open(tg_call *call)
{
    tg_client *c = call->client;
    if (!call->targets.n || is_known(c, call->entry)) return;
    tg_open *more = realloc(c->open, (c->open_count + 1) * sizeof *more);
    if (!more) return;
    c->open = more;
    more[c->open_count++] = (tg_open){call->entry, call->targets};
    call->targets = (tg_targets){0};
}

void tg_open_clear(tg_client *c)
{
    while (c->open_count) drop(c, c->open);
    free(c->open);
    c->open = NULL;
}

/* Events of different entries are interleaved, so each event is looked up among the entries. */
typedef struct look {
    tg_client *client;
    tg_entry_state *entries; /* as many as the client has open ones; owned */
} look;

static size_t place_of(look *l, const tg_journal_row *row)
{
    tg_client *c = l->client;
    size_t i = 0;
    while (i < c->open_count && c->open[i].entry != row->entry) i++;
    if (i < c->open_count || row->n != row->entry) return i;
    tg_open *open = realloc(c->open, (i + 1) * sizeof *open);
    if (open) c->open = open;
    tg_entry_state *entries = realloc(l->entries, (i + 1) * sizeof *entries);
    if (entries) l->entries = entries;
    if (!open || !entries) return i;
    open[i] = (tg_open){.entry = row->entry};
    entries[i] = (tg_entry_state){.account = c->auth.account};
    c->open_count++;
    return i;
}

static bool look_at(void *ctx, const tg_journal_row *row)
{
    look *l = ctx;
    size_t i = place_of(l, row);
    if (i == l->client->open_count) return true; /* its first event is not kept */
    tg_entry_read(&l->entries[i], row);
    if (row->n == row->entry)
        tg_recorded_targets(row->data, row->account, &l->client->open[i].targets);
    return true;
}

/* Keep those whose reply was lost or whose program ended. Returns how many are of this account. */
static int sift(tg_client *c, const tg_entry_state *entries)
{
    int ours = 0;
    for (size_t i = c->open_count; i > 0; i--) {
        const tg_entry_state *e = &entries[i - 1];
        bool runs = e->state == TG_J_SENT && tg_process_runs(&e->sender);
        ours += e->ours && !runs;
        if (runs || !c->open[i - 1].targets.n) drop(c, &c->open[i - 1]);
    }
    return ours;
}

/* Read what earlier programs left open, and report it, once. */
static bool look_once(tg_client *c, tg_error *err)
{
    look l = {.client = c};
    if (c->open_read) return true;
    tg_journal *j = tg_client_journal_open(c, err);
    tg_open_clear(c); /* what this process has left open is in the journal, too */
    c->open_read = j && j->api->each(j, TG_JOURNAL_OPEN, look_at, &l, err);
    int ours = sift(c, l.entries);
    free(l.entries);
    if (ours && c->open_read)
        tg_report_warning(c, TG_JOURNAL_LEFT, ours, ours == 1 ? "" : "s",
                          ours == 1 ? "has" : "have", ours == 1 ? "it" : "them");
    return c->open_read;
}

/* ---------------------------------------------------------------------------------------- order */

static tg_open *find(tg_client *c, const tg_targets *targets)
{
    for (size_t i = 0; i < c->open_count; i++)
        if (tg_targets_meet(&c->open[i].targets, targets)) return &c->open[i];
    return NULL;
}

/* The first open entry of the same target that still is open: a person, or another program, may
   have closed it. 0: none; below 0: err. */
static int64_t open_entry(tg_call *call, tg_error *err)
{
    tg_open *o;
    tg_client *c = call->client;
    tg_journal_state state = TG_J_NONE;
    while ((o = find(c, &call->targets)) != NULL) {
        tg_journal *j = tg_client_journal_open(c, err);
        if (!j || !tg_journal_state_of(j, o->entry, &state, err)) return -1;
        if (tg_journal_state_open(state)) return o->entry;
        drop(c, o);
    }
    return 0;
}

/* An earlier write of this client to the same, which has not ended. */
static bool is_behind(const tg_call *call)
{
    for (const tg_call *other = call->client->first; other && other != call; other = other->next)
        if (other->targets.n && tg_targets_meet(&other->targets, &call->targets)) return true;
    return false;
}

static bool refuse(int64_t entry, tg_error *err)
{
    tg_error_set(err, TG_E_CONFLICT,
                 "entry %lld of the journal changes the same object, and it is not known whether "
                 "it was made: this change was not sent",
                 (long long)entry);
    err->reason = TG_R_OPEN;
    return false;
}

void tg_call_find_targets(tg_call *call)
{
    if (call->targets.n || !call->client->journal_path) return;
    if (!tg_targets_of(call->request, call->auth->account, &call->targets))
        tg_targets_clear(&call->targets); /* out of memory: it goes out of order */
}

bool tg_call_in_order(tg_call *call, tg_error *err)
{
    err->kind = TG_OK;
    if (call->ordered || tg_request_reads(call->request)) return true;
    tg_call_find_targets(call);
    if (call->targets.n && is_behind(call)) {
        call->due = INFINITY;
        return false;
    }
    if (call->targets.n && !look_once(call->client, err)) return false;
    int64_t entry = call->client->open_count ? open_entry(call, err) : 0;
    if (entry < 0) return false;
    if (entry && (!call->options.settle || call->tried == entry)) return refuse(entry, err);
    call->behind = entry; /* the pump has it settled first */
    call->ordered = !entry;
    if (entry) call->due = 0;
    return !entry;
}

/* A write has ended: those that wait for it look again. */
void tg_call_let_pass(tg_call *call)
{
    for (tg_call *other = call->client->first; call->targets.n && other; other = other->next)
        if (other->stage == TG_S_WAITING && !other->ordered && !other->settler && !other->lost &&
            other->targets.n && tg_targets_meet(&other->targets, &call->targets))
            other->due = 0;
}
