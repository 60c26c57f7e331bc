#include "ledger_window.h"

word tg_window_word(double now, int remaining, double resets_in, int total, int ahead)
{
    if (remaining > MOST_REQUESTS) remaining = MOST_REQUESTS;
    if (total > MOST_REQUESTS) total = MOST_REQUESTS;
    bool timed = resets_in >= 0 && resets_in <= FAR_SECONDS - MARGIN_SECONDS;
    return (word){.remaining = remaining,
                  .left = remaining > ahead ? remaining - ahead
                          : remaining < 0   ? remaining
                                            : 0,
                  .counted = remaining >= NOT_SAID,
                  .total = total >= NOT_SAID && total > 0 ? total : -1,
                  .resets_in = timed ? resets_in : -1,
                  .resets_at = timed ? now + resets_in + MARGIN_SECONDS : 0};
}

/* A reply from the last seconds of a window, read when the next one had begun: it would undo what
   we counted since. */
static bool late(const window *w, const word *s, double now)
{
    bool live = w->resets_at > now;
    return s->resets_at > 0 && s->resets_in < SLACK_SECONDS && live &&
           w->resets_at > s->resets_at + SLACK_SECONDS && w->remaining >= 0;
}

static bool other_window(const window *w, const word *s, double now)
{
    if (w->resets_at <= now || w->resets_at > now + FAR_SECONDS) return w->resets_at > 0;
    if (!w->said || s->resets_at == 0) return false;
    return s->resets_at > w->resets_at + SLACK_SECONDS ||
           s->resets_at < w->resets_at - SLACK_SECONDS;
}

/*
** In a window that has just begun the first number tells the total, as the request it came with was
** the first. A number that the total cannot explain corrects it: another plan, or a total learned
** too small. Too large by one does no harm, since the next word lowers the count.
*/
static void learn_total(window *w, const word *s)
{
    int old = w->total;
    bool fresh = s->resets_in >= WINDOW_SECONDS - 2;
    if (s->total > 0)
        w->total = s->total;
    else if (s->remaining >= 0 && s->remaining >= old && (fresh || old >= 0))
        w->total = s->remaining + 1;
    if (old < 0 || w->total == old || w->remaining < 0) return;
    if (w->said)
        w->remaining = -1; /* the server knows better than its earlier words */
    else
        /* we began to count from a wrong number: what we took stays taken */
        w->remaining += w->total - old;
    if (!w->said && w->remaining < 0) w->remaining = 0;
}

static void learn_remaining(window *w, const word *s)
{
    if (!s->counted) return;
    if (s->remaining < 0)
        w->remaining = -1;
    else if (w->remaining < 0 || w->remaining > s->left)
        w->remaining = s->left;
}

static bool same(const window *a, const window *b)
{
    return a->total == b->total && a->remaining == b->remaining && a->resets_at == b->resets_at &&
           a->said == b->said && a->generation == b->generation;
}

/* Pure. True: there was something new in it. Inside a window its first reset is kept: it was late
   enough already. */
bool tg_window_merge(window *w, const word *s, double now)
{
    window old = *w;
    if (late(w, s, now)) return false;
    if (other_window(w, s, now))
        *w = (window){.total = w->total, .remaining = -1, .generation = w->generation + 1};
    learn_total(w, s);
    learn_remaining(w, s);
    if (s->resets_at > 0 && !w->said) w->resets_at = s->resets_at;
    w->said = w->said || s->resets_at > 0;
    return !same(w, &old);
}
