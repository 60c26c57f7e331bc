/* Dry runs: a change that is checked and built in full, and then reported, not sent. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* The emptiest body that is of this shape; "": none at all, which is `true` to Lua. */
#define TG_SHAPE(name, word, empty, type, returns, meaning) [TG_REPLY_##name] = empty,
static const char *const empty_bodies[] = {TG_SHAPES(TG_SHAPE)};

/* No server said anything: the status is 0. A shape without an empty body is answered as
   nothing. */
static void answer(tg_call *call)
{
    const tg_op *op = call->request->op;
    const char *body = op->flags & TG_EMPTY_OK ? "{}" : empty_bodies[op->reply];
    bool nothing = !*body || op->reply == TG_REPLY_NOTHING;
    char *copy = strdup(body);
    if (!copy) {
        tg_error_set(&call->error, TG_E_NOMEM, "out of memory");
    } else if (tg_reply_make(call, nothing ? 0 : 200, copy, strlen(copy), (tg_text){0},
                             &call->error)) {
        call->reply->status = 0;
        call->reply->source = TG_FROM_DRY_RUN;
        call->error.kind = TG_OK;
    }
    tg_call_end(call);
}

bool tg_call_dry(tg_call *call)
{
    char path[2]; /* only whether it changes anything is asked here; the event has the path */
    tg_text body;
    if (!call->options.dry_run || !tg_request_changes(call->request, path, sizeof path, &body))
        return false;
    tg_report_dry(call);
    answer(call);
    return true;
}
