/* Pure decisions: numbers in, a decision out. No clock, no input or output, no hidden state. */
#ifndef TG_POLICY_H
#define TG_POLICY_H

#include "toggl.h"

#define TG_UNKNOWN_COUNT INT32_MIN /* a quota header that was not sent */
/* longest Retry-After to wait for; beyond it the call fails */
#define TG_RATE_WAIT_MAX 300.0

/* seconds: a window is an hour, so no report of a server justifies a longer wait */
#define TG_WINDOW_MAX 3600.0

/* The result of one attempt. */
typedef struct tg_attempt {
    bool answered; /* a complete reply was received: status is set */
    bool sent;     /* not answered: a part of the request may have reached the server */
    /* not answered: a kept connection had been closed, which does not indicate trouble */
    bool kept_died;
    bool timed_out; /* not answered: the time ran out */
    bool write;     /* it changes something, by its row */
    int status;
    int try_;           /* number of the attempt, from 1 */
    int retries;        /* the most retries of a call */
    double retry_after; /* Retry-After in seconds; below 0: none */
    int remaining;      /* X-Toggl-Quota-Remaining, or TG_UNKNOWN_COUNT */
    double resets_in;   /* X-Toggl-Quota-Resets-In, seconds; below 0: none */
    double quota_words; /* tg_policy_quota_words() of the body of a 402 */
    double chance;      /* 0 <= x < 1 */
    double budget;      /* retries left in the client's budget; below 1: none */
} tg_attempt;

typedef enum tg_verdict {
    TG_DONE,  /* use the reply */
    TG_RETRY, /* send again after `delay` */
    /* the quota window is used up for `delay` seconds: wait if the caller allows it, else fail */
    TG_CLOSED,
    TG_FAIL,   /* `kind` says why */
    TG_UNKNOWN /* the write may have been applied: fail with TG_E_UNKNOWN */
} tg_verdict;

typedef struct tg_decision {
    tg_verdict verdict;
    /* of the resulting error, also if the caller cannot or will not wait */
    tg_kind kind;
    /* RETRY, CLOSED: seconds to wait; FAIL: seconds until a retry can succeed; below 0: unknown */
    double delay;
} tg_decision;

tg_decision tg_policy_decide(const tg_attempt *a);

/*
** Is this attempt ambiguous: a write without a reply, or with a reply from a server in trouble? The
** caller must then invalidate all stored data that the write can change.
*/
bool tg_policy_ambiguous(const tg_attempt *a);

/*
** The seconds at the end of the server's sentence about the used-up hour. TG_QUOTA_NO_NUMBER: the
** sentence has no number. -1: TEXT is not that sentence.
*/
#define TG_QUOTA_NO_NUMBER (-2.0)
double tg_policy_quota_words(tg_text text);

/*
** Pacing after a 429: the minimum gap between requests in seconds; it grows with each further 429
** and shrinks with success. GAP is the present one, 0 at the start; returns the next.
*/
double tg_policy_pace(double gap, bool limited);

#endif
