/* The internals of a store: store.c opens and uses it, store_version.c checks the content of its
   file, store_error.c has the errors and waits of both. */
#ifndef TG_STORE_INSIDE_H
#define TG_STORE_INSIDE_H

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "birth.h"
#include "store.h"

struct tg_store {
    tg_store_options o;
    char *path;       /* owned; NULL: in memory */
    const char *name; /* last part of the path, for messages */
    tg_birth birth;
    sqlite3 *db;             /* NULL: closed; the next use reopens it if possible */
    sqlite3_stmt **prepared; /* by number; NULL: not prepared yet */
    struct stat at;          /* identifies the open file */
    unsigned openings;
    const volatile uint32_t *index; /* of the log, shared; NULL: none */
    unsigned indexed;               /* the opening that it was looked for in */
    int depth;                      /* depth of nested units */
    bool rolled_back;               /* an inner unit was rolled back: the outer one cannot commit */
    int code;                       /* SQLite's, of the last failure */
    bool damaged;                   /* the next use quarantines the file */
    /* a file was replaced: do not replace another one, since the disk may damage every file */
    bool replaced_once;
    bool busy; /* another process prevented the last opening */
    /* do not wait: an interrupt is not possible yet, or the last wait failed */
    bool nowait;
    double looked, busy_since, timed_out_at, patience;
    /* length of the log after the last commit; length at which to checkpoint it */
    int pages, checkpoint_at;
    unsigned warned;                        /* one bit for each reason already warned of */
    const volatile sig_atomic_t *interrupt; /* borrowed; NULL: none */
    char warning[300];
    char returned[300];
};

/* The flag that the host sets for Ctrl-C is up. */
static inline bool tg_store_interrupted(const tg_store *s)
{
    return s->interrupt && *s->interrupt;
}

/* store_error.c */
/* "cache.db: the disk is full; every run sends its requests again; make room"; nothing without
   o->cost. */
void tg_store_warn(const tg_store_options *o, char warning[300], const char *what,
                   const char *advice);
/* Fill err from a SQLite code, and the warning. Always false. */
bool tg_store_fail(tg_store *s, int code, tg_error *err);
bool tg_store_exec(tg_store *s, const char *sql, tg_error *err);
/* the busy handler, also for locks of the folder */
int tg_store_nap(void *store, int n);

/* store_version.c */
int tg_store_lock_folder(tg_store *s); /* as tg_file_lock */
/* creates or migrates the tables if necessary */
bool tg_store_check_version(tg_store *s, tg_error *err);
/* inside a transaction: writes the present version again */
bool tg_store_touch(tg_store *s, tg_error *err);

#endif
