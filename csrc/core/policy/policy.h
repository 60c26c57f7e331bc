/*
** Pure decisions: numbers in, a decision out. No clock, no input or output, no state but what is
** given.
*/
#ifndef TG_POLICY_H
#define TG_POLICY_H

#include "toggl.h"

#define TG_UNKNOWN_COUNT INT32_MIN /* a quota header that was not sent */
/* a server that wants us away for longer is obeyed by failing, not by waiting */
#define TG_RATE_WAIT_MAX 300.0

/* seconds: a window is an hour, so no word of a server means a longer wait */
#define TG_WINDOW_MAX 3600.0

/* How one try ended, as the client saw it. */
typedef struct tg_attempt {
    bool answered; /* a whole reply came: status is set */
    bool sent;     /* not answered: something of the request may have reached the server */
    /* not answered: a connection kept from an earlier request had ended, which says nothing of
       now */
    bool kept_died;
    bool timed_out;    /* not answered: because time was up */
    bool write;        /* the verb is not GET */
    bool safe;         /* the row says that a repeat is safe */
    bool gone_is_done; /* TG_GONE_IS_DONE */
    int status;
    int try_;             /* 1 for the first */
    int retries;          /* further tries allowed */
    bool earlier_unclear; /* tg_policy_unclear() was true of an earlier try of this call */
    double retry_after;   /* seconds of the header; below 0: none */
    int remaining;        /* X-Toggl-Quota-Remaining, or TG_UNKNOWN_COUNT */
    double resets_in;     /* X-Toggl-Quota-Resets-In, seconds; below 0: none */
    double quota_words;   /* tg_policy_quota_words() of the body of a 402 */
    double chance;        /* 0 <= x < 1 */
    double budget;        /* tries left in the client's retry budget; below 1: none */
} tg_attempt;

typedef enum tg_verdict {
    TG_DONE,  /* use the reply */
    TG_RETRY, /* send again after `delay` */
    /* the quota window is used up for `delay` seconds: wait if the caller wants, else fail */
    TG_CLOSED,
    TG_FAIL,   /* `kind` says why */
    TG_UNKNOWN /* it may or may not have been done: fail with TG_E_UNKNOWN */
} tg_verdict;

typedef struct tg_decision {
    tg_verdict verdict;
    /* of the error that follows, or that follows when the caller cannot or will not wait */
    tg_kind kind;
    /* RETRY, CLOSED: seconds to wait; FAIL: seconds until a repeat can succeed; below 0: not
       known */
    double delay;
} tg_decision;

tg_decision tg_policy_decide(const tg_attempt *a);

/*
** May this try have changed something without our knowing? A write that got no reply, or one whose
** reply comes from a server in trouble. Everything known about it must then be thought stale.
*/
bool tg_policy_unclear(const tg_attempt *a);

/*
** Seconds at the end of the server's sentence about the used-up hour. TG_QUOTA_NO_NUMBER: such a
** sentence, but without a number. -1: TEXT is no such sentence.
*/
#define TG_QUOTA_NO_NUMBER (-2.0)
double tg_policy_quota_words(tg_text text);

/* The kind of error a status stands for by itself; TG_OK for 2xx and 304. */
tg_kind tg_policy_kind(int status);

/*
** After a 429: requests are kept at least this many seconds apart, growing with each further one
** and easing with success. GAP is the present one, 0 at the start; returns the next.
*/
double tg_policy_pace(double gap, bool limited);

#endif
