#include "ledger_rows.h"

static const char *const steps[] = {
    "CREATE TABLE windows(account TEXT, organization INTEGER, total INTEGER, remaining INTEGER, "
    "resets_at REAL NOT "
    "NULL,"
    "  said INTEGER NOT NULL, generation INTEGER NOT NULL, spent INTEGER NOT NULL, PRIMARY "
    "KEY(account, organization))"
    "  WITHOUT ROWID;"
    "CREATE TABLE workspaces(account TEXT, workspace INTEGER, organization INTEGER NOT NULL,"
    "  PRIMARY KEY(account, workspace)) WITHOUT ROWID;"
    "CREATE TABLE facts(account TEXT, name TEXT, value INTEGER NOT NULL, PRIMARY KEY(account, "
    "name)) WITHOUT ROWID;",
    /* requests in flight of an unknown window, and until when they count as such */
    "ALTER TABLE windows ADD COLUMN early INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE windows ADD COLUMN early_until REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE windows ADD COLUMN first INTEGER;" /* what the server's first word left */,
    /* A program from before the rule on checkpoints (store.h) that has the file open finds no table
       to write to. */
    "ALTER TABLE windows RENAME TO quota_windows; ALTER TABLE workspaces RENAME TO quota_places;"
    "ALTER TABLE facts RENAME TO quota_facts;",
    NULL};

#define WINDOW "total, remaining, resets_at, said, generation, spent, early, early_until, first"

static const char *const statements[TG_LEDGER_STATEMENTS] = {
    [TG_LEDGER_READ] =
        "SELECT " WINDOW " FROM quota_windows WHERE account = ?1 AND organization = ?2",
    [TG_LEDGER_WRITE] = "INSERT OR REPLACE INTO quota_windows(account, organization, " WINDOW ")"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [TG_LEDGER_DELETE] = "DELETE FROM quota_windows WHERE account = ?1 AND organization = ?2",
    [TG_LEDGER_NEXT] = "SELECT " WINDOW ", organization FROM quota_windows"
                       " WHERE account = ?1 AND organization >= ?2 ORDER BY organization LIMIT 1",
    [TG_LEDGER_NEW_PLACES] =
        "SELECT j.value ->> 0 AS w, j.value ->> 1 AS o FROM json_each(?2) AS j WHERE NOT EXISTS "
        "(SELECT 1 FROM"
        " quota_places WHERE account = ?1 AND workspace = w AND organization = o)",
    [TG_LEDGER_MAP] =
        "INSERT INTO quota_places VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET organization = ?3",
    [TG_LEDGER_ORGANIZATION] =
        "SELECT organization FROM quota_places WHERE account = ?1 AND workspace = ?2",
    [TG_LEDGER_FACT] = "SELECT value FROM quota_facts WHERE account = ?1 AND name = ?2",
    [TG_LEDGER_SET_FACT] =
        "INSERT INTO quota_facts VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3",
};

#define STATE_ID 0x54475331 /* "TGS1" */

tg_store *tg_ledger_store(const char *path, char warning[300], tg_error *err)
{
    tg_store_options o = {.path = path,
                          .id = STATE_ID,
                          .steps = steps,
                          .sql = statements,
                          .statements = TG_LEDGER_STATEMENTS,
                          .cost = "what is left of the quota is not shared with other runs",
                          .renewable = true};
    return tg_store_open(&o, warning, err);
}

sqlite3_stmt *tg_ledger_use(tg_ledger *l, int number, int64_t second, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(l->store, number, err);
    if (!st) return NULL;
    sqlite3_bind_text(st, 1, l->account, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, second);
    return st;
}

static int optional(sqlite3_stmt *st, int column)
{
    bool null = sqlite3_column_type(st, column) == SQLITE_NULL;
    sqlite3_int64 n = null ? -1 : sqlite3_column_int64(st, column);
    return n < 0 ? -1 : n > TG_WINDOW_MOST ? TG_WINDOW_MOST : (int)n;
}

static tg_quota columns(sqlite3_stmt *st)
{
    return (tg_quota){.total = optional(st, 0),
                      .remaining = optional(st, 1),
                      .resets_at = sqlite3_column_double(st, 2),
                      .reported = sqlite3_column_int(st, 3),
                      .generation = sqlite3_column_int64(st, 4),
                      .spent = sqlite3_column_int64(st, 5),
                      .early = optional(st, 6),
                      .early_until = sqlite3_column_double(st, 7),
                      .first = optional(st, 8)};
}

bool tg_ledger_read(tg_ledger *l, int64_t organization, tg_quota *w, bool *found, tg_error *err)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_READ, organization, err);
    *w = tg_window_new();
    *found = false;
    if (!st) return false;
    int rc = sqlite3_step(st);
    *found = rc == SQLITE_ROW;
    if (*found)
        *w = columns(st);
    else if (rc != SQLITE_DONE)
        tg_store_error(l->store, err);
    tg_store_done(st);
    return *found || rc == SQLITE_DONE;
}

static void bind_optional(sqlite3_stmt *st, int index, int value)
{
    if (value < 0)
        sqlite3_bind_null(st, index);
    else
        sqlite3_bind_int(st, index, value);
}

bool tg_ledger_write(tg_ledger *l, int64_t organization, const tg_quota *w, tg_error *err)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_WRITE, organization, err);
    if (!st) return false;
    bind_optional(st, 3, w->total);
    bind_optional(st, 4, w->remaining);
    sqlite3_bind_double(st, 5, w->resets_at);
    sqlite3_bind_int(st, 6, w->reported);
    sqlite3_bind_int64(st, 7, w->generation);
    sqlite3_bind_int64(st, 8, w->spent);
    sqlite3_bind_int(st, 9, w->early);
    sqlite3_bind_double(st, 10, w->early_until);
    bind_optional(st, 11, w->first);
    return tg_store_run(l->store, st, err);
}

bool tg_ledger_delete(tg_ledger *l, int64_t organization, tg_error *err)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_DELETE, organization, err);
    return st && tg_store_run(l->store, st, err);
}

bool tg_ledger_next(tg_ledger *l, int64_t from, int64_t *organization, tg_quota *w)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_NEXT, from, NULL);
    if (!st) return false;
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found) {
        *w = columns(st);
        *organization = sqlite3_column_int64(st, 9);
    }
    tg_store_done(st);
    return found;
}
