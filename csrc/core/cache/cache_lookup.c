/* Looking up rows by the value of a column. */
#include <stdlib.h>
#include <string.h>

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

/* Read as tg_column_result shows it. PLAIN: room for a text without escapes, grown as needed. */
static bool hash_of(const tg_column *c, const tg_shown_row *row, tg_buf *plain, int64_t *out)
{
    tg_text text = c->from == TG_FROM_OUTER ? row->outer->text : row->text;
    tg_value v = tg_value_field(text, c->field);
    bool digits = (v.what == TG_V_INT || v.what == TG_V_REAL) && c->field->type == TG_STRING;
    if (v.what != TG_V_STRING && !digits) return false;
    if (c->field->type == TG_TIME && !v.text.n) return false;
    if (v.what == TG_V_STRING && v.escaped) {
        tg_buf_reset(plain);
        if (!tg_buf_add(plain, v.text.p, v.text.n)) return false;
        v.text = (tg_text){plain->p, tg_value_unescape(&v, plain->p)};
    }
    *out = tg_lookup_hash(v.text);
    return true;
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
    *l = (tg_lookup){0};
    return NULL;
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
