/* The pump: sends due requests, steps the transport, and finishes ended exchanges. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* Seconds until the next waiting call is due; below 0: none waits, and the clock is not read. */
static double next_due(tg_client *c)
{
    double best = INFINITY;
    bool any = false;
    for (const tg_call *call = c->first; call; call = call->next) {
        if (call->stage != TG_S_WAITING) continue;
        any = true;
        best = fmin(best, tg_call_due(call));
    }
    return any ? fmax(best - tg_client_ticks(c), 0) : -1;
}

/* Calls may end during the iteration, so the next one is read first. */
static void send_due(tg_client *c)
{
    if (next_due(c) != 0) return;
    double ticks = tg_client_ticks(c);
    for (tg_call *call = c->first, *next; call; call = next) {
        next = call->next;
        if (call->stage != TG_S_WAITING || tg_call_due(call) > ticks) continue;
        call->behind ? tg_call_step_behind(call) : tg_call_advance(call);
    }
}

static void take_ended(tg_client *c)
{
    tg_exchange *x;
    while (c->transport && (x = c->http->done(c->transport)) != NULL) tg_call_finish(x->owner);
}

double tg_client_timeout(tg_client *c)
{
    if (tg_client_inherited(c)) return -1;
    double due = next_due(c);
    double http = c->transport ? c->http->timeout(c->transport) : -1;
    return due < 0 ? http : http < 0 || due < http ? due : http;
}

/* Rounded up, so that a step does not wake just before the time and spin. */
static int earlier(int ms, double seconds)
{
    if (seconds < 0) return ms;
    double d = seconds * 1000;
    int due = d > 3600000 ? 3600000 : (int)d + (d > (int)d);
    return ms < 0 || due < ms ? due : ms;
}

static bool wait_for_wire(tg_client *c, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    if (c->transport) return c->http->step(c->transport, ms, fds, n, err);
    if (poll(fds, n, ms) >= 0 || errno == EINTR) return true;
    return tg_error_set(err, TG_E_TRANSPORT, "cannot wait: %s", strerror(errno));
}

/* With a clock of a test, only waiting calls and an idle transport: advance the clock instead of
   waiting. */
static bool sleep_by_clock(tg_client *c, int ms)
{
    double due = next_due(c);
    if (!c->clock.sleep || due <= 0 || ms == 0) return false;
    for (const tg_call *call = c->first; call; call = call->next)
        if (call->stage == TG_S_SENT) return false;
    c->clock.sleep(c->clock.ctx, tg_client_ticks(c) + due);
    return true;
}

int tg_client_step(tg_client *c, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    if (tg_client_inherited(c)) {
        tg_error_set(err, TG_E_INVALID, "this client was made before a fork");
        tg_error_advise(err, "make a new client in the child process");
        return -1;
    }
    if (c->in_flight == 0 && c->ledger) tg_ledger_flush_idle(c->ledger, tg_client_now(c));
    int before = c->in_flight;
    send_due(c);
    if (c->in_flight != before) ms = 0; /* a caller may be waiting for a call that just ended */
    before = c->in_flight;
    if (!sleep_by_clock(c, ms) && !wait_for_wire(c, earlier(ms, next_due(c)), fds, n, err))
        return -1;
    take_ended(c);
    /* Send calls that waited for an ended one, or are due, without waiting for the next step. */
    send_due(c);
    return c->in_flight;
}

int tg_client_fds(tg_client *c, struct pollfd *fds, unsigned max)
{
    return c->transport && !tg_client_inherited(c) ? c->http->fds(c->transport, fds, max) : 0;
}

int tg_client_pollfd(tg_client *c)
{
    return c->transport && c->http->pollfd && !tg_client_inherited(c)
               ? c->http->pollfd(c->transport)
               : -1;
}

void tg_client_wakeup(tg_client *c)
{
    if (c->transport && !tg_client_inherited(c)) c->http->wakeup(c->transport);
}
