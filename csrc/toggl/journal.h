/* The journal of writes. Part of toggl.h, which says who owns what. */
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
    int64_t events; /* of all accounts, that were found as they were written */
    int64_t first;  /* the first that is kept; 0: there is none */
    int64_t broken; /* the first that is not as it was written; 0: none */
    bool noted;     /* the head that was noted earlier is in the chain */
    char head[65];  /* the hash of the last good one, to note elsewhere; empty: there is none */
} tg_journal_report;

/* Is the journal as it was written? NOTED: the head of an earlier report; NULL: none. False: err,
   it could not be read. */
TG_API bool tg_client_journal_check(tg_client *c, const char *noted, tg_journal_report *out,
                                    tg_error *err);

/*
** A JSON object: {"path", "bytes", "entries", "oldest", "states": {"done": 3, ...}, "keep",
** "redact"}, of all accounts. The caller frees it; NULL: err.
*/
TG_API char *tg_client_journal_status(tg_client *c, size_t *n, tg_error *err);

typedef struct tg_mended {
    int64_t copied, dropped; /* events; DROPPED below 0: how many is not known */
    char aside[256];         /* name of the damaged file */
} tg_mended;

/*
** Goes on from a damaged journal: what can be read is copied, the damaged file stays under another
** name. Numbers go on after those of the dropped events, where these can be read. False: err, and
** nothing was changed: TG_E_CONFLICT where a process that sent an open entry still runs.
*/
TG_API bool tg_client_journal_mend(tg_client *c, tg_mended *out, tg_error *err);

/*
** Settle an open entry whose reply was lost, or whose program ended, by the reads that its
** operation names. The call ends as done, as failed with nothing changed, or as TG_E_UNKNOWN where
** a person has to look; the journal has it then. NULL: err, TG_E_CONFLICT where its program still
** runs.
*/
TG_API tg_call *tg_client_settle(tg_client *c, int64_t entry, const tg_call_options *o,
                                 tg_error *err);

/*
** Record that the program of an open entry has ended. Settling waits from then on, so that several
** entries wait together if each is recorded before the first is settled. False: err, TG_E_CONFLICT
** where its program still runs, or where its request may still be on its way.
*/
TG_API bool tg_client_journal_lose(tg_client *c, int64_t entry, tg_error *err);

/* A person found out what became of an open entry. False: err; it is not open, or not there. */
TG_API bool tg_client_journal_close(tg_client *c, int64_t entry, bool done, tg_error *err);

/* ---------------------------------------------------------------------------------------- plans */

/* Keeps a plan of this account as TEXT, on the disk, under ID; an earlier one is replaced. False:
   err. */
TG_API bool tg_client_keep_plan(tg_client *c, const char *id, tg_text text, tg_error *err);

/* The text of a plan that was kept. The caller frees it; NULL: err (TG_E_NOT_FOUND: none). */
TG_API char *tg_client_plan(tg_client *c, const char *id, tg_error *err);

/*
** Take the lease of an organization, for JOB: until tg_client_lease_end, each write of this client
** goes only while the lease is its own. It ends by itself where its holder does, or writes nothing
** for two minutes. False: err, TG_E_CONFLICT names the process that has it and since when.
*/
TG_API bool tg_client_lease(tg_client *c, int64_t organization, const char *job, tg_error *err);
TG_API void tg_client_lease_end(tg_client *c);

#endif
