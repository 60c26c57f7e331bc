/* The journal of writes. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_JOURNAL_H
#define TOGGL_JOURNAL_H

#include "client.h"

/*
** The writes of this client's account, oldest first, as a JSON array: {"n", "at", "state", "open",
** "attempts", "write": {"operation", "request", "effect", ...}, "outcome": {"kind", "status",
** "message"}}. The caller frees it; NULL: err, TG_E_INVALID where the client keeps no journal.
*/
TG_API char *tg_client_journal(tg_client *c, size_t *n, tg_error *err);

typedef struct tg_journal_report {
    int64_t events; /* of all accounts, that were found as they were written */
    int64_t broken; /* the first that was not; 0: none */
    char head[65];  /* the hash of the last good one, to note elsewhere; empty: there is none */
} tg_journal_report;

/* Is the journal as it was written? False: err, it could not be read. */
TG_API bool tg_client_journal_check(tg_client *c, tg_journal_report *out, tg_error *err);

/* A person found out what became of an open entry. False: err; it is not open, or not there. */
TG_API bool tg_client_journal_close(tg_client *c, int64_t entry, bool done, tg_error *err);

#endif
