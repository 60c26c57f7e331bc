#include "later.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define MOST_REPLIES 32
#define MOST_BYTES   ((size_t)4 << 20)
/* from one write to the next: a read from Toggl takes about a third of it */
#define MOST_SECONDS 0.25

typedef struct held {
    char *account, *operation, *tags; /* owned, as all that follows */
    char *args;
    size_t args_n;
    int64_t place[2];
    int64_t stamp;
    tg_stored reply;
} held;

struct tg_later {
    held replies[MOST_REPLIES];
    int count;
    size_t bytes;
    double written; /* ticks of the last write */
};

tg_later *tg_later_new(void)
{
    return calloc(1, sizeof(tg_later));
}

static void clear(held *h)
{
    free(h->account);
    free(h->operation);
    free(h->tags);
    free(h->args);
    tg_stored_clear(&h->reply);
    *h = (held){0};
}

void tg_later_free(tg_later *l, tg_cache *cache)
{
    if (!l) return;
    if (cache) tg_later_flush(l, cache, NULL);
    for (int i = 0; i < l->count; i++) clear(&l->replies[i]);
    free(l);
}

bool tg_later_any(const tg_later *l)
{
    return l->count > 0;
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

static held *find(const tg_later *l, const char *account, const char *operation, tg_text args)
{
    for (int i = 0; i < l->count; i++) {
        const held *h = &l->replies[i];
        if (h->args_n == args.n && strcmp(h->operation, operation) == 0 &&
            strcmp(h->account, account) == 0 && memcmp(h->args, args.p, args.n) == 0)
            return (held *)(uintptr_t)h;
    }
    return NULL;
}

bool tg_later_get(const tg_later *l, const char *account, const char *operation, tg_text args,
                  int64_t stamp, tg_stored *out)
{
    const held *h = find(l, account, operation, args);
    return h && stamp >= 0 && h->stamp == stamp && copy_reply(out, &h->reply);
}

/* A reply that came again takes the place of the one before: only the last would be left in the
   file. */
static held *place_for(tg_later *l, const char *account, const char *operation, tg_text args)
{
    held *h = find(l, account, operation, args);
    if (!h)
        h = &l->replies[l->count++];
    else
        l->bytes -= h->reply.text_n;
    clear(h);
    return h;
}

static bool fill(held *h, const char *account, const char *operation, tg_text args,
                 const char *tags, const tg_stored *reply)
{
    h->account = strdup(account);
    h->operation = strdup(operation);
    h->tags = strdup(tags);
    h->args = copy(args.p, args.n);
    h->args_n = args.n;
    return copy_reply(&h->reply, reply) && h->account && h->operation && h->tags && h->args;
}

bool tg_later_put(tg_later *l, tg_cache *cache, double ticks, const char *account,
                  const char *operation, tg_text args, const int64_t place[2], const char *tags,
                  int64_t stamp, const tg_stored *reply, tg_error *err)
{
    held *h = place_for(l, account, operation, args);
    if (!fill(h, account, operation, args, tags, reply)) {
        clear(h);
        *h = l->replies[--l->count];
        l->replies[l->count] = (held){0}; /* its texts have one owner, in their new place */
        return tg_error_set(err, TG_E_NOMEM, "out of memory");
    }
    h->place[0] = place[0];
    h->place[1] = place[1];
    h->stamp = stamp;
    l->bytes += reply->text_n;
    bool due =
        l->count == MOST_REPLIES || l->bytes >= MOST_BYTES || ticks - l->written >= MOST_SECONDS;
    if (!due) return true;
    l->written = ticks;
    return tg_later_flush(l, cache, err);
}

/* The file decides for each whether it came too late. Whatever happens, nothing is kept: a cache
   may forget. */
bool tg_later_flush(tg_later *l, tg_cache *cache, tg_error *err)
{
    bool together = l->count > 1, begun = !together || tg_cache_begin(cache, err), ok = begun;
    for (int i = 0; i < l->count; i++) {
        const held *h = &l->replies[i];
        if (begun) /* else each would wait as long for the process that holds the file */
            ok = tg_cache_put(cache, h->account, h->operation, (tg_text){h->args, h->args_n},
                              h->place, h->tags, h->stamp, &h->reply, ok ? err : NULL) &&
                 ok;
        clear(&l->replies[i]);
    }
    l->count = 0;
    l->bytes = 0;
    return (!together || !begun || tg_cache_commit(cache, ok ? err : NULL)) && ok;
}
