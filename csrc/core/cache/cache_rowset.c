/* The rows of the tables: each record once, from the youngest reply that has it. */
#include <stdlib.h>
#include <string.h>

#include "cache_shown.h"

/* What makes two records the same: their key; without one, their place or their position. */
typedef struct identity {
    int kind;
    int64_t a, b;
} identity;

typedef struct gathering {
    tg_rowset *set;
    identity *ids; /* of the rows */
    size_t size;
    uint32_t *slots; /* row number + 1; 0: free */
    uint32_t mask;
} gathering;

enum { BY_KEY, BY_PLACE, BY_POSITION };

static uint32_t slot_of(const gathering *g, const identity *id)
{
    uint64_t h = ((uint64_t)id->a * 0x9e3779b97f4a7c15u) ^ ((uint64_t)id->b * 0xc2b2ae3d27d4eb4fu) ^
                 (uint64_t)id->kind;
    return (uint32_t)((h * 0x9e3779b97f4a7c15u) >> 32) & g->mask;
}

/* The row with this identity; a new one has no source. */
static tg_shown_row *row_of(gathering *g, const identity *id)
{
    uint32_t i = slot_of(g, id);
    for (; g->slots[i]; i = (i + 1) & g->mask) {
        const identity *other = &g->ids[g->slots[i] - 1];
        if (other->kind == id->kind && other->a == id->a && other->b == id->b)
            return &g->set->rows[g->slots[i] - 1];
    }
    g->ids[g->set->n] = *id;
    g->slots[i] = (uint32_t)++g->set->n;
    return &g->set->rows[g->set->n - 1];
}

static const tg_field *self_field(const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_SELF && f->type == TG_INT) return f;
    return NULL;
}

static identity identity_of(const tg_op *op, const tg_origin *s, size_t i, const tg_field *self)
{
    const tg_entry *e = &s->index.entries[i];
    if (self) {
        /* in a map the id is the key of the map */
        tg_value v = op->reply == TG_REPLY_MAP
                         ? tg_value_field((tg_text){s->text + e->offset, e->length}, self)
                         : (tg_value){.what = e->id ? TG_V_INT : TG_V_NULL, .integer = e->id};
        if (v.what == TG_V_INT) return (identity){BY_KEY, v.integer, 0};
    } else if (op->reply == TG_REPLY_MAP) /* that of a reply for that workspace alone */
        return (identity){BY_PLACE, 0, e->id};
    else if (op->reply == TG_REPLY_RECORD)
        return (identity){BY_PLACE, s->organization, s->workspace};
    return (identity){BY_POSITION, s->id, (int64_t)i};
}

static void take_source(gathering *g, const tg_op *op, const tg_origin *s, const tg_field *self)
{
    for (size_t i = 0; i < s->index.count; i++) {
        const tg_entry *e = &s->index.entries[i];
        identity id = identity_of(op, s, i, self);
        tg_shown_row *row = row_of(g, &id);
        if (row->source && row->source->at >= s->at) continue;
        *row = (tg_shown_row){.text = {s->text + e->offset, e->length},
                              .source = s,
                              .workspace = op->reply == TG_REPLY_MAP ? e->id : s->workspace};
    }
}

/* Does the list that was read completely since then lack the records that only S has? */
static bool is_superseded(const tg_origin *s, const tg_whole *whole, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (whole[i].path.n == s->path.n && memcmp(whole[i].path.p, s->path.p, s->path.n) == 0)
            return s->at < whole[i].at;
    return false;
}

static bool take_sources(gathering *g, const tg_op *op, const tg_sources *s, const tg_field *self)
{
    tg_whole *whole = malloc((s->n + 1) * sizeof *whole);
    size_t n = whole ? tg_sources_whole(s, op, whole) : SIZE_MAX;
    for (size_t i = 0; n != SIZE_MAX && i < s->n; i++)
        if (!is_superseded(&s->items[i], whole, n)) take_source(g, op, &s->items[i], self);
    free(whole);
    return n != SIZE_MAX;
}

static size_t records_of(const tg_sources *const *sources, size_t n)
{
    size_t records = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < sources[i]->n; j++) records += sources[i]->items[j].index.count;
    return records;
}

static bool new_lookups(tg_rowset *s, const tg_table *t)
{
    s->lookups = calloc(t->n, sizeof *s->lookups);
    s->reads = calloc(t->n, sizeof *s->reads);
    return s->lookups && s->reads;
}

bool tg_rowset_fill(tg_rowset *s, const tg_table *t, const tg_op *const *ops,
                    const tg_sources *const *sources, size_t n)
{
    size_t records = records_of(sources, n), slots = 16;
    gathering g = {.set = s};
    while (slots < 2 * records) slots *= 2;
    g.mask = (uint32_t)(slots - 1);
    g.slots = calloc(slots, sizeof *g.slots);
    g.ids = malloc((records + 1) * sizeof *g.ids);
    s->rows = calloc(records + 1, sizeof *s->rows);
    bool ok = records < INT32_MAX && g.slots && g.ids && s->rows && new_lookups(s, t);
    for (size_t i = 0; ok && i < n; i++)
        ok = take_sources(&g, ops[i], sources[i], self_field(t->outer));
    free(g.slots);
    free(g.ids);
    s->made = ok;
    return ok;
}

/* ------------------------------------------------------------------------------- records inside */

static bool add_inside(tg_rowset *s, size_t *size, const tg_shown_row *outer, tg_text text)
{
    if (s->n == *size) {
        size_t more = *size ? *size * 2 : 1024;
        tg_shown_row *rows = realloc(s->rows, more * sizeof *rows);
        if (!rows) return false;
        s->rows = rows;
        *size = more;
    }
    s->rows[s->n++] = (tg_shown_row){text, outer->source, outer, outer->workspace};
    return s->n < INT32_MAX;
}

bool tg_rowset_inside(tg_rowset *s, const tg_table *t, const tg_rowset *outer)
{
    bool ok = new_lookups(s, t);
    size_t size = 0;
    for (size_t i = 0; ok && i < outer->n; i++) {
        tg_value list = tg_value_field(outer->rows[i].text, t->list), key, item;
        if (list.what != TG_V_ARRAY) continue;
        for (size_t pos = 0; ok && tg_value_next(list.text, &pos, &key, &item);)
            if (item.what == TG_V_OBJECT) ok = add_inside(s, &size, &outer->rows[i], item.text);
    }
    s->made = ok;
    return ok;
}

void tg_rowset_clear(tg_rowset *s, const tg_table *t)
{
    for (size_t i = 0; s->lookups && i < t->n; i++) {
        free(s->lookups[i].values);
        free(s->lookups[i].there);
        free(s->lookups[i].heads);
        free(s->lookups[i].next);
        free(s->lookups[i].order);
        free(s->lookups[i].texts);
        free(s->lookups[i].pool);
    }
    free(s->lookups);
    free(s->reads);
    free(s->rows);
    *s = (tg_rowset){0};
}
