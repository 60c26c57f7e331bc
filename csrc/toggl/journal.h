/* The journal of writes. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_JOURNAL_H
#define TOGGL_JOURNAL_H

#include "call.h"

/*
** The writes of this client's account, oldest first, as a JSON array: {"n", "at", "last_at" (of its
** newest event), "state", "open", "attempts", "write": {"operation", "request", "effect", ...},
** "outcome": {"kind", "status", "message"}}. The caller frees it; NULL: err, TG_E_INVALID where the
** client keeps no journal.
*/
TG_API char *tg_client_journal(tg_client *c, size_t *n, tg_error *err);

typedef struct tg_journal_report {
    int64_t events; /* events of all accounts that verify */
    int64_t first;  /* number of the first stored event; 0: none is stored */
    int64_t broken; /* number of the first event that does not verify; 0: all do */
    bool noted;     /* the head of the earlier report is in the chain */
    char head[65];  /* the hash of the last good event, to note elsewhere; empty: no event */
} tg_journal_report;

/* Verify the journal. NOTED: the head of an earlier report; NULL: none. False: err, the journal
   could not be read. */
TG_API bool tg_client_journal_check(tg_client *c, const char *noted, tg_journal_report *out,
                                    tg_error *err);

/*
** A JSON object: {"path", "bytes", "entries", "oldest", "states": {"done": 3, ...}, "keep",
** "redact"}, of all accounts. The caller frees it; NULL: err.
*/
TG_API char *tg_client_journal_status(tg_client *c, size_t *n, tg_error *err);

typedef struct tg_mended {
    int64_t copied, dropped; /* events; DROPPED below 0: their number is unknown */
    char aside[256];         /* name of the damaged file */
} tg_mended;

/*
** Replace a damaged journal: copy the readable events into a new file, and keep the damaged file
** under another name. Numbers continue after those of the dropped events, as far as these are
** readable. False: err, and nothing was changed; TG_E_CONFLICT: a process that sent an open entry
** still runs.
*/
TG_API bool tg_client_journal_mend(tg_client *c, tg_mended *out, tg_error *err);

/*
** Settle an open entry whose reply was lost, or whose program ended, by the reads that its
** operation names. The call ends as done, as failed with nothing changed, or as TG_E_UNKNOWN if a
** person has to decide, and the journal records the outcome. NULL: err, TG_E_CONFLICT if its
** program still runs.
*/
TG_API tg_call *tg_client_settle(tg_client *c, int64_t entry, const tg_call_options *o,
                                 tg_error *err);

/*
** Record that the program of an open entry has ended. Settling waits from then on, so that several
** entries wait together if each is recorded before the first is settled. False: err, TG_E_CONFLICT
** if its program still runs, or if its request may still be in flight.
*/
TG_API bool tg_client_journal_lose(tg_client *c, int64_t entry, tg_error *err);

/* Close an open entry as DONE, or as not made, as a person found out. False: err; the entry is not
   open, or does not exist. */
TG_API bool tg_client_journal_close(tg_client *c, int64_t entry, bool done, tg_error *err);

/* ---------------------------------------------------------------------------------------- plans */

/* Store the TEXT of a plan of this account durably under ID, in place of an earlier one. False:
   err. */
TG_API bool tg_client_keep_plan(tg_client *c, const char *id, tg_text text, tg_error *err);

/* The text of a stored plan. The caller frees it; NULL: err (TG_E_NOT_FOUND: no such plan). */
TG_API char *tg_client_plan(tg_client *c, const char *id, tg_error *err);

/*
** Take the lease of an organization for JOB: until tg_client_lease_end, each write of this client
** is sent only while the client holds the lease. The lease expires when its holder exits, or writes
** nothing for two minutes. False: err, TG_E_CONFLICT names the holder and since when it holds it.
*/
TG_API bool tg_client_lease(tg_client *c, int64_t organization, const char *job, tg_error *err);
TG_API void tg_client_lease_end(tg_client *c);

#endif
