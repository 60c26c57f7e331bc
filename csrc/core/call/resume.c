/* Settling an entry of the journal whose reply was lost, by this process or by one that ended. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "entry.h"
#include "error.h"
#include "lost.h"

typedef struct found {
    tg_entry_state entry;
    double sent_at; /* its last attempt */
    double lost_at; /* when that ended without a reply; 0: the journal does not have it */
    tg_buf data;    /* of its first event */
} found;

static bool read_row(void *ctx, const tg_journal_row *row)
{
    found *f = ctx;
    tg_entry_read(&f->entry, row);
    if (row->n == row->entry) tg_buf_add(&f->data, row->data.p, row->data.n);
    if (row->event == TG_JE_SEND) f->sent_at = row->at, f->lost_at = 0;
    if (row->event == TG_JE_LOSE) f->lost_at = row->at;
    return true;
}

/* A later entry of this account that changes the same. */
typedef struct later {
    int64_t entry;
    tg_journal_state state;
} later;

typedef struct seeking {
    const found *first;
    tg_targets targets; /* of the first */
    int64_t after;
    later *all; /* owned */
    size_t n;
    bool failed;
} seeking;

static tg_targets targets_in(tg_text data, const char *account)
{
    tg_error err;
    tg_targets t = {0};
    tg_value request = {.what = TG_V_ABSENT};
    if (data.n && tg_json_check(data, NULL)) request = tg_value_get(data, TG_TEXT("request"));
    tg_request *r = request.what == TG_V_OBJECT ? tg_request_load(request.text, &err) : NULL;
    if (r && tg_request_finish(r, &err)) tg_targets_of(r, account, &t);
    tg_request_free(r);
    return t;
}

static bool add_later(seeking *s, const tg_journal_row *row)
{
    tg_targets t = targets_in(row->data, row->account);
    bool same = tg_targets_meet(&t, &s->targets);
    tg_targets_clear(&t);
    if (!same) return true;
    later *more = realloc(s->all, (s->n + 1) * sizeof *more);
    if (!more) return false;
    s->all = more;
    more[s->n++] = (later){row->entry, TG_J_NONE};
    return true;
}

static bool read_later(void *ctx, const tg_journal_row *row)
{
    seeking *s = ctx;
    if (row->entry <= s->after) return true;
    if (strcmp(row->account, s->first->entry.account) != 0) return true;
    if (row->n == row->entry) s->failed = s->failed || !add_later(s, row);
    for (size_t i = 0; i < s->n; i++)
        if (s->all[i].entry == row->entry) tg_journal_next(&s->all[i].state, row->event);
    return !s->failed;
}

/* After a later change of the same, what is there does not tell about this one, unless that one did
   nothing. */
static bool is_last(tg_journal *j, const found *f, int64_t number, tg_error *err)
{
    int64_t other = 0;
    seeking s = {.first = f, .after = number};
    s.targets = targets_in((tg_text){f->data.p, f->data.n}, f->entry.account);
    bool ok = !s.targets.n || j->api->each(j, 0, read_later, &s, err);
    if (s.failed) ok = tg_error_set(err, TG_E_NOMEM, "out of memory");
    for (size_t i = 0; i < s.n; i++) {
        tg_journal_state state = s.all[i].state;
        if (state != TG_J_REFUSED && state != TG_J_SETTLED_ABSENT) other = s.all[i].entry;
    }
    free(s.all);
    tg_targets_clear(&s.targets);
    if (!ok || !other) return ok;
    return tg_error_set(err, TG_E_UNKNOWN,
                        "entry %lld changed the same afterwards, so what is there does not"
                        " tell about entry %lld",
                        (long long)other, (long long)number);
}

static bool may_settle(const found *f, int64_t number, tg_error *err)
{
    if (!f->entry.ours)
        return tg_error_set(err, TG_E_NOT_FOUND, "the journal has no entry %lld of this account",
                            (long long)number);
    if (f->entry.state == TG_J_UNKNOWN) return true;
    if (f->entry.state != TG_J_SENT)
        return tg_error_set(err, TG_E_INVALID, "entry %lld is %s, so there is nothing to settle",
                            (long long)number, tg_journal_state_name(f->entry.state));
    if (!tg_process_runs(&f->entry.sender)) return true;
    return tg_error_set(err, TG_E_CONFLICT, "entry %lld was sent by process %lld, which still runs",
                        (long long)number, (long long)f->entry.sender.pid);
}

/* What is left of a request that was redacted, or holds a secret, cannot be looked for. */
static tg_request *request_of(const found *f, tg_error *err)
{
    tg_text data = {f->data.p, f->data.n};
    tg_value request = {.what = TG_V_ABSENT};
    if (data.n && tg_json_check(data, NULL)) request = tg_value_get(data, TG_TEXT("request"));
    if (request.what == TG_V_OBJECT) return tg_request_load(request.text, err);
    tg_error_set(err, TG_E_INVALID, "the journal no longer has its request");
    return NULL;
}

tg_call *tg_client_settle(tg_client *c, int64_t number, const tg_call_options *o, tg_error *err)
{
    found f = {.entry.account = c->auth.account};
    tg_journal *j = tg_client_journal_open(c, err);
    tg_request *r = NULL;
    tg_buf_init(&f.data, TG_BUF_NO_LIMIT);
    if (j && j->api->each(j, number, read_row, &f, err) && may_settle(&f, number, err) &&
        is_last(j, &f, number, err))
        r = request_of(&f, err);
    tg_buf_clear(&f.data);
    return r ? tg_call_start_settling(c, r, o, number, f.sent_at, f.lost_at, err) : NULL;
}

bool tg_call_is_last(tg_call *call)
{
    tg_error err;
    found f = {.entry.account = call->auth->account};
    tg_journal *j = tg_client_journal_open(call->client, &err);
    tg_buf_init(&f.data, TG_BUF_NO_LIMIT);
    bool last =
        j && j->api->each(j, call->entry, read_row, &f, &err) && is_last(j, &f, call->entry, &err);
    tg_buf_clear(&f.data);
    return last;
}

/* ------------------------------------------------------------------------- before another write */

static void start_settler(tg_call *call)
{
    tg_error err;
    tg_client *c = call->client;
    tg_call_options o = call->options;
    o.settle = false;
    o.deadline = call->give_up ? call->give_up - tg_client_ticks(c) : 0;
    call->settler = tg_client_settle(c, call->behind, &o, &err);
    if (call->settler) call->settler->asker = call;
}

/* One that ended or could not be started is not looked for again: CALL goes, or is refused. */
void tg_call_step_behind(tg_call *call)
{
    tg_client *c = call->client;
    bool late = call->give_up && tg_client_ticks(c) >= call->give_up;
    if (!late && !call->settler) start_settler(call);
    if (!late && call->settler && !tg_call_done(call->settler)) {
        call->due = INFINITY;
        return;
    }
    if (!late) {
        tg_call_settler_free(call);
        call->tried = call->behind;
        call->behind = 0;
    }
    tg_call_advance(call);
}
