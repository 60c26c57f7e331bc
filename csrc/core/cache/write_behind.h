/*
** The write-behind queue of the cache file. A transaction of its own for each reply would cost as
** much as the request, so a burst of replies is queued and written in one transaction a moment
** later. Until then the queue serves them, unless a process has dropped any tag since the request
** was sent.
*/
#ifndef TG_WRITE_BEHIND_H
#define TG_WRITE_BEHIND_H

#include "cache.h"

typedef struct tg_write_behind tg_write_behind;

tg_write_behind *tg_write_behind_new(void); /* NULL: out of memory */
/* Flush, then free the queue; CACHE may be NULL: then the queued replies are lost. */
void tg_write_behind_free(tg_write_behind *q, tg_cache *cache);

/* As tg_cache_put, at TICKS; copies all strings. False: err of a flush that was due. */
bool tg_write_behind_put(tg_write_behind *q, tg_cache *cache, double ticks, const char *account,
                         const char *operation, tg_text args, const int64_t place[2],
                         const char *tags, int64_t stamp, const tg_stored *reply, tg_error *err);
/* As tg_cache_get for queued replies. STAMP: the current one. False: not queued; read the file. */
bool tg_write_behind_get(const tg_write_behind *q, const char *account, const char *operation,
                         tg_text args, int64_t stamp, tg_stored *out);
/* A queued reply, borrowed, whatever was dropped since; NULL: none. */
const tg_stored *tg_write_behind_peek(const tg_write_behind *q, const char *account,
                                      const char *operation, tg_text args);
/* Write all replies: before a drop, before SQL, and before the end. */
bool tg_write_behind_flush(tg_write_behind *q, tg_cache *cache, tg_error *err);

#endif
