/* The state in one SQLite file: state.db. */
#ifndef TG_STATE_SQLITE_H
#define TG_STATE_SQLITE_H

#include "state.h"
#include "store.h"

/* PATH is ":memory:" or a file; warning and err as in tg_store_open. Freed by its table's close. */
tg_state *tg_state_sqlite(const char *path, char warning[300], tg_error *err);
tg_store *tg_state_sqlite_store(tg_state *s); /* borrowed */

/*
** May the file at PATH have recorded a change at SINCE (seconds since 1970) or later? Only checks
** the time of an empty file next to it, which every record sets: a run served by the cache opens no
** database. Without that file, true when there is a database, whose opening makes the file
** anew.
*/
bool tg_state_sqlite_changed(const char *path, double since);

#endif
