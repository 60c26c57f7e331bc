/*
** The quota ledger: one window of requests per (account, organization) and one per account for everything else.
** What is known comes from the server (two headers, GET /me/quota); between two of its words we count down ourselves.
** Kept in state.db and exact across processes: a request is taken from its window in one transaction before it goes.
*/
#ifndef TG_LEDGER_H
#define TG_LEDGER_H

#include "store.h"
#include "toggl.h"

typedef struct tg_ledger tg_ledger;

/* Opens the state file that a ledger stands on; warning and err as tg_store_open. */
tg_store *tg_ledger_store(const char *path, char warning[300], tg_error *err);

/* STATE is borrowed and outlives the ledger; NULL: kept in memory alone. ACCOUNT is the fingerprint of credentials and
** server. */
tg_ledger *tg_ledger_new(tg_store *state, const char *account, tg_error *err);
void tg_ledger_free(tg_ledger *l);

/*
** Takes one request from the window of ORGANIZATION, unless that would leave fewer than RESERVE. True: it may go now.
** False with *until > 0: the window is closed until then (seconds since 1970). False with *until 0: err is filled.
** What is not known is not zero: a window of which nothing is known, or not when it ends, is open.
*/
bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until, tg_error *err);
/* Which window of ORGANIZATION paid for the request that was taken last. */
int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization);
/* Gives back a request that was taken from that window and never reached the server. */
void tg_ledger_give_back(tg_ledger *l, int64_t organization, int64_t generation);

/*
** What a reply said of its window. Not said: REMAINING or TOTAL below INT32_MIN+1, RESETS_IN below 0. The limit is not
** enforced where REMAINING is another number below 0. The lower of two numbers wins inside one window, since replies
** overtake one another; a later reset starts a new window.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining, double resets_in, int total);
/* A 402 for a used-up window: closed until `until`, whatever we had counted. Not after NOW: it is not known until when,
** which can be no longer than a whole window. */
void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until);

/*
** What this process last knew to be left, without asking the file; below 0: not known. As long as it is not known, more
** than one request under way may be more than is left.
*/
int tg_ledger_left(const tg_ledger *l, int64_t organization);

/* Which organization a workspace belongs to: remembered for ever, since workspaces do not move. 0: not known. */
void tg_ledger_map(tg_ledger *l, int64_t workspace, int64_t organization);
int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace);

/* Calls FN with each known window; false ends the walk. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w), void *ctx);

/* Small facts learned about a server, kept beside the windows: "page_size:get_organization_users" -> 200. */
bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value);
void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value);

/*
** Gives back to the file what this process has taken in advance and not used. Also done by free, each, map and close;
** a program that goes on for long without requests may do it so that others have the last few.
*/
void tg_ledger_flush(tg_ledger *l);

#endif
