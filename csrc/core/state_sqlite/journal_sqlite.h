/* The journal in one SQLite file: journal.db. */
#ifndef TG_JOURNAL_SQLITE_H
#define TG_JOURNAL_SQLITE_H

#include "journal.h"
#include "store.h"

#define TG_JOURNAL_ID 0x54474A31 /* of the file: "TGJ1" */

/* PATH ":memory:" or a file, which is never quarantined and never recreated. NULL: err. Ended by
   its own table's close. */
tg_journal *tg_journal_sqlite(const char *path, tg_error *err);
/* Is there such a file, with something in it, now or before? */
bool tg_journal_sqlite_there(const char *path);
/* Is there an empty file where a journal was? Its entries are lost. */
bool tg_journal_sqlite_emptied(const char *path);
tg_store *tg_journal_sqlite_store(tg_journal *j); /* borrowed */

/*
** Goes on from a damaged file: copies the events that can be read into a new one, and moves the
** damaged one away. It waits MS milliseconds for other processes. False: err, and nothing was
** changed: the file is sound, or held, or cannot be read for another reason than damage, or (with
** TG_E_CONFLICT) a process that sent an open entry still runs.
*/
bool tg_journal_sqlite_mend(const char *path, int ms, tg_mended *out, tg_error *err);

#endif
