/*
** The base of the scanner in json_index.c: its position, its failures and its scalars. Used only by
** json_index.c; the functions are static, so that the compiler inlines them into the hot loop.
*/
#ifndef TG_JSON_SCAN_H
#define TG_JSON_SCAN_H

#include "json.h"

#include <stdlib.h>

#include "error.h"
#include "json_keys.h"
#include "json_text.h"

/* default limit of the index: this and a quarter of the size of the text */
#define NATURAL_BYTES (4u << 20)

typedef enum role { PLAIN, RECORD, LIST, MAP } role;

typedef struct scan {
    const char *start, *end;
    const tg_index_options *o;
    tg_text id_key; /* key of record ids; p NULL: none */
    tg_index *ix;   /* borrowed; NULL: check only */
    tg_keys *keys;  /* keys of the open objects; owned by run() */
    int depth;
    tg_number number;              /* the last number read */
    const char *record;            /* start of the last record begun; NULL: none */
    size_t nulls;                  /* nulls in place of records */
    size_t most;                   /* limit of index and keys, in bytes */
    const char *why, *at;          /* the problem, and its position */
    bool nomem, too_many, of_keys; /* past the limit: with keys, or records */
} scan;

static __attribute__((cold)) const char *fail(scan *s, const char *at, const char *why)
{
    s->why = at == s->end ? "text ends too early" : why;
    s->at = at;
    return NULL;
}

static inline __attribute__((cold)) const char *fail_nomem(scan *s)
{
    s->nomem = true;
    return NULL;
}

static inline __attribute__((cold)) const char *fail_many(scan *s, const char *at, bool keys)
{
    s->too_many = true;
    s->of_keys = keys;
    s->at = at;
    return NULL;
}

/* --------------------------------------------------------------------------------------- places */

/* The record that contains AT, counted from 1, and its field there. 0: outside of records. */
static inline size_t find_place(const scan *s, const char *at, char *field, size_t size)
{
    field[0] = '\0';
    const tg_entry *last = s->ix && s->ix->count ? &s->ix->entries[s->ix->count - 1] : NULL;
    if (!s->ix || !s->record || at < s->record) return 0;
    bool ended = last && s->start + last->offset == s->record;
    if (!ended)
        tg_json_field_at((tg_text){s->record, (size_t)(s->end - s->record)}, at, field, size);
    return s->ix->count + s->nulls + 1;
}

static __attribute__((cold)) void note_odd(scan *s, const char *at, const char *what)
{
    tg_odd *odd = s->o->odd;
    if (odd->count++ >= TG_ODD_KEPT) return;
    tg_odd_value *v = &odd->first[odd->count - 1];
    v->what = what;
    v->at = (size_t)(at - s->start);
    v->record = find_place(s, at, v->field, sizeof v->field);
}

/* Overwrite N bytes at P in a text that the caller owns. */
static inline void overwrite(const char *p, const char *with, size_t n)
{
    memcpy((char *)(uintptr_t)p, with, n);
}

/* -------------------------------------------------------------------------------------- scalars */

/* Scan the special byte at P, inside a string: return the position after it and its sequence, or
   NULL. */
static inline const char *scan_special(scan *s, const char *p, bool *escaped)
{
    char bytes[4];
    size_t n;
    const char *why, *next;
    if (*p == '\\') {
        *escaped = true;
        next = tg_escape_read(p, s->end, bytes, &n, &why);
        if (!next || (why && !s->o->odd)) return fail(s, p, why);
        if (why) {
            note_odd(s, p, "half of a surrogate pair, read as U+FFFD");
            overwrite(p, "\\ufffd", 6);
        }
        return next;
    }
    if ((unsigned char)*p < 0x20) return fail(s, p, "control character in a string");
    /* Non-ASCII text comes in runs: stay in this loop until ASCII returns. */
    while (p < s->end && (unsigned char)*p >= 0x80) {
        n = tg_utf8_sequence(p, s->end);
        if (n == 0) return fail(s, p, "invalid UTF-8");
        p += n;
    }
    return p;
}

/* P: the opening quote. */
static inline const char *scan_string(scan *s, const char *p, bool *escaped)
{
    *escaped = false;
    for (p++;;) {
        p = tg_text_special(p, s->end);
        if (p == s->end) return fail(s, p, NULL);
        if (*p == '"') return p + 1;
        p = scan_special(s, p, escaped);
        if (!p) return NULL;
    }
}

static inline bool is_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-';
}

static inline const char *scan_number(scan *s, const char *p)
{
    const char *why, *next = tg_number_scan(p, s->end, &s->number, &why);
    if (!next) return fail(s, p, why);
    if (!s->number.big) return next;
    if (!s->o->odd) return fail(s, p, "integer does not fit 64 bits");
    note_odd(s, p, "an integer past 64 bits, read as a real number");
    return next;
}

static inline const char *scan_literal(scan *s, const char *p, tg_text literal)
{
    if ((size_t)(s->end - p) < literal.n || memcmp(p, literal.p, literal.n) != 0)
        return fail(s, p, "unexpected character");
    return p + literal.n;
}

#endif
