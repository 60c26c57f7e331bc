/*
** A request as a text, and back:
**
**   {"op":"post_organization_group","path":{"organization_id":"7"},"query":"a=b","body":{...}}
**
** Each part is as sent; a raw request has "verb" and "path" in place of a row. A part with a secret
** is left out and marked: {"secret":true}. Such a text cannot be sent again.
*/
#include <sha2.h> /* libmd */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "request.h"

#define TEXT_MOST ((9u << 20) + 32768) /* a body, path and query at their limits, and the names */

/* ----------------------------------------------------------------------------------------- save */

static bool add_string(tg_buf *out, tg_text text)
{
    tg_writer w;
    tg_writer_init(&w, out);
    tg_write_text(&w, text);
    return tg_writer_done(&w);
}

static bool add_member(tg_buf *out, const char *name, tg_text text)
{
    tg_buf_printf(out, "%s\"%s\":", out->p[out->n - 1] == '{' ? "" : ",", name);
    return add_string(out, text);
}

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static const tg_buf *find_variable(const tg_request *r, const tg_field *f)
{
    for (int i = 0; i < r->variables; i++)
        if (r->variable[i].field == f) return &r->variable[i].text;
    return NULL;
}

/* In the order of the row, whatever the order of the calls. */
static bool add_variables(const tg_request *r, tg_buf *out)
{
    const char *comma = "";
    bool ok = tg_buf_puts(out, ",\"path\":{");
    for (const tg_field *f = r->op->params; f && f->name; f++) {
        const tg_buf *value = f->in == TG_IN_PATH ? find_variable(r, f) : NULL;
        if (!value || f->flags & TG_SECRET) continue;
        tg_buf_printf(out, "%s\"%s\":", comma, f->name);
        ok = add_string(out, (tg_text){value->p, value->n}) && ok;
        comma = ",";
    }
    return tg_buf_putc(out, '}') && ok;
}

static bool path_holds_secret(const tg_request *r)
{
    for (const tg_field *f = r->op->params; f && f->name; f++)
        if (f->flags & TG_SECRET && f->in == TG_IN_PATH && find_variable(r, f)) return true;
    return false;
}

bool tg_request_replayable(const tg_request *r)
{
    return !path_holds_secret(r) && !tg_request_hides_query(r) && !tg_request_hides_body(r);
}

static bool add_raw(const tg_request *r, tg_buf *out)
{
    tg_text path = path_holds_secret(r) ? text_of(r->op->path) : (tg_text){r->path.p, r->path.n};
    return add_member(out, "verb", text_of(r->verb)) && add_member(out, "path", path);
}

bool tg_request_write(const tg_request *r, tg_buf *out)
{
    if (r->has_body && !tg_writer_done(&r->writer)) return false;
    bool ok = tg_buf_putc(out, '{');
    ok = ok && (r->raw ? add_raw(r, out)
                       : add_member(out, "op", text_of(r->op->name)) && add_variables(r, out));
    /* a part that holds a secret is left out as a whole */
    if (r->query.n && !tg_request_hides_query(r))
        ok = ok && add_member(out, "query", (tg_text){r->query.p, r->query.n});
    if (r->has_body && !tg_request_hides_body(r)) {
        tg_buf_puts(out, ",\"body\":");
        tg_buf_add(out, r->body.p, r->body.n);
    }
    if (!tg_request_replayable(r)) tg_buf_puts(out, ",\"secret\":true");
    return ok && tg_buf_putc(out, '}') && !out->failed;
}

char *tg_request_save(const tg_request *r, size_t *n, tg_error *err)
{
    tg_buf out;
    tg_buf_init(&out, TEXT_MOST);
    if (tg_request_write(r, &out)) return tg_buf_take(&out, n);
    bool room = !out.failed;
    tg_buf_clear(&out);
    tg_error_set(err, room ? TG_E_INVALID : TG_E_NOMEM,
                 room ? "the body of the request is incomplete" : "out of memory");
    return NULL;
}

/* ----------------------------------------------------------------------------------------- load */

static bool refuse(tg_error *err, const char *what)
{
    return tg_error_set(err, TG_E_INVALID, "not a saved request: %s", what);
}

/* The text of a string; escapes are decoded into OUT. False: not a string. */
static bool decode(const tg_value *v, tg_buf *out)
{
    if (v->what != TG_V_STRING) return false;
    char *room = malloc(v->text.n + 1);
    size_t n = room ? tg_value_unescape(v, room) : 0;
    bool ok = room && tg_buf_add(out, room, n);
    free(room);
    return ok;
}

/* As sent: percent-encoded, so that no value can leave its segment. */
static bool is_encoded(const tg_buf *b, const char *also)
{
    for (size_t i = 0; i < b->n; i++) {
        unsigned char c = (unsigned char)b->p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (!c || (!strchr("-._~%", c) && !strchr(also, c)))) return false;
    }
    return b->n > 0 && strcmp(b->p, ".") != 0 && strcmp(b->p, "..") != 0;
}

static bool load_variable(tg_request *r, const tg_value *key, const tg_value *value, tg_error *err)
{
    const tg_field *f = tg_field_find(r->op->params, key->text.p, key->text.n);
    if (!f || f->in != TG_IN_PATH) return refuse(err, "its row has no such path variable");
    if (r->variables == TG_MAX_PATH_VARIABLES) return refuse(err, "too many path variables");
    tg_buf *b = &r->variable[r->variables].text;
    tg_buf_init(b, 8192);
    r->variable[r->variables++].field = f;
    if (!decode(value, b) || !is_encoded(b, "")) return refuse(err, "a path variable is damaged");
    if (f->key == TG_KEY_ORGANIZATION) r->organization = strtoll(b->p, NULL, 10);
    if (f->key == TG_KEY_WORKSPACE) r->workspace = strtoll(b->p, NULL, 10);
    return true;
}

static bool load_variables(tg_request *r, tg_text path, tg_error *err)
{
    tg_value key, value;
    for (size_t pos = 0; tg_value_next(path, &pos, &key, &value);)
        if (!load_variable(r, &key, &value, err)) return false;
    return true;
}

static bool load_rest(tg_request *r, tg_text text, tg_error *err)
{
    tg_value query = tg_value_get(text, TG_TEXT("query")),
             body = tg_value_get(text, TG_TEXT("body"));
    if (query.what != TG_V_ABSENT && (!decode(&query, &r->query) || !is_encoded(&r->query, "=&,+")))
        return refuse(err, "its query is damaged");
    if (body.what == TG_V_ABSENT) return true;
    tg_text b = body.text;
    if (body.what == TG_V_STRING) b = (tg_text){b.p - 1, b.n + 2}; /* with its quotes */
    tg_writer *w = tg_request_body(r);
    w->first = false; /* the writer has a complete value */
    return tg_buf_add(&r->body, b.p, b.n) || tg_error_set(err, TG_E_NOMEM, "out of memory");
}

static tg_request *load_row(tg_text text, tg_error *err)
{
    char name[80];
    tg_value op = tg_value_get(text, TG_TEXT("op")), path = tg_value_get(text, TG_TEXT("path"));
    bool fits = op.what == TG_V_STRING && op.text.n < sizeof name && path.what == TG_V_OBJECT;
    if (fits) memcpy(name, op.text.p, op.text.n);
    name[fits ? op.text.n : 0] = '\0';
    const tg_op *row = fits ? tg_op_find(name) : NULL;
    if (!row) {
        refuse(err, "its operation is not known");
        return NULL;
    }
    tg_request *r = tg_request_new(row, err);
    if (r && load_variables(r, path.text, err)) return r;
    tg_request_free(r);
    return NULL;
}

static tg_request *load_raw(tg_text text, const tg_value *verb, tg_error *err)
{
    tg_buf word, place;
    tg_value path = tg_value_get(text, TG_TEXT("path"));
    tg_buf_init(&word, 16);
    tg_buf_init(&place, 8192);
    tg_request *r = NULL;
    if (decode(verb, &word) && decode(&path, &place))
        r = tg_request_raw(word.p, (tg_text){place.p, place.n}, err);
    else
        refuse(err, "it has no method or no path");
    tg_buf_clear(&word);
    tg_buf_clear(&place);
    return r;
}

tg_request *tg_request_load(tg_text text, tg_error *err)
{
    if (!tg_json_check(text, err)) return NULL;
    if (!text.n || *text.p != '{') return refuse(err, "it is not an object"), NULL;
    tg_value verb = tg_value_get(text, TG_TEXT("verb"));
    if (tg_value_get(text, TG_TEXT("secret")).what != TG_V_ABSENT) {
        tg_error_set(err, TG_E_INVALID, "a secret of this request was not kept");
        tg_error_advise(err, "make the request again");
        return NULL;
    }
    tg_request *r = verb.what == TG_V_ABSENT ? load_row(text, err) : load_raw(text, &verb, err);
    if (r && load_rest(r, text, err)) return r;
    tg_request_free(r);
    return NULL;
}

/* -------------------------------------------------------------------------------------- compare */

bool tg_request_hash(const tg_request *r, char hex[TG_HASH_SIZE])
{
    tg_buf text;
    tg_buf_init(&text, TEXT_MOST);
    bool ok = tg_request_write(r, &text);
    if (ok) SHA256Data((const uint8_t *)text.p, text.n, hex);
    tg_buf_clear(&text);
    return ok;
}

bool tg_request_same(const tg_request *a, const tg_request *b)
{
    char one[TG_HASH_SIZE], two[TG_HASH_SIZE];
    return tg_request_hash(a, one) && tg_request_hash(b, two) && strcmp(one, two) == 0;
}
