/*
** Faults by name: which requests they apply to, and how they change the reply. A rule is
** NAME[:WHEN][@PART-OF-THE-TARGET][ BODY], where WHEN is N (the N-th matching request from
** now), N+ (that one and all later ones) or P% (at random); without WHEN, every request.
*/
#include "fault.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "quota.h"

static const char *const names[] =
    {"cut",   "cut-nolength", "commit-then-drop", "reset",           "slow",
     "html",  "5xx",          "wrong-json",       "empty",           "null",
     "huge",  "bomb",         "redirect",         "no-page-headers", "no-quota-headers",
     "status"};

/* ---------------------------------------------------------------------------------------- rules */

static bool read_kind(sb_fault *f, const char *name, size_t n)
{
    for (int k = 0; k < SB_STATUS; k++)
        if (strlen(names[k]) == n && strncmp(names[k], name, n) == 0) {
            f->kind = k;
            return true;
        }
    f->kind = SB_STATUS;
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

bool sb_fault_add(sb_engine *e, const char *text, char *error, size_t size)
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
    if (e->fault_count == SB_FAULTS)
        snprintf(error, size, "no more than %d faults at a time", SB_FAULTS);
    else if (!read_kind(&f, rule, strlen(rule)))
        snprintf(error, size, "no fault is called '%s'", rule);
    else if (body && f.kind != SB_STATUS)
        snprintf(error, size, "'%s' has no body of its own", rule);
    else if (when && !read_when(&f, when))
        snprintf(error, size, "'%s' is not N, N+ or P%%", when);
    else {
        e->faults[e->fault_count++] = f;
        return true;
    }
    return false;
}

static bool strikes(sb_engine *e, sb_fault *f, const sb_exchange *x)
{
    if (*f->filter && !strstr(x->uri + sizeof SB_BASE - 1, f->filter)) return false;
    f->seen++;
    if (f->when == SB_PERCENT) return sb_mix(e->seed, 31337, e->draws++) % 10000 < f->n * 100;
    return f->when == SB_ONCE ? f->seen == (uint64_t)f->n : f->seen >= (uint64_t)f->n;
}

/* Every rule counts the request; the first that matches applies. */
void sb_fault_choose(sb_engine *e, sb_exchange *x)
{
    if (strncmp(x->uri, SB_BASE "/", sizeof SB_BASE) != 0) return;
    for (int i = 0; i < e->fault_count; i++) {
        sb_fault *f = &e->faults[i];
        if (!strikes(e, f, x) || x->fault >= 0) continue;
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

bool sb_fault_drops(const sb_exchange *x)
{
    return x->fault == SB_DROP;
}

bool sb_fault_is_binary(const sb_exchange *x)
{
    return x->fault == SB_BOMB || x->fault == SB_HUGE_BODY;
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

bool sb_fault_before(sb_engine *e, sb_exchange *x)
{
    char location[256];
    switch (x->fault) {
    case SB_HTML: page(x, 200, "Sign in to the guest network"); return true;
    case SB_BURST: burst(x); return true;
    case SB_REDIRECT:
        snprintf(location, sizeof location, "http://127.0.0.1:%ld" SB_BASE "%s",
                 e->knobs.redirect_port, x->path);
        page(x, 302, "Found");
        sb_header_add(x, "Location", location);
        return true;
    case SB_STATUS:
        if (x->fault_code == 429 && !x->fault_text)
            sb_too_fast(e, x);
        else
            sb_say(x, x->fault_code,
                   x->fault_text ? x->fault_text : "This is the reply of a fault of the sandbox.");
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

/* Keep the outer shape, list or object, so that the named error is the only one. */
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

/* Remove the headers that a server without this feature would not send. */
static void drop_headers(sb_exchange *x, const char *prefix)
{
    int kept = 0;
    for (int i = 0; i < x->header_count; i++)
        if (strncmp(x->headers[i].name, prefix, strlen(prefix)) != 0)
            x->headers[kept++] = x->headers[i];
    x->header_count = kept;
}

void sb_fault_after(sb_engine *e, sb_exchange *x)
{
    (void)e;
    if (x->fault == SB_NO_PAGES) drop_headers(x, "X-Page");
    if (x->fault == SB_NO_QUOTA) drop_headers(x, "X-Toggl-Quota");
    if (x->status >= 400) return;
    switch (x->fault) {
    case SB_WRONG_JSON: spoil_json(x); break;
    case SB_EMPTY: replace(x, ""); break;
    case SB_NOTHING: replace(x, "null"); break;
    case SB_BOMB:
        if (sb_bomb(&x->reply)) sb_header_add(x, "Content-Encoding", "gzip");
        break;
    default: break;
    }
}

bool sb_fault_by_piece(const sb_exchange *x)
{
    return x->fault == SB_CUT || x->fault == SB_CUT_NOLENGTH || x->fault == SB_HUGE_BODY ||
           (x->fault == SB_SLOW && x->reply.n);
}
