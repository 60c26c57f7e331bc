/* The inside of a store: store.c opens and uses it, store_version.c looks at what is in its
   file. */
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
    const char *name; /* its last part, for people */
    tg_birth birth;
    sqlite3 *db;             /* NULL: closed, and to be opened again if it may */
    sqlite3_stmt **prepared; /* by number; NULL: not yet */
    struct stat at;          /* which file is open */
    unsigned openings;
    int depth;    /* of begin */
    bool doomed;  /* an inner unit was rolled back: the outer one cannot be kept */
    bool damaged; /* the file is to be set aside */
    bool revived; /* once was enough: a disk that damages every file is not served with new ones */
    bool held;    /* another process was in the way of the last opening */
    bool hurries; /* does not wait: it could not be interrupted yet, or the last wait was in vain */
    double looked, busy_since, vain_at, patience;
    /* length of the log after the last commit; at which length it is checkpointed */
    int pages, checkpoint_at;
    unsigned warned;                        /* bits of the reasons that a warning was made of */
    const volatile sig_atomic_t *interrupt; /* borrowed; NULL: none */
    char warning[300];
    char told[300];
};

/* Fills err from a code of SQLite, and the warning. False always. */
bool tg_store_fail(tg_store *s, int code, tg_error *err);
bool tg_store_exec(tg_store *s, const char *sql, tg_error *err);
/* the busy handler, and the patience for locks of the folder */
int tg_store_nap(void *store, int n);

/* store_version.c */
int tg_store_lock_folder(tg_store *s); /* as tg_file_lock */
/* makes or migrates the tables where that is due */
bool tg_store_check_version(tg_store *s, tg_error *err);
/* inside a transaction: writes the version that is there */
bool tg_store_touch(tg_store *s, tg_error *err);

#endif
