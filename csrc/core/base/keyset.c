/*
** A dense array of entries, and a hash table of their indexes with linear probing. A record without
** a key is identified by the SHA-256 digest of its text, so no text is stored.
*/
#include <sha2.h> /* libmd */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "toggl.h"

#define FIRST   64         /* entries; a power of two */
#define NOTHING UINT32_MAX /* a free slot */
#define NO_TEXT UINT32_MAX

typedef struct entry {
    int64_t key;    /* the record's own key, or the start of the digest */
    uint32_t text;  /* index of the digest; NO_TEXT: the record has a key */
    uint32_t reply; /* number of the last reply that had it */
    uint32_t seen, given;
} entry;

typedef uint8_t digest[SHA256_DIGEST_LENGTH];

struct tg_keyset {
    entry *entries; /* owned, as are slots and texts */
    uint32_t *slots;
    digest *texts;
    size_t count, size; /* number of entries; capacity; there are twice as many slots as capacity */
    size_t text_count, text_size;
    uint64_t seed; /* random, so that a server cannot choose colliding keys */
    uint32_t reply;
};

tg_keyset *tg_keyset_new(void)
{
    tg_keyset *s = calloc(1, sizeof *s);
    if (s && getrandom(&s->seed, sizeof s->seed, GRND_NONBLOCK) < 0) s->seed = (uintptr_t)s;
    return s;
}

void tg_keyset_free(tg_keyset *s)
{
    if (!s) return;
    free(s->entries);
    free(s->slots);
    free(s->texts);
    free(s);
}

/* The finalizer of MurmurHash3. */
static size_t slot_of(const tg_keyset *s, int64_t key)
{
    uint64_t h = (uint64_t)key ^ s->seed;
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
    return (size_t)(h ^ h >> 33) & (2 * s->size - 1);
}

static void put(tg_keyset *s, uint32_t place)
{
    size_t at = slot_of(s, s->entries[place].key);
    while (s->slots[at] != NOTHING) at = (at + 1) & (2 * s->size - 1);
    s->slots[at] = place;
}

/* Make room for one more entry. False: out of memory, and the set is unchanged. */
static bool grow(tg_keyset *s)
{
    if (s->count < s->size) return true;
    size_t size = s->size ? 4 * s->size : FIRST;
    if (size > TG_KEYSET_MOST) return false;
    entry *entries = realloc(s->entries, size * sizeof *entries);
    if (!entries) return false;
    s->entries = entries;
    uint32_t *slots = malloc(2 * size * sizeof *slots);
    if (!slots) return false;
    memset(slots, 0xFF, 2 * size * sizeof *slots);
    free(s->slots);
    s->slots = slots;
    s->size = size;
    for (size_t i = 0; i < s->count; i++) put(s, (uint32_t)i);
    return true;
}

static bool grow_texts(tg_keyset *s)
{
    if (s->text_count < s->text_size) return true;
    size_t size = s->text_size ? 2 * s->text_size : FIRST;
    digest *texts = realloc(s->texts, size * sizeof *texts);
    if (!texts) return false;
    s->texts = texts;
    s->text_size = size;
    return true;
}

/* The slot of the entry with this key or text, or the free one where it belongs. */
static size_t find(const tg_keyset *s, int64_t key, const uint8_t *text)
{
    size_t at = slot_of(s, key);
    for (; s->slots[at] != NOTHING; at = (at + 1) & (2 * s->size - 1)) {
        const entry *e = &s->entries[s->slots[at]];
        if (e->key != key || (e->text == NO_TEXT) != !text) continue;
        if (!text || memcmp(s->texts[e->text], text, sizeof(digest)) == 0) break;
    }
    return at;
}

static bool add(tg_keyset *s, int64_t key, const uint8_t *text, uint32_t *place)
{
    if (!grow(s) || (text && !grow_texts(s))) return false;
    size_t at = find(s, key, text);
    if (s->slots[at] == NOTHING) {
        entry e = {.key = key, .text = NO_TEXT};
        if (text) {
            memcpy(s->texts[s->text_count], text, sizeof(digest));
            e.text = (uint32_t)s->text_count++;
        }
        s->entries[s->count] = e;
        s->slots[at] = (uint32_t)s->count++;
    }
    *place = s->slots[at];
    return true;
}

static bool add_text(tg_keyset *s, tg_text text, uint32_t *place)
{
    SHA2_CTX sha;
    digest d;
    int64_t key;
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)text.p, text.n);
    SHA256Final(d, &sha);
    memcpy(&key, d, sizeof key);
    return add(s, key, d, place);
}

void tg_keyset_begin(tg_keyset *s)
{
    s->reply++;
}

bool tg_keyset_add(tg_keyset *s, const tg_record *r, tg_keyset_found *found, uint32_t *place)
{
    if (!r->id) return add_text(s, r->text, place);
    if (!add(s, r->id, NULL, place)) return false;
    entry *e = &s->entries[*place];
    if (e->reply == s->reply && !found->twice) {
        found->twice = true;
        found->twice_key = r->id;
    }
    if (e->seen && !found->seen) {
        found->seen = true;
        found->seen_key = r->id;
    }
    e->reply = s->reply;
    return true;
}

void tg_keyset_see(tg_keyset *s, const uint32_t *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (places[i] < s->count) s->entries[places[i]].seen++;
}

bool tg_keyset_give(tg_keyset *s, uint32_t place)
{
    if (place >= s->count) return false;
    entry *e = &s->entries[place];
    if (e->given && (e->text == NO_TEXT || e->seen <= e->given)) return false;
    e->given++;
    return true;
}

void tg_keyset_forget(tg_keyset *s)
{
    for (size_t i = 0; i < s->count; i++) s->entries[i].seen = 0;
}
