/*
** The inside of a client, from the bottom up. A file calls those above it in this list, and none
** below:
**   handle.c   birth, references, clock and chance of a client
**   headers.c  headers of a reply
**   tally.c    what became of changes, for a host that was interrupted
**   spare.c    the memory of calls
**   report.c   events
**   explain.c  the sentences of errors
**   stores.c   opening the stores
**   load.c     opening the transport
**   costs.c    what a client has spent and learned
**   reply.c    the reply as the caller gets it
**   end.c      how a call ends
**   settle.c   what a change has made stale, and what was read too soon after it
**   cached.c   a call and the cache
**   confirm.c  does the reply to a change say that it was made
**   dry.c      a change that is reported and not sent
**   gate.c     may a try go now: a place on the wire, pace and quota window
**   finish.c   what a try's end means: reply, retry, wait or error
**   call.c     one call, from the request to the moment its try is sent
**   pump.c     stepping all calls
**   client.c   making and ending a client
*/
#ifndef TG_CLIENT_H
#define TG_CLIENT_H

#include <sys/types.h>

#include "auth.h"
#include "birth.h"
#include "cache.h"
#include "write_behind.h"
#include "ledger.h"
#include "policy.h"
#include "request.h"
#include "store.h"
#include "toggl.h"
#include "transport.h"

#define TG_EVENTS_KEPT    1000
#define TG_WARNED_KEPT    32 /* different warnings that are not repeated */
#define TG_FIRST_TOGETHER 16 /* requests in flight in an unknown window */
/* tries a client may repeat in a burst; successes earn back a tenth each */
#define TG_RETRY_BUDGET 20.0

typedef enum tg_stage {
    /* for `due`, for a place on the wire, or for the same read of another call (leader) */
    TG_S_WAITING,
    TG_S_SENT, /* its exchange is with the transport */
    TG_S_DONE
} tg_stage;

struct tg_call {
    tg_client *client;    /* counted */
    tg_call *prev, *next; /* the client's list of calls not yet done */
    tg_call *leader;      /* the same read, asked earlier; borrowed until it is done */
    int followers;        /* calls whose leader this one is */
    tg_request *request;  /* owned */
    tg_auth own_auth;     /* when the call has other credentials than its client */
    const tg_auth *auth;
    tg_call_options options;
    tg_stage stage;
    double due;     /* ticks: not before */
    double started; /* ticks of the start of the call */
    double give_up; /* ticks of its deadline; 0: none */
    int try_, cost;
    bool charged;          /* the ledger has counted this try */
    bool paced;            /* its turn after a 429 is `due` */
    bool tallied;          /* a change that was sent and has no outcome yet */
    bool unclear;          /* an earlier try may have been carried out */
    bool early;            /* sent before anybody knew how many requests its window has */
    bool booked;           /* the ledger tells other processes so */
    int64_t window;        /* organization whose window pays; see tg_window_state */
    int64_t generation;    /* of that window, when it paid */
    unsigned long changes; /* the client's, when the last try was sent */
    tg_buf url, key;
    int64_t stamp;         /* of the cache, before the request went */
    double asked;          /* when that was, seconds since 1970 */
    double noted;          /* when a change was noted as sent; 0: it is not, or has ended */
    bool stamped;          /* it was read just now, when the store was asked */
    tg_stored held;        /* what the store had, too old to answer alone; text NULL: nothing */
    char *etag, *modified; /* validators of `held`, borrowed from its headers */
    tg_exchange exchange;
    tg_reply *reply; /* owned until taken */
    tg_error error;  /* kind TG_OK when there is a reply */
};

/* What this client has in flight in one quota window. */
typedef struct tg_traffic {
    int64_t organization;
    int in_flight;
    /* of these, sent before the server had said how many there are: the first count may lack
       them */
    int early;
    bool answered; /* the server has spoken: the ledger knows what there is to know */
    /* ticks: what is left is kept for other processes' early requests; the ledger is asked again
       then */
    double ask_at;
} tg_traffic;

struct tg_client {
    tg_birth birth;
    size_t refs;          /* its maker and its calls: the memory goes with the last of them */
    bool closing, closed; /* its calls are being ended; they have been */
    TG_CLIENT_OPTIONS(
        TG_OPTION_MEMBER) /* as given, or what stands for "not given"; strings are owned */
    tg_auth auth;
    bool want_events, want_warnings;
    tg_clock clock;
    const volatile sig_atomic_t *interrupt;
    tg_tally *tally; /* borrowed; NULL: none */
    const tg_transport_api *http;
    tg_transport *transport; /* opened with the first request */
    bool state_tried, cache_tried;
    tg_state *state; /* shared with other processes; NULL: none, or it does not work */
    tg_ledger *ledger;
    tg_cache *cache;
    tg_write_behind *write_behind; /* with the cache */
    /* tags that the cache could not be made to drop: until then it is not asked */
    double looked;     /* ticks, when it was looked for changes in the state file */
    double any_change; /* of the client's account, as it was seen then */
    tg_buf missed;
    /* of the call that is worked at: seconds to its deadline, and for one try */
    double time_left, try_time;
    tg_call *first, *last;
    tg_call *spare; /* the memory of a call that was freed, for the next one; owned; NULL: none */
    int in_flight;
    /* of these, with the transport: at most TG_TRANSPORT_MOST, and the others wait here for their
       place */
    int on_wire;
    double gap, next_slot; /* seconds between requests after a 429; ticks of the next allowed one */
    double budget;         /* tries it may still repeat */
    unsigned long changes; /* writes that have ended, or may have been carried out */
    const tg_op **gone;    /* rows that answered 410; owned array */
    int gone_count;
    tg_cost *costs;      /* owned array */
    tg_traffic *traffic; /* owned array */
    size_t traffic_count;
    size_t cost_count;
    tg_event *events; /* ring, made when wanted */
    size_t event_first, event_count;
    char *event_request;             /* of the event that was taken last; owned */
    uint64_t warned[TG_WARNED_KEPT]; /* hashes of the last warnings, in a ring */
    unsigned warned_count;
};

/* handle.c */
double tg_client_ticks(tg_client *c);
double tg_client_chance(tg_client *c);
void tg_client_unref(tg_client *c);

/* stores.c */
tg_ledger *tg_client_ledger(tg_client *c); /* opened when first asked for; NULL: none can be had */
tg_cache *tg_client_cache(tg_client *c);   /* the same */
void tg_client_mind_stores(tg_client *c);  /* reports what does not work in them */
/* how long its stores may wait for other processes from now on */
void tg_call_patience(const tg_call *call);

void tg_stores_hurry(tg_client *c);    /* for what only looks into the ledger */
void tg_stores_patience(tg_client *c); /* takes that back */

/* load.c */
bool tg_client_transport(tg_client *c, tg_error *err); /* opens it when it is not yet */

/* costs.c */
void tg_client_charge(tg_client *c, const tg_call *call);

/* end.c */
void tg_call_set_leader(tg_call *call, tg_call *leader); /* LEADER may be NULL */
void tg_call_end(tg_call *call); /* takes it off the client's list: it is done */
bool tg_call_fail(tg_call *call, tg_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* cached.c */
/* Whatever the store has is fetched once: it answers, or serves for validators and as stale data.
** True: the call is done. */
bool tg_call_ask_store(tg_call *call);
bool tg_call_answer_stale(tg_call *call); /* where the caller wants stale data rather than none */
void tg_call_store(tg_call *call);        /* keeps the reply of a read, where its row says so */
bool tg_call_still_true(tg_call *call);   /* after a 304. False: err */
void tg_call_touch(tg_call *call);        /* after that: the stored reply is as young as this one */

/* call.c */
void tg_call_advance(
    tg_call *call); /* a waiting call whose time has come: sends it, or says why not */
double tg_call_due(const tg_call *call); /* ticks at which a waiting call has to be looked at */

/* spare.c */
#define TG_REPLY_KEEP ((size_t)16 << 10) /* bytes: the buffer of a reply up to here is used again */
tg_call *tg_call_memory(tg_client *c);   /* zeros and empty buffers; NULL: out of memory */
void tg_call_recycle(tg_client *c, tg_call *call);
void tg_call_discard(tg_call *call); /* accepts NULL */

/* tally.c */
void tg_tally_sent(tg_call *call);  /* a try was sent; reads are not counted */
void tg_tally_ended(tg_call *call); /* the call is done, and its error says how */

/* confirm.c */
/* BODY is of a reply with a status of success. False: it says that a change, or a part of it, was
   not made, or nothing that confirms it, and the call has failed. */
bool tg_call_confirmed(tg_call *call, tg_text body);

/* dry.c */
/* true: it is done, for this is a dry run and it would change something */
bool tg_call_dry(tg_call *call);

/* gate.c */
int64_t tg_call_paying_window(tg_call *call); /* as far as it is known now */
/* The window is closed for `seconds`: waits if the caller wants that, answers from the store, or
** fails. */
void tg_call_closed(tg_call *call, double seconds, tg_kind kind);
/* False: the call waits for its place, its turn or its window, or is done. */
bool tg_call_may_go(tg_call *call);
bool tg_client_has_place(const tg_client *c); /* for one more try with the transport */
void tg_call_on_wire(tg_call *call);          /* its try has been sent */
void tg_call_off_wire(tg_call *call);         /* its exchange has ended or was given up */
void tg_call_give_back(tg_call *call);        /* its try was never sent: it has cost nothing */
/* What the reply said of the window; TG_UNKNOWN_COUNT and below 0: nothing. */
void tg_call_count(tg_call *call, int remaining, double resets_in);

/* settle.c. A read changes nothing. */
void tg_call_note(tg_call *call);      /* it is being sent: what it changes is about to be stale */
void tg_call_take_back(tg_call *call); /* it was sent, or could not be, and changed nothing */
void tg_call_changed(tg_call *call);   /* it may have been carried out: what it changes is stale */
/* Drops from the cache what an earlier change could not. False: it still cannot be asked. */
bool tg_call_drop_missed(tg_client *c);
bool tg_call_tags(const tg_call *call, tg_buf *tags); /* of its reply. False: out of memory */
void tg_call_weigh(tg_call *call); /* marks what the store had, where it is from before a change */
void tg_call_settle(
    tg_call *call); /* marks its reply, where the server may not show a change yet */

/* finish.c */
void tg_call_finish(tg_call *call); /* its exchange has ended */

/* reply.c */
/* Of a reply without a length, of that content type: not JSON to its end, so more may be
   missing. */
bool tg_reply_is_cut(tg_text body, const char *type);
bool tg_reply_is_page(tg_text body); /* HTML and the like, which no operation answers */
/* Makes the reply of a body (taken). Headers are copied. False: err, and the body is freed. */
bool tg_reply_make(tg_call *call, int status, char *body, size_t n, tg_text headers, tg_error *err);
/* for a call that waited for the same read */
tg_reply *tg_reply_share(const tg_reply *r, tg_error *err);

/* headers.c */
const char *tg_headers_find(tg_text headers, const char *name);

/* report.c */
void tg_report(tg_call *call, tg_event_type type, double seconds, const char *reason);
void tg_report_dry(tg_call *call); /* with the whole request */
void tg_events_free(tg_client *c);
/* Report something that does not work although calls go on. A sentence that the client has reported
   is not repeated. */
void tg_report_warning(tg_client *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* explain.c */
/* message and advice of a failure, from kind and status */
void tg_error_explain(tg_error *err, const tg_call *call);

#endif
