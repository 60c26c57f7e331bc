/* Settling an entry of the journal whose reply was lost, by this process or by one that ended. */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "entry.h"
#include "error.h"

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

/* A later change of the same target: after it, what is there does not tell about this one. */
typedef struct later {
    const found *first;
    tg_value path;
    int64_t after, n; /* n: its entry; 0: none */
} later;

static bool same_path(const tg_value *a, const tg_value *b)
{
    return a->what == TG_V_STRING && b->what == TG_V_STRING && a->text.n == b->text.n &&
           memcmp(a->text.p, b->text.p, a->text.n) == 0;
}

static bool read_later(void *ctx, const tg_journal_row *row)
{
    later *l = ctx;
    if (row->n <= l->after || row->n != row->entry || !tg_json_check(row->data, NULL)) return true;
    if (strcmp(row->account, l->first->entry.account) != 0) return true;
    tg_value path = tg_value_get(row->data, TG_TEXT("path"));
    if (same_path(&path, &l->path)) l->n = row->entry;
    return true;
}

/* Many objects are made by one path. */
static bool is_last(tg_journal *j, const found *f, int64_t number, tg_error *err)
{
    tg_text data = {f->data.p, f->data.n}, post = TG_TEXT("POST");
    if (!data.n || !tg_json_check(data, NULL)) return true;
    tg_value method = tg_value_get(data, TG_TEXT("method"));
    later l = {.first = f, .path = tg_value_get(data, TG_TEXT("path")), .after = number};
    if (method.what == TG_V_STRING && method.text.n == post.n &&
        memcmp(method.text.p, post.p, post.n) == 0)
        return true;
    if (!j->api->each(j, 0, read_later, &l, err)) return false;
    return !l.n || tg_error_set(err, TG_E_UNKNOWN,
                                "entry %lld changed the same afterwards, so what is there does not"
                                " tell about entry %lld",
                                (long long)l.n, (long long)number);
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
