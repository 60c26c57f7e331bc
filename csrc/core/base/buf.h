/*
** A growing byte buffer with a limit. Each buffer has a maximum set at init, so no data from a
** server can make the process allocate more.
*/
#ifndef TG_BUF_H
#define TG_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "toggl.h" /* tg_text */

#define TG_BUF_NO_LIMIT SIZE_MAX

typedef struct tg_buf {
    char *p;     /* owned; always NUL-terminated when not NULL */
    size_t n;    /* bytes used, without the NUL */
    size_t size; /* bytes allocated */
    size_t max;  /* n never passes this */
    bool failed; /* out of memory or past max: sticky, every later call is a no-op */
} tg_buf;

void tg_buf_init(tg_buf *b, size_t max);
void tg_buf_clear(tg_buf *b); /* frees the bytes; the empty buffer keeps its max */
void tg_buf_reset(tg_buf *b); /* keeps the allocation, clears the content and the failure */
bool tg_buf_add(tg_buf *b, const void *p, size_t n);
bool tg_buf_puts(tg_buf *b, const char *s);
bool tg_buf_putc(tg_buf *b, char c);
bool tg_buf_printf(tg_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Return the content, which the caller frees with free(), and leave an empty buffer; NULL when the
   buffer has failed. */
char *tg_buf_take(tg_buf *b, size_t *n);

/* Compare the bytes of two texts, as memcmp does; the beginning of a text is less than the text. */
int tg_text_compare(tg_text a, tg_text b);

#endif
