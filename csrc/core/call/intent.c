/* Writes in the journal: recorded before each attempt, and what became of them. */
#include <string.h>

#include "client.h"
#include "error.h"
#include "journal.h"
#include "process.h"
#include "request.h"

#define DATA_MOST ((10u << 20)) /* a request at its limits, and the names */

/* -------------------------------------------------------------------------------------- records */

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static void put_text(tg_writer *w, const char *key, const char *value)
{
    if (!value || !*value) return;
    tg_write_key(w, text_of(key));
    tg_write_text(w, text_of(value));
}

static void put_int(tg_writer *w, const char *key, int64_t value)
{
    if (!value) return;
    tg_write_key(w, text_of(key));
    tg_write_int(w, value);
}

/* Is a body field of the row's effect_if true, or a list? */
static bool has_condition(const tg_request *r)
{
    const char *p = r->op->effect_if;
    while (p && *p && r->has_body) {
        size_t n = strcspn(p, " ");
        tg_value v = tg_value_get((tg_text){r->body.p, r->body.n}, (tg_text){p, n});
        if (v.what == TG_V_ARRAY || (v.what == TG_V_BOOL && v.boolean)) return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

tg_effect tg_request_effect(const tg_request *r)
{
    return has_condition(r) ? r->op->effect_then : r->op->effect;
}

/* Does the body name a person? One that no row describes may, in any member. */
static bool names_people(const tg_request *r)
{
    if (!r->has_body) return false;
    if (r->raw || r->op->flags & TG_BODY_OPEN) return true;
    for (const tg_field *f = r->op->params; f && f->name; f++) {
        tg_text name = {f->name, strlen(f->name)};
        if (f->in == TG_IN_BODY && f->flags & (TG_EMAIL | TG_PERSON) &&
            tg_value_get((tg_text){r->body.p, r->body.n}, name).what != TG_V_ABSENT)
            return true;
    }
    return false;
}

/* What the journal may redact in time. */
static void put_personal(const tg_request *r, tg_writer *w)
{
    if (!names_people(r)) return;
    tg_write_key(w, TG_TEXT("personal"));
    tg_write_array(w);
    tg_write_text(w, TG_TEXT("request"));
    tg_write_text(w, TG_TEXT("before"));
    tg_write_end(w);
}

/* Shows whether the sender still runs. */
static void put_process(tg_writer *w)
{
    tg_process self;
    tg_process_self(&self);
    put_int(w, "process", self.pid);
    put_int(w, "started", self.started);
    put_text(w, "boot", self.boot);
}

static void describe(const tg_call *call, tg_writer *w)
{
    char path[400];
    const tg_request *r = call->request;
    tg_request_show(r, path, sizeof path);
    put_text(w, "operation", r->op->name);
    put_text(w, "method", r->verb);
    put_text(w, "path", path);
    put_text(w, "effect", tg_effect_name(tg_request_effect(r)));
    put_int(w, "organization", r->organization);
    put_int(w, "workspace", r->workspace);
    put_text(w, "job", call->job);
    put_text(w, "step", call->step);
    put_process(w);
    put_text(w, "version", TG_VERSION);
    put_personal(r, w);
    tg_call_before(call, w);
}

/* {..., "request": {...}}, which is whole JSON already. */
static bool write_intent(const tg_call *call, tg_buf *out)
{
    tg_writer w;
    tg_writer_init(&w, out);
    tg_write_object(&w);
    describe(call, &w);
    tg_write_end(&w);
    if (!tg_writer_done(&w)) return false;
    out->p[--out->n] = '\0'; /* the brace */
    return tg_buf_puts(out, ",\"request\":") && tg_request_write(call->request, out) &&
           tg_buf_putc(out, '}');
}

static bool write_attempt(const tg_call *call, tg_buf *out)
{
    tg_writer w;
    tg_writer_init(&w, out);
    tg_write_object(&w);
    put_int(&w, "attempt", call->try_ + 1);
    put_process(&w);
    tg_write_end(&w);
    return tg_writer_done(&w);
}

static bool write_outcome(const tg_call *call, tg_buf *out)
{
    tg_writer w;
    tg_writer_init(&w, out);
    tg_write_object(&w);
    put_text(&w, "kind", call->error.kind == TG_OK ? "done" : tg_kind_name(call->error.kind));
    put_int(&w, "status", call->reply ? call->reply->status : call->error.status);
    if (call->error.kind != TG_OK) put_text(&w, "message", call->error.message);
    tg_write_end(&w);
    return tg_writer_done(&w);
}

static bool record(tg_call *call, tg_journal_event event,
                   bool (*write)(const tg_call *call, tg_buf *out), tg_error *err)
{
    tg_buf data;
    tg_client *c = call->client;
    tg_journal *j = tg_client_journal_open(c, err);
    if (!j) return false;
    tg_buf_init(&data, DATA_MOST);
    bool ok = write(call, &data);
    if (ok)
        ok = tg_journal_add(j, &call->entry, event, tg_client_now(c), call->auth->account,
                            (tg_text){data.p, data.n}, err);
    else if (data.failed)
        tg_error_set(err, TG_E_NOMEM, "out of memory");
    else
        tg_error_set(err, TG_E_INVALID, "a text of it is not UTF-8, such as the name of its job");
    tg_buf_clear(&data);
    return ok;
}

bool tg_call_intend(tg_call *call, tg_error *err)
{
    char path[2];
    tg_text body;
    tg_client *c = call->client;
    if (!c->journal_path || !tg_request_changes(call->request, path, sizeof path, &body))
        return true;
    if (!record(call, TG_JE_SEND, call->entry ? write_attempt : write_intent, err)) return false;
    call->recorded_lost = call->recorded_absent = false;
    return true;
}

/* How it was settled, and by which person or program. */
static bool write_proof(const tg_call *call, tg_buf *out)
{
    return tg_buf_printf(out, "{\"kind\":\"%s\",\"by\":\"reading\"}",
                         call->proof == TG_APPLIED ? "done" : "absent");
}

static bool record_outcome(tg_call *call, tg_journal_event event,
                           bool (*write)(const tg_call *call, tg_buf *out))
{
    tg_error err;
    if (record(call, event, write, &err)) return true;
    tg_report_warning(call->client, "the outcome of entry %lld is not in the journal: %.*s",
                      (long long)call->entry, tg_error_fit(err.message, 200), err.message);
    return false;
}

void tg_call_record_lost(tg_call *call)
{
    if (!call->entry || call->recorded_lost) return;
    record_outcome(call, TG_JE_LOSE, write_outcome);
    call->recorded_lost = true;
}

bool tg_call_record_absent(tg_call *call)
{
    call->proof = TG_ABSENT;
    call->recorded_absent = call->entry && record_outcome(call, TG_JE_MISS, write_proof);
    call->proof = TG_OPEN;
    return call->recorded_absent;
}

/* An outcome that cannot be recorded leaves the entry open, so that it is looked into. */
void tg_call_outcome(tg_call *call)
{
    if (!call->entry || call->recorded_absent) return;
    tg_kind kind = call->error.kind;
    tg_journal_event event = kind == TG_OK          ? TG_JE_ACCEPT
                             : kind == TG_E_UNKNOWN ? TG_JE_LOSE
                                                    : TG_JE_REFUSE;
    if (call->proof != TG_OPEN)
        record_outcome(call, call->proof == TG_APPLIED ? TG_JE_FIND : TG_JE_MISS, write_proof);
    else if (!call->recorded_lost)
        record_outcome(call, event, write_outcome);
    if (kind == TG_E_UNKNOWN) tg_call_left_open(call);
    call->entry = 0;
}
