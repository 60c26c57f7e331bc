/* Names that were probably meant, out of all texts of a list: toggl.text.near over packed texts. */
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cache_rows_inside.h"

#define MOST_NEAR 3
#define FAR       10 /* the score of a text that lacks the last letters */

/* A misspelt word, folded. */
typedef struct word {
    tg_text text;
    uint64_t signs;
    uint64_t at[256]; /* the places of each byte, for a word of at most 64 bytes */
    int most;         /* edits */
} word;

/* A record that is as near as the nearest. */
typedef struct near {
    int64_t page, record;
    int field;
    tg_text value; /* in `copies` */
} near;

/* Records that do not count, in order. */
typedef struct skipped {
    const tg_rows_place *places;
    size_t n;
} skipped;

typedef struct nearest {
    near items[MOST_NEAR];
    int count, score;
    char *copies[MOST_NEAR]; /* owned */
} nearest;

/* -------------------------------------------------------------------------------------- scoring */

static word word_of(tg_text text)
{
    word w = {.text = text, .signs = tg_word_signs(text.p, text.n)};
    w.most = text.n < 4 ? 1 : text.n / 3 > 2 ? (int)(text.n / 3) : 2;
    for (size_t i = 0; i < text.n && i < 64; i++)
        w.at[(unsigned char)text.p[i]] |= (uint64_t)1 << i;
    return w;
}

/* Hyyro's bit-parallel form of tg_distance, for a word of 1 to 64 bytes. */
static int distance_64(const word *w, tg_text name)
{
    uint64_t rise = ~(uint64_t)0, fall = 0, flat = 0, before = 0;
    uint64_t last = (uint64_t)1 << (w->text.n - 1);
    int score = (int)w->text.n;
    for (size_t i = 0; i < name.n; i++) {
        uint64_t here = w->at[(unsigned char)name.p[i]];
        uint64_t swap = ((~flat & here) << 1) & before;
        flat = (((here & rise) + rise) ^ rise) | here | fall | swap;
        uint64_t up = fall | ~(flat | rise), down = flat & rise;
        score += ((up & last) != 0) - ((down & last) != 0);
        up = up << 1 | 1;
        rise = down << 1 | ~(flat | up);
        fall = up & flat;
        before = here;
    }
    return score;
}

static int distance(const word *w, tg_text name)
{
    return w->text.n >= 1 && w->text.n <= 64 ? distance_64(w, name) : tg_distance(w->text, name);
}

static bool is_sign(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* Does NAME, or a word in it, start with W? */
static bool begins(const word *w, tg_text name)
{
    const char *p = name.p, *end = name.p + name.n;
    if (w->text.n < 2) return false;
    while ((p = memmem(p, (size_t)(end - p), w->text.p, w->text.n))) {
        if (p == name.p || !is_sign((unsigned char)p[-1])) return true;
        p++;
    }
    return false;
}

static bool shares_beginning(const word *w, tg_text name)
{
    return name.n > 4 && w->text.n > 4 && w->text.n >= name.n - 1 &&
           memcmp(w->text.p, name.p, name.n - 1) == 0;
}

/* The score of NAME if it is at most LIMIT; else that, or INT_MAX. */
static int score_of(const word *w, tg_text name, uint64_t signs, int limit)
{
    int lacks = __builtin_popcountll(w->signs & ~signs), long_by = (int)name.n - (int)w->text.n;
    int edits = w->most < limit - 1 ? w->most : limit - 1; /* an edit is worth one more */
    if (w->text.n == name.n && memcmp(w->text.p, name.p, name.n) == 0) return 0;
    if (lacks == 0 && begins(w, name)) return 1;
    if (abs(long_by) <= edits && lacks <= edits &&
        __builtin_popcountll(signs & ~w->signs) <= edits) {
        int d = distance(w, name);
        if (d <= edits) return 1 + d;
    }
    return limit >= FAR && shares_beginning(w, name) ? FAR : INT_MAX;
}

/* ------------------------------------------------------------------------------------- nearest */

static bool take(nearest *best, near item, int score)
{
    if (score < best->score) best->count = 0;
    const near *last = best->count ? &best->items[best->count - 1] : NULL;
    bool again = last && last->page == item.page && last->record == item.record;
    best->score = score;
    if (again || best->count == MOST_NEAR) return true;
    char *copy = malloc(item.value.n + 1);
    if (!copy) return false;
    if (item.value.n) memcpy(copy, item.value.p, item.value.n);
    free(best->copies[best->count]);
    best->copies[best->count] = copy;
    item.value.p = copy;
    best->items[best->count++] = item;
    return true;
}

/* The scores that still matter: once there are three, only lower ones. */
static int limit_of(const nearest *best)
{
    return best->count == MOST_NEAR ? best->score - 1 : best->score;
}

#define MOST_TEXTS 8 /* FOUND texts of a model */

/* The numbers of the texts of M, in its order. */
static int texts_of(const tg_model *m, int fields[MOST_TEXTS])
{
    int n = 0;
    for (const tg_field *f = m->fields; f->name && n < MOST_TEXTS; f++)
        if (f->flags & TG_FOUND && f->type == TG_STRING) fields[n++] = tg_rows_field(f);
    return n;
}

/* One packed text at *P. False: the packing ends before END, or memory. */
static bool read_one(const word *w, const char **p, const char *end, near *place, nearest *best)
{
    uint16_t n;
    uint64_t signs;
    if (end - *p < (int)sizeof n) return false;
    memcpy(&n, *p, sizeof n);
    *p += sizeof n;
    if (n == TG_WORD_ABSENT) return true;
    if (end - *p < (int)(sizeof signs + n)) return false;
    memcpy(&signs, *p, sizeof signs);
    place->value = (tg_text){*p + sizeof signs, n};
    *p += sizeof signs + n;
    int limit = limit_of(best), score = score_of(w, place->value, signs, limit);
    return score == INT_MAX || score > limit || take(best, *place, score);
}

static int order_places(const void *one, const void *other)
{
    const tg_rows_place *a = one, *b = other;
    int c = (a->page > b->page) - (a->page < b->page);
    return c ? c : (a->record > b->record) - (a->record < b->record);
}

static bool is_skipped(const skipped *skip, int64_t page, int64_t record)
{
    tg_rows_place key = {page, record};
    return skip->n && bsearch(&key, skip->places, skip->n, sizeof key, order_places);
}

static bool read_page(const word *w, const tg_model *m, const skipped *skip, const char *p,
                      size_t n, int64_t page, nearest *best)
{
    int fields[MOST_TEXTS], texts = texts_of(m, fields);
    near place = {.page = page};
    nearest none = {.score = -1}; /* nothing is near enough to it */
    for (const char *end = p + n; texts && p < end; place.record++) {
        nearest *to = is_skipped(skip, page, place.record) ? &none : best;
        for (int i = 0; i < texts; i++) {
            place.field = fields[i];
            if (!read_one(w, &p, end, &place, to)) return false;
        }
    }
    return true;
}

static bool read_pages(tg_cache *c, const tg_model *m, int64_t list, const word *w,
                       const skipped *skip, nearest *best)
{
    int rc = SQLITE_DONE;
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_WORDS, NULL);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, list);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *p = sqlite3_column_blob(st, 1);
        size_t n = (size_t)sqlite3_column_bytes(st, 1);
        if (n && !read_page(w, m, skip, p, n, sqlite3_column_int64(st, 0), best)) break;
    }
    tg_store_done(st);
    return rc == SQLITE_DONE;
}

static bool look(tg_cache *c, const tg_rows_key *k, int64_t list, tg_text text, const skipped *skip,
                 tg_rows_found *out)
{
    nearest best = {.score = INT_MAX};
    word w = word_of(text);
    bool ok = read_pages(c, k->model, list, &w, skip, &best);
    for (int i = 0; ok && i < best.count; i++) {
        const near *n = &best.items[i];
        ok = tg_rows_at(c, list, n->field, n->value, n->page, n->record, out);
    }
    for (int i = 0; i < MOST_NEAR; i++) free(best.copies[i]);
    return ok;
}

bool tg_rows_near(tg_cache *c, const tg_rows_key *k, tg_text text, tg_rows_place *skip,
                  size_t skip_n, tg_rows_found *out)
{
    tg_folder folder = {0};
    skipped s = {skip, skip_n};
    int64_t list = tg_rows_list(k);
    sqlite3_stmt *st = tg_rows_begin(c, k, list, out);
    if (!st) return false;
    if (skip_n) qsort(skip, skip_n, sizeof *skip, order_places);
    tg_text folded = tg_folder_fold(&folder, text);
    bool ok = folded.p && look(c, k, list, folded, &s, out);
    tg_folder_clear(&folder);
    tg_store_done(st);
    if (!ok) tg_rows_found_clear(out);
    return ok;
}
