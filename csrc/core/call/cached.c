/* A call and the cache: whether the store may answer, which replies are stored, and which tags a
   change drops. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "page.h"
#include "redact.h"

static bool storable(const tg_call *call)
{
    if (call->request->op->ttl <= 0 || call->options.no_store || !tg_client_cache(call->client) ||
        tg_request_hides_query(call->request))
        return false;
    return tg_call_drop_missed(call->client);
}

/* Make the reply of the stored one, whose text it takes. False: the text cannot be read. */
static bool reply_from_store(tg_call *call)
{
    tg_stored *s = &call->stored;
    char *text = s->text;
    s->text = NULL;
    return tg_reply_make(call, s->status, text, s->text_n, s->checked,
                         (tg_text){s->headers, s->headers_n}, &call->error);
}

/* May the stored reply answer? *OLD: only since the call is offline. */
static bool may_answer(const tg_call *call, double age, bool *old)
{
    if (call->options.refresh && !call->options.offline) return false;
    double ttl = call->options.max_age > 0 ? call->options.max_age : call->request->op->ttl;
    *old = age > ttl || call->stored.spoiled;
    return !*old || call->options.offline;
}

static void end_from_store(tg_call *call, double age, bool old)
{
    call->reply->source = TG_FROM_STORE;
    call->reply->stale = old;
    call->reply->at = call->stored.at;
    call->reply->settled_at = call->stored.settled_at;
    tg_report(call, TG_EV_STORE, age, NULL);
    tg_call_end(call);
}

static bool answer_from_store(tg_call *call, const tg_store_mark *mark)
{
    bool old;
    double age = tg_client_now(call->client) - call->stored.at;
    if (!may_answer(call, age, &old)) return false;
    if (!reply_from_store(call)) {
        /* unreadable: do not use it for validators either */
        tg_stored_clear(&call->stored);
        return false;
    }
    if (call->reply->page && !call->reply->odd)
        tg_page_from(call->reply->page, call->stored.id, call->stored.sum);
    tg_kept_add(call, &call->stored, mark);
    end_from_store(call, age, old);
    return true;
}

/* Answer with a reply from memory; a query of the file would find the same one. */
static bool answer_from_kept(tg_call *call)
{
    bool old;
    tg_client *c = call->client;
    const tg_reply *kept = tg_kept_find(call);
    if (!kept) return false;
    tg_call_weigh(call);
    double age = tg_client_now(c) - call->stored.at;
    bool may = may_answer(call, age, &old) && !old;
    call->reply = may ? tg_reply_share(kept, &call->error) : NULL;
    if (call->reply) end_from_store(call, age, old);
    if (!call->reply) call->stored = (tg_stored){0};
    return call->reply != NULL;
}

/* Is this reply of use to a call that sends a request in any case: as validators, or stale? */
static bool serves_refresh(const tg_call *call, const tg_stored *s)
{
    tg_text headers = {s->headers, s->headers_n};
    return call->options.offline || call->options.stale || tg_headers_find(headers, "etag") ||
           tg_headers_find(headers, "last-modified");
}

static const tg_stored *find_queued(const tg_call *call)
{
    return tg_write_behind_peek(call->client->write_behind, call->auth->account,
                                call->request->op->name, (tg_text){call->key.p, call->key.n});
}

/* The write-behind queue is newer than the file. MARK: of the file, if the reply is from it and it
   has not changed meanwhile. */
static bool find_stored(tg_call *call, const tg_stored *queued, tg_store_mark *mark)
{
    tg_client *c = call->client;
    tg_error err = {0};
    const char *name = call->request->op->name;
    tg_text key = {call->key.p, call->key.n};
    mark->opening = 0;
    if (queued && call->options.refresh && !serves_refresh(call, queued)) return false;
    if (queued) {
        c->stamp = tg_cache_stamp(c->cache, NULL);
        if (tg_write_behind_get(c->write_behind, call->auth->account, name, key, c->stamp,
                                &call->stored))
            return true;
        tg_write_behind_flush(c->write_behind, c->cache, NULL);
    }
    *mark = tg_cache_mark(c->cache);
    bool found = tg_cache_get(c->cache, call->auth->account, name, key, tg_client_now(c), INFINITY,
                              &call->stored, &err);
    if (!found || !tg_cache_unchanged(c->cache, mark)) mark->opening = 0;
    return found;
}

/* Read the stored reply once: it answers if it is fresh; otherwise it provides validators and
   serves as stale data. True: the call is done. */
bool tg_call_ask_store(tg_call *call)
{
    tg_store_mark mark;
    if (!storable(call) || !tg_request_key(call->request, &call->key)) return false;
    const tg_stored *queued = find_queued(call);
    if (!queued && answer_from_kept(call)) return true;
    if (find_stored(call, queued, &mark)) {
        tg_call_weigh(call);
        if (answer_from_store(call, &mark)) return true;
        if (call->stored.spoiled) return false; /* a 304 would make it fresh again */
        tg_text headers = {call->stored.headers, call->stored.headers_n};
        call->etag = (char *)(uintptr_t)tg_headers_find(headers, "etag");
        call->modified = (char *)(uintptr_t)tg_headers_find(headers, "last-modified");
    }
    if (!call->options.offline) return false;
    tg_call_fail(call, TG_E_OFFLINE, "no stored reply, and offline allows no request");
    return true;
}

/* Return stale data rather than none, if the caller allows it. */
bool tg_call_answer_stale(tg_call *call)
{
    if (!call->options.stale || !call->stored.text) return false;
    if (!reply_from_store(call)) return false;
    call->reply->source = TG_FROM_STORE;
    call->reply->stale = true;
    call->reply->at = call->stored.at;
    call->reply->settled_at = call->stored.settled_at;
    call->error.kind = TG_OK;
    tg_report(call, TG_EV_STORE, tg_client_now(call->client) - call->stored.at, "stale");
    tg_call_end(call);
    return true;
}

/* Quota headers are meaningless when the reply is read again; cookies are secrets. */
static bool worth_keeping(const char *name)
{
    return (strncmp(name, "x-", 2) == 0 && strncmp(name, "x-toggl-quota", 13) != 0) ||
           strcmp(name, "etag") == 0 || strcmp(name, "last-modified") == 0 ||
           strcmp(name, "content-type") == 0;
}

static void keep_headers(const tg_reply *r, tg_buf *out)
{
    const char *name, *value;
    for (size_t pos = 0; tg_reply_next_header(r, &pos, &name, &value);) {
        if (!worth_keeping(name)) continue;
        tg_buf_add(out, name, strlen(name) + 1);
        tg_buf_add(out, value, strlen(value) + 1);
    }
}

/* The text to write to disk: the page's own, or a copy without its secrets (then *copy owns it). */
static tg_text without_secrets(const tg_page *page, char **copy)
{
    tg_text text = tg_page_text(page);
    const tg_model *m = tg_page_model(page);
    *copy = NULL;
    if (!m || !tg_model_has_secrets(m)) return text;
    *copy = malloc(text.n + 1);
    if (!*copy) return (tg_text){0};
    memcpy(*copy, text.p, text.n);
    (*copy)[text.n] = '\0';
    tg_redact(*copy, text.n, m);
    return (tg_text){*copy, text.n};
}

static void put(tg_call *call, tg_text text, const tg_buf *headers, const char *tags)
{
    tg_client *c = call->client;
    tg_error err;
    tg_stored s = {.status = call->reply->status,
                   .spoiled = call->reply->settled_at > 0,
                   .settling = call->reply->settled_at > 0,
                   .checked = !call->reply->odd,
                   .at = call->reply->at,
                   .text = (char *)(uintptr_t)text.p,
                   .text_n = text.n,
                   .headers = headers->p,
                   .headers_n = headers->n};
    int64_t place[2] = {call->request->organization, call->request->workspace};
    tg_write_behind_put(c->write_behind, c->cache, tg_client_ticks(c), call->auth->account,
                        call->request->op->name, (tg_text){call->key.p, call->key.n}, place, tags,
                        call->stamp, &s, &err);
}

void tg_call_store(tg_call *call)
{
    const tg_reply *r = call->reply;
    const tg_op *op = call->request->op;
    if (!call->client->cache || op->ttl <= 0 || call->options.no_store || !r->page ||
        r->status != 200 || r->nulls) /* its text shows them no more, and would seem complete */
        return;
    tg_buf headers, tags;
    char *copy;
    tg_buf_init(&headers, 16 << 10);
    tg_buf_init(&tags, 4096);
    keep_headers(r, &headers);
    tg_text text = without_secrets(r->page, &copy);
    if (tg_call_tags(call, &tags) && text.p && !headers.failed) put(call, text, &headers, tags.p);
    free(copy);
    tg_buf_clear(&headers);
    tg_buf_clear(&tags);
}

/* After a 304: return the stored reply. False: err. */
bool tg_call_still_true(tg_call *call)
{
    return reply_from_store(call);
}

/* Mark the stored reply as fresh as this one, unless a change happened in between that the server
   may not show yet. */
void tg_call_touch(tg_call *call)
{
    tg_error err;
    tg_client *c = call->client;
    if (call->reply->settled_at > 0) return;
    tg_write_behind_flush(c->write_behind, c->cache, NULL);
    tg_cache_touch(c->cache, call->auth->account, call->request->op->name,
                   (tg_text){call->key.p, call->key.n}, tg_client_now(c), &err);
}
