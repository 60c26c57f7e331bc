/* The end of a call, whatever its result: it leaves the client's list, and its followers share the
   reply. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

static void unlink_call(tg_call *call)
{
    tg_client *c = call->client;
    if (call->prev)
        call->prev->next = call->next;
    else
        c->first = call->next;
    if (call->next)
        call->next->prev = call->prev;
    else
        c->last = call->prev;
    call->prev = call->next = NULL;
    c->in_flight--;
}

void tg_call_set_leader(tg_call *call, tg_call *leader)
{
    if (call->leader) call->leader->followers--;
    if (leader) leader->followers++;
    call->leader = leader;
}

/* Followers share the leader's reply. If the leader was cancelled or timed out, promote the first
   follower. */
static void release_followers(tg_call *leader)
{
    bool own = leader->error.kind == TG_E_CANCELLED || leader->error.kind == TG_E_TIMEOUT;
    tg_call *heir = NULL;
    for (tg_call *call = leader->client->first, *next; call && leader->followers; call = next) {
        next = call->next;
        if (call->leader != leader) continue;
        tg_call_set_leader(call, heir);
        if (own) {
            heir = heir ? heir : call;
            continue;
        }
        call->error = leader->error;
        if (leader->reply) call->reply = tg_reply_share(leader->reply, &call->error);
        tg_call_end(call);
    }
}

void tg_call_end(tg_call *call)
{
    if (call->stage == TG_S_DONE) return;
    call->stage = TG_S_DONE;
    tg_client_mind_stores(call->client);
    tg_tally_ended(call);
    tg_call_let_pass(call);
    tg_call_outcome(call);
    if (call->asker) call->asker->due = 0;
    unlink_call(call);
    tg_call_set_leader(call, NULL);
    release_followers(call);
}

/* A call whose reply was lost continues if its caller chose to settle it. */
static bool goes_on(tg_call *call)
{
    tg_client *c = call->client;
    if (call->lost || !call->options.settle || c->closing || !tg_call_can_settle(call))
        return false;
    tg_call_record_lost(call);
    return tg_call_lost(call, call->asked, tg_client_ticks(c) + c->settle_after);
}

/* The end of the last attempt, sent or not, does not undo what an earlier one may have done. A
   change whose reply cannot be read is ambiguous too: a status shows that something was done, but
   not what. */
bool tg_call_fail(tg_call *call, tg_kind kind, const char *fmt, ...)
{
    va_list ap;
    bool unread = kind == TG_E_DECODE && !tg_request_reads(call->request);
    if (unread || (call->ambiguous && kind != TG_E_DECODE)) kind = TG_E_UNKNOWN;
    int status = call->error.status;
    double after = call->error.retry_after;
    tg_reason reason = call->error.reason;
    char body[sizeof call->error.body], advice[sizeof call->error.advice];
    memcpy(body, call->error.body, sizeof body);
    memcpy(advice, call->error.advice, sizeof advice);
    char text[sizeof call->error.message + 1]; /* one more than fits: tg_error_set cuts it */
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    tg_error_set(&call->error, kind, "%s", text);
    call->error.status = status;
    call->error.reason = reason;
    call->error.retry_after = after;
    memcpy(call->error.body, body, sizeof body);
    memcpy(call->error.advice, advice, sizeof advice);
    if (kind == TG_E_UNKNOWN && goes_on(call)) return false;
    tg_error_explain(&call->error, call);
    tg_call_end(call);
    return false;
}
