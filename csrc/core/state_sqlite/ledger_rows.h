/* The rows of the ledger in state.db, shared by the files that make it up: ledger.c windows,
   ledger_places.c the rest. */
#ifndef TG_LEDGER_ROWS_H
#define TG_LEDGER_ROWS_H

#include <sqlite3.h>

#include "ledger.h"
#include "ledger_window.h"

/* Statements of the state file. */
enum {
    TG_LEDGER_TAKE,
    TG_LEDGER_READ,
    TG_LEDGER_WRITE,
    TG_LEDGER_GIVE_BACK,
    TG_LEDGER_FIRST,
    TG_LEDGER_LANDED,
    TG_LEDGER_ADD_SPENT,
    TG_LEDGER_DELETE,
    TG_LEDGER_EACH,
    TG_LEDGER_NEW_PLACES,
    TG_LEDGER_MAP,
    TG_LEDGER_ORGANIZATION,
    TG_LEDGER_FACT,
    TG_LEDGER_SET_FACT,
    TG_LEDGER_STATEMENTS
};

/*
** What this process saw of a window last, and what it has taken in advance: a request must not wait
** for the file each time. The file counts them as spent, so other processes stay inside the window;
** what is left over is given back when the ledger is flushed or rests. A process that is killed
** leaves a few requests unused, never one too many used. What was taken in advance of a window of
** unknown size was taken from no number, and goes back to none.
*/
typedef struct seen {
    int64_t organization;
    window w;
    int ahead;       /* requests taken from the file and not used yet */
    double taken_at; /* when the last one was used */
} seen;

struct tg_ledger {
    tg_store *store;
    bool own;      /* the store is ours */
    char *account; /* owned */
    seen *seen;    /* owned array */
    size_t seen_count;
    tg_place place; /* the last that was found to be known: most replies tell of one alone */
};

/* A statement with the account as its first parameter and SECOND as its second. NULL: err. */
sqlite3_stmt *tg_ledger_use(tg_ledger *l, int number, int64_t second, tg_error *err);
int tg_ledger_optional(sqlite3_stmt *st, int column); /* below 0: NULL */
/* of total, remaining, resets_at, said, generation */
window tg_ledger_column(sqlite3_stmt *st);
/* A window without a row yet is open. False: err. */
bool tg_ledger_read(tg_ledger *l, int64_t organization, window *w, tg_error *err);
bool tg_ledger_write(tg_ledger *l, int64_t organization, const window *w);

#endif
