/* Outcomes of changes: a host ended by a signal reports which changes may have been applied. */
#include <stdio.h>

#include "client.h"

static void count_in_flight(const tg_tally *t, int n)
{
    if (t->in_flight) *t->in_flight += n;
}

void tg_tally_sent(tg_call *call)
{
    if (!call->client->tally || call->tallied || tg_request_reads(call->request)) return;
    call->tallied = true;
    count_in_flight(call->client->tally, 1);
}

static void note_unknown(tg_tally *t, const tg_call *call)
{
    char path[160];
    if (t->unknown++) return;
    tg_request_show(call->request, path, sizeof path);
    snprintf(t->first, sizeof t->first, "%s: %s %s", call->request->op->name, call->request->verb,
             path);
}

void tg_tally_ended(tg_call *call)
{
    tg_tally *t = call->client->tally;
    if (!call->tallied) return;
    call->tallied = false;
    count_in_flight(t, -1);
    if (call->error.kind == TG_OK) t->made++;
    if (call->error.kind == TG_E_UNKNOWN) note_unknown(t, call);
}
