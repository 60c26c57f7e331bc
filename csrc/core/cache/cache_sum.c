/* Keys and checksums of stored replies. */
#include <string.h>

#include "cache_inside.h"

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

/* Eight bytes at a time; the length is hashed first, so that bytes cannot move from one part to the
   next unnoticed. */
uint64_t tg_cache_hash(uint64_t h, const void *p, size_t n)
{
    const char *s = p;
    uint64_t word;
    h = mix(h, n + 1);
    for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
        memcpy(&word, s, sizeof word);
        h = mix(h, word);
    }
    if (!n) return h;
    word = 0;
    memcpy(&word, s, n);
    return mix(h, word);
}

tg_cache_key tg_cache_key_of(const char *account, const char *operation, tg_text args)
{
    tg_cache_key k = {.account = account,
                      .operation = operation,
                      .args = {args.p ? args.p : "", args.n}};
    k.hash = tg_cache_hash(1, account, strlen(account));
    k.hash = tg_cache_hash(k.hash, operation, strlen(operation));
    k.hash = tg_cache_hash(k.hash, k.args.p, args.n);
    k.id = (int64_t)(k.hash >> 1);
    return k;
}

uint64_t tg_cache_hash_reply(const tg_cache_key *k, const tg_stored *r)
{
    uint64_t h = mix(k->hash, (uint64_t)r->status);
    return tg_cache_hash(tg_cache_hash(h, r->headers, r->headers_n), r->text, r->text_n);
}

/* Of a reply with this hash; another one if the text was checked by this version. 62 bits, so that
   SQL can add and subtract the time without integer overflow. */
int64_t tg_cache_sum_of(uint64_t h, bool checked, int64_t at)
{
    if (checked) h = tg_cache_hash(h, TG_VERSION, sizeof TG_VERSION - 1);
    return (int64_t)(h >> 2) + at;
}

bool tg_cache_is_checked(const char *account, const char *operation, tg_text args,
                         const tg_stored *r)
{
    tg_cache_key k = tg_cache_key_of(account, operation, args);
    return r->sum == tg_cache_sum_of(tg_cache_hash_reply(&k, r), true, 0);
}

bool tg_cache_is_sound(const char *account, const char *operation, tg_text args, const tg_stored *r)
{
    tg_cache_key k = tg_cache_key_of(account, operation, args);
    uint64_t h = tg_cache_hash_reply(&k, r);
    return r->sum == tg_cache_sum_of(h, false, 0) || r->sum == tg_cache_sum_of(h, true, 0);
}
