/*
** One SQLite file opened as this project wants it: private folder and file, WAL, a bounded wait for
** other processes, prepared statements by number, a version that is checked, damage set aside.
** Cache and ledger stand on it and on nothing else, so that a server database can take its place.
**
** SQLite from 3.7.0 to 3.51.2 (but 3.44.6 and 3.50.7) can corrupt a file in WAL mode: a checkpoint
** that runs while another connection commits and begins the log anew marks pages as copied that
** were not ("The WAL-Reset Bug", sqlite.org/wal.html). So no writer ever runs beside a checkpoint
** of ours:
**   - commits do not checkpoint. When the log is long, the store takes the writer's lock of the
**     file (BEGIN IMMEDIATE, all writers hold it while they write) and a second connection
**     checkpoints meanwhile, in PASSIVE mode;
**   - the last close checkpoints under SQLite's EXCLUSIVE lock of the file, beside which no other
**     connection can be: each holds a SHARED one from its first read to its close;
**   - a program from before this rule refuses the file, or makes another one, since its version is
**     higher.
** A rollback journal would do without checkpoints, but its commit is some twenty times as slow as
** one of the log.
**
** A store is for one thread at a time and for the process that opened it: in a child made by fork
** every function returns an error and close leaves the handle alone, since a child that closes it
** would drop the parent's locks.
*/
#ifndef TG_STORE_H
#define TG_STORE_H

#include "toggl.h"

typedef struct tg_store tg_store;
struct sqlite3;
struct sqlite3_stmt;

/* Copied, but what it points to (but `path`) is borrowed and must outlive the store: static
   data. */
typedef struct tg_store_options {
    /* ":memory:" or a file; its folder is made 0700 when missing, the file 0600 */
    const char *path;
    /* SQLite's application id: tells our files from one another and from foreign ones */
    int32_t id;
    /* step i is the SQL that makes version i + 1 out of version i; NULL ends them */
    const char *const *steps;
    const char *const *sql; /* statements, by number; prepared when first used */
    int statements;
    const char
        /* what it costs the user that it does not work, for warnings; NULL: no warnings but of
           quarantine */
        *cost;
    bool renewable; /* a damaged file is quarantined and begun anew; else it is refused */
    /* renewable, and an older one is quarantined as well; else it takes the steps that it lacks */
    bool disposable;
    bool read_only; /* never made, never changed, never set aside */
    /* a commit returns when it is on the disk; else a power loss may undo the last ones, in
       order */
    bool durable;
} tg_store_options;

/*
** NULL: err says why, TG_E_INVALID but for lack of memory. WARNING (may be NULL) gets a sentence
** when a file was quarantined or, with a cost, cannot be used; empty otherwise. A sound file of a
** newer version or of another program is refused and left as it is. A file that another process
** holds is not waited for here, where that could not be interrupted yet: it is opened by the first
** tg_store_ready or tg_store_use, which wait as tg_store_patience says.
*/
tg_store *tg_store_open(const tg_store_options *o, char warning[300], tg_error *err);
void tg_store_close(tg_store *s);

/*
** A statement, reset and unbound; NULL: err. Finish it with tg_store_done before anything else is
** asked of the store. A file that was found damaged by an earlier statement (and is disposable), or
** that was removed or set aside, is opened anew here.
*/
struct sqlite3_stmt *tg_store_use(tg_store *s, int number, tg_error *err);
void tg_store_done(struct sqlite3_stmt *st);
/* Runs it for its effect and finishes it. False: err. */
bool tg_store_run(tg_store *s, struct sqlite3_stmt *st, tg_error *err);

/* Each use waits for other processes at most so many seconds; 10 unless it is set. After a wait in
   vain others are not ** waited for during the next ten seconds. */
void tg_store_patience(tg_store *s, double seconds);

/* Can it be written now? False: err. Writes a page and keeps the content as it is. */
bool tg_store_probe(tg_store *s, tg_error *err);

/* Waits for other processes end when the flag is set; it is borrowed. */
void tg_store_watch(tg_store *s, const volatile sig_atomic_t *interrupt);
/* by the flag that the other one has now */
void tg_store_watch_as(tg_store *s, const tg_store *other);

/* Usable in this process, and open; what tg_store_use checks first. */
bool tg_store_ready(tg_store *s, tg_error *err);
/* borrowed; another one after the file was opened anew; NULL: not yet */
struct sqlite3 *tg_store_handle(tg_store *s);
/* how often it was opened: tells that the handle is another one */
unsigned tg_store_openings(const tg_store *s);

/* One unit of work. Nested ones join the outer one. BEGIN IMMEDIATE: the writer's place is taken at
   once. */
bool tg_store_begin(tg_store *s, tg_error *err);
bool tg_store_commit(tg_store *s, tg_error *err); /* false: nothing of the whole unit is kept */
void tg_store_rollback(tg_store *s);

/* Fills err from the connection's last error: "state.db: the disk is full". False always. */
bool tg_store_error(tg_store *s, tg_error *err);
/* The content is not what was written, though SQLite saw nothing: the file is set aside with the
   next use. */
void tg_store_damaged(tg_store *s);
/*
** A sentence about a file quarantined after the opening, or about what does not work since; NULL:
** none. Returned once, valid until the next one.
*/
const char *tg_store_warning(tg_store *s);
const char *tg_store_path(const tg_store *s); /* borrowed; NULL: in memory */

/* statements in the middle of something: 0 between calls */
size_t tg_store_statements(const tg_store *s);

/*
** $VARIABLE/NAME, or ~/FALLBACK/NAME where the variable is not set or, against the XDG rules, is
** relative: tg_store_xdg("XDG_CACHE_HOME", ".cache", "toggl/cache.db"). The caller frees it; NULL:
** no memory, or no home.
*/
char *tg_store_xdg(const char *variable, const char *fallback, const char *name);

#endif
