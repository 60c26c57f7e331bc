/*
** Scan 64 bytes of JSON at a time, one bit per byte, to find a key or a closing bracket without
** reading the bytes between. Requires SSE2 (TG_SSE2).
*/
#ifndef TG_JSON_BLOCK_H
#define TG_JSON_BLOCK_H

#include "json_text.h"

#if TG_SSE2

/* Bit masks of the bytes of a block. Brackets and colons inside strings are excluded. */
typedef struct tg_block {
    uint64_t quotes, opens, closes, colons;
    uint64_t wanted; /* the byte requested by the caller, also inside strings */
    /* the block has a backslash, so quotes alone do not delimit strings: use the byte-by-byte
       functions */
    bool escapes;
} tg_block;

static inline uint64_t tg_bits_of(__m128i x, __m128i c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, c));
}

static inline uint64_t tg_block_bits(__m128i x0, __m128i x1, __m128i x2, __m128i x3, char c)
{
    const __m128i all = _mm_set1_epi8(c);
    return tg_bits_of(x0, all) | tg_bits_of(x1, all) << 16 | tg_bits_of(x2, all) << 32 |
           tg_bits_of(x3, all) << 48;
}

static inline bool tg_block_has(__m128i x0, __m128i x1, __m128i x2, __m128i x3, char c)
{
    const __m128i all = _mm_set1_epi8(c);
    __m128i any = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x0, all), _mm_cmpeq_epi8(x1, all)),
                               _mm_or_si128(_mm_cmpeq_epi8(x2, all), _mm_cmpeq_epi8(x3, all)));
    return _mm_movemask_epi8(any) != 0;
}

/* Set each bit to the parity of the bits up to it: 1 from an opening quote to the byte before the
   closing one. */
static inline uint64_t tg_block_parity(uint64_t quotes)
{
    quotes ^= quotes << 1;
    quotes ^= quotes << 2;
    quotes ^= quotes << 4;
    quotes ^= quotes << 8;
    quotes ^= quotes << 16;
    return quotes ^ quotes << 32;
}

/*
** Read the block at P of N > 0 bytes; bytes missing to 64 count as spaces. *INSIDE tells the next
** block whether a string is open: all ones, or 0 (as at the start). Inlined, so that what the
** caller does not use is not computed.
*/
__attribute__((always_inline)) static inline tg_block tg_block_read(const char *p, size_t n,
                                                                    char wanted, uint64_t *inside)
{
    const __m128i bit = _mm_set1_epi8(0x20); /* turns [ and ] into { and } */
    const __m128i *from;
    __m128i x0, x1, x2, x3;
    char rest[64];
    tg_block b;
    uint64_t strings;
    if (n < 64) {
        memset(rest, ' ', 64);
        p = memcpy(rest, p, n);
    }
    from = (const __m128i *)(const void *)p;
    x0 = _mm_loadu_si128(from), x1 = _mm_loadu_si128(from + 1);
    x2 = _mm_loadu_si128(from + 2), x3 = _mm_loadu_si128(from + 3);
    b.quotes = tg_block_bits(x0, x1, x2, x3, '"');
    b.wanted = tg_block_bits(x0, x1, x2, x3, wanted);
    strings = tg_block_parity(b.quotes) ^ *inside;
    *inside = (uint64_t)0 - (strings >> 63);
    b.colons = tg_block_bits(x0, x1, x2, x3, ':') & ~strings;
    b.escapes = tg_block_has(x0, x1, x2, x3, '\\');
    x0 = _mm_or_si128(x0, bit), x1 = _mm_or_si128(x1, bit), x2 = _mm_or_si128(x2, bit),
    x3 = _mm_or_si128(x3, bit);
    b.opens = tg_block_bits(x0, x1, x2, x3, '{') & ~strings;
    b.closes = tg_block_bits(x0, x1, x2, x3, '}') & ~strings;
    return b;
}

#endif
#endif
