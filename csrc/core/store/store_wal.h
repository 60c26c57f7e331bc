/* Checkpoints of a write-ahead log that never run during a write; store.h explains why. */
#ifndef TG_STORE_WAL_H
#define TG_STORE_WAL_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

struct sqlite3;

/* Turn off checkpoints by commits of DB; each commit stores the length of the log, in pages, in
   *PAGES (borrowed). */
void tg_wal_init(struct sqlite3 *db, int *pages);

/*
** Copy the log into the file at PATH, which DB has open without a transaction. False: another
** process writes, or a reader needs the log; only the busy handler of DB waits.
*/
bool tg_wal_checkpoint(struct sqlite3 *db, const char *path);

/* The memory of the wal-index, which DB shares with all processes of the file: valid until DB is
   closed. DB has read the file, in WAL mode. NULL: it cannot be had. */
const volatile uint32_t *tg_wal_index(struct sqlite3 *db);
/* Copy the head of the wal-index, which every commit changes. False: it is being written. */
bool tg_wal_head(const volatile uint32_t *index, uint32_t head[TG_WAL_HEAD]);

#endif
