#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "utf8.h"

#define TG_KIND(name, word, scope, exit, advice, meaning) [TG_E_##name] = word,
static const char *const kind_names[] = {[TG_OK] = "ok", TG_KINDS(TG_KIND)};

const char *tg_kind_name(tg_kind kind)
{
    size_t i = (size_t)kind;
    return i < sizeof kind_names / sizeof kind_names[0] ? kind_names[i] : "unknown";
}

const char *tg_reason_name(tg_reason reason)
{
#define TG_REASON(name, word, meaning) [TG_R_##name] = word,
    static const char *const words[] = {[TG_R_NONE] = NULL, TG_REASONS(TG_REASON)};
    size_t i = (size_t)reason;
    return i < sizeof words / sizeof *words ? words[i] : NULL;
}

/* Length of the N bytes of TEXT, which was truncated, without an incomplete code point at the
   end. */
static size_t whole(const char *text, size_t n)
{
    size_t good = tg_utf8_check((tg_text){text, n}, NULL);
    return n - good < 4 ? good : n; /* a longer tail was not cut: TEXT was not UTF-8 before */
}

int tg_error_fit(const char *s, size_t most)
{
    size_t n = strnlen(s, most + 1);
    return (int)(n > most ? whole(s, most) : n);
}

/* Format into OUT through a local copy, since the arguments may point into OUT. */
static void format(char *out, size_t size, const char *fmt, va_list args)
{
    char text[sizeof((tg_error *)NULL)->message];
    int want = vsnprintf(text, size, fmt, args);
    size_t n = want < 0 ? 0 : (size_t)want;
    if (n >= size) n = whole(text, size - 1);
    memcpy(out, text, n);
    out[n] = '\0';
}

bool tg_error_set(tg_error *err, tg_kind kind, const char *fmt, ...)
{
    va_list args;
    if (!err) return false;
    va_start(args, fmt);
    format(err->message, sizeof err->message, fmt, args);
    va_end(args);
    err->kind = kind;
    err->reason = TG_R_NONE;
    err->status = 0;
    err->retry_after = -1;
    err->operation = NULL;
    err->advice[0] = '\0';
    err->body[0] = '\0';
    return false;
}

void tg_error_advise(tg_error *err, const char *fmt, ...)
{
    va_list args;
    if (!err) return;
    va_start(args, fmt);
    format(err->advice, sizeof err->advice, fmt, args);
    va_end(args);
}

void tg_error_body(tg_error *err, tg_text text)
{
    const char *p = text.p, *end = tg_text_end(text);
    size_t n = 0;
    if (!err) return;
    while (p < end) {
        size_t step = tg_utf8_sequence(p, end);
        bool replaced = step == 0 || tg_control_find(p, step);
        size_t made = replaced ? 1 : step;
        if (n + made >= sizeof err->body) break;
        if (replaced)
            err->body[n] = step == 0 ? '?' : ' ';
        else
            memcpy(err->body + n, p, made);
        n += made;
        p += step ? step : 1;
    }
    err->body[n] = '\0';
}
