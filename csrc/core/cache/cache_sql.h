/* Read-only SQL over the stored replies of one account. Used only by cache.c; tg_reader_views is in
   cache_views.c. */
#ifndef TG_CACHE_SQL_H
#define TG_CACHE_SQL_H

#include "buf.h"
#include "store.h"

typedef struct tg_reader tg_reader;

/* STORE is borrowed; O has the options to open its file a second time, read-only. NULL: err. */
tg_reader *tg_reader_new(tg_store *store, const tg_store_options *o, tg_error *err);
void tg_reader_free(tg_reader *r);

/* See tg_cache_sql and tg_cache_interrupt. */
struct sqlite3_stmt *tg_reader_prepare(tg_reader *r, const char *account, const char *sql, size_t n,
                                       tg_error *err);
void tg_reader_interrupt(tg_reader *r);

/*
** Append the CREATE TEMP VIEW statements for the model rows. They read BASE, a view of replies with
** the columns id, operation, args, organization, workspace, at (seconds), headers and text. Views
** that may show more than the rows allow have names that start with BASE. False: out of memory.
*/
bool tg_reader_views(tg_buf *out, const char *base);

#endif
