/* The entries of the journal as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"
#include "journal.h"

typedef struct listed {
    int64_t entry;
    double at, last_at; /* of its first and its newest event */
    tg_journal_state state;
    int attempts;
    char *data; /* of its first event; owned; NULL: no longer kept */
    char *last; /* of its last event that has an outcome; owned; NULL: none yet */
} listed;

typedef struct listing {
    const char *account;
    listed *all; /* sorted by their numbers */
    size_t n, room;
    bool failed;
} listing;

static char *copy(tg_text t)
{
    return t.n ? strndup(t.p, t.n) : strdup("{}");
}

/* Mostly appends: an entry has the number of its first event, and events are read in order. */
static listed *entry_of(listing *l, const tg_journal_row *row)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->all[middle].entry == row->entry) return &l->all[middle];
        if (l->all[middle].entry < row->entry)
            low = middle + 1;
        else
            high = middle;
    }
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 64;
        listed *more = realloc(l->all, room * sizeof *more);
        if (!more) return NULL;
        l->all = more;
        l->room = room;
    }
    listed made = {.entry = row->entry, .at = row->at};
    if (row->data.n && !(made.data = copy(row->data))) return NULL;
    memmove(&l->all[low + 1], &l->all[low], (l->n++ - low) * sizeof *l->all);
    l->all[low] = made;
    return &l->all[low];
}

static bool list_row(void *ctx, const tg_journal_row *row)
{
    listing *l = ctx;
    if (strcmp(row->account, l->account) != 0) return true;
    listed *e = entry_of(l, row);
    if (!e) return l->failed = true, false;
    tg_journal_next(&e->state, row->event);
    e->last_at = row->at;
    e->attempts += row->event == TG_JE_SEND;
    if (row->n == row->entry || row->event == TG_JE_SEND) return true;
    free(e->last);
    e->last = copy(row->data);
    return true;
}

static bool write_list(const listing *l, tg_buf *out)
{
    tg_buf_putc(out, '[');
    const char *comma = "";
    for (size_t i = 0; i < l->n; i++) {
        const listed *e = &l->all[i];
        char at[TG_JOURNAL_TIME], last_at[TG_JOURNAL_TIME];
        if (!e->data) continue;
        tg_journal_time(e->at, at);
        tg_journal_time(e->last_at, last_at);
        tg_buf_printf(out,
                      "%s{\"n\":%" PRId64 ",\"at\":%s,\"last_at\":%s,\"state\":\"%s\",\"open\":%s,"
                      "\"attempts\":%d,\"write\":",
                      comma, e->entry, at, last_at, tg_journal_state_name(e->state),
                      tg_journal_state_open(e->state) ? "true" : "false", e->attempts);
        comma = ",";
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
