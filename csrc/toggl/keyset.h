/* Which records the pages of a list brought. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_KEYSET_H
#define TOGGL_KEYSET_H

#include "record.h"

/*
** A set of the records that came while a list is read. A record is its key, or, where it has none,
** its text. Each has a place, a number from 0 on in the order in which they were added, and two
** counts:
**
**   seen    times it stands in the replies that are counted now, until tg_keyset_forget()
**   given   times it was found to be new, for the life of the set
*/
typedef struct tg_keyset tg_keyset;

/* What was found while the records of one reply were added. Those without a key may be equal. */
typedef struct tg_keyset_found {
    bool twice, seen;            /* a key is twice in this reply; a key has been seen before it */
    int64_t twice_key, seen_key; /* the first of these */
} tg_keyset_found;

#define TG_KEYSET_MOST ((size_t)1 << 30) /* records; more are refused as if memory had run out */

TG_API tg_keyset *tg_keyset_new(void); /* NULL: out of memory */
TG_API void tg_keyset_free(tg_keyset *s);
/*
** Add the records of one reply to the set, without counting them: tg_keyset_begin(), then each.
** PLACE is set. False: out of memory; the records before it stay.
*/
TG_API void tg_keyset_begin(tg_keyset *s);
TG_API bool tg_keyset_add(tg_keyset *s, const tg_record *r, tg_keyset_found *found,
                          uint32_t *place);
/* Counts the N records of a reply as seen. Places that the set does not have are ignored. */
TG_API void tg_keyset_see(tg_keyset *s, const uint32_t *places, size_t n);
/*
** Is the record at PLACE, which is seen, new? It is then counted as given. A record with a key is
** new once; equal ones without a key are new as many times as they are seen.
*/
TG_API bool tg_keyset_give(tg_keyset *s, uint32_t place);
/* No reply is counted any more. What was given stays given. */
TG_API void tg_keyset_forget(tg_keyset *s);

#endif
