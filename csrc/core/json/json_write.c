/*
** The writer: JSON piece by piece, compact or indented. `why` keeps the first misuse, invalid text
** or lack of memory; nothing is written after it.
*/
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"

void tg_writer_init(tg_writer *w, tg_buf *out)
{
    *w = (tg_writer){.out = out, .first = true};
}

bool tg_write_ok(const tg_writer *w)
{
    return !w->bad && !w->out->failed;
}

bool tg_writer_done(const tg_writer *w)
{
    return tg_write_ok(w) && w->depth == 0 && !w->first;
}

static bool refuse(tg_writer *w, const char *why)
{
    if (!w->bad) w->why = why;
    w->bad = true;
    return false;
}

static void put(tg_writer *w, const char *p, size_t n)
{
    if (!tg_buf_add(w->out, p, n)) refuse(w, "out of memory, or past the limit of the buffer");
}

/* Start a new line at the present depth. */
static void put_line(tg_writer *w)
{
    static const char spaces[] = "                                ";
    if (!w->indent) return;
    put(w, "\n", 1);
    for (size_t left = (size_t)(w->indent * w->depth), n; left > 0; left -= n) {
        n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;
        put(w, spaces, n);
    }
}

static bool in_object(const tg_writer *w)
{
    int at = w->depth - 1;
    return at >= 0 && (w->objects[at / 64] >> at % 64 & 1);
}

/* May a value follow here? Writes the comma before it if necessary. */
static bool begin_value(tg_writer *w)
{
    if (!tg_write_ok(w)) return false;
    if (in_object(w) && !w->key) return refuse(w, "a value in an object without a key");
    if (w->depth == 0 && !w->first) return refuse(w, "a second value after the whole one");
    if (!w->first && !w->key) put(w, ",", 1);
    if (w->depth > 0 && !w->key) put_line(w);
    w->first = w->key = false;
    return !w->bad;
}

static void begin(tg_writer *w, bool object)
{
    uint64_t bit = (uint64_t)1 << w->depth % 64;
    if (!tg_write_ok(w)) return;
    if (w->depth == TG_JSON_DEPTH) {
        refuse(w, "nested too deep");
        return;
    }
    if (!begin_value(w)) return;
    put(w, object ? "{" : "[", 1);
    if (object)
        w->objects[w->depth / 64] |= bit;
    else
        w->objects[w->depth / 64] &= ~bit;
    w->depth++;
    w->first = true;
}

void tg_write_object(tg_writer *w)
{
    begin(w, true);
}

void tg_write_array(tg_writer *w)
{
    begin(w, false);
}

void tg_write_end(tg_writer *w)
{
    if (!tg_write_ok(w)) return;
    if (w->depth == 0) {
        refuse(w, "an end without a begin");
    } else if (w->key) {
        refuse(w, "a key without a value");
    } else {
        bool object = in_object(w);
        w->depth--;
        if (!w->first) put_line(w);
        put(w, object ? "}" : "]", 1);
        w->first = false;
    }
}

/* Write a quote, backslash or control character as an escape. */
static void put_escape(tg_writer *w, char c)
{
    static const char bytes[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *found = c != '\0' ? strchr(bytes, c) : NULL;
    char text[8];
    int n;
    if (found)
        n = snprintf(text, sizeof text, "\\%c", names[found - bytes]);
    else
        n = snprintf(text, sizeof text, "\\u%04x", (unsigned)(unsigned char)c);
    put(w, text, (size_t)n);
}

/* P: ASCII that needs no escape. Returns its end; DEL ends it too, since terminals interpret it. */
static const char *ascii_end(const tg_writer *w, const char *p, const char *end)
{
    const char *special = tg_text_special(p, end);
    const char *del = w->escape ? memchr(p, 0x7F, (size_t)(special - p)) : NULL;
    return del ? del : special;
}

/* The text before END that needs no escape: returns its end, or NULL if it is not UTF-8. */
static const char *plain_end(const tg_writer *w, const char *p, const char *end)
{
    for (;;) {
        p = ascii_end(w, p, end);
        if (p == end || (unsigned char)*p < 0x80) return p;
        size_t step = tg_utf8_sequence(p, end);
        if (step == 0) return NULL;
        if (w->escape && *p == '\xC2' && (unsigned char)p[1] < 0xA0) return p;
        p += step;
    }
}

static void put_string(tg_writer *w, tg_text s)
{
    const char *p = s.p, *end = tg_text_end(s), *plain;
    put(w, "\"", 1);
    while (p < end && !w->bad) {
        plain = plain_end(w, p, end);
        if (!plain) {
            refuse(w, "text is not UTF-8");
            return;
        }
        put(w, p, (size_t)(plain - p));
        p = plain;
        if (p == end) break;
        if (*p == '\xC2') p++; /* the second byte of such a control character is its code point */
        put_escape(w, *p++);
    }
    put(w, "\"", 1);
}

void tg_write_key(tg_writer *w, tg_text key)
{
    if (!tg_write_ok(w)) return;
    if (!in_object(w) || w->key) {
        refuse(w, w->key ? "two keys without a value between" : "a key outside of an object");
        return;
    }
    if (!w->first) put(w, ",", 1);
    put_line(w);
    put_string(w, key);
    put(w, ": ", w->indent ? 2 : 1);
    w->key = true;
}

void tg_write_text(tg_writer *w, tg_text value)
{
    if (begin_value(w)) put_string(w, value);
}

void tg_write_int(tg_writer *w, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    if (begin_value(w)) put(w, text, (size_t)n);
}

/*
** The locale may replace the decimal point, also by several bytes: replace all bytes that are not
** part of a number with a point.
*/
static size_t use_point(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (strchr("+-0123456789e", *p))
            *out++ = *p;
        else if (out == text || out[-1] != '.')
            *out++ = '.';
    }
    *out = '\0';
    return (size_t)(out - text);
}

/* Format with the fewest digits that read back to the same value, never in the form of an
   integer. */
static size_t format_real(char *text, size_t size, double value)
{
    size_t n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        n = use_point(text);
        if (tg_number_real((tg_text){text, n}) == value) break;
    }
    if (!strpbrk(text, ".e")) {
        memcpy(text + n, ".0", 3);
        n += 2;
    }
    return n;
}

void tg_write_real(tg_writer *w, double value)
{
    char text[64];               /* 17 digits, sign, point of the locale, exponent, ".0" */
    if (!(value - value == 0)) { /* NaN and the infinities */
        if (tg_write_ok(w)) refuse(w, "a number that is not finite");
        return;
    }
    if (begin_value(w)) put(w, text, format_real(text, sizeof text, value));
}

void tg_write_bool(tg_writer *w, bool value)
{
    if (begin_value(w)) put(w, value ? "true" : "false", value ? 4 : 5);
}

void tg_write_null(tg_writer *w)
{
    if (begin_value(w)) put(w, "null", 4);
}

/* ----------------------------------------------------------------------- with a text of its own */

typedef struct own_writer {
    tg_writer writer; /* first: its address is the writer's */
    tg_buf text;
} own_writer;

tg_writer *tg_writer_new(int indent)
{
    own_writer *w = malloc(sizeof *w);
    if (!w) return NULL;
    tg_buf_init(&w->text, TG_BUF_NO_LIMIT);
    tg_writer_init(&w->writer, &w->text);
    w->writer.indent = indent;
    w->writer.escape = true;
    return &w->writer;
}

void tg_writer_free(tg_writer *w)
{
    if (!w) return;
    tg_buf_clear(w->out);
    free(w);
}

tg_text tg_writer_text(const tg_writer *w)
{
    return (tg_text){w->out->p, w->out->n};
}
