/* The internals of a ledger: ledger.c has windows, ledger_places.c the rest. */
#ifndef TG_LEDGER_INSIDE_H
#define TG_LEDGER_INSIDE_H

#include "ledger.h"

/*
** A window as known to this process, and its reservation: requests taken ahead of use, so that a
** request need not wait for the file each time. The file counts them as spent, so that other
** processes stay within the window; a flush releases the rest. A killed process wastes a few
** requests but never exceeds the limit. A reservation in a window of unknown size was subtracted
** from no count, and is released to none.
*/
typedef struct tg_known {
    int64_t organization;
    tg_quota w;
    int reserved;
    double taken_at; /* when its last request was used */
    /* end of a closed window that the file does not know of, since it could not be written; or 0 */
    double closed_until;
} tg_known;

struct tg_ledger {
    tg_state *state;
    bool own;        /* the ledger closes the state */
    char *account;   /* owned */
    tg_known *known; /* owned array */
    size_t known_count;
    tg_place place; /* the last place known to be recorded: most replies name only one */
};

bool tg_ledger_begin(tg_ledger *l, tg_error *err);
bool tg_ledger_commit(tg_ledger *l, tg_error *err);
void tg_ledger_rollback(tg_ledger *l);
bool tg_ledger_read(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err);
bool tg_ledger_write(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err);

#endif
