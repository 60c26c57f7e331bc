#include "evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compare.h"

/* Seconds by which the clock of a server may differ from itself in one reply and another. */
#define TIME_SLACK 2.0
/* Seconds by which this machine's clock may be wrong where the server does not report its own. */
#define TIME_DOUBT 3600.0
/* Seconds after the write from which on the time of a record, that of its last change, does
   not tell when it was made. */
#define TIME_NEW 120.0

void tg_evidence_init(tg_evidence *e, const tg_request *write, tg_text before, double sent_at)
{
    *e = (tg_evidence){.write = write, .before = before, .sent_at = sent_at, .only_fields = true};
    tg_buf_init(&e->record, TG_BUF_NO_LIMIT);
}

void tg_evidence_clear(tg_evidence *e)
{
    free(e->sought);
    tg_buf_clear(&e->record);
    *e = (tg_evidence){0};
}

/* ----------------------------------------------------------------------------- what was written */

static tg_text body_of(const tg_request *w)
{
    return w->has_body ? (tg_text){w->body.p, w->body.n} : (tg_text){0};
}

static bool is_object(tg_text t)
{
    return t.n && *t.p == '{';
}

/* Path variables are percent-encoded, which changes no key and no word of a row. */
static tg_value in_path(const tg_request *w, const char *name)
{
    for (int i = 0; i < w->variables; i++) {
        const tg_buf *b = &w->variable[i].text;
        if (strcmp(w->variable[i].field->name, name) != 0) continue;
        bool digits = b->n && strspn(b->p, "0123456789") == b->n;
        tg_value v = {.what = digits ? TG_V_INT : TG_V_STRING, .text = {b->p, b->n}};
        if (digits) v.integer = strtoll(b->p, NULL, 10);
        return v;
    }
    return (tg_value){.what = TG_V_ABSENT};
}

static const tg_field *parameter(const tg_request *w, const char *name)
{
    return tg_field_find(w->op->params, name, strlen(name));
}

tg_value tg_evidence_given(const tg_request *w, const char *name)
{
    const tg_field *f = parameter(w, name);
    const char *wire = f ? tg_field_wire(f) : name;
    tg_text body = body_of(w);
    tg_value v = {.what = TG_V_ABSENT};
    if (is_object(body)) v = tg_value_get(body, (tg_text){wire, strlen(wire)});
    return v.what == TG_V_ABSENT ? in_path(w, name) : v;
}

/* CONDITION: a parameter, or "parameter=word word". */
static bool holds(const tg_request *w, const char *condition)
{
    char name[40];
    size_t n = strcspn(condition, "=");
    if (n >= sizeof name) return false;
    memcpy(name, condition, n);
    name[n] = '\0';
    tg_value v = tg_evidence_given(w, name);
    if (!condition[n]) return v.what > TG_V_NULL;
    for (const char *p = condition + n + 1; v.what == TG_V_STRING && *p; p += strspn(p, " ")) {
        n = strcspn(p, " ");
        if (n == v.text.n && memcmp(p, v.text.p, n) == 0) return true;
        p += n;
    }
    return false;
}

bool tg_evidence_needs(const tg_request *w, const tg_settle *how)
{
    return how->read && (!how->when || holds(w, how->when));
}

/* ------------------------------------------------------------------------------------- one read */

static bool add_sought(tg_evidence *e, const tg_value *v)
{
    tg_sought *more = realloc(e->sought, (e->count + 1) * sizeof *more);
    if (!more) return false;
    e->sought = more;
    more[e->count++] = (tg_sought){.v = *v};
    return true;
}

static bool begin_sought(tg_evidence *e, const char *name)
{
    tg_value unused, item, v = tg_evidence_given(e->write, name);
    bool ok = true;
    if (v.what == TG_V_ARRAY)
        for (size_t pos = 0; ok && tg_value_next(v.text, &pos, &unused, &item);)
            ok = add_sought(e, &item);
    else if (v.what > TG_V_NULL)
        ok = add_sought(e, &v);
    return ok;
}

bool tg_evidence_begin(tg_evidence *e, const tg_settle *how)
{
    const tg_op *op = tg_op_find(how->read);
    e->how = how;
    e->model = op && op->model ? tg_model_find(op->model) : NULL;
    e->count = 0;
    e->seen = false;
    if (how->look != TG_LOOK_FIELDS) e->only_fields = false;
    return !how->from || begin_sought(e, how->from);
}

static tg_value of_record(const tg_evidence *e, tg_text record, const char *name)
{
    const tg_field *f = tg_field_find(e->model->fields, name, strlen(name));
    return f ? tg_value_field(record, f) : (tg_value){.what = TG_V_ABSENT};
}

static bool is_set(const tg_evidence *e, tg_text record, const char *name)
{
    tg_value v = of_record(e, record, name);
    return v.what > TG_V_NULL && (v.what != TG_V_BOOL || v.boolean);
}

/* Seconds since 1970, without a fraction, of an RFC 3339 time in UTC or with an offset; below 0: it
   is none. */
static double time_of(const tg_value *v)
{
    char text[40], *end;
    struct tm tm = {0};
    if (v->what != TG_V_STRING || v->text.n >= sizeof text) return -1;
    memcpy(text, v->text.p, v->text.n);
    text[v->text.n] = '\0';
    end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!end) return -1;
    double at = (double)timegm(&tm);
    if (*end == '.') end += 1 + strspn(end + 1, "0123456789");
    int h, m;
    if ((*end == '+' || *end == '-') && sscanf(end + 1, "%2d:%2d", &h, &m) == 2)
        at -= (*end == '-' ? -1 : 1) * (h * 3600.0 + m * 60.0);
    return at;
}

/* A record of the name: made since, or there before? Where the server does not report its clock,
   only a clear difference decides. */
static void look_new(tg_evidence *e, tg_sought *s, tg_text record)
{
    tg_value v = of_record(e, record, e->how->since);
    double at = time_of(&v), slack = e->sure_of_time ? TIME_SLACK : TIME_DOUBT;
    if (at >= 0 && fabs(at - e->sent_at - TIME_NEW / 2) <= TIME_NEW / 2 + TIME_SLACK)
        s->found = true;
    else if (at < 0 || at >= e->sent_at - slack)
        e->doubt++;
}

/* KEYS: one, or a list. */
static void count_held(tg_evidence *e, const tg_value *list, const tg_field *f, tg_key kind,
                       const tg_value *keys, bool removed)
{
    tg_value unused, item;
    size_t pos = 0;
    bool many = keys->what == TG_V_ARRAY;
    for (item = *keys; many ? tg_value_next(keys->text, &pos, &unused, &item) : true;) {
        tg_value there = tg_compare_find(list, f, kind, &item);
        (there.what != TG_V_ABSENT) != removed ? e->yes++ : e->no++;
        if (!many) return;
    }
}

static void look_holds(tg_evidence *e, tg_text record)
{
    const tg_field *f = tg_field_find(e->model->fields, e->how->list, strlen(e->how->list));
    const tg_field *p = parameter(e->write, e->how->holds);
    tg_value list = tg_value_field(record, f), keys = tg_evidence_given(e->write, e->how->holds);
    tg_facts t = {0};
    if (list.what != TG_V_ARRAY) e->doubt++;
    if (list.what != TG_V_ARRAY || keys.what <= TG_V_NULL) return;
    if (keys.what == TG_V_ARRAY)
        tg_compare_list(&keys, p, &list, f, &t);
    else
        count_held(e, &list, f, p->key, &keys, e->how->unless && holds(e->write, e->how->unless));
    e->yes += t.yes;
    e->no += t.no;
}

static void look_patch(tg_evidence *e, tg_text record, tg_text patch)
{
    tg_value op = tg_value_get(patch, TG_TEXT("op")), path = tg_value_get(patch, TG_TEXT("path"));
    tg_value keys = tg_value_get(patch, TG_TEXT("value"));
    tg_text remove = TG_TEXT("remove");
    bool removed = op.what == TG_V_STRING && op.text.n == remove.n &&
                   memcmp(op.text.p, remove.p, remove.n) == 0;
    const tg_field *f = path.what == TG_V_STRING && path.text.n > 1
                            ? tg_field_find(e->model->fields, path.text.p + 1, path.text.n - 1)
                            : NULL;
    tg_value list = f ? tg_value_field(record, f) : (tg_value){.what = TG_V_ABSENT};
    if (list.what != TG_V_ARRAY || keys.what != TG_V_ARRAY)
        e->doubt++;
    else
        count_held(e, &list, f, TG_KEY_NONE, &keys, removed);
}

/* The body is the list of patches, or an object with one. */
static void look_patches(tg_evidence *e, tg_text record)
{
    tg_value unused, patch, list = tg_value_of(body_of(e->write));
    if (list.what == TG_V_OBJECT) list = tg_evidence_given(e->write, "patches");
    for (size_t pos = 0;
         list.what == TG_V_ARRAY && tg_value_next(list.text, &pos, &unused, &patch);)
        look_patch(e, record, patch.text);
}

/* How many fields of the body are looked for by another read of the row. */
static size_t read_elsewhere(const tg_request *w)
{
    size_t n = 0, most = sizeof w->op->settle / sizeof *w->op->settle;
    for (const tg_settle *how = w->op->settle; how < w->op->settle + most; how++)
        n += how->holds && tg_evidence_given(w, how->holds).what != TG_V_ABSENT;
    return n;
}

static void look_fields(tg_evidence *e, tg_text record)
{
    tg_facts t = {0};
    if (is_object(body_of(e->write)))
        tg_compare_fields(body_of(e->write), e->write->op->params, record, e->model, e->before, &t);
    e->yes += t.yes;
    e->no += t.no;
    /* a later change of another program explains what is neither given nor before, and a field that
       has moved beside one that has not */
    if (t.no && (t.other || t.moved)) e->doubt++;
    /* what is not shown may differ where all else is as written */
    if (t.no == 0 && t.unread > read_elsewhere(e->write)) e->doubt++;
    if (t.yes + t.no + t.unread == 0) e->doubt++;
}

/* The record that the write names. */
static void look_at(tg_evidence *e, tg_text record)
{
    e->seen = true;
    if (e->how->look == TG_LOOK_FIELDS) look_fields(e, record);
    if (e->how->look == TG_LOOK_HOLDS) look_holds(e, record);
    if (e->how->look == TG_LOOK_PATCHES) look_patches(e, record);
}

static tg_key own_key(const tg_model *m)
{
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->flags & TG_SELF) return f->key;
    return TG_KEY_NONE;
}

/* Keep a record that can stand for the reply of the write: one of the same kind of object. */
static void keep(tg_evidence *e, tg_text record)
{
    const char *model = e->write->op->model;
    if (!model || own_key(tg_model_find(model)) != own_key(e->model)) return;
    tg_buf_reset(&e->record);
    tg_buf_add(&e->record, record.p, record.n);
}

static void look_key(tg_evidence *e, tg_text record)
{
    const tg_field *f = tg_field_find(e->model->fields, e->how->at, strlen(e->how->at));
    tg_value at = tg_value_field(record, f);
    for (size_t i = 0; i < e->count; i++) {
        tg_sought *s = &e->sought[i];
        if (s->found || !tg_compare_same(&s->v, &at, strcmp(e->how->at, "email") == 0)) continue;
        if (e->how->look == TG_LOOK_NEW)
            look_new(e, s, record);
        else
            s->found = !e->how->live || is_set(e, record, e->how->live);
        if (s->found && e->how->before && is_set(e, record, e->how->before)) e->doubt++;
        if (s->found) {
            keep(e, record);
            look_at(e, record);
        }
    }
}

/* A record without a key to look for: the whole reply, or in a map that of the workspace. */
static void look_record(tg_evidence *e, const tg_record *r, tg_shape shape)
{
    const tg_value o = of_record(e, r->text, "organization_id");
    int64_t here = e->write->organization;
    if (o.what == TG_V_INT && here && o.integer != here) return; /* of the same name elsewhere */
    if (o.what == TG_V_INT) e->organization = o.integer;
    if (e->how->at)
        look_key(e, r->text);
    else if (shape != TG_REPLY_MAP || r->id == e->write->workspace) {
        keep(e, r->text);
        look_at(e, r->text);
    }
}

/* A time of HTTP, such as "Fri, 06 Mar 2026 12:00:10 GMT". Not by strptime: its names of months
   depend on the locale. */
static bool read_date(const char *text, struct tm *tm)
{
    static const char names[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    char month[4];
    if (sscanf(text, "%*3s, %2d %3s %4d %2d:%2d:%2d", &tm->tm_mday, month, &tm->tm_year,
               &tm->tm_hour, &tm->tm_min, &tm->tm_sec) != 6)
        return false;
    const char *found = strstr(names, month);
    if (!found || strlen(month) < 3) return false;
    tm->tm_mon = (int)(found - names) / 4;
    tm->tm_year -= 1900;
    return true;
}

/* Convert sent_at from this machine's clock to the server's. */
static void read_clock(tg_evidence *e, const tg_reply *r)
{
    struct tm tm = {0};
    const char *date = tg_reply_header(r, "date");
    if (e->sure_of_time || !date || !read_date(date, &tm)) return;
    e->sure_of_time = true;
    e->sent_at += (double)timegm(&tm) - floor(r->at);
}

bool tg_evidence_look(tg_evidence *e, const tg_reply *r)
{
    bool all = e->count > 0;
    read_clock(e, r);
    if (!r->page && e->how->look == TG_LOOK_FIELDS && !e->how->at) e->seen = true, e->no++;
    for (size_t i = 0; e->model && r->page && i < tg_page_count(r->page); i++) {
        tg_record record = tg_page_at(r->page, i);
        look_record(e, &record, r->shape);
    }
    for (size_t i = 0; i < e->count; i++) all = all && e->sought[i].found;
    return all;
}

void tg_evidence_end(tg_evidence *e, bool missing)
{
    const tg_settle *how = e->how;
    bool gone = how->look == TG_LOOK_GONE;
    bool contrary =
        gone || (how->unless && how->look == TG_LOOK_THERE && holds(e->write, how->unless));
    if (how->look == TG_LOOK_USED) {
        missing ? e->doubt++ : e->no++;
        return;
    }
    if (gone && !how->at) {
        missing ? e->yes++ : e->no++;
        return;
    }
    if (how->look == TG_LOOK_THERE || how->look == TG_LOOK_NEW || gone) {
        for (size_t i = 0; i < e->count; i++) e->sought[i].found != contrary ? e->yes++ : e->no++;
        if (!e->count) e->doubt++;
        if (how->look == TG_LOOK_NEW && e->yes) e->doubt = 0;
    } else if (!e->seen)
        e->doubt++;
}

tg_proof tg_evidence_proof(const tg_evidence *e)
{
    if (e->doubt || e->yes + e->no == 0) return TG_OPEN;
    if (!e->no) return TG_APPLIED;
    return !e->yes || e->only_fields ? TG_ABSENT : TG_OPEN;
}
