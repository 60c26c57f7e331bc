/* The records that the pages of a list contained. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_KEYSET_H
#define TOGGL_KEYSET_H

#include "record.h"

/*
** A set of the records received while a list is read. A record is identified by its key or, without
** one, by its text. Each record has an index, in the order of addition from 0, and two counts:
**
**   seen    occurrences in the replies counted at present, until tg_keyset_forget()
**   given   times the record was reported as new, for the lifetime of the set
*/
typedef struct tg_keyset tg_keyset;

/* Repeated keys found while the records of one reply were added. Records without a key may be
   equal. */
typedef struct tg_keyset_found {
    /* a key occurs twice in this reply; a key was seen in an earlier reply */
    bool twice, seen;
    int64_t twice_key, seen_key; /* the first such keys */
} tg_keyset_found;

#define TG_KEYSET_MOST ((size_t)1 << 30) /* limit of records; more fail as if out of memory */

TG_API tg_keyset *tg_keyset_new(void); /* NULL: out of memory */
TG_API void tg_keyset_free(tg_keyset *s);
/*
** Add the records of one reply to the set without counting them: call tg_keyset_begin(), then
** tg_keyset_add() for each. Sets PLACE, the record's index. False: out of memory; records added
** before it remain.
*/
TG_API void tg_keyset_begin(tg_keyset *s);
TG_API bool tg_keyset_add(tg_keyset *s, const tg_record *r, tg_keyset_found *found,
                          uint32_t *place);
/* Count the N records of a reply as seen. Invalid indexes are ignored. */
TG_API void tg_keyset_see(tg_keyset *s, const uint32_t *places, size_t n);
/*
** Is the record at PLACE, which was seen, new? Counts it as given if so. A record with a key is new
** once; equal records without a key are new as many times as they are seen.
*/
TG_API bool tg_keyset_give(tg_keyset *s, uint32_t place);
/* Reset the `seen` counts. The `given` counts remain. */
TG_API void tg_keyset_forget(tg_keyset *s);

#endif
