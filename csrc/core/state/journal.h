/*
** The journal: every write, recorded on the disk before it is sent, and what became of it. Events
** are only ever added, each chained to the one before by a hash, so that damage shows; a cut end
** shows against a noted head.
*/
#ifndef TG_JOURNAL_H
#define TG_JOURNAL_H

#include "process.h"
#include "toggl.h"

/* The states of an entry; open ones are for a person or `resume` to end. */
#define TG_JOURNAL_STATES(STATE)                                                                   \
    STATE(NONE, "none", false)                                                                     \
    STATE(INTENDED, "intended", true) /* part of a plan, not sent yet */                           \
    STATE(SENT, "sent", true)                                                                      \
    STATE(DONE, "done", false)                                                                     \
    STATE(REFUSED, "refused", false)                                                               \
    STATE(UNKNOWN, "unknown", true)                                                                \
    STATE(SETTLED_DONE, "settled-done", false)                                                     \
    STATE(SETTLED_ABSENT, "settled-absent", false)                                                 \
    STATE(ABANDONED, "abandoned", false)

#define TG_IN(state) (1u << TG_J_##state)

/* The events, from which states each may come, and the state that it leads to. */
#define TG_JOURNAL_EVENTS(EVENT)                                                                   \
    EVENT(INTEND, "intend", TG_IN(NONE), INTENDED)                                                 \
    EVENT(SEND, "send", TG_IN(NONE) | TG_IN(INTENDED) | TG_IN(SENT) | TG_IN(SETTLED_ABSENT), SENT) \
    EVENT(ACCEPT, "accept", TG_IN(SENT), DONE)                                                     \
    EVENT(REFUSE, "refuse", TG_IN(INTENDED) | TG_IN(SENT), REFUSED)                                \
    EVENT(LOSE, "lose", TG_IN(SENT), UNKNOWN)                                                      \
    EVENT(FIND, "find", TG_IN(SENT) | TG_IN(UNKNOWN), SETTLED_DONE)                                \
    EVENT(MISS, "miss", TG_IN(SENT) | TG_IN(UNKNOWN), SETTLED_ABSENT)                              \
    EVENT(ABANDON, "abandon", TG_IN(INTENDED), ABANDONED)

#define TG_STATE(name, word, open) TG_J_##name,
typedef enum tg_journal_state { TG_JOURNAL_STATES(TG_STATE) } tg_journal_state;
#undef TG_STATE
#define TG_EVENT(name, word, from, to) TG_JE_##name,
typedef enum tg_journal_event { TG_JOURNAL_EVENTS(TG_EVENT) TG_JE_COUNT } tg_journal_event;
#undef TG_EVENT

const char *tg_journal_state_name(tg_journal_state state);
bool tg_journal_state_open(tg_journal_state state);
const char *tg_journal_event_name(tg_journal_event event);
/* The event of that name; TG_JE_COUNT: none. */
tg_journal_event tg_journal_event_of(const char *name);
/* What STATE becomes. False: the event cannot come in it. */
bool tg_journal_next(tg_journal_state *state, tg_journal_event event);

/* -------------------------------------------------------------------------------------- storage */

#define TG_CHAIN_SIZE 65 /* a SHA-256 as hexadecimal digits */

/* One event as it is kept. DATA may be redacted later: the chain holds its SUM, not itself. */
typedef struct tg_journal_row {
    int64_t n, entry; /* from 1; the entry's number is that of its first event */
    tg_journal_event event;
    double at; /* seconds since 1970, whole microseconds */
    const char *account;
    tg_text data; /* a JSON object */
    char sum[TG_CHAIN_SIZE], chain[TG_CHAIN_SIZE];
} tg_journal_row;

/* Leave to apply plans to an organization, for one process at a time. The token grows with each
   holder, so that one that was taken for dead cannot write any more. */
typedef struct tg_lease {
    int64_t organization, token; /* token 0: there is none */
    double since, until;         /* seconds since 1970 */
    char job[80];                /* what its holder applies */
    tg_process holder;
} tg_lease;

typedef struct tg_journal tg_journal;
typedef bool tg_journal_fn(void *ctx, const tg_journal_row *row);

typedef struct tg_journal_api {
    void (*close)(tg_journal *j);
    /* Alone among all processes. DURABLE: what it adds is on the disk when commit returns; else
       with the next durable one. */
    bool (*begin)(tg_journal *j, bool durable, tg_error *err);
    bool (*commit)(tg_journal *j, tg_error *err);
    void (*rollback)(tg_journal *j);
    bool (*last)(tg_journal *j, int64_t *n, char chain[TG_CHAIN_SIZE], tg_error *err);
    bool (*add)(tg_journal *j, const tg_journal_row *row, tg_error *err);
    /* FN with each event in their order, of one ENTRY or of all (0); false of FN ends the walk. */
    bool (*each)(tg_journal *j, int64_t entry, tg_journal_fn *fn, void *ctx, tg_error *err);
    bool (*put_plan)(tg_journal *j, const char *account, const char *id, double at, tg_text text,
                     tg_error *err);
    /* *TEXT is the caller's; NULL: there is none */
    bool (*get_plan)(tg_journal *j, const char *account, const char *id, char **text,
                     tg_error *err);
    bool (*put_lease)(tg_journal *j, const tg_lease *lease, tg_error *err);
    bool (*get_lease)(tg_journal *j, int64_t organization, tg_lease *out, tg_error *err);
} tg_journal_api;

/* What every implementation puts first in its own. */
struct tg_journal {
    const tg_journal_api *api; /* static */
    tg_lease lease;            /* checked with each write while its token is not 0 */
};

/*
** Adds an event to the entry *ENTRY, or begins one where that is 0, and fills *ENTRY. Refused when
** it cannot come in the state of the entry. False: err, and nothing was recorded.
*/
bool tg_journal_add(tg_journal *j, int64_t *entry, tg_journal_event event, double at,
                    const char *account, tg_text data, tg_error *err);

/* The state of an entry; NONE: there is none of that number. False: err. */
bool tg_journal_state_of(tg_journal *j, int64_t entry, tg_journal_state *state, tg_error *err);

/* Keeps a plan, on the disk, in the place of an earlier one of this id. False: err. */
bool tg_journal_keep_plan(tg_journal *j, const char *account, const char *id, double at,
                          tg_text text, tg_error *err);

/*
** Takes the lease of an organization for JOB, for SECONDS from NOW; each write prolongs it. False:
** err, TG_E_CONFLICT where a process that runs has it.
*/
bool tg_lease_take(tg_journal *j, int64_t organization, const char *job, double now, double seconds,
                   tg_error *err);
/* In a unit of work: is the lease of J still its own? Prolongs it. False: err, TG_E_CANCELLED. */
bool tg_lease_hold(tg_journal *j, double now, tg_error *err);
void tg_lease_end(tg_journal *j); /* one that cannot be ended ends with its time */

/* Follows the chain from its first event. False: err; out->broken is then 0. */
bool tg_journal_check(tg_journal *j, tg_journal_report *out, tg_error *err);

/* All entries of ACCOUNT as a JSON array, oldest first. The caller frees it; NULL: err. */
char *tg_journal_list(tg_journal *j, const char *account, size_t *n, tg_error *err);

#endif
