/* JSON as such, for what is not a reply. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_JSON_H
#define TOGGL_JSON_H

#include "record.h"
#include "request.h"

/*
** Is TEXT strict JSON: one value, UTF-8, at most 128 deep, no key twice, integers of 64 bits,
** finite reals? False: err says why, and *AT is the byte, counted from 0.
*/
TG_API bool tg_json_check_at(tg_text text, size_t *at, tg_error *err);

/* A checked text, piece by piece in one pass. Zero-copy: values point into the text. */
typedef struct tg_walk {
    const char *p, *end;
} tg_walk;

TG_API tg_walk tg_walk_start(tg_text text);
/*
** The next piece; false at the end. TG_V_OBJECT and TG_V_ARRAY are only begun: their members
** follow, keys of objects as strings before their values, and then a piece that is TG_V_ABSENT.
*/
TG_API bool tg_walk_next(tg_walk *w, tg_value *v);

/*
** A writer with a text of its own; NULL: out of memory. INDENT: spaces for each level, 0: compact.
** Its control characters are all escaped, those of Latin-1 and DEL as well, since terminals obey
** them. Free it.
*/
TG_API tg_writer *tg_writer_new(int indent);
TG_API void tg_writer_free(tg_writer *w);
/* what was written so far; borrowed until the next piece */
TG_API tg_text tg_writer_text(const tg_writer *w);

#endif
