#include "store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "birth.h"
#include "clock.h"
#include "error.h"
#include "store_file.h"
#include "store_inside.h"
#include "store_wal.h"

#define BUSY_SECONDS 10.0 /* longest wait for other processes */
#define WAL_PAGES    1000 /* length of the log that starts a checkpoint */
/* after a checkpoint that a writer or reader prevented, retry this many pages later */
#define WAL_AGAIN 250
/* how often to check whether another file has replaced this one */
#define LOOK_SECONDS 1.0

void tg_store_watch(tg_store *s, const volatile sig_atomic_t *interrupt)
{
    s->interrupt = interrupt;
}

void tg_store_watch_as(tg_store *s, const tg_store *other)
{
    s->interrupt = other->interrupt;
}

void tg_store_damaged(tg_store *s)
{
    s->damaged = true;
}

const char *tg_store_path(const tg_store *s)
{
    return s->path;
}

const char *tg_store_warning(tg_store *s)
{
    if (!*s->warning) return NULL;
    memcpy(s->returned, s->warning, sizeof s->returned);
    s->warning[0] = '\0';
    return s->returned;
}

/* -------------------------------------------------------------------------------------- opening */

void tg_store_patience(tg_store *s, double seconds)
{
    s->patience = seconds;
}

/*
** DEFENSIVE and an untrusted schema: a tampered file cannot call our functions. The last close
** empties the log and keeps it: creating and deleting two files would double the time a short
** script needs to open the store.
*/
static bool configure(tg_store *s, tg_error *err)
{
    int keep_log = 1;
    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
    sqlite3_busy_handler(s->db, tg_store_nap, s);
    tg_wal_init(s->db, &s->pages);
    s->pages = 0;
    s->checkpoint_at = WAL_PAGES;
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
    return tg_store_exec(s,
                         s->o.durable
                             ? "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 0"
                             : "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 0",
                         err);
}

/* Check the -wal and -shm files again: SQLite created them, or another user planted them
   meanwhile. */
static bool connect(tg_store *s, tg_error *err)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW |
                (s->o.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    tg_file_patience patience = {tg_store_nap, s};
    if (s->path && !tg_file_check(s->path, s->o.read_only ? NULL : &patience, &s->at, err))
        return s->busy ? tg_store_fail(s, SQLITE_BUSY, err) : false;
    if (sqlite3_open_v2(s->path ? s->path : ":memory:", &s->db, flags, NULL) != SQLITE_OK)
        return tg_store_error(s, err);
    struct stat again;
    s->openings++;
    s->looked = tg_clock_read(CLOCK_MONOTONIC_COARSE);
    return configure(s, err) && tg_store_check_version(s, err) &&
           (!s->path || tg_file_check(s->path, NULL, &again, err));
}

/* Has the file been moved away since it was opened? SQLite opens the log by its name, later: it may
   then be the log of the file in its place. */
static bool is_moved(const tg_store *s)
{
    return s->path && !tg_file_same(s->path, &s->at);
}

/* SQLite keeps the connection open for each statement that is still being stepped, until its
   finalization. */
static void disconnect(tg_store *s)
{
    for (int i = 0; i < s->o.statements; i++) {
        sqlite3_finalize(s->prepared[i]);
        s->prepared[i] = NULL;
    }
    /* the last close would empty a log that may not be its own */
    if (s->db && is_moved(s)) sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close_v2(s->db);
    s->db = NULL;
    s->index = NULL;
    s->depth = 0;
    s->rolled_back = false;
}

/* If another process has quarantined the same damaged file already, use the new file in its
   place. */
static void quarantine(tg_store *s, const char *why)
{
    int lock = tg_store_lock_folder(s);
    char *aside =
        lock != TG_FILE_BUSY && tg_file_same(s->path, &s->at) ? tg_file_aside(s->path) : NULL;
    if (lock >= 0) close(lock);
    const char *to = aside ? strrchr(aside, '/') : NULL;
    if (to)
        snprintf(s->warning, sizeof s->warning, "%.*s; it was quarantined as %.*s",
                 tg_error_fit(why, 140), why, tg_error_fit(to + 1, 130), to + 1);
    free(aside);
}

static bool open_file(tg_store *s, tg_error *err)
{
    tg_error why;
    bool moved = false;
    if (!err) err = &why;
    for (int tries = 0; tries < 3; tries++) {
        s->damaged = s->busy = false;
        s->code = SQLITE_OK;
        bool ok = connect(s, err);
        moved = s->db && is_moved(s);
        if (ok && !moved) return true;
        /* an error in our own SQL means that the tables are damaged */
        if (s->code == SQLITE_ERROR) s->damaged = true;
        disconnect(s);
        if (moved) continue;
        if (!s->damaged || !s->o.renewable || s->o.read_only || !s->path) break;
        quarantine(s, err->message);
    }
    if (!moved) return false;
    s->busy = true;
    return tg_store_fail(s, SQLITE_BUSY, err);
}

static tg_store *store_new(const tg_store_options *o, tg_error *err)
{
    tg_store *s = calloc(1, sizeof *s);
    if (!s || !(s->prepared = calloc((size_t)o->statements + 1, sizeof *s->prepared))) {
        free(s);
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    s->o = *o;
    s->o.renewable = o->renewable || o->disposable;
    tg_birth_init(&s->birth);
    s->nowait = true;
    s->patience = BUSY_SECONDS;
    s->name = "the store in memory";
    return s;
}

tg_store *tg_store_open(const tg_store_options *o, char warning[300], tg_error *err)
{
    bool memory = strcmp(o->path, ":memory:") == 0;
    tg_store *s = store_new(o, err);
    if (warning) warning[0] = '\0';
    if (s && !memory) s->path = tg_file_place(o->path, !o->read_only, err);
    if (s && s->path) s->name = strrchr(s->path, '/') + 1;
    if (s && (memory || s->path) && (open_file(s, err) || s->busy)) {
        s->nowait = false;
        const char *told = tg_store_warning(s);
        if (warning && told) snprintf(warning, 300, "%s", told);
        return s;
    }
    if (warning && err) tg_store_warn(o, warning, err->message, err->advice);
    tg_store_close(s);
    return NULL;
}

void tg_store_close(tg_store *s)
{
    if (!s) return;
    if (tg_birth_here(&s->birth)) disconnect(s);
    tg_birth_clear(&s->birth);
    free(s->prepared);
    free(s->path);
    free(s);
}

/* ---------------------------------------------------------------------------------------- using */

/*
** A removed or quarantined cache must take effect in open handles too; otherwise this process would
** continue with a file that no other process sees.
*/
static bool replaced(tg_store *s)
{
    double now = s->path ? tg_clock_read(CLOCK_MONOTONIC_COARSE) : s->looked;
    if (now - s->looked < LOOK_SECONDS) return false;
    s->looked = now;
    return !tg_file_same(s->path, &s->at);
}

static bool reopen(tg_store *s, tg_error *err)
{
    if (s->damaged && (s->replaced_once || !s->o.renewable || s->o.read_only || !s->path))
        return tg_store_fail(s, SQLITE_CORRUPT, err);
    if (s->damaged) {
        char why[200];
        snprintf(why, sizeof why, "%s: it is damaged", s->name);
        disconnect(s);
        quarantine(s, why);
        s->replaced_once = true;
    }
    disconnect(s);
    bool ok = open_file(s, err);
    s->nowait = !ok && s->busy && !tg_store_interrupted(s);
    return ok;
}

static bool fail_undone(tg_store *s, tg_error *err)
{
    return tg_error_set(err, TG_E_INVALID, "%s: a part of the work was undone, so all of it was",
                        s->name);
}

/* A failure such as a full disk ends SQLite's transaction: the next step of the unit would be
   written by itself. */
bool tg_store_ready(tg_store *s, tg_error *err)
{
    if (!tg_birth_here(&s->birth))
        return tg_error_set(err, TG_E_INVALID, "%s was opened before a fork", s->name);
    if (s->depth > 0) return !sqlite3_get_autocommit(s->db) || fail_undone(s, err);
    if (s->db && !s->damaged && !replaced(s)) return true;
    return (s->db && tg_store_statements(s) > 0) || reopen(s, err);
}

/* If our own SQL does not fit the tables, the tables do not match the version. */
static bool prepare(tg_store *s, int number_, tg_error *err)
{
    if (s->prepared[number_]) return true;
    int rc = sqlite3_prepare_v3(s->db, s->o.sql[number_], -1, SQLITE_PREPARE_PERSISTENT,
                                &s->prepared[number_], NULL);
    if (rc == SQLITE_OK) return true;
    if ((rc & 0xff) == SQLITE_ERROR) s->damaged = true;
    return tg_store_error(s, err);
}

sqlite3_stmt *tg_store_use(tg_store *s, int number_, tg_error *err)
{
    if (!tg_store_ready(s, err)) return NULL;
    if (prepare(s, number_, err)) return s->prepared[number_];
    if (!s->damaged || s->depth > 0 || !tg_store_ready(s, err)) return NULL;
    return prepare(s, number_, err) ? s->prepared[number_] : NULL;
}

/* Only outside of transactions and without waiting: a writer that holds the lock checkpoints after
   its own commit. */
static void shorten_log(tg_store *s)
{
    if (s->pages < s->checkpoint_at || !s->path || s->depth > 0 || tg_store_statements(s) > 0)
        return;
    if (is_moved(s)) return; /* the checkpoint opens the file by its name */
    bool hurried = s->nowait;
    s->nowait = true;
    s->checkpoint_at = tg_wal_checkpoint(s->db, s->path) ? WAL_PAGES : s->pages + WAL_AGAIN;
    s->nowait = hurried;
    s->pages = 0; /* unknown until the next commit */
}

void tg_store_done(sqlite3_stmt *st)
{
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
}

bool tg_store_run(tg_store *s, sqlite3_stmt *st, tg_error *err)
{
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) continue;
    bool ok = rc == SQLITE_DONE || tg_store_error(s, err);
    tg_store_done(st);
    shorten_log(s);
    return ok;
}

sqlite3 *tg_store_handle(tg_store *s)
{
    return s->db;
}

unsigned tg_store_openings(const tg_store *s)
{
    return s->openings;
}

size_t tg_store_statements(const tg_store *s)
{
    size_t n = 0;
    for (sqlite3_stmt *st = s->db ? sqlite3_next_stmt(s->db, NULL) : NULL; st;
         st = sqlite3_next_stmt(s->db, st))
        n += sqlite3_stmt_busy(st) != 0;
    return n;
}

/* ----------------------------------------------------------------------------------- unchanged */

static bool in_wal_mode(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    bool is = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL) == SQLITE_OK &&
              sqlite3_step(st) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
    sqlite3_finalize(st);
    return is;
}

/* Once for each opening. A file that may only be read can have an index of its own, which SQLite
   replaces. */
static const volatile uint32_t *wal_index(tg_store *s)
{
    if (s->indexed == s->openings) return s->index;
    s->indexed = s->openings;
    s->index = s->path && !s->o.read_only && in_wal_mode(s->db) ? tg_wal_index(s->db) : NULL;
    return s->index;
}

tg_store_mark tg_store_mark_now(tg_store *s)
{
    tg_store_mark m = {0};
    if (s->depth > 0 || !tg_store_ready(s, NULL) || !wal_index(s)) return m;
    if (tg_wal_head(s->index, m.head)) m.opening = s->openings;
    return m;
}

bool tg_store_unchanged(tg_store *s, const tg_store_mark *since)
{
    if (!since->opening) return false;
    tg_store_mark now = tg_store_mark_now(s);
    return now.opening == since->opening && memcmp(now.head, since->head, sizeof now.head) == 0;
}

/* -------------------------------------------------------------------------------- units of work */

/* Writes must go to the file that other processes use. It is looked at again once the lock is held:
   the holder before may have put another file in its place. */
static bool begin_here(tg_store *s, tg_error *err)
{
    for (int tries = 0; tries < 3; tries++) {
        s->looked = 0;
        if (!tg_store_ready(s, err) || !tg_store_exec(s, "BEGIN IMMEDIATE", err)) return false;
        if (!s->path || tg_file_same(s->path, &s->at)) return true;
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return tg_error_set(err, TG_E_INVALID, "%s is replaced again and again", s->name);
}

bool tg_store_begin(tg_store *s, tg_error *err)
{
    if (s->depth > 0 ? !tg_store_ready(s, err) : !begin_here(s, err)) return false;
    s->depth++;
    return true;
}

void tg_store_rollback(tg_store *s)
{
    if (s->depth == 0 || !tg_birth_here(&s->birth)) return;
    s->rolled_back = --s->depth > 0;
    if (!s->rolled_back) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

bool tg_store_commit(tg_store *s, tg_error *err)
{
    if (!tg_birth_here(&s->birth) || s->depth == 0)
        return tg_error_set(err, TG_E_INVALID, "%s: nothing was begun", s->name);
    if (s->depth > 1) return s->depth--, true;
    bool undone = s->rolled_back || sqlite3_get_autocommit(s->db);
    bool ok = undone ? fail_undone(s, err) : tg_store_exec(s, "COMMIT", err);
    s->rolled_back = false;
    if (!ok)
        tg_store_rollback(s);
    else
        s->depth = 0;
    shorten_log(s);
    return ok;
}

bool tg_store_sync(tg_store *s, bool waits, tg_error *err)
{
    if (!tg_store_ready(s, err)) return false;
    return tg_store_exec(s, waits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                         err);
}

bool tg_store_probe(tg_store *s, tg_error *err)
{
    if (!tg_store_begin(s, err)) return false;
    if (!tg_store_touch(s, err)) return tg_store_rollback(s), false;
    return tg_store_commit(s, err);
}
