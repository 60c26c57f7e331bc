/* The journal in one SQLite file: journal.db. */
#ifndef TG_JOURNAL_SQLITE_H
#define TG_JOURNAL_SQLITE_H

#include "journal.h"
#include "store.h"

#define TG_JOURNAL_ID 0x54474A31 /* of the file: "TGJ1" */

/* PATH is ":memory:" or a file, which is never quarantined and never recreated. NULL: err. Freed by
   its table's close. */
tg_journal *tg_journal_sqlite(const char *path, tg_error *err);
/* Does a journal exist at PATH, or a file that once was one? */
bool tg_journal_sqlite_there(const char *path);
/* Was the journal at PATH truncated to nothing? Its entries are lost. */
bool tg_journal_sqlite_emptied(const char *path);
tg_store *tg_journal_sqlite_store(tg_journal *j); /* borrowed */

/*
** Replace a damaged file: copy the readable events into a new file, and quarantine the damaged one.
** Waits MS milliseconds for other processes. False: err, and nothing was changed: the file is sound
** or locked, or it is unreadable for another reason than damage, or (TG_E_CONFLICT) a process that
** sent an open entry still runs.
*/
bool tg_journal_sqlite_mend(const char *path, int ms, tg_mended *out, tg_error *err);

#endif
