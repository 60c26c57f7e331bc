/*
** JSON text functions shared by scanner, reader and writer. They do not allocate, keep no state,
** ignore the locale and never read past END, for any bytes.
*/
#ifndef TG_JSON_TEXT_H
#define TG_JSON_TEXT_H

#include <string.h>

#include "toggl.h"
#include "utf8.h"

#if defined(__SSE2__) && !defined(TG_NO_SSE2)
#include <emmintrin.h>
#define TG_SSE2 1
#else
#define TG_SSE2 0
#endif

static inline const char *tg_text_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

/* The first quote, backslash, control character or non-ASCII byte in [P, END), or END. */
static inline const char *tg_text_special(const char *p, const char *end)
{
#if TG_SSE2
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
                  space = _mm_set1_epi8(' ');
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        /* The comparison is signed, so non-ASCII bytes are below the space as well. */
        __m128i hit =
            _mm_or_si128(_mm_cmplt_epi8(x, space),
                         _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' &&
           *p != '\\')
        p++;
    return p;
}

/* The first quote or backslash in [P, END), or END. */
static inline const char *tg_text_quote(const char *p, const char *end)
{
#if TG_SSE2
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && *p != '"' && *p != '\\') p++;
    return p;
}

/* The first quote or bracket of any kind in [P, END), or END. */
static inline const char *tg_text_bracket(const char *p, const char *end)
{
#if TG_SSE2
    const __m128i quote = _mm_set1_epi8('"'), open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
    const __m128i bit = _mm_set1_epi8(0x20); /* turns [ and ] into { and } */
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p),
                folded = _mm_or_si128(x, bit);
        __m128i hit =
            _mm_or_si128(_mm_cmpeq_epi8(x, quote),
                         _mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close)));
        unsigned mask = (unsigned)_mm_movemask_epi8(hit);
        if (mask) return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && *p != '"' && *p != '{' && *p != '}' && *p != '[' && *p != ']') p++;
    return p;
}

#define TG_HALF_A_PAIR "half a surrogate pair"

/*
** Decode the escape at P (a backslash) into *MADE bytes of OUT. Returns its end; NULL with *WHY:
** invalid. A surrogate pair is one escape; half a pair is read as U+FFFD, with *WHY.
*/
const char *tg_escape_read(const char *p, const char *end, char out[4], size_t *made,
                           const char **why);

/*
** Read the next unescaped bytes of a string at P < END: one byte, or the *MADE bytes of an escape.
** Returns the position after them. A backslash without a valid escape is read as itself, so any
** bytes can be read.
*/
static inline const char *tg_unescape_step(const char *p, const char *end, char out[4],
                                           size_t *made)
{
    const char *why, *next = *p == '\\' ? tg_escape_read(p, end, out, made, &why) : NULL;
    if (next) return next;
    out[0] = *p;
    *made = 1;
    return p + 1;
}

typedef struct tg_number {
    bool is_real;    /* it has a fraction or an exponent, or is -0, or `big` */
    bool big;        /* an integer that does not fit 64 bits */
    int64_t integer; /* when it is not real */
} tg_number;

/* Scan the number at P: returns its end, or NULL with *WHY. Integers must fit 64 bits; reals must
   be finite. */
const char *tg_number_scan(const char *p, const char *end, tg_number *out, const char **why);

/* The double nearest to a number that tg_number_scan accepted. */
double tg_number_real(tg_text number);

/*
** Convert REAL to the integer it equals, if below 2^53: doubles are no longer exact above, and one
** key could become another. False: *INTEGER is unchanged.
*/
bool tg_real_integral(double real, int64_t *integer);

#endif
