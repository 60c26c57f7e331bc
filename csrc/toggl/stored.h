/* The file of stored replies, seen from outside of a client. Part of toggl.h, which says who owns
   what. */
#ifndef TOGGL_STORED_H
#define TOGGL_STORED_H

#include <stdint.h>

#include "text.h"

typedef struct tg_cache_state {
    bool there, usable; /* a file is there; it is sound and for this version */
    int64_t bytes;      /* of it and its log */
    int64_t replies;    /* this and what follows: of a usable one */
    /* when the server answered: seconds since 1970; 0: there are no replies */
    double oldest, newest;
    int version;
    int copies; /* quarantined ones beside it */
    int64_t copy_bytes;
} tg_cache_state;

/* Reads nothing but numbers and changes nothing. PROBLEM says why a file that is there is not
   usable; TG_OK: it is. Waits ** for other processes two seconds at most. */
TG_API void tg_cache_look(const char *path, tg_cache_state *out, tg_error *problem);
/*
** Removes all replies, of all accounts, and the quarantined copies; REMOVED says how many. A
** damaged file is removed and begun anew. False: the replies could not be removed, and err says
** why; the copies are gone all the same. A file of a newer version or of another program is left
** alone.
*/
TG_API bool tg_cache_clear(const char *path, tg_cache_state *removed, tg_error *err);

#endif
