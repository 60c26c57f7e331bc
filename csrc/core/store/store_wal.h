/* Checkpoints of a write-ahead log, never beside a writer; store.h says why. For store.c alone. */
#ifndef TG_STORE_WAL_H
#define TG_STORE_WAL_H

#include <stdbool.h>

struct sqlite3;

/* No checkpoint by commits of DB any more; each writes the length of the log, in pages, to *PAGES
   (borrowed). */
void tg_wal_init(struct sqlite3 *db, int *pages);

/*
** Copy the log into the file at PATH, which DB has open without a transaction. False: another
** process writes, or a reader needs what is in the log; nothing was waited for but by the busy
** handler of DB.
*/
bool tg_wal_checkpoint(struct sqlite3 *db, const char *path);

#endif
