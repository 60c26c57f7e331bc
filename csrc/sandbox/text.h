/*
** Growing texts, and repeatable random numbers.
*/
#ifndef TG_SANDBOX_TEXT_H
#define TG_SANDBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NUL-terminated after the first addition. Out of memory: the adding functions return false and
   change nothing. */
typedef struct sb_text {
    char *p;
    size_t n, size;
} sb_text;

bool sb_add(sb_text *t, const void *p, size_t n);
bool sb_puts(sb_text *t, const char *s);
void sb_drop(sb_text *t);

/* A number that depends on these three arguments only. */
uint64_t sb_mix(uint64_t seed, uint64_t salt, uint64_t i);

#endif
