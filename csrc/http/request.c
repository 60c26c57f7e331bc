/*
** One exchange on one handle: send the request, receive the reply through libcurl's callbacks. None
** of them calls code outside this folder.
*/
#include "slot.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define STALL_BYTES     16L /* bytes a second: a slower transfer counts as stalled after a while */
#define CONNECT_SECONDS 300 /* libcurl's own limit, where none is set */
#define HEAD_MAX        (64 * 1024) /* bytes of a reply's headers */
/* and of all heads of an exchange: interim replies, redirects, trailers */
#define HEADS_MAX (256 * 1024)

/* ------------------------------------------------------------------------------------ callbacks */

/* Stop the transfer: the callback returns this instead of the number of bytes. */
static __attribute__((cold)) size_t stop(tg_slot *s, tg_outcome verdict, const char *why)
{
    s->verdict = verdict;
    s->why = why;
    return 0;
}

/*
** Called right before each request is sent. libcurl itself resends a request, whatever its verb and
** several times, when a kept connection dies without a reply or an HTTP/2 server refuses a stream.
** Here the policy of the call decides and counts: one attempt is one request, plus one for each
** redirect.
*/
static int before_send(void *slot, char *ip, char *local_ip, int port, int local_port)
{
    tg_slot *s = slot;
    long fresh = 1;
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    if (s->x->sent > s->redirects) {
        stop(s, TG_X_BROKEN, TG_HTTP_ENDED);
        s->x->kept_died = s->on_kept;
        return CURL_PREREQFUNC_ABORT;
    }
    curl_easy_getinfo(s->easy, CURLINFO_NUM_CONNECTS, &fresh);
    s->on_kept = fresh == 0;
    s->x->sent++;
    return CURL_PREREQFUNC_OK;
}

/* Only a success requires its body. For other replies the status suffices and must survive an
   invalid coding. */
static bool needs_body(const tg_slot *s)
{
    long status = 0;
    curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    return status < 300;
}

static size_t take_packed(tg_slot *s, char *p, size_t n)
{
    bool big;
    const char *why = tg_http_unpack(s, p, n, &big);
    if (!why || (!big && !needs_body(s))) return n;
    return stop(s, big ? TG_X_TOO_BIG : TG_X_UNREADABLE, why);
}

static size_t take_body(char *p, size_t one, size_t n, void *slot)
{
    tg_slot *s = slot;
    tg_buf *b = &s->x->reply;
    (void)one; /* is always 1 */
    if (s->coding != TG_CODING_NONE) return take_packed(s, p, n);
    if (n > b->max - b->n) return stop(s, TG_X_TOO_BIG, TG_HTTP_TOO_LARGE);
    return tg_buf_add(b, p, n) ? n : stop(s, TG_X_BROKEN, "out of memory while reading the reply");
}

/* Evaluate one line of libcurl's verbose output: the variable whose proxy the request uses. The
   slot may have no exchange yet. */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t n, void *slot)
{
    static const char line[] = "Uses proxy env variable ";
    tg_slot *s = slot;
    (void)easy;
    if (type != CURLINFO_TEXT || n < sizeof line || memcmp(text, line, sizeof line - 1) != 0)
        return 0;
    text += sizeof line - 1, n -= sizeof line - 1;
    if (n > 8 && strncasecmp(text, "no_proxy", 8) == 0) return 0;
    size_t size = 0;
    while (size < n && size + 1 < sizeof s->proxy && text[size] != ' ') size++;
    memcpy(s->proxy, text, size);
    s->proxy[size] = '\0';
    return 0;
}

/* A new status line: the head before it belongs to a 1xx reply, a proxy or a redirect. */
static void begin_head(tg_slot *s)
{
    tg_buf_reset(&s->x->headers);
    tg_buf_reset(&s->x->reply);
    s->head = 0;
    s->head_done = false;
}

/* Store "name\0value\0" for each header of the final reply, names in lower case. libcurl has parsed
   the headers and separates them from those of a 1xx reply, of a proxy and from trailers. */
static bool take_headers(tg_slot *s)
{
    tg_buf *b = &s->x->headers;
    for (struct curl_header *h = NULL; (h = curl_easy_nextheader(s->easy, CURLH_HEADER, -1, h));) {
        size_t at = b->n;
        if (!*h->name) continue; /* a line such as ": value" */
        tg_buf_add(b, h->name, strlen(h->name) + 1);
        tg_buf_add(b, h->value,
                   strcspn(h->value, "\r")); /* libcurl 7.88 leaves the CR in an empty value */
        tg_buf_putc(b, '\0');
        if (b->failed) return false;
        for (char *c = b->p + at; *c; c++) /* not tolower(), which depends on the locale */
            if (*c >= 'A' && *c <= 'Z') *c += 'a' - 'A';
    }
    return true;
}

/* Receive each line of a head or a trailer, as libcurl passes it on. */
static size_t take_line(char *p, size_t one, size_t n, void *slot)
{
    tg_slot *s = slot;
    (void)one;
    s->head_bytes += n;
    if (s->head_bytes > HEADS_MAX)
        return stop(s, TG_X_UNREADABLE, "the reply's headers and trailers are longer than 256 KiB");
    if (n > 5 && memcmp(p, "HTTP/", 5) == 0)
        begin_head(s);
    else if (s->head_done)
        return n;
    else if (n <= 2) {
        s->head_done = true;
        if (!take_headers(s)) return stop(s, TG_X_BROKEN, "no room for the reply's headers");
        tg_http_begin_coding(s);
    } else if ((s->head += n) > HEAD_MAX)
        return stop(s, TG_X_UNREADABLE, "the reply's headers are longer than 64 KiB");
    return n;
}

bool tg_http_tie(tg_slot *s, char *const lines[TG_HTTP_COMMON])
{
    for (size_t i = 0; i < TG_HTTP_COMMON; i++)
        s->line[i] = (struct curl_slist){.data = lines[i], .next = &s->line[i + 1]};
    int rc = curl_easy_setopt(s->easy, CURLOPT_PRIVATE, (void *)s);
    rc |= curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->error_text);
    rc |= curl_easy_setopt(s->easy, CURLOPT_PREREQFUNCTION, before_send);
    rc |= curl_easy_setopt(s->easy, CURLOPT_PREREQDATA, (void *)s);
    rc |= curl_easy_setopt(s->easy, CURLOPT_DEBUGFUNCTION, on_debug);
    rc |= curl_easy_setopt(s->easy, CURLOPT_DEBUGDATA, (void *)s);
    rc |= curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, take_body);
    rc |= curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, (void *)s);
    rc |= curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, take_line);
    rc |= curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, (void *)s);
    /* libcurl reads the list again for each request */
    rc |= curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->line);
    tg_buf_init(&s->text, TG_BUF_NO_LIMIT);
    tg_buf_init(&s->address, TG_BUF_NO_LIMIT);
    return rc == 0;
}

/* -------------------------------------------------------------------------------------- loading */

/* libcurl sends a header verbatim: a line end inside would inject another header. */
static bool is_plain(const char *s)
{
    for (; *s; s++)
        if (tg_is_control((unsigned char)*s) && *s != '\t') return false;
    return true;
}

/* Visible ASCII only: the caller has percent-encoded all other bytes. */
static bool is_address(const char *s)
{
    for (; *s; s++)
        if (!tg_is_visible((unsigned char)*s)) return false;
    return true;
}

static bool is_verb(const char *s)
{
    size_t n = 0;
    while (s[n] >= 'A' && s[n] <= 'Z') n++;
    return n > 0 && n < 16 && s[n] == '\0';
}

static const char *fault_of(const tg_exchange *x)
{
    if (!is_verb(x->verb)) return "the verb of a request is upper-case letters";
    if (!is_address(x->url)) return "the address holds a character that must be encoded";
    if (x->authorization && !is_plain(x->authorization))
        return "the credentials hold a control character";
    if ((x->if_none_match && !is_plain(x->if_none_match)) ||
        (x->if_modified_since && !is_plain(x->if_modified_since)))
        return "a header value holds a control character";
    return NULL;
}

static void add_line(tg_slot *s, const char *name, const char *value)
{
    if (!value) return;
    tg_buf_puts(&s->text, name);
    tg_buf_puts(&s->text, value);
    tg_buf_putc(&s->text, '\0');
}

/* libcurl reads the list and never frees it, so the nodes are in the slot and their text in one
   buffer. */
static bool set_lines(tg_slot *s, const tg_exchange *x)
{
    size_t at, i;
    tg_buf_reset(&s->text);
    add_line(s, "Expect:", x->body.p ? "" : NULL); /* no round trip before a long body */
    add_line(s, "Authorization: ", x->authorization);
    add_line(s, "If-None-Match: ", x->if_none_match);
    add_line(s, "If-Modified-Since: ", x->if_modified_since);
    if (s->text.failed) return false;
    for (at = 0, i = TG_HTTP_COMMON; at < s->text.n; at += strlen(s->text.p + at) + 1, i++) {
        s->line[i].data = s->text.p + at; /* only now: the buffer may move while it grows */
        s->line[i - 1].next = &s->line[i];
    }
    s->line[i - 1].next = NULL;
    return true;
}

static bool wants_length(const char *verb) /* also for an empty body */
{
    return strcmp(verb, "POST") == 0 || strcmp(verb, "PUT") == 0 || strcmp(verb, "PATCH") == 0;
}

/* HTTPGET and POST only select whether a body is sent; the verb is always set explicitly. */
static int set_body(tg_slot *s, const tg_exchange *x)
{
    CURL *easy = s->easy;
    bool plain = !x->body.p && strcmp(x->verb, "GET") == 0;
    /* the common case: no change since the last request of this handle */
    if (plain && s->plain) return 0;
    s->plain = plain;
    int rc = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, x->verb);
    if (!x->body.p && !wants_length(x->verb)) {
        rc |= curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* also resets NOBODY */
        if (strcmp(x->verb, "HEAD") == 0) rc |= curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return rc;
    }
    rc |= curl_easy_setopt(easy, CURLOPT_NOBODY, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)(x->body.p ? x->body.n : 0));
    rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, x->body.p ? x->body.p : ""); /* not copied */
    return rc;
}

static bool set_request(tg_slot *s, const tg_exchange *x)
{
    bool tls = strncmp(x->url, "https:", 6) == 0;
    int rc = tg_http_set_address(s, x->url) | set_body(s, x);
    /* Wait for a shared connection only with TLS, which HTTP/2 requires. */
    rc |= tg_http_set_long(s, CURLOPT_PIPEWAIT, &s->wait, tls ? 1L : 0L);
    /* libcurl sets a timer for each limit: leave out those that the whole request's comes before */
    bool connects =
        x->timeout <= 0 || x->connect_timeout < x->timeout || x->timeout > CONNECT_SECONDS;
    bool stalls = x->timeout <= 0 || x->timeout > TG_HTTP_STALL_SECONDS;
    rc |= tg_http_set_long(s, CURLOPT_CONNECTTIMEOUT_MS, &s->connect,
                           connects ? tg_http_milliseconds(x->connect_timeout) : 0L);
    rc |= tg_http_set_long(s, CURLOPT_LOW_SPEED_LIMIT, &s->slowest, stalls ? STALL_BYTES : 0L);
    return rc == 0 && tg_http_set_time_left(s, s->started);
}

bool tg_http_load(tg_slot *s, tg_exchange *x, tg_error *err)
{
    const char *fault = fault_of(x);
    if (fault) return tg_http_fail(err, TG_E_INVALID, fault);
    s->x = x;
    s->started = tg_http_now();
    s->redirects = 0;
    s->head_bytes = s->head = 0;
    s->head_done = s->on_kept = false;
    s->coding = TG_CODING_NONE;
    s->verdict = TG_X_RUNNING;
    s->why = NULL;
    s->error_text[0] = s->proxy[0] = '\0';
    if (set_lines(s, x) && set_request(s, x)) return true;
    tg_http_unload(s);
    return tg_http_fail(err, TG_E_NOMEM, "out of memory");
}

void tg_http_unload(tg_slot *s)
{
    if (s->text.p) explicit_bzero(s->text.p, s->text.size);
    s->x = NULL;
}
