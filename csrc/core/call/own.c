/* The lists with changes of this client, and whether nothing else has changed them. */
#include "own.h"

#include <stdlib.h>
#include <string.h>

#define MOST 4096 /* records of a list: with more, the older half is forgotten */

/* The request for the list, whose tags show which changes it may lack. */
tg_request *tg_list_request(const tg_op *op, int64_t organization)
{
    tg_error err;
    tg_request *r = tg_request_new(op, &err);
    bool ok = r != NULL;
    for (const tg_field *f = op->params; ok && f && f->name; f++)
        if (f->in == TG_IN_PATH) ok = tg_request_int(r, f, organization, &err);
    if (ok) return r;
    tg_request_free(r);
    return NULL;
}

static char *tags_of(tg_client *c, const tg_op *op, int64_t organization)
{
    tg_buf tags;
    tg_call call = {.client = c, .auth = &c->auth, .request = tg_list_request(op, organization)};
    if (!call.request) return NULL;
    tg_buf_init(&tags, 4096);
    char *out = tg_call_tags(&call, &tags) ? tg_buf_take(&tags, NULL) : NULL;
    tg_buf_clear(&tags);
    tg_request_free(call.request);
    return out;
}

/* ---------------------------------------------------------------------------------------- items */

static void clear_item(tg_own *o)
{
    free(o->patch);
    free(o->text);
}

static void forget(tg_own_list *l, size_t n)
{
    for (size_t i = 0; i < n; i++) clear_item(&l->items[i]);
    if (n < l->n) memmove(l->items, l->items + n, (l->n - n) * sizeof *l->items);
    l->n -= n;
}

/* Without the older half, older changes are unknown. */
static void make_room(tg_own_list *l)
{
    size_t half = l->n / 2;
    if (l->n < MOST) return;
    l->unknown = l->items[half - 1].at;
    forget(l, half);
}

static tg_own *item_of(tg_own_list *l, int64_t key)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].key == key) return &l->items[i];
    return NULL;
}

/* NEW on top of what is known of the record. False: out of memory. */
static bool add_to(const tg_own *old, tg_own *new)
{
    if (old && old->gone && !new->complete) new->doubt = true; /* one of the two is wrong */
    if (new->gone || !old || old->gone) return true;
    new->doubt = new->doubt || old->doubt;
    new->complete = new->complete || old->complete;
    if (!old->patch) return true;
    tg_text base = {old->patch, old->patch_n}, patch = {new->patch, new->patch_n};
    size_t n;
    char *both = tg_own_merge(base, new->patch ? patch : (tg_text){"{}", 2}, &n);
    free(new->patch);
    new->patch = both;
    new->patch_n = n;
    return both != NULL;
}

void tg_own_lose(tg_own_list *l, double at)
{
    forget(l, l->n);
    if (at > l->unknown) l->unknown = at;
}

/* In the order of time. */
void tg_own_put(tg_own_list *l, tg_own *new)
{
    tg_own *old = item_of(l, new->key);
    bool ok = add_to(old, new);
    if (old) {
        size_t i = (size_t)(old - l->items);
        clear_item(old);
        memmove(old, old + 1, (--l->n - i) * sizeof *old);
    }
    make_room(l);
    if (ok && l->n == l->size) {
        size_t size = l->size ? l->size * 2 : 16;
        tg_own *items = realloc(l->items, size * sizeof *items);
        ok = items != NULL;
        if (ok) l->items = items, l->size = size;
    }
    if (ok)
        l->items[l->n++] = *new;
    else
        clear_item(new), tg_own_lose(l, new->at);
    *new = (tg_own){0};
}

/* ---------------------------------------------------------------------------------------- lists */

static double last_noted(tg_client *c, const tg_own_list *l)
{
    if (!tg_client_ledger(c)) return 0;
    tg_state *s = tg_ledger_state(c->ledger);
    return s->api->changes->last(s, c->auth.account, l->tags, tg_client_now(c));
}

/* The present state of the files is where knowledge begins. */
static void begin(tg_client *c, tg_own_list *l)
{
    tg_dropped last;
    double noted = last_noted(c, l);
    bool readable = tg_cache_dropped(c->cache, c->auth.account, l->tags, &last);
    bool backwards = noted < l->noted;
    l->seq = last.seq;
    l->noted = noted;
    tg_own_lose(l, last.at > noted ? last.at : noted);
    if (!readable || backwards) tg_own_lose(l, tg_client_now(c));
}

#define STEP 0.5 /* seconds by which clocks are adjusted without being set */

void tg_own_check_clock(tg_client *c, tg_own_list *l)
{
    double now = tg_client_now(c), drift = now - tg_client_ticks(c);
    if (l->drift - drift > STEP) tg_own_lose(l, now + (l->drift - drift));
    l->drift = drift;
}

tg_own_list *tg_own_find(tg_client *c, const tg_op *op, int64_t organization, bool create)
{
    for (size_t i = 0; i < c->own_count; i++)
        if (c->own[i].op == op && c->own[i].organization == organization) return &c->own[i];
    if (!create || !tg_client_cache(c)) return NULL;
    tg_own_list *lists = realloc(c->own, (c->own_count + 1) * sizeof *lists);
    if (!lists) return NULL;
    c->own = lists;
    tg_own_list *l = &lists[c->own_count];
    *l = (tg_own_list){.op = op, .organization = organization};
    l->tags = tags_of(c, op, organization);
    if (!l->tags) return NULL;
    l->drift = tg_client_now(c) - tg_client_ticks(c);
    begin(c, l);
    c->own_count++;
    return l;
}

bool tg_own_check(tg_client *c, tg_own_list *l)
{
    tg_dropped last;
    bool same = tg_cache_dropped(c->cache, c->auth.account, l->tags, &last) && last.seq <= l->seq &&
                last_noted(c, l) == l->noted;
    if (!same) begin(c, l);
    tg_own_check_clock(c, l);
    return tg_client_now(c) > l->unknown + c->settle_after;
}

void tg_own_clear(tg_client *c)
{
    for (size_t i = 0; i < c->own_count; i++) {
        forget(&c->own[i], c->own[i].n);
        free(c->own[i].items);
        free(c->own[i].tags);
    }
    free(c->own);
    c->own = NULL;
    c->own_count = 0;
}
