#ifndef TG_SANDBOX_PACK_H
#define TG_SANDBOX_PACK_H

#include "text.h"

/* Replaces the text by its compressed form; false: it is as it was. */
bool sb_gzip(sb_text *t);

/* Replaces the text by a megabyte of gzip that unfolds to a gigabyte of spaces. */
bool sb_bomb(sb_text *t);

#endif
