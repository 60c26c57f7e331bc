/*
** The journal: every write, recorded on the disk before it is sent, and its outcome. Events are
** only appended, each chained to its predecessor by a hash, so that damage is detected. Truncation
** is detected against the head of an earlier report.
*/
#ifndef TG_JOURNAL_H
#define TG_JOURNAL_H

#include "process.h"
#include "toggl.h"

/* The states of an entry; a person or `resume` closes the open ones. */
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

/* The events, the states in which each is allowed, and the state that follows. */
#define TG_JOURNAL_EVENTS(EVENT)                                                                   \
    EVENT(INTEND, "intend", TG_IN(NONE), INTENDED)                                                 \
    EVENT(SEND, "send", TG_IN(NONE) | TG_IN(INTENDED) | TG_IN(SENT) | TG_IN(SETTLED_ABSENT), SENT) \
    EVENT(ACCEPT, "accept", TG_IN(SENT), DONE)                                                     \
    EVENT(REFUSE, "refuse", TG_IN(INTENDED) | TG_IN(SENT), REFUSED)                                \
    EVENT(LOSE, "lose", TG_IN(SENT), UNKNOWN)                                                      \
    EVENT(FIND, "find", TG_IN(SENT) | TG_IN(UNKNOWN), SETTLED_DONE)                                \
    EVENT(MISS, "miss", TG_IN(SENT) | TG_IN(UNKNOWN), SETTLED_ABSENT)                              \
    EVENT(ABANDON, "abandon", TG_IN(INTENDED), ABANDONED)                                          \
    EVENT(MEND, "mend", 0, NONE) /* belongs to no write: events before it were lost */

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

/* Write AT, seconds since 1970, with six decimals and a point, in any locale. A time in a damaged
   file has up to 309 digits before the point. */
enum { TG_JOURNAL_TIME = 330 };
void tg_journal_time(double at, char text[TG_JOURNAL_TIME]);
/* Advance STATE by the event. False: the event is not allowed in that state. */
bool tg_journal_next(tg_journal_state *state, tg_journal_event event);

/* -------------------------------------------------------------------------------------- storage */

#define TG_CHAIN_SIZE   65 /* a SHA-256 as hexadecimal digits */
#define TG_SALT_SIZE    33
#define TG_JOURNAL_TAIL (-1)
#define TG_JOURNAL_OPEN (-2)

/*
** One event as stored. Members that name people are a separate part, so that they can be redacted:
** the chain holds SUM, the digest of the digests of both parts, and SEAL is the digest of PEOPLE.
*/
typedef struct tg_journal_row {
    int64_t n, entry; /* from 1; the entry's number is that of its first event */
    tg_journal_event event;
    double at; /* seconds since 1970, whole microseconds */
    const char *account;
    tg_text data;   /* both parts as one JSON object; empty: deleted. Unused by add() */
    tg_text open;   /* the part without people; empty: deleted */
    tg_text people; /* the part with people, and a salt; empty: none, or redacted */
    char seal[TG_CHAIN_SIZE], sum[TG_CHAIN_SIZE], chain[TG_CHAIN_SIZE];
} tg_journal_row;

/* The exclusive right of one process to apply plans to an organization. Each holder gets a larger
   token, so that an earlier holder, presumed dead, can no longer write. */
typedef struct tg_lease {
    int64_t organization, token; /* token 0: no lease */
    double since, until;         /* seconds since 1970 */
    char job[80];                /* what its holder applies */
    tg_process holder;
} tg_lease;

/* warning of a client that finds open entries of earlier programs */
#define TG_JOURNAL_LEFT                                                                            \
    "%d change%s in the journal %s no known outcome; togglsh resume looks for %s"
/* advice for a damaged journal */
#define TG_JOURNAL_MEND "run togglsh journal mend: it keeps the damaged file"

typedef struct tg_journal tg_journal;
typedef bool tg_journal_fn(void *ctx, const tg_journal_row *row);

typedef struct tg_journal_api {
    void (*close)(tg_journal *j);
    /* Begin a unit of work, exclusive among all processes. DURABLE: its events are on the disk when
       commit returns; else they are synced by the next durable unit. */
    bool (*begin)(tg_journal *j, bool durable, tg_error *err);
    bool (*commit)(tg_journal *j, tg_error *err);
    void (*rollback)(tg_journal *j);
    bool (*last)(tg_journal *j, int64_t *n, char chain[TG_CHAIN_SIZE], tg_error *err);
    bool (*add)(tg_journal *j, const tg_journal_row *row, tg_error *err);
    /* Call FN with each event in order: of one ENTRY, of all entries (0), of entries sent without
       an outcome (TG_JOURNAL_OPEN), or with the last two events (TG_JOURNAL_TAIL). FN returns false
       to stop, and must not use the journal. */
    bool (*each)(tg_journal *j, int64_t entry, tg_journal_fn *fn, void *ctx, tg_error *err);
    bool (*put_plan)(tg_journal *j, const char *account, const char *id, double at, tg_text text,
                     tg_error *err);
    /* the caller frees *TEXT; NULL: no such plan */
    bool (*get_plan)(tg_journal *j, const char *account, const char *id, char **text,
                     tg_error *err);
    bool (*put_lease)(tg_journal *j, const tg_lease *lease, tg_error *err);
    bool (*get_lease)(tg_journal *j, int64_t organization, tg_lease *out, tg_error *err);
    void (*salt)(tg_journal *j, char hex[TG_SALT_SIZE]); /* random digits */
    /* Erase the part of an entry that names people, or with ALL both parts. The chain is kept. */
    bool (*redact)(tg_journal *j, int64_t entry, bool all, tg_error *err);
    /* Delete the events before event N. */
    bool (*cut)(tg_journal *j, int64_t n, tg_error *err);
    /* Read the time of the last tg_journal_keep, 0: never; or SET it to *AT. */
    bool (*looked)(tg_journal *j, double *at, bool set, tg_error *err);
    bool (*forget_plans)(tg_journal *j, double before, tg_error *err);
} tg_journal_api;

/* The first member of each implementation. */
struct tg_journal {
    const tg_journal_api *api; /* static */
    tg_lease lease;            /* checked with each write while its token is not 0 */
};

/*
** Add an event to the entry *ENTRY; 0: begin an entry and set *ENTRY to its number. Rejects an
** event that the state of the entry does not allow. False: err, and nothing was recorded.
**
** DATA is a JSON object. Members that name people are stored in their own part: "message",
** "person", and those that its member "personal" lists: {"personal": ["request"], "request": {}}.
*/
bool tg_journal_add(tg_journal *j, int64_t *entry, tg_journal_event event, double at,
                    const char *account, tg_text data, tg_error *err);

/* In a unit of work: add event N, which marks that the events since the last one were lost, so that
   no number is used twice. False: err. */
bool tg_journal_add_mend(tg_journal *j, int64_t n, double at, tg_error *err);

/* Read the process that sent a request from the data of its event; pid 0: not recorded. */
void tg_journal_sender(tg_text data, tg_process *out);

/* The state of an entry; NONE: no entry has that number. False: err. */
bool tg_journal_state_of(tg_journal *j, int64_t entry, tg_journal_state *state, tg_error *err);

/* Store a plan durably; it replaces an earlier plan with this id. False: err. */
bool tg_journal_keep_plan(tg_journal *j, const char *account, const char *id, double at,
                          tg_text text, tg_error *err);

/*
** Take the lease of an organization for JOB, for SECONDS from NOW; each write extends it. False:
** err, TG_E_CONFLICT if a running process holds it.
*/
bool tg_lease_take(tg_journal *j, int64_t organization, const char *job, double now, double seconds,
                   tg_error *err);
/* In a unit of work: check that J holds its lease, and extend it. False: err, TG_E_CANCELLED. */
bool tg_lease_hold(tg_journal *j, double now, tg_error *err);
void tg_lease_end(tg_journal *j); /* if this fails, the lease expires */

/* Verify the chain from the first stored event, and look for the NOTED head in it (NULL: none).
   False: err; out->broken is then 0. */
bool tg_journal_check(tg_journal *j, const char *noted, tg_journal_report *out, tg_error *err);

/* Verify the end of the chain: cheap enough for each opening. False: err. */
bool tg_journal_sound(tg_journal *j, tg_error *err);
/* Set *BROKEN to the last event if it does not verify; 0: it does. False: err. */
bool tg_journal_tail(tg_journal *j, int64_t *broken, tg_error *err);

/* journal_list.c */
/* All entries of ACCOUNT as a JSON array, oldest first. The caller frees it; NULL: err. */
char *tg_journal_list(tg_journal *j, const char *account, size_t *n, tg_error *err);

/* journal_keep.c */
/*
** Redact the people of entries that ended REDACT seconds ago, and delete entries that ended KEEP
** seconds ago; 0: never. Open entries stay, and the chain verifies from the first stored event.
** Does nothing if it ran within the last day.
*/
bool tg_journal_keep(tg_journal *j, double now, double keep, double redact, tg_error *err);

typedef struct tg_journal_counts {
    int64_t entries, states[TG_J_ABANDONED + 1]; /* of all accounts */
    double oldest;                               /* seconds since 1970 */
} tg_journal_counts;

bool tg_journal_count(tg_journal *j, tg_journal_counts *out, tg_error *err);

#endif
