/*
** What processes share about an account, behind function tables: quota windows and places for the
** ledger, and what follows them (changes, journal, leases, snapshots). csrc/core/state_sqlite keeps
** it in a file; a server database can stand behind the same tables. No SQL and no statement of a
** database stands above them.
*/
#ifndef TG_STATE_H
#define TG_STATE_H

#include <signal.h>

#include "toggl.h"
#include "window.h"

typedef struct tg_state tg_state;

/* A workspace and the organization that it belongs to. */
typedef struct tg_place {
    int64_t workspace, organization;
} tg_place;

/* Rows of the ledger, each of one ACCOUNT (the fingerprint of credentials and server). Functions that
   take no err may fail without a reason. */
typedef struct tg_ledger_rows {
    /* A window without a row is *found false, and tg_window_new. False: err. */
    bool (*read)(tg_state *s, const char *account, int64_t organization, tg_quota *w, bool *found,
                 tg_error *err);
    bool (*write)(tg_state *s, const char *account, int64_t organization, const tg_quota *w,
                  tg_error *err);
    bool (*delete)(tg_state *s, const char *account, int64_t organization, tg_error *err);
    /* The first window of this organization or of a higher number. False: there is none. */
    bool (*next)(tg_state *s, const char *account, int64_t from, int64_t *organization,
                 tg_quota *w);

    /* Leaves in PLACES only those that are not known. False: they could not be looked up. */
    bool (*new_places)(tg_state *s, const char *account, tg_place *places, size_t *n);
    bool (*write_place)(tg_state *s, const char *account, tg_place place);
    int64_t (*organization)(tg_state *s, const char *account, int64_t workspace); /* 0: not known */

    bool (*fact)(tg_state *s, const char *account, const char *name, int64_t *value);
    bool (*set_fact)(tg_state *s, const char *account, const char *name, int64_t value);
} tg_ledger_rows;

typedef struct tg_state_api {
    void (*close)(tg_state *s);
    /* One unit of work, alone among all processes: what it reads stays so until it is committed.
       Nested ones join the outer one. False: err, and nothing is begun, or nothing of it is kept. */
    bool (*begin)(tg_state *s, tg_error *err);
    bool (*commit)(tg_state *s, tg_error *err);
    void (*rollback)(tg_state *s);

    /* Each use waits for other processes at most so many seconds, or until the flag is set. */
    void (*patience)(tg_state *s, double seconds);
    void (*watch)(tg_state *s, const volatile sig_atomic_t *interrupt); /* borrowed */
    /* A sentence about what does not work; NULL: none. Returned once, valid until the next one. */
    const char *(*warning)(tg_state *s);
    bool (*probe)(tg_state *s, tg_error *err); /* can it be written now? */

    const tg_ledger_rows *ledger;
} tg_state_api;

/* What every implementation puts first in its own. */
struct tg_state {
    const tg_state_api *api; /* static */
};

#endif
