/*
** How an exchange ended. The one question behind it all: can the server have seen the request? libcurl's error codes do
** not tell, but it asks us before it sends one, so `sent` does.
*/
#include "slot.h"

#include <stdio.h>
#include <string.h>

#define REDIRECTS_MAX 3

bool tg_http_fail(tg_error *err, tg_kind kind, const char *message)
{
    memset(err, 0, sizeof *err);
    err->kind = kind;
    err->retry_after = -1;
    snprintf(err->message, sizeof err->message, "%s", message);
    return false;
}

/* Some of the text may be the server's: it must not reach a terminal as control codes. */
static void set_message(tg_exchange *x, const char *text)
{
    char *p;
    x->message[0] = '\0';
    if (*text) snprintf(x->message, sizeof x->message, "%s", text);
    for (p = x->message; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f) *p = '?';
}

static void end(tg_slot *s, tg_outcome outcome, long status, const char *message)
{
    s->x->status = (int)status;
    s->x->seconds = tg_http_now() - s->started;
    s->x->outcome = outcome;
    set_message(s->x, message);
}

void tg_http_end(tg_slot *s, tg_outcome outcome, const char *message)
{
    long status = 0;
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    end(s, outcome, status, message);
}

/* ------------------------------------------------------------------------------------------------------ redirects */

/*
** "scheme://host:port" of URL, for comparing and for people. False for an address that is not of this form or brings
** a user name along.
*/
static bool origin_of(const char *url, char *out, size_t size)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    CURLU *u = curl_url();
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
              curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    if (ok) snprintf(out, size, "%s://%s:%s", scheme, host, port);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(u);
    return ok;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void refuse_redirect(tg_slot *s, const char *place, const char *why)
{
    char text[sizeof s->x->message];
    snprintf(text, sizeof text, "redirected to %.100s, which was not followed: %s", place, why);
    tg_http_end(s, TG_X_REFUSED, text);
}

/* A read may go on at the same origin, where its credentials belong. True: it is over. */
static bool judge_redirect(tg_slot *s, const char *to)
{
    char here[300], there[300]; /* a host name has at most 253 bytes; a longer one that was cut cannot be reached */
    if (!origin_of(s->x->url, here, sizeof here) || !origin_of(to, there, sizeof there))
        refuse_redirect(s, "an address", "it cannot be used");
    else if (strcmp(s->x->verb, "GET") != 0)
        refuse_redirect(s, there, "a write goes nowhere else");
    else if (!curl_strequal(here, there))
        refuse_redirect(s, there, "it is another origin");
    else if (s->redirects == REDIRECTS_MAX)
        refuse_redirect(s, there, "that is once too often");
    else if (!tg_http_set_time_left(s, tg_http_now()))
        tg_http_end(s, TG_X_TIMEOUT, "time was up during a redirect");
    else if (curl_easy_setopt(s->easy, CURLOPT_URL, to) != CURLE_OK)
        tg_http_end(s, TG_X_BROKEN, "out of memory");
    else {
        s->redirects++;
        return false;
    }
    return true;
}

/* --------------------------------------------------------------------------------------------------------- verdict */

/* Nothing was sent: would it be different a minute later? REFUSED says no. */
static tg_outcome unsent_outcome(CURLcode rc)
{
    switch (rc) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED: /* a user name in the address */ return TG_X_REFUSED;
    default: return TG_X_UNREACHED;
    }
}

static void judge_failure(tg_slot *s, CURLcode rc)
{
    const char *text = s->said[0] ? s->said : curl_easy_strerror(rc);
    if (s->verdict != TG_X_RUNNING)
        tg_http_end(s, s->verdict, s->why);
    else if (rc == CURLE_OPERATION_TIMEDOUT)
        tg_http_end(s, TG_X_TIMEOUT, text);
    else
        tg_http_end(s, s->x->sent > 0 ? TG_X_BROKEN : unsent_outcome(rc), text);
}

bool tg_http_judge(tg_slot *s, CURLcode rc)
{
    long status = 0;
    char *to = NULL; /* owned by the handle */
    if (rc != CURLE_OK) {
        judge_failure(s, rc);
        return true;
    }
    if (!s->head_done) { /* libcurl takes a connection that ends inside the headers for a reply */
        tg_http_end(s, TG_X_BROKEN, "the reply ended inside its headers");
        return true;
    }
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    if (is_redirect(status)) curl_easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &to);
    if (to) return judge_redirect(s, to);
    end(s, TG_X_REPLY, status, "");
    return true;
}
