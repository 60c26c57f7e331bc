/*
** What a write changes, by the data of its row: the records whose keys settle it or are in its
** path, and the names and addresses of what it makes. Two writes that change the same have a target
** in common. Pure.
*/
#ifndef TG_TARGET_H
#define TG_TARGET_H

#include "request.h"

/* Hashes of 64 bits, each of one target as ACCOUNT sees it. */
typedef struct tg_targets {
    uint64_t *all; /* owned */
    size_t n;
} tg_targets;

/* Those of a finished request; a read has none. False: out of memory. */
bool tg_targets_of(const tg_request *w, const char *account, tg_targets *out);
void tg_targets_clear(tg_targets *t);
bool tg_targets_meet(const tg_targets *a, const tg_targets *b); /* have they one in common? */

#endif
