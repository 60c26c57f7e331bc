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
    EVENT(ABANDON, "abandon", TG_IN(INTENDED), ABANDONED)                                          \
    EVENT(MEND, "mend", 0, NONE) /* of no write: events before it were lost */

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

#define TG_CHAIN_SIZE   65 /* a SHA-256 as hexadecimal digits */
#define TG_SALT_SIZE    33
#define TG_JOURNAL_TAIL (-1)
#define TG_JOURNAL_OPEN (-2)

/*
** One event as it is kept. Its members that name people stand apart, so that they can be redacted:
** the chain holds SUM, the digest of the digests of both parts, and SEAL is that of the people.
*/
typedef struct tg_journal_row {
    int64_t n, entry; /* from 1; the entry's number is that of its first event */
    tg_journal_event event;
    double at; /* seconds since 1970, whole microseconds */
    const char *account;
    tg_text data;   /* a JSON object, both parts; empty: no longer kept. Unused in what is added */
    tg_text open;   /* the part without people; empty: no longer kept */
    tg_text people; /* the rest, with a salt; empty: there is none, or it was redacted */
    char seal[TG_CHAIN_SIZE], sum[TG_CHAIN_SIZE], chain[TG_CHAIN_SIZE];
} tg_journal_row;

/* Leave to apply plans to an organization, for one process at a time. The token grows with each
   holder, so that one that was taken for dead can no longer write. */
typedef struct tg_lease {
    int64_t organization, token; /* token 0: there is none */
    double since, until;         /* seconds since 1970 */
    char job[80];                /* what its holder applies */
    tg_process holder;
} tg_lease;

/* what a client reports that finds open entries of earlier programs */
#define TG_JOURNAL_LEFT                                                                            \
    "%d change%s in the journal %s no known outcome; togglsh resume looks for %s"
/* what to do with a damaged one */
#define TG_JOURNAL_MEND "run togglsh journal mend: it keeps the damaged file"

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
    /* FN with each event in their order, of one ENTRY, of all (0), of those that were sent and have
       no outcome (TG_JOURNAL_OPEN), or the last two (TG_JOURNAL_TAIL); false of FN ends the walk.
       FN must not use the journal. */
    bool (*each)(tg_journal *j, int64_t entry, tg_journal_fn *fn, void *ctx, tg_error *err);
    bool (*put_plan)(tg_journal *j, const char *account, const char *id, double at, tg_text text,
                     tg_error *err);
    /* *TEXT is the caller's; NULL: there is none */
    bool (*get_plan)(tg_journal *j, const char *account, const char *id, char **text,
                     tg_error *err);
    bool (*put_lease)(tg_journal *j, const tg_lease *lease, tg_error *err);
    bool (*get_lease)(tg_journal *j, int64_t organization, tg_lease *out, tg_error *err);
    void (*salt)(tg_journal *j, char hex[TG_SALT_SIZE]); /* random digits */
    /* What an entry says of people; ALL: everything it says. Its place in the chain stays. */
    bool (*redact)(tg_journal *j, int64_t entry, bool all, tg_error *err);
    /* Removes the events before that one. */
    bool (*cut)(tg_journal *j, int64_t n, tg_error *err);
    /* When tg_journal_keep looked last; 0: never. SET: now. */
    bool (*looked)(tg_journal *j, double *at, bool set, tg_error *err);
    bool (*forget_plans)(tg_journal *j, double before, tg_error *err);
} tg_journal_api;

/* What every implementation puts first in its own. */
struct tg_journal {
    const tg_journal_api *api; /* static */
    tg_lease lease;            /* checked with each write while its token is not 0 */
};

/*
** Adds an event to the entry *ENTRY, or begins one where that is 0, and fills *ENTRY. Refused when
** it cannot come in the state of the entry. False: err, and nothing was recorded.
**
** DATA is a JSON object. Members that name people are kept apart: "message", "person", and those
** that its member "personal" lists: {"personal": ["request"], "request": {...}}.
*/
bool tg_journal_add(tg_journal *j, int64_t *entry, tg_journal_event event, double at,
                    const char *account, tg_text data, tg_error *err);

/* In a unit of work: add event N, which marks that the events since the last one were lost, so that
   no number is used twice. False: err. */
bool tg_journal_add_mend(tg_journal *j, int64_t n, double at, tg_error *err);

/* Read the process that sent a request from the data of its event; pid 0: not recorded. */
void tg_journal_sender(tg_text data, tg_process *out);

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

/* Follows the chain from the first event that is kept, and looks for a NOTED head in it (NULL:
   none). False: err; out->broken is then 0. */
bool tg_journal_check(tg_journal *j, const char *noted, tg_journal_report *out, tg_error *err);

/* Is the end of the chain as it was written? False: err. Costs little: for each opening. */
bool tg_journal_sound(tg_journal *j, tg_error *err);
/* Set *BROKEN to the last event if it does not verify; 0: it does. False: err. */
bool tg_journal_tail(tg_journal *j, int64_t *broken, tg_error *err);
/* Is this event as it was written, after one with the chain BEFORE (NULL: not known)? */
bool tg_journal_row_sound(const tg_journal_row *row, const char *before);

/* journal_list.c */
/* All entries of ACCOUNT as a JSON array, oldest first. The caller frees it; NULL: err. */
char *tg_journal_list(tg_journal *j, const char *account, size_t *n, tg_error *err);

/* journal_keep.c */
/*
** Redacts the people of entries that ended REDACT seconds ago, and forgets those that ended KEEP
** seconds ago; 0: never. Open entries stay whole, and so does the chain from the first event that
** is kept. It looks once in a day.
*/
bool tg_journal_keep(tg_journal *j, double now, double keep, double redact, tg_error *err);

typedef struct tg_journal_counts {
    int64_t entries, states[TG_J_ABANDONED + 1]; /* of all accounts */
    double oldest;                               /* seconds since 1970 */
} tg_journal_counts;

bool tg_journal_count(tg_journal *j, tg_journal_counts *out, tg_error *err);

#endif
