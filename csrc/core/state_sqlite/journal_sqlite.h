/* The journal in one SQLite file: journal.db. */
#ifndef TG_JOURNAL_SQLITE_H
#define TG_JOURNAL_SQLITE_H

#include "journal.h"
#include "store.h"

/* PATH ":memory:" or a file, which is never quarantined and never begun anew. NULL: err. Ended by its
   own table's close. */
tg_journal *tg_journal_sqlite(const char *path, tg_error *err);
tg_store *tg_journal_sqlite_store(tg_journal *j); /* borrowed */

#endif
