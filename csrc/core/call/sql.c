/* The SQL functions of the public header, on the cache. */
#include <sqlite3.h>
#include <stdlib.h>

#include "client.h"
#include "error.h"

/* instructions of SQLite's virtual machine: some tenths of a millisecond */
#define STEPS_BETWEEN_LOOKS 10000

#define QUERY_LIMIT 60.0 /* seconds: a query that takes longer joins by something other than keys */

struct tg_sql {
    tg_client *client; /* holds a reference */
    sqlite3_stmt *stmt;
    double limit; /* seconds of stepping; below 0: none */
    double spent; /* before the present step */
    double began; /* ticks: the present step */
    bool late;    /* it has passed the limit */
};

/* SQLite calls it every so often during a step; what is not 0 ends the query. */
static int look(void *of)
{
    tg_sql *s = of;
    const volatile sig_atomic_t *interrupt = s->client->interrupt;
    s->late = s->limit > 0 && s->spent + tg_client_ticks(s->client) - s->began > s->limit;
    return s->late || (interrupt && *interrupt);
}

static bool can_ask(tg_client *c, tg_error *err)
{
    if (tg_client_inherited(c))
        return tg_error_set(err, TG_E_INVALID, "this client was made before a fork");
    tg_client_patience(c);
    return tg_client_cache(c) || tg_error_set(err, TG_E_OFFLINE, "this client has no store to ask");
}

bool tg_names_find(tg_client *c, const tg_names_wanted *w, tg_names *out, tg_error *err)
{
    *out = (tg_names){0};
    if (!can_ask(c, err)) return false;
    tg_write_behind_flush(c->write_behind, c->cache, NULL);
    return tg_cache_names(c->cache, c->auth.account, w, out, err);
}

tg_sql *tg_sql_new(tg_client *c, tg_text sql, tg_error *err)
{
    if (!can_ask(c, err)) return NULL;
    tg_sql *s = calloc(1, sizeof *s);
    if (!s) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    s->client = c;
    c->refs++;
    tg_write_behind_flush(c->write_behind, c->cache, NULL);
    s->stmt = tg_cache_sql(c->cache, c->auth.account, sql.p, sql.n, err);
    s->limit = c->query_limit != 0 ? c->query_limit : QUERY_LIMIT;
    if (s->stmt) return s;
    tg_sql_free(s);
    return NULL;
}

void tg_sql_free(tg_sql *s)
{
    if (!s) return;
    /* a closed connection is freed with its last statement */
    if (!tg_client_inherited(s->client)) sqlite3_finalize(s->stmt);
    tg_client_unref(s->client);
    free(s);
}

bool tg_sql_bind(tg_sql *s, int i, const tg_value *v, tg_error *err)
{
    int rc = SQLITE_OK;
    switch (v->what) {
    case TG_V_BOOL: rc = sqlite3_bind_int(s->stmt, i, v->boolean); break;
    case TG_V_INT: rc = sqlite3_bind_int64(s->stmt, i, v->integer); break;
    case TG_V_REAL: rc = sqlite3_bind_double(s->stmt, i, v->real); break;
    case TG_V_STRING:
        rc = sqlite3_bind_text64(s->stmt, i, v->text.p, v->text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
    default: rc = sqlite3_bind_null(s->stmt, i);
    }
    return rc == SQLITE_OK ||
           tg_error_set(err, TG_E_INVALID, "parameter %d: %s", i, sqlite3_errstr(rc));
}

static int fail_late(const tg_sql *s, tg_error *err)
{
    tg_error_set(err, TG_E_TIMEOUT, "the query took longer than %g s, and was ended", s->limit);
    tg_error_advise(err, "join by keys, select fewer records, or give the client query_limit");
    return -1;
}

int tg_sql_step(tg_sql *s, tg_error *err)
{
    sqlite3 *db = sqlite3_db_handle(s->stmt);
    s->began = tg_client_ticks(s->client);
    sqlite3_progress_handler(db, STEPS_BETWEEN_LOOKS, look, s);
    int rc = sqlite3_step(s->stmt);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    s->spent += tg_client_ticks(s->client) - s->began;
    if (rc == SQLITE_ROW) return 1;
    if (rc == SQLITE_DONE) return 0;
    if (rc == SQLITE_INTERRUPT && s->late) return fail_late(s, err);
    tg_error_set(err, rc == SQLITE_INTERRUPT ? TG_E_CANCELLED : TG_E_INVALID,
                 "the query failed: %s", sqlite3_errmsg(sqlite3_db_handle(s->stmt)));
    return -1;
}

const char *tg_sql_version(void)
{
    return sqlite3_libversion();
}

int tg_sql_columns(const tg_sql *s)
{
    return sqlite3_column_count(s->stmt);
}

int tg_sql_parameters(const tg_sql *s)
{
    return sqlite3_bind_parameter_count(s->stmt);
}

const char *tg_sql_name(const tg_sql *s, int column)
{
    return sqlite3_column_name(s->stmt, column);
}

tg_value tg_sql_value(const tg_sql *s, int column)
{
    tg_value v = {.what = TG_V_NULL};
    switch (sqlite3_column_type(s->stmt, column)) {
    case SQLITE_INTEGER:
        v.what = TG_V_INT;
        v.integer = sqlite3_column_int64(s->stmt, column);
        break;
    case SQLITE_FLOAT:
        v.what = TG_V_REAL;
        v.real = sqlite3_column_double(s->stmt, column);
        break;
    case SQLITE_NULL: break;
    default:
        v.what = TG_V_STRING;
        v.text.p = (const char *)sqlite3_column_text(s->stmt, column);
        v.text.n = (size_t)sqlite3_column_bytes(s->stmt, column);
    }
    return v;
}
