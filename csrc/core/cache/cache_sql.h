/* Read-only SQL over the stored replies of one account. Used only by cache.c; the tables
   are those of cache_shown.h. */
#ifndef TG_CACHE_SQL_H
#define TG_CACHE_SQL_H

#include "buf.h"
#include "store.h"

typedef struct tg_reader tg_reader;

/* STORE is borrowed; O has the options to open its file a second time, read-only. NULL: err. */
tg_reader *tg_reader_new(tg_store *store, const tg_store_options *o, tg_error *err);
void tg_reader_free(tg_reader *r);
void tg_reader_patience(tg_reader *r, double seconds); /* as tg_store_patience */

/* See tg_cache_names and tg_cache_sql. */
bool tg_reader_names(tg_reader *r, const char *account, const tg_names_wanted *w, tg_names *out,
                     tg_error *err);
struct sqlite3_stmt *tg_reader_prepare(tg_reader *r, const char *account, const char *sql, size_t n,
                                       tg_error *err);

#endif
