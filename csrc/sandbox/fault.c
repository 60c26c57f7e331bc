/*
** Faults by name: which request they strike, and what they do to it. A rule is
** NAME[:WHEN][@PART-OF-THE-TARGET][ BODY], where WHEN is N (the N-th matching request from now), N+
** (from that one on) or P% (at random); without it, every one.
*/
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind {
    CUT,          /* half of the body under the Content-Length of all of it */
    CUT_NOLENGTH, /* half of the body, no length, end of connection: looks whole */
    DROP,         /* the request is carried out, the connection closed without a reply */
    RESET,        /* the connection is reset before anything is done */
    SLOW,         /* one byte at a time */
    HTML,         /* 200 with an HTML page */
    BURST,        /* 500, 502, 503, 504 by turns */
    WRONG_JSON,   /* 200 with a text that is not JSON, a different one each time */
    EMPTY,        /* 200 without a body */
    NOTHING,      /* 200 with null */
    HUGE_BODY,    /* a list of HUGE_BYTES, no length */
    BOMB,         /* a megabyte of gzip that unfolds to a gigabyte */
    REDIRECT,     /* 302 to another port */
    NO_PAGES,     /* the headers that count pages are missing */
    NO_QUOTA,     /* the quota headers are missing */
    STATUS,       /* any status by its number, with the body that the rule names */
} kind;

static const char *const names[] =
    {"cut",   "cut-nolength", "commit-then-drop", "reset",           "slow",
     "html",  "5xx",          "wrong-json",       "empty",           "null",
     "huge",  "bomb",         "redirect",         "no-page-headers", "no-quota-headers",
     "status"};

/* odd, so that the last byte is in the place of a comma */
#define HUGE_BYTES (((uint64_t)256 << 20) + 1)

/* ---------------------------------------------------------------------------------------- rules */

static bool read_kind(sb_fault *f, const char *name, size_t n)
{
    for (int k = 0; k < STATUS; k++)
        if (strlen(names[k]) == n && strncmp(names[k], name, n) == 0) {
            f->kind = k;
            return true;
        }
    f->kind = STATUS;
    f->code = n == 3 ? atoi(name) : 0;
    return f->code >= 200 && f->code <= 599;
}

static bool read_when(sb_fault *f, const char *when)
{
    char *end;
    f->n = strtod(when, &end);
    f->when = *end == '+' ? SB_ALWAYS_FROM : *end == '%' ? SB_PERCENT : SB_ONCE;
    if (f->when != SB_ONCE) end++;
    return end != when && *end == '\0' && f->n > 0 && (f->when != SB_PERCENT || f->n <= 100);
}

bool sb_fault_add(tg_sandbox *s, const char *text, char *error, size_t size)
{
    sb_fault f = {.when = SB_ALWAYS_FROM, .n = 1};
    char rule[1200];
    snprintf(rule, sizeof rule, "%s", text);
    char *body = strchr(rule, ' '); /* no target holds a space */
    if (body) {
        *body++ = '\0';
        snprintf(f.text, sizeof f.text, "%s", body);
    }
    char *at = strchr(rule, '@');
    if (at) {
        *at++ = '\0';
        snprintf(f.filter, sizeof f.filter, "%s", at);
    }
    char *when = strchr(rule, ':');
    if (when) *when++ = '\0';
    if (s->fault_count == SB_FAULTS)
        snprintf(error, size, "no more than %d faults at a time", SB_FAULTS);
    else if (!read_kind(&f, rule, strlen(rule)))
        snprintf(error, size, "no fault is called '%s'", rule);
    else if (body && f.kind != STATUS)
        snprintf(error, size, "'%s' has no body of its own", rule);
    else if (when && !read_when(&f, when))
        snprintf(error, size, "'%s' is not N, N+ or P%%", when);
    else {
        s->faults[s->fault_count++] = f;
        return true;
    }
    return false;
}

static bool strikes(tg_sandbox *s, sb_fault *f, const sb_exchange *x)
{
    if (*f->filter && !strstr(x->uri + sizeof SB_BASE - 1, f->filter)) return false;
    f->seen++;
    if (f->when == SB_PERCENT) return sb_mix(s->seed, 31337, s->draws++) % 10000 < f->n * 100;
    return f->when == SB_ONCE ? f->seen == (uint64_t)f->n : f->seen >= (uint64_t)f->n;
}

/* Every rule counts the request; the first that strikes has it. */
void sb_fault_choose(tg_sandbox *s, sb_exchange *x)
{
    if (strncmp(x->uri, SB_BASE "/", sizeof SB_BASE) != 0) return;
    for (int i = 0; i < s->fault_count; i++) {
        sb_fault *f = &s->faults[i];
        if (!strikes(s, f, x) || x->fault >= 0) continue;
        x->fault = f->kind;
        x->fault_code = f->code;
        x->fault_text = *f->text ? f->text : NULL;
        x->turn = (int)(f->struck++);
    }
}

const char *sb_fault_name(const sb_exchange *x)
{
    return x->fault < 0 ? NULL : names[x->fault];
}

/* ------------------------------------------------------------------- instead of carrying it out */

bool sb_fault_resets(tg_sandbox *s, sb_exchange *x)
{
    if (x->fault != RESET) return false;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    sb_reset(info->connect_fd);
    sb_record(s, x);
    return true;
}

bool sb_fault_drops(const sb_exchange *x)
{
    return x->fault == DROP;
}

bool sb_fault_is_binary(const sb_exchange *x)
{
    return x->fault == BOMB || x->fault == HUGE_BODY;
}

static void page(sb_exchange *x, int status, const char *title)
{
    char html[256];
    snprintf(html, sizeof html,
             "<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>",
             title, title);
    sb_say(x, status, html);
    x->reply_type = "text/html; charset=utf-8";
}

static void burst(sb_exchange *x)
{
    static const struct {
        int status;
        const char *title;
    } turns[] = {{500, "Internal Server Error"},
                 {502, "Bad Gateway"},
                 {503, "Service Unavailable"},
                 {504, "Gateway Timeout"}};
    page(x, turns[x->turn % 4].status, turns[x->turn % 4].title);
}

bool sb_fault_before(tg_sandbox *s, sb_exchange *x)
{
    char location[256];
    switch (x->fault) {
    case HTML: page(x, 200, "Sign in to the guest network"); return true;
    case BURST: burst(x); return true;
    case REDIRECT:
        snprintf(location, sizeof location, "http://127.0.0.1:%ld" SB_BASE "%s",
                 s->knobs.redirect_port, x->path);
        page(x, 302, "Found");
        sb_header_add(x, "Location", location);
        return true;
    case STATUS:
        if (x->fault_code == 429 && !x->fault_text)
            sb_too_fast(s, x);
        else
            sb_say(x, x->fault_code,
                   x->fault_text ? x->fault_text : "The sandbox was told to answer this.");
        return true;
    default: return false;
    }
}

/* ----------------------------------------------------------------------- spoiling what was done */

static void replace(sb_exchange *x, const char *text)
{
    x->reply.n = 0;
    sb_puts(&x->reply, text);
}

/* Keeps the outer shape, list or object, so that only the named mistake is wrong. */
static void spoil_json(sb_exchange *x)
{
    static const char *const lists[] = {"[{\"id\":1,\"id\":2}]", "[{\"id\":NaN}]",
                                        "[{\"name\":\"\xff\"}]", "[{\"id\":99999999999999999999}]"};
    static const char *const objects[] = {"{\"id\":1,\"id\":2}", "{\"id\":NaN}",
                                          "{\"name\":\"\xff\"}", "{\"id\":99999999999999999999}"};
    bool list = x->reply.n && x->reply.p[0] == '[';
    int turn = x->turn % 6;
    if (turn == 0 && x->reply.n > 1)
        x->reply.n -= x->reply.n / 3 + 1;
    else if (turn == 1)
        sb_puts(&x->reply, "]");
    else
        replace(x, (list ? lists : objects)[turn < 2 ? 0 : turn - 2]);
}

/* Takes away what a server that knows nothing of it would not send. */
static void drop_headers(sb_exchange *x, const char *prefix)
{
    int kept = 0;
    for (int i = 0; i < x->header_count; i++)
        if (strncmp(x->headers[i].name, prefix, strlen(prefix)) != 0)
            x->headers[kept++] = x->headers[i];
    x->header_count = kept;
}

void sb_fault_after(tg_sandbox *s, sb_exchange *x)
{
    (void)s;
    if (x->fault == NO_PAGES) drop_headers(x, "X-Page");
    if (x->fault == NO_QUOTA) drop_headers(x, "X-Toggl-Quota");
    if (x->status >= 400) return;
    switch (x->fault) {
    case WRONG_JSON: spoil_json(x); break;
    case EMPTY: replace(x, ""); break;
    case NOTHING: replace(x, "null"); break;
    case BOMB:
        if (sb_bomb(&x->reply)) sb_header_add(x, "Content-Encoding", "gzip");
        break;
    default: break;
    }
}

/* ------------------------------------------------------------------------- replies by the piece */

static size_t cut_after(const sb_exchange *x)
{
    long cut = x->server->knobs.cut;
    return cut >= 0 && (size_t)cut < x->reply.n ? (size_t)cut : x->reply.n / 2;
}

static ssize_t copy_until(sb_exchange *x, uint64_t position, char *to, size_t max, size_t limit,
                          ssize_t end)
{
    if (position >= limit) return end;
    size_t n = limit - (size_t)position < max ? limit - (size_t)position : max;
    memcpy(to, x->reply.p + position, n);
    return (ssize_t)n;
}

static ssize_t read_cut(void *cls, uint64_t position, char *to, size_t max)
{
    return copy_until(cls, position, to, max, cut_after(cls), MHD_CONTENT_READER_END_WITH_ERROR);
}

static ssize_t read_short(void *cls, uint64_t position, char *to, size_t max)
{
    return copy_until(cls, position, to, max, cut_after(cls), MHD_CONTENT_READER_END_OF_STREAM);
}

/* Asked for a byte it first sets the connection aside; resumed, it is asked for the same byte again
   and gives it. */
static ssize_t read_slowly(void *cls, uint64_t position, char *to, size_t max)
{
    (void)max;
    sb_exchange *x = cls;
    if (x->rested) {
        x->rested = false;
        *to = x->reply.p[position];
        return 1;
    }
    x->rested = true;
    sb_wait(x->server, x, x->server->knobs.slow);
    return 0;
}

/* [0,0,...,0] */
static ssize_t read_huge(void *cls, uint64_t position, char *to, size_t max)
{
    (void)cls;
    if (position >= HUGE_BYTES) return MHD_CONTENT_READER_END_OF_STREAM;
    if (max > HUGE_BYTES - position) max = (size_t)(HUGE_BYTES - position);
    for (size_t i = 0; i < max; i++) to[i] = (position + i) % 2 ? '0' : ',';
    if (position == 0) to[0] = '[';
    if (position + max == HUGE_BYTES) to[max - 1] = ']';
    return (ssize_t)max;
}

bool sb_fault_by_piece(const sb_exchange *x)
{
    return x->fault == CUT || x->fault == CUT_NOLENGTH || x->fault == HUGE_BODY ||
           (x->fault == SLOW && x->reply.n);
}

struct MHD_Response *sb_fault_response(tg_sandbox *s, sb_exchange *x)
{
    (void)s;
    size_t block = 16384;
    struct MHD_Response *r = NULL;
    switch (x->fault) {
    case CUT: /* one byte more than there is, so that an empty body is cut as well */
        return MHD_create_response_from_callback(x->reply.n + 1, block, read_cut, x, NULL);
    case CUT_NOLENGTH:
        r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, read_short, x, NULL);
        /* no chunks either */
        if (r) MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
        return r;
    case SLOW:
        return x->reply.n ? MHD_create_response_from_callback(x->reply.n, 1, read_slowly, x, NULL)
                          : NULL;
    case HUGE_BODY:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, read_huge, x, NULL);
    default: return NULL;
    }
}
