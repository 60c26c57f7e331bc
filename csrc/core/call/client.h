/*
** The internals of a client, from the bottom up. A file calls those above it in this list, and none
** below:
**
**   address.c      addresses: is one on this machine?
**   auth.c         credentials and the account that they stand for
**   request.c      one request
**   raw.c          a request without a row
**   request_text.c a request as a text, and back
**   page.c         the page of a reply
**   compare.c      comparing what was written with what is shown
**   handle.c       creation, references, clock and random numbers of a client
**   headers.c      headers of a reply
**   evidence.c     whether a lost write was applied, by the replies of its row's reads
**   target.c       what a change changes
**   tally.c        outcomes of changes, for a host that was interrupted
**   spare.c        the memory of calls
**   report.c       events
**   explain.c      messages of errors
**   stores.c       opening the stores
**   load.c         opening the transport
**   costs.c        what a client has spent and learned
**   reply.c        the reply for the caller
**   scope.c        the window that pays for a call, and the tags of its reply
**   entries.c      entries of the journal, for callers
**   recorded.c     one entry of the journal, and the later entries that change the same
**   own*.c         what the changes of a client make of stored lists
**   kept.c         replies of the store that are kept while its file does not change
**   settle.c       replies that a change has made stale, or read too soon after it
**   before.c       what the store knows of the target of a change
**   order.c        changes of one target, one after another
**   intent.c       writes in the journal
**   lost.c         a write whose reply was lost, while it is settled
**   end.c          the end of a call
**   cached.c       a call and the cache
**   confirm.c      whether the reply to a change confirms it
**   dry.c          a change that is reported and not sent
**   gate.c         whether an attempt may be sent: slot, pace and quota window
**   take.c         what the caller of a call does with it
**   finish.c       the end of an attempt: reply, retry, wait or error
**   lost_reads.c   the reads that settle it
**   call.c         one call, from the request to the moment its attempt is sent
**   resume.c       settling an entry of the journal
**   plans.c        plans that are kept, and the lease to apply them
**   find.c         the rows of the store, as fresh as a call would find them
**   sql.c          the SQL functions of the public header
**   pump.c         stepping all calls
**   client.c       creating and freeing a client
*/
#ifndef TG_CLIENT_H
#define TG_CLIENT_H

#include <sys/types.h>

#include "auth.h"
#include "birth.h"
#include "cache.h"
#include "evidence.h"
#include "write_behind.h"
#include "ledger.h"
#include "policy.h"
#include "request.h"
#include "store.h"
#include "target.h"
#include "toggl.h"
#include "transport.h"

#define TG_EVENTS_KEPT    1000
#define TG_WARNED_KEPT    32 /* number of distinct warnings that are not repeated */
#define TG_FIRST_TOGETHER 16 /* requests in flight in an unknown window */
/* retries in a burst; each success earns back a tenth of one */
#define TG_RETRY_BUDGET 20.0

#define TG_KEPT 8 /* replies kept in memory; see kept.c */

typedef struct tg_lost tg_lost;
typedef struct tg_kept tg_kept;

typedef enum tg_stage {
    /* for `due`, for a slot of the transport, or for the same read of another call (leader) */
    TG_S_WAITING,
    TG_S_SENT, /* its exchange is in the transport */
    TG_S_DONE
} tg_stage;

struct tg_call {
    tg_client *client;    /* holds a reference */
    tg_call *prev, *next; /* the client's list of calls not yet done */
    tg_call *leader;      /* an earlier call with the same read; borrowed until it is done */
    int followers;        /* number of calls that follow this one */
    tg_request *request;  /* owned */
    tg_auth own_auth;     /* if the call has other credentials than its client */
    const tg_auth *auth;
    tg_call_options options;
    tg_stage stage;
    double due;     /* ticks before which it must not be sent */
    double started; /* ticks of the start of the call */
    double give_up; /* ticks of its deadline; 0: none */
    int try_, cost;
    bool charged;          /* the ledger has counted this attempt */
    bool paced;            /* `due` is its slot in the pacing after a 429 */
    bool tallied;          /* a change that was sent and has no outcome yet */
    bool ambiguous;        /* its attempt may have been applied, and it has ended or is settled */
    bool early;            /* sent while the size of its window was unknown */
    bool booked;           /* the ledger counts it as early for other processes */
    int64_t window;        /* organization of the window that pays; see tg_window_state */
    int64_t generation;    /* of that window at that time */
    unsigned long changes; /* the client's count when the last attempt was sent */
    tg_buf url, key;
    tg_lost *lost;          /* its reply was lost and it is being settled; owned; NULL: not */
    tg_call *asker;         /* it is a read that settles this call; borrowed; NULL: it is none */
    tg_proof proof;         /* found by settling */
    bool recorded_lost;     /* the journal has its loss */
    bool recorded_absent;   /* the journal has that its last attempt did nothing */
    bool repeated;          /* it is not sent again after another loss */
    tg_targets targets;     /* of a write, from its first step on */
    bool ordered;           /* no earlier write to one of them is in its way */
    int64_t behind, tried;  /* the open entry that is in its way; one that was looked for before */
    tg_call *settler;       /* looks for that one; owned; NULL: none */
    int64_t entry;          /* in the journal, until its outcome is recorded; 0: none */
    char job[80], step[80]; /* the call belongs to, cut; for the journal */
    int64_t stamp;          /* of the cache, no younger than the request; see tg_call_stamp */
    double asked;           /* the time of the stamp, seconds since 1970 */
    /* when a change was recorded as sent; 0: not recorded, or it has ended */
    double noted;
    /* see own_effect.c: the change of its list before this one; when this one was recorded as
       ended, and its number among the drops of the cache; 0: it was not */
    double noted_before, noted_end;
    int64_t dropped;
    tg_stored stored;      /* the stored reply, too old to answer by itself; text NULL: none */
    char *etag, *modified; /* validators of `stored`, borrowed from its headers */
    tg_exchange exchange;
    tg_reply *reply; /* owned until taken */
    tg_error error;  /* kind TG_OK when there is a reply */
};

/* An entry of the journal that has no known outcome. */
typedef struct tg_open {
    int64_t entry;
    tg_targets targets;
} tg_open;

/* This client's calls in flight in one quota window. */
typedef struct tg_traffic {
    int64_t organization;
    int in_flight;
    /* those sent before the size of the window was reported: the first count may not include
       them */
    int early;
    bool answered; /* a reply has reported the window: the ledger knows its state */
    /* ticks of the next look into the ledger, while the rest is kept for early requests of other
       processes */
    double ask_at;
} tg_traffic;

struct tg_client {
    tg_birth birth;
    size_t refs;          /* held by its creator and its calls; the last one frees the memory */
    bool closing, closed; /* its calls are being ended; all have ended */
    TG_CLIENT_OPTIONS(
        TG_OPTION_MEMBER) /* as given, or the values for "not given"; owns its strings */
    tg_auth auth;
    bool want_events, want_warnings;
    tg_clock clock;
    const volatile sig_atomic_t *interrupt;
    tg_tally *tally; /* borrowed; NULL: none */
    const tg_transport_api *http;
    tg_transport *transport; /* opened with the first request */
    bool state_tried, cache_tried;
    tg_state *state; /* shared with other processes; NULL: none, or unusable */
    tg_ledger *ledger;
    struct tg_journal *journal; /* with the first write */
    tg_open *open;              /* its open entries, of earlier programs and this one; owned */
    size_t open_count;
    bool open_read; /* those of earlier programs are there */
    tg_cache *cache;
    struct tg_own_list *own; /* what its own changes made of stored lists: own.h; owned */
    size_t own_count;
    tg_write_behind *write_behind; /* with the cache */
    tg_kept *kept;                 /* with the first reply of the store; owned */
    unsigned next_kept;
    int64_t stamp;      /* of the cache, as last read; below 0: not read */
    double looked;      /* ticks of the last look for changes in the state file */
    tg_store_mark look; /* of the state file then */
    double marked;      /* found then: a time not before the last change; -1: not looked */
    double any_change;  /* the last change of the client's account; -1: not looked */
    /* tags not dropped from the cache yet: it is not read before they are */
    tg_buf missed;
    /* of the call being processed: seconds to wait for a store, and for one attempt */
    double store_time, try_time;
    tg_call *first, *last;
    tg_call *spare; /* the memory of a freed call, for reuse; owned; NULL: none */
    int in_flight;
    /* those with an exchange in the transport: at most TG_TRANSPORT_MOST; further calls wait for a
       slot */
    int on_wire;
    double gap, next_slot; /* seconds between requests after a 429; ticks of the next slot */
    double budget;         /* retries left */
    unsigned long changes; /* number of writes that have ended or are ambiguous */
    const tg_op **gone;    /* operations that answered 410; owned array */
    int gone_count;
    tg_cost *costs;      /* owned array */
    long requests;       /* sent; the sum of costs, unless memory was short */
    tg_traffic *traffic; /* owned array */
    size_t traffic_count;
    size_t cost_count;
    tg_event *events; /* ring, allocated if events are wanted */
    size_t event_first, event_count;
    char *event_request;             /* of the last event taken; owned */
    uint64_t warned[TG_WARNED_KEPT]; /* ring of hashes of the last warnings */
    unsigned warned_count;
};

/* handle.c */
double tg_client_ticks(tg_client *c);
double tg_client_chance(tg_client *c);
void tg_client_unref(tg_client *c);

/* stores.c */
tg_ledger *tg_client_ledger(tg_client *c); /* opened on first use; NULL: unusable */
tg_cache *tg_client_cache(tg_client *c);   /* the same */
/* opened by the first write; NULL: err */
struct tg_journal *tg_client_journal_open(tg_client *c, tg_error *err);
/* the same outside of a call: the client's deadline limits the wait for other processes */
struct tg_journal *tg_client_journal_outside(tg_client *c, tg_error *err);
void tg_client_mind_stores(tg_client *c); /* reports failures of the stores */
/* limits the waits of the stores for other processes, from now on */
void tg_call_patience(const tg_call *call);
void tg_client_patience(tg_client *c); /* the same for what only reads a store */

void tg_stores_hurry(tg_client *c);    /* for a mere look into the ledger */
void tg_stores_patience(tg_client *c); /* ends tg_stores_hurry */

/* load.c */
bool tg_client_transport(tg_client *c, tg_error *err); /* opens it if necessary */

/* costs.c */
void tg_client_charge(tg_client *c, const tg_call *call);

/* end.c */
void tg_call_set_leader(tg_call *call, tg_call *leader); /* LEADER may be NULL */
void tg_call_end(tg_call *call); /* removes it from the client's list: it is done */
bool tg_call_fail(tg_call *call, tg_kind kind, const char *fmt, ...)
    __attribute__((cold, format(printf, 3, 4)));

/* cached.c */
/* Read the stored reply once: it answers, or provides validators and serves as stale data. True:
   the call is done. */
bool tg_call_ask_store(tg_call *call);
bool tg_call_answer_stale(tg_call *call); /* if the caller accepts stale data */
void tg_call_store(tg_call *call);        /* stores the reply of a read, if its row allows */
bool tg_call_still_true(tg_call *call);   /* returns the stored reply after a 304. False: err */
void tg_call_touch(tg_call *call);        /* marks the stored reply as fresh as this one */

/* kept.c */
/* The kept reply to this read, borrowed, if the file has not changed since; call->stored gets what
   is known of it, without its strings. NULL: none. */
const tg_reply *tg_kept_find(tg_call *call);
/* Keep the reply of CALL, which was read from the file: S, found while the file had MARK. */
void tg_kept_add(const tg_call *call, const tg_stored *s, const tg_store_mark *mark);
void tg_kept_clear(tg_client *c);

/* call.c */
void tg_call_advance(tg_call *call);     /* a due call: sends it, or fails it */
double tg_call_due(const tg_call *call); /* ticks at which a waiting call must be processed */

/* spare.c */
#define TG_REPLY_KEEP ((size_t)16 << 10) /* bytes: a larger reply buffer is not kept for reuse */
tg_call *tg_call_memory(tg_client *c);   /* zeroed, with empty buffers; NULL: out of memory */
void tg_call_recycle(tg_client *c, tg_call *call);
void tg_call_discard(tg_call *call); /* accepts NULL */

/* tally.c */
void tg_tally_sent(tg_call *call);  /* an attempt was sent; ignores reads */
void tg_tally_ended(tg_call *call); /* the call is done; its error has the outcome */

/* confirm.c */
/* BODY belongs to a reply with a status of success. False: the call has failed, since the body says
   that the change, or a part of it, was not made, or does not confirm it. */
bool tg_call_confirmed(tg_call *call, tg_text body);

/* Start to settle an entry of the journal: as a call whose request R was sent at SENT_AT and ended
   without a reply at LOST_AT (0: that is not known). Takes R. */
tg_call *tg_call_start_settling(tg_client *c, tg_request *r, const tg_call_options *o,
                                int64_t entry, double sent_at, double lost_at, tg_error *err);

/* scope.c */
int64_t tg_call_paying_window(tg_call *call);         /* as known at present */
bool tg_call_tags(const tg_call *call, tg_buf *tags); /* tags of its reply. False: out of memory */

/* dry.c */
const char *tg_shape_empty(const tg_op *op); /* the smallest body of its reply; "": none */
/* true: the call is done, since this is a dry run of a change */
bool tg_call_dry(tg_call *call);

/* gate.c */
/* The window is closed for `seconds`: wait if the caller allows it, answer from the store, or
   fail. */
void tg_call_closed(tg_call *call, double seconds, tg_kind kind);
/* False: the call waits for a slot, the pace or its window, or is done. */
bool tg_call_may_go(tg_call *call);
bool tg_client_has_place(const tg_client *c); /* is a slot of the transport free? */
void tg_call_on_wire(tg_call *call);          /* its attempt has been sent */
void tg_call_off_wire(tg_call *call);         /* its exchange has ended or was cancelled */
void tg_call_give_back(tg_call *call);        /* its attempt was never sent: releases its request */
/* Pass the counts of a reply to the ledger; TG_UNKNOWN_COUNT and below 0: not reported. */
void tg_call_count(tg_call *call, int remaining, double resets_in);

/* settle.c. Reads have no effect here. */
/* before sending: what it changes is about to become stale */
void tg_call_note(tg_call *call);
void tg_call_take_back(tg_call *call); /* after an attempt that changed nothing */
/* after an attempt that may have been applied: what it changes is stale */
void tg_call_changed(tg_call *call);
/* Drop the tags that an earlier change could not drop. False: the cache still cannot be read. */
bool tg_call_drop_missed(tg_client *c);
void tg_call_stamp(tg_call *call);  /* takes the stamp of the cache, before sending */
void tg_call_weigh(tg_call *call);  /* marks the stored reply if it predates a change */
void tg_call_settle(tg_call *call); /* marks its reply if the server may not show a change yet */

/* before.c */
/* Adds members to an object of the journal: "target" or "person", "before", "before_read". */
void tg_call_before(const tg_call *call, tg_writer *w);

/* intent.c */
/* Records the next attempt of a write. False: err; the call must not be sent. */
bool tg_call_intend(tg_call *call, tg_error *err);
void tg_call_outcome(tg_call *call); /* records what became of it */

/* Records that the reply was lost, before the change is looked for. */
void tg_call_record_lost(tg_call *call);
/* Records that the change was not made, before it is sent again. False: it must not be. */
bool tg_call_record_absent(tg_call *call);

/* order.c */
void tg_call_find_targets(tg_call *call);
/* False: it waits for an earlier write to the same, for an open entry to be settled first
   (call->behind); or err, that one is open (TG_R_OPEN) or the journal cannot be read. */
bool tg_call_in_order(tg_call *call, tg_error *err);
void tg_call_let_pass(tg_call *call);  /* CALL ends: calls that wait for it look again */
void tg_call_left_open(tg_call *call); /* CALL ends without a known outcome; takes its targets */
void tg_open_clear(tg_client *c);

/* resume.c */
void tg_call_step_behind(tg_call *call); /* settles the open entry that CALL waits for */

/* lost.c */
/* Does its row name a read that can settle this write? */
bool tg_call_can_settle(const tg_call *call);
/*
** Begin to settle a write that was sent at SENT_AT (seconds since 1970) and whose reply was lost;
** its error has the reason. The reads start when the ticks are DUE. False: it cannot be settled, or
** not in its time, and the call ends as unknown.
*/
bool tg_call_lost(tg_call *call, double sent_at, double due);
tg_call *tg_call_lost_free(tg_call *call); /* returns its read in flight, to be freed; NULL: none */

/* lost_reads.c */
/* Start a read that settles ASKER, with its options and credentials. Takes the request. */
typedef tg_call *tg_call_starter(tg_call *asker, tg_request *r, tg_error *err);
void tg_call_lost_step(tg_call *call, tg_call_starter *start);

/* take.c */
void tg_call_settler_free(tg_call *call);

/* finish.c */
void tg_call_finish(tg_call *call); /* after the end of its exchange */

/* reply.c */
/* Is a reply of that content type, without a length, incomplete: not JSON up to its end? */
bool tg_reply_is_cut(tg_text body, const char *type);
bool tg_reply_is_page(tg_text body); /* HTML and the like, which no operation returns */
/* Make the reply from a body, which it takes, and a copy of the headers. CHECKED: as for
   tg_page_new. False: err, and the body is freed. */
bool tg_reply_make(tg_call *call, int status, char *body, size_t n, bool checked, tg_text headers,
                   tg_error *err);
/* for a follower */
tg_reply *tg_reply_share(const tg_reply *r, tg_error *err);

/* headers.c */
const char *tg_headers_find(tg_text headers, const char *name);

/* report.c */
void tg_report(tg_call *call, tg_event_type type, double seconds, const char *reason);
void tg_report_dry(tg_call *call); /* with the complete request */
void tg_events_free(tg_client *c);
/* Report a failure that does not end calls. A sentence that the client has reported already is
   dropped. */
void tg_report_warning(tg_client *c, const char *fmt, ...)
    __attribute__((cold, format(printf, 2, 3)));

/* explain.c */
/* message and advice of a failure, by kind and status */
void tg_error_explain(tg_error *err, const tg_call *call);

#endif
