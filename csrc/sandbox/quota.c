/*
** The two limits. Quota (402): a window of an hour that starts with its first request, one per
** person and organization, and one per person for everything else. Rate (429): a leaky bucket per
** person.
*/
#include "quota.h"

#include <string.h>

bool sb_refuse_quota(sb_engine *e, sb_exchange *x)
{
    if (!*e->knobs.plan || !x->me) return false;
    sb_let_int(e, x, "charged", x->charged);
    sb_run(e, x, "quota.spend");
    int64_t left = sb_int(x, "quota_left"), resets = sb_int(x, "quota_resets");
    sb_header_number(x, "X-Toggl-Quota-Remaining", left > 0 ? left : 0);
    sb_header_number(x, "X-Toggl-Quota-Resets-In", resets);
    if (sb_int(x, "quota_open")) return false;
    char sentence[160];
    snprintf(sentence, sizeof sentence,
             "All requests of this hour are used up. The quota will be reset in %lld seconds",
             (long long)resets);
    sb_say(x, 402, sentence);
    x->raw = true;
    return true;
}

/* Without retry_after: the HTML page of the proxy in front of the service, as users report it. */
bool sb_refuse_rate(sb_engine *e, sb_exchange *x)
{
    if (e->knobs.rate <= 0 || !x->me) return false;
    sb_run(e, x, "quota.leak");
    if (sb_int(x, "level_open")) return false;
    sb_too_fast(e, x);
    return true;
}

void sb_too_fast(sb_engine *e, sb_exchange *x)
{
    if (e->knobs.retry_after > 0) {
        sb_say(x, 429, "Too many requests.");
        sb_header_number(x, "Retry-After", (int64_t)(e->knobs.retry_after + 0.999));
    } else {
        sb_say(x, 429,
               "<html><head><title>429 Too Many Requests</title></head><body>Too Many "
               "Requests</body></html>");
        x->reply_type = "text/html";
    }
    x->raw = true;
}
