/*
** One call, from the request to the moment an attempt is sent:
**
**   start     checks, the store, the dry run, the same read already in flight
**   advance   pace, quota window, the journal, credentials, the wire
**
** finish.c processes the end of an attempt.
*/
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* ---------------------------------------------------------------------------- the client's list */

static void link_call(tg_call *call)
{
    tg_client *c = call->client;
    call->prev = c->last;
    if (c->last)
        c->last->next = call;
    else
        c->first = call;
    c->last = call;
    c->in_flight++;
}

/* ---------------------------------------------------------------------------------------- start */

#define MERGE(read, name, member, types, meaning) MERGE_##read(member)

#define MERGE_SECONDS(member)                                                                      \
    if (m->member <= 0) m->member = c->member;
#define MERGE_WAIT_EITHER(member)                                                                  \
    if (m->member == 0) m->member = c->member;
#define MERGE_EITHER(member) m->member = m->member || (c->member && !m->no_##member);
#define MERGE_STALE(member)  MERGE_EITHER(member)
#define MERGE_FLAG(member)
#define MERGE_SPAN(member)
#define MERGE_TEXT(member) /* borrowed, and copied */                                              \
    call->member[0] = '\0';                                                                        \
    if (m->member)                                                                                 \
        snprintf(call->member, sizeof call->member, "%.*s",                                        \
                 tg_error_fit(m->member, sizeof call->member - 1), m->member);                     \
    m->member = NULL;
#define MERGE_AUTH(member) m->member = NULL; /* borrowed; own_auth has the relevant part */

/* Options not given are those of the client. */
static void merge(tg_call *call, const tg_call_options *o)
{
    static const tg_call_options none;
    const tg_client *c = call->client;
    call->options = o ? *o : none;
    tg_call_options *m = &call->options;
    TG_CALL_OPTIONS(MERGE)
    /* a call cannot override its client's dry run */
    m->dry_run = m->dry_run || c->dry_run;
}

static tg_call *call_alloc(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err)
{
    tg_call *call = tg_call_memory(c);
    if (!call) {
        tg_request_free(r);
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    call->client = c;
    c->refs++;
    call->request = r;
    call->auth = &c->auth;
    call->stage = TG_S_DONE; /* until it is in the client's list */
    call->error.retry_after = -1;
    merge(call, o);
    return call;
}

static bool take_credentials(tg_call *call, const tg_call_options *o, tg_error *err)
{
    if (!o || !o->credentials) return true;
    call->auth = &call->own_auth;
    return tg_auth_init(&call->own_auth, o->credentials, call->client->base_url, err);
}

static bool check_credentials(tg_call *call)
{
    unsigned flags = call->request->op->flags;
    if (call->auth->header || call->request->raw || (flags & TG_ANONYMOUS)) return true;
    return tg_call_fail(call, TG_E_AUTH, "not logged in; nothing was sent");
}

static bool check_gone(tg_call *call)
{
    for (int i = 0; i < call->client->gone_count; i++)
        if (call->client->gone[i] == call->request->op)
            return tg_call_fail(call, TG_E_GONE,
                                "the server has removed this operation; it was not sent");
    return true;
}

/* Do both calls wait under the same limits? Then a follower waits no longer than by itself. */
static bool same_patience(const tg_call_options *a, const tg_call_options *b)
{
    return a->timeout == b->timeout && a->connect_timeout == b->connect_timeout &&
           a->deadline == b->deadline && a->start_within == b->start_within && a->wait == b->wait &&
           a->no_wait == b->no_wait && a->stale == b->stale && a->no_store == b->no_store;
}

/* May CALL share the reply of OTHER? Not where OTHER was sent before a change that CALL may have
   waited for: its reply may predate the change. */
static bool may_follow(const tg_call *call, tg_call *other)
{
    bool current = other->stage != TG_S_SENT || other->changes == call->client->changes;
    if (other->leader || !current || other->auth != call->auth ||
        other->request->op != call->request->op)
        return false;
    if (!other->key.n &&
        !(tg_request_reads(other->request) && tg_request_key(other->request, &other->key)))
        return false;
    return other->key.n == call->key.n && memcmp(other->key.p, call->key.p, call->key.n) == 0 &&
           same_patience(&other->options, &call->options);
}

/* Coalesce: a read that another call of this client waits for is not sent twice. One that settles a
   change is sent by itself: the other one may be from before the change shows. */
static void follow(tg_call *call)
{
    if (call->asker) return;
    if (!tg_request_reads(call->request) || call->auth != &call->client->auth) return;
    /* no other call is in flight; a later one looks for this key */
    if (call->client->first == call) return;
    if (!call->key.n && !tg_request_key(call->request, &call->key)) return;
    for (tg_call *other = call->client->first; call->key.n && other && other != call;
         other = other->next)
        if (may_follow(call, other)) {
            tg_call_set_leader(call, other);
            return;
        }
}

static bool build_url(tg_call *call)
{
    const tg_request *r = call->request;
    tg_buf_puts(&call->url, call->client->base_url);
    tg_buf_add(&call->url, r->path.p, r->path.n);
    if (r->query.n) tg_buf_putc(&call->url, '?');
    if (r->query.n) tg_buf_add(&call->url, r->query.p, r->query.n);
    return call->url.failed ? tg_call_fail(call, TG_E_INVALID, "the address is too long to send")
                            : true;
}

/* No attempt and no wait begins after this time. */
static void set_end(tg_call *call)
{
    const tg_call_options *o = &call->options;
    double most = o->deadline;
    if (o->start_within > 0 && (most <= 0 || o->start_within < most)) most = o->start_within;
    if (most > 0) call->give_up = call->started + most;
}

static void begin(tg_call *call)
{
    tg_client *c = call->client;
    call->started = tg_client_ticks(c);
    set_end(call);
    call->stage = TG_S_WAITING;
    tg_call_patience(call);
    link_call(call);
    if (!check_gone(call) || tg_call_ask_store(call) || !build_url(call) || tg_call_dry(call))
        return;
    if (call->options.offline) {
        tg_call_fail(call, TG_E_OFFLINE, "only the store may answer, so no request was sent");
        return;
    }
    if (!check_credentials(call)) return;
    call->window = tg_call_paying_window(call);
    follow(call);
    if (!call->leader) tg_call_advance(call);
}

tg_call *tg_call_start(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err)
{
    tg_call *call = call_alloc(c, r, o, err);
    if (!call) return NULL;
    bool ok = !tg_client_inherited(c) ||
              tg_error_set(err, TG_E_INVALID, "this client was made before a fork");
    ok = ok && take_credentials(call, o, err) && tg_request_finish(r, err);
    if (!ok) {
        tg_call_free(call);
        return NULL;
    }
    begin(call);
    return call;
}

/* The reads of a call have its credentials and what is left of its time. */
static void inherit(tg_call *call, tg_call *asker)
{
    tg_call_options *o = &call->options;
    *o = asker->options;
    o->refresh = true;
    o->offline = o->dry_run = o->settle = o->stale = false;
    o->deadline = asker->give_up ? asker->give_up - tg_client_ticks(call->client) : 0;
    call->asker = asker;
    call->auth = asker->auth;
}

static tg_call *start_for(tg_call *asker, tg_request *r, tg_error *err)
{
    tg_call *call = call_alloc(asker->client, r, NULL, err);
    if (!call) return NULL;
    inherit(call, asker);
    if (!tg_request_finish(r, err)) {
        tg_call_free(call);
        return NULL;
    }
    begin(call);
    return call;
}

tg_call *tg_call_start_settling(tg_client *c, tg_request *r, const tg_call_options *o,
                                int64_t entry, double sent_at, double lost_at, tg_error *err)
{
    tg_call *call = call_alloc(c, r, o, err);
    if (!call || !tg_request_finish(r, err)) {
        tg_call_free(call);
        return NULL;
    }
    /* The request of a killed program may still be in flight, for as long as an attempt lasts. The
       program may also have been stopped between recording and sending, and killed just now. */
    double now = tg_client_now(c), latest = sent_at + call->options.timeout;
    double ended = lost_at > 0 ? lost_at : latest > now ? latest : now;
    double ticks = tg_client_ticks(c), left = ended + c->settle_after - now;
    call->entry = entry;
    call->recorded_lost = lost_at > 0;
    call->repeated = true; /* settling an entry sends reads alone */
    call->asked = sent_at;
    call->started = ticks;
    call->stage = TG_S_WAITING;
    set_end(call);
    tg_call_find_targets(call);
    link_call(call);
    tg_error_set(&call->error, TG_E_UNKNOWN, "its reply was lost");
    if (latest <= now) tg_call_record_lost(call); /* else the next look would wait from now on */
    if (tg_call_lost(call, sent_at, ticks + (left > 0 ? left : 0))) return call;
    call->options.settle = false;
    tg_call_fail(call, TG_E_UNKNOWN, "its reply was lost, and no read shows what became of it");
    return call;
}

/* --------------------------------------------------------------------------------- one attempt */

static double time_left(const tg_call *call, double timeout)
{
    double most = call->options.deadline;
    double left = most > 0 ? call->started + most - tg_client_ticks(call->client) : timeout;
    if (left < 0.001) left = 0.001; /* the transport takes 0 for "no limit" */
    return left < timeout ? left : timeout;
}

static void fill_exchange(tg_call *call)
{
    tg_exchange *x = &call->exchange;
    const tg_request *r = call->request;
    tg_buf_reset(&x->headers);
    tg_buf_reset(&x->reply);
    x->verb = r->verb;
    x->url = call->url.p;
    x->authorization = call->auth->header;
    x->if_none_match = call->etag;
    x->if_modified_since = call->modified;
    x->body = r->has_body ? (tg_text){r->body.p, r->body.n} : (tg_text){0};
    x->timeout = time_left(call, call->options.timeout);
    x->connect_timeout = call->options.connect_timeout;
    x->outcome = TG_X_RUNNING;
    x->sent = 0;
    x->status = 0;
    x->message[0] = '\0';
    x->owner = call;
}

/* A write that is not on the disk is not sent. */
static bool fail_unrecorded(tg_call *call, const tg_error *why)
{
    tg_call_give_back(call);
    tg_error_because(&call->error, TG_R_UNRECORDED);
    return tg_call_fail(call, why->kind == TG_E_CANCELLED ? TG_E_CANCELLED : TG_E_INVALID,
                        "the change cannot be recorded in the journal (%.*s%s%.*s), so it was not "
                        "sent",
                        tg_error_fit(why->message, 120), why->message, *why->advice ? "; " : "",
                        tg_error_fit(why->advice, 90), why->advice);
}

static bool fail_out_of_order(tg_call *call, const tg_error *why)
{
    if (why->reason != TG_R_OPEN) return fail_unrecorded(call, why);
    tg_error_because(&call->error, TG_R_OPEN);
    return tg_call_fail(call, why->kind, "%s", why->message);
}

static void send_try(tg_call *call)
{
    tg_client *c = call->client;
    tg_error err;
    fill_exchange(call);
    if (!tg_call_intend(call, &err)) {
        fail_unrecorded(call, &err);
        return;
    }
    call->stage = TG_S_SENT;
    call->changes = c->changes;
    tg_call_stamp(call);
    call->asked = tg_client_now(c);
    tg_call_note(call);
    if (!c->http->start(c->transport, &call->exchange, &err)) {
        call->stage = TG_S_WAITING;
        tg_call_take_back(call);
        tg_call_give_back(call);
        tg_call_fail(call, err.kind, "%s; nothing was sent", err.message);
        return;
    }
    tg_call_on_wire(call);
    tg_tally_sent(call);
    call->try_++;
    call->cost++;
    tg_client_charge(c, call);
    tg_report(call, TG_EV_REQUEST, 0, NULL);
}

/* A follower, or a call that waits for a slot or for a window to become known, is woken by that
   event; but its own deadline may come first. */
double tg_call_due(const tg_call *call)
{
    double due = call->leader || !tg_client_has_place(call->client) ? INFINITY : call->due;
    return call->give_up && call->give_up < due ? call->give_up : due;
}

void tg_call_advance(tg_call *call)
{
    tg_client *c = call->client;
    if (call->give_up && tg_client_ticks(c) >= call->give_up) {
        tg_call_fail(call, TG_E_TIMEOUT, "the time for this call was up before %s",
                     call->leader ? "the reply came"
                     : call->try_ ? "it could be sent again"
                                  : "it could be sent");
        return;
    }
    if (call->lost) {
        tg_call_lost_step(call, start_for);
        return;
    }
    tg_call_patience(call);
    tg_error err;
    if (!tg_call_in_order(call, &err)) {
        if (err.kind != TG_OK) fail_out_of_order(call, &err);
        return;
    }
    if (!tg_call_may_go(call)) return;
    if (!tg_client_transport(c, &call->error)) {
        tg_call_give_back(call);
        tg_call_fail(call, call->error.kind, "%s", call->error.message);
        return;
    }
    send_try(call);
}
