/* Dry runs: a change is checked and built completely, then reported instead of sent. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* The smallest body of each shape; "": none, which is `true` in Lua. */
#define TG_SHAPE(name, word, empty, type, returns, meaning) [TG_REPLY_##name] = empty,
static const char *const empty_bodies[] = {TG_SHAPES(TG_SHAPE)};

const char *tg_shape_empty(const tg_op *op)
{
    return op->flags & TG_EMPTY_OK ? "{}" : empty_bodies[op->reply];
}

/* Status 0, as no server replied. A shape without a smallest body is returned as nothing. */
static void answer(tg_call *call)
{
    const tg_op *op = call->request->op;
    const char *body = tg_shape_empty(op);
    bool nothing = !*body || op->reply == TG_REPLY_NOTHING;
    char *copy = strdup(body);
    if (!copy) {
        tg_error_set(&call->error, TG_E_NOMEM, "out of memory");
    } else if (tg_reply_make(call, nothing ? 0 : 200, copy, strlen(copy), false, (tg_text){0},
                             &call->error)) {
        call->reply->status = 0;
        call->reply->source = TG_FROM_DRY_RUN;
        call->error.kind = TG_OK;
    }
    tg_call_end(call);
}

bool tg_call_dry(tg_call *call)
{
    char path[2]; /* only the result of the check is needed; the event has the path */
    tg_text body;
    if (!call->options.dry_run || !tg_request_changes(call->request, path, sizeof path, &body))
        return false;
    tg_report_dry(call);
    answer(call);
    return true;
}
