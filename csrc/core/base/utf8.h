/* The UTF-8 check that all other text functions rely on. Never reads past the end, for any
   bytes. */
#ifndef TG_UTF8_H
#define TG_UTF8_H

#include "toggl.h"

/* An empty text may have a NULL address, and adding even 0 to NULL is undefined. */
static inline const char *tg_text_end(tg_text text)
{
    return text.n > 0 ? text.p + text.n : text.p;
}

/* Length of the UTF-8 sequence at P < END; 0: not valid (overlong, surrogate, past U+10FFFF,
   truncated). */
size_t tg_utf8_sequence(const char *p, const char *end);

#endif
