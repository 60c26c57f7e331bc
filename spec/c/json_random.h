/* Random JSON: a seed gives the same documents on every machine. */
#ifndef JSON_RANDOM_H
#define JSON_RANDOM_H

#include <math.h>
#include <string.h>

#include "json.h"

/* xorshift64 */
static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static size_t random_below(uint64_t *seed, size_t n)
{
    return (size_t)(random_next(seed) >> 11) % n;
}

/* Write up to 40 pieces of text: plain, to be escaped, and characters of two to four bytes. */
static size_t random_text(uint64_t *seed, char out[200])
{
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "7",
                                         " ",
                                         "\"",
                                         "\\",
                                         "/",
                                         "\n",
                                         "\t",
                                         "\x01",
                                         "\x1f",
                                         "\x7f",
                                         ":",
                                         "{",
                                         "}",
                                         "]",
                                         ",",
                                         "\xC3\xA9",
                                         "user",
                                         "\xE2\x82\xAC",
                                         "\xEF\xBF\xBF",
                                         "\xED\x9F\xBF",
                                         "\xF0\x9F\x98\x80",
                                         "\xF4\x8F\xBF\xBF"};
    size_t count = random_below(seed, random_below(seed, 4) ? 8 : 40), n = 0;
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[random_below(seed, sizeof pieces / sizeof pieces[0])];
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static int64_t random_int(uint64_t *seed)
{
    static const int64_t edges[] =
        {0, 1, -1, INT64_MAX, INT64_MIN, 4503599627370497, 9007199254740993, -10};
    if (random_below(seed, 3) == 0)
        return edges[random_below(seed, sizeof edges / sizeof edges[0])];
    return (int64_t)random_next(seed) >> random_below(seed, 64);
}

static double random_real(uint64_t *seed)
{
    static const double edges[] =
        {0.0, -0.0, 0.1, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 3.0};
    uint64_t bits = random_next(seed);
    double value;
    if (random_below(seed, 3) == 0)
        return edges[random_below(seed, sizeof edges / sizeof edges[0])];
    if (random_below(seed, 3) == 0) return (double)(int64_t)(bits >> 30) / 100;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? value : 0.5;
}

#endif
