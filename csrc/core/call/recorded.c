/* One entry of the journal with its request, and the later entries that change the same. */
#include "recorded.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"
#include "lost.h"

static bool read_row(void *ctx, const tg_journal_row *row)
{
    tg_recorded *f = ctx;
    tg_entry_read(&f->entry, row);
    if (row->n == row->entry) tg_buf_add(&f->data, row->data.p, row->data.n);
    if (row->event == TG_JE_SEND) f->sent = row->n, f->sent_at = row->at, f->lost_at = 0;
    if (row->event == TG_JE_LOSE) f->lost_at = row->at;
    return true;
}

void tg_recorded_init(tg_recorded *f, const char *account)
{
    *f = (tg_recorded){.entry.account = account};
    tg_buf_init(&f->data, TG_BUF_NO_LIMIT);
}

void tg_recorded_clear(tg_recorded *f)
{
    tg_buf_clear(&f->data);
}

bool tg_recorded_read(tg_recorded *f, tg_journal *j, int64_t number, tg_error *err)
{
    return j->api->each(j, number, read_row, f, err);
}

/* Another entry of this account that changes the same object. */
typedef struct other_entry {
    int64_t entry, sent; /* its last event on the way to the server */
    tg_journal_state state;
} other_entry;

typedef struct seeking {
    const tg_recorded *first;
    tg_targets targets;   /* of the first */
    int64_t number;       /* of the first */
    int64_t organization; /* 0: not known */
    other_entry *all;     /* owned */
    size_t n;
    bool failed;
} seeking;

bool tg_recorded_targets(tg_text data, const char *account, tg_targets *out)
{
    tg_error err;
    *out = (tg_targets){0};
    tg_value request = {.what = TG_V_ABSENT};
    if (data.n && tg_json_check(data, NULL)) request = tg_value_get(data, TG_TEXT("request"));
    tg_request *r = request.what == TG_V_OBJECT ? tg_request_load(request.text, &err) : NULL;
    bool known = r && tg_request_finish(r, &err) && tg_targets_of(r, account, out);
    tg_request_free(r);
    return known;
}

static bool add_other(seeking *s, const tg_journal_row *row)
{
    tg_value of = tg_value_get(row->data, TG_TEXT("organization"));
    if (s->organization && of.what == TG_V_INT && of.integer != s->organization) return true;
    tg_targets t; /* a redacted one may change the same object */
    bool same =
        !tg_recorded_targets(row->data, row->account, &t) || tg_targets_meet(&t, &s->targets);
    tg_targets_clear(&t);
    if (!same) return true;
    other_entry *more = realloc(s->all, (s->n + 1) * sizeof *more);
    if (!more) return false;
    s->all = more;
    more[s->n++] = (other_entry){.entry = row->entry};
    return true;
}

/* An entry keeps its number through all attempts: one of a smaller number may have been sent
   later. */
static bool read_other(void *ctx, const tg_journal_row *row)
{
    seeking *s = ctx;
    if (row->entry == s->number) return true;
    if (strcmp(row->account, s->first->entry.account) != 0) return true;
    if (row->n == row->entry) s->failed = s->failed || !add_other(s, row);
    for (size_t i = 0; i < s->n; i++) {
        if (s->all[i].entry != row->entry) continue;
        tg_journal_next(&s->all[i].state, row->event);
        if (row->event == TG_JE_SEND || row->event == TG_JE_ACCEPT) s->all[i].sent = row->n;
    }
    return !s->failed;
}

/* The one sent after the first whose effect is not ruled out; 0: none. */
static int64_t sent_after(const seeking *s)
{
    int64_t other = 0;
    for (size_t i = 0; i < s->n; i++) {
        tg_journal_state state = s->all[i].state;
        if (state != TG_J_REFUSED && state != TG_J_SETTLED_ABSENT &&
            s->all[i].sent > s->first->sent)
            other = s->all[i].entry;
    }
    return other;
}

bool tg_recorded_is_last(const tg_recorded *f, tg_journal *j, int64_t number, tg_error *err)
{
    seeking s = {.first = f, .number = number};
    tg_text data = {f->data.p, f->data.n};
    if (tg_recorded_targets(data, f->entry.account, &s.targets)) {
        tg_value of = tg_value_get(data, TG_TEXT("organization"));
        if (of.what == TG_V_INT) s.organization = of.integer;
    }
    bool ok = !s.targets.n || j->api->each(j, 0, read_other, &s, err);
    if (s.failed) ok = tg_error_set(err, TG_E_NOMEM, "out of memory");
    int64_t other = sent_after(&s);
    free(s.all);
    tg_targets_clear(&s.targets);
    if (!ok || !other) return ok;
    return tg_error_set(err, TG_E_UNKNOWN,
                        "entry %lld may have changed the same object later, so the present state "
                        "does not show whether entry %lld was made",
                        (long long)other, (long long)number);
}

bool tg_call_is_last(tg_call *call)
{
    tg_error err;
    tg_recorded f;
    tg_journal *j = tg_client_journal_open(call->client, &err);
    tg_recorded_init(&f, call->auth->account);
    bool last = j && tg_recorded_read(&f, j, call->entry, &err) &&
                tg_recorded_is_last(&f, j, call->entry, &err);
    tg_recorded_clear(&f);
    return last;
}
