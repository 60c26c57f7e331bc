/* Check a cache file: its replies against their checksums, its rows against the texts. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cache_rows_inside.h"
#include "cache_shown.h"
#include "error.h"

#define REPLIES "SELECT account, operation, args, status, headers, text, sum - at FROM replies"
#define LISTS   "SELECT id, account, operation, pages, records FROM row_lists WHERE pages >= 0"
#define PAGES                                                                                      \
    "SELECT r.id FROM row_pages p JOIN replies r ON r.id = p.reply AND r.sum - r.at = p.sum"       \
    " WHERE p.list = ?1 ORDER BY p.number"
#define REMOVE                                                                                     \
    "UPDATE row_lists SET pages = -1 WHERE id = %lld; DELETE FROM row_pages WHERE list = %lld"

static sqlite3_stmt *prepare(tg_cache *c, const char *sql)
{
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(tg_store_handle(c->store), sql, -1, &st, NULL);
    return st;
}

static tg_text text_at(sqlite3_stmt *st, int column)
{
    const char *p = sqlite3_column_blob(st, column);
    return (tg_text){p ? p : "", (size_t)sqlite3_column_bytes(st, column)};
}

static bool is_sound(sqlite3_stmt *st)
{
    tg_text args = text_at(st, 2), headers = text_at(st, 4), text = text_at(st, 5);
    tg_stored r = {.status = sqlite3_column_int(st, 3),
                   .headers = (char *)(uintptr_t)headers.p,
                   .headers_n = headers.n,
                   .text = (char *)(uintptr_t)text.p,
                   .text_n = text.n,
                   .sum = sqlite3_column_int64(st, 6)};
    return tg_cache_is_sound((const char *)sqlite3_column_text(st, 0),
                             (const char *)sqlite3_column_text(st, 1), args, &r);
}

static bool check_replies(tg_cache *c, tg_cache_check *out)
{
    int rc = SQLITE_ERROR;
    sqlite3_stmt *st = prepare(c, REPLIES);
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        out->replies++;
        out->damaged += !is_sound(st);
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE;
}

/* ---------------------------------------------------------------------------------------- lists */

/* The replies to OP that the pages of the list are, in their order, as pages; NULL: not all of them
   are there as they were, and the rows answer nothing. */
static tg_rows_page *pages_of(tg_cache *c, int64_t list, const tg_sources *replies, int64_t count)
{
    sqlite3_stmt *st = prepare(c, PAGES);
    tg_rows_page *pages = st ? calloc((size_t)count + 1, sizeof *pages) : NULL;
    int64_t n = 0;
    sqlite3_bind_int64(st, 1, list);
    while (pages && n < count && sqlite3_step(st) == SQLITE_ROW) {
        for (size_t i = 0; i < replies->n; i++) {
            const tg_origin *o = &replies->items[i];
            if (o->id != sqlite3_column_int64(st, 0)) continue;
            pages[n++] = (tg_rows_page){.text = {o->text, o->text_n},
                                        .records = o->index.entries,
                                        .count = o->index.count};
            break;
        }
    }
    sqlite3_finalize(st);
    if (n == count) return pages;
    free(pages);
    return NULL;
}

/* Its terms go in steps, with those of lists that have lost a reply. */
static bool remove_rows(tg_cache *c, int64_t list)
{
    char *sql = sqlite3_mprintf(REMOVE, (long long)list, (long long)list);
    bool ok = sql && sqlite3_exec(tg_store_handle(c->store), sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(sql);
    return ok;
}

/* At the row of a list. False: err of the file, or out of memory. */
static bool check_list(tg_cache *c, sqlite3_stmt *st, tg_cache_check *out)
{
    tg_sources replies = {0};
    int64_t list = sqlite3_column_int64(st, 0), count = sqlite3_column_int64(st, 3);
    const tg_op *op = tg_op_find((const char *)sqlite3_column_text(st, 2));
    const tg_model *m = op && op->model ? tg_model_find(op->model) : NULL;
    if (!m) return true;
    bool ok = tg_sources_load(&replies, tg_store_handle(c->store),
                              (const char *)sqlite3_column_text(st, 1), op, true);
    tg_rows_page *pages = ok ? pages_of(c, list, &replies, count) : NULL;
    if (pages) {
        out->lists++;
        out->records += sqlite3_column_int64(st, 4);
        if (!tg_rows_same(c, m, list, pages, (size_t)count)) {
            out->differ++;
            ok = remove_rows(c, list);
        }
    }
    free(pages);
    tg_sources_clear(&replies);
    return ok;
}

static bool check_lists(tg_cache *c, tg_cache_check *out)
{
    int rc = SQLITE_ERROR;
    sqlite3_stmt *st = prepare(c, LISTS);
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW)
        if (!check_list(c, st, out)) break;
    sqlite3_finalize(st);
    return rc == SQLITE_DONE;
}

bool tg_cache_verify(const char *path, tg_cache_check *out, tg_error *err)
{
    tg_cache_state state;
    *out = (tg_cache_check){0};
    tg_cache_look(path, &state, err);
    if (!state.usable) return !state.there;
    tg_cache *c = tg_cache_open(path, NULL, err);
    if (!c) return false;
    bool begun = tg_store_begin(c->store, err), ok = begun;
    if (ok && !(check_replies(c, out) && check_lists(c, out))) ok = tg_store_error(c->store, err);
    if (ok)
        ok = tg_store_commit(c->store, err);
    else if (begun)
        tg_store_rollback(c->store);
    tg_cache_close(c);
    return ok;
}
