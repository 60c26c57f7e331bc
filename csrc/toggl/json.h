/* General JSON functions, for texts that are not replies. Part of toggl.h, which defines
   ownership. */
#ifndef TOGGL_JSON_H
#define TOGGL_JSON_H

#include "record.h"
#include "request.h"

/*
** Is TEXT strict JSON: one value, UTF-8, at most 128 deep, no duplicate keys, integers of 64 bits,
** finite reals? False: err, and *AT is the byte, counted from 0.
*/
TG_API bool tg_json_check_at(tg_text text, size_t *at, tg_error *err);

/* Iterates over a checked text in one pass. Zero-copy: values point into the text. */
typedef struct tg_walk {
    const char *p, *end;
} tg_walk;

TG_API tg_walk tg_walk_start(tg_text text);
/*
** Read the next piece; false at the end. TG_V_OBJECT and TG_V_ARRAY only mark the start: the
** members follow (keys as strings before their values), then a piece TG_V_ABSENT marks the end.
*/
TG_API bool tg_walk_next(tg_walk *w, tg_value *v);

/*
** Create a writer with a buffer of its own; NULL: out of memory. INDENT: spaces per level, 0:
** compact. Escapes all control characters, including DEL and those of Latin-1, which terminals
** interpret. Free it.
*/
TG_API tg_writer *tg_writer_new(int indent);
TG_API void tg_writer_free(tg_writer *w);
/* the text written so far; borrowed until the next piece */
TG_API tg_text tg_writer_text(const tg_writer *w);

#endif
