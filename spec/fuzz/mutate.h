/* Random inputs without libFuzzer: small seeds, mutated. A state gives the same inputs each time.
   */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdint.h>
#include <string.h>

#define MUTATE_MAX 4096

static const char *const mutate_seeds[] = {
    "{\"id\":1,\"name\":\"Ann \\u00e9\\ud83d\\ude00\",\"tags\":[true,false,null],\"rate\":-1.5e+3}",
    "[{\"id\":1,\"spaces\":[{\"id\":20001,\"admin\":true}]},{\"id\":9223372036854775807,\"x\":{}}]",
    "{\"1\":{\"a\":1},\"-23\":{\"\\u0061\":1,\"b\\n\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}}",
    " [ 0 , -0 , 0.1 , 1e5 , 1E-5 , 1.7976931348623157e308 , 123456789012345678 ] ",
    "\"a \\\"quoted\\\" \\\\ text with \\/ \\b\\f\\n\\r\\t and sixteen bytes and more of it\"",
    "null",
    "{\"a\":{\"a\":{\"a\":{\"a\":[[[[{}]]]]}}},\"b\":\"}{][\",\"c\":\"\\\"\",\"\":0}",
    "",
};

/* Tokens of a JSON parser, and parts of them. */
static const char *const mutate_pieces[] = {
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\u",
    "\\ud800",
    "null",
    "true",
    "false",
    "\"a\":1,",
    "\"id\":7",
    "-",
    "0",
    "1e",
    "e308",
    ".",
    "\xC3",
    "\xA9",
    "\xED\xA0\x80",
    "\xF4\x90",
    "\xEF\xBB\xBF",
    "\t",
    "\x01",
    "\"\\u0061\":2,",
    "99999999999999999999",
    " ",
};

static uint64_t mutate_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t mutate_below(uint64_t *state, size_t n)
{
    return (size_t)(mutate_next(state) >> 11) % n;
}

/* Replace CUT bytes at AT by the N bytes at P. Return the new size. */
static size_t mutate_splice(uint8_t *out, size_t size, size_t at, size_t cut, const void *p,
                            size_t n)
{
    uint8_t copy[MUTATE_MAX / 2];
    if (n > sizeof copy || size - cut + n > MUTATE_MAX) return size;
    memcpy(copy, p, n); /* P may lie in OUT */
    memmove(out + at + n, out + at + cut, size - at - cut);
    memcpy(out + at, copy, n);
    return size - cut + n;
}

static size_t mutate_once(uint8_t *out, size_t size, uint64_t *state)
{
    size_t at = mutate_below(state, size + 1), left = size - at, from, n;
    const char *piece =
        mutate_pieces[mutate_below(state, sizeof mutate_pieces / sizeof mutate_pieces[0])];
    uint8_t byte = (uint8_t)mutate_next(state);
    switch (mutate_below(state, 5)) {
    case 0: return mutate_splice(out, size, at, left > 0, &byte, 1);
    case 1:
        return mutate_splice(out, size, at, mutate_below(state, left < 8 ? left + 1 : 8), "", 0);
    case 2:
    case 3:
        return mutate_splice(out, size, at, mutate_below(state, 2) && left > 0, piece,
                             strlen(piece));
    default: /* repeat a part of the text, which can nest it */
        from = mutate_below(state, size + 1);
        n = mutate_below(state, size - from + 1);
        return mutate_splice(out, size, at, 0, out + from, n);
    }
}

/* Write an input of at most MUTATE_MAX bytes, a mutated seed or sometimes noise. Return its size.
   */
static size_t mutate_input(uint8_t out[MUTATE_MAX], uint64_t *state)
{
    const char *seed =
        mutate_seeds[mutate_below(state, sizeof mutate_seeds / sizeof mutate_seeds[0])];
    size_t size = strlen(seed), times = mutate_below(state, 7);
    memcpy(out, seed, size);
    if (mutate_below(state, 8) == 0) {
        size = mutate_below(state, 200);
        for (size_t i = 0; i < size; i++) out[i] = (uint8_t)mutate_next(state);
    }
    for (size_t i = 0; i < times; i++) size = mutate_once(out, size, state);
    return size;
}

#endif
