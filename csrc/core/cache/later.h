/*
** Replies on their way to the cache file. Writing each one in a transaction of its own costs as
** much as asking for it, so a burst of them is written together, a moment later. Until then they
** answer from here, unless this or another process, has dropped anything since they were asked for.
*/
#ifndef TG_LATER_H
#define TG_LATER_H

#include "cache.h"

typedef struct tg_later tg_later;

tg_later *tg_later_new(void); /* NULL: out of memory */
/* What is still held back is written first; CACHE may be NULL: then it is lost. */
void tg_later_free(tg_later *l, tg_cache *cache);

/* As tg_cache_put, at TICKS; all strings are copied. False: err of a write that was due. */
bool tg_later_put(tg_later *l, tg_cache *cache, double ticks, const char *account,
                  const char *operation, tg_text args, const int64_t place[2], const char *tags,
                  int64_t stamp, const tg_stored *reply, tg_error *err);
/* As tg_cache_get for what is held back. STAMP: of this moment. False: ask the file. */
bool tg_later_get(const tg_later *l, const char *account, const char *operation, tg_text args,
                  int64_t stamp, tg_stored *out);
bool tg_later_any(const tg_later *l);
/* Writes everything: before a drop, before SQL, before the end. */
bool tg_later_flush(tg_later *l, tg_cache *cache, tg_error *err);

#endif
