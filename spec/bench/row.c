/* row FILE OPERATION COUNT: read a stored reply of OPERATION by a prepared SELECT; print CPU
   seconds for one read. */
#include "yard.h"

#include <sqlite3.h>

static sqlite3_int64 find(sqlite3 *db, const char *operation)
{
    sqlite3_stmt *st = NULL;
    sqlite3_int64 id = 0;
    sqlite3_prepare_v2(db, "SELECT id FROM replies WHERE operation = ?1", -1, &st, NULL);
    sqlite3_bind_text(st, 1, operation, -1, SQLITE_STATIC);
    if (sqlite3_step(st) == SQLITE_ROW) id = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return id;
}

static int read_times(sqlite3_stmt *st, sqlite3_int64 id, int times)
{
    for (int i = 0; i < times; i++) {
        sqlite3_bind_int64(st, 1, id);
        if (sqlite3_step(st) != SQLITE_ROW || !sqlite3_column_text(st, 0))
            return yard_fail("no such row");
        sqlite3_reset(st);
    }
    return 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1) return yard_fail("usage: row FILE OPERATION COUNT");
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT text FROM replies WHERE id = ?1", -1, &st, NULL) !=
            SQLITE_OK)
        return yard_fail(sqlite3_errmsg(db));
    sqlite3_int64 id = find(db, argv[2]);
    int failed = read_times(st, id, 20);
    double start = yard_seconds(RUSAGE_SELF);
    failed = failed || read_times(st, id, count);
    if (!failed) printf("%.9f\n", (yard_seconds(RUSAGE_SELF) - start) / count);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return failed;
}
