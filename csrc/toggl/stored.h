/* Access to the file of stored replies without a client. Part of toggl.h, which defines
   ownership. */
#ifndef TOGGL_STORED_H
#define TOGGL_STORED_H

#include <stdint.h>

#include "text.h"

typedef struct tg_cache_state {
    bool there, usable; /* the file exists; it is sound and has this version */
    int64_t bytes;      /* size of the file and its log */
    int64_t replies;    /* this and the following members are set only for a usable file */
    int64_t rows;       /* records of complete lists that finders look up by index */
    /* times of the oldest and newest reply: seconds since 1970; 0: no replies */
    double oldest, newest;
    int64_t limit; /* most bytes of the file */
    /* replies deleted so far because they were too old or the file too large; the last time */
    int64_t trimmed, trimmed_bytes;
    double trimmed_at;
    int version;
    int copies; /* number of quarantined copies */
    int64_t copy_bytes;
} tg_cache_state;

/* Read the state of the file without changing it. PROBLEM is the reason why an existing file is not
   usable; TG_OK: it is. Waits for other processes for at most two seconds. */
TG_API void tg_cache_look(const char *path, tg_cache_state *out, tg_error *problem);
/* What a check of the file found. */
typedef struct tg_cache_check {
    int64_t replies, damaged; /* read; with a content that differs from its checksum */
    int64_t lists, records;   /* with rows for finders, made again from their texts */
    int64_t differ;           /* lists whose rows are others than those; they were removed */
} tg_cache_check;

/*
** Compare each reply with its checksum, and the rows of each list with those that its texts give.
** Rows that differ are removed: the next finder makes them again. A file with a damaged reply is
** quarantined at its next use. False: err; a file that does not exist has no replies.
*/
TG_API bool tg_cache_verify(const char *path, tg_cache_check *out, tg_error *err);
/*
** Remove all replies of all accounts, and the quarantined copies; REMOVED reports their number.
** Replaces a damaged file by an empty one. False: err; the replies could not be removed, but the
** copies were. A file of a newer version or of another program is not changed.
*/
TG_API bool tg_cache_clear(const char *path, tg_cache_state *removed, tg_error *err);

#endif
