#ifndef TG_SANDBOX_PACK_H
#define TG_SANDBOX_PACK_H

#include "text.h"

/* Compress the text in place; false: it is unchanged. */
bool sb_gzip(sb_text *t);

/* Replace the text by a megabyte of gzip that decompresses to a gigabyte of spaces. */
bool sb_bomb(sb_text *t);

#endif
