/* The state in one SQLite file: state.db. */
#ifndef TG_STATE_SQLITE_H
#define TG_STATE_SQLITE_H

#include "state.h"
#include "store.h"

/* PATH ":memory:" or a file; warning and err as tg_store_open. Ended by its own table's close. */
tg_state *tg_state_sqlite(const char *path, char warning[300], tg_error *err);
tg_store *tg_state_sqlite_store(tg_state *s); /* borrowed */

/*
** May the file at PATH have noted a change at SINCE (seconds since 1970) or later? Only an empty file
** beside it is looked at, whose time every note sets: a run that the cache answers does without
** opening a database.
*/
bool tg_state_sqlite_changed(const char *path, double since);

#endif
