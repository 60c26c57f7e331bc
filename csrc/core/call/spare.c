/* The memory of calls. A client keeps that of one for reuse: most calls follow one another. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define URL_LIMIT   32768
#define HEADERS_MAX (64 << 10)

tg_call *tg_call_memory(tg_client *c)
{
    tg_call *call = c->spare;
    c->spare = NULL;
    if (call || !(call = calloc(1, sizeof *call))) return call;
    tg_buf_init(&call->url, URL_LIMIT);
    tg_buf_init(&call->key, TG_BUF_NO_LIMIT);
    tg_buf_init(&call->exchange.headers, HEADERS_MAX);
    tg_buf_init(&call->exchange.reply, c->reply_cap);
    return call;
}

void tg_call_discard(tg_call *call)
{
    if (!call) return;
    tg_buf_clear(&call->url);
    tg_buf_clear(&call->key);
    tg_buf_clear(&call->exchange.headers);
    tg_buf_clear(&call->exchange.reply);
    free(call);
}

/* Clear everything but the buffers, which have grown to their size. The memory of a large reply is
   freed. */
static void keep(tg_client *c, tg_call *call)
{
    tg_buf url = call->url, key = call->key, headers = call->exchange.headers,
           reply = call->exchange.reply;
    tg_error *e = &call->error;
    /* the error is the last member and half of the size: clearing its ends suffices */
    memset(call, 0, offsetof(tg_call, error));
    e->kind = TG_OK;
    e->reason = TG_R_NONE;
    e->status = 0;
    e->operation = NULL;
    e->message[0] = e->advice[0] = e->body[0] = '\0';
    call->url = url;
    call->key = key;
    call->exchange.headers = headers;
    call->exchange.reply = reply;
    tg_buf_reset(&call->url);
    tg_buf_reset(&call->key);
    tg_buf_reset(&call->exchange.headers);
    if (call->exchange.reply.size > TG_REPLY_KEEP)
        tg_buf_clear(&call->exchange.reply);
    else
        tg_buf_reset(&call->exchange.reply);
    c->spare = call;
}

/* A call that is not done belongs to a client from before a fork, and is still in its list. */
void tg_call_recycle(tg_client *c, tg_call *call)
{
    if (c->closed || c->spare || call->stage != TG_S_DONE)
        tg_call_discard(call);
    else
        keep(c, call);
}
