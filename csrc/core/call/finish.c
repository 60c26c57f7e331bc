/* Process the end of an attempt. The policy decides; this file executes the decision. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"
#include "own.h"
#include "redact.h"

static tg_text headers_of(const tg_call *call)
{
    return (tg_text){call->exchange.headers.p, call->exchange.headers.n};
}

/*
** Without a length only the text shows that it is complete: JSON up to its end. Any other text may
** be truncated where the connection ended, and is rejected. A web page is reported as such, and
** JSON with an error inside as that error.
*/
static void look_for_cut(tg_exchange *x)
{
    tg_text body = {x->reply.p, x->reply.n};
    if (x->outcome != TG_X_REPLY || !x->unmarked || x->status < 200 || x->status > 299) return;
    const char *type = tg_headers_find((tg_text){x->headers.p, x->headers.n}, "content-type");
    if (tg_reply_is_page(body) || !tg_reply_is_cut(body, type)) return;
    x->outcome = TG_X_BROKEN;
    snprintf(x->message, sizeof x->message,
             "the reply has no length, and is not whole after %zu bytes", body.n);
}

/* A header as a decimal number within bounds; an invalid number counts as not sent. */
static double number_header(const tg_call *call, const char *name, double none)
{
    const char *s = tg_headers_find(headers_of(call), name);
    char *end;
    if (!s || !*s) return none;
    long v = strtol(s, &end, 10);
    return *end || v > INT_MAX || v <= INT_MIN + 1 ? none : (double)v;
}

/* Seconds of Retry-After; at most an hour, the longest wait at Toggl. */
static double retry_after(const tg_call *call)
{
    double seconds = number_header(call, "retry-after", -1);
    return seconds < 0 ? -1 : seconds > TG_WINDOW_MAX ? TG_WINDOW_MAX : seconds;
}

/* A redirect names another address, so nothing was done; except a 303, which names the result. */
static bool turned_away(const tg_exchange *x)
{
    return x->outcome == TG_X_REFUSED && x->status != 303;
}

/* Ignores dates: Toggl documents no Retry-After at all, and clocks differ. */
static tg_attempt describe(tg_call *call)
{
    const tg_exchange *x = &call->exchange;
    bool answered = x->outcome == TG_X_REPLY;
    return (tg_attempt){
        .answered = answered,
        .sent = x->sent > 0 && !turned_away(x),
        .kept_died = x->outcome == TG_X_BROKEN && x->kept_died,
        .timed_out = x->outcome == TG_X_TIMEOUT,
        .write = !tg_request_reads(call->request),
        .status = answered ? x->status : 0,
        .try_ = call->try_,
        .retries = call->client->retries,
        .retry_after = answered ? retry_after(call) : -1,
        .remaining = answered
                         ? (int)number_header(call, "x-toggl-quota-remaining", TG_UNKNOWN_COUNT)
                         : TG_UNKNOWN_COUNT,
        .resets_in = answered ? number_header(call, "x-toggl-quota-resets-in", -1) : -1,
        .quota_words = answered && x->status == 402
                           ? tg_policy_quota_words((tg_text){x->reply.p, x->reply.n})
                           : -1,
        .chance = answered && x->status < 400 ? 0 : tg_client_chance(call->client),
        .budget = call->client->budget,
    };
}

/* Redirects are followed within an attempt; the server counts each request. */
static void charge_repeats(tg_call *call)
{
    tg_client *c = call->client;
    double until;
    tg_error err;
    for (int i = 1; i < call->exchange.sent; i++) {
        if (c->ledger) tg_ledger_take(c->ledger, call->window, tg_client_now(c), 0, &until, &err);
        tg_client_charge(c, call);
        call->cost++;
    }
}

/* Without a count there is nothing to reserve from. */
static void warn_of_no_count(const tg_call *call, const tg_attempt *a)
{
    tg_client *c = call->client;
    if (c->reserve == 0 || !c->ledger || a->remaining != TG_UNKNOWN_COUNT || a->status >= 500)
        return;
    if (tg_ledger_left(c->ledger, call->window) < 0)
        tg_report_warning(c,
                          "no reply has told yet how many requests are left: the reserve of %d is "
                          "not kept until one does",
                          c->reserve);
}

static void learn(tg_call *call, const tg_attempt *a)
{
    tg_client *c = call->client;
    charge_repeats(call);
    tg_call_count(call, a->remaining, a->resets_in);
    if (!a->answered) return;
    warn_of_no_count(call, a);
    c->gap = tg_policy_pace(c->gap, a->status == 429);
    if (a->status == 429) c->next_slot = tg_client_ticks(c) + c->gap;
}

/* The fields of M with the place of its records. False: M does not tell the organization of a
   workspace. A person is in many. */
static bool place_fields(const tg_model *m, const tg_field **workspace,
                         const tg_field **organization)
{
    *workspace = *organization = NULL;
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++) {
        if (!(f->flags & (TG_SELF | TG_PARENT))) continue;
        if (f->key == TG_KEY_WORKSPACE && !*workspace) *workspace = f;
        if (f->key == TG_KEY_ORGANIZATION && !*organization) *organization = f;
    }
    return *workspace && *organization && strcmp(m->class_ ? m->class_ : "", "user") != 0;
}

/* Collect the places in PAGE in OUT, which has room for one per record; records of one place are
   mostly adjacent. */
static size_t page_places(const tg_page *page, const tg_field *workspace,
                          const tg_field *organization, tg_place *out)
{
    size_t n = 0;
    for (size_t i = 0; i < tg_page_count(page); i++) {
        tg_text text = tg_page_at(page, i).text;
        tg_value w = tg_value_field(text, workspace), o = tg_value_field(text, organization);
        if (w.what != TG_V_INT || o.what != TG_V_INT) continue;
        if (n && out[n - 1].workspace == w.integer && out[n - 1].organization == o.integer)
            continue;
        out[n++] = (tg_place){w.integer, o.integer};
    }
    return n;
}

/* The field of M with keys of workspaces, which are of the organization that was asked. */
static const tg_field *listed_field(const tg_model *m)
{
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->key == TG_KEY_WORKSPACE && f->type == TG_LIST && f->item == TG_INT) return f;
    return NULL;
}

#define LISTED 64 /* workspaces; few organizations have more */

static void learn_listed(tg_call *call, const tg_field *f)
{
    tg_value unused, key;
    tg_place places[LISTED];
    size_t n = 0;
    const tg_page *page = call->reply->page;
    for (size_t i = 0; i < tg_page_count(page) && n < LISTED; i++) {
        tg_value list = tg_value_field(tg_page_at(page, i).text, f);
        for (size_t pos = 0; n < LISTED && list.what == TG_V_ARRAY &&
                             tg_value_next(list.text, &pos, &unused, &key);) {
            bool known = key.what != TG_V_INT;
            for (size_t j = 0; j < n && !known; j++) known = places[j].workspace == key.integer;
            if (!known) places[n++] = (tg_place){key.integer, call->request->organization};
        }
    }
    if (n) tg_ledger_map(call->client->ledger, places, n);
}

/* A workspace never changes its organization, so each record that names both tells which window
   pays. If memory is out, nothing is learned. */
static void learn_places(tg_call *call)
{
    tg_ledger *ledger = call->client->ledger;
    const tg_page *page = call->reply->page;
    const tg_field *workspace, *organization;
    tg_place own = {call->request->workspace, call->request->organization};
    if (!ledger) return;
    tg_ledger_map(ledger, &own, 1);
    const tg_field *listed = page ? listed_field(tg_page_model(page)) : NULL;
    if (listed && call->request->organization) learn_listed(call, listed);
    if (!page || !place_fields(tg_page_model(page), &workspace, &organization)) return;
    tg_place *places = malloc((tg_page_count(page) + 1) * sizeof *places);
    if (places) tg_ledger_map(ledger, places, page_places(page, workspace, organization, places));
    free(places);
}

/* ------------------------------------------------------------------------------------- verdicts */

/* err.body gets the start of the reply, unless the server repeats the credentials in it. */
static void show_body(tg_call *call, tg_text text)
{
    if (text.n && !tg_auth_stands_in(call->auth, text.p, text.n)) tg_error_body(&call->error, text);
}

/* Show the start of an unreadable reply, unless it may hold a secret; a web page holds none. */
static void note_body(tg_call *call, tg_text text)
{
    const tg_op *op = call->request->op;
    const tg_model *m = op->model ? tg_model_find(op->model) : NULL;
    if (tg_reply_is_page(text) || (m && !tg_model_has_secrets(m))) show_body(call, text);
}

/* Return the body as a text that the caller owns. A short one is copied, so that the buffer keeps
   its size for the next reply. NULL: out of memory. */
static char *body_of(tg_buf *b, size_t *n)
{
    if (b->failed || !b->p || b->n >= TG_REPLY_KEEP) return tg_buf_take(b, n);
    char *copy = malloc(b->n + 1);
    *n = copy ? b->n : 0;
    return copy ? memcpy(copy, b->p, b->n + 1) : NULL;
}

static void succeed(tg_call *call)
{
    tg_exchange *x = &call->exchange;
    bool good = x->status >= 200 && x->status < 300, unchanged = x->status == 304;
    /* copy of the start of a long body, which the reply takes even if it cannot be read */
    char start[sizeof call->error.body];
    tg_text kept = {x->reply.p, x->reply.n < sizeof start ? x->reply.n : sizeof start};
    size_t n;
    if (x->reply.n >= TG_REPLY_KEEP) kept.p = memcpy(start, x->reply.p, kept.n);
    tg_call_changed(call);
    if (call->client->budget < TG_RETRY_BUDGET) call->client->budget += 0.1;
    call->error.status = x->status;
    if (good && !tg_call_confirmed(call, (tg_text){x->reply.p, x->reply.n})) return;
    call->error.status = 0;
    char *body = good ? body_of(&x->reply, &n) : NULL;
    if (unchanged ? !tg_call_still_true(call)
                  : !tg_reply_make(call, x->status, body, body ? n : 0, false, headers_of(call),
                                   &call->error)) {
        call->error.status = x->status;
        note_body(call, kept);
        tg_call_fail(call, call->error.kind, "%s", call->error.message);
        return;
    }
    if (good) tg_own_confirmed(call);
    tg_call_settle(call);
    if (unchanged)
        tg_call_touch(call);
    else if (good)
        tg_call_store(call);
    call->error.kind = TG_OK;
    learn_places(call);
    tg_call_end(call);
}

static void fail(tg_call *call, tg_kind kind)
{
    const tg_exchange *x = &call->exchange;
    if (x->outcome == TG_X_REPLY)
        tg_call_fail(call, kind, "the server answered %d", x->status);
    else
        tg_call_fail(call, kind, "%s", *x->message ? x->message : "no whole reply came");
}

/* A retry that could start only after the deadline is not made; the cause of the last attempt is
   the better error. */
static void repeat(tg_call *call, const tg_decision *d)
{
    double ticks = tg_client_ticks(call->client), delay = d->delay > 0 ? d->delay : 0;
    if (call->give_up && ticks + delay >= call->give_up) {
        fail(call, d->kind);
        return;
    }
    call->stage = TG_S_WAITING;
    call->due = ticks + delay;
    call->client->budget -= 1;
    tg_report(call, TG_EV_RETRY, delay, tg_kind_name(d->kind));
}

static void close_window(tg_call *call, const tg_decision *d)
{
    tg_client *c = call->client;
    double now = tg_client_now(c);
    if (c->ledger)
        tg_ledger_close(c->ledger, call->window, now, d->delay >= 0 ? now + d->delay : 0);
    tg_call_closed(call, d->delay, d->kind);
}

static void remember_gone(tg_call *call)
{
    tg_client *c = call->client;
    const tg_op **more = realloc((void *)c->gone, (size_t)(c->gone_count + 1) * sizeof *more);
    if (!more) return;
    c->gone = more;
    c->gone[c->gone_count++] = call->request->op;
}

static void note_failure(tg_call *call, const tg_attempt *a, const tg_decision *d)
{
    const tg_exchange *x = &call->exchange;
    call->error.status = a->status;
    call->error.retry_after = d->delay;
    if (a->answered) show_body(call, (tg_text){x->reply.p, x->reply.n});
    if (a->status == 410 && !call->request->raw) remember_gone(call);
}

/* Endings that no retry can change: the reply exceeds the limit, this side rejected the exchange,
   or a 304 refers to a reply that is not stored. */
static bool ended_for_good(tg_call *call)
{
    tg_exchange *x = &call->exchange;
    bool reply = x->outcome == TG_X_REPLY,
         nothing = reply && x->status == 304 && !call->stored.text;
    call->error.status = reply ? x->status : 0;
    if (x->outcome == TG_X_TOO_BIG) {
        tg_call_changed(call);
        tg_error_because(&call->error, TG_R_LARGE);
        return !tg_call_fail(call, TG_E_DECODE, "the reply is larger than %zu bytes", x->reply.max);
    }
    if (x->outcome == TG_X_UNREADABLE) {
        bool write = !tg_request_reads(call->request) && x->status < 300;
        tg_call_changed(call);
        call->error.status = x->status;
        if (!write)
            tg_error_advise(&call->error,
                            "look at the server, or at a proxy before it: it answers so each time");
        return !tg_call_fail(call, write ? TG_E_UNKNOWN : TG_E_DECODE, "%s", x->message);
    }
    if (nothing)
        return !tg_call_fail(call, TG_E_DECODE,
                             "the server answered 304 to a question without a condition");
    if (x->outcome == TG_X_REFUSED) return !tg_call_fail(call, TG_E_TRANSPORT, "%s", x->message);
    return false;
}

/* Does the refusal say that the wanted state was there before? */
static bool so_already(const tg_call *call, const tg_attempt *a)
{
    const char *text = call->request->op->so_already;
    const tg_buf *body = &call->exchange.reply;
    if (!text || a->status == 404) return text != NULL;
    return a->status == 400 && body->n && memmem(body->p, body->n, text, strlen(text));
}

static void carry_out(tg_call *call, const tg_attempt *a)
{
    tg_decision d = tg_policy_decide(a);
    if (d.verdict == TG_FAIL && so_already(call, a)) d.verdict = TG_DONE;
    if (d.verdict != TG_DONE) note_failure(call, a, &d);
    switch (d.verdict) {
    case TG_DONE: succeed(call); break;
    case TG_RETRY: repeat(call, &d); break;
    case TG_CLOSED: close_window(call, &d); break;
    case TG_FAIL: fail(call, d.kind); break;
    case TG_UNKNOWN: fail(call, TG_E_UNKNOWN); break;
    }
}

void tg_call_finish(tg_call *call)
{
    look_for_cut(&call->exchange);
    tg_attempt a = describe(call);
    tg_call_patience(call);
    tg_call_off_wire(call);
    tg_report(call, TG_EV_REPLY, call->exchange.seconds,
              a.answered ? NULL : call->exchange.message);
    learn(call, &a);
    if (tg_policy_ambiguous(&a)) {
        call->ambiguous = true;
        tg_call_changed(call);
    }
    if (!ended_for_good(call)) carry_out(call, &a);
    tg_call_take_back(call); /* rejected: all other endings are recorded as changes */
}
