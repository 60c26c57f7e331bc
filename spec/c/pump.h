/* Run calls of a client to their end. */
#ifndef PUMP_H
#define PUMP_H

#include "client.h"

static void pump(tg_client *c, const tg_call *call)
{
    tg_error err;
    for (int i = 0; i < 100000 && !tg_call_done(call); i++) tg_client_step(c, 60000, NULL, 0, &err);
}

/* Pump CALL to its end, free it, and return its kind. */
static tg_kind end_of(tg_client *c, tg_call *call, tg_error *err)
{
    pump(c, call);
    tg_reply *reply = tg_call_take(call, err);
    tg_kind kind = reply ? TG_OK : err->kind;
    tg_reply_free(reply);
    tg_call_free(call);
    return kind;
}

#endif
