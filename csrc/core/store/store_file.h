/* The file under a store: where it may stand, who may own it, how it is made and set aside. For
   store.c alone. */
#ifndef TG_STORE_FILE_H
#define TG_STORE_FILE_H

#include <sys/stat.h>

#include "toggl.h"

/*
** The path with its folder made (0700) when missing and MAKE, all links in it resolved but for the
** file itself. A folder in which others can replace files is refused. The caller frees it; NULL:
** err.
*/
char *tg_file_place(const char *path, bool make, tg_error *err);

/* How long others are waited for: a busy handler of SQLite, called with 0, 1, 2...; naps, and
   returns 0 to end it. */
typedef struct tg_file_patience {
    int (*nap)(void *ctx, int n);
    void *ctx;
} tg_file_patience;

/* Checks the file and what SQLite keeps beside it. AT tells it apart from a later file of the same
   name. When it is ** missing, it is made (empty, 0600) with the PATIENCE that is given, or refused
   where there is none. */
bool tg_file_check(const char *path, const tg_file_patience *make, struct stat *at, tg_error *err);

/* Is the file at PATH still the one of AT? */
bool tg_file_same(const char *path, const struct stat *at);

/* Can the folder hold a write-ahead log? Its shared memory does not work over a network. */
bool tg_file_local(const char *path);

/*
** One maker or mover at a time, among all processes. The lock is the folder itself, so no lock file
** stays behind and a dead process leaves none. A descriptor to close, or TG_FILE_*. Tried again and
** again: a process that waits inside flock would miss an interrupt that comes just before.
*/
enum {
    TG_FILE_NO_LOCKS = -1 /* the file system has none, and we go on without */,
    TG_FILE_HELD = -2
};
int tg_file_lock(const char *path, const tg_file_patience *patience);

/*
** Renames the file and what SQLite keeps beside it to PATH.damaged-TIME, private, and removes
** earlier such copies; the lock must be held. The caller frees the new path; NULL: it stands where
** it stood.
*/
char *tg_file_aside(const char *path);
/* Counts the quarantined copies of PATH but KEEP (a name; NULL: all) and their BYTES (may be NULL),
   and may REMOVE them ** with what SQLite kept beside them. */
int tg_file_copies(const char *path, const char *keep, bool remove, int64_t *bytes);

#endif
