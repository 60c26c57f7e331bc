/* The content of a file: empty, our tables in this or another version, or foreign. */
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "error.h"
#include "store_file.h"
#include "store_inside.h"

/* versions that a newer program may be ahead; a larger difference means damage */
#define NEWER_MOST 100

/* The first column of the first row. */
static bool number(tg_store *s, const char *sql, int64_t *value, tg_error *err)
{
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK &&
              sqlite3_step(st) == SQLITE_ROW;
    if (ok)
        *value = sqlite3_column_int64(st, 0);
    else
        tg_store_error(s, err);
    sqlite3_finalize(st);
    return ok;
}

static bool set_version(tg_store *s, int64_t version, tg_error *err)
{
    char sql[100];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", (int)s->o.id,
             (int)version);
    return tg_store_exec(s, sql, err);
}

static int last_version(const tg_store *s)
{
    int n = 0;
    while (s->o.steps[n]) n++;
    return n;
}

/* Another program has made the file newer since it was looked at: the next opening rejects it. */
static bool is_overtaken(tg_store *s, int64_t version, tg_error *err)
{
    if (version >= 0 && version <= last_version(s)) return false;
    s->busy = true;
    return !tg_store_fail(s, SQLITE_BUSY, err);
}

/* Check the version inside the transaction: another process may have upgraded the file already. */
static bool take_steps(tg_store *s, tg_error *err)
{
    int64_t version;
    if (!tg_store_exec(s, "BEGIN IMMEDIATE", err)) return false;
    bool ok = number(s, "PRAGMA user_version", &version, err) && !is_overtaken(s, version, err);
    while (ok && s->o.steps[version]) ok = tg_store_exec(s, s->o.steps[version++], err);
    ok = ok && set_version(s, version, err) && tg_store_exec(s, "COMMIT", err);
    if (!ok) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

int tg_store_lock_folder(tg_store *s)
{
    return tg_file_lock(s->path, &(tg_file_patience){tg_store_nap, s});
}

/* The change to WAL mode does not always call the busy handler. */
static bool change_to_wal(tg_store *s, tg_error *err)
{
    for (int n = 0; sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK;
         n++)
        if ((sqlite3_errcode(s->db) & 0xff) != SQLITE_BUSY || !tg_store_nap(s, n))
            return tg_store_error(s, err);
    return true;
}

/* A lock of the folder serializes the processes that create tables. A file that is emptied in part
   gives its pages back in small steps; this must be set before the first table is made. */
static bool make_tables(tg_store *s, tg_error *err)
{
    int lock = s->path ? tg_store_lock_folder(s) : TG_FILE_NO_LOCKS;
    if (lock == TG_FILE_BUSY) return tg_store_fail(s, SQLITE_BUSY, err);
    bool wal = s->path && tg_file_local(s->path);
    /* a process holds this lock to move the file, so the file stays in place from here on */
    bool there = !s->path || tg_file_same(s->path, &s->at);
    bool ok = (there || tg_store_fail(s, SQLITE_BUSY, err)) &&
              (!s->o.disposable || tg_store_exec(s, "PRAGMA auto_vacuum = INCREMENTAL", err)) &&
              (!wal || change_to_wal(s, err)) && take_steps(s, err);
    if (lock >= 0) close(lock);
    return ok;
}

/* One statement reads all three: between two statements another process might create the tables,
   and the file would seem foreign. */
static bool look_inside(tg_store *s, int64_t *id, int64_t *version, int64_t *tables, tg_error *err)
{
    bool ok = tg_store_exec(s, "BEGIN", err) && number(s, "PRAGMA application_id", id, err) &&
              number(s, "PRAGMA user_version", version, err) &&
              number(s, "SELECT count(*) FROM sqlite_schema", tables, err);
    if (!sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, ok ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

/* A sound database without the table of our first step is foreign, not ours with a damaged id. */
static bool has_first_table(tg_store *s)
{
    char name[64];
    bool found = false;
    sqlite3_stmt *st = NULL;
    if (sscanf(s->o.steps[0], "CREATE TABLE %63[^( ]", name) != 1) return false;
    if (sqlite3_prepare_v2(s->db, "SELECT 1 FROM sqlite_schema WHERE name = ?1", -1, &st, NULL) ==
        SQLITE_OK) {
        sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
        found = sqlite3_step(st) != SQLITE_DONE; /* unreadable: damaged */
    }
    sqlite3_finalize(st);
    return found;
}

/* S->damaged: the file is damaged, or sound but unusable for this program. */
static bool refuse(tg_store *s, bool ours, bool newer, int64_t version, tg_error *err)
{
    if (!ours && s->damaged) return tg_store_fail(s, SQLITE_NOTADB, err);
    if (!ours)
        tg_error_set(err, TG_E_INVALID,
                     "%s: it is not a database of this program; it is left alone and not used",
                     s->name);
    else if (newer)
        tg_error_set(err, TG_E_INVALID,
                     "%s was made by a newer version of this program (its layout is %d, ours %d);"
                     " it is left alone and not used",
                     s->name, (int)version, last_version(s));
    else
        tg_error_set(err, TG_E_INVALID,
                     "%s was made by an older version of this program, or is damaged", s->name);
    bool mends = s->damaged && s->o.mend;
    tg_error_advise(err, "%s",
                    mends   ? s->o.mend
                    : newer ? "use that version, or name another file"
                            : "name another file, or move it away");
    return false;
}

/* A file of an older version: may it be upgraded? */
static bool upgradable(const tg_store *s, int64_t version)
{
    if (!s->o.disposable) return version > 0;
    return s->o.upgrades_from > 0 && version >= s->o.upgrades_from;
}

/* Decide by the content: empty, ours, or foreign. */
bool tg_store_check_version(tg_store *s, tg_error *err)
{
    int64_t id, version, tables = 0;
    if (!number(s, "PRAGMA application_id", &id, err) ||
        !number(s, "PRAGMA user_version", &version, err))
        return false;
    if (id == s->o.id && version == last_version(s)) return true;
    if (!look_inside(s, &id, &version, &tables, err)) return false;
    if (id == s->o.id && version == last_version(s)) return true;
    bool empty = id == 0 && version == 0 && tables == 0,
         older = id == s->o.id && version < last_version(s);
    if (!s->o.read_only && (empty || (older && upgradable(s, version)))) return make_tables(s, err);
    if (s->o.read_only && older && s->o.disposable && upgradable(s, version)) return true;
    bool newer =
        id == s->o.id && version > last_version(s) && version <= last_version(s) + NEWER_MOST;
    s->damaged = !newer && (id == s->o.id || has_first_table(s));
    return refuse(s, id == s->o.id, newer, version, err);
}

bool tg_store_touch(tg_store *s, tg_error *err)
{
    return set_version(s, last_version(s), err);
}
