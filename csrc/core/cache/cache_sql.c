#include "cache_sql.h"
#include "cache_catalog.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_inside.h"
#include "error.h"

struct tg_reader {
    /* A connection of its own, so that an open statement holds no snapshot that a get would read.
       In memory it is the cache's own connection, which no other process changes. */
    tg_store *store;
    bool borrowed;
    tg_catalog *catalog; /* a reference; NULL: none yet */
    unsigned openings;   /* number of the opening that has its tables */
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

/* In memory the store is the cache's, and no other process holds it. */
void tg_reader_patience(tg_reader *r, double seconds)
{
    if (!r->borrowed) tg_store_patience(r->store, seconds);
}

void tg_reader_free(tg_reader *r)
{
    if (!r) return;
    if (!r->borrowed) tg_store_close(r->store);
    tg_catalog_unref(r->catalog);
    free(r);
}

/* --------------------------------------------------------------------------------------- tables */

/* SQLite connects json_each and json_tree on their first use, and asks the authorizer then. */
#define CONNECT "PRAGMA table_info(json_each); PRAGMA table_info(json_tree)"

/*
** Register the tables with the first query, from the rows of the running program: they always match
** the rows, cost nothing unless used, and need no version in the file.
*/
static bool make_tables(tg_reader *r, const char *account, tg_error *err)
{
    unsigned openings = tg_store_openings(r->store);
    if (r->catalog && r->openings == openings && strcmp(r->catalog->account, account) == 0)
        return true;
    tg_catalog_unref(r->catalog);
    r->openings = openings;
    sqlite3_exec(tg_store_handle(r->store), CONNECT, NULL, NULL, NULL);
    r->catalog = tg_catalog_new(tg_store_handle(r->store), account, err);
    if (!r->catalog) return false;
    if (tg_catalog_register(r->catalog) && tg_catalog_register_schema(r->catalog)) return true;
    tg_catalog_unref(r->catalog);
    r->catalog = NULL;
    return tg_error_set(err, TG_E_NOMEM, "out of memory");
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

/* The tables, json_each and common table expressions, which have no schema. TABLE is the real name,
   whatever the query calls it. */
static bool may_read(const tg_catalog *c, const char *table, const char *schema)
{
    static const char *const hidden[] = {"replies",   "tags",      "drops",     "clock",
                                         "row_lists", "row_pages", "row_words", "row_terms"};
    if (starts(table, "sqlite_") || starts(table, "pragma_")) return false;
    if (starts(table, "json_") || tg_catalog_has(c, table)) return true;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (sqlite3_stricmp(table, hidden[i]) == 0) return false;
    return !schema;
}

/* The catalog's own statements may read the replies. */
static int authorize(void *ctx, int action, const char *one, const char *two, const char *schema,
                     const char *inside)
{
    const tg_catalog *c = ctx;
    (void)inside;
    bool ok = c->inside || action == SQLITE_SELECT || action == SQLITE_RECURSIVE ||
              (action == SQLITE_FUNCTION && may_call(two)) ||
              (action == SQLITE_READ && may_read(c, one, schema));
    return ok ? SQLITE_OK : SQLITE_DENY;
}

/* -------------------------------------------------------------------------------------- prepare */

static sqlite3_stmt *refuse(sqlite3_stmt *st, tg_error *err, const char *why)
{
    tg_error_set(err, TG_E_INVALID, "SQL: %s", why);
    tg_error_advise(err, "%s",
                    strncmp(why, "no such ", 8) == 0
                        ? "SELECT * FROM schema lists tables and columns"
                        : "one SELECT over the tables is allowed, such "
                          "as SELECT name, email FROM users");
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
    if (!st) return refuse(NULL, err, "the text has no statement");
    if (!sqlite3_stmt_readonly(st) || sqlite3_stmt_isexplain(st))
        return refuse(st, err, "it is not a SELECT");
    return only_one(db, tail, sql + n) ? st : refuse(st, err, "there is more than one statement");
}

sqlite3_stmt *tg_reader_prepare(tg_reader *r, const char *account, const char *sql, size_t n,
                                tg_error *err)
{
    if (!tg_store_ready(r->store, err) || !make_tables(r, account, err)) return NULL;
    sqlite3 *db = tg_store_handle(r->store);
    sqlite3_set_authorizer(db, authorize, r->catalog);
    sqlite3_stmt *st = prepare(db, sql, n, err);
    sqlite3_set_authorizer(db, NULL, NULL);
    return st;
}

/* A running statement holds the state of the file. */
bool tg_reader_names(tg_reader *r, const char *account, const tg_names_wanted *w, tg_names *out,
                     tg_error *err)
{
    if (!tg_store_ready(r->store, err) || !make_tables(r, account, err)) return false;
    sqlite3_stmt *hold = tg_store_use(r->store, STAMP, err);
    if (!hold) return false;
    bool ok = sqlite3_step(hold) == SQLITE_ROW ? tg_catalog_names(r->catalog, w, out, err)
                                               : tg_store_error(r->store, err);
    tg_store_done(hold);
    return ok;
}
