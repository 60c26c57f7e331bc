/* One quota window and what a reply says of it, without a file: what the ledger stands on. */
#ifndef TG_LEDGER_WINDOW_H
#define TG_LEDGER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/*
** A window in words:
**   open       remaining NULL: the server has not said, or does not enforce its limit
**   counted    remaining and resets_at are known; each take leaves one less; at 0 (or the reserve)
**              it is closed
**   over       resets_at has passed: the next take begins a window, from total when that is known
** resets_at 0: not known. Said: the server has spoken in this window; else it is our own reckoning
** from total, and resets_at is the latest end that it can have. Generation counts windows, so that
** a request that is given back is not given to a later one.
*/
#define WINDOW_SECONDS 3600.0
#define FAR_SECONDS    7200.0 /* a reset farther off than this comes from a clock that has moved */
#define MARGIN_SECONDS 1.0    /* the server cuts its seconds to whole ones */
#define SLACK_SECONDS  10.0   /* two words about one window differ by less */
/* in a window: a larger number is nonsense, and is taken as this one */
#define MOST_REQUESTS 1000000
#define NOT_SAID      (INT32_MIN + 1)

typedef struct window {
    int total, remaining; /* below 0: not known */
    double resets_at;
    bool said;
    int64_t generation;
} window;

/* What a reply said. */
typedef struct word {
    int remaining, total; /* below 0: not said, or not enforced */
    int left;             /* remaining, less what this process has taken in advance */
    bool counted;         /* remaining was said at all */
    double resets_at;     /* 0: not said */
    double resets_in;
} word;

/* AHEAD: requests of this window that were taken from the file and not used yet. */
word tg_window_word(double now, int remaining, double resets_in, int total, int ahead);
/* What the word changes; true: there was something new in it. */
bool tg_window_merge(window *w, const word *s, double now);

#endif
