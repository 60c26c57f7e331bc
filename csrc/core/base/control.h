/*
** Control characters: a line end in a header would begin another header, and terminals interpret
** the rest. Inline, since the transport and the binding look for them too but link no part of this
** folder.
*/
#ifndef TG_CONTROL_H
#define TG_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

static inline bool tg_is_control(unsigned char c)
{
    return c < ' ' || c == 0x7F;
}

/* Is C an ASCII character other than a blank or a control character? */
static inline bool tg_is_visible(unsigned char c)
{
    return c > ' ' && c < 0x7F;
}

/* The first control character of the N bytes at P: of ASCII or, in UTF-8, of Latin-1 (C1). NULL:
   none. */
static inline const char *tg_control_find(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i], next = i + 1 < n ? (unsigned char)p[i + 1] : 0;
        if (tg_is_control(c) || (c == 0xC2 && next >= 0x80 && next < 0xA0)) return p + i;
    }
    return NULL;
}

#endif
