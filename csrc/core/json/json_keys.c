#include "json_keys.h"

#include <stdlib.h>

#include "json.h"

/* Reads a key of a checked text byte by byte. */
typedef struct cursor {
    const char *p;
    char bytes[4];
    size_t at, made;
} cursor;

/* The next unescaped byte of the key. The caller knows their number. */
static unsigned char next_byte(cursor *c, bool escaped)
{
    if (c->at < c->made) return (unsigned char)c->bytes[c->at++];
    if (!escaped) return (unsigned char)*c->p++;
    /* an escape has at most 12 bytes */
    c->p = tg_unescape_step(c->p, c->p + 12, c->bytes, &c->made);
    c->at = 1;
    return (unsigned char)c->bytes[0];
}

uint64_t tg_escaped_mark(const char *p, size_t n)
{
    const char *end = p + n;
    char first[8], last[8], bytes[4];
    size_t total = 0, made;
    uint64_t head, tail;
    while (p < end) {
        p = tg_unescape_step(p, end, bytes, &made);
        for (size_t i = 0; i < made; i++, total++) {
            if (total < 8)
                first[total] = last[total] = bytes[i];
            else
                memmove(last, last + 1, 7), last[7] = bytes[i];
        }
    }
    if (total < 8) return TG_JSON_KEY_ESCAPED | tg_plain_mark(first, total);
    memcpy(&head, first, 8);
    memcpy(&tail, last, 8);
    return TG_JSON_KEY_ESCAPED | tg_json_key_mark(head, tail, total);
}

/* Order by hash and length, then by bytes. Any order works that makes equal keys adjacent. */
static int compare(const tg_json_key *a, const tg_json_key *b)
{
    uint64_t x = a->mark & TG_JSON_KEY_COMPARED, y = b->mark & TG_JSON_KEY_COMPARED;
    bool a_escaped = (a->mark & TG_JSON_KEY_ESCAPED) != 0,
         b_escaped = (b->mark & TG_JSON_KEY_ESCAPED) != 0;
    cursor c = {.p = a->p}, d = {.p = b->p};
    if (x != y) return x < y ? -1 : 1;
    if (!a_escaped && !b_escaped) return memcmp(a->p, b->p, (size_t)(x & TG_JSON_KEY_LENGTH));
    for (uint64_t n = x & TG_JSON_KEY_LENGTH; n > 0; n--) {
        int difference = next_byte(&c, a_escaped) - next_byte(&d, b_escaped);
        if (difference != 0) return difference;
    }
    return 0;
}

bool tg_keys_has(const tg_keys *k, size_t base, const char *p, uint64_t mark)
{
    tg_json_key key = {p, mark};
    for (size_t i = base; i < k->n; i++) {
        if (((k->items[i].mark ^ mark) & TG_JSON_KEY_COMPARED) == 0 &&
            compare(&k->items[i], &key) == 0)
            return true;
    }
    return false;
}

bool tg_keys_grow(tg_keys *k)
{
    size_t size = k->size * 2;
    tg_json_key *own = k->items == k->first ? NULL : k->items;
    tg_json_key *items = size <= k->most && size <= SIZE_MAX / sizeof *items
                             ? realloc(own, size * sizeof *items)
                             : NULL;
    if (!items) return false;
    if (!own) memcpy(items, k->first, sizeof k->first);
    k->items = items;
    k->size = size;
    return true;
}

void tg_keys_clear(tg_keys *k)
{
    if (k->items != k->first) free(k->items);
    tg_keys_init(k);
}

static int compare_entries(const void *a, const void *b)
{
    return compare(a, b);
}

const char *tg_keys_twice(tg_keys *k, size_t base)
{
    tg_json_key *items = k->items + base;
    size_t n = k->n - base;
    qsort(items, n, sizeof *items, compare_entries);
    for (size_t i = 1; i < n; i++) {
        const char *a = items[i - 1].p, *b = items[i].p;
        if (compare(&items[i - 1], &items[i]) == 0) return a > b ? a : b;
    }
    return NULL;
}

bool tg_key_is(const char *p, size_t n, bool escaped, tg_text name)
{
    const char *end = p + n;
    size_t at = 0, made;
    char bytes[4];
    if (!escaped) return n == name.n && (n == 0 || memcmp(p, name.p, n) == 0);
    while (p < end) {
        p = tg_unescape_step(p, end, bytes, &made);
        if (made > name.n - at || memcmp(bytes, name.p + at, made) != 0) return false;
        at += made;
    }
    return at == name.n;
}
