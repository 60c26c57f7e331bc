/*
** UTF-8, escapes and numbers.
*/
#include "json_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"

static size_t utf8_write(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* -------------------------------------------------------------------------------------- escapes */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The code unit of "\uXXXX" at P; -1: no such escape. */
static int32_t escape_unit(const char *p, const char *end)
{
    int32_t unit = 0;
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static const char *escape_unicode(const char *p, const char *end, char out[4], size_t *made,
                                  const char **why)
{
    int32_t high = escape_unit(p, end), low;
    if (high < 0) {
        *why = "bad escape";
        return NULL;
    }
    if (high < 0xD800 || high > 0xDFFF) {
        *made = utf8_write((uint32_t)high, out);
        return p + 6;
    }
    low = high < 0xDC00 ? escape_unit(p + 6, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        *why = TG_HALF_A_PAIR;
        *made = utf8_write(0xFFFD, out);
        return p + 6;
    }
    *made = utf8_write(0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00), out);
    return p + 12;
}

const char *tg_escape_read(const char *p, const char *end, char out[4], size_t *made,
                           const char **why)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *found;
    *why = NULL;
    if (end - p >= 2 && p[1] == 'u') return escape_unicode(p, end, out, made, why);
    found = end - p >= 2 && p[1] != '\0' ? strchr(names, p[1]) : NULL;
    if (!found) {
        *why = "bad escape";
        return NULL;
    }
    out[0] = bytes[found - names];
    *made = 1;
    return p + 2;
}

/* -------------------------------------------------------------------------------------- numbers */

/*
** A parsed decimal number: digits x 10^exponent, without leading zeros. 767 digits suffice to
** distinguish any two doubles; nonzero digits beyond the kept ones are replaced by one more digit
** 1.
*/
#define MAX_DIGITS 780
/* texts are shorter than this, so its sum with the number of digits fits an int64 */
#define MAX_EXPONENT 1000000000

typedef struct decimal {
    bool negative;
    int n; /* number of digits; 0: the value is zero */
    int64_t exponent;
    char digits[MAX_DIGITS + 1];
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p)) p++;
    return p;
}

static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    int64_t e = 0;
    if (p < end && (*p == '-' || *p == '+')) p++;
    for (; p < end && is_digit(*p); p++) {
        if (e < MAX_EXPONENT) e = e * 10 + (*p - '0');
    }
    return negative ? -e : e;
}

/* TEXT must have the form of a JSON number. */
static void decimal_read(decimal *d, tg_text text)
{
    const char *p = text.p, *end = p + text.n;
    bool fraction = false, rest = false;
    d->negative = p < end && *p == '-';
    d->n = 0;
    d->exponent = 0;
    for (p += d->negative; p < end && (is_digit(*p) || *p == '.'); p++) {
        if (*p == '.') {
            fraction = true;
        } else if (d->n == MAX_DIGITS) {
            rest = rest || *p != '0';
            d->exponent += !fraction;
        } else {
            if (d->n > 0 || *p != '0') d->digits[d->n++] = *p;
            d->exponent -= fraction;
        }
    }
    if (rest) {
        d->digits[d->n++] = '1';
        d->exponent--;
    }
    if (p < end) d->exponent += read_exponent(p + 1, end);
}

/* At most 15 digits and an exact power of ten: one division or multiplication then rounds
   correctly. */
static bool decimal_exact(const decimal *d, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int64_t m = 0;
    if (FLT_EVAL_METHOD != 0 || d->n > 15 || d->exponent < -22 || d->exponent > 22) return false;
    for (int i = 0; i < d->n; i++) m = m * 10 + (d->digits[i] - '0');
    *value = d->exponent < 0 ? (double)m / powers[-d->exponent] : (double)m * powers[d->exponent];
    return true;
}

/* The text for strtod has no decimal point, so the locale does not matter. */
static double decimal_value(const decimal *d)
{
    char text[MAX_DIGITS + 32];
    double value = 0;
    int64_t size = d->n + d->exponent;
    if (d->n > 0 && size > 400)
        value = HUGE_VAL;
    else if (d->n > 0 && size > -400 && !decimal_exact(d, &value)) {
        memcpy(text, d->digits, (size_t)d->n);
        snprintf(text + d->n, sizeof text - (size_t)d->n, "e%d", (int)d->exponent);
        value = strtod(text, NULL);
    }
    return d->negative ? -value : value;
}

double tg_number_real(tg_text number)
{
    decimal d;
    decimal_read(&d, number);
    return decimal_value(&d);
}

static bool is_finite(tg_text number)
{
    decimal d;
    decimal_read(&d, number);
    /* below 1e308: skips the conversion in the common case */
    if (d.n == 0 || d.n + d.exponent <= 308) return true;
    return isfinite(decimal_value(&d));
}

/* P: the start of the number; Q: the start of its fraction or exponent. */
static const char *scan_real(const char *p, const char *q, const char *end, const char **why)
{
    const char *digits;
    *why = "bad number";
    if (*q == '.') {
        digits = q + 1;
        q = skip_digits(digits, end);
        if (q == digits) return NULL;
    }
    if (q < end && (*q == 'e' || *q == 'E')) {
        digits = q + 1;
        if (digits < end && (*digits == '+' || *digits == '-')) digits++;
        q = skip_digits(digits, end);
        if (q == digits) return NULL;
    }
    *why = "number too large";
    return is_finite((tg_text){p, (size_t)(q - p)}) ? q : NULL;
}

const char *tg_number_scan(const char *p, const char *end, tg_number *out, const char **why)
{
    bool negative = p < end && *p == '-';
    const char *first = p + negative, *q = first;
    uint64_t value = 0;
    for (; q < end && is_digit(*q); q++) value = value * 10 + (uint64_t)(*q - '0');
    *why = "bad number";
    if (q == first || (*first == '0' && q - first > 1)) return NULL;
    out->is_real = true;
    out->big = false;
    if (q < end && (*q == '.' || *q == 'e' || *q == 'E')) return scan_real(p, q, end, why);
    /* integers have no minus zero */
    if (negative && *first == '0') return q;
    /* 19 digits cannot have wrapped */
    out->big = q - first > 19 || value > (uint64_t)INT64_MAX + negative;
    *why = "number too large";
    if (out->big) return is_finite((tg_text){p, (size_t)(q - p)}) ? q : NULL;
    out->is_real = false;
    out->integer = negative ? (int64_t)(0 - value) : (int64_t)value;
    return q;
}

bool tg_real_integral(double real, int64_t *integer)
{
    const double limit = 9007199254740992.0; /* 2^53 */
    if (!(real > -limit && real < limit) || (double)(int64_t)real != real) return false;
    *integer = (int64_t)real;
    return true;
}
