/*
** Which of the stored replies to an operation are a whole list.
**
** The argument of a reply is path?query: one path is one list. Without a query the reply is the
** whole list, unless the list has pages. A missing value for a parameter that is always sent is a
** filter too, so such a list is never known to be whole. Pages are those of one time, with equal
** counts that match the records received: the check of toggl.reading on what is stored.
*/
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cache_shown.h"

/* Seconds. Pages further apart than this belong to different readings of the list. */
#define WALK_SECONDS 300
#define LEAST_FULL   50 /* records: no known server's full page has fewer, unless it was asked to */

#define NONE INT64_MIN /* no such parameter, or the header was not sent */
#define BAD  (-1)      /* not a count */

/* A reply to a request with no parameter but the page. */
typedef struct page {
    const tg_origin *source;
    int64_t number, size; /* size NONE: that of the server */
    int64_t n;            /* records */
    int64_t x_page, x_size, x_pages, x_records;
} page;

/* -------------------------------------------------------------------------------------- reading */

static const tg_field *page_number(const tg_op *op)
{
    for (const tg_field *f = op->paging == TG_PAGES ? op->params : NULL; f && f->name; f++)
        if (f->flags & TG_PAGE_NUMBER) return f;
    return NULL;
}

/* The integer of the parameter F if the part of a query at P, of N bytes, is that. */
static bool is_argument(const char *p, size_t n, const tg_field *f, int64_t *value)
{
    const char *name = tg_field_wire(f);
    size_t length = strlen(name);
    if (n <= length || memcmp(p, name, length) != 0 || p[length] != '=') return false;
    *value = strtoll(p + length + 1, NULL, 10);
    return true;
}

/* False: the query has another parameter. */
static bool read_query(page *p, tg_text query, const tg_field *f)
{
    const char *at = query.p, *end = query.p + query.n;
    p->number = 1;
    p->size = NONE;
    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        size_t n = (size_t)((next ? next : end) - at);
        if (!is_argument(at, n, f, &p->number) && !is_argument(at, n, f + 1, &p->size))
            return false;
        at = next ? next + 1 : end;
    }
    return true;
}

/* The count in a header: "name\0value\0". */
static int64_t count_of(const tg_origin *s, const char *name)
{
    const char *p = s->headers, *end = p + s->headers_n;
    while (p < end) {
        const char *value = p + strlen(p) + 1;
        if (value >= end) return NONE;
        if (strcmp(p, name) != 0) {
            p = value + strlen(value) + 1;
            continue;
        }
        value += strspn(value, " \t");
        size_t digits = strspn(value, "0123456789"), rest = strspn(value + digits, " \t");
        if (!digits) return value[rest] ? BAD : NONE;
        return digits > 18 || value[digits + rest] ? BAD : strtoll(value, NULL, 10);
    }
    return NONE;
}

static bool read_page(page *p, const tg_origin *s, const tg_field *f)
{
    *p = (page){.source = s, .n = (int64_t)s->index.count};
    p->x_page = count_of(s, "x-page");
    p->x_size = count_of(s, "x-page-size");
    p->x_pages = count_of(s, "x-pages");
    p->x_records = count_of(s, "x-records");
    return read_query(p, s->query, f);
}

/* ------------------------------------------------------------------------------------- checking */

static bool same_list(const page *a, const page *b)
{
    return a->size == b->size && tg_text_compare(a->source->path, b->source->path) == 0;
}

/* By list and number, the youngest first. */
static int order(const void *one, const void *other)
{
    const page *a = one, *b = other;
    int c = tg_text_compare(a->source->path, b->source->path);
    if (!c) c = (a->size > b->size) - (a->size < b->size);
    if (!c) c = (a->number > b->number) - (a->number < b->number);
    return c ? c : (a->source->at < b->source->at) - (a->source->at > b->source->at);
}

/* The number of the last page: X-Pages, unless the first page itself contradicts it; else 1, if it
   has fewer records than any server's page size; NONE: not known. */
static int64_t last_page(const page *first)
{
    int64_t least = first->size != NONE && first->size < LEAST_FULL ? first->size : LEAST_FULL;
    if (first->x_pages > 0) return first->x_pages;
    if (first->x_pages == 0) return first->n == 0 ? 1 : NONE;
    return first->x_pages == NONE && first->n < least ? 1 : NONE;
}

/* Do the pages report the same? */
static bool agree(int64_t a, int64_t b)
{
    return a == NONE || b == NONE || a == b;
}

/* Does page P of LAST fit the counts in ALL, which it completes, and pages of FULL records? */
static bool fits(const page *p, int64_t last, int64_t full, page *all)
{
    if (p->x_pages == BAD || p->x_size == BAD || p->x_records == BAD) return false;
    if (!agree(all->x_pages, p->x_pages) || !agree(all->x_size, p->x_size) ||
        !agree(all->x_records, p->x_records))
        return false;
    if (p->x_pages != NONE) all->x_pages = p->x_pages;
    if (p->x_size != NONE) all->x_size = p->x_size;
    if (p->x_records != NONE) all->x_records = p->x_records;
    if (p->x_page != NONE && p->x_page != p->number) return false;
    all->n += p->n;
    return p->number < last ? p->n == full : p->n <= full && (p->n > 0 || last == 1);
}

static int order_ids(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

/* Has each record of the N pages a key of its own? */
static bool keys_differ(const page *pages, size_t n, size_t records)
{
    size_t k = 0;
    bool ok = true;
    int64_t *ids = malloc((records + 1) * sizeof *ids);
    if (!ids) return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < pages[i].source->index.count; j++)
            ids[k++] = pages[i].source->index.entries[j].id;
    if (k) qsort(ids, k, sizeof *ids, order_ids);
    for (size_t i = 0; ok && i < k; i++) ok = ids[i] != 0 && (i == 0 || ids[i] != ids[i - 1]);
    free(ids);
    return ok;
}

/* Are the N pages of one list, each once and in order, a whole one? *AT: since when. */
static bool is_whole(const page *pages, size_t n, bool keyed, double *at)
{
    int64_t last = pages[0].number == 1 ? last_page(&pages[0]) : NONE;
    int64_t full = pages[0].x_size > 0 ? pages[0].x_size : pages[0].n;
    page all = {.x_size = NONE, .x_pages = NONE, .x_records = NONE};
    double newest = pages[0].source->at;
    *at = newest;
    if (last < 1 || (uint64_t)last > n) return false;
    for (size_t i = 0; i < (size_t)last; i++) {
        const page *p = &pages[i];
        if (p->number != (int64_t)i + 1 || !fits(p, last, full, &all)) return false;
        if (p->source->at < *at) *at = p->source->at;
        if (p->source->at > newest) newest = p->source->at;
    }
    for (size_t i = (size_t)last; i < n; i++) /* a page behind the last contradicts */
        if (pages[i].n > 0 && pages[i].source->at >= *at) return false;
    return newest - *at < WALK_SECONDS && agree(all.x_records, all.n) &&
           (!keyed || keys_differ(pages, (size_t)last, (size_t)all.n));
}

/* ----------------------------------------------------------------------------------- collecting */

/* The later time counts. Lists of one path follow one another. */
static size_t add(tg_whole *out, size_t n, tg_text path, double at)
{
    if (n && tg_text_compare(out[n - 1].path, path) == 0) {
        if (out[n - 1].at < at) out[n - 1].at = at;
        return n;
    }
    out[n] = (tg_whole){path, at};
    return n + 1;
}

/* Leave the youngest of each page; the pages are in order. */
static size_t youngest(page *pages, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const page *last = kept ? &pages[kept - 1] : NULL;
        if (last && last->number == pages[i].number && same_list(last, &pages[i])) continue;
        pages[kept++] = pages[i];
    }
    return kept;
}

static size_t whole_pages(const tg_sources *s, const tg_op *op, const tg_field *f, tg_whole *out)
{
    size_t n = 0, count = 0;
    double at;
    bool keyed = false;
    page *pages = malloc((s->n + 1) * sizeof *pages);
    if (!pages) return SIZE_MAX;
    for (const tg_field *m = tg_model_find(op->model)->fields; m->name; m++)
        keyed = keyed || (m->flags & TG_SELF && m->type == TG_INT);
    for (size_t i = 0; i < s->n; i++) n += read_page(&pages[n], &s->items[i], f);
    if (n) qsort(pages, n, sizeof *pages, order);
    n = youngest(pages, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_list(&pages[i], &pages[end]);) end++;
        if (is_whole(&pages[i], end - i, keyed, &at))
            count = add(out, count, pages[i].source->path, at);
    }
    free(pages);
    return count;
}

size_t tg_sources_whole(const tg_sources *s, const tg_op *op, tg_whole *out)
{
    const tg_field *f = page_number(op);
    size_t n = 0;
    if (op->reply != TG_REPLY_LIST || (op->paging != TG_WHOLE_LIST && !f)) return 0;
    if (f) return whole_pages(s, op, f, out);
    for (size_t i = 0; i < s->n; i++) {
        const tg_origin *one = &s->items[i];
        if (!one->query.n && one->index.root != TG_V_ABSENT)
            out[n++] = (tg_whole){one->path, one->at};
    }
    return n;
}
