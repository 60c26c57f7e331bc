#include "text.h"

#include <stdlib.h>
#include <string.h>

bool sb_add(sb_text *t, const void *p, size_t n)
{
    if (t->n + n + 1 > t->size) {
        size_t size = t->size ? t->size : 256;
        while (size < t->n + n + 1) size *= 2;
        char *grown = realloc(t->p, size);
        if (!grown) return false;
        t->p = grown;
        t->size = size;
    }
    if (n) memcpy(t->p + t->n, p, n);
    t->n += n;
    t->p[t->n] = '\0';
    return true;
}

bool sb_puts(sb_text *t, const char *s)
{
    return sb_add(t, s, strlen(s));
}

void sb_drop(sb_text *t)
{
    free(t->p);
    *t = (sb_text){0};
}

/* splitmix64 over all three: different inputs give unrelated numbers, so no state is needed. */
uint64_t sb_mix(uint64_t seed, uint64_t salt, uint64_t i)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + salt * 0xd1342543de82ef95u + i + 0x632be59bd9b4e019u;
    for (int round = 0; round < 2; round++) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        z ^= z >> 31;
    }
    return z;
}
