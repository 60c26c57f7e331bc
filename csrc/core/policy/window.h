/*
** One quota window as a value: what a request takes, what a reply reports, what is released. Pure:
** no clock, no file. The ledger stores such values as rows and changes each within one transaction.
*/
#ifndef TG_WINDOW_H
#define TG_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define TG_WINDOW_SECONDS 3600.0
/* a reset time farther ahead than this comes from a clock that was changed */
#define TG_WINDOW_FAR    7200.0
#define TG_WINDOW_MARGIN 1.0  /* the server truncates its seconds */
#define TG_WINDOW_SLACK  10.0 /* two reports about one window differ by less */
/* limit of requests in a window; larger counts are implausible and reduced to it */
#define TG_WINDOW_MOST 1000000

/*
** The states of a window:
**
**   open       remaining is unknown: the server has not reported it, or does not enforce its limit
**   counted    remaining and resets_at are known; each take subtracts one; at 0 (or the reserve)
**              the window is closed
**   guessed    counted by a server that reported no end, or an unusable one: it ends an hour after
**              the first count at the latest. A reserve is kept until then. Without one the window
**              is open, since it may have ended, and a 402 costs less than an hour of waiting
**   over       resets_at has passed: the next take begins a window, with total if that is known
**
** Early requests are sent while the size of the window is unknown; the first count of the server
** may not include those in flight. Their process may be killed, so they also end by the clock.
*/
typedef struct tg_quota {
    int total, remaining; /* below 0: unknown */
    int first;            /* remaining in the first count reported; below 0: unknown */
    int early;            /* early requests in flight */
    double early_until;   /* seconds since 1970 from which they no longer count */
    double resets_at;     /* 0: unknown. If not reported: our estimate of the latest end */
    bool reported;        /* the server has reported when this window ends */
    /* number of the window, so that a request is never released to a later one */
    int64_t generation;
    int64_t spent; /* all requests taken so far */
} tg_quota;

/* A window of unknown state. */
tg_quota tg_window_new(void);

/* The demand of a request on its window. */
typedef struct tg_window_ask {
    double now;
    int reserve;  /* requests reserved for interactive use */
    int n;        /* how many to take */
    int together; /* limit of early requests in flight, these included; 0: these are not early */
    double early_until; /* when these have ended at the latest, even if their process was killed */
} tg_window_ask;

/*
** Take N requests from W unless fewer than the reserve would remain. In an expired window, one
** request may always go: the learned total may be too small, and only a reply can correct it.
** False: W is unchanged.
*/
bool tg_window_take(tg_quota *w, const tg_window_ask *ask);
/* After a rejected take: the time until which W is closed; below 0: the rest is kept for early
   requests in flight. */
double tg_window_closed_until(const tg_quota *w, double now, int reserve);
/* Would a take from W in its present state count as an early request? */
bool tg_window_is_early(const tg_quota *w, const tg_window_ask *ask);

/* Is the end of W not reported, and an hour after its first count at the latest? */
bool tg_window_is_guessed(const tg_quota *w);

/* Release N requests of that generation that were never sent. 0: they belong to no lasting
   window. */
void tg_window_release(tg_quota *w, int64_t generation, int n);

/* The report of a reply. */
typedef struct tg_window_report {
    int remaining, total; /* below 0: not reported, or not enforced */
    int left;             /* remaining, minus the reservation of this process */
    bool counted;         /* remaining was reported at all */
    double resets_at;     /* 0: not reported */
    double resets_in;
} tg_window_report;

/* REMAINING and TOTAL: TG_UNKNOWN_COUNT if not reported. RESERVED: requests of this window that the
   process has taken ahead of use. */
tg_window_report tg_window_reported(double now, int remaining, double resets_in, int total,
                                    int reserved);
/* Update W by the report; true: W has changed. */
bool tg_window_merge(tg_quota *w, const tg_window_report *r, double now);

/*
** The remaining count to record for REMAINING, as reported in the reply to an early request of that
** generation. The server had counted only some of the early requests when it reported; the others
** must still be subtracted.
*/
int tg_window_landed_count(const tg_quota *w, int64_t generation, int remaining);
void tg_window_landed(tg_quota *w,
                      int64_t generation); /* one early request of that generation has ended */

/* Close W after a 402. UNTIL at or before NOW: the end is unknown. */
void tg_window_close(tg_quota *w, double now, double until);

/* The window counted for a workspace belongs to its organization: merge the better counts, and the
   cost, of OF_WORKSPACE into W. */
void tg_window_join(tg_quota *w, const tg_quota *of_workspace);

/* W at NOW, for display: an expired window shows its total as remaining. */
tg_quota tg_window_at(const tg_quota *w, double now);

#endif
