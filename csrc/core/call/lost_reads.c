/*
** Settling a write whose reply was lost: the call waits until the server shows the change, sends
** the reads that its row names, each a call of its own, and ends as done, as failed, or as unknown.
** The write itself is not sent again.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "journal.h"
#include "lost.h"

#define PAGES_MOST 40   /* requests for one entry; a page holds up to PAGE_SIZE records */
#define PAGE_SIZE  1000 /* the server may give fewer */

/* ------------------------------------------------------------------------------------ the reads */

/* An id in the first record of a list of the body: an invitation names its workspaces so. */
static tg_value in_lists(const tg_request *w, const char *name)
{
    tg_value key, list, unused, item, none = {.what = TG_V_ABSENT};
    tg_text body = w->has_body ? (tg_text){w->body.p, w->body.n} : (tg_text){0};
    if (!body.n || *body.p != '{') return none;
    for (size_t pos = 0; tg_value_next(body, &pos, &key, &list);) {
        size_t at = 0;
        if (list.what != TG_V_ARRAY || !tg_value_next(list.text, &at, &unused, &item)) continue;
        if (item.what != TG_V_OBJECT) continue;
        tg_value v = tg_value_get(item.text, (tg_text){name, strlen(name)});
        if (v.what == TG_V_INT) return v;
    }
    return none;
}

static tg_value integer(int64_t n)
{
    return (tg_value){.what = n ? TG_V_INT : TG_V_ABSENT, .integer = n};
}

/* The value of a path variable of the read: the write's, or one from its records or the ledger. */
static tg_value place(const tg_call *call, const tg_field *f)
{
    tg_client *c = call->client;
    const tg_request *w = call->request;
    tg_value v = tg_evidence_given(w, f->name);
    if (v.what == TG_V_ABSENT) v = in_lists(w, f->name);
    if (v.what != TG_V_ABSENT || f->key != TG_KEY_ORGANIZATION) return v;
    if (call->lost->evidence.organization) return integer(call->lost->evidence.organization);
    return integer(
        w->workspace && tg_client_ledger(c) ? tg_ledger_organization(c->ledger, w->workspace) : 0);
}

static bool fill_path(const tg_call *call, tg_request *r, tg_error *err)
{
    for (const tg_field *f = r->op->params; f->name; f++) {
        if (f->in != TG_IN_PATH) continue;
        tg_value v = place(call, f);
        if (v.what == TG_V_ABSENT || (v.what == TG_V_STRING && memchr(v.text.p, '%', v.text.n)))
            return tg_error_set(err, TG_E_INVALID, "%s is not known", f->name);
        if (v.what == TG_V_INT ? !tg_request_int(r, f, v.integer, err)
                               : !tg_request_text(r, f, v.text, err))
            return false;
    }
    return true;
}

static bool add_number(tg_request *r, const char *name, int64_t n, tg_error *err)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
    return tg_request_query(r, (tg_text){name, strlen(name)}, (tg_text){digits, (size_t)len}, err);
}

static bool fill_query(const tg_lost *l, tg_request *r, tg_error *err)
{
    const char *q = l->how->query;
    size_t n = q ? strcspn(q, "=") : 0;
    if (q && !tg_request_query(r, (tg_text){q, n}, (tg_text){q + n + 1, strlen(q + n + 1)}, err))
        return false;
    return r->op->paging != TG_PAGES ||
           (add_number(r, "page", l->page, err) && add_number(r, "per_page", PAGE_SIZE, err));
}

static tg_request *make_read(const tg_call *call, tg_error *err)
{
    tg_request *r = tg_request_new(tg_op_find(call->lost->how->read), err);
    if (r && fill_path(call, r, err) && fill_query(call->lost, r, err)) return r;
    tg_request_free(r);
    return NULL;
}

/* ---------------------------------------------------------------------------------- the endings */

static bool is_none(const char *s)
{
    return !s || !*s;
}

/* The record that shows the change is the reply where the row's own would be of that model; else an
   empty one. */
static void applied(tg_call *call)
{
    const tg_op *op = call->request->op;
    const tg_buf *record = &call->lost->evidence.record;
    bool shows = op->reply == TG_REPLY_RECORD && record->n;
    const char *text = shows ? record->p : tg_shape_empty(op);
    bool nothing = is_none(text) || op->reply == TG_REPLY_NOTHING;
    char *body = strdup(is_none(text) ? "{}" : text);
    call->ambiguous = false;
    call->error = (tg_error){.retry_after = -1};
    if (!body)
        tg_error_set(&call->error, TG_E_NOMEM, "out of memory");
    else if (tg_reply_make(call, nothing ? 204 : 200, body, strlen(body), false, (tg_text){0},
                           &call->error)) {
        call->reply->source = TG_FROM_SETTLED;
        call->reply->status = 0;
        call->error.kind = TG_OK;
    }
    call->proof = TG_APPLIED;
    tg_call_end(call);
}

/* The change was not made: send it once more under its own entry if a repeat lands in the same
   state. Any other write is left to the caller, since another admin may have made and deleted the
   same group meanwhile. */
static bool repeats(tg_call *call)
{
    tg_client *c = call->client;
    bool late = call->give_up && tg_client_ticks(c) >= call->give_up;
    if (call->repeated || late || tg_request_effect(call->request) != TG_EFFECT_SAME) return false;
    if (!tg_call_record_absent(call)) return false;
    tg_call_free(tg_call_lost_free(call));
    call->repeated = true;
    call->ambiguous = false;
    call->error = (tg_error){.retry_after = -1};
    call->stage = TG_S_WAITING;
    call->due = 0;
    tg_report(call, TG_EV_RETRY, 0, "absent");
    return true;
}

static void absent(tg_call *call)
{
    tg_lost *l = call->lost;
    if (repeats(call)) return;
    char message[sizeof l->message];
    snprintf(message, sizeof message, "%s", l->message);
    call->ambiguous = false;
    call->proof = TG_ABSENT;
    *call->error.advice = '\0';
    tg_error_advise(&call->error, "the server does not show the change: it can be sent again");
    tg_call_fail(call, TG_E_TRANSPORT, "%.200s", message);
}

static void open_end(tg_call *call, const char *why)
{
    char message[sizeof call->lost->message];
    snprintf(message, sizeof message, "%s", call->lost->message);
    *call->error.advice = '\0';
    bool own = call->entry && call->auth == &call->client->auth; /* others close their own */
    tg_error_advise(&call->error, "look at the organization%s",
                    own ? ", then close the entry of the journal as what you find" : "");
    tg_call_fail(call, TG_E_UNKNOWN, "%.160s; it was not settled: %.120s", message, why);
}

typedef struct entry_now {
    tg_journal_state state;
    int64_t event; /* its last one; 0: none */
} entry_now;

static bool read_event(void *ctx, const tg_journal_row *row)
{
    entry_now *e = ctx;
    tg_journal_next(&e->state, row->event);
    e->event = row->n;
    return true;
}

static entry_now look_up(tg_call *call)
{
    tg_error err;
    entry_now e = {TG_J_NONE, 0};
    tg_journal *j = call->entry ? tg_client_journal_open(call->client, &err) : NULL;
    if (j && !j->api->each(j, call->entry, read_event, &e, &err)) return (entry_now){TG_J_NONE, 0};
    return e;
}

/* Another process, or a person, may have settled the entry meanwhile, and later changes of the same
   may hide this one: then the journal tells. What was read before another attempt of it was sent
   tells nothing. */
static tg_proof proof_of(tg_call *call)
{
    entry_now e = look_up(call);
    bool open = tg_journal_state_open(e.state);
    if (e.event && open && e.event != call->lost->event) return TG_OPEN;
    if (!e.event || open) {
        tg_proof p = tg_evidence_proof(&call->lost->evidence);
        bool told = !call->entry || (e.event && tg_call_is_last(call)); /* by the journal */
        return p == TG_ABSENT && !told ? TG_OPEN : p;
    }
    call->entry = 0; /* recorded already */
    return e.state == TG_J_SETTLED_DONE || e.state == TG_J_DONE ? TG_APPLIED : TG_ABSENT;
}

static void conclude(tg_call *call)
{
    switch (proof_of(call)) {
    case TG_APPLIED: applied(call); break;
    case TG_ABSENT: absent(call); break;
    case TG_OPEN: open_end(call, "the replies do not show whether it was made");
    }
}

/* ------------------------------------------------------------------------------------ the steps */

static void send_read(tg_call *call, tg_call_starter *start)
{
    tg_error err;
    tg_lost *l = call->lost;
    if (!l->requests) l->event = look_up(call).event;
    tg_request *r = l->requests < PAGES_MOST ? make_read(call, &err) : NULL;
    if (l->requests >= PAGES_MOST) tg_error_set(&err, TG_E_INVALID, "the list has too many pages");
    if (r) l->read = start(call, r, &err);
    if (!l->read) {
        open_end(call, err.message);
        return;
    }
    l->requests++;
    call->due = tg_call_done(l->read) ? 0 : INFINITY;
}

static bool is_paged(const tg_lost *l)
{
    return tg_op_find(l->how->read)->paging == TG_PAGES;
}

static bool has_more(const tg_lost *l, const tg_reply *r)
{
    int64_t pages = tg_reply_count(r, "x-pages");
    if (!is_paged(l)) return false;
    return pages > 0 ? l->page < pages : r->page && tg_page_count(r->page) > 0;
}

/* May records be missing from what was read? A record that is not in a list proves something only
   where the list is complete. */
static bool is_short(const tg_lost *l, const tg_reply *r)
{
    int64_t records = tg_reply_count(r, "x-records");
    bool cut = !is_paged(l) && (tg_reply_count(r, "x-pages") > 1 || tg_reply_links_on(r));
    return cut || (records >= 0 && records != l->count);
}

/* On to the next page or read, or to the end. */
static void go_on(tg_call *call, bool more, bool missing, tg_call_starter *start)
{
    tg_lost *l = call->lost;
    if (more) {
        l->page++;
    } else {
        tg_evidence_end(&l->evidence, missing);
        l->how = tg_lost_next(call, l->how + 1);
        l->page = 1;
        l->count = 0;
        if (l->how && !tg_evidence_begin(&l->evidence, l->how)) {
            open_end(call, "out of memory");
            return;
        }
    }
    if (l->how)
        send_read(call, start);
    else
        conclude(call);
}

static void take_read(tg_call *call, tg_call_starter *start)
{
    tg_error err;
    tg_lost *l = call->lost;
    tg_call *read = l->read;
    tg_reply *r = tg_call_take(read, &err);
    call->cost += read->cost;
    l->read = NULL;
    read->asker = NULL;
    tg_call_free(read);
    bool missing = !r && err.kind == TG_E_NOT_FOUND && !l->how->at;
    if (!r && !missing) {
        open_end(call, err.message);
        return;
    }
    bool enough = r && tg_evidence_look(&l->evidence, r);
    if (r && r->page) l->count += (int64_t)tg_page_count(r->page);
    bool more = r && !enough && has_more(l, r);
    bool cut = r && !enough && !more && r->page && is_short(l, r);
    tg_reply_free(r);
    if (cut) {
        open_end(call, "the list that shows it did not come whole");
        return;
    }
    go_on(call, more, missing, start);
}

void tg_call_lost_step(tg_call *call, tg_call_starter *start)
{
    tg_lost *l = call->lost;
    if (l->read && tg_call_done(l->read))
        take_read(call, start);
    else if (!l->read && !tg_evidence_begin(&l->evidence, l->how))
        open_end(call, "out of memory");
    else if (!l->read)
        send_read(call, start);
    else
        call->due = INFINITY; /* something else woke it, and its read is in flight */
}
