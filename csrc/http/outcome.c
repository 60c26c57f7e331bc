/*
** Classify how an exchange ended. The main question: can the server have seen the request?
** libcurl's error codes do not tell, but it calls before_send before it sends one, so `sent` does.
*/
#include "slot.h"

#include <stdio.h>
#include <string.h>

#define REDIRECTS_MAX 3
#define TOO_LARGE     100 /* CURLE_TOO_LARGE, which older headers lack */

static void set_message(tg_exchange *x, const char *text)
{
    x->message[0] = '\0';
    if (*text) snprintf(x->message, sizeof x->message, "%s", text);
    tg_http_print(x->message);
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

/* ------------------------------------------------------------------------------------ redirects */

/*
** "scheme://host:port" of URL, to compare and to show. False: the address has another form or
** contains a user name.
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

/* A read may follow a redirect within its origin, to which its credentials belong. True: the
   exchange is over. */
static bool judge_redirect(tg_slot *s, const char *to)
{
    /* a host name has at most 253 bytes; a longer one is never resolved */
    char here[300], there[300];
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
    else if (tg_http_set_address(s, to) != CURLE_OK)
        tg_http_end(s, TG_X_BROKEN, "out of memory");
    else {
        s->redirects++;
        return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- verdict */

/* A handshake cut off with the connection may succeed next time. Other failures depend on what the
   two sides support: versions, ciphers, plain HTTP where TLS is expected. The texts are those of
   GnuTLS and of OpenSSL. */
static bool handshake_was_cut(const char *text)
{
    static const char *const cut[] = {"pull function", "push function", "non-properly terminated",
                                      "prematurely",   "SYSCALL",       "reset by peer"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        if (strstr(text, cut[i])) return true;
    return false;
}

/* A proxy rejected the request by its rules, which a retry does not change. */
static bool proxy_refused(const tg_slot *s, const char *text)
{
    long status = 0, why = CURLPX_OK;
    curl_easy_getinfo(s->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    curl_easy_getinfo(s->easy, CURLINFO_PROXY_ERROR, &why);
    bool turned_away = status >= 300 && status < 500 && status != 408 && status != 429;
    return turned_away || why == CURLPX_USER_REJECTED || why == CURLPX_NO_AUTH ||
           strstr(text, "Unsupported proxy") || strstr(text, "CONNECT response too large");
}

/* Nothing was sent. TG_X_REFUSED: a retry a minute later cannot succeed either. */
static tg_outcome unsent_outcome(const tg_slot *s, CURLcode rc, const char *text)
{
    if (proxy_refused(s, text)) return TG_X_REFUSED;
    switch (rc) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
    case CURLE_LOGIN_DENIED: /* a user name in the address */ return TG_X_REFUSED;
    case CURLE_SSL_CONNECT_ERROR: return handshake_was_cut(text) ? TG_X_UNREACHED : TG_X_REFUSED;
    default: return TG_X_UNREACHED;
    }
}

/* libcurl quotes the address of a proxy with its user name and password. Remove the text from the
   first quote to the last, since a password may contain one, and any word up to an at sign. */
static void hide_address(char *text)
{
    char *first = strchr(text, '\''), *last = strrchr(text, '\'');
    if (first && last > first) memmove(first + 1, last, strlen(last) + 1);
    for (char *at; (at = strrchr(text, '@'));) {
        char *p = at;
        while (p > text && p[-1] != ' ' && p[-1] != '/') p--;
        memmove(p, at + 1, strlen(at + 1) + 1);
    }
}

#define WANTS_PASSWORD                                                                             \
    "requires a user name and a password that it accepts (407): http://USER:PASSWORD@HOST:PORT"

/* The sentence for a 407, as the status or in the text of a CONNECT. Servers behind a proxy do not
   send one. */
static const char *wants_password(tg_slot *s)
{
    const char *before = s->proxy[0] ? "the proxy of the variable " : "a proxy before the server";
    snprintf(s->note, sizeof s->note, "%s%s %s", before, s->proxy, WANTS_PASSWORD);
    return s->note;
}

static const char *failure_text(tg_slot *s, CURLcode rc, char *out, size_t size)
{
    const char *text = s->error_text[0] ? s->error_text : curl_easy_strerror(rc);
    bool named = !s->proxy[0] || strstr(text, "proxy");
    long status = 0;
    curl_easy_getinfo(s->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status == 407 && !s->x->sent) return wants_password(s);
    snprintf(out, size, "%s%s%s%s", named ? "" : "through the proxy of the variable ",
             named ? "" : s->proxy, named ? "" : ": ", text);
    if (strstr(out, "Unsupported proxy"))
        snprintf(out, size,
                 "the address of the proxy in the variables https_proxy, http_proxy or all_proxy "
                 "cannot be used; it is http://, https:// or socks5:// and a host");
    hide_address(out);
    return out;
}

/* A header line longer than libcurl's buffer, which libcurl reports as out of memory. */
static bool is_long_head(const tg_slot *s, CURLcode rc)
{
    return (int)rc == TOO_LARGE || (rc == CURLE_OUT_OF_MEMORY && s->x->sent > 0 && !s->head_done);
}

/* Something was sent. A malformed reply would be malformed again; libcurl reports malformed chunks
   as a failure to receive. */
static tg_outcome sent_outcome(const tg_slot *s, CURLcode rc)
{
    bool form = rc == CURLE_BAD_CONTENT_ENCODING || rc == CURLE_WEIRD_SERVER_REPLY ||
                rc == CURLE_FILESIZE_EXCEEDED || is_long_head(s, rc) ||
                strstr(s->error_text, "in chunked-encoding");
    return form ? TG_X_UNREADABLE : TG_X_BROKEN;
}

static const char *sent_text(const tg_slot *s, CURLcode rc, const char *text)
{
    if (is_long_head(s, rc)) return TG_HTTP_LONG_HEAD;
    /* content encoding is decoded here, so libcurl can only mean the transfer encoding */
    if (rc == CURLE_BAD_CONTENT_ENCODING)
        return "the reply has a transfer coding that cannot be undone";
    return text;
}

/* libcurl counts the kept connections that died over all requests of a handle. At the sixth it
   gives up without calling before_send, which would have stopped it. */
static bool gave_up(const tg_slot *s, CURLcode rc)
{
    static const char start[] = "Connection died";
    return rc == CURLE_SEND_ERROR && s->x->sent > 0 &&
           strncmp(s->error_text, start, sizeof start - 1) == 0;
}

static void judge_failure(tg_slot *s, CURLcode rc)
{
    char room[CURL_ERROR_SIZE + 40];
    const char *text = failure_text(s, rc, room, sizeof room);
    bool read = strcmp(s->x->verb, "GET") == 0;
    if (s->verdict != TG_X_RUNNING)
        tg_http_end(s, s->verdict, s->why);
    else if (gave_up(s, rc)) {
        s->x->kept_died = s->on_kept;
        tg_http_end(s, TG_X_BROKEN, TG_HTTP_ENDED);
    } else if (rc == CURLE_OPERATION_TIMEDOUT)
        tg_http_end(s, TG_X_TIMEOUT, text);
    /* TLS where HTTP was expected */
    else if (s->x->sent > 0 && !(read && rc == CURLE_UNSUPPORTED_PROTOCOL))
        tg_http_end(s, sent_outcome(s, rc), sent_text(s, rc, text));
    else
        tg_http_end(s, unsent_outcome(s, rc, s->error_text), text);
}

/* Does only the end of the connection mark the end of the body? HTTP/2 marks it by frames. But
   libcurl 7.88 also accepts a stream reset with the code "no error" as complete, and without a
   length such a body cannot be distinguished from a complete one. Servers have no reason to send
   one. */
static bool is_unmarked(tg_slot *s, long status)
{
    long version = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(s->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length >= 0 || status == 204 || status == 304 || s->coding == TG_CODING_ENDED) return false;
    curl_easy_getinfo(s->easy, CURLINFO_HTTP_VERSION, &version);
    return version < CURL_HTTP_VERSION_2_0 && strcmp(s->x->verb, "HEAD") != 0 &&
           !tg_http_chunked(&s->x->headers);
}

/* The body is complete, as far as HTTP can tell. */
static void judge_reply(tg_slot *s, long status)
{
    bool good = status < 300;
    if (good && s->coding == TG_CODING_OPEN && s->packed > 0) {
        end(s, TG_X_BROKEN, status, "the reply ended before its gzip data did");
        return;
    }
    s->x->unmarked = good && is_unmarked(s, status);
    if (status == 407)
        tg_http_end(s, TG_X_REFUSED, wants_password(s));
    else
        end(s, TG_X_REPLY, status, "");
}

bool tg_http_judge(tg_slot *s, CURLcode rc)
{
    long status = 0;
    char *to = NULL; /* owned by the handle */
    if (rc != CURLE_OK) {
        judge_failure(s, rc);
        return true;
    }
    if (!s->head_done) { /* libcurl accepts a connection closed within the headers as a reply */
        tg_http_end(s, TG_X_BROKEN, "the reply ended inside its headers");
        return true;
    }
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    if (is_redirect(status)) curl_easy_getinfo(s->easy, CURLINFO_REDIRECT_URL, &to);
    if (to) return judge_redirect(s, to);
    judge_reply(s, status);
    return true;
}
