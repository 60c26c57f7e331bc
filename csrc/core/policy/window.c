#include "window.h"

#include "policy.h"

tg_quota tg_window_new(void)
{
    return (tg_quota){.total = -1, .remaining = -1, .first = -1, .generation = 1};
}

/* ---------------------------------------------------------------------------------------- take */

static bool is_over(const tg_quota *w, double now)
{
    return w->resets_at > 0 && (w->resets_at <= now || w->resets_at > now + TG_WINDOW_FAR);
}

/* Is W within a window whose end is known? */
static bool is_live(const tg_quota *w, double now)
{
    return w->resets_at > now && w->resets_at <= now + TG_WINDOW_FAR;
}

/* Early requests that may still be in flight. */
static int early_now(const tg_quota *w, double now)
{
    bool ended = w->early_until <= now || w->early_until > now + TG_WINDOW_FAR;
    return ended || is_over(w, now) ? 0 : w->early;
}

/* Is the size of the window unknown? */
static bool is_unknown(const tg_quota *w, double now)
{
    return is_over(w, now) ? w->total < 0 : w->remaining < 0 && !w->reported;
}

/* The end of a window that a take has begun is computed, too, but no reply has counted it yet. */
bool tg_window_is_guessed(const tg_quota *w)
{
    return !w->reported && w->resets_at > 0 && w->remaining >= 0 && w->first >= 0;
}

static bool allows(const tg_quota *w, const tg_window_ask *ask)
{
    int64_t needed = (int64_t)ask->reserve + ask->n;
    int early = early_now(w, ask->now);
    if (is_unknown(w, ask->now)) return ask->together == 0 || early + ask->n <= ask->together;
    if (is_over(w, ask->now)) return w->total >= needed || ask->n == 1;
    if (tg_window_is_guessed(w) && ask->reserve == 0) return true;
    return w->remaining < 0 || w->resets_at == 0 || w->remaining >= needed + early;
}

/* Begin the window that follows an expired one. */
static void begin_next(tg_quota *w, double now)
{
    w->remaining = w->total;
    w->resets_at = w->total < 0 ? 0 : now + TG_WINDOW_SECONDS;
    w->first = -1;
    w->reported = false;
    w->generation++;
}

bool tg_window_is_early(const tg_quota *w, const tg_window_ask *ask)
{
    return ask->together > 0 && is_unknown(w, ask->now);
}

bool tg_window_take(tg_quota *w, const tg_window_ask *ask)
{
    if (!allows(w, ask)) return false;
    bool early = tg_window_is_early(w, ask);
    w->early = early_now(w, ask->now);
    if (is_over(w, ask->now)) begin_next(w, ask->now);
    if (early) {
        if (w->early == 0 || w->early_until < ask->early_until) w->early_until = ask->early_until;
        w->early += ask->n;
    }
    if (w->remaining >= 0) w->remaining = w->remaining > ask->n ? w->remaining - ask->n : 0;
    w->spent += ask->n;
    return true;
}

/* A clock that was set back shows an end that is farther ahead than a window is long. */
static double plausible_end(double end, double now)
{
    double latest = now + TG_WINDOW_SECONDS + TG_WINDOW_MARGIN;
    return end < latest ? end : latest;
}

/* A reserve as large as the window never leaves a request. */
double tg_window_closed_until(const tg_quota *w, double now, int reserve)
{
    bool live = is_live(w, now);
    bool kept =
        live || w->resets_at == 0 ? w->remaining < 0 || w->remaining > reserve : w->total < 0;
    return kept ? -1 : live ? plausible_end(w->resets_at, now) : now + TG_WINDOW_SECONDS;
}

void tg_window_release(tg_quota *w, int64_t generation, int n)
{
    w->spent -= n;
    if (generation == w->generation && w->remaining >= 0) w->remaining += n;
}

/* ------------------------------------------------------------------------------------- reports */

static int bounded(int n)
{
    return n > TG_WINDOW_MOST ? TG_WINDOW_MOST : n;
}

tg_window_report tg_window_reported(double now, int remaining, double resets_in, int total,
                                    int reserved)
{
    bool timed = resets_in >= 0 && resets_in <= TG_WINDOW_FAR - TG_WINDOW_MARGIN;
    remaining = bounded(remaining);
    return (tg_window_report){.remaining = remaining,
                              .left = remaining > reserved ? remaining - reserved
                                      : remaining < 0      ? remaining
                                                           : 0,
                              .counted = remaining != TG_UNKNOWN_COUNT,
                              .total = total > 0 ? bounded(total) : -1,
                              .resets_in = timed ? resets_in : -1,
                              .resets_at = timed ? now + resets_in + TG_WINDOW_MARGIN : 0};
}

/* A reply from the last seconds of a window, read after the next one began: it would undo what was
   counted since. */
static bool is_late(const tg_quota *w, const tg_window_report *r, double now)
{
    return r->resets_at > 0 && r->resets_in < TG_WINDOW_SLACK && w->resets_at > now &&
           w->resets_at > r->resets_at + TG_WINDOW_SLACK && w->remaining >= 0;
}

static bool of_other_window(const tg_quota *w, const tg_window_report *r, double now)
{
    if (!is_live(w, now)) return w->resets_at > 0;
    if (tg_window_is_guessed(w)) return r->resets_at > w->resets_at + TG_WINDOW_SLACK;
    if (!w->reported || r->resets_at == 0) return false;
    return r->resets_at > w->resets_at + TG_WINDOW_SLACK ||
           r->resets_at < w->resets_at - TG_WINDOW_SLACK;
}

/*
** In a window that has just begun, the first count reveals the total, since its request was the
** first. A count above the total corrects the total: the plan changed, or the learned total was too
** small. A total that is too large by one is harmless, since the next report lowers the count.
*/
static void learn_total(tg_quota *w, const tg_window_report *r)
{
    int old = w->total;
    bool begun = r->resets_in >= TG_WINDOW_SECONDS - 2;
    if (r->total > 0)
        w->total = r->total;
    else if (r->remaining >= 0 && r->remaining >= old && (begun || old >= 0))
        w->total = r->remaining + 1;
    if (old < 0 || w->total == old || w->remaining < 0) return;
    if (w->reported)
        w->remaining = -1; /* the server's count overrides its earlier reports */
    else
        w->remaining +=
            w->total - old; /* the count started from a wrong total: keep what was taken */
    if (!w->reported && w->remaining < 0) w->remaining = 0;
}

static void learn_remaining(tg_quota *w, const tg_window_report *r)
{
    if (!r->counted) return;
    if (r->remaining < 0)
        w->remaining = -1;
    else if (w->remaining < 0 || w->remaining > r->left)
        w->remaining = r->left;
}

/* A new window has no early requests, and its first count is its present one. */
static void keep_first(tg_quota *w, const tg_quota *old)
{
    bool new_ = w->generation != old->generation;
    w->early = new_ ? 0 : old->early;
    w->first = new_ || old->remaining < 0 ? w->remaining : old->first;
}

static bool same(const tg_quota *a, const tg_quota *b)
{
    return a->total == b->total && a->remaining == b->remaining && a->resets_at == b->resets_at &&
           a->reported == b->reported && a->generation == b->generation;
}

/* Within a window its first reset time is kept: it is late enough already. So is an hour from the
   first count, if no end is reported. */
bool tg_window_merge(tg_quota *w, const tg_window_report *r, double now)
{
    tg_quota old = *w;
    if (is_late(w, r, now)) return false;
    if (of_other_window(w, r, now)) {
        w->remaining = -1;
        w->resets_at = 0;
        w->reported = false;
        w->generation++;
    }
    learn_total(w, r);
    learn_remaining(w, r);
    if (r->resets_at > 0 && !w->reported) w->resets_at = r->resets_at;
    w->reported = w->reported || r->resets_at > 0;
    if (w->remaining >= 0 && w->resets_at == 0) w->resets_at = now + TG_WINDOW_SECONDS;
    keep_first(w, &old);
    return !same(w, &old);
}

int tg_window_landed_count(const tg_quota *w, int64_t generation, int remaining)
{
    if (w->generation != generation || w->remaining < 0 || w->first < 0) return remaining;
    bool counted =
        remaining != TG_UNKNOWN_COUNT && (remaining > w->first || remaining < w->remaining);
    return counted ? remaining : w->remaining > 0 ? w->remaining - 1 : 0;
}

void tg_window_landed(tg_quota *w, int64_t generation)
{
    if (w->generation == generation && w->early > 0) w->early--;
}

void tg_window_close(tg_quota *w, double now, double until)
{
    tg_quota old = *w;
    double end = until > now                      ? until + TG_WINDOW_MARGIN
                 : w->reported && is_live(w, now) ? w->resets_at
                                                  : now + TG_WINDOW_SECONDS;
    w->resets_at = end < now + TG_WINDOW_FAR ? end : now + TG_WINDOW_FAR;
    w->remaining = 0;
    w->reported = true;
    w->generation++; /* requests in flight are released to none */
    keep_first(w, &old);
}

/* ---------------------------------------------------------------------------- places and people */

/* Keep the lower count, which is the better known one. */
void tg_window_join(tg_quota *w, const tg_quota *of_workspace)
{
    tg_quota old = *w;
    bool lower = of_workspace->remaining >= 0 && of_workspace->remaining < w->remaining;
    if (of_workspace->reported && (!w->reported || lower)) {
        *w = *of_workspace;
        w->generation +=
            old.generation; /* differs from both, so requests in flight are released to neither */
        keep_first(w, &old);
    }
    w->spent = old.spent + of_workspace->spent;
}

tg_quota tg_window_at(const tg_quota *w, double now)
{
    tg_quota out = *w;
    bool over = is_over(w, now);
    if (over) out.remaining = out.total;
    out.resets_at = over || !w->reported ? 0 : plausible_end(w->resets_at, now);
    return out;
}
