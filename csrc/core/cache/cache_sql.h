/* Read-only SQL over the stored replies of one account. For cache.c alone; tg_reader_views is in
   cache_views.c. */
#ifndef TG_CACHE_SQL_H
#define TG_CACHE_SQL_H

#include "buf.h"
#include "store.h"

typedef struct tg_reader tg_reader;

/* STORE is borrowed; O says how to open its file a second time, read-only. NULL: err. */
tg_reader *tg_reader_new(tg_store *store, const tg_store_options *o, tg_error *err);
void tg_reader_free(tg_reader *r);

/* As tg_cache_sql and tg_cache_interrupt. */
struct sqlite3_stmt *tg_reader_prepare(tg_reader *r, const char *account, const char *sql, size_t n,
                                       tg_error *err);
void tg_reader_interrupt(tg_reader *r);

/*
** Appends the CREATE TEMP VIEW statements that the model rows stand for. They read BASE, a view of
** replies with the columns id, operation, args, organization, workspace, at (seconds), headers and
** text; the names of all that may show more than the rows allow start with it. False: out of
** memory.
*/
bool tg_reader_views(tg_buf *out, const char *base);

#endif
