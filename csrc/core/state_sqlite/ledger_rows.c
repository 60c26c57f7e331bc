#include "ledger_rows.h"

#define OVER "(resets_at > 0 AND (resets_at <= ?3 OR resets_at > ?3 + 7200))"

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

/* Early requests still in flight: the last count of the server may lack them. A process that was
   killed does not * say when its own have ended, so they end by the clock. */
#define EARLY   "iif(" OVER " OR early_until <= ?3 OR early_until > ?3 + 7200, 0, early)"
#define UNKNOWN "iif(" OVER ", total IS NULL, remaining IS NULL AND NOT said)"
#define BOOKED  "(?6 > 0 AND " UNKNOWN ")"

/* Of a window that is over one request may go whatever the reserve: the total may have been learned
   too small, and only ** a reply can mend it. ** ** TAKE looks, decides and counts in one
   statement: no other process can come between. ?6: how many early ones may be ** in flight
   together, this one included; 0: it is none of them. */
static const char *const statements[TG_LEDGER_STATEMENTS] = {
    [TG_LEDGER_TAKE] =
        "INSERT INTO quota_windows VALUES (?1, ?2, NULL, NULL, 0, 0, 1, ?5, iif(?6 > 0, ?5, 0), "
        "?7, NULL)"
        " ON CONFLICT DO UPDATE SET spent = spent + ?5,"
        " early = " EARLY " + iif(" BOOKED ", ?5, 0),"
        " early_until = iif(" BOOKED ", max(?7, iif(" EARLY " > 0, early_until, 0)), early_until),"
        " generation = generation + " OVER ", said = said AND NOT " OVER ","
        " remaining = iif(" OVER ", total - ?5, max(remaining - ?5, 0)),"
        " resets_at = iif(" OVER ", iif(total IS NULL, 0, ?3 + 3600), resets_at)"
        " WHERE CASE WHEN " UNKNOWN " THEN ?6 = 0 OR " EARLY " + ?5 <= ?6"
        " WHEN " OVER " THEN total >= ?4 + ?5 OR ?5 = 1"
        " ELSE remaining IS NULL OR resets_at = 0 OR remaining >= ?4 + ?5 + " EARLY " END"
        " RETURNING total, remaining, resets_at, said, generation",
    [TG_LEDGER_READ] = "SELECT total, remaining, resets_at, said, generation FROM quota_windows "
                       "WHERE account = ?1 AND "
                       "organization = ?2",
    [TG_LEDGER_WRITE] = "INSERT INTO quota_windows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, "
                        "?4) ON CONFLICT DO UPDATE SET total = "
                        "?3,"
                        " remaining = ?4, resets_at = ?5, said = ?6, generation = ?7, early = "
                        "iif(generation = ?7, early, 0),"
                        " first = iif(generation = ?7 AND remaining IS NOT NULL, first, ?4)",
    [TG_LEDGER_GIVE_BACK] = "UPDATE quota_windows SET spent = spent - ?4, remaining = remaining + "
                            "?4 * (generation = ?3)"
                            " WHERE account = ?1 AND organization = ?2",
    [TG_LEDGER_FIRST] =
        "SELECT remaining, first FROM quota_windows WHERE account = ?1 AND organization = ?2 AND"
        " generation = ?3 AND remaining IS NOT NULL AND first IS NOT NULL",
    [TG_LEDGER_LANDED] = "UPDATE quota_windows SET early = max(early - 1, 0) WHERE account = ?1 "
                         "AND organization = ?2 AND"
                         " generation = ?3",
    [TG_LEDGER_ADD_SPENT] = "UPDATE quota_windows SET spent = spent + ifnull((SELECT spent FROM "
                            "quota_windows WHERE account = ?1 AND"
                            " organization = ?3), 0) WHERE account = ?1 AND organization = ?2",
    [TG_LEDGER_DELETE] = "DELETE FROM quota_windows WHERE account = ?1 AND organization = ?2",
    [TG_LEDGER_EACH] =
        "SELECT organization, total, iif(" OVER ", total, remaining), iif(" OVER
        ", 0, resets_at) * said, spent"
        " FROM quota_windows WHERE account = ?1 AND organization >= ?2 ORDER BY organization",
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

int tg_ledger_optional(sqlite3_stmt *st, int column)
{
    sqlite3_int64 n =
        sqlite3_column_type(st, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(st, column);
    return n < 0 ? -1 : n > MOST_REQUESTS ? MOST_REQUESTS : (int)n;
}

window tg_ledger_column(sqlite3_stmt *st)
{
    return (window){.total = tg_ledger_optional(st, 0),
                    .remaining = tg_ledger_optional(st, 1),
                    .resets_at = sqlite3_column_double(st, 2),
                    .said = sqlite3_column_int(st, 3),
                    .generation = sqlite3_column_int64(st, 4)};
}

bool tg_ledger_read(tg_ledger *l, int64_t organization, window *w, tg_error *err)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_READ, organization, err);
    *w = (window){.total = -1, .remaining = -1, .generation = 1};
    if (!st) return false;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *w = tg_ledger_column(st);
    else if (rc != SQLITE_DONE)
        tg_store_error(l->store, err);
    tg_store_done(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static void bind_optional(sqlite3_stmt *st, int index, int value)
{
    if (value < 0)
        sqlite3_bind_null(st, index);
    else
        sqlite3_bind_int(st, index, value);
}

bool tg_ledger_write(tg_ledger *l, int64_t organization, const window *w)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_WRITE, organization, NULL);
    if (!st) return false;
    bind_optional(st, 3, w->total);
    bind_optional(st, 4, w->remaining);
    sqlite3_bind_double(st, 5, w->resets_at);
    sqlite3_bind_int(st, 6, w->said);
    sqlite3_bind_int64(st, 7, w->generation);
    return tg_store_run(l->store, st, NULL);
}
