/* The tables of state.db, version by version, and all statements on them. */
#include "schema.h"

#include <stddef.h>

/* Step i upgrades version i to version i + 1. Never edit a released step: add a further one;
   spec/fixtures/state keeps a file of each version. */
const char *const tg_state_steps[] = {
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
    /* requests in flight of an unknown window, and the time until which they count as such */
    "ALTER TABLE windows ADD COLUMN early INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE windows ADD COLUMN early_until REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE windows ADD COLUMN first INTEGER;" /* remaining in the server's first count */,
    /* A program that predates the checkpoint rule (store.h) and has the file open finds no table to
       write to. */
    "ALTER TABLE windows RENAME TO quota_windows; ALTER TABLE workspaces RENAME TO quota_places;"
    "ALTER TABLE facts RENAME TO quota_facts;",
    /* The last change of a tag and the one before, for the case that the last one is taken back.
       The tag '' stands for all. */
    "CREATE TABLE changes(account TEXT, tag TEXT, at REAL NOT NULL, before REAL NOT NULL,"
    "  PRIMARY KEY(account, tag)) WITHOUT ROWID;",
    NULL};

#define WINDOW "total, remaining, resets_at, said, generation, spent, early, early_until, first"

const char *const tg_state_sql[TG_STATE_STATEMENTS] = {
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
    /* If the clock was set back, keep the later time. */
    [TG_CHANGES_NOTE] =
        "INSERT INTO changes VALUES (?1, ?3, ?2, 0) ON CONFLICT DO UPDATE SET before = at,"
        " at = iif(at BETWEEN ?2 AND ?2 + 60, at, ?2)",
    [TG_CHANGES_TAKE_BACK] =
        "UPDATE changes SET at = before WHERE account = ?1 AND tag = ?3 AND at = ?2",
    [TG_CHANGES_LAST] = "SELECT max(at) FROM changes WHERE account = ?1 AND at <= ?2"
                        " AND tag IN (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [TG_CHANGES_OTHER] = "SELECT iif(at = ?4, before, at) FROM changes WHERE account = ?1 AND tag ="
                         " ?3 AND at <= ?2",
    [TG_CHANGES_ANY] = "SELECT at FROM changes WHERE account = ?1 AND tag = ''",
};
