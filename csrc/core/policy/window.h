/*
** One quota window as a value: what a request takes from it, what a reply reports of it, what is released to it. Pure:
** no clock, no file. The ledger keeps such values as rows, and changes each inside one transaction.
*/
#ifndef TG_WINDOW_H
#define TG_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define TG_WINDOW_SECONDS 3600.0
#define TG_WINDOW_FAR     7200.0 /* a reset farther off than this comes from a clock that has moved */
#define TG_WINDOW_MARGIN  1.0    /* the server cuts its seconds to whole ones */
#define TG_WINDOW_SLACK   10.0   /* two reports about one window differ by less */
#define TG_WINDOW_MOST                                                                             \
    1000000 /* requests in a window: a larger number is nonsense, and is taken as this one */

/*
** The states of a window:
**   open       remaining is not known: the server has not reported it, or does not enforce its limit
**   counted    remaining and resets_at are known; each take leaves one less; at 0 (or the reserve) it is closed
**   over       resets_at has passed: the next take begins a window, from total where that is known
** Early requests are those sent while the size of the window is unknown; the first count of the server may lack those
** that are still in flight. The process of one may have been killed, so they end by the clock at the latest.
*/
typedef struct tg_quota {
    int total, remaining; /* below 0: not known */
    int first;            /* what the first count of the server left; below 0: not known */
    int early;            /* early requests in flight */
    double early_until;   /* seconds since 1970 from which on they count no longer */
    double
        resets_at; /* 0: not known. Not reported: the latest end that the window can have, by our own reckoning */
    bool reported;      /* the server has reported when this window ends */
    int64_t generation; /* counts windows, so that a request is never released to a later one */
    int64_t spent;      /* requests ever taken */
} tg_quota;

/* A window of which nothing is known. */
tg_quota tg_window_new(void);

/* What a request needs of its window. */
typedef struct tg_window_ask {
    double now;
    int reserve; /* requests left to people */
    int n;       /* how many to take */
    int together; /* how many early requests may be in flight, these included; 0: these are no early ones */
    double early_until; /* when these have ended, whatever becomes of their process */
} tg_window_ask;

/*
** Takes from W unless that would leave fewer than the reserve. Of a window that is over one request may go whatever the
** reserve: the total may have been learned too small, and only a reply can mend it. False: W is as it was.
*/
bool tg_window_take(tg_quota *w, const tg_window_ask *ask);
/* Why a take was refused: until when W is closed; below 0: what is left is kept for early requests in flight. */
double tg_window_closed_until(const tg_quota *w, double now, int reserve);
/* Did a take from W, as it is now, count as an early request? */
bool tg_window_is_early(const tg_quota *w, const tg_window_ask *ask);

/* N requests of that generation were never sent. 0: they belong to no window that lasts. */
void tg_window_release(tg_quota *w, int64_t generation, int n);

/* What a reply reports. */
typedef struct tg_window_report {
    int remaining, total; /* below 0: not reported, or not enforced */
    int left;             /* remaining, less the reservation of this process */
    bool counted;         /* remaining was reported at all */
    double resets_at;     /* 0: not reported */
    double resets_in;
} tg_window_report;

/* REMAINING and TOTAL: TG_UNKNOWN_COUNT where not reported; RESERVED: requests of this window that the process has taken
** ahead of use. */
tg_window_report tg_window_reported(double now, int remaining, double resets_in, int total,
                                    int reserved);
/* Changes W by the report; true: there was news in it. */
bool tg_window_merge(tg_quota *w, const tg_window_report *r, double now);

/*
** What REMAINING means, reported with the reply to an early request of that generation. The first count of the server
** had counted some of the early requests, and reported a higher number to those; all others have to be taken from it.
*/
int tg_window_landed_count(const tg_quota *w, int64_t generation, int remaining);
void tg_window_landed(tg_quota *w,
                      int64_t generation); /* one early request of that generation has ended */

/* A 402 for a used-up window. UNTIL not after NOW: it is not known until when. */
void tg_window_close(tg_quota *w, double now, double until);

/* What was counted for a workspace alone was its organization's: W gets what OF_WORKSPACE knows better, and its cost. */
void tg_window_join(tg_quota *w, const tg_quota *of_workspace);

/* W as it stands at NOW, for people: what is left of a window that is over is its total. */
tg_quota tg_window_at(const tg_quota *w, double now);

#endif
