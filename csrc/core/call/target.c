#include "target.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"

#define FNV_START 14695981039346656037u
#define FNV_PRIME 1099511628211u

/* FNV-1a; the case of ASCII letters is not distinguished, as in addresses. The end of each part
   counts, so that "a", "bc" differs from "ab", "c". */
static uint64_t mix(uint64_t h, tg_text part)
{
    for (size_t i = 0; i < part.n; i++)
        h = (h ^ (uint64_t)tolower((unsigned char)part.p[i])) * FNV_PRIME;
    return (h ^ 0xff) * FNV_PRIME;
}

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static bool add(tg_targets *t, uint64_t hash)
{
    uint64_t *more = realloc(t->all, (t->n + 1) * sizeof *more);
    if (!more) return false;
    t->all = more;
    more[t->n++] = hash;
    return true;
}

/* A record by its key. An account has a record in each organization and workspace, and a text names
   one below a path. */
static bool add_value(const tg_request *w, const char *account, const tg_field *f,
                      const tg_value *v, tg_targets *out)
{
    char digits[24];
    bool key = v->what == TG_V_INT, below = !key || f->key == TG_KEY_ACCOUNT;
    if (!key && v->what != TG_V_STRING) return true;
    snprintf(digits, sizeof digits, "%lld", (long long)v->integer);
    uint64_t h =
        mix(mix(FNV_START, text_of(account)), text_of(f->key ? tg_key_name(f->key) : f->name));
    if (below) h = mix(h, (tg_text){w->path.p, w->path.n});
    return add(out, mix(h, key ? text_of(digits) : v->text));
}

static bool add_values(const tg_request *w, const char *account, const char *name, tg_targets *out)
{
    bool ok = true;
    tg_value unused, item, v = tg_evidence_given(w, name);
    const tg_field *f = tg_field_find(w->op->params, name, strlen(name));
    if (!f) return true;
    if (v.what != TG_V_ARRAY) return add_value(w, account, f, &v, out);
    for (size_t pos = 0; ok && tg_value_next(v.text, &pos, &unused, &item);)
        ok = add_value(w, account, f, &item, out);
    return ok;
}

static bool is_post(const tg_request *w)
{
    return strcmp(w->verb, "POST") == 0;
}

/* The innermost record of the path. What a POST makes there is another one. */
static bool add_innermost(const tg_request *w, const char *account, tg_targets *out)
{
    int last = w->raw || is_post(w) ? 0 : w->variables;
    while (last > 0 && !w->variable[last - 1].field->key) last--;
    return !last || add_values(w, account, w->variable[last - 1].field->name, out);
}

static bool add_path(const tg_request *w, const char *account, tg_targets *out)
{
    if (is_post(w)) return true;
    uint64_t h = mix(mix(FNV_START, text_of(account)), TG_TEXT("path"));
    return add(out, mix(h, (tg_text){w->path.p, w->path.n}));
}

bool tg_targets_of(const tg_request *w, const char *account, tg_targets *out)
{
    *out = (tg_targets){0};
    if (tg_request_reads(w)) return true;
    bool ok = true, in_body = false;
    size_t most = w->raw ? 0 : sizeof w->op->settle / sizeof *w->op->settle;
    for (size_t i = 0; ok && i < most; i++) {
        const tg_settle *how = &w->op->settle[i];
        if (!how->from || !tg_evidence_needs(w, how)) continue;
        const tg_field *f = tg_field_find(w->op->params, how->from, strlen(how->from));
        in_body = in_body || (f && f->in == TG_IN_BODY);
        ok = add_values(w, account, how->from, out);
    }
    if (ok && !out->n) ok = add_innermost(w, account, out);
    if (ok && !in_body) ok = add_path(w, account, out);
    if (!ok) tg_targets_clear(out);
    return ok;
}

void tg_targets_clear(tg_targets *t)
{
    free(t->all);
    *t = (tg_targets){0};
}

bool tg_targets_meet(const tg_targets *a, const tg_targets *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (a->all[i] == b->all[k]) return true;
    return false;
}
