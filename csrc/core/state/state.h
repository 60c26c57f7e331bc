/*
** State shared by processes, behind function tables: quota windows and places for the ledger, and
** later parts (changes, journal, leases, snapshots). csrc/core/state_sqlite stores it in a file; a
** server database can implement the same tables. Code above these tables contains no SQL.
*/
#ifndef TG_STATE_H
#define TG_STATE_H

#include <signal.h>

#include "toggl.h"
#include "window.h"

typedef struct tg_state tg_state;

/* A workspace and its organization. */
typedef struct tg_place {
    int64_t workspace, organization;
} tg_place;

/* Rows of the ledger, each for one ACCOUNT (the fingerprint of credentials and server). Functions
   without err may fail without a reason. */
typedef struct tg_ledger_rows {
    /* Without a row: *found is false, and W is tg_window_new(). False: err. */
    bool (*read)(tg_state *s, const char *account, int64_t organization, tg_quota *w, bool *found,
                 tg_error *err);
    bool (*write)(tg_state *s, const char *account, int64_t organization, const tg_quota *w,
                  tg_error *err);
    bool (*delete)(tg_state *s, const char *account, int64_t organization, tg_error *err);
    /* The first window with this organization or a higher one. False: none. */
    bool (*next)(tg_state *s, const char *account, int64_t from, int64_t *organization,
                 tg_quota *w);

    /* Remove the known places from PLACES. False: the look-up failed. */
    bool (*new_places)(tg_state *s, const char *account, tg_place *places, size_t *n);
    bool (*write_place)(tg_state *s, const char *account, tg_place place);
    int64_t (*organization)(tg_state *s, const char *account, int64_t workspace); /* 0: unknown */

    bool (*fact)(tg_state *s, const char *account, const char *name, int64_t *value);
    bool (*set_fact)(tg_state *s, const char *account, const char *name, int64_t value);
} tg_ledger_rows;

/*
** The times of changes, one for each tag. Clients with another store of replies, or with none, use
** them to detect that a reply predates a change.
**
** A write records its tags when it is sent and again when it ends, since the server may apply it at
** any moment in between. A rejected write takes its record back. Tags are separated by spaces,
** times are seconds since 1970. There is one row for each tag ever changed: a few for each
** organization and workspace.
*/
typedef struct tg_change_rows {
    bool (*note)(tg_state *s, const char *account, const char *tags, double now, tg_error *err);
    /* Remove the record made at AT, of a change that did not happen. A younger record stays. */
    void (*take_back)(tg_state *s, const char *account, const char *tags, double at);
    /* The last change of any of these tags; 0: never, or unreadable. Times a minute or more after
       NOW are wrong and ignored. */
    double (*last)(tg_state *s, const char *account, const char *tags, double now);
    /* The same without the record made AT: also one that it has replaced. */
    double (*other)(tg_state *s, const char *account, const char *tags, double at, double now);
    /* A time not before the last change of any tag: a quick check, which mostly shows that nothing
       changed. */
    double (*any)(tg_state *s, const char *account, double now);
} tg_change_rows;

typedef struct tg_state_api {
    void (*close)(tg_state *s);
    /* A unit of work, exclusive among all processes: what it reads stays unchanged until the
       commit. Nested units join the outer one. False: err; nothing was begun, or nothing of it was
       written. */
    bool (*begin)(tg_state *s, tg_error *err);
    bool (*commit)(tg_state *s, tg_error *err);
    void (*rollback)(tg_state *s);

    /* Limit each wait for other processes to SECONDS, or until the flag is set. */
    void (*patience)(tg_state *s, double seconds);
    void (*watch)(tg_state *s, const volatile sig_atomic_t *interrupt); /* borrowed */
    /* A sentence about a failure; NULL: none. Returned once, valid until the next one. */
    const char *(*warning)(tg_state *s);
    bool (*probe)(tg_state *s, tg_error *err); /* can the state be written now? */

    const tg_ledger_rows *ledger;
    const tg_change_rows *changes;
} tg_state_api;

/* The first member of each implementation. */
struct tg_state {
    const tg_state_api *api; /* static */
};

#endif
