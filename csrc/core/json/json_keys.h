/*
** The keys of the open objects, to detect duplicate keys within one object.
**
** All open objects share one stack: the keys of the innermost object are on top, from its `base`.
** Up to KEYS_FEW keys, a new key is compared with the earlier ones; a 64-bit mask for each object
** avoids most of these comparisons. An object with more keys is sorted once, at its end. So the
** cost is bounded for any text, including keys chosen to collide.
*/
#ifndef TG_JSON_KEYS_H
#define TG_JSON_KEYS_H

#include "json_text.h"

#define TG_KEYS_FEW   32
#define TG_KEYS_FIRST 64

/* A key in the text and its mark: from the top, one bit for "has escapes", 23 bits of hash, 40 of
   length. */
typedef struct tg_json_key {
    const char *p;
    uint64_t mark; /* hash and length are those of the unescaped key */
} tg_json_key;

#define TG_JSON_KEY_ESCAPED  ((uint64_t)1 << 63)
#define TG_JSON_KEY_LENGTH   (((uint64_t)1 << 40) - 1) /* limit of the length of a text */
#define TG_JSON_KEY_COMPARED (~TG_JSON_KEY_ESCAPED)

/* Inline room for the keys of a typical record with its nested records; larger objects use
   malloc. */
typedef struct tg_keys {
    tg_json_key *items; /* `first`, or owned */
    size_t n, size;
    size_t most; /* limit; more keys fail as if out of memory */
    tg_json_key first[TG_KEYS_FIRST];
} tg_keys;

static inline void tg_keys_init(tg_keys *k)
{
    k->items = k->first;
    k->n = 0;
    k->size = TG_KEYS_FIRST;
    k->most = SIZE_MAX;
}

/* The mark, made from the first and the last eight bytes; from all bytes of a shorter key. */
static inline uint64_t tg_json_key_mark(uint64_t head, uint64_t tail, size_t n)
{
    uint64_t hash = (head ^ (tail << 29 | tail >> 35) ^ n) * 0x9E3779B97F4A7C15u;
    return (hash >> 41) << 40 | n;
}

static inline uint64_t tg_plain_mark(const char *p, size_t n)
{
    uint64_t head = 0, tail = 0;
    if (n >= 8) {
        memcpy(&head, p, 8);
        memcpy(&tail, p + n - 8, 8);
    } else if (n >= 4) {
        memcpy(&head, p, 4);
        memcpy(&tail, p + n - 4, 4);
    } else if (n > 0) {
        head = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
               (unsigned char)p[n - 1];
    }
    return tg_json_key_mark(head, tail, n);
}

/* The mark of a key with escapes, whose raw form has N bytes. */
uint64_t tg_escaped_mark(const char *p, size_t n);
/* Is the new key, which is not on the stack yet, equal to one above BASE? */
bool tg_keys_has(const tg_keys *k, size_t base, const char *p, uint64_t mark);
bool tg_keys_grow(tg_keys *k);
void tg_keys_clear(tg_keys *k);
/* Sort the keys above BASE; return the later of two equal keys, or NULL. */
const char *tg_keys_twice(tg_keys *k, size_t base);
/* Is the key at P, of N bytes in the text, equal to the plain text NAME? */
bool tg_key_is(const char *p, size_t n, bool escaped, tg_text name);

/* The result of tg_keys_add. */
typedef enum tg_added { TG_ADDED, TG_ADDED_TWICE, TG_ADDED_NOT } tg_added;

/* Adds the key at P, of N bytes in the text, to the object whose keys start at BASE. MASK starts as
   0. */
static inline tg_added tg_keys_add(tg_keys *k, size_t base, uint64_t *mask, const char *p, size_t n,
                                   bool escaped)
{
    uint64_t mark = escaped ? tg_escaped_mark(p, n) : tg_plain_mark(p, n);
    uint64_t bit = (uint64_t)1 << (mark >> 40 & 63);
    if ((*mask & bit) && k->n - base < TG_KEYS_FEW && tg_keys_has(k, base, p, mark))
        return TG_ADDED_TWICE;
    *mask |= bit;
    if (k->n == k->size && !tg_keys_grow(k)) return TG_ADDED_NOT;
    k->items[k->n++] = (tg_json_key){p, mark};
    return TG_ADDED;
}

/* End the object whose keys start at BASE: return a duplicate key not found so far, or NULL. */
static inline const char *tg_keys_end(tg_keys *k, size_t base)
{
    const char *twice = k->n - base > TG_KEYS_FEW ? tg_keys_twice(k, base) : NULL;
    k->n = base;
    return twice;
}

#endif
