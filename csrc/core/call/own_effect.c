/* What a change of this client has made of the records of a list, by the row of its operation. */
#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "own.h"
#include "page.h"
#include "redact.h"
#include "request.h"

static bool is_of_organization(const tg_op *op)
{
    for (const tg_field *f = op->params; f && f->name; f++)
        if (f->in == TG_IN_PATH && f->key == TG_KEY_ORGANIZATION) return true;
    return false;
}

/* The list that the change has an effect on; NULL: it is not known, or not followed. Valid until
   the next list is created. */
static tg_own_list *list_of(tg_call *call)
{
    tg_client *c = call->client;
    const tg_op *op = call->request->op;
    if (!op->rows.list || call->request->raw || call->auth != &c->auth || !tg_client_cache(c))
        return NULL;
    const tg_op *list = tg_op_find(op->rows.list);
    bool placed = is_of_organization(list);
    int64_t organization = placed ? tg_call_paying_window(call) : 0;
    return placed && organization <= 0 ? NULL : tg_own_find(c, list, organization, true);
}

static const tg_model *model_of(const tg_own_list *l)
{
    return tg_model_find(l->op->model);
}

/* ----------------------------------------------------------------------------------- the chain */

/* The last change in the state file but for that made AT. */
static double other_than(tg_client *c, const tg_own_list *l, double at)
{
    tg_state *s = tg_ledger_state(c->ledger);
    return s->api->changes->other(s, c->auth.account, l->tags, at, tg_client_now(c));
}

void tg_own_prepare(tg_call *call)
{
    call->dropped = 0;
    call->noted_end = 0;
    list_of(call);
}

void tg_own_noted(tg_call *call)
{
    tg_client *c = call->client;
    tg_own_list *l = list_of(call);
    if (!l || !c->ledger) return;
    call->noted_before = other_than(c, l, call->noted);
    if (call->noted_before > l->noted) tg_own_lose(l, call->noted_before);
    l->noted = call->noted;
}

void tg_own_taken_back(tg_call *call)
{
    tg_own_list *l = list_of(call);
    if (l && l->noted == call->noted) l->noted = call->noted_before;
}

const char *tg_own_watched(tg_call *call)
{
    const tg_own_list *l = list_of(call);
    return l ? l->tags : NULL;
}

void tg_own_dropped(tg_call *call, const tg_dropped *before, int64_t seq)
{
    tg_own_list *l = list_of(call);
    if (!l) return;
    if (before->seq > l->seq) tg_own_lose(l, before->at > 0 ? before->at : call->asked);
    call->dropped = seq;
}

void tg_own_noted_end(tg_call *call, double at)
{
    tg_client *c = call->client;
    tg_own_list *l = list_of(call);
    if (!l || !c->ledger) return;
    double other = other_than(c, l, at);
    if (other > l->noted) tg_own_lose(l, other);
    call->noted_end = at;
}

/* ---------------------------------------------------------------------------------- the effect */

static bool has_word(const char *words, tg_text word)
{
    for (const char *p = words; p && *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (n == word.n && memcmp(p, word.p, n) == 0) return true;
        p += n;
    }
    return false;
}

/* The record of the reply; p NULL: none. */
static tg_text replied(const tg_call *call)
{
    const tg_page *page = call->reply->page;
    bool one = page && call->request->op->reply == TG_REPLY_RECORD && tg_page_count(page) == 1;
    return one ? tg_page_at(page, 0).text : (tg_text){0};
}

static void take_patch(tg_own *o, tg_buf *patch)
{
    tg_buf_putc(patch, '}');
    o->patch = tg_buf_take(patch, &o->patch_n);
}

/* All of the reply, if it has what finders look for. It is the record of the list where both have
   one model, and else leaves fields out. */
static bool of_reply(const tg_call *call, const tg_model *m, tg_own *o)
{
    tg_text record = replied(call);
    const tg_model *own = tg_model_find(call->request->op->model);
    if (!record.p || own->fields != m->fields) return false;
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_FOUND && tg_value_field(record, f).what == TG_V_ABSENT) return false;
    o->key = tg_page_at(call->reply->page, 0).id;
    o->complete = own == m;
    o->patch = malloc(record.n + 1);
    if (!o->patch || !o->key) return false;
    memcpy(o->patch, record.p, o->patch_n = record.n);
    o->patch[record.n] = '\0';
    if (tg_model_has_secrets(m)) tg_redact(o->patch, record.n, m);
    return true;
}

/* Does the body leave alone all other fields that finders look for? Another field of it puts the
   record in doubt. */
static bool keeps_names(const tg_call *call, const tg_model *m, tg_own *o)
{
    tg_value name, value;
    const tg_request *r = call->request;
    tg_text body = {r->body.p, r->body.n};
    for (size_t pos = 0; r->has_body && tg_value_next(body, &pos, &name, &value);) {
        if (has_word(r->op->rows.fields, name.text)) continue;
        const tg_field *f = tg_field_find(m->fields, name.text.p, name.text.n);
        if (f && f->flags & TG_FOUND) return false;
        o->doubt = true;
    }
    return true;
}

/* The named fields, as the reply, or else the body, has them. */
static bool of_fields(const tg_call *call, const tg_model *m, tg_own *o)
{
    tg_buf patch;
    tg_text reply = replied(call);
    const char *p = call->request->op->rows.fields;
    if (!keeps_names(call, m, o)) return false;
    tg_buf_init(&patch, TG_BUF_NO_LIMIT);
    tg_buf_putc(&patch, '{');
    for (size_t n; (n = strcspn(p, " ")) > 0; p += n + strspn(p + n, " ")) {
        const tg_field *f = tg_field_find(m->fields, p, n);
        tg_text wire = {tg_field_wire(f), strlen(tg_field_wire(f))};
        tg_value v =
            reply.p ? tg_value_get(reply, wire) : tg_evidence_given(call->request, f->name);
        if (v.what != TG_V_ABSENT) tg_own_member(&patch, wire, &v);
        if (reply.p && v.what == TG_V_ABSENT) o->doubt = true;
    }
    take_patch(o, &patch);
    return o->patch != NULL;
}

static bool put_keyed(const tg_call *call, tg_own_list *l, const tg_value *key)
{
    const tg_row_effect *e = &call->request->op->rows;
    tg_own o = {.key = key->integer,
                .at = tg_client_now(call->client),
                .gone = e->how == TG_ROW_GONE,
                .doubt = e->how == TG_ROW_DOUBT};
    bool ok = key->what == TG_V_INT && key->integer > 0 &&
              (e->how != TG_ROW_FIELDS || of_fields(call, model_of(l), &o));
    if (ok)
        tg_own_put(l, &o);
    else
        free(o.patch);
    return ok;
}

static bool put_all(const tg_call *call, tg_own_list *l)
{
    tg_value unused, item, v = tg_evidence_given(call->request, call->request->op->rows.from);
    bool ok = true;
    if (v.what == TG_V_ABSENT) return true; /* no record of the list */
    if (v.what != TG_V_ARRAY) return put_keyed(call, l, &v);
    for (size_t pos = 0; ok && tg_value_next(v.text, &pos, &unused, &item);)
        ok = put_keyed(call, l, &item);
    return ok;
}

static bool put_reply(const tg_call *call, tg_own_list *l)
{
    tg_own o = {.at = tg_client_now(call->client)};
    bool ok = of_reply(call, model_of(l), &o);
    if (ok)
        tg_own_put(l, &o);
    else
        free(o.patch);
    return ok;
}

void tg_own_confirmed(tg_call *call)
{
    if (tg_request_reads(call->request) || !call->dropped) return;
    tg_own_list *l = list_of(call);
    if (!l) return;
    tg_own_check_clock(call->client, l);
    l->seq = call->dropped;
    if (call->noted_end > 0) l->noted = call->noted_end;
    bool reply = call->request->op->rows.how == TG_ROW_REPLY;
    if (!(reply ? put_reply(call, l) : put_all(call, l)))
        tg_own_lose(l, tg_client_now(call->client));
}
