/* The state in one SQLite file: state.db. */
#ifndef TG_STATE_SQLITE_H
#define TG_STATE_SQLITE_H

#include "state.h"
#include "store.h"

/* PATH is ":memory:" or a file; warning and err as in tg_store_open. Freed by its table's close. */
tg_state *tg_state_sqlite(const char *path, char warning[300], tg_error *err);
tg_store *tg_state_sqlite_store(tg_state *s); /* borrowed */

/*
** A time (seconds since 1970) not before the last change that the file at PATH has recorded; 0: it
** has recorded none. Only reads the time of an empty file next to it, which every record sets: a
** run served by the cache opens no database, and most reads that are sent query none. Without that
** file, INFINITY when there is a database, whose opening recreates the file.
*/
double tg_state_sqlite_marked(const char *path);

#endif
