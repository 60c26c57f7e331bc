#include "write_behind.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define MOST_REPLIES 32
#define MOST_BYTES   ((size_t)4 << 20)
/* seconds between writes: about three times as long as a read from Toggl takes */
#define MOST_SECONDS 0.25

typedef struct pending {
    char *account, *operation, *tags; /* owned, as all strings below */
    char *args;
    size_t args_n;
    int64_t place[2];
    int64_t stamp;
    tg_stored reply;
} pending;

struct tg_write_behind {
    pending replies[MOST_REPLIES];
    int count;
    size_t bytes;
    double written; /* ticks of the last write */
};

tg_write_behind *tg_write_behind_new(void)
{
    return calloc(1, sizeof(tg_write_behind));
}

static void clear(pending *p)
{
    free(p->account);
    free(p->operation);
    free(p->tags);
    free(p->args);
    tg_stored_clear(&p->reply);
    *p = (pending){0};
}

void tg_write_behind_free(tg_write_behind *q, tg_cache *cache)
{
    if (!q) return;
    if (cache) tg_write_behind_flush(q, cache, NULL);
    for (int i = 0; i < q->count; i++) clear(&q->replies[i]);
    free(q);
}

static char *copy(const char *p, size_t n)
{
    char *s = malloc(n + 1);
    if (!s) return NULL;
    if (n) memcpy(s, p, n);
    s[n] = '\0';
    return s;
}

static bool copy_reply(tg_stored *to, const tg_stored *from)
{
    *to = *from;
    to->text = copy(from->text, from->text_n);
    to->headers = copy(from->headers, from->headers_n);
    if (to->text && to->headers) return true;
    tg_stored_clear(to);
    return false;
}

static pending *find(const tg_write_behind *q, const char *account, const char *operation,
                     tg_text args)
{
    for (int i = 0; i < q->count; i++) {
        const pending *p = &q->replies[i];
        if (p->args_n == args.n && strcmp(p->operation, operation) == 0 &&
            strcmp(p->account, account) == 0 && memcmp(p->args, args.p, args.n) == 0)
            return (pending *)(uintptr_t)p;
    }
    return NULL;
}

const tg_stored *tg_write_behind_peek(const tg_write_behind *q, const char *account,
                                      const char *operation, tg_text args)
{
    const pending *p = find(q, account, operation, args);
    return p ? &p->reply : NULL;
}

bool tg_write_behind_get(const tg_write_behind *q, const char *account, const char *operation,
                         tg_text args, int64_t stamp, tg_stored *out)
{
    const pending *p = find(q, account, operation, args);
    return p && stamp >= 0 && p->stamp == stamp && copy_reply(out, &p->reply);
}

/* A newer reply of the same key replaces the queued one: only the last would remain in the file. */
static pending *place_for(tg_write_behind *q, const char *account, const char *operation,
                          tg_text args)
{
    pending *p = find(q, account, operation, args);
    if (!p)
        p = &q->replies[q->count++];
    else
        q->bytes -= p->reply.text_n;
    clear(p);
    return p;
}

static bool fill(pending *p, const char *account, const char *operation, tg_text args,
                 const char *tags, const tg_stored *reply)
{
    p->account = strdup(account);
    p->operation = strdup(operation);
    p->tags = strdup(tags);
    p->args = copy(args.p, args.n);
    p->args_n = args.n;
    return copy_reply(&p->reply, reply) && p->account && p->operation && p->tags && p->args;
}

bool tg_write_behind_put(tg_write_behind *q, tg_cache *cache, double ticks, const char *account,
                         const char *operation, tg_text args, const int64_t place[2],
                         const char *tags, int64_t stamp, const tg_stored *reply, tg_error *err)
{
    pending *p = place_for(q, account, operation, args);
    if (!fill(p, account, operation, args, tags, reply)) {
        clear(p);
        *p = q->replies[--q->count];
        q->replies[q->count] = (pending){0}; /* the new place owns its strings now */
        return tg_error_set(err, TG_E_NOMEM, "out of memory");
    }
    p->place[0] = place[0];
    p->place[1] = place[1];
    p->stamp = stamp;
    q->bytes += reply->text_n;
    bool due =
        q->count == MOST_REPLIES || q->bytes >= MOST_BYTES || ticks - q->written >= MOST_SECONDS;
    if (!due) return true;
    q->written = ticks;
    return tg_write_behind_flush(q, cache, err);
}

/* The file rejects each reply that is too old. The queue is empty afterwards even after an error: a
   cache may lose replies. */
bool tg_write_behind_flush(tg_write_behind *q, tg_cache *cache, tg_error *err)
{
    bool together = q->count > 1, begun = !together || tg_cache_begin(cache, err), ok = begun;
    for (int i = 0; i < q->count; i++) {
        const pending *p = &q->replies[i];
        /* without the transaction, each put would wait for the process that holds the file */
        if (begun)
            ok = tg_cache_put(cache, p->account, p->operation, (tg_text){p->args, p->args_n},
                              p->place, p->tags, p->stamp, &p->reply, ok ? err : NULL) &&
                 ok;
        clear(&q->replies[i]);
    }
    q->count = 0;
    q->bytes = 0;
    return (!together || !begun || tg_cache_commit(cache, ok ? err : NULL)) && ok;
}
