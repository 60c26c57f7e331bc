/*
** The last replies that the store answered with, kept with their index. While no process commits to
** the file, a read of the same needs no query, no checksum and no index: the store tells by memory
** that it shares with the other processes.
*/
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define KEPT_TEXT    65536 /* bytes: a longer text is not kept, so that all take half a megabyte */
#define KEPT_SECONDS 1.0   /* then the file is read again: its disk may have failed meanwhile */

struct tg_kept {
    const tg_op *op; /* NULL: none */
    tg_buf key;
    tg_store_mark mark; /* of the file when it was read */
    double ticks;       /* then */
    tg_stored stored;   /* without its strings */
    tg_reply *reply;    /* owned */
};

static void forget(tg_kept *k)
{
    tg_reply_free(k->reply);
    k->reply = NULL;
    k->op = NULL;
}

void tg_kept_clear(tg_client *c)
{
    for (int i = 0; c->kept && i < TG_KEPT; i++) {
        forget(&c->kept[i]);
        tg_buf_clear(&c->kept[i].key);
    }
    free(c->kept);
    c->kept = NULL;
}

static tg_kept *find(const tg_call *call)
{
    tg_client *c = call->client;
    for (int i = 0; c->kept && i < TG_KEPT; i++) {
        tg_kept *k = &c->kept[i];
        if (k->op == call->request->op && k->key.n == call->key.n &&
            memcmp(k->key.p, call->key.p, k->key.n) == 0)
            return k;
    }
    return NULL;
}

const tg_reply *tg_kept_find(tg_call *call)
{
    if (call->auth != &call->client->auth) return NULL;
    tg_kept *k = find(call);
    if (!k) return NULL;
    double age = call->started - k->ticks;
    if (age < 0 || age > KEPT_SECONDS || !tg_cache_unchanged(call->client->cache, &k->mark)) {
        forget(k);
        return NULL;
    }
    call->stored = k->stored;
    return k->reply;
}

/* The one of the same read, or the next in turn. NULL: out of memory. */
static tg_kept *place_for(const tg_call *call)
{
    tg_client *c = call->client;
    if (!c->kept && (c->kept = calloc(TG_KEPT, sizeof *c->kept)))
        for (int i = 0; i < TG_KEPT; i++) tg_buf_init(&c->kept[i].key, TG_BUF_NO_LIMIT);
    tg_kept *k = find(call);
    return k ? k : c->kept ? &c->kept[c->next_kept++ % TG_KEPT] : NULL;
}

void tg_kept_add(const tg_call *call, const tg_stored *s, const tg_store_mark *mark)
{
    tg_error err;
    if (!mark->opening || call->auth != &call->client->auth || !call->reply->page ||
        call->reply->odd || tg_page_text(call->reply->page).n > KEPT_TEXT)
        return;
    tg_kept *k = place_for(call);
    if (!k) return;
    forget(k);
    tg_buf_reset(&k->key);
    if (!tg_buf_add(&k->key, call->key.p, call->key.n)) return;
    if (!(k->reply = tg_reply_share(call->reply, &err))) return;
    k->op = call->request->op;
    k->mark = *mark;
    k->ticks = call->started;
    k->stored = *s;
    k->stored.text = k->stored.headers = NULL;
    k->stored.text_n = k->stored.headers_n = 0;
}
