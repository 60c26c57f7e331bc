#include "cache_sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct tg_reader {
    /* A connection of its own, so that an open statement holds no snapshot that a get would read.
       In memory it is the cache's own connection, which no other process changes. */
    tg_store *store;
    bool borrowed;
    char *viewer;      /* account of the views; owned; NULL: no views yet */
    unsigned openings; /* number of the opening that has the views */
    char base[24];     /* random name of the only view that may read the table */
};

tg_reader *tg_reader_new(tg_store *store, const tg_store_options *o, tg_error *err)
{
    tg_reader *r = calloc(1, sizeof *r);
    if (!r) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    r->borrowed = strcmp(o->path, ":memory:") == 0;
    r->store = r->borrowed ? store : tg_store_open(o, NULL, err);
    if (r->store && !r->borrowed) tg_store_watch_as(r->store, store);
    if (r->store) return r;
    free(r);
    return NULL;
}

void tg_reader_free(tg_reader *r)
{
    if (!r) return;
    if (!r->borrowed) tg_store_close(r->store);
    free(r->viewer);
    free(r);
}

/* ---------------------------------------------------------------------------------------- views */

/* The temporary schema holds only our views: SQL of the user cannot create any. */
static bool drop_views(sqlite3 *db, tg_buf *out)
{
    sqlite3_stmt *st = NULL;
    bool ok =
        sqlite3_prepare_v2(db, "SELECT name FROM temp.sqlite_schema", -1, &st, NULL) == SQLITE_OK;
    while (ok && sqlite3_step(st) == SQLITE_ROW)
        tg_buf_printf(out, "DROP VIEW temp.\"%s\";", sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return ok && !out->failed;
}

static bool write_views(tg_reader *r, sqlite3 *db, const char *account, tg_buf *out)
{
    uint64_t name;
    sqlite3_randomness(sizeof name, &name);
    snprintf(r->base, sizeof r->base, "r_%016llx", (unsigned long long)name);
    char *base = sqlite3_mprintf(
        "CREATE TEMP VIEW %s AS SELECT id, operation, args, organization, workspace,"
        " at / 1e6 AS at, headers, text FROM main.replies WHERE account = %Q AND spoiled <> 1;",
        r->base, account);
    bool ok = base && tg_buf_puts(out, "SAVEPOINT views;") && drop_views(db, out) &&
              tg_buf_puts(out, base) && tg_reader_views(out, r->base) &&
              tg_buf_puts(out, "RELEASE views");
    sqlite3_free(base);
    return ok;
}

/*
** Create the views on the first query, from the rows of the running program: they always match the
** rows, cost nothing unless used, and need no version in the file.
*/
static bool make_views(tg_reader *r, const char *account, tg_error *err)
{
    tg_buf sql;
    sqlite3 *db = tg_store_handle(r->store);
    if (r->viewer && r->openings == tg_store_openings(r->store) && strcmp(r->viewer, account) == 0)
        return true;
    free(r->viewer);
    r->viewer = NULL;
    r->openings = tg_store_openings(r->store);
    tg_buf_init(&sql, 1 << 20);
    bool ok = write_views(r, db, account, &sql) || tg_error_set(err, TG_E_NOMEM, "out of memory");
    ok = ok &&
         (sqlite3_exec(db, sql.p, NULL, NULL, NULL) == SQLITE_OK || tg_store_error(r->store, err));
    tg_buf_clear(&sql);
    if (ok) r->viewer = strdup(account);
    return ok;
}

/* --------------------------------------------------------------------------- what SQL may touch */

static bool starts(const char *s, const char *prefix)
{
    return sqlite3_strnicmp(s, prefix, (int)strlen(prefix)) == 0;
}

static bool may_call(const char *name)
{
    return sqlite3_stricmp(name, "load_extension") != 0 && !starts(name, "fts3_") &&
           !starts(name, "sqlite_");
}

/*
** INSIDE: the innermost view that reads the table. A common table expression can have any name, so
** only the random name proves that the view is ours. SCHEMA is NULL when rows are counted and no
** column is read.
*/
static bool may_read(const tg_reader *r, const char *table, const char *schema, const char *inside)
{
    static const char *const tables[] = {"replies",   "tags",      "drops",     "clock",
                                         "row_lists", "row_pages", "row_words", "row_terms"};
    if (starts(table, "sqlite_") || starts(table, "pragma_")) return false;
    if (starts(table, "json_") || (schema && strcmp(schema, "temp") == 0)) return true;
    if (inside && strcmp(inside, r->base) == 0) return true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (sqlite3_stricmp(table, tables[i]) == 0) return false;
    return !schema;
}

static int authorize(void *ctx, int action, const char *one, const char *two, const char *schema,
                     const char *inside)
{
    bool ok = action == SQLITE_SELECT || action == SQLITE_RECURSIVE ||
              (action == SQLITE_FUNCTION && may_call(two)) ||
              (action == SQLITE_READ && may_read(ctx, one, schema, inside));
    return ok ? SQLITE_OK : SQLITE_DENY;
}

/* -------------------------------------------------------------------------------------- prepare */

static sqlite3_stmt *refuse(sqlite3_stmt *st, tg_error *err, const char *why)
{
    tg_error_set(err, TG_E_INVALID, "SQL: %s", why);
    tg_error_advise(err,
                    "one SELECT over the views is allowed, such as SELECT name, email FROM users");
    sqlite3_finalize(st);
    return NULL;
}

/* Only blanks, semicolons and comments may follow the first statement. */
static bool only_one(sqlite3 *db, const char *tail, const char *end)
{
    while (tail < end) {
        sqlite3_stmt *more = NULL;
        int rc = sqlite3_prepare_v2(db, tail, (int)(end - tail), &more, &tail);
        sqlite3_finalize(more);
        if (rc != SQLITE_OK || more) return false;
    }
    return true;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, size_t n, tg_error *err)
{
    sqlite3_stmt *st = NULL;
    const char *tail = NULL;
    if (n > 1000000) return refuse(NULL, err, "the statement is too long");
    if (memchr(sql, '\0', n)) return refuse(NULL, err, "there is a NUL in it");
    if (sqlite3_prepare_v2(db, sql, (int)n, &st, &tail) != SQLITE_OK)
        return refuse(NULL, err, sqlite3_errmsg(db));
    if (!st) return refuse(NULL, err, "there is no statement in it");
    if (!sqlite3_stmt_readonly(st) || sqlite3_stmt_isexplain(st))
        return refuse(st, err, "it is not a SELECT");
    return only_one(db, tail, sql + n) ? st : refuse(st, err, "there is more than one statement");
}

sqlite3_stmt *tg_reader_prepare(tg_reader *r, const char *account, const char *sql, size_t n,
                                tg_error *err)
{
    if (!tg_store_ready(r->store, err) || !make_views(r, account, err)) return NULL;
    sqlite3 *db = tg_store_handle(r->store);
    sqlite3_set_authorizer(db, authorize, r);
    sqlite3_stmt *st = prepare(db, sql, n, err);
    sqlite3_set_authorizer(db, NULL, NULL);
    return st;
}

void tg_reader_interrupt(tg_reader *r)
{
    sqlite3 *db = tg_store_handle(r->store);
    if (db) sqlite3_interrupt(db);
}
