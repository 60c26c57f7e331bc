#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "redact.h"

#define TEXT_LIMIT 8192 /* bytes of a path or query: servers reject longer ones */
#define BODY_LIMIT (8u << 20)

static tg_request *request_alloc(const char *verb)
{
    /* not calloc, which bypasses the thread cache of malloc */
    tg_request *r = malloc(sizeof *r);
    if (!r) return NULL;
    *r = (tg_request){.verb = verb};
    tg_buf_init(&r->path, TEXT_LIMIT);
    tg_buf_init(&r->query, TEXT_LIMIT);
    tg_buf_init(&r->body, BODY_LIMIT);
    tg_writer_init(&r->writer, &r->body);
    return r;
}

tg_request *tg_request_new(const tg_op *op, tg_error *err)
{
    tg_request *r = request_alloc(op->verb);
    if (!r)
        tg_error_set(err, TG_E_NOMEM, "out of memory");
    else
        r->op = op;
    return r;
}

void tg_request_free(tg_request *r)
{
    if (!r) return;
    for (int i = 0; i < r->variables; i++) tg_buf_clear(&r->variable[i].text);
    tg_buf_clear(&r->path);
    tg_buf_clear(&r->query);
    tg_buf_clear(&r->body);
    free(r);
}

const char *tg_request_verb(const tg_request *r)
{
    return r->verb;
}

void tg_request_place(const tg_request *r, int64_t *organization, int64_t *workspace)
{
    *organization = r->organization;
    *workspace = r->workspace;
}

/* A list requested by POST changes nothing, and its row says so. */
bool tg_request_reads(const tg_request *r)
{
    return strcmp(r->verb, "GET") == 0 || r->op->effect == TG_EFFECT_NONE;
}

bool tg_request_plain(unsigned char c, const char *also)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && (strchr("-._~", c) || strchr(also, c)));
}

/* PLAIN: further characters that are not encoded. */
static void encode(tg_buf *out, tg_text text, const char *plain)
{
    size_t from = 0, i; /* start of the text that was read and not added yet */
    for (i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (tg_request_plain(c, plain)) continue;
        tg_buf_add(out, text.p + from, i - from);
        tg_buf_printf(out, "%%%02X", c);
        from = i + 1;
    }
    if (i > from) tg_buf_add(out, text.p + from, i - from);
}

static bool full(const tg_buf *b, tg_error *err)
{
    return b->failed ? tg_error_set(err, TG_E_INVALID, "the request is too long to send") : true;
}

/* Of one value; its name stands in front of the sentence. */
static bool fits(const tg_buf *b, tg_error *err)
{
    return !b->failed ||
           tg_error_set(err, TG_E_INVALID, "is too long: a path or query takes %d bytes, encoded",
                        TEXT_LIMIT);
}

static bool add_variable(tg_request *r, const tg_field *f, tg_text value, tg_error *err)
{
    if (r->variables == TG_MAX_PATH_VARIABLES)
        return tg_error_set(err, TG_E_INVALID, "too many path variables");
    tg_buf *b = &r->variable[r->variables].text;
    r->variable[r->variables++].field = f;
    tg_buf_init(b, TEXT_LIMIT);
    encode(b, value, "");
    return fits(b, err);
}

bool tg_request_query(tg_request *r, tg_text name, tg_text value, tg_error *err)
{
    if (r->query.n) tg_buf_putc(&r->query, '&');
    encode(&r->query, name, "");
    tg_buf_putc(&r->query, '=');
    encode(&r->query, value, ",");
    return fits(&r->query, err);
}

static bool add(tg_request *r, const tg_field *f, tg_text value, tg_error *err)
{
    if (f->in == TG_IN_PATH) return add_variable(r, f, value, err);
    const char *name = tg_field_wire(f);
    return tg_request_query(r, (tg_text){name, strlen(name)}, value, err);
}

bool tg_request_int(tg_request *r, const tg_field *f, int64_t value, tg_error *err)
{
    char digits[24], *end = digits + sizeof digits, *p = end;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do *--p = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0) *--p = '-';
    bool ok = add(r, f, (tg_text){p, (size_t)(end - p)}, err);
    if (f->in == TG_IN_PATH && f->key == TG_KEY_ORGANIZATION) r->organization = value;
    if (f->in == TG_IN_PATH && f->key == TG_KEY_WORKSPACE) r->workspace = value;
    return ok;
}

/* A value that could leave its path segment: libcurl or a proxy would resolve the dots. */
static bool climbs(tg_text v)
{
    return memchr(v.p, '/', v.n) || memchr(v.p, '\\', v.n) || (v.n == 1 && v.p[0] == '.') ||
           (v.n == 2 && v.p[0] == '.' && v.p[1] == '.');
}

bool tg_request_text(tg_request *r, const tg_field *f, tg_text value, tg_error *err)
{
    if (f->in == TG_IN_PATH && value.n == 0) return tg_error_set(err, TG_E_INVALID, "is empty");
    if (f->in == TG_IN_PATH && climbs(value))
        return tg_error_set(err, TG_E_INVALID, "may not hold \"/\" or be \".\" or \"..\"");
    return add(r, f, value, err);
}

tg_writer *tg_request_body(tg_request *r)
{
    r->has_body = true;
    return &r->writer;
}

static const tg_buf *variable(const tg_request *r, const char *name, size_t n, const tg_field **f)
{
    for (int i = 0; i < r->variables; i++) {
        *f = r->variable[i].field;
        if (strncmp((*f)->name, name, n) == 0 && (*f)->name[n] == '\0') return &r->variable[i].text;
    }
    return NULL;
}

/* SHOW: write the names of secrets in their place. False: a variable has no value; *missing names
   it. */
static bool expand(const tg_request *r, const char *t, tg_buf *out, bool show, tg_text *missing)
{
    while (*t) {
        size_t n = strcspn(t, "{");
        tg_buf_add(out, t, n);
        t += n;
        if (!*t) break;
        size_t len = strcspn(++t, "}");
        const tg_field *f;
        const tg_buf *value = variable(r, t, len, &f);
        if (!value) {
            *missing = (tg_text){t, len};
            return false;
        }
        if (show && (f->flags & TG_SECRET))
            tg_buf_printf(out, "{%s}", f->name);
        else
            tg_buf_add(out, value->p, value->n);
        t += len + (t[len] != '\0');
    }
    return true;
}

bool tg_request_expand(const tg_request *r, const char *template_, tg_buf *out)
{
    tg_text missing;
    return expand(r, template_, out, false, &missing) && !out->failed;
}

bool tg_request_finish(tg_request *r, tg_error *err)
{
    tg_text missing;
    if (!r->raw && !expand(r, r->op->path, &r->path, false, &missing))
        return tg_error_set(err, TG_E_INVALID, "%.*s is missing", (int)missing.n, missing.p);
    if (r->body.failed)
        return tg_error_set(err, TG_E_INVALID,
                            "the body takes more than %u bytes, or memory is used up", BODY_LIMIT);
    if (r->has_body && !tg_writer_done(&r->writer))
        return tg_error_set(err, TG_E_INVALID, "the body cannot be written: %s",
                            r->writer.why ? r->writer.why : "it is incomplete");
    return full(&r->path, err) && full(&r->query, err);
}

bool tg_request_key(const tg_request *r, tg_buf *out)
{
    tg_buf_add(out, r->path.p, r->path.n);
    if (r->query.n) {
        tg_buf_putc(out, '?');
        tg_buf_add(out, r->query.p, r->query.n);
    }
    if (r->has_body) {
        tg_buf_putc(out, '\n');
        tg_buf_add(out, r->body.p, r->body.n);
    }
    return !out->failed;
}

/* The name of the pair of the query at *AT, which moves to the next; false: the end. */
static bool next_pair(const tg_request *r, size_t *at, tg_text *name, tg_text *pair)
{
    if (*at >= r->query.n) return false;
    const char *p = r->query.p + *at, *end = memchr(p, '&', r->query.n - *at);
    *pair = (tg_text){p, end ? (size_t)(end - p) : r->query.n - *at};
    const char *equals = memchr(p, '=', pair->n);
    *name = (tg_text){p, equals ? (size_t)(equals - p) : pair->n};
    *at += pair->n + 1;
    return true;
}

/* The letters and "_" of such a name are not encoded. */
bool tg_request_hides_query(const tg_request *r)
{
    tg_text name, pair;
    for (size_t at = 0; r->raw && next_pair(r, &at, &name, &pair);)
        if (tg_is_secret_name(name)) return true;
    return false;
}

static void show_query(const tg_request *r, tg_buf *out)
{
    tg_text name, pair;
    char mark = '?';
    for (size_t at = 0; next_pair(r, &at, &name, &pair); mark = '&') {
        tg_buf_putc(out, mark);
        if (r->raw && tg_is_secret_name(name))
            tg_buf_printf(out, "%.*s={%.*s}", (int)name.n, name.p, (int)name.n, name.p);
        else
            tg_buf_add(out, pair.p, pair.n);
    }
}

void tg_request_show(const tg_request *r, char *out, size_t size)
{
    tg_buf b;
    tg_text missing;
    tg_buf_init(&b, 2 * TEXT_LIMIT);
    if (*r->op->path)
        expand(r, r->op->path, &b, true, &missing);
    else
        tg_buf_add(&b, r->path.p, r->path.n);
    show_query(r, &b);
    size_t n = b.n < size - 1 ? b.n : size - 1;
    if (n) memcpy(out, b.p, n);
    out[n] = '\0';
    tg_buf_clear(&b);
}

bool tg_request_hides_body(const tg_request *r)
{
    for (const tg_field *f = r->op ? r->op->params : NULL; f && f->name; f++)
        if (f->in == TG_IN_BODY && (f->flags & TG_SECRET)) return true;
    bool open = r->raw || (r->op && r->op->flags & TG_BODY_OPEN);
    if (!r->has_body || !open) return false;
    return !tg_writer_done(&r->writer) || tg_names_secret((tg_text){r->body.p, r->body.n});
}

bool tg_request_changes(const tg_request *r, char *path, size_t size, tg_text *body)
{
    *path = '\0';
    *body = (tg_text){NULL, 0};
    if (tg_request_reads(r)) return false;
    tg_request_show(r, path, size);
    if (r->has_body && !tg_request_hides_body(r)) *body = (tg_text){r->body.p, r->body.n};
    return true;
}
