/* What a caller does with a call that it has started: looks, takes the reply, cancels, frees. */
#include "client.h"
#include "error.h"

bool tg_call_done(const tg_call *call)
{
    return call->stage == TG_S_DONE;
}

tg_reply *tg_call_take(tg_call *call, tg_error *err)
{
    tg_reply *r = call->reply;
    call->reply = NULL;
    if (!r) *err = call->error;
    if (!r && !err->operation) err->operation = call->request->op->name;
    return r;
}

void tg_call_settler_free(tg_call *call)
{
    tg_call *settler = call->settler;
    call->settler = NULL;
    if (settler) settler->asker = NULL;
    tg_call_free(settler);
}

void tg_call_cancel(tg_call *call)
{
    if (call->stage == TG_S_DONE || tg_client_inherited(call->client)) return;
    bool sent = call->stage == TG_S_SENT || call->ambiguous;
    call->options.settle = false;
    const char *what = call->client->closing ? "the client was closed" : "cancelled";
    if (call->stage == TG_S_SENT) {
        call->client->http->cancel(call->client->transport, &call->exchange);
        call->exchange.sent = 1; /* unknown, so assume it */
        tg_call_off_wire(call);
        tg_call_count(call, TG_UNKNOWN_COUNT, -1);
        tg_call_changed(call);
    }
    if (sent && !tg_request_reads(call->request))
        tg_call_fail(call, TG_E_UNKNOWN, "%s after it was sent: it may have been done", what);
    else
        tg_call_fail(call, TG_E_CANCELLED, "%s", what);
    tg_call_free(tg_call_lost_free(call)); /* no read is sent for a call that is over */
    tg_call_settler_free(call);
}

void tg_call_free(tg_call *call)
{
    if (!call) return;
    if (!call->client->closed) tg_call_cancel(call);
    tg_call_free(tg_call_lost_free(call)); /* before the credentials that it shares */
    tg_call_settler_free(call);
    tg_targets_clear(&call->targets);
    tg_request_free(call->request);
    tg_auth_clear(&call->own_auth);
    tg_stored_clear(&call->stored);
    tg_reply_free(call->reply);
    tg_client *c = call->client;
    tg_call_recycle(c, call);
    tg_client_unref(c);
}
