/* The rows of the ledger in state.db, shared by the files that make it up: ledger.c windows,
   ledger_places.c the rest. */
#ifndef TG_LEDGER_ROWS_H
#define TG_LEDGER_ROWS_H

#include <sqlite3.h>

#include "ledger.h"
#include "window.h"

/* Statements of the state file. */
enum {
    TG_LEDGER_READ,
    TG_LEDGER_WRITE,
    TG_LEDGER_DELETE,
    TG_LEDGER_NEXT,
    TG_LEDGER_NEW_PLACES,
    TG_LEDGER_MAP,
    TG_LEDGER_ORGANIZATION,
    TG_LEDGER_FACT,
    TG_LEDGER_SET_FACT,
    TG_LEDGER_STATEMENTS
};

/*
** What this process knows of a window, and its reservation: requests taken ahead of use, since a
** request must not wait for the file each time. The file counts them as spent, so that other
** processes stay inside the window; what is left over is released by a flush. A process that is
** killed leaves a few requests unused, never one too many used. A reservation in a window of unknown
** size was taken from no number, and is released to none.
*/
typedef struct tg_known {
    int64_t organization;
    tg_quota w;
    int reserved;
    double taken_at; /* when the last one was used */
} tg_known;

struct tg_ledger {
    tg_store *store;
    bool own;        /* the store is ours */
    char *account;   /* owned */
    tg_known *known; /* owned array */
    size_t known_count;
    tg_place place; /* the last that was found to be known: most replies name one alone */
};

/* A statement with the account as its first parameter and SECOND as its second. NULL: err. */
sqlite3_stmt *tg_ledger_use(tg_ledger *l, int number, int64_t second, tg_error *err);

/* A window without a row is *found false, and tg_window_new. False: err. */
bool tg_ledger_read(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err);
bool tg_ledger_write(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err);
bool tg_ledger_delete(tg_ledger *l, int64_t organization, tg_error *err);
/* The first window of this organization or of a higher number. False: there is none. */
bool tg_ledger_next(tg_ledger *l, int64_t from, int64_t *organization, tg_quota *w);

#endif
