/*
** The growing byte buffer. One allocation, doubled as it fills, one byte longer than the content
** for the NUL.
*/
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64 /* holds most paths and log lines without a second allocation */

void tg_buf_init(tg_buf *b, size_t max)
{
    *b = (tg_buf){.max = max};
}

void tg_buf_clear(tg_buf *b)
{
    free(b->p);
    tg_buf_init(b, b->max);
}

void tg_buf_reset(tg_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p) b->p[0] = '\0';
}

/* The failure is sticky, so that a caller may check once, at the end. */
static bool fail(tg_buf *b)
{
    b->failed = true;
    return false;
}

/* Make room for N more bytes and the NUL. All checks against overflow are here. */
static bool reserve(tg_buf *b, size_t n)
{
    size_t size = b->size ? b->size : FIRST_SIZE, need;
    char *p;
    if (b->failed) return false;
    if (n > b->max - b->n || n >= SIZE_MAX - b->n) return fail(b);
    need = b->n + n + 1;
    if (need <= b->size) return true;
    while (size < need) size = size > SIZE_MAX / 2 ? need : size * 2;
    if (b->max < SIZE_MAX && size > b->max + 1) size = b->max + 1;
    p = realloc(b->p, size);
    if (!p) return fail(b);
    b->p = p;
    b->size = size;
    return true;
}

bool tg_buf_add(tg_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n)) return false;
    if (n > 0) memcpy(b->p + b->n, p, n); /* an empty tg_text may have no address */
    b->n += n;
    b->p[b->n] = '\0';
    return true;
}

bool tg_buf_puts(tg_buf *b, const char *s)
{
    return tg_buf_add(b, s, strlen(s));
}

bool tg_buf_putc(tg_buf *b, char c)
{
    return tg_buf_add(b, &c, 1);
}

bool tg_buf_printf(tg_buf *b, const char *fmt, ...)
{
    va_list args;
    int n;
    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) return fail(b);
    if (!reserve(b, (size_t)n)) return false;
    va_start(args, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
    return true;
}

char *tg_buf_take(tg_buf *b, size_t *n)
{
    char *p = NULL, *trimmed;
    if (!b->failed && reserve(b, 0)) { /* an empty buffer yields an empty text, not NULL */
        b->p[b->n] = '\0';
        /* Most taken texts are kept for long, so return the unused half. If realloc cannot shrink,
           keep the larger block. */
        trimmed = realloc(b->p, b->n + 1);
        p = trimmed ? trimmed : b->p;
        if (n) *n = b->n;
        tg_buf_init(b, b->max);
        return p;
    }
    if (n) *n = 0;
    tg_buf_clear(b);
    return NULL;
}

int tg_text_compare(tg_text a, tg_text b)
{
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return c ? c : (a.n > b.n) - (a.n < b.n);
}
