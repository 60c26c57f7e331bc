/* Convert the bytes of a reply to what the row declares, or a decode error; never an empty
   success. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"
#include "page.h"

#define BESIDE_CAP    (6u << 20) /* bytes */
#define LONGEST_TOKEN 12         /* bytes: a pair of surrogates */
/* bytes of a text that becomes a JSON string: no server sends longer ones */
#define BARE_MOST (64 * 1024)

void tg_reply_free(tg_reply *r)
{
    if (!r) return;
    tg_page_unref(r->page);
    free(r);
}

/* A copy of FROM followed by these headers, in one allocation. */
static tg_reply *with_headers(const tg_reply *from, tg_text headers)
{
    tg_reply *r = malloc(sizeof *r + headers.n + 1);
    if (!r) return NULL;
    char *p = (char *)(r + 1);
    *r = *from;
    if (headers.n) memcpy(p, headers.p, headers.n);
    p[headers.n] = '\0';
    r->headers = (tg_text){p, headers.n};
    return r;
}

static const char *id_key(const tg_model *m)
{
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if ((f->flags & TG_SELF) && f->type == TG_INT) return tg_field_wire(f);
    return NULL;
}

/* For tg_index_options. Items of any type may be null. */
static bool is_full_list(const void *model, const char *field)
{
    const tg_model *m = model;
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (strcmp(tg_field_wire(f), field) == 0) return f->type == TG_LIST && f->item != TG_ANY;
    return false;
}

tg_page *tg_page_of(tg_text text, tg_shape shape, const tg_model *m, tg_error *err)
{
    tg_odd odd = {.count = 0};
    tg_index_options o = {.shape = shape,
                          .id_key = id_key(m),
                          .plain = !m,
                          .full = is_full_list,
                          .model = m,
                          .odd = &odd};
    char *copy = malloc(text.n + 1);
    if (!copy) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    return tg_page_new(copy, text.n, false, &o, m, err);
}

static tg_text skip_blanks(tg_text t)
{
    while (t.n && t.p[0] && strchr(" \t\r\n", t.p[0])) t.p++, t.n--;
    return t;
}

/* A captive network or a proxy answers each request with its own web page, with status 200. */
bool tg_reply_is_page(tg_text t)
{
    t = skip_blanks(t);
    return t.n && t.p[0] == '<';
}

/* Could this be a truncated JSON literal or number? A bare text may begin like one and continue
   differently. */
static bool is_cut_scalar(tg_text t)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (t.n < strlen(words[i]) && strncmp(t.p, words[i], t.n) == 0) return true;
    return strspn(t.p, "-+.eE0123456789") >= t.n &&
           (t.p[0] == '-' || (t.p[0] >= '0' && t.p[0] <= '9'));
}

/* Does it begin like JSON with an explicit end? */
static bool opens(tg_text t)
{
    t = skip_blanks(t);
    return t.n && t.p[0] && strchr("{[\"", t.p[0]);
}

/* A body that claims to be JSON, or begins like it, must be complete JSON, and is not accepted as
   bare text. */
static bool poses_as_json(tg_text t, const char *type)
{
    return (type && strstr(type, "json")) || opens(t) || is_cut_scalar(skip_blanks(t));
}

/* JSON with its error at the very end, or so close that the last literal, escape or number may be
   incomplete. */
static bool may_go_on(tg_text t, size_t at)
{
    return t.n - at < LONGEST_TOKEN || strspn(t.p + at, "-+.eE0123456789") >= t.n - at;
}

/* Is it complete JSON once invalid values are replaced? */
static bool whole_if_mended(tg_text t)
{
    tg_error err;
    tg_page *page = tg_page_of(t, TG_REPLY_ANY, NULL, &err);
    tg_page_unref(page);
    return page != NULL;
}

bool tg_reply_is_cut(tg_text t, const char *type)
{
    size_t at = 0;
    if (!t.n) return true;
    /* A number or literal has no explicit end: a bare text may continue it, as in "true story". */
    if (!(type && strstr(type, "json")) && !opens(t)) return true;
    if (tg_json_check_at(t, &at, NULL) || whole_if_mended(t)) return false;
    return may_go_on(t, at) || !poses_as_json(t, NULL);
}

/* Servers return some strings as bare text (reference 1.6). An HTML page is never a valid reply. */
static bool bare_text(tg_text t, const char *type)
{
    return t.n <= BARE_MOST && !tg_reply_is_page(t) &&
           !(type && strncmp(type, "text/html", 9) == 0) && !poses_as_json(t, type) &&
           tg_utf8_check(t, NULL) == t.n;
}

/* Replace TEXT by itself as a JSON string. */
static bool quote(char **body, size_t *n)
{
    tg_buf out;
    tg_writer w;
    tg_buf_init(&out, TG_BUF_NO_LIMIT);
    tg_writer_init(&w, &out);
    tg_write_text(&w, (tg_text){*body, *n});
    if (!tg_write_ok(&w)) {
        tg_buf_clear(&out);
        return false;
    }
    free(*body);
    *body = tg_buf_take(&out, n);
    return *body != NULL;
}

static bool take_int(tg_reply *r, tg_page *page, tg_error *err)
{
    tg_value v = tg_value_of(tg_page_text(page));
    r->number = v.integer;
    return v.what == TG_V_INT || tg_error_set(err, TG_E_DECODE, "the reply is not a whole number");
}

/* Warn of each replaced value; of many only the first. */
static void tell_odd(tg_client *c, const tg_op *op, const tg_odd *odd)
{
    char place[120];
    size_t kept = odd->count < TG_ODD_KEPT ? odd->count : TG_ODD_KEPT;
    for (size_t i = 0; i < kept; i++) {
        const tg_odd_value *v = &odd->first[i];
        int n = v->record ? snprintf(place, sizeof place, "record %zu, ", v->record) : 0;
        if (*v->field)
            n += snprintf(place + n, sizeof place - (size_t)n, "field \"%s\", ", v->field);
        snprintf(place + n, sizeof place - (size_t)n, "byte %zu", v->at);
        tg_report_warning(c, "%s: %s: %s", op->name, place, v->what);
    }
    if (odd->count == kept) return;
    tg_report_warning(c, "%s: %zu more odd values like these in the same reply", op->name,
                      odd->count - kept);
}

/* Takes BODY. */
static bool take_page(tg_reply *r, tg_call *call, char *body, size_t n, bool checked, tg_error *err)
{
    const tg_op *op = call->request->op;
    const tg_model *m = op->model ? tg_model_find(op->model) : NULL;
    tg_odd odd; /* its values are not cleared, which would cost time */
    odd.count = odd.nulls = 0;
    /* of index and keys: the rest of the cap, plus a margin for a reply just below it */
    size_t rest = call->client->reply_cap > n ? call->client->reply_cap - n : 0;
    bool text = op->reply == TG_REPLY_STRING || op->reply == TG_REPLY_ANY;
    tg_index_options o = {.shape = op->reply,
                          .loose = op->flags & TG_LOOSE,
                          .id_key = id_key(m),
                          .plain = !m,
                          .full = is_full_list,
                          .model = m,
                          .odd = &odd,
                          .limit = rest + BESIDE_CAP};
    r->shape = op->reply;
    if (op->reply == TG_REPLY_INT || op->reply == TG_REPLY_STRING) o.shape = TG_REPLY_ANY;
    if (text && n && !tg_json_check((tg_text){body, n}, NULL) &&
        bare_text((tg_text){body, n}, tg_reply_header(r, "content-type")) && !quote(&body, &n)) {
        free(body);
        return tg_error_set(err, TG_E_NOMEM, "out of memory");
    }
    if (op->reply == TG_REPLY_BYTES && !n) {
        free(body);
        return tg_error_set(err, TG_E_DECODE, "empty body");
    }
    r->page = op->reply == TG_REPLY_BYTES ? tg_page_new_raw(body, n)
                                          : tg_page_new(body, n, checked, &o, m, err);
    if (!r->page && op->reply == TG_REPLY_BYTES)
        return tg_error_set(err, TG_E_NOMEM, "out of memory");
    if (!r->page) return false;
    r->odd = odd.count;
    r->nulls = odd.nulls;
    if (odd.count) tell_odd(call->client, op, &odd);
    return op->reply == TG_REPLY_INT ? take_int(r, r->page, err) : true;
}

static bool says_nothing(const tg_call *call, int status, size_t n)
{
    const tg_op *op = call->request->op;
    bool raw_write = call->request->raw && !tg_request_reads(call->request) && n == 0;
    return op->reply == TG_REPLY_NOTHING || status < 200 || status > 299 || raw_write ||
           ((op->flags & TG_EMPTY_OK) && (status == 204 || n == 0));
}

/* Nothing of this body is used; warn if it is neither JSON nor bare text, since what the server
   wanted to say is lost with it. */
static void tell_unread(tg_call *call, int status, tg_text body)
{
    tg_error why = {0};
    if (!body.n || status < 200 || status > 299) return;
    if (tg_json_check(body, &why) || bare_text(body, NULL)) return;
    bool read = tg_request_reads(call->request);
    tg_report_warning(call->client,
                      "%s: the server answered %d%s, but its reply cannot be read (%s)%s",
                      call->request->op->name, status, read ? "" : ", so the change counts as made",
                      why.message, read ? "" : "; read the present state to be sure");
}

bool tg_reply_make(tg_call *call, int status, char *body, size_t n, bool checked, tg_text headers,
                   tg_error *err)
{
    tg_reply *r = with_headers(&(tg_reply){0}, headers);
    if (!r) {
        free(body);
        return tg_error_set(err, TG_E_NOMEM, "out of memory");
    }
    r->status = status;
    r->at = tg_client_now(call->client);
    r->cost = call->cost;
    if (status < 300 && n && tg_reply_is_page((tg_text){body, n})) {
        tg_reply_free(r);
        free(body);
        return tg_error_set(err, TG_E_DECODE, "a web page came instead of a reply of Toggl");
    }
    if (says_nothing(call, status, n)) {
        r->shape = TG_REPLY_NOTHING;
        tell_unread(call, status, (tg_text){body, n});
        free(body);
    } else if (!take_page(r, call, body, n, checked, err)) {
        tg_reply_free(r);
        return false;
    }
    call->reply = r;
    return true;
}

tg_reply *tg_reply_share(const tg_reply *r, tg_error *err)
{
    tg_reply *copy = with_headers(r, r->headers);
    if (!copy) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    if (copy->page) tg_page_ref(copy->page);
    copy->cost = 0;
    return copy;
}
