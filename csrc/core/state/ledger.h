/*
** The quota ledger: one window of requests per (account, organization), and one per account for
** everything else. The counts come from the server (two headers, GET /me/quota); between two
** reports the ledger counts down itself. Stored in state.db and exact across processes: a request
** is taken from its window in one transaction before it is sent.
*/
#ifndef TG_LEDGER_H
#define TG_LEDGER_H

#include "state.h"
#include "toggl.h"

typedef struct tg_ledger tg_ledger;

/* STATE outlives the ledger, or is OWNed: closed with it, and also on failure. ACCOUNT is the
   fingerprint of credentials and server. */
tg_ledger *tg_ledger_new(tg_state *state, bool own, const char *account, tg_error *err);
void tg_ledger_free(tg_ledger *l);
tg_state *tg_ledger_state(const tg_ledger *l); /* the state in use; borrowed */

/*
** Take one request from the window of ORGANIZATION, unless fewer than RESERVE would remain. True:
** it may be sent now. False with *until > 0: the window is closed until then (seconds since 1970).
** False with *until 0: err. False with *until below 0: requests in flight of an unknown window may
** use up the rest; retry in a moment. Unknown is not zero: a window whose state or end is
** unknown is open.
*/
bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until,
                    tg_error *err);
/*
** Early requests are sent while no process knows the size of their window. The server's first count
** does not include those that reach it later, so the file counts those in flight: all processes
** together send at most so many, and the requests left by the first count are kept for them first.
*/
typedef struct tg_early {
    int together; /* limit of early requests in flight; 0: this request is not early */
    double lasts; /* seconds after which it has ended, even if its process was killed */
    bool booked;  /* out: it is early, and must be reported by tg_ledger_landed */
} tg_early;

/* As tg_ledger_take, for a window that this process has no report of yet. */
bool tg_ledger_take_early(tg_ledger *l, int64_t organization, double now, int reserve,
                          tg_early *early, double *until, tg_error *err);
/* An early request paid by that window has ended; SENT: it may have been counted. REMAINING and
   RESETS_IN: as for tg_ledger_learn, in the same write. */
void tg_ledger_landed(tg_ledger *l, int64_t organization, int64_t generation, double now, bool sent,
                      int remaining, double resets_in);

/* The generation of ORGANIZATION's window that paid for the last request. */
int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization);
/* Release a request taken from that window that never reached the server. */
void tg_ledger_release(tg_ledger *l, int64_t organization, int64_t generation);

/*
** Record a reply's report of its window. Not reported: REMAINING or TOTAL below INT32_MIN+1,
** RESETS_IN below 0. Other values of REMAINING below 0 mean that the limit is not enforced. Within
** one window the lower of two counts wins, since replies overtake one another; a later reset begins
** a new window.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining,
                     double resets_in, int total);
/* After a 402: close the window until `until`, whatever was counted. If that is not after NOW, the
   end is unknown, and at most a whole window away. */
void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until);

/*
** The last count known to this process, without reading the file; below 0: unknown. While it is
** unknown, several requests in flight may exceed the limit.
*/
int tg_ledger_left(const tg_ledger *l, int64_t organization);
/* The same of its end: tg_window_is_guessed(). */
bool tg_ledger_is_guessed(const tg_ledger *l, int64_t organization);

/*
** Record the organizations of workspaces, for ever, since workspaces do not move. PLACES, of length
** N, is modified. One query, and one write if a place is new.
*/
void tg_ledger_map(tg_ledger *l, tg_place *places, size_t n);
/* 0: unknown. */
int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace);

/* Call FN with each known window; false ends the iteration. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w),
                    void *ctx);

/* Small facts about a server, stored with the windows: "page_size:get_organization_users" ->
   200. */
bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value);
void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value);

/* Release the unused reservations of this process to the file. Free, each, map and close do so as
   well. */
void tg_ledger_flush(tg_ledger *l);
/*
** The same for windows without a take for a second: nothing is in flight, and other processes may
** need the last requests.
*/
void tg_ledger_flush_idle(tg_ledger *l, double now);

#endif
