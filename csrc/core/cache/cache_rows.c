/* The names of lists and fields in the rows. */
#include <sqlite3.h>
#include <string.h>

#include "cache_rows_inside.h"
#include "fold.h"

bool tg_rows_has(const tg_model *m)
{
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->flags & TG_FOUND) return true;
    return false;
}

int tg_rows_field(const tg_field *f)
{
    return (int)(tg_cache_hash(1, f->name, strlen(f->name)) & 0x7fff);
}

int64_t tg_rows_list(const tg_rows_key *k)
{
    uint64_t h = tg_cache_hash(TG_FOLD_RULES, k->account, strlen(k->account));
    h = tg_cache_hash(h, k->operation, strlen(k->operation));
    h = tg_cache_hash(h, k->scope, strlen(k->scope));
    for (const tg_field *f = k->model->fields; f->name; f++)
        if (f->flags & TG_FOUND) h = tg_cache_hash(h, f->name, strlen(f->name));
    return (int64_t)(h >> 1 | 1);
}

sqlite3_stmt *tg_rows_open(tg_cache *c, const tg_rows_key *k, int64_t list)
{
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_LIST, NULL);
    if (!st) return NULL;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_text(st, 2, k->account, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, k->operation, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, k->scope, -1, SQLITE_STATIC);
    if (sqlite3_step(st) == SQLITE_ROW) return st;
    tg_store_done(st);
    return NULL;
}

int64_t tg_rows_pages(tg_cache *c, const tg_rows_key *k, int64_t list)
{
    sqlite3_stmt *st = tg_rows_open(c, k, list);
    int64_t n = st ? sqlite3_column_int64(st, 0) : -1;
    if (st) tg_store_done(st);
    return n;
}
