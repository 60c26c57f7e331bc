/* The internals of a state in SQLite, for the files of this room. */
#ifndef TG_STATE_INSIDE_H
#define TG_STATE_INSIDE_H

#include <sqlite3.h>

#include "schema.h"
#include "state_sqlite.h"

typedef struct tg_sqlite_state {
    tg_state base;
    tg_store *store; /* owned */
} tg_sqlite_state;

/* state_rows.c: a statement with the account as its first parameter; NULL: err. */
sqlite3_stmt *tg_state_use(tg_state *s, int number, const char *account, tg_error *err);

/* mark.c: record the present time as that of the last change. NULL: the state is in memory. */
void tg_state_mark(const char *path);
/* Set that time where there is none: to one before every record for a new database, else to now. It
   may be later than the last record, never earlier. */
void tg_state_mark_first(const char *path, bool is_new);

extern const tg_ledger_rows tg_ledger_rows_sqlite; /* ledger_rows.c */
extern const tg_change_rows tg_change_rows_sqlite; /* change_rows.c */

#endif
