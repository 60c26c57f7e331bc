/* Shared by the files of the transport: errors, and the remaining time of an exchange. */
#include "slot.h"

#include <stdio.h>
#include <string.h>

bool tg_http_fail(tg_error *err, tg_kind kind, const char *message)
{
    memset(err, 0, sizeof *err);
    err->kind = kind;
    err->retry_after = -1;
    snprintf(err->message, sizeof err->message, "%s", message);
    return false;
}

void tg_http_print(char *text)
{
    for (; *text; text++)
        if (*text != ' ' && !tg_is_visible((unsigned char)*text)) *text = '?';
}

long tg_http_milliseconds(double seconds)
{
    double ms = seconds * 1000;
    if (!(ms > 0)) return 0; /* libcurl reads 0 as "no limit" */
    if (ms > 1e9) return 1000000000L;
    return ms < 1 ? 1 : (long)ms;
}

/* Mostly the value is the same as for the last request. */
int tg_http_set_long(tg_slot *s, CURLoption option, long *is, long value)
{
    if (*is == value) return 0;
    *is = value;
    return curl_easy_setopt(s->easy, option, value);
}

bool tg_http_set_time_left(tg_slot *s, double now)
{
    double left = s->x->timeout > 0 ? s->started + s->x->timeout - now : 0;
    if (s->x->timeout > 0 && left <= 0) return false;
    tg_http_set_long(s, CURLOPT_TIMEOUT_MS, &s->left, tg_http_milliseconds(left));
    return true;
}
