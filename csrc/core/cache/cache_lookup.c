/* Looking up rows by the value of a column. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cache_inside.h"
#include "cache_shown.h"

bool tg_lookup_can(const tg_column *c)
{
    return tg_column_is_integer(c) ||
           (c->field && (c->field->type == TG_STRING || c->field->type == TG_TIME));
}

int64_t tg_lookup_hash(tg_text text)
{
    return (int64_t)tg_cache_hash(1, text.p, text.n);
}

static uint32_t bucket(const tg_lookup *l, int64_t value)
{
    return (uint32_t)(((uint64_t)value * 0x9e3779b97f4a7c15u) >> 32) & l->mask;
}

/* The text that tg_column_result shows; p NULL: none. PLAIN: room for a text without escapes. */
static tg_text text_of(const tg_column *c, const tg_shown_row *row, tg_buf *plain)
{
    tg_text text = c->from == TG_FROM_OUTER ? row->outer->text : row->text;
    tg_value v = tg_value_field(text, c->field);
    bool digits = (v.what == TG_V_INT || v.what == TG_V_REAL) && c->field->type == TG_STRING;
    if (v.what != TG_V_STRING && !digits) return (tg_text){0};
    if (c->field->type == TG_TIME && !v.text.n) return (tg_text){0};
    if (!v.escaped || digits) return v.text;
    tg_buf_reset(plain);
    if (!tg_buf_add(plain, v.text.p, v.text.n)) return (tg_text){0};
    return (tg_text){plain->p, tg_value_unescape(&v, plain->p)};
}

static bool hash_of(const tg_column *c, const tg_shown_row *row, tg_buf *plain, int64_t *out)
{
    tg_text text = text_of(c, row, plain);
    *out = text.p ? tg_lookup_hash(text) : 0;
    return text.p != NULL;
}

static bool read_values(tg_lookup *l, const tg_rowset *s, const tg_column *c)
{
    bool integers = tg_column_is_integer(c);
    tg_buf plain;
    tg_buf_init(&plain, TG_BUF_NO_LIMIT);
    l->values = calloc(s->n + 1, sizeof *l->values);
    l->there = calloc(s->n + 1, sizeof *l->there);
    bool ok = l->values && l->there;
    for (size_t i = 0; ok && i < s->n; i++) {
        const tg_shown_row *row = &s->rows[i];
        l->there[i] = integers ? tg_column_integer(c, row, &l->values[i])
                               : hash_of(c, row, &plain, &l->values[i]);
    }
    ok = ok && !plain.failed;
    tg_buf_clear(&plain);
    return ok;
}

/* From the last row to the first, so that a chain is in the order of the rows. */
static bool chain(tg_lookup *l, size_t n)
{
    size_t heads = 16;
    while (heads < n) heads *= 2;
    l->mask = (uint32_t)(heads - 1);
    l->next = calloc(n + 1, sizeof *l->next);
    l->heads = calloc(heads, sizeof *l->heads);
    if (!l->next || !l->heads) return false;
    for (size_t i = n; i-- > 0;) {
        if (!l->there[i]) continue;
        uint32_t *head = &l->heads[bucket(l, l->values[i])];
        l->distinct += !*head || l->values[*head - 1] != l->values[i];
        l->next[i] = *head;
        *head = (uint32_t)i + 1;
    }
    return true;
}

const tg_lookup *tg_lookup_of(tg_rowset *s, const tg_table *t, size_t column, bool chains)
{
    tg_lookup *l = &s->lookups[column];
    bool ok = l->there || read_values(l, s, &t->columns[column]);
    ok = ok && (!chains || l->heads || chain(l, s->n));
    if (ok) return l;
    free(l->values);
    free(l->there);
    free(l->heads);
    free(l->next);
    l->values = NULL, l->there = NULL, l->heads = NULL, l->next = NULL;
    return NULL;
}

#define READS_UNTIL_KEPT 64

bool tg_rowset_integer(tg_rowset *s, const tg_table *t, size_t column, size_t row, int64_t *out)
{
    const tg_lookup *l = &s->lookups[column];
    if (!l->there && s->reads[column]++ >= READS_UNTIL_KEPT) l = tg_lookup_of(s, t, column, false);
    if (!l || !l->there) return tg_column_integer(&t->columns[column], &s->rows[row], out);
    *out = l->values[row];
    return l->there[row];
}

uint32_t tg_lookup_from(const tg_lookup *l, uint32_t at, int64_t value)
{
    while (at && l->values[at - 1] != value) at = l->next[at - 1];
    return at;
}

uint32_t tg_lookup_first(const tg_lookup *l, int64_t value)
{
    return tg_lookup_from(l, l->heads[bucket(l, value)], value);
}

/* ------------------------------------------------------------------------------------- in order */

#define COPIED 0x80000000u /* beside a row number */

typedef struct sortable {
    tg_text text;
    uint32_t row;
} sortable;

static int order(const void *one, const void *other)
{
    const sortable *a = one, *b = other;
    int c = tg_text_compare(a->text, b->text);
    return c ? c : (a->row > b->row) - (a->row < b->row);
}

/* The texts of a column; one with escapes is copied to POOL, and has its place there for p. */
static size_t read_texts(const tg_rowset *s, const tg_column *c, sortable *out, tg_buf *pool)
{
    size_t n = 0;
    tg_buf plain;
    tg_buf_init(&plain, TG_BUF_NO_LIMIT);
    for (size_t i = 0; i < s->n && !pool->failed; i++) {
        tg_text text = text_of(c, &s->rows[i], &plain);
        if (!text.p) continue;
        out[n].row = (uint32_t)i;
        if (text.p == plain.p) {
            size_t at = pool->n;
            tg_buf_add(pool, text.p, text.n);
            text.p = (const char *)(uintptr_t)at;
            out[n].row |= COPIED;
        }
        out[n++].text = text;
    }
    if (plain.failed) pool->failed = true;
    tg_buf_clear(&plain);
    return n;
}

/* Where the copied texts are, now that the pool no longer moves. */
static void settle(sortable *texts, size_t n, const char *pool)
{
    for (size_t i = 0; i < n; i++) {
        if (!(texts[i].row & COPIED)) continue;
        texts[i].row &= ~COPIED;
        texts[i].text.p = pool + (uintptr_t)texts[i].text.p;
    }
}

static bool sort(tg_lookup *l, const tg_rowset *s, const tg_column *c)
{
    tg_buf pool;
    sortable *texts = malloc((s->n + 1) * sizeof *texts);
    l->order = malloc((s->n + 1) * sizeof *l->order);
    l->texts = malloc((s->n + 1) * sizeof *l->texts);
    tg_buf_init(&pool, TG_BUF_NO_LIMIT);
    bool ok = texts && l->order && l->texts;
    size_t n = ok ? read_texts(s, c, texts, &pool) : 0;
    l->pool = tg_buf_take(&pool, NULL); /* may move the texts */
    ok = ok && l->pool;
    if (ok && n) settle(texts, n, l->pool);
    if (ok && n) qsort(texts, n, sizeof *texts, order);
    for (size_t i = 0; ok && i < n; i++) {
        l->order[i] = texts[i].row;
        l->texts[i] = texts[i].text;
    }
    l->sorted = n;
    free(texts);
    return ok;
}

const tg_lookup *tg_lookup_sorted(tg_rowset *s, const tg_table *t, size_t column)
{
    tg_lookup *l = &s->lookups[column];
    if (l->order || sort(l, s, &t->columns[column])) return l;
    free(l->order);
    free(l->texts);
    free(l->pool);
    l->order = NULL, l->texts = NULL, l->pool = NULL;
    return NULL;
}

size_t tg_lookup_place(const tg_lookup *l, tg_text text, bool behind)
{
    size_t low = 0, high = l->sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = tg_text_compare(l->texts[middle], text);
        if (c < 0 || (c == 0 && behind))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
