/* Requests without a row: check the path, then match it with the rows for their properties. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "request.h"

static const char *const verbs[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

static const char *find_verb(const char *verb)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i], verb) == 0) return verbs[i];
    return NULL;
}

static bool hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Check one segment of the path: rejects dot segments, plain or encoded. */
static bool check_segment(const char *p, size_t n, tg_error *err)
{
    size_t dots = 0, other = 0;
    for (size_t i = 0; i < n; i++) {
        bool encoded = p[i] == '%';
        if (encoded && (n - i < 3 || !hex(p[i + 1]) || !hex(p[i + 2])))
            return tg_error_set(err, TG_E_INVALID,
                                "the path holds \"%%\" without two hexadecimal digits");
        if (encoded && p[i + 1] == '2' && (p[i + 2] == 'f' || p[i + 2] == 'F'))
            return tg_error_set(err, TG_E_INVALID, "the path holds an encoded slash");
        bool dot =
            p[i] == '.' || (encoded && p[i + 1] == '2' && (p[i + 2] == 'e' || p[i + 2] == 'E'));
        if (!encoded && !tg_request_plain((unsigned char)p[i], "!$&'()*+,;=:@/"))
            return tg_error_set(err, TG_E_INVALID,
                                "the path holds a character that must be percent-encoded");
        dot ? dots++ : other++;
        i += encoded ? 2 : 0;
    }
    if (dots && !other && dots <= 2)
        return tg_error_set(err, TG_E_INVALID, "the path holds \".\" or \"..\"");
    return true;
}

static bool check_path(tg_text path, tg_error *err)
{
    if (!path.n || path.p[0] != '/')
        return tg_error_set(err, TG_E_INVALID,
                            "the path must start with \"/\", below the base address");
    const char *p = path.p + 1, *end = path.p + path.n;
    while (p <= end) {
        const char *slash = memchr(p, '/', (size_t)(end - p));
        size_t n = (size_t)((slash ? slash : end) - p);
        if (!check_segment(p, n, err)) return false;
        p += n + 1;
    }
    return true;
}

/* A row without variables matches better: "plans" in /workspaces/plans is not a workspace. */
static const tg_op *match(const char *verb, tg_text path)
{
    size_t count;
    tg_text value[TG_MAX_PATH_VARIABLES];
    const tg_op *ops = tg_ops(&count), *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(ops[i].verb, verb) != 0) continue;
        int variables = tg_op_match(&ops[i], path, value);
        if (variables == 0 || (variables > 0 && !found)) found = &ops[i];
    }
    return found;
}

/* The integer after PREFIX in the path; 0: none. */
static int64_t number_after(tg_text path, const char *prefix)
{
    size_t n = strlen(prefix);
    for (size_t i = 0; i + n < path.n; i++) {
        if (memcmp(path.p + i, prefix, n) != 0) continue;
        int64_t v = 0;
        for (size_t k = i + n;
             k < path.n && path.p[k] >= '0' && path.p[k] <= '9' && v < INT64_MAX / 10 - 1; k++)
            v = v * 10 + (path.p[k] - '0');
        return v;
    }
    return 0;
}

/* Set the row's variables to the texts of the path, for tags. */
static void note_variables(tg_request *r, tg_text path)
{
    tg_text value[TG_MAX_PATH_VARIABLES];
    int n = tg_op_match(r->op, path, value);
    for (const tg_field *f = r->op->params; r->variables < n; f++) {
        tg_buf *b = &r->variable[r->variables].text;
        tg_buf_init(b, path.n + 1);
        tg_buf_add(b, value[r->variables].p, value[r->variables].n);
        r->variable[r->variables++].field = f;
    }
}

/* For requests that match no row. The effect of such a write is unknown, so it invalidates
   everything stored. */
static const tg_field no_params[] = {{0}};
static const tg_op any = {.name = "request",
                          .verb = "",
                          .path = "",
                          .effect = TG_EFFECT_ONCE,
                          .params = no_params,
                          .reply = TG_REPLY_ANY,
                          .drops = "*"};

tg_request *tg_request_raw(const char *verb, tg_text path, tg_error *err)
{
    const char *known = find_verb(verb);
    if (!known) {
        tg_error_set(err, TG_E_INVALID, "the method must be one of GET, POST, PUT, PATCH, DELETE");
        return NULL;
    }
    if (!check_path(path, err)) return NULL;
    tg_request *r = tg_request_new(&any, err);
    if (!r) return NULL;
    r->verb = known;
    r->raw = true;
    tg_buf_add(&r->path, path.p, path.n);
    r->organization = number_after(path, "/organizations/");
    r->workspace = number_after(path, "/workspaces/");
    const tg_op *row = match(known, path);
    if (!row) return r;
    r->op = row;
    note_variables(r, path);
    return r;
}
