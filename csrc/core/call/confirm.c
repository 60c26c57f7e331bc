/*
** Check whether the reply to a change confirms it. Toggl confirms most changes by a status alone,
** with an empty body, a text or the changed record, whose content is ignored. Some bodies
** contradict the status: null, false, and an object that lists rejected parts of the change.
*/
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"
#include "json.h"
#include "redact.h"

#define MOST 400 /* bytes of reasons */

/* Names under which servers list rejected parts; the reference has the first. */
static const char *const names[] = {"failure", "failures", "failed", "errors", "error"};

/* Is NAME a field of the reply, so that the caller sees the list in it? */
static bool is_declared(const tg_op *op, const char *name)
{
    const tg_model *m = op->model ? tg_model_find(op->model) : NULL;
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (strcmp(tg_field_wire(f), name) == 0) return true;
    return false;
}

static tg_value member(tg_text object, const char *name)
{
    return tg_value_get(object, (tg_text){name, strlen(name)});
}

/* Add the reason in V, one rejected part: its text, else all of it; shortened. */
static void add_reason(tg_buf *out, const tg_value *v)
{
    static const char *const texts[] = {"message", "error", "reason"};
    tg_value text = {.what = TG_V_ABSENT};
    for (size_t i = 0; v->what == TG_V_OBJECT && i < sizeof texts / sizeof *texts; i++) {
        text = member(v->text, texts[i]);
        if (text.what == TG_V_STRING && text.text.n) break;
    }
    if (text.what == TG_V_STRING && text.text.n) v = &text;
    if (out->n >= MOST) return;
    if (out->n) tg_buf_puts(out, "; ");
    char plain[MOST];
    bool escaped = v->what == TG_V_STRING && v->text.n <= sizeof plain;
    size_t n = escaped ? tg_value_unescape(v, plain) : v->text.n < MOST ? v->text.n : MOST;
    tg_buf_add(out, escaped ? plain : v->text.p, n);
}

/* Is V not null, false, 0 or empty? */
static bool says_something(const tg_value *v)
{
    tg_value key, value;
    size_t pos = 0;
    switch (v->what) {
    case TG_V_STRING: return v->text.n > 0;
    case TG_V_BOOL: return v->boolean;
    case TG_V_INT: return v->integer != 0;
    case TG_V_ARRAY:
    case TG_V_OBJECT: return tg_value_next(v->text, &pos, &key, &value);
    default: return false;
    }
}

/* Count the rejected parts that V lists; append their reasons to OUT. */
static size_t count_refused(const tg_value *v, tg_buf *out)
{
    tg_value key, item;
    size_t n = 0;
    if (!says_something(v)) return 0;
    if (v->what != TG_V_ARRAY) return add_reason(out, v), 1;
    for (size_t pos = 0; tg_value_next(v->text, &pos, &key, &item); n++) add_reason(out, &item);
    return n;
}

/* err.body gets the reply, unless it may hold a secret. */
static void fail_refused(tg_call *call, tg_text body, size_t n, tg_buf *reasons)
{
    const tg_op *op = call->request->op;
    const tg_model *m = op->model ? tg_model_find(op->model) : NULL;
    tg_error_advise(&call->error,
                    "read the present state: what was not refused may have been made");
    const char *why = reasons->p ? reasons->p : "";
    tg_call_fail(call, TG_E_PARTIAL, "%zu part%s of the change %s refused: %.*s", n,
                 n == 1 ? "" : "s", n == 1 ? "was" : "were", tg_error_fit(why, 180), why);
    if (!m || !tg_model_has_secrets(m)) tg_error_body(&call->error, body);
}

/* Does the record that OP returns have its own key? True as well if the model has none. */
static bool has_own_key(const tg_op *op, tg_text record)
{
    const tg_model *m = op->reply == TG_REPLY_RECORD && op->model ? tg_model_find(op->model) : NULL;
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->flags & TG_SELF && f->type == TG_INT && tg_value_field(record, f).what <= TG_V_NULL)
            return false;
    return true;
}

static bool check_object(tg_call *call, tg_text body)
{
    tg_buf reasons;
    size_t n = 0;
    tg_buf_init(&reasons, 2 * MOST);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tg_value v = member(body, names[i]);
        bool seen = v.what == TG_V_ARRAY && is_declared(call->request->op, names[i]);
        if (!seen) n += count_refused(&v, &reasons);
    }
    tg_value success = member(body, "success");
    if (n == 0 && success.what == TG_V_BOOL && !success.boolean)
        n = 1, tg_buf_puts(&reasons, "success is false");
    if (n) fail_refused(call, body, n, &reasons);
    tg_buf_clear(&reasons);
    if (n || has_own_key(call->request->op, body)) return n == 0;
    return tg_call_fail(call, TG_E_UNKNOWN,
                        "the server answered %d with a record without its key, which confirms "
                        "nothing",
                        call->exchange.status);
}

bool tg_call_confirmed(tg_call *call, tg_text body)
{
    const tg_op *op = call->request->op;
    bool shown = op->reply == TG_REPLY_ANY; /* the caller gets the body unchanged */
    if (tg_request_reads(call->request) || shown || op->flags & TG_EMPTY_OK) return true;
    if (!body.n || !tg_json_check(body, NULL)) return true;
    tg_value v = tg_value_of(body);
    if (v.what == TG_V_OBJECT) return check_object(call, body);
    bool against = v.what == TG_V_NULL || (v.what == TG_V_BOOL && !v.boolean);
    return !against || tg_call_fail(call, TG_E_UNKNOWN,
                                    "the server answered %d with %s, which confirms nothing",
                                    call->exchange.status, v.what == TG_V_NULL ? "null" : "false");
}
