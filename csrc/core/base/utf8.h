/* UTF-8: the one check that everything above stands on. Reads no byte past the end, whatever the
   bytes are. */
#ifndef TG_UTF8_H
#define TG_UTF8_H

#include "toggl.h"

/* An empty text may have no address, and to NULL not even 0 may be added. */
static inline const char *tg_text_end(tg_text text)
{
    return text.n > 0 ? text.p + text.n : text.p;
}

/* Length of the UTF-8 sequence at P < END; 0: it is none (overlong, surrogate, past U+10FFFF,
   cut). */
size_t tg_utf8_sequence(const char *p, const char *end);

#endif
