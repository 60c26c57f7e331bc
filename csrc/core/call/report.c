/* Events: what a client reports. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* Take the string that an event in the ring owns. */
static char *take_request(tg_event *ev)
{
    char *request = (char *)(uintptr_t)ev->request;
    ev->request = NULL;
    return request;
}

void tg_events_free(tg_client *c)
{
    for (size_t i = 0; i < c->event_count; i++)
        free(take_request(&c->events[(c->event_first + i) % TG_EVENTS_KEPT]));
    free(c->event_request);
    free(c->events);
}

static tg_event *new_event(tg_client *c)
{
    if (!c->events) c->events = calloc(TG_EVENTS_KEPT, sizeof *c->events);
    if (!c->events) return NULL;
    if (c->event_count == TG_EVENTS_KEPT) {
        free(take_request(&c->events[c->event_first]));
        c->event_first = (c->event_first + 1) % TG_EVENTS_KEPT;
        c->event_count--;
    }
    tg_event *ev = &c->events[(c->event_first + c->event_count++) % TG_EVENTS_KEPT];
    *ev = (tg_event){.at = tg_client_now(c), .remaining = -1};
    return ev;
}

bool tg_client_event(tg_client *c, tg_event *ev)
{
    if (!c->event_count) return false;
    *ev = c->events[c->event_first];
    free(c->event_request);
    c->event_request = take_request(&c->events[c->event_first]);
    c->event_first = (c->event_first + 1) % TG_EVENTS_KEPT;
    c->event_count--;
    return true;
}

/* Copies REASON, which may be part of an exchange that is reused. */
static void set_reason(tg_event *ev, const char *reason)
{
    if (reason)
        snprintf(ev->reason, sizeof ev->reason, "%.*s", tg_error_fit(reason, sizeof ev->reason - 1),
                 reason);
}

static tg_event *report(tg_call *call, tg_event_type type, double seconds, const char *reason)
{
    tg_event *ev = call->client->want_events ? new_event(call->client) : NULL;
    if (!ev) return NULL;
    const tg_exchange *x = &call->exchange;
    ev->type = type;
    ev->operation = call->request->op->name;
    ev->verb = call->request->verb;
    tg_request_show(call->request, ev->path, sizeof ev->path);
    ev->try_ = call->try_;
    ev->seconds = seconds;
    set_reason(ev, reason);
    if (type != TG_EV_REPLY) return ev;
    ev->status = x->outcome == TG_X_REPLY ? x->status : 0;
    ev->bytes = (int64_t)x->reply.n;
    const char *left =
        tg_headers_find((tg_text){x->headers.p, x->headers.n}, "x-toggl-quota-remaining");
    /* longer numbers cannot be valid */
    if (left) ev->remaining = strlen(left) < 8 ? atoi(left) : -1;
    return ev;
}

void tg_report(tg_call *call, tg_event_type type, double seconds, const char *reason)
{
    report(call, type, seconds, reason);
}

void tg_report_dry(tg_call *call)
{
    size_t n;
    tg_error err;
    tg_event *ev = report(call, TG_EV_DRY, 0, NULL);
    if (ev) ev->request = tg_request_save(call->request, &n, &err);
}

static bool warned_before(tg_client *c, const char *sentence)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (const char *p = sentence; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211u;
    for (unsigned i = 0; i < c->warned_count && i < TG_WARNED_KEPT; i++)
        if (c->warned[i] == h) return true;
    c->warned[c->warned_count++ % TG_WARNED_KEPT] = h;
    return false;
}

void tg_report_warning(tg_client *c, const char *fmt, ...)
{
    char sentence[TG_REASON_SIZE + 1]; /* one more than a reason takes: set_reason cuts it */
    va_list ap;
    if (!c->want_events && !c->want_warnings) return;
    va_start(ap, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, ap);
    va_end(ap);
    tg_event *ev = warned_before(c, sentence) ? NULL : new_event(c);
    if (!ev) return;
    ev->type = TG_EV_WARNING;
    set_reason(ev, sentence);
}

void tg_client_warn(tg_client *c, const char *sentence)
{
    tg_report_warning(c, "%s", sentence);
}
