/*
** One SQLite file with this project's settings: private folder and file, WAL, a bounded wait for
** other processes, prepared statements by number, a checked version, quarantine of damaged files.
** Cache and ledger use SQLite only through this file, so a server database can replace it.
**
** SQLite from 3.7.0 to 3.51.2 (but 3.44.6 and 3.50.7) can corrupt a file in WAL mode: a checkpoint
** that runs while another connection commits and resets the log marks pages as copied that were not
** ("The WAL-Reset Bug", sqlite.org/wal.html). So no writer ever runs during one of our checkpoints:
** - Commits do not checkpoint. When the log is long, the store takes the writer's lock of the
**   file (BEGIN IMMEDIATE; all writers hold it while they write), and a second connection
**   checkpoints meanwhile, in PASSIVE mode.
** - The last close checkpoints under SQLite's EXCLUSIVE lock of the file, which excludes all
**   other connections: each holds a SHARED lock from its first read to its close.
** - A program that predates this rule rejects the file, or creates another one, since the
**   version of the file is higher.
** A rollback journal needs no checkpoints, but its commit takes about twenty times as long.
**
** A store belongs to one thread at a time and to the process that opened it. In a child made by
** fork every function returns an error, and close does not touch the handle: closing it would drop
** the parent's locks.
*/
#ifndef TG_STORE_H
#define TG_STORE_H

#include "toggl.h"

typedef struct tg_store tg_store;
struct sqlite3;
struct sqlite3_stmt;

/* Copied, but its pointers (except `path`) are borrowed and must outlive the store: static data. */
typedef struct tg_store_options {
    /* ":memory:" or a file; its folder is made 0700 when missing, the file 0600 */
    const char *path;
    /* SQLite's application id: distinguishes our files from one another and from foreign ones */
    int32_t id;
    /* step i is the SQL that upgrades version i to version i + 1; NULL ends the list */
    const char *const *steps;
    const char *const *sql; /* statements, by number; prepared on first use */
    int statements;
    const char
        /* what the user loses without the store, for warnings; NULL: warn only of a quarantine */
        *cost;
    const char *mend; /* what to do with a damaged file; NULL: a general advice */
    bool renewable;   /* quarantine a damaged file and create a new one; otherwise reject it */
    /* renewable, and an older file is quarantined too; otherwise upgrade it by the missing steps */
    bool disposable;
    /* disposable: a file of this version or a later one is upgraded all the same; 0: none is */
    int upgrades_from;
    bool read_only; /* never create, change or quarantine the file */
    /* a commit returns once it is on the disk; otherwise a power loss may undo the last commits, in
       order */
    bool durable;
} tg_store_options;

/*
** Open a store. NULL: err, TG_E_INVALID unless memory ran out. WARNING (may be NULL) gets a
** sentence when a file was quarantined or, with a cost, cannot be used; otherwise it is empty. A
** sound file of a newer version or of another program is rejected and not changed. If another
** process holds the file, this function does not wait, since the wait could not be interrupted yet;
** the first tg_store_ready or tg_store_use opens the file and waits as set by tg_store_patience.
*/
tg_store *tg_store_open(const tg_store_options *o, char warning[300], tg_error *err);
void tg_store_close(tg_store *s);

/*
** Return a statement, reset and unbound; NULL: err. Finish it with tg_store_done before any other
** use of the store. Reopens the file if it was removed or quarantined, or if an earlier statement
** found damage (in a disposable file).
*/
struct sqlite3_stmt *tg_store_use(tg_store *s, int number, tg_error *err);
void tg_store_done(struct sqlite3_stmt *st);
/* Run the statement for its effect and finish it. False: err. */
bool tg_store_run(tg_store *s, struct sqlite3_stmt *st, tg_error *err);

/* Limit each wait for other processes to SECONDS; the default is 10. After a failed wait, the store
   does not wait again for ten seconds. */
void tg_store_patience(tg_store *s, double seconds);

/* Between units of work, of a durable store: do its commits wait for the disk? One that did not is
   on the disk with the next that does. */
bool tg_store_sync(tg_store *s, bool waits, tg_error *err);

/* Can the file be written now? False: err. Writes one page and does not change the content. */
bool tg_store_probe(tg_store *s, tg_error *err);

/* End waits for other processes when the flag is set; the flag is borrowed. */
void tg_store_watch(tg_store *s, const volatile sig_atomic_t *interrupt);
/* use the current flag of OTHER */
void tg_store_watch_as(tg_store *s, const tg_store *other);

/* Open and usable in this process; tg_store_use checks this first. */
bool tg_store_ready(tg_store *s, tg_error *err);
/* borrowed; changes when the file is reopened; NULL: not open yet */
struct sqlite3 *tg_store_handle(tg_store *s);
/* number of openings so far: a change means a new handle */
unsigned tg_store_openings(const tg_store *s);

#define TG_WAL_HEAD 12 /* words of the head of SQLite's wal-index */

/* The content of a file at one moment: equal marks of one store mean that no process committed in
   between. */
typedef struct tg_store_mark {
    unsigned opening; /* 0: unknown, and equal to none */
    uint32_t head[TG_WAL_HEAD];
} tg_store_mark;

/* Take the mark from the memory that SQLite shares with the other processes of the file: no lock
   and no system call. It is unknown in a unit of work, in memory and without a write-ahead log. */
tg_store_mark tg_store_mark_now(tg_store *s);
bool tg_store_unchanged(tg_store *s,
                        const tg_store_mark *since); /* false also for an unknown one */

/* Begin a unit of work. Nested units join the outer one. BEGIN IMMEDIATE: takes the writer's lock
   at once. */
bool tg_store_begin(tg_store *s, tg_error *err);
bool tg_store_commit(tg_store *s, tg_error *err); /* false: nothing of the whole unit was written */
void tg_store_rollback(tg_store *s);

/* Fill err from the connection's last error, such as "state.db: the disk is full". Always false. */
bool tg_store_error(tg_store *s, tg_error *err);
/* Report content that differs from what was written, though SQLite reported no error. The next use
   quarantines the file. */
void tg_store_damaged(tg_store *s);
/*
** A sentence about a file quarantined after the opening, or about a failure since; NULL: none.
** Returned once, valid until the next one.
*/
const char *tg_store_warning(tg_store *s);
const char *tg_store_path(const tg_store *s); /* borrowed; NULL: in memory */

/* statements being stepped: 0 between calls */
size_t tg_store_statements(const tg_store *s);

/* Is the folder of PATH missing, or one that a store may be in? False: others can replace files
   there, or it cannot be read. */
bool tg_store_folder_fits(const char *path);

#endif
