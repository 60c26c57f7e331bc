#include "utf8.h"

static bool is_within(char c, unsigned low, unsigned high)
{
    return (unsigned char)c >= low && (unsigned char)c <= high;
}

/*
** The second byte has narrower bounds than 80..BF only after four first bytes: E0 and F0 (else
** overlong), ED (else a surrogate), F4 (else past U+10FFFF).
*/
size_t tg_utf8_sequence(const char *p, const char *end)
{
    unsigned c = (unsigned char)p[0];
    size_t n = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (n < 2) return n;
    if ((size_t)(end - p) < n || !is_within(p[1], low, high)) return 0;
    if (n > 2 && !is_within(p[2], 0x80, 0xBF)) return 0;
    if (n > 3 && !is_within(p[3], 0x80, 0xBF)) return 0;
    return n;
}

size_t tg_utf8_check(tg_text text, size_t *points)
{
    const char *p = text.p, *end = tg_text_end(text);
    size_t count = 0;
    while (p < end) {
        size_t n = tg_utf8_sequence(p, end);
        if (n == 0) break;
        p += n;
        count++;
    }
    if (points) *points = count;
    return (size_t)(p - text.p);
}
