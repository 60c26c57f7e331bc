/* A journal that goes on from a damaged one. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "journal_sqlite.h"
#include "store_file.h"

#define READABLE                                                                                   \
    "SELECT n, entry, event, at, account, open, people, seal, sum, chain FROM journal NOT INDEXED "

/* The first column of the first row as a number; -1: it cannot be read. */
static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    bool found =
        sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW;
    int64_t n = found ? sqlite3_column_int64(st, 0) : -1;
    sqlite3_finalize(st);
    return n;
}

static bool add_row(sqlite3 *to, sqlite3_stmt *from, const char *insert)
{
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(to, insert, -1, &st, NULL) == SQLITE_OK;
    for (int i = 0; ok && i < sqlite3_column_count(from); i++)
        sqlite3_bind_value(st, i + 1, sqlite3_column_value(from, i));
    ok = ok && sqlite3_step(st) == SQLITE_DONE;
    sqlite3_finalize(st);
    return ok;
}

/* From one end up to the first page that cannot be read. */
static void copy_from(sqlite3 *to, sqlite3 *from, const char *sql, const char *insert)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(from, sql, -1, &st, NULL) != SQLITE_OK) return;
    while (sqlite3_step(st) == SQLITE_ROW) add_row(to, st, insert);
    sqlite3_finalize(st);
}

static void copy_all(sqlite3 *to, sqlite3 *from)
{
    const char *event = "INSERT OR IGNORE INTO journal VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";
    copy_from(to, from, READABLE "ORDER BY n", event);
    copy_from(to, from, READABLE "ORDER BY n DESC", event);
    copy_from(to, from, "SELECT * FROM plans", "INSERT INTO plans VALUES (?1,?2,?3,?4)");
    copy_from(to, from, "SELECT * FROM leases",
              "INSERT INTO leases VALUES (?1,?2,?3,?4,?5,?6,?7,?8)");
}

static bool is_damaged(const char *path, sqlite3 *db)
{
    tg_error err;
    int64_t id = number(db, "PRAGMA application_id");
    bool whole = id >= 0 && number(db, "SELECT count(*) FROM pragma_quick_check"
                                       " WHERE quick_check <> 'ok'") == 0;
    if (!whole) return true;
    tg_journal *j = id == TG_JOURNAL_ID ? tg_journal_sqlite(path, &err) : NULL;
    bool sound = !j || tg_journal_sound(j, &err);
    if (j) j->api->close(j);
    return !sound;
}

/* The end that is not as it was written goes: the next event is chained to what stands before. */
static bool copy(tg_journal *to, sqlite3 *from, int64_t *copied, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(to);
    if (!to->api->begin(to, true, err)) return false;
    sqlite3 *db = tg_store_handle(s);
    copy_all(db, from);
    while (!tg_journal_sound(to, err))
        if (sqlite3_exec(db, "DELETE FROM journal WHERE n = (SELECT max(n) FROM journal)", NULL,
                         NULL, NULL) != SQLITE_OK ||
            sqlite3_changes(db) == 0) {
            to->api->rollback(to);
            return false;
        }
    *copied = number(db, "SELECT count(*) FROM journal");
    return to->api->commit(to, err);
}

static void unlink_all(const char *path)
{
    char name[4200];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* The copy is closed: its log is empty. */
static bool replace(const char *path, const char *copy, char aside[256], tg_error *err)
{
    char log[4200];
    char *moved = tg_file_move(path);
    const char *name = moved ? strrchr(moved, '/') : NULL;
    snprintf(aside, 256, "%s", name ? name + 1 : moved ? moved : "");
    free(moved);
    if (!moved) return tg_error_set(err, TG_E_INVALID, "%s cannot be moved", path);
    snprintf(log, sizeof log, "%s-wal", copy);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", copy);
    unlink(log);
    return rename(copy, path) == 0 ||
           tg_error_set(err, TG_E_INVALID, "%s cannot be renamed to %s", copy, path);
}

static bool mend(const char *path, const char *made, sqlite3 *from, int64_t *copied, tg_error *err)
{
    if (!is_damaged(path, from))
        return tg_error_set(err, TG_E_INVALID, "%s is not damaged, so it was left alone", path);
    unlink_all(made); /* of an earlier attempt that was ended */
    tg_journal *to = tg_journal_sqlite(made, err);
    bool ok = to && copy(to, from, copied, err);
    if (to) to->api->close(to);
    if (!ok) unlink_all(made);
    return ok;
}

bool tg_journal_sqlite_mend(const char *path, int64_t *copied, char aside[256], tg_error *err)
{
    char made[4096];
    sqlite3 *from = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;
    *copied = 0;
    *aside = '\0';
    if (snprintf(made, sizeof made, "%s.mending", path) >= (int)sizeof made || access(path, F_OK))
        return tg_error_set(err, TG_E_INVALID, "there is no file %s", path);
    bool ok = sqlite3_open_v2(path, &from, flags, NULL) == SQLITE_OK ||
              tg_error_set(err, TG_E_INVALID, "%s: %s", path, sqlite3_errmsg(from));
    ok = ok && mend(path, made, from, copied, err);
    sqlite3_close(from);
    return ok && replace(path, made, aside, err);
}
