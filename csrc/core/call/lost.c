/* A write whose reply was lost, from its loss to its end: what the reads of lost_reads.c use. */
#include "lost.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "journal.h"

const tg_settle *tg_lost_next(const tg_call *call, const tg_settle *how)
{
    const tg_op *op = call->request->op;
    size_t most = sizeof op->settle / sizeof *op->settle;
    for (; how < op->settle + most; how++)
        if (tg_evidence_needs(call->request, how)) return how;
    return NULL;
}

bool tg_call_can_settle(const tg_call *call)
{
    return tg_lost_next(call, call->request->op->settle) != NULL;
}

tg_call *tg_call_lost_free(tg_call *call)
{
    tg_lost *l = call->lost;
    if (!l) return NULL;
    tg_call *read = l->read;
    call->lost = NULL;
    if (read) read->asker = NULL;
    tg_evidence_clear(&l->evidence);
    tg_buf_clear(&l->before);
    free(l);
    return read;
}

static bool read_before(void *ctx, const tg_journal_row *row)
{
    tg_value before = {.what = TG_V_ABSENT};
    if (row->data.n && tg_json_check(row->data, NULL))
        before = tg_value_get(row->data, TG_TEXT("before"));
    if (before.what == TG_V_OBJECT) tg_buf_add(ctx, before.text.p, before.text.n);
    return false; /* the first event has it */
}

/* What the store knew of the target when the write was sent. */
static tg_text find_before(tg_call *call, tg_buf *out)
{
    tg_error err;
    tg_journal *j = call->client->journal;
    tg_buf_init(out, TG_BUF_NO_LIMIT);
    if (j && call->entry) j->api->each(j, call->entry, read_before, out, &err);
    return out->failed ? (tg_text){0} : (tg_text){out->p, out->n};
}

bool tg_call_lost(tg_call *call, double sent_at, double due)
{
    const tg_settle *how = tg_lost_next(call, call->request->op->settle);
    if (call->lost || !how || (call->give_up && due >= call->give_up)) return false;
    tg_lost *l = calloc(1, sizeof *l);
    if (!l) return false;
    tg_evidence_init(&l->evidence, call->request, find_before(call, &l->before), sent_at);
    l->how = how;
    l->page = 1;
    snprintf(l->message, sizeof l->message, "%s", call->error.message);
    call->lost = l;
    call->ambiguous = true;
    call->stage = TG_S_WAITING;
    call->due = due;
    double left = due - tg_client_ticks(call->client);
    if (left > 0) tg_report(call, TG_EV_WAIT, left, "settle");
    return true;
}
