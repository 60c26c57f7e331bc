/* person FILE COUNT: look up one of 100,000 people by address, by a prepared SELECT over a plain
   table with an index; create it in FILE if there is none. Print CPU seconds for one lookup. */
#include "yard.h"

#include <sqlite3.h>

#define PEOPLE 100000

static const char MAKE[] =
    "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS people(email TEXT PRIMARY KEY, text"
    " TEXT) WITHOUT ROWID; INSERT INTO people SELECT 'person.' || value || '@example.test',"
    " printf('%0640d', value) FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1"
    " FROM n WHERE value < 100000) SELECT value FROM n) WHERE NOT EXISTS (SELECT 1 FROM people)";

static int look_up(sqlite3_stmt *st, int times)
{
    char email[64];
    for (int i = 0; i < times; i++) {
        int n =
            snprintf(email, sizeof email, "person.%d@example.test", (int)(i * 7919LL % PEOPLE) + 1);
        sqlite3_bind_text(st, 1, email, n, SQLITE_STATIC);
        if (sqlite3_step(st) != SQLITE_ROW || !sqlite3_column_text(st, 0))
            return yard_fail("no such person");
        sqlite3_reset(st);
    }
    return 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int count = argc == 3 ? atoi(argv[2]) : 0;
    if (count < 1) return yard_fail("usage: person FILE COUNT");
    if (sqlite3_open(argv[1], &db) != SQLITE_OK ||
        sqlite3_exec(db, MAKE, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT text FROM people WHERE email = ?1", -1, &st, NULL) !=
            SQLITE_OK)
        return yard_fail(sqlite3_errmsg(db));
    int failed = look_up(st, 100);
    double start = yard_seconds(RUSAGE_SELF);
    failed = failed || look_up(st, count);
    if (!failed) printf("%.9f\n", (yard_seconds(RUSAGE_SELF) - start) / count);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return failed;
}
