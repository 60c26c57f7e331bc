/* Shared by the files of the transport: errors, the address and the remaining time of an exchange.
 */
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

/* Parse a text as libcurl does with the options of options.c. NULL: the text is not a URL. */
static CURLU *parse(const char *url)
{
    unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER | CURLU_PATH_AS_IS;
    CURLU *u = curl_url();
    if (u && curl_url_set(u, CURLUPART_URL, url, flags) == CURLUE_OK) return u;
    curl_url_cleanup(u);
    return NULL;
}

int tg_http_set_address(tg_slot *s, const char *url)
{
    if (s->parsed && s->address.n && strcmp(s->address.p, url) == 0) return 0;
    CURLU *u = parse(url);
    int rc = curl_easy_setopt(s->easy, CURLOPT_CURLU, u);
    if (!u) rc |= curl_easy_setopt(s->easy, CURLOPT_URL, url);
    curl_url_cleanup(s->parsed);
    s->parsed = u;
    tg_buf_reset(&s->address);
    tg_buf_puts(&s->address, url); /* out of memory: parsed again next time */
    return rc;
}

bool tg_http_set_time_left(tg_slot *s, double now)
{
    double left = s->x->timeout > 0 ? s->started + s->x->timeout - now : 0;
    if (s->x->timeout > 0 && left <= 0) return false;
    tg_http_set_long(s, CURLOPT_TIMEOUT_MS, &s->left, tg_http_milliseconds(left));
    return true;
}
