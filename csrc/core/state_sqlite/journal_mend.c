/* Mend a damaged journal: copy the readable events into a new file that takes its place. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "journal_sqlite.h"
#include "store_file.h"

typedef struct mending {
    const char *path;
    char made[4096]; /* the new file, until it is in place */
    sqlite3 *from;
    bool whole; /* SQLite finds no damage */
    int ms;
    tg_mended *out;
} mending;

/* Damage alone is a reason to drop events. Any other code (locked, no memory, a failing disk) says
   nothing about the content. */
static bool is_damage(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

static bool fail(const char *path, sqlite3 *db, tg_error *err)
{
    bool held = (sqlite3_errcode(db) & 0xff) == SQLITE_BUSY;
    tg_error_set(err, TG_E_INVALID, "%.200s: %s; nothing was changed", path, sqlite3_errmsg(db));
    if (held) tg_error_advise(err, "wait for the process that holds it, or end that process");
    return false;
}

/* Set *N to the first column of the first row; 0: no row. Return SQLITE_OK, or the code of the
   failure. */
static int number(sqlite3 *db, const char *sql, int64_t *n)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    *n = 0;
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) *n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ----------------------------------------------------------------------------------------- copy */

static bool add_row(sqlite3 *to, sqlite3_stmt *from, const char *insert)
{
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(to, insert, -1, &st, NULL) == SQLITE_OK;
    for (int i = 0; ok && i < sqlite3_column_count(from); i++)
        ok = sqlite3_bind_value(st, i + 1, sqlite3_column_value(from, i)) == SQLITE_OK;
    ok = ok && sqlite3_step(st) == SQLITE_DONE;
    sqlite3_finalize(st);
    return ok;
}

/* Copy from one end up to the first damaged page. */
static bool copy_from(mending *m, sqlite3 *to, const char *sql, const char *insert, tg_error *err)
{
    sqlite3_stmt *st = NULL;
    bool added = true;
    int rc = sqlite3_prepare_v2(m->from, sql, -1, &st, NULL);
    if (rc == SQLITE_OK)
        while (added && (rc = sqlite3_step(st)) == SQLITE_ROW) added = add_row(to, st, insert);
    bool read =
        rc == SQLITE_DONE || rc == SQLITE_ROW || is_damage(rc) || fail(m->path, m->from, err);
    if (!added) fail(m->made, to, err);
    sqlite3_finalize(st);
    return added && read;
}

#define READABLE                                                                                   \
    "SELECT n, entry, event, at, account, open, people, seal, sum, chain FROM journal NOT INDEXED "

/* Files of the first schema version have neither plans nor leases. */
static bool copy_all(mending *m, sqlite3 *to, tg_error *err)
{
    static const char *const rows[][2] = {
        {READABLE "ORDER BY n",
         "INSERT OR IGNORE INTO journal VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"},
        {READABLE "ORDER BY n DESC",
         "INSERT OR IGNORE INTO journal VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"},
        {"SELECT * FROM plans", "INSERT OR IGNORE INTO plans VALUES (?1,?2,?3,?4)"},
        {"SELECT * FROM leases", "INSERT OR IGNORE INTO leases VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"},
    };
    int64_t later = 0;
    int rc = number(m->from, "SELECT count(*) FROM sqlite_schema WHERE name = 'leases'", &later);
    if (rc != SQLITE_OK && !is_damage(rc)) return fail(m->path, m->from, err);
    size_t n = later ? 4 : 2;
    for (size_t i = 0; i < n; i++)
        if (!copy_from(m, to, rows[i][0], rows[i][1], err)) return false;
    return true;
}

/* --------------------------------------------------------------------------------------- events */

/* Set *MOST to the highest event number in the file: the table and its index may each have lost
   pages. */
static bool highest(mending *m, sqlite3 *to, int64_t *most, tg_error *err)
{
    static const char *const ask[] = {"SELECT max(n) FROM journal NOT INDEXED",
                                      "SELECT max(n) FROM journal INDEXED BY journal_entry"};
    int64_t n;
    if (number(to, ask[0], most) != SQLITE_OK) return fail(m->made, to, err);
    for (size_t i = 0; i < sizeof ask / sizeof *ask; i++) {
        int rc = number(m->from, ask[i], &n);
        if (rc != SQLITE_OK && !is_damage(rc)) return fail(m->path, m->from, err);
        if (rc == SQLITE_OK && n > *most) *most = n;
    }
    return true;
}

static bool check_sender(const char *path, sqlite3_stmt *st, tg_error *err)
{
    size_t at;
    tg_process sender;
    const char *data = (const char *)sqlite3_column_text(st, 1);
    tg_text text = {data, data ? strlen(data) : 0};
    if (!text.n || !tg_json_check_at(text, &at, NULL)) return true;
    tg_journal_sender(text, &sender);
    if (!sender.pid || !tg_process_runs(&sender)) return true;
    tg_error_set(err, TG_E_CONFLICT,
                 "entry %lld was sent by process %lld, which still runs, so %.200s was not mended",
                 (long long)sqlite3_column_int64(st, 0), (long long)sender.pid, path);
    tg_error_advise(err, "wait for its reply, or end that process");
    return false;
}

/* A process that waits for a reply will record the outcome under its entry, which a mended file may
   lack. */
static bool check_senders(mending *m, sqlite3 *to, tg_error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(to,
                                "SELECT entry, open FROM journal AS j WHERE event = 'send' AND NOT"
                                " EXISTS (SELECT 1 FROM journal WHERE entry = j.entry AND n > j.n)",
                                -1, &st, NULL);
    bool ok = true;
    while (rc == SQLITE_OK && ok && sqlite3_step(st) == SQLITE_ROW)
        ok = check_sender(m->path, st, err);
    bool read = !ok || sqlite3_errcode(to) == SQLITE_DONE || fail(m->made, to, err);
    sqlite3_finalize(st);
    return ok && read;
}

/* Delete events from the end until the last one verifies. */
static bool trim(mending *m, tg_journal *to, tg_error *err)
{
    int64_t broken;
    sqlite3 *db = tg_store_handle(tg_journal_sqlite_store(to));
    for (bool first = true;; first = false) {
        if (!tg_journal_tail(to, &broken, err)) return false;
        if (!broken && first && m->whole)
            return tg_error_set(err, TG_E_INVALID, "%.200s is not damaged; nothing was changed",
                                m->path);
        if (!broken) return true;
        if (sqlite3_exec(db, "DELETE FROM journal WHERE n = (SELECT max(n) FROM journal)", NULL,
                         NULL, NULL) != SQLITE_OK)
            return fail(m->made, db, err);
    }
}

/* Retention deleted the events before the first one, so they do not count as dropped. Without a
   readable number the count is unknown. */
static bool count(mending *m, sqlite3 *to, int64_t most, int64_t *last, tg_error *err)
{
    int64_t first;
    if (number(to, "SELECT count(*) FROM journal", &m->out->copied) != SQLITE_OK ||
        number(to, "SELECT max(n) FROM journal", last) != SQLITE_OK ||
        number(to, "SELECT min(n) FROM journal", &first) != SQLITE_OK)
        return fail(m->made, to, err);
    m->out->dropped = !most ? -1 : most - (first ? first - 1 : 0) - m->out->copied;
    return true;
}

static bool copy_events(mending *m, tg_journal *to, tg_error *err)
{
    int64_t most, last;
    sqlite3 *db = tg_store_handle(tg_journal_sqlite_store(to));
    return copy_all(m, db, err) && highest(m, db, &most, err) && trim(m, to, err) &&
           check_senders(m, db, err) && count(m, db, most, &last, err) &&
           (most <= last || tg_journal_add_mend(to, most, (double)time(NULL), err));
}

/* The last close empties the log, unless the file could not take what is in it. */
static bool is_complete(const char *path)
{
    char log[4200];
    struct stat at;
    snprintf(log, sizeof log, "%s-wal", path);
    return lstat(log, &at) != 0 || at.st_size == 0;
}

static bool copy(mending *m, tg_error *err)
{
    tg_journal *to = tg_journal_sqlite(m->made, err);
    bool begun = to && to->api->begin(to, true, err);
    bool ok = begun && copy_events(m, to, err);
    if (begun && !ok) to->api->rollback(to);
    ok = ok && to->api->commit(to, err);
    if (to) to->api->close(to);
    if (!ok || is_complete(m->made)) return ok;
    tg_error_set(err, TG_E_INVALID, "%s cannot be written; nothing was changed", m->made);
    tg_error_advise(err, "look at the disk: is it full?");
    return false;
}

/* ---------------------------------------------------------------------------------------- files */

static void unlink_beside(const char *path)
{
    char name[4200];
    static const char *const ends[] = {"-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static int nap(void *ctx, int n)
{
    const mending *m = ctx;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return n < m->ms / 10;
}

/* The copy is complete without its log. The folder lock keeps other processes from creating a
   file while the name is free. */
static bool replace(mending *m, tg_error *err)
{
    int lock = tg_file_lock(m->path, &(tg_file_patience){nap, m});
    if (lock == TG_FILE_BUSY)
        return tg_error_set(err, TG_E_INVALID, "another process is making files next to %s",
                            m->path);
    char *moved = tg_file_move(m->path);
    const char *name = moved ? strrchr(moved, '/') : NULL;
    snprintf(m->out->aside, sizeof m->out->aside, "%s", name ? name + 1 : moved ? moved : "");
    free(moved);
    unlink_beside(m->made);
    bool ok = moved && rename(m->made, m->path) == 0;
    if (lock >= 0) fsync(lock); /* the folder, so that the new name survives a power loss */
    if (lock >= 0) close(lock);
    if (!moved) return tg_error_set(err, TG_E_INVALID, "%s cannot be moved", m->path);
    return ok || tg_error_set(err, TG_E_INVALID, "%s cannot be renamed to %s", m->made, m->path);
}

/* Create the new file, empty, and lock it: one process at a time mends, even where SQLite cannot
   lock the damaged file. Return a descriptor to close last; below 0: err. */
static int lock_made(mending *m, tg_error *err)
{
    struct stat at;
    int fd = open(m->made, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        tg_error_set(err, TG_E_INVALID, "%s cannot be made", m->made);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &at) == 0 && tg_file_same(m->made, &at)) {
        unlink_beside(m->made); /* of an earlier mend that was killed */
        if (ftruncate(fd, 0) == 0) return fd;
    }
    close(fd);
    tg_error_set(err, TG_E_INVALID, "another process mends %s; nothing was changed", m->path);
    return -1;
}

/* When this handle closes, its name and that of its log belong to the new file: closing must delete
   and checkpoint nothing. */
static void leave_files(sqlite3 *db)
{
    int keep_log = 1;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

/* Keep writers out from here on. A file whose header SQLite cannot read accepts none. */
static bool lock_old(mending *m, tg_error *err)
{
    leave_files(m->from);
    sqlite3_busy_timeout(m->from, m->ms);
    int rc = sqlite3_exec(m->from, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    return rc == SQLITE_OK || is_damage(rc) || fail(m->path, m->from, err);
}

static bool look(mending *m, tg_error *err)
{
    int64_t id, faults;
    int rc = number(m->from, "PRAGMA application_id", &id);
    if (rc == SQLITE_OK)
        rc = number(m->from, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'",
                    &faults);
    if (rc != SQLITE_OK && !is_damage(rc)) return fail(m->path, m->from, err);
    m->whole = rc == SQLITE_OK && faults == 0;
    if (!m->whole || id == TG_JOURNAL_ID) return true;
    return tg_error_set(err, TG_E_INVALID, "%.200s is not a journal; nothing was changed", m->path);
}

static bool mend(mending *m, tg_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;
    bool ok =
        sqlite3_open_v2(m->path, &m->from, flags, NULL) == SQLITE_OK || fail(m->path, m->from, err);
    ok = ok && lock_old(m, err) && look(m, err) && copy(m, err) && replace(m, err);
    sqlite3_close(m->from);
    return ok;
}

bool tg_journal_sqlite_mend(const char *path, int ms, tg_mended *out, tg_error *err)
{
    mending m = {.path = path, .ms = ms, .out = out};
    *out = (tg_mended){.copied = 0};
    int n = snprintf(m.made, sizeof m.made, "%s.mending", path);
    if (n >= (int)sizeof m.made || access(path, F_OK))
        return tg_error_set(err, TG_E_INVALID, "there is no file %s", path);
    int lock = lock_made(&m, err);
    if (lock < 0) return false;
    bool ok = mend(&m, err);
    if (!ok) {
        unlink_beside(m.made);
        unlink(m.made);
    }
    close(lock);
    return ok;
}
