/* Settling an entry of the journal whose reply was lost, by this process or by one that ended. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "entry.h"
#include "error.h"
#include "recorded.h"

static bool may_settle(const tg_recorded *f, int64_t number, tg_error *err)
{
    if (!f->entry.ours)
        return tg_error_set(err, TG_E_NOT_FOUND, "the journal has no entry %lld of this account",
                            (long long)number);
    if (f->entry.state == TG_J_UNKNOWN) return true;
    if (f->entry.state != TG_J_SENT)
        return tg_error_set(err, TG_E_INVALID, "entry %lld is %s, so there is nothing to settle",
                            (long long)number, tg_journal_state_name(f->entry.state));
    if (!tg_process_runs(&f->entry.sender)) return true;
    return tg_error_set(err, TG_E_CONFLICT, "entry %lld was sent by process %lld, which still runs",
                        (long long)number, (long long)f->entry.sender.pid);
}

/* What is left of a request that was redacted, or holds a secret, cannot be looked for. */
static tg_request *request_of(const tg_recorded *f, tg_error *err)
{
    tg_text data = {f->data.p, f->data.n};
    tg_value request = {.what = TG_V_ABSENT};
    if (data.n && tg_json_check(data, NULL)) request = tg_value_get(data, TG_TEXT("request"));
    if (request.what == TG_V_OBJECT) return tg_request_load(request.text, err);
    tg_error_set(err, TG_E_INVALID, "the journal no longer has its request");
    return NULL;
}

tg_call *tg_client_settle(tg_client *c, int64_t number, const tg_call_options *o, tg_error *err)
{
    tg_recorded f;
    tg_journal *j = tg_client_journal_open(c, err);
    tg_request *r = NULL;
    tg_recorded_init(&f, c->auth.account);
    if (j && tg_recorded_read(&f, j, number, err) && may_settle(&f, number, err) &&
        tg_recorded_is_last(&f, j, number, err))
        r = request_of(&f, err);
    tg_recorded_clear(&f);
    return r ? tg_call_start_settling(c, r, o, number, f.sent_at, f.lost_at, err) : NULL;
}

bool tg_client_journal_lose(tg_client *c, int64_t number, tg_error *err)
{
    tg_text data = TG_TEXT("{\"kind\":\"unknown\",\"message\":\"its program ended\"}");
    tg_recorded f;
    tg_journal *j = tg_client_journal_open(c, err);
    double now = tg_client_now(c);
    tg_recorded_init(&f, c->auth.account);
    bool ok = j && tg_recorded_read(&f, j, number, err) && may_settle(&f, number, err);
    if (ok && f.entry.state == TG_J_SENT) {
        ok = f.sent_at + c->timeout <= now;
        if (!ok)
            tg_error_set(err, TG_E_CONFLICT, "the request of entry %lld may still be on its way",
                         (long long)number);
        ok = ok && tg_journal_add(j, &number, TG_JE_LOSE, now, c->auth.account, data, err);
    }
    tg_recorded_clear(&f);
    return ok;
}

/* ------------------------------------------------------------------------- before another write */

static void start_settler(tg_call *call)
{
    tg_error err;
    tg_client *c = call->client;
    tg_call_options o = call->options;
    o.settle = false;
    o.deadline = call->give_up ? call->give_up - tg_client_ticks(c) : 0;
    call->settler = tg_client_settle(c, call->behind, &o, &err);
    if (call->settler) call->settler->asker = call;
}

/* One that ended or could not be started is not looked for again: CALL goes, or is refused. */
void tg_call_step_behind(tg_call *call)
{
    tg_client *c = call->client;
    bool late = call->give_up && tg_client_ticks(c) >= call->give_up;
    if (!late && !call->settler) start_settler(call);
    if (!late && call->settler && !tg_call_done(call->settler)) {
        call->due = INFINITY;
        return;
    }
    if (!late) {
        tg_call_settler_free(call);
        call->tried = call->behind;
        call->behind = 0;
    }
    tg_call_advance(call);
}
