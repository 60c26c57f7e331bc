/* row FILE SQL COUNT: runs a prepared SELECT of one text over and over; prints processor seconds for one run. */
#include "yard.h"

#include <sqlite3.h>

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int count = argc == 4 ? atoi(argv[3]) : 0;
    size_t bytes = 0;
    if (count < 1) return yard_fail("usage: row FILE SQL COUNT");
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, argv[2], -1, &st, NULL) != SQLITE_OK)
        return yard_fail(sqlite3_errmsg(db));
    double start = 0;
    for (int i = -20; i < count; i++) {
        if (i == 0) start = yard_seconds(RUSAGE_SELF);
        if (sqlite3_step(st) != SQLITE_ROW) return yard_fail("no such row");
        bytes += strlen((const char *)sqlite3_column_text(st, 0));
        sqlite3_reset(st);
    }
    printf("%.9f\n", (yard_seconds(RUSAGE_SELF) - start) / count);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return bytes == 0;
}
