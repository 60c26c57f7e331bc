/* The rows of a client's store: as fresh as a call would find the replies that they come from. */
#include <stdlib.h>
#include <string.h>

#include "cache_rows.h"
#include "client.h"
#include "own.h"
#include "page.h"

/* May the store be read? As for a call of the client with the options of its own. */
static bool usable(tg_client *c, const tg_stored_list *l)
{
    const tg_model *m = l->op->model ? tg_model_find(l->op->model) : NULL;
    return !tg_client_inherited(c) && !c->closing && l->op->ttl > 0 && tg_rows_has(m) &&
           tg_client_cache(c) && tg_call_drop_missed(c);
}

static tg_rows_key key_of(const tg_client *c, const tg_stored_list *l)
{
    return (tg_rows_key){.account = c->auth.account,
                         .operation = l->op->name,
                         .scope = l->scope,
                         .model = tg_model_find(l->op->model)};
}

/* ------------------------------------------------------------------------------------- keeping */

bool tg_client_keep_rows(tg_client *c, const tg_stored_list *l, tg_page *const *pages, size_t n)
{
    tg_error err;
    if (!usable(c, l)) return false;
    tg_rows_page *rows = calloc(n + 1, sizeof *rows);
    tg_rows_key k = key_of(c, l);
    for (size_t i = 0; rows && i < n; i++) rows[i] = tg_page_rows(pages[i]);
    bool ok = rows && tg_rows_keep(c->cache, &k, rows, n, &err);
    free(rows);
    return ok;
}

/* ------------------------------------------------------------------------------------- finding */

/* The most seconds that the list may be old. */
static double age_of(const tg_client *c, const tg_stored_list *l, double max_age)
{
    return max_age > 0 ? max_age : c->max_age > 0 ? c->max_age : l->op->ttl;
}

/* Is it what a call would return as fresh? Neither too old, nor from before a change, nor read so
   soon after one that it may lack it. */
static bool is_fresh(tg_client *c, const tg_stored_list *l, double max_age, const tg_rows_found *f)
{
    tg_call call = {.client = c,
                    .auth = &c->auth,
                    .request = tg_list_request(l->op, l->organization)};
    call.stored.at = f->at;
    if (!call.request) return false;
    tg_call_weigh(&call);
    tg_request_free(call.request);
    return !call.stored.spoiled && call.stored.settled_at <= 0 &&
           tg_client_now(c) - f->at <= age_of(c, l, max_age);
}

/* False: a name is not a field, or out of memory. */
static bool take_hits(tg_rows_found *from, const tg_model *m, tg_found *out)
{
    tg_error err;
    out->pages = calloc(from->count + 1, sizeof(tg_page *));
    for (size_t i = 0; out->pages && i < from->count; i++) {
        tg_text text = {from->hits[i].text, (size_t)from->hits[i].length};
        tg_page *page = tg_page_of(text, TG_REPLY_RECORD, m, &err);
        if (!page) return false;
        out->pages[out->count++] = page;
    }
    return out->pages != NULL;
}

static bool terms_of(const tg_model *m, const tg_wanted *wanted, size_t n, tg_rows_term *terms)
{
    for (size_t i = 0; i < n; i++) {
        const tg_wanted *s = &wanted[i];
        const tg_field *f = tg_field_find(m->fields, s->field, strlen(s->field));
        if (!f || !(f->flags & TG_FOUND)) return false;
        terms[i] = (tg_rows_term){f, s->is_text, s->integer, s->text};
    }
    return true;
}

/* This client's changes of the list, if they are all that has changed it since it was read; NULL:
   they are not, or there are none. */
static tg_own_list *own_of(tg_client *c, const tg_stored_list *l, double max_age,
                           const tg_rows_found *f)
{
    tg_own_list *own = tg_own_find(c, l->op, l->organization, false);
    bool old = tg_client_now(c) - f->at > age_of(c, l, max_age);
    return own && !old && tg_own_check(c, own) ? own : NULL;
}

/* What was found, as pages, if it is fresh, or made so by what this client has changed itself.
   Clears FOUND. */
static bool give(tg_client *c, const tg_stored_list *l, double max_age, const tg_own_look *look,
                 tg_rows_found *found, tg_found *out)
{
    out->model = look->key->model;
    out->at = found->at;
    bool fresh = !found->spoiled && is_fresh(c, l, max_age, found);
    tg_own_list *own = fresh ? NULL : own_of(c, l, max_age, found);
    bool ok =
        fresh ? take_hits(found, out->model, out) : own && tg_own_lay(c, own, look, found, out);
    tg_rows_found_clear(found);
    if (!ok) tg_found_clear(out);
    return ok;
}

/* As for a call: the write-behind queue is newer than the file. */
static bool may_ask(tg_client *c, const tg_stored_list *l, tg_found *out)
{
    *out = (tg_found){0};
    if (c->refresh || !usable(c, l)) return false;
    tg_write_behind_flush(c->write_behind, c->cache, NULL);
    return true;
}

bool tg_client_find(tg_client *c, const tg_stored_list *l, double max_age, const tg_wanted *wanted,
                    size_t n, tg_found *out)
{
    tg_rows_found found;
    tg_rows_term terms[TG_WANTED_MOST];
    if (n > TG_WANTED_MOST || !may_ask(c, l, out)) return false;
    tg_rows_key k = key_of(c, l);
    const tg_own_look look = {.key = &k, .terms = terms, .n = n};
    return terms_of(k.model, wanted, n, terms) && tg_rows_find(c->cache, &k, terms, n, &found) &&
           give(c, l, max_age, &look, &found, out);
}

bool tg_client_near(tg_client *c, const tg_stored_list *l, double max_age, tg_text word,
                    tg_found *out)
{
    tg_rows_found found;
    if (!may_ask(c, l, out)) return false;
    tg_rows_key k = key_of(c, l);
    const tg_own_look look = {.key = &k};
    tg_own_list *own = tg_own_find(c, l->op, l->organization, false);
    tg_rows_place *skip = NULL;
    size_t n = own ? tg_own_places(c, own, &look, &skip) : 0;
    bool ok = tg_rows_near(c->cache, &k, word, skip, n, &found) &&
              give(c, l, max_age, &look, &found, out);
    free(skip);
    return ok;
}

/* What is queued goes to the file, where rows can be made of it. */
bool tg_client_has_own(tg_client *c, const tg_stored_list *l)
{
    tg_own_list *own = usable(c, l) ? tg_own_find(c, l->op, l->organization, false) : NULL;
    if (own) tg_write_behind_flush(c->write_behind, c->cache, NULL);
    return own && tg_own_check(c, own);
}

void tg_found_clear(tg_found *f)
{
    for (size_t i = 0; i < f->count; i++) tg_page_unref(f->pages[i]);
    free(f->pages);
    *f = (tg_found){0};
}
