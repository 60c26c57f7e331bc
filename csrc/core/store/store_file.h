/* The file of a store: its folder, its owner, its creation and its quarantine. */
#ifndef TG_STORE_FILE_H
#define TG_STORE_FILE_H

#include <sys/stat.h>

#include "toggl.h"

/*
** Return the path with all links resolved except for the file itself; with MAKE, create a missing
** folder (0700). Rejects a folder in which other users can replace files. The caller frees it;
** NULL: err.
*/
char *tg_file_place(const char *path, bool make, tg_error *err);

/* How long to wait for other processes: a SQLite busy handler, called with 0, 1, 2...; it naps, or
   returns 0 to end the wait. */
typedef struct tg_file_patience {
    int (*nap)(void *ctx, int n);
    void *ctx;
} tg_file_patience;

/* Check the file and the files that SQLite keeps next to it. AT identifies it, to detect a later
   file of the same name. A missing file is created (empty, 0600) with the patience MAKE, or
   rejected if MAKE is NULL. */
bool tg_file_check(const char *path, const tg_file_patience *make, struct stat *at, tg_error *err);

/* Is the file at PATH still the one that AT identifies? */
bool tg_file_same(const char *path, const struct stat *at);

/* Can the folder hold a write-ahead log? Its shared memory does not work on network file
   systems. */
bool tg_file_local(const char *path);

/*
** Lock the folder, so that one process at a time creates or moves files. The lock is on the folder
** itself: no lock file remains, and a killed process leaves no lock. Returns a descriptor to close,
** or TG_FILE_*. Polls, since a process that waits inside flock would miss an interrupt that comes
** just before.
*/
enum {
    TG_FILE_NO_LOCKS = -1 /* the file system has no locks: continue without */,
    TG_FILE_BUSY = -2
};
int tg_file_lock(const char *path, const tg_file_patience *patience);

/*
** Rename the file and the files that SQLite keeps next to it to PATH.damaged-TIME (0600), and
** delete earlier quarantined copies. Requires the lock. The caller frees the new path; NULL: the
** file was not moved.
*/
char *tg_file_aside(const char *path);
char *tg_file_move(const char *path); /* the same, but earlier copies stay */
/* Count the quarantined copies of PATH except KEEP (a name; NULL: no exception) and their BYTES
   (may be NULL). REMOVE also deletes them with the files that SQLite kept next to them. */
int tg_file_copies(const char *path, const char *keep, bool remove, int64_t *bytes);

#endif
