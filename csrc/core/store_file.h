/* The file under a store: where it may stand, who may own it, how it is made and set aside. For store.c alone. */
#ifndef TG_STORE_FILE_H
#define TG_STORE_FILE_H

#include <sys/stat.h>

#include "toggl.h"

/*
** The path with its folder made (0700) when missing and MAKE, all links in it resolved but for the file itself. STRICT:
** a folder in which others can replace files is refused. The caller frees it; NULL: err.
*/
char *tg_file_place(const char *path, bool make, bool strict, tg_error *err);

/* Checks the file, made first (empty, 0600) when missing and MAKE, and what SQLite keeps beside it. AT tells it apart
** from a later file of the same name. */
bool tg_file_check(const char *path, bool make, struct stat *at, tg_error *err);

/* Is the file at PATH still the one of AT? */
bool tg_file_same(const char *path, const struct stat *at);

/* Can the folder hold a write-ahead log? Its shared memory does not work over a network. */
bool tg_file_local(const char *path);

/*
** One maker or mover at a time, among all processes. The lock is the folder itself, so no lock file stays behind and a
** dead process leaves none. A descriptor to close; -1: the file system has no locks, and we go on without.
*/
int tg_file_lock(const char *path);

/*
** Renames the file and what SQLite keeps beside it to PATH.damaged-TIME; the lock must be held. The caller frees the
** new path; NULL: it stands where it stood.
*/
char *tg_file_aside(const char *path);

#endif
