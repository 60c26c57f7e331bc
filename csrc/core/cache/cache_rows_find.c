/* Looking records up by the rows of their list. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cache_rows_inside.h"

/* ------------------------------------------------------------------------------------ checking */

/* The number that changes with each change of the file, by any process. */
static uint32_t version_of(tg_cache *c)
{
    uint32_t version = 0;
    sqlite3_file_control(tg_store_handle(c->store), "main", SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}

/* Are all replies of the list stored unchanged? */
static bool look(tg_cache *c, int64_t list, int64_t pages, tg_rows_seen *out)
{
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_CHECK, NULL);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, list);
    bool same = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 0) == pages;
    out->at = (double)sqlite3_column_int64(st, 1) / 1e6;
    out->spoiled = sqlite3_column_int(st, 2) != 0;
    tg_store_done(st);
    return same;
}

/* The same, but once for each version of the file. NULL: no. */
static const tg_rows_seen *check(tg_cache *c, int64_t list, int64_t pages)
{
    tg_rows_seen now = {.list = list,
                        .openings = tg_store_openings(c->store),
                        .version = version_of(c)};
    tg_rows_seen *place = &c->seen[c->next_seen % TG_ROWS_SEEN];
    for (size_t i = 0; i < TG_ROWS_SEEN; i++) {
        tg_rows_seen *s = &c->seen[i];
        if (s->list != list) continue;
        if (s->version == now.version && s->openings == now.openings) return s;
        place = s;
    }
    if (!look(c, list, pages, &now)) return NULL;
    if (place->list != list) c->next_seen++;
    *place = now;
    return place;
}

/* ------------------------------------------------------------------------------------- reading */

/* The text of a record, out of the middle of its reply. */
static bool read_text(tg_cache *c, tg_rows_hit *hit)
{
    sqlite3_blob *blob = NULL;
    size_t n = (size_t)hit->length;
    hit->text = malloc(n + 1);
    bool ok = hit->text && sqlite3_blob_open(tg_store_handle(c->store), "main", "replies", "text",
                                             hit->reply, 0, &blob) == SQLITE_OK;
    ok = ok && sqlite3_blob_read(blob, hit->text, (int)n, (int)hit->start) == SQLITE_OK;
    sqlite3_blob_close(blob);
    if (ok) hit->text[n] = '\0';
    return ok && tg_rows_sum(hit->text, n) == hit->sum;
}

static bool add_hit(tg_rows_found *out, sqlite3_stmt *st)
{
    size_t size = out->count ? out->count : 1; /* a power of 2, full: doubled */
    if ((out->count & (out->count - 1)) == 0) {
        tg_rows_hit *hits = realloc(out->hits, 2 * size * sizeof *hits);
        if (!hits) return false;
        out->hits = hits;
    }
    out->hits[out->count++] = (tg_rows_hit){.page = sqlite3_column_int64(st, 0),
                                            .record = sqlite3_column_int64(st, 1),
                                            .reply = sqlite3_column_int64(st, 2),
                                            .start = sqlite3_column_int64(st, 3),
                                            .length = sqlite3_column_int64(st, 4),
                                            .sum = sqlite3_column_int64(st, 5)};
    return true;
}

static bool find_term(tg_cache *c, int64_t list, const tg_rows_term *term, tg_folder *folder,
                      tg_rows_found *out)
{
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_FIND, NULL);
    tg_text text = term->is_text ? tg_folder_fold(folder, term->text) : (tg_text){"", 0};
    int rc = SQLITE_ERROR;
    if (!st || !text.p) return false;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_int(st, 2, tg_rows_field(term->field));
    if (term->is_text)
        sqlite3_bind_text64(st, 3, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_int64(st, 3, term->integer);
    sqlite3_bind_int(st, 4, TG_ROWS_MOST + 1);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW && add_hit(out, st)) continue;
    tg_store_done(st);
    return rc == SQLITE_DONE && out->count <= TG_ROWS_MOST;
}

static int order(const void *one, const void *other)
{
    const tg_rows_hit *a = one, *b = other;
    int c = (a->page > b->page) - (a->page < b->page);
    return c ? c : (a->record > b->record) - (a->record < b->record);
}

/* In the order of the list, each record once. */
static void sort_hits(tg_rows_found *out)
{
    size_t n = 0;
    if (out->count > 1) qsort(out->hits, out->count, sizeof *out->hits, order);
    for (size_t i = 0; i < out->count; i++)
        if (!n || order(&out->hits[n - 1], &out->hits[i]) != 0) out->hits[n++] = out->hits[i];
    out->count = n;
}

static bool find_terms(tg_cache *c, int64_t list, const tg_rows_term *terms, size_t n,
                       tg_rows_found *out)
{
    tg_folder folder = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) ok = find_term(c, list, &terms[i], &folder, out);
    tg_folder_clear(&folder);
    sort_hits(out);
    for (size_t i = 0; ok && i < out->count; i++) ok = read_text(c, &out->hits[i]);
    return ok;
}

bool tg_rows_at(tg_cache *c, int64_t list, int field, tg_text value, int64_t page, int64_t record,
                tg_rows_found *out)
{
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_AT, NULL);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_int(st, 2, field);
    sqlite3_bind_text64(st, 3, value.p, value.n, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_int64(st, 4, page);
    sqlite3_bind_int64(st, 5, record);
    bool ok = sqlite3_step(st) == SQLITE_ROW && add_hit(out, st);
    tg_store_done(st);
    return ok && read_text(c, &out->hits[out->count - 1]);
}

sqlite3_stmt *tg_rows_begin(tg_cache *c, const tg_rows_key *k, int64_t list, tg_rows_found *out)
{
    *out = (tg_rows_found){0};
    sqlite3_stmt *st = tg_rows_open(c, k, list);
    if (!st) return NULL;
    const tg_rows_seen *seen = check(c, list, sqlite3_column_int64(st, 0));
    if (seen) {
        out->at = seen->at;
        out->spoiled = seen->spoiled;
        return st;
    }
    tg_store_done(st);
    return NULL;
}

bool tg_rows_find(tg_cache *c, const tg_rows_key *k, const tg_rows_term *terms, size_t n,
                  tg_rows_found *out)
{
    int64_t list = tg_rows_list(k);
    sqlite3_stmt *st = tg_rows_begin(c, k, list, out);
    if (!st) return false;
    bool ok = find_terms(c, list, terms, n, out);
    tg_store_done(st);
    if (!ok) tg_rows_found_clear(out);
    return ok;
}

void tg_rows_found_clear(tg_rows_found *f)
{
    for (size_t i = 0; i < f->count; i++) free(f->hits[i].text);
    free(f->hits);
    *f = (tg_rows_found){0};
}
