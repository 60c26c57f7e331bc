#include "policy.h"

#include <string.h>

/* endless retries after 429 have used up whole hours of quota in other clients */
#define RATE_TRIES 3

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* --------------------------------------------------------------------------------- status codes */

/* The kind of error that a status alone indicates; TG_OK for 2xx and 304. */
static tg_kind kind_of(int status)
{
    if ((status >= 200 && status < 300) || status == 304) return TG_OK;
    switch (status) {
    case 401: return TG_E_AUTH;
    case 402: return TG_E_PLAN;
    case 403: return TG_E_FORBIDDEN;
    case 404: return TG_E_NOT_FOUND;
    case 409: return TG_E_CONFLICT;
    case 410: return TG_E_GONE;
    case 429: return TG_E_RATE;
    case 400:
    case 405:
    case 406:
    case 411:
    case 412:
    case 413:
    case 414:
    case 415:
    case 416:
    case 417:
    case 422:
    case 428:
    case 431: return TG_E_INVALID;
    default: return TG_E_SERVER;
    }
}

/*
** A gateway may answer for a server that has completed the work. Other 5xx statuses reject the
** request itself, so that nothing was done and no retry can succeed: not implemented, version,
** negotiation, extension, captive network.
*/
static bool in_trouble(int status)
{
    switch (status) {
    case 501:
    case 505:
    case 506:
    case 510:
    case 511: return false;
    default: return status >= 500;
    }
}

/* Successes that do not complete the request: 202, accepted and not yet done; 206 and above,
   partial. */
static bool unfinished(int status)
{
    return status == 202 || (status >= 206 && status < 300);
}

bool tg_policy_ambiguous(const tg_attempt *a)
{
    return a->write && (a->answered ? in_trouble(a->status) || unfinished(a->status) : a->sent);
}

/* ----------------------------------------------------------------------------------- decisions */

static tg_decision fail(const tg_attempt *a, tg_kind kind, double delay)
{
    if (tg_policy_ambiguous(a)) return (tg_decision){TG_UNKNOWN, TG_E_UNKNOWN, delay};
    return (tg_decision){TG_FAIL, kind, delay};
}

static bool tries_left(const tg_attempt *a)
{
    return a->try_ <= a->retries && a->budget >= 1;
}

static tg_decision retry(tg_kind kind, double delay)
{
    return (tg_decision){TG_RETRY, kind, delay};
}

/* ------------------------------------------------------------------------------------ the cases */

/* Random, so that clients do not retry all at once after an outage: 1 to 5 s, doubled with each
   attempt. */
static double trouble_delay(const tg_attempt *a)
{
    double delay = 1 + 4 * a->chance;
    for (int i = 1; i < a->try_ && delay < 30; i++) delay *= 2;
    return least(delay, 30);
}

/*
** No usable reply: none, or one from a server in trouble. A write that may have been applied is not
** sent again, whatever its verb: a repeat undoes what others changed meanwhile. One that was never
** sent can be, even a POST.
*/
static tg_decision after_trouble(const tg_attempt *a, tg_kind kind)
{
    double delay = trouble_delay(a);
    if (a->retry_after > TG_RATE_WAIT_MAX || tg_policy_ambiguous(a) || !tries_left(a))
        return fail(a, kind, a->retry_after);
    /* the server closed an idle connection, which is no sign of trouble */
    if (a->kept_died && a->try_ == 1) delay = 0;
    return retry(kind, a->retry_after > delay ? a->retry_after : delay);
}

/* Rate limit: the request was rejected before processing, so any verb may be retried. */
static tg_decision after_rate(const tg_attempt *a)
{
    static const double steps[RATE_TRIES] = {1, 5, 15};
    if (a->try_ > RATE_TRIES || !tries_left(a) || a->retry_after > TG_RATE_WAIT_MAX)
        return fail(a, TG_E_RATE, a->retry_after);
    double wait = a->retry_after >= 0
                      ? a->retry_after * (1 + 0.1 * a->chance)
                      : steps[a->try_ > 1 ? a->try_ - 1 : 0] * (1 + 0.5 * a->chance);
    return retry(TG_E_RATE, wait);
}

/*
** 402 has two meanings. Quota: no request is left, or the body has the quota sentence. Plan:
** neither. If the two contradict each other (requests are left but the sentence says that the hour
** is used up; or a count below 0, which means that the limit is not enforced, and no sentence), the
** length of the wait is unknown: report it as a plan limit, which programs neither wait for nor
** retry.
*/
static tg_decision after_payment(const tg_attempt *a)
{
    bool counted = a->remaining != TG_UNKNOWN_COUNT, words = a->quota_words != -1;
    bool quota = (words && !(counted && a->remaining > 0)) || a->remaining == 0;
    if (!quota) return fail(a, TG_E_PLAN, -1);
    double longest = a->quota_words > a->resets_in ? a->quota_words : a->resets_in;
    double delay = least(longest, TG_WINDOW_MAX);
    return (tg_decision){TG_CLOSED, TG_E_QUOTA, delay >= 0 ? delay : -1};
}

tg_decision tg_policy_decide(const tg_attempt *a)
{
    tg_kind kind = a->answered ? kind_of(a->status) : a->timed_out ? TG_E_TIMEOUT : TG_E_TRANSPORT;
    if (a->answered && unfinished(a->status)) return fail(a, TG_E_DECODE, -1);
    if (kind == TG_OK) return (tg_decision){TG_DONE, TG_OK, -1};
    if (!a->answered || in_trouble(a->status)) return after_trouble(a, kind);
    if (a->status == 402) return after_payment(a);
    if (a->status == 429) return after_rate(a);
    return fail(a, kind, a->retry_after);
}

/* --------------------------------------------------------------------------------- the sentence */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool holds(tg_text text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.n; i++) {
        size_t k = 0;
        while (k < n && lower(text.p[i + k]) == word[k]) k++;
        if (k == n) return true;
    }
    return false;
}

/* The number before the last word, as in "... in 133 seconds."; letters and punctuation may follow
   it, another digit may not. */
static double last_number(tg_text text)
{
    size_t end = text.n, start;
    double value = 0;
    while (end > 0 && !digit(text.p[end - 1])) end--;
    for (start = end; start > 0 && digit(text.p[start - 1]); start--) continue;
    if (start == end || end - start > 7) return TG_QUOTA_NO_NUMBER;
    tg_text tail = {text.p + end, text.n - end};
    if (tail.n > 12 || (tail.n > 1 && !holds(tail, "s"))) return TG_QUOTA_NO_NUMBER;
    for (size_t i = start; i < end; i++) value = value * 10 + (text.p[i] - '0');
    return value;
}

double tg_policy_quota_words(tg_text text)
{
    if (!text.p || text.n > 1000 || holds(text, "<html")) return -1;
    if (!holds(text, "hourly limit")) return -1;
    return last_number(text);
}

double tg_policy_pace(double gap, bool limited)
{
    if (limited) return gap < 1 ? 1 : least(gap * 2, 8);
    return gap < 0.05 ? 0 : gap * 0.9;
}
