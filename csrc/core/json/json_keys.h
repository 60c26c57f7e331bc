/*
** The keys of the objects that a scan has open, to find those that come twice in one object.
**
** All open objects share one stack: the keys of the innermost are on top, from its `base` on. Up to
** KEYS_FEW keys, a new one is compared with those before it, and a 64-bit mask that each object
** keeps says for most that there is nothing to compare with. An object with more keys is sorted
** once, at its end. So the cost is bounded for any text, also for keys made to collide.
*/
#ifndef TG_JSON_KEYS_H
#define TG_JSON_KEYS_H

#include "json_text.h"

#define TG_KEYS_FEW   32
#define TG_KEYS_FIRST 64

/* A key as it stands in the text, and its mark: from the top one bit "has escapes", 23 bits of
   hash, 40 of length. */
typedef struct tg_seen {
    const char *p;
    uint64_t mark; /* hash and length are those of the unescaped key */
} tg_seen;

#define TG_SEEN_ESCAPED  ((uint64_t)1 << 63)
#define TG_SEEN_LENGTH   (((uint64_t)1 << 40) - 1) /* no longer text can be scanned */
#define TG_SEEN_COMPARED (~TG_SEEN_ESCAPED)

/* Room for the keys of a record of ours with its nested ones comes along; what needs more gets it
   from malloc. */
typedef struct tg_keys {
    tg_seen *items; /* `first`, or owned */
    size_t n, size;
    size_t most; /* there may be; more are refused as if memory had run out */
    tg_seen first[TG_KEYS_FIRST];
} tg_keys;

static inline void tg_keys_init(tg_keys *k)
{
    k->items = k->first;
    k->n = 0;
    k->size = TG_KEYS_FIRST;
    k->most = SIZE_MAX;
}

/* The mark from the first and the last eight bytes, or, of a shorter key, from all there are. */
static inline uint64_t tg_seen_mark(uint64_t head, uint64_t tail, size_t n)
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
    return tg_seen_mark(head, tail, n);
}

/* The mark of a key with escapes, whose raw form has N bytes. */
uint64_t tg_escaped_mark(const char *p, size_t n);
/* Is the new key (not yet on the stack) one of those above BASE? */
bool tg_keys_has(const tg_keys *k, size_t base, const char *p, uint64_t mark);
bool tg_keys_grow(tg_keys *k);
void tg_keys_clear(tg_keys *k);
/* Sorts the keys above BASE; the later one of two equal ones, or NULL. */
const char *tg_keys_twice(tg_keys *k, size_t base);
/* Is the key at P, of N bytes in the text, the plain text NAME? */
bool tg_key_is(const char *p, size_t n, bool escaped, tg_text name);

/* What adding found. */
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
    k->items[k->n++] = (tg_seen){p, mark};
    return TG_ADDED;
}

/* Ends the object whose keys start at BASE: a key that came twice and was not found so far, or
   NULL. */
static inline const char *tg_keys_end(tg_keys *k, size_t base)
{
    const char *twice = k->n - base > TG_KEYS_FEW ? tg_keys_twice(k, base) : NULL;
    k->n = base;
    return twice;
}

#endif
