/* The texts of columns that begin with a prefix, for completion. Read from the sorted columns:
   preparing a query and decoding its rows costs more than the look-up. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cache_catalog.h"
#include "error.h"

static bool add(tg_names *out, tg_text text)
{
    if (out->n == out->size) {
        size_t size = out->size ? out->size * 2 : 64;
        tg_text *items = realloc(out->items, size * sizeof *items);
        if (!items) return false;
        out->items = items;
        out->size = size;
    }
    out->items[out->n++] = text;
    return true;
}

/* The number of a column that the table has. */
static size_t column_of(const tg_table *t, const char *name)
{
    size_t i = 0;
    while (strcmp(t->columns[i].name, name) != 0) i++;
    return i;
}

/* The table called NAME, or NULL. Column I of a request mostly names the table it named before. */
static const tg_table *table_of(tg_catalog *c, const char *name, size_t i)
{
    const tg_table *t = c->asked[i];
    if (t && strcmp(t->name, name) == 0) return t;
    t = c->tables;
    while (t->name && strcmp(t->name, name) != 0) t++;
    return c->asked[i] = t->name ? t : NULL;
}

/* Append the matching texts of one column, sorted, each once. */
static bool collect(tg_rowset *set, const tg_table *t, const char *column, const tg_names_wanted *w,
                    tg_names *out)
{
    size_t place = w->organization ? column_of(t, "organization_id") : 0;
    const tg_lookup *l = tg_lookup_sorted(set, t, column_of(t, column));
    bool ok = l != NULL;
    int64_t organization;
    for (size_t i = ok ? tg_lookup_place(l, w->prefix, false) : 0; ok && i < l->sorted; i++) {
        tg_text text = l->texts[i];
        if (text.n < w->prefix.n || memcmp(text.p, w->prefix.p, w->prefix.n) != 0) break;
        if (out->n && tg_text_compare(text, out->items[out->n - 1]) == 0) continue;
        if (w->organization && (!tg_rowset_integer(set, t, place, l->order[i], &organization) ||
                                organization != w->organization))
            continue;
        ok = add(out, text);
    }
    return ok;
}

/* Merge the sorted texts of MORE into those of OUT. */
static bool merge(tg_names *out, const tg_names *more)
{
    tg_names both = {0};
    size_t i = 0, j = 0;
    bool ok = true;
    while (ok && (i < out->n || j < more->n)) {
        int c = i == out->n    ? 1
                : j == more->n ? -1
                               : tg_text_compare(out->items[i], more->items[j]);
        ok = add(&both, c <= 0 ? out->items[i] : more->items[j]);
        i += c <= 0;
        j += c >= 0;
    }
    free(out->items);
    out->items = both.items, out->n = both.n, out->size = both.size;
    return ok;
}

static bool is_asked(const tg_table *t, const char *name)
{
    bool place = false, column = false;
    for (size_t i = 0; t && i < t->n; i++) {
        place = place || strcmp(t->columns[i].name, "organization_id") == 0;
        column = column || (strcmp(t->columns[i].name, name) == 0 &&
                            tg_lookup_can(&t->columns[i]) && !tg_column_is_integer(&t->columns[i]));
    }
    return place && column;
}

/* Take the reference to SHOWN. A second one is released: the caller reads one state of the file. */
static void hold(tg_names *out, tg_catalog *c, tg_shown *shown)
{
    if (out->catalog) {
        tg_shown_unref(shown);
        return;
    }
    c->refs++; /* owns the tables of SHOWN */
    out->catalog = c;
    out->shown = shown;
}

bool tg_catalog_names(tg_catalog *c, const tg_names_wanted *w, tg_names *out, tg_error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < w->n; i++) {
        tg_names more = {0};
        const tg_table *t = table_of(c, w->places[i].table, i);
        if (!is_asked(t, w->places[i].column))
            return tg_error_set(err, TG_E_INVALID, "%s has no names %s", w->places[i].table,
                                w->places[i].column);
        tg_shown *shown = tg_catalog_show(c, t);
        ok = shown &&
             collect(tg_shown_rows(shown, t), t, w->places[i].column, w, i == 0 ? out : &more);
        ok = ok && (i == 0 || merge(out, &more));
        free(more.items);
        hold(out, c, shown);
    }
    return ok || tg_error_set(err, TG_E_NOMEM, "out of memory");
}

void tg_names_clear(tg_names *n)
{
    tg_shown_unref(n->shown);
    tg_catalog_unref(n->catalog);
    free(n->items);
    *n = (tg_names){0};
}
