/* The inside of a ledger: ledger.c has windows, ledger_places.c the rest. */
#ifndef TG_LEDGER_INSIDE_H
#define TG_LEDGER_INSIDE_H

#include "ledger.h"

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
    tg_state *state;
    bool own;        /* the state is ours to close */
    char *account;   /* owned */
    tg_known *known; /* owned array */
    size_t known_count;
    tg_place place; /* the last that was found to be known: most replies name one alone */
};

bool tg_ledger_begin(tg_ledger *l, tg_error *err);
bool tg_ledger_commit(tg_ledger *l, tg_error *err);
void tg_ledger_rollback(tg_ledger *l);
bool tg_ledger_read(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err);
bool tg_ledger_write(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err);

#endif
