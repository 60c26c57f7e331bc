/* Decide whether the next attempt of a call may be sent: a slot of the transport, the pace after a
   429, and the quota window that pays. */
#include <math.h>
#include <stdlib.h>

#include "client.h"
#include "error.h"

#define ASK_SECONDS 0.05

static bool waits_long_enough(const tg_call *call, double seconds)
{
    if (call->options.no_wait || call->options.wait == 0) return false;
    if (call->give_up && tg_client_ticks(call->client) + seconds > call->give_up) return false;
    return call->options.wait < 0 || seconds <= call->options.wait;
}

void tg_call_closed(tg_call *call, double seconds, tg_kind kind)
{
    if (seconds >= 0 && waits_long_enough(call, seconds)) {
        call->stage = TG_S_WAITING;
        call->due = tg_client_ticks(call->client) + seconds;
        tg_report(call, TG_EV_WAIT, seconds, "quota");
        return;
    }
    if (tg_call_answer_stale(call)) return;
    call->error.retry_after = seconds;
    tg_call_fail(call, kind, "%s quota of this hour is used up",
                 call->window == 0 ? "your account's" : "the organization's");
}

/* After a 429 requests are paced: each gets a slot in time. False: this call waits for it. */
static bool keep_pace(tg_call *call)
{
    tg_client *c = call->client;
    if (c->gap <= 0 || call->paced) {
        call->paced = false;
        return true;
    }
    double ticks = tg_client_ticks(c);
    double turn = c->next_slot > ticks ? c->next_slot : ticks;
    c->next_slot = turn + c->gap;
    if (turn <= ticks) return true;
    call->due = turn;
    call->paced = true;
    tg_report(call, TG_EV_WAIT, turn - ticks, "rate");
    return false;
}

static tg_traffic *traffic_of(tg_client *c, int64_t organization)
{
    for (size_t i = 0; i < c->traffic_count; i++)
        if (c->traffic[i].organization == organization) return &c->traffic[i];
    tg_traffic *more = realloc(c->traffic, (c->traffic_count + 1) * sizeof *more);
    if (!more) return NULL;
    c->traffic = more;
    more[c->traffic_count] = (tg_traffic){.organization = organization};
    return &more[c->traffic_count++];
}

/* The size of a window is unknown before its first reply, so only a few requests are sent together.
   The first count does not include those in flight with it, so that many of the remaining ones are
   theirs. False: this call waits until another one of the window has ended. */
static bool keep_together(tg_call *call, const tg_traffic *t)
{
    int left = tg_ledger_left(call->client->ledger, call->window);
    if (!t) return true;
    if (left == 0 || left > t->early) return true;
    if (left < 0 && (t->answered || t->in_flight < TG_FIRST_TOGETHER)) return true;
    call->due = INFINITY;
    return false;
}

/* The process is not notified when requests of other processes end, so one of the waiting calls
   polls the ledger. */
static void ask_soon(tg_call *call, tg_traffic *t)
{
    call->due = tg_client_ticks(call->client) + ASK_SECONDS;
    if (t) t->ask_at = call->due;
}

/* Checked before the pace: a call that waits for others does not use up a slot. */
static bool may_ask(tg_call *call)
{
    const tg_traffic *t = traffic_of(call->client, call->window);
    if (!t || t->ask_at <= 0 || t->ask_at <= tg_client_ticks(call->client)) return true;
    call->due = t->ask_at;
    return false;
}

static bool take(tg_call *call, const tg_traffic *t, double now, double *until)
{
    tg_client *c = call->client;
    tg_error err;
    bool first = t && !t->answered && tg_ledger_left(c->ledger, call->window) < 0;
    tg_early early = {.together = first ? TG_FIRST_TOGETHER : 0,
                      .lasts = call->options.timeout + 1};
    if (!tg_ledger_take_early(c->ledger, call->window, now, c->reserve, &early, until, &err))
        return false;
    call->charged = true;
    call->booked = early.booked;
    call->generation = tg_ledger_generation(c->ledger, call->window);
    return true;
}

/* The reserve may be kept for longer than the window lasts. */
static void warn_of_guess(const tg_call *call)
{
    tg_client *c = call->client;
    if (c->reserve > 0 && tg_ledger_is_guessed(c->ledger, call->window))
        tg_report_warning(c,
                          "X-Toggl-Quota-Resets-In is missing in replies, or unusable: the reserve "
                          "of %d requests is kept for an hour from the first count, which may be "
                          "longer than the window lasts",
                          c->reserve);
}

/* False: the call waits for its window, or is done. */
static bool take_from_window(tg_call *call)
{
    tg_client *c = call->client;
    double until = 0, now = tg_client_now(c);
    if (!tg_client_ledger(c)) return true;
    /* another reply may have named the organization */
    if (call->window < 0) call->window = tg_call_paying_window(call);
    tg_traffic *t = traffic_of(c, call->window);
    if (!keep_together(call, t)) return false;
    bool taken = take(call, t, now, &until);
    warn_of_guess(call);
    if (taken || until == 0)
        return true; /* 0: the ledger cannot be used; the server still counts */
    if (until < 0)
        ask_soon(call, t);
    else
        tg_call_closed(call, until > now ? until - now : 0, TG_E_QUOTA);
    return false;
}

/* Wake the calls that waited for the size of the window, or for an early request. */
static void wake_window(tg_client *c, tg_traffic *t)
{
    for (tg_call *call = c->first; call; call = call->next)
        if (call->stage == TG_S_WAITING && call->window == t->organization &&
            (isinf(call->due) || (t->ask_at > 0 && call->due == t->ask_at)))
            call->due = 0;
    t->ask_at = 0;
}

/* The early attempt has ended: other processes no longer keep requests for it. */
static void land(tg_call *call, bool sent, int remaining, double resets_in)
{
    tg_client *c = call->client;
    call->booked = false;
    tg_ledger_landed(c->ledger, call->window, call->generation, tg_client_now(c), sent, remaining,
                     resets_in);
}

/* A request taken from a window of unknown size was subtracted from no count. */
void tg_call_give_back(tg_call *call)
{
    if (call->charged && call->client->ledger)
        tg_ledger_release(call->client->ledger, call->window, call->booked ? 0 : call->generation);
    call->charged = false;
    if (call->booked) land(call, false, TG_UNKNOWN_COUNT, -1);
}

/* Release the request of an attempt that never reached the server. */
void tg_call_off_wire(tg_call *call)
{
    tg_client *c = call->client;
    tg_traffic *t = traffic_of(c, call->window);
    c->on_wire--;
    if (call->exchange.sent == 0) tg_call_give_back(call);
    call->charged = false;
    call->stage = TG_S_WAITING;
    if (!t) return;
    t->in_flight--;
    bool news = !t->answered || call->early;
    t->early -= call->early;
    if (call->exchange.outcome == TG_X_REPLY && call->exchange.status < 500) t->answered = true;
    if (news) wake_window(c, t);
}

void tg_call_count(tg_call *call, int remaining, double resets_in)
{
    tg_client *c = call->client;
    if (!c->ledger) return;
    /* an earlier reply has named the organization: its window has what was counted for both */
    if (call->window < 0) call->window = tg_call_paying_window(call);
    call->early = false;
    if (call->booked)
        land(call, call->exchange.sent > 0, remaining, resets_in);
    else if (remaining != TG_UNKNOWN_COUNT || resets_in >= 0)
        tg_ledger_learn(c->ledger, call->window, tg_client_now(c), remaining, resets_in,
                        TG_UNKNOWN_COUNT);
}

void tg_call_on_wire(tg_call *call)
{
    tg_client *c = call->client;
    c->on_wire++;
    tg_traffic *t = traffic_of(c, call->window);
    if (!t) return;
    t->in_flight++;
    call->early = c->ledger && !t->answered && tg_ledger_left(c->ledger, call->window) < 0;
    t->early += call->early;
}

bool tg_client_has_place(const tg_client *c)
{
    return c->on_wire < TG_TRANSPORT_MOST;
}

/* A limit of an option: below 0 is none at all, 0 is not given. */
static bool is_spent(long requests, long most)
{
    return most && requests >= (most > 0 ? most : 0);
}

/* The call fails where one more request would be more than the client or the program may send. */
static bool within_limit(tg_call *call)
{
    const tg_client *c = call->client;
    bool own = is_spent(c->requests, c->max_requests);
    if (!own && !(c->tally && is_spent(c->tally->requests, c->tally->max_requests))) return true;
    long sent = own ? c->requests : c->tally->requests;
    tg_error_because(&call->error, TG_R_MAX_REQUESTS);
    return tg_call_fail(call, TG_E_QUOTA, "the limit is reached: %ld %s sent", sent,
                        sent == 1 ? "request was" : "requests were");
}

/* The slot is checked first: a call without one pays nothing yet, and is checked again when one is
   free. */
bool tg_call_may_go(tg_call *call)
{
    return within_limit(call) && tg_client_has_place(call->client) && may_ask(call) &&
           keep_pace(call) && take_from_window(call);
}
