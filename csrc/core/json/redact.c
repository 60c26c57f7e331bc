#include "redact.h"

#include <string.h>
#include <strings.h>

#define DEEPEST 8 /* models refer to one another (a plan to its prices, a price to its plan) */

static bool has_secrets(const tg_model *m, int depth)
{
    for (const tg_field *f = m && depth < DEEPEST ? m->fields : NULL; f && f->name; f++) {
        if (f->flags & TG_SECRET) return true;
        if (f->model && has_secrets(tg_model_find(f->model), depth + 1)) return true;
    }
    return false;
}

bool tg_model_has_secrets(const tg_model *m)
{
    return has_secrets(m, 0);
}

/* Overwrite a string and its quotes with `null` and spaces; a string of one character becomes
   empty. */
static void blank(char *text, const tg_text *string)
{
    char *at = text + (string->p - text) - 1;
    size_t n = string->n + 2;
    memset(at, ' ', n);
    memcpy(at, n >= 4 ? "null" : "\"\"", n >= 4 ? 4 : 2);
}

static void redact(char *text, tg_text part, const tg_model *m, int depth);

static void redact_object(char *text, tg_text object, const tg_model *m, int depth)
{
    for (const tg_field *f = m->fields; f->name; f++) {
        if (!(f->flags & TG_SECRET) && !f->model) continue;
        tg_value v = tg_value_field(object, f);
        if ((f->flags & TG_SECRET) && v.what == TG_V_STRING && v.text.n)
            blank(text, &v.text);
        else if (f->model && (v.what == TG_V_OBJECT || v.what == TG_V_ARRAY))
            redact(text, v.text, tg_model_find(f->model), depth + 1);
    }
}

/* An array: redact each item. An object: a record or, at the outer level, a map of records. */
static void redact(char *text, tg_text part, const tg_model *m, int depth)
{
    tg_value v = tg_value_of(part), key, item;
    size_t pos = 0;
    if (depth >= DEEPEST) return;
    if (v.what == TG_V_OBJECT) redact_object(text, part, m, depth);
    if (v.what != TG_V_OBJECT && v.what != TG_V_ARRAY) return;
    while (tg_value_next(part, &pos, &key, &item))
        if (item.what == TG_V_OBJECT && (v.what == TG_V_ARRAY || depth == 0))
            redact_object(text, item.text, m, depth);
        else if (item.what == TG_V_ARRAY && v.what == TG_V_ARRAY)
            redact(text, item.text, m, depth + 1);
}

void tg_redact(char *text, size_t n, const tg_model *m)
{
    redact(text, (tg_text){text, n}, m, 0);
}

/* -------------------------------------------------------------------------------- without a row */

bool tg_is_secret_name(tg_text name)
{
    static const char *const words[] = {"password", "passwd",     "passphrase",    "secret",
                                        "token",    "credential", "authorization", "api_key"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        for (size_t at = 0; at + n <= name.n; at++)
            if (strncasecmp(name.p + at, words[i], n) == 0) return true;
    }
    return false;
}

/* The text was checked, so its depth is bounded. */
bool tg_names_secret(tg_text text)
{
    tg_value v = tg_value_of(text), key, item;
    size_t pos = 0;
    if (v.what != TG_V_OBJECT && v.what != TG_V_ARRAY) return false;
    while (tg_value_next(text, &pos, &key, &item)) {
        if (v.what == TG_V_OBJECT && tg_is_secret_name(key.text)) return true;
        bool deeper = item.what == TG_V_OBJECT || item.what == TG_V_ARRAY;
        if (deeper && tg_names_secret(item.text)) return true;
    }
    return false;
}
