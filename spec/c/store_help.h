/* Open a store with one table of numbers, add to it and sum it up. */
#ifndef STORE_HELP_H
#define STORE_HELP_H

#include <sqlite3.h>

#include "store.h"

static const char *const steps_1[] =
    {"CREATE TABLE t(n INTEGER NOT NULL); INSERT INTO t VALUES (7)", NULL};

enum { READ, ADD, FILL, READ_2, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [READ] = "SELECT sum(n) FROM t",
    [ADD] = "INSERT INTO t VALUES (?1)",
    [FILL] = "INSERT INTO t SELECT zeroblob(100000)",
    [READ_2] = "SELECT sum(m) FROM t",
};

static tg_store_options options(const char *path)
{
    return (tg_store_options){.path = path,
                              .id = 0x11223344,
                              .steps = steps_1,
                              .sql = sql,
                              .statements = STATEMENTS};
}

static char warning[300];
static tg_error err;

static tg_store *open_as(const char *path, bool disposable)
{
    tg_store_options o = options(path);
    o.disposable = disposable;
    err = (tg_error){0};
    return tg_store_open(&o, warning, &err);
}

/* Return the sum of the rows, or -1 if they cannot be read. */
static int64_t read_sum(tg_store *s, int number)
{
    sqlite3_stmt *st = s ? tg_store_use(s, number, &err) : NULL;
    if (!st) return -1;
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    if (n < 0) tg_store_error(s, &err);
    tg_store_done(st);
    return n;
}

static bool add(tg_store *s, int64_t n)
{
    sqlite3_stmt *st = tg_store_use(s, ADD, &err);
    if (st) sqlite3_bind_int64(st, 1, n);
    return st && tg_store_run(s, st, &err);
}

#endif
