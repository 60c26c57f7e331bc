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

/*
** What was changed, and when: a time for each tag. Clients with another store of replies, or with
** none, learn by it that what they have under the tag is from before a change.
**
** A write notes its tags as it is sent and again as it ends, since the server may apply it at any
** moment between. One that the server refused takes its note back. Tags are words between blanks, and
** times seconds since 1970. There is a row for each tag that was ever changed: some for each
** organization and workspace.
*/
typedef struct tg_change_rows {
    bool (*note)(tg_state *s, const char *account, const char *tags, double now, tg_error *err);
    /* The note made at the time AT was of a change that did not happen. A younger note stays. */
    void (*take_back)(tg_state *s, const char *account, const char *tags, double at);
    /* When one of these was last changed; 0: never, or it cannot be read. What is from a minute after
       NOW or later has a wrong time and does not count. */
    double (*last)(tg_state *s, const char *account, const char *tags, double now);
    /* When anything was last changed, or later: a short look that mostly says that nothing was. */
    double (*any)(tg_state *s, const char *account, double now);
} tg_change_rows;

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
    const tg_change_rows *changes;
} tg_state_api;

/* What every implementation puts first in its own. */
struct tg_state {
    const tg_state_api *api; /* static */
};

#endif
