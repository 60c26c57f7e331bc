/* What was found in a stored list, with this client's own changes laid over it. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fold.h"
#include "own.h"

static const tg_field *self_of(const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_SELF && f->flags & TG_FOUND && f->type == TG_INT) return f;
    return NULL;
}

/* Is O younger than the list is sure to show? */
static bool counts(const tg_client *c, const tg_own *o, const tg_rows_found *found)
{
    return o->at >= found->at - c->settle_after;
}

/* ---------------------------------------------------------------------------------- one record */

/* The record of the list with the patch. False: the list has none, or memory. */
static bool make_text(tg_client *c, tg_own *o, const tg_own_look *look, double of)
{
    tg_rows_found base;
    const tg_rows_term term = {.field = self_of(look->key->model), .integer = o->key};
    tg_text patch = {o->patch ? o->patch : "{}", o->patch ? o->patch_n : 2};
    if (!tg_rows_find(c->cache, look->key, &term, 1, &base)) return false;
    bool one = base.count == 1, alone = base.count == 0 && o->complete;
    tg_text text = {one ? base.hits[0].text : "{}", one ? (size_t)base.hits[0].length : 2};
    free(o->text);
    o->text = one || alone ? tg_own_merge(text, patch, &o->text_n) : NULL;
    o->of = of;
    tg_rows_found_clear(&base);
    return o->text != NULL;
}

static bool is_text(tg_folder *folder, const tg_value *v, tg_text wanted)
{
    char *plain = malloc(v->text.n + 1);
    bool same = false;
    if (!plain) return false;
    size_t n = tg_value_unescape(v, plain);
    tg_text mine = tg_folder_fold(folder, (tg_text){plain, n});
    char *copy = mine.p ? malloc(mine.n + 1) : NULL;
    if (copy) {
        memcpy(copy, mine.p, mine.n);
        n = mine.n;
        tg_text other = tg_folder_fold(folder, wanted);
        same = other.p && other.n == n && memcmp(copy, other.p, n) == 0;
    }
    free(copy);
    free(plain);
    return same;
}

static bool matches(tg_folder *folder, tg_text record, const tg_own_look *look)
{
    for (size_t i = 0; i < look->n; i++) {
        const tg_rows_term *t = &look->terms[i];
        tg_value v = tg_value_field(record, t->field);
        if (!t->is_text && v.what == TG_V_INT && v.integer == t->integer) return true;
        if (t->is_text && v.what == TG_V_STRING && is_text(folder, &v, t->text)) return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------- the list */

/* Leave out of FOUND the records that changed. */
static void leave_out(tg_client *c, const tg_own_list *l, const tg_field *self,
                      tg_rows_found *found)
{
    size_t n = 0;
    for (size_t i = 0; i < found->count; i++) {
        tg_rows_hit *hit = &found->hits[i];
        tg_value v = tg_value_field((tg_text){hit->text, (size_t)hit->length}, self);
        bool changed = false;
        for (size_t j = 0; j < l->n && !changed; j++)
            changed = v.integer == l->items[j].key && counts(c, &l->items[j], found);
        if (changed)
            free(hit->text);
        else
            found->hits[n++] = *hit;
    }
    found->count = n;
}

static bool add_page(tg_found *out, tg_text text)
{
    tg_error err;
    tg_page **pages = realloc(out->pages, (out->count + 1) * sizeof(tg_page *));
    if (!pages) return false;
    out->pages = pages;
    pages[out->count] = tg_page_of(text, TG_REPLY_RECORD, out->model, &err);
    return pages[out->count] && ++out->count;
}

/* Add the changed records that are looked for; without terms, all. */
static bool add_changed(tg_client *c, tg_own_list *l, const tg_own_look *look,
                        const tg_rows_found *found, tg_folder *folder, tg_found *out)
{
    double now = tg_client_now(c);
    for (size_t i = 0; i < l->n; i++) {
        tg_own *o = &l->items[i];
        if (o->gone || !counts(c, o, found)) continue;
        if ((!o->text || o->of != found->at) && !make_text(c, o, look, found->at)) return false;
        tg_text text = {o->text, o->text_n};
        if (look->n && !matches(folder, text, look)) continue;
        if ((o->doubt && look->n) || !add_page(out, text)) return false;
        double until = o->at + c->settle_after;
        if (until > now && until > out->settled_at) out->settled_at = until;
    }
    return true;
}

bool tg_own_lay(tg_client *c, tg_own_list *l, const tg_own_look *look, tg_rows_found *found,
                tg_found *out)
{
    tg_folder folder = {0};
    const tg_field *self = self_of(look->key->model);
    if (!self || found->at <= l->unknown + c->settle_after) return false;
    leave_out(c, l, self, found);
    bool ok = true;
    for (size_t i = 0; ok && i < found->count; i++)
        ok = add_page(out, (tg_text){found->hits[i].text, (size_t)found->hits[i].length});
    ok = ok && add_changed(c, l, look, found, &folder, out);
    tg_folder_clear(&folder);
    return ok;
}

size_t tg_own_places(tg_client *c, const tg_own_list *l, const tg_own_look *look,
                     tg_rows_place **out)
{
    size_t n = 0;
    const tg_field *self = self_of(look->key->model);
    *out = l->n && self ? calloc(l->n, sizeof **out) : NULL;
    for (size_t i = 0; *out && i < l->n; i++) {
        tg_rows_found base;
        const tg_rows_term term = {.field = self, .integer = l->items[i].key};
        if (!tg_rows_find(c->cache, look->key, &term, 1, &base)) continue;
        bool one = base.count == 1 && counts(c, &l->items[i], &base);
        if (one) (*out)[n++] = (tg_rows_place){base.hits[0].page, base.hits[0].record};
        tg_rows_found_clear(&base);
    }
    return n;
}
