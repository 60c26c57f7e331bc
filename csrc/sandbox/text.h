/*
** Growing texts, and the numbers that stand for chance.
*/
#ifndef TG_SANDBOX_TEXT_H
#define TG_SANDBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NUL-terminated once something was added. Out of memory: the adding functions return false and
** leave it as it was. */
typedef struct sb_text {
    char *p;
    size_t n, size;
} sb_text;

bool sb_add(sb_text *t, const void *p, size_t n);
bool sb_puts(sb_text *t, const char *s);
void sb_drop(sb_text *t);

/* A number that depends on all three and on nothing else. */
uint64_t sb_mix(uint64_t seed, uint64_t salt, uint64_t i);

#endif
