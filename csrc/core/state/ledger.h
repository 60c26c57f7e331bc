/*
** The quota ledger: one window of requests per (account, organization) and one per account for
** everything else. What is known comes from the server (two headers, GET /me/quota); between two of
** its words we count down ourselves. Kept in state.db and exact across processes: a request is
** taken from its window in one transaction before it goes.
*/
#ifndef TG_LEDGER_H
#define TG_LEDGER_H

#include "state.h"
#include "toggl.h"

typedef struct tg_ledger tg_ledger;

/* STATE outlives the ledger, or is OWNed: closed with it, also when this fails. ACCOUNT is the
   fingerprint of credentials and server. */
tg_ledger *tg_ledger_new(tg_state *state, bool own, const char *account, tg_error *err);
void tg_ledger_free(tg_ledger *l);
tg_state *tg_ledger_state(const tg_ledger *l); /* what it stands on; borrowed */

/*
** Takes one request from the window of ORGANIZATION, unless that would leave fewer than RESERVE.
** True: it may go now. False with *until > 0: the window is closed until then (seconds since 1970).
** False with *until 0: err is filled. False with *until below 0: requests in flight of an unknown
** window may spend all that is left; ask again in a moment. What is not known is not zero: a window
** of which nothing is known, or not when it ends, is open.
*/
bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until,
                    tg_error *err);
/*
** Early requests are those of a window of which no process knows the size. The server's first word
** does not count those that reach it later, so the file keeps how many are in flight: all processes
** together send at most so many, and what the first word leaves is first of all theirs.
*/
typedef struct tg_early {
    int together; /* how many may be in flight; 0: this is not to be one of them */
    double lasts; /* seconds after which this one has ended, whatever becomes of this process */
    bool booked;  /* out: it is one of them, and has to land */
} tg_early;

/* As tg_ledger_take, by a process that has not seen the window yet. */
bool tg_ledger_take_early(tg_ledger *l, int64_t organization, double now, int reserve,
                          tg_early *early, double *until, tg_error *err);
/* An early request, paid by that window, has ended; SENT: it may have been counted. REMAINING and
   RESETS_IN: as for ** tg_ledger_learn, in one write. */
void tg_ledger_landed(tg_ledger *l, int64_t organization, int64_t generation, double now, bool sent,
                      int remaining, double resets_in);

/* Which window of ORGANIZATION paid for the request that was taken last. */
int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization);
/* Releases a request that was taken from that window and never reached the server. */
void tg_ledger_release(tg_ledger *l, int64_t organization, int64_t generation);

/*
** What a reply said of its window. Not said: REMAINING or TOTAL below INT32_MIN+1, RESETS_IN below
** 0. The limit is not enforced where REMAINING is another number below 0. The lower of two numbers
** wins inside one window, since replies overtake one another; a later reset starts a new window.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining,
                     double resets_in, int total);
/* A 402 for a used-up window: closed until `until`, whatever we had counted. Not after NOW: it is
   not known until when, ** which can be no longer than a whole window. */
void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until);

/*
** What this process last knew to be left, without asking the file; below 0: not known. As long as
** it is not known, more than one request in flight may be more than is left.
*/
int tg_ledger_left(const tg_ledger *l, int64_t organization);

/*
** Which organization a workspace belongs to: remembered for ever, since workspaces do not move.
** PLACES, N of them, is scratch afterwards. One question to the file, and one write when there is
** something new.
*/
void tg_ledger_map(tg_ledger *l, tg_place *places, size_t n);
/* 0: not known. */
int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace);

/* Calls FN with each known window; false ends the walk. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w),
                    void *ctx);

/* Small facts learned about a server, kept beside the windows: "page_size:get_organization_users"
   -> 200. */
bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value);
void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value);

/* Release the unused reservations of this process to the file. Also done by free, each, map and
   close. */
void tg_ledger_flush(tg_ledger *l);
/*
** The same for windows of which nothing was taken for a second: nothing is in flight, and other
** processes may need the last few.
*/
void tg_ledger_flush_idle(tg_ledger *l, double now);

#endif
