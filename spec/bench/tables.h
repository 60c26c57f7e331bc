/* Shared by the yardsticks on plain SQLite tables. */
#ifndef TABLES_H
#define TABLES_H

#include "yard.h"

#include <sqlite3.h>

static inline sqlite3 *tables_open(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) == SQLITE_OK &&
        sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return db;
    fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
    exit(1);
}

/* Step a statement to its end COUNT times; print CPU seconds and rows of one run. */
static inline int tables_time(sqlite3 *db, sqlite3_stmt *st, int count)
{
    long rows = 0;
    double start = 0;
    for (int i = -1; i < count; i++) {
        if (i == 0) start = yard_seconds(RUSAGE_SELF);
        int rc;
        for (rows = 0; (rc = sqlite3_step(st)) == SQLITE_ROW; rows++) sqlite3_column_text(st, 0);
        if (rc != SQLITE_DONE) return yard_fail(sqlite3_errmsg(db));
        sqlite3_reset(st);
    }
    printf("%.9f %ld\n", (yard_seconds(RUSAGE_SELF) - start) / count, rows);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return 0;
}

#endif
