#include "journal.h"

#include <inttypes.h>
#include <math.h>
#include <sha2.h> /* libmd */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"

/* -------------------------------------------------------------------------------- state machine */

#define STATE(name, word, open) {word, open},
static const struct {
    const char *word;
    bool open;
} states[] = {TG_JOURNAL_STATES(STATE)};

#define EVENT(name, word, from, to) {word, from, TG_J_##to},
static const struct {
    const char *word;
    unsigned from;
    tg_journal_state to;
} events[] = {TG_JOURNAL_EVENTS(EVENT)};

const char *tg_journal_state_name(tg_journal_state state)
{
    return states[state].word;
}

bool tg_journal_state_open(tg_journal_state state)
{
    return states[state].open;
}

const char *tg_journal_event_name(tg_journal_event event)
{
    return events[event].word;
}

tg_journal_event tg_journal_event_of(const char *name)
{
    tg_journal_event e = 0;
    while (e < TG_JE_COUNT && strcmp(events[e].word, name) != 0) e++;
    return e;
}

bool tg_journal_next(tg_journal_state *state, tg_journal_event event)
{
    if (event >= TG_JE_COUNT || !(events[event].from & 1u << *state)) return false;
    *state = events[event].to;
    return true;
}

/* ---------------------------------------------------------------------------------------- chain */

/* What an event is, and all before it. */
static void link_to(tg_journal_row *row, const char *before)
{
    char head[256];
    SHA2_CTX sha;
    int n = snprintf(head, sizeof head, "%s\n%" PRId64 "\n%" PRId64 "\n%s\n%.6f\n%s\n", before,
                     row->n, row->entry, events[row->event].word, row->at, row->sum);
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)head, (size_t)n);
    SHA256Update(&sha, (const uint8_t *)row->account, strlen(row->account));
    SHA256End(&sha, row->chain);
}

static bool keep_state(void *ctx, const tg_journal_row *row)
{
    tg_journal_next(ctx, row->event);
    return true;
}

bool tg_journal_state_of(tg_journal *j, int64_t entry, tg_journal_state *state, tg_error *err)
{
    *state = TG_J_NONE;
    return j->api->each(j, entry, keep_state, state, err);
}

static bool may_add(tg_journal *j, int64_t entry, tg_journal_event event, tg_error *err)
{
    tg_journal_state state = TG_J_NONE;
    if (entry && !tg_journal_state_of(j, entry, &state, err)) return false;
    if (entry && state == TG_J_NONE)
        return tg_error_set(err, TG_E_NOT_FOUND, "the journal has no entry %" PRId64, entry);
    tg_journal_state old = state;
    if (tg_journal_next(&state, event)) return true;
    return tg_error_set(err, TG_E_INVALID, "entry %" PRId64 " of the journal is %s", entry,
                        states[old].word);
}

static bool add(tg_journal *j, tg_journal_row *row, tg_error *err)
{
    char before[TG_CHAIN_SIZE];
    if (!may_add(j, row->entry, row->event, err)) return false;
    if (row->event == TG_JE_SEND && !tg_lease_hold(j, row->at, err)) return false;
    if (!j->api->last(j, &row->n, before, err)) return false;
    row->n++;
    if (!row->entry) row->entry = row->n;
    SHA256Data((const uint8_t *)row->data.p, row->data.n, row->sum);
    link_to(row, before);
    return j->api->add(j, row, err);
}

/* What is recorded before a request goes has to be on the disk; an outcome that is lost with the
   power is found out again. */
bool tg_journal_add(tg_journal *j, int64_t *entry, tg_journal_event event, double at,
                    const char *account, tg_text data, tg_error *err)
{
    tg_journal_row row = {.entry = *entry,
                          .event = event,
                          .at = floor(at * 1e6) / 1e6,
                          .account = account,
                          .data = data};
    bool durable = event == TG_JE_SEND || event == TG_JE_INTEND;
    if (!j->api->begin(j, durable, err)) return false;
    if (!add(j, &row, err)) {
        j->api->rollback(j);
        return false;
    }
    if (!j->api->commit(j, err)) return false;
    *entry = row.entry;
    return true;
}

typedef struct checking {
    tg_journal_report *out;
    char chain[TG_CHAIN_SIZE];
    int64_t next;
} checking;

static bool check_row(void *ctx, const tg_journal_row *row)
{
    checking *c = ctx;
    tg_journal_row made = *row;
    link_to(&made, c->chain);
    char sum[TG_CHAIN_SIZE];
    SHA256Data((const uint8_t *)row->data.p, row->data.n, sum);
    bool redacted = row->data.n == 0;
    if (row->n != c->next || strcmp(made.chain, row->chain) != 0 ||
        (!redacted && strcmp(sum, row->sum) != 0)) {
        c->out->broken = c->next;
        return false;
    }
    memcpy(c->chain, row->chain, sizeof c->chain);
    c->out->events++;
    c->next++;
    return true;
}

bool tg_journal_check(tg_journal *j, tg_journal_report *out, tg_error *err)
{
    checking c = {.out = out, .next = 1};
    *out = (tg_journal_report){0};
    bool ok = j->api->each(j, 0, check_row, &c, err);
    memcpy(out->head, c.chain, sizeof out->head);
    return ok;
}

/* ----------------------------------------------------------------------------------------- list */

typedef struct listed {
    int64_t entry;
    double at;
    tg_journal_state state;
    int attempts;
    char *data; /* of its first event; owned */
    char *last; /* of its last event that has an outcome; owned; NULL: none yet */
} listed;

typedef struct listing {
    const char *account;
    listed *all;
    size_t n, room;
    bool failed;
} listing;

static char *copy(tg_text t)
{
    return t.n ? strndup(t.p, t.n) : strdup("{}");
}

/* Events of one entry stand apart where several calls run, so the newest entries are looked at
   first. */
static listed *entry_of(listing *l, const tg_journal_row *row)
{
    for (size_t i = l->n; i > 0; i--)
        if (l->all[i - 1].entry == row->entry) return &l->all[i - 1];
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 64;
        listed *more = realloc(l->all, room * sizeof *more);
        if (!more) return NULL;
        l->all = more;
        l->room = room;
    }
    l->all[l->n] = (listed){.entry = row->entry, .at = row->at, .data = copy(row->data)};
    return l->all[l->n].data ? &l->all[l->n++] : NULL;
}

static bool list_row(void *ctx, const tg_journal_row *row)
{
    listing *l = ctx;
    if (strcmp(row->account, l->account) != 0) return true;
    listed *e = entry_of(l, row);
    if (!e) return l->failed = true, false;
    tg_journal_next(&e->state, row->event);
    e->attempts += row->event == TG_JE_SEND;
    if (row->n == row->entry || row->event == TG_JE_SEND) return true;
    free(e->last);
    e->last = copy(row->data);
    return true;
}

static bool write_list(const listing *l, tg_buf *out)
{
    tg_buf_putc(out, '[');
    for (size_t i = 0; i < l->n; i++) {
        const listed *e = &l->all[i];
        tg_buf_printf(out,
                      "%s{\"n\":%" PRId64 ",\"at\":%.6f,\"state\":\"%s\",\"open\":%s,"
                      "\"attempts\":%d,\"write\":",
                      i ? "," : "", e->entry, e->at, states[e->state].word,
                      states[e->state].open ? "true" : "false", e->attempts);
        tg_buf_puts(out, e->data);
        tg_buf_puts(out, ",\"outcome\":");
        tg_buf_puts(out, e->last ? e->last : "{}");
        tg_buf_putc(out, '}');
    }
    return tg_buf_putc(out, ']') && !out->failed;
}

char *tg_journal_list(tg_journal *j, const char *account, size_t *n, tg_error *err)
{
    listing l = {.account = account};
    tg_buf out;
    tg_buf_init(&out, TG_BUF_NO_LIMIT);
    bool read = j->api->each(j, 0, list_row, &l, err);
    bool ok = read && !l.failed && write_list(&l, &out);
    if (read && !ok) tg_error_set(err, TG_E_NOMEM, "out of memory");
    for (size_t i = 0; i < l.n; i++) {
        free(l.all[i].data);
        free(l.all[i].last);
    }
    free(l.all);
    char *text = ok ? tg_buf_take(&out, n) : NULL;
    tg_buf_clear(&out);
    return text;
}
