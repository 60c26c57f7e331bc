/*
** The connections, and how the script of a route is run. Statements are prepared once and kept
** with their script, by its name.
*/
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "script.h"

/* -------------------------------------------------------------------------------------- scripts */

static bool prepare_all(sb_engine *e, sb_script *k, const char *sql)
{
    const char *rest = sql;
    while (*rest && k->count < SB_SCRIPT_MAX) {
        sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v3(e->db[e->side], rest, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &rest) !=
            SQLITE_OK) {
            fprintf(stderr, "sandbox: %s in %s: %.200s\n", sqlite3_errmsg(e->db[e->side]), k->name,
                    rest);
            return false;
        }
        if (stmt) k->stmt[k->count++] = stmt; /* none for a comment after the last statement */
    }
    return *rest == '\0';
}

static sb_script *find_script(sb_engine *e, const char *name)
{
    size_t hash = 5381;
    for (const char *p = name; *p; p++) hash = hash * 33 + (unsigned char)*p;
    sb_script **slot = &e->scripts[e->side][hash % SB_SCRIPT_HASH];
    for (sb_script *k = *slot; k; k = k->next)
        if (strcmp(k->name, name) == 0) return k;
    sb_script *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->name = name;
    k->next = *slot;
    *slot = k;
    return k;
}

static sb_script *load_script(sb_engine *e, const char *name)
{
    sb_script *k = find_script(e, name);
    if (!k || k->count) return k;
    sb_text sql = {0};
    bool ok = sb_sql_text(&sql, name, NULL) && prepare_all(e, k, sql.p);
    sb_drop(&sql);
    if (ok) return k;
    while (k->count) sqlite3_finalize(k->stmt[--k->count]);
    return NULL;
}

/* SQLite creates values only in statements. */
static void let_bound(sb_exchange *x, const char *name, sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) == SQLITE_ROW)
        sb_let(x, name, sqlite3_value_dup(sqlite3_column_value(stmt, 0)));
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

void sb_let_int(sb_engine *e, sb_exchange *x, const char *name, int64_t value)
{
    sb_script *k = load_script(e, "route.echo");
    if (!k) return;
    sqlite3_bind_int64(k->stmt[0], 1, value);
    let_bound(x, name, k->stmt[0]);
}

void sb_let_text(sb_engine *e, sb_exchange *x, const char *name, const char *value)
{
    sb_script *k = load_script(e, "route.echo");
    if (!k) return;
    sqlite3_bind_text(k->stmt[0], 1, value, -1, SQLITE_STATIC);
    let_bound(x, name, k->stmt[0]);
}

/* Bind one parameter by its name; an unknown one stays NULL, as for an absent query field. */
static void bind_one(sqlite3_stmt *stmt, int i, sb_exchange *x)
{
    const char *name = sqlite3_bind_parameter_name(stmt, i) + 1;
    sqlite3_value *value = sb_value(x, name);
    if (value) {
        sqlite3_bind_value(stmt, i, value);
    } else if (strcmp(name, "body") == 0) {
        if (x->body.n) sqlite3_bind_text(stmt, i, x->body.p, (int)x->body.n, SQLITE_STATIC);
    } else if (strncmp(name, "q_", 2) == 0) {
        for (int q = 0; q < x->queries; q++)
            if (strcmp(x->query[q].name, name + 2) == 0)
                sqlite3_bind_text(stmt, i, x->query[q].value, -1, SQLITE_STATIC);
    }
}

static void take_reply(sb_exchange *x, sqlite3_stmt *stmt)
{
    x->status = sqlite3_column_int(stmt, 0);
    x->reply.n = 0;
    sb_add(&x->reply, sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1));
    for (int c = 2; c < sqlite3_column_count(stmt); c++) {
        const char *text = (const char *)sqlite3_column_text(stmt, c);
        if (text) sb_header_add(x, sqlite3_column_name(stmt, c), text);
    }
}

/* Run one statement of a script: SQLITE_ROW if it made the reply, SQLITE_DONE if the script
   continues. */
static int run_one(sqlite3_stmt *stmt, sb_exchange *x)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) bind_one(stmt, i, x);
    int rc;
    bool replied = false;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && !replied) {
        if (sqlite3_column_count(stmt) == 1)
            sb_let(x, sqlite3_column_name(stmt, 0),
                   sqlite3_value_dup(sqlite3_column_value(stmt, 0)));
        else if ((replied = true))
            take_reply(x, stmt);
    }
    int failed = sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt); /* the exchange owns the bound texts and may be freed */
    if (failed != SQLITE_OK) return failed;
    return replied ? SQLITE_ROW : rc;
}

bool sb_run(sb_engine *e, sb_exchange *x, const char *name)
{
    sb_script *k = load_script(e, name);
    if (!k) {
        sb_say(x, 500, "The sandbox cannot prepare this operation.");
        return true;
    }
    for (int i = 0; i < k->count; i++) {
        int rc = run_one(k->stmt[i], x);
        if (rc == SQLITE_ROW) return true;
        if (rc != SQLITE_DONE) {
            fprintf(stderr, "sandbox: %s in: %.200s\n", sqlite3_errmsg(e->db[e->side]),
                    sqlite3_sql(k->stmt[i]));
            sb_say(x, 500, "The sandbox failed to do this.");
            return true;
        }
    }
    return false;
}

bool sb_exec(sqlite3 *db, const char *piece, const char *arguments)
{
    sb_text sql = {0};
    bool ok = sb_sql_text(&sql, piece, arguments);
    if (ok && sqlite3_exec(db, sql.p, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "sandbox: %s in %s: %.300s\n", sqlite3_errmsg(db), piece, sql.p);
        ok = false;
    }
    sb_drop(&sql);
    return ok;
}

/* ---------------------------------------------------------------------------------- connections */

sqlite3 *sb_connect(sb_engine *e)
{
    static const char pragmas[] =
        "PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; "
        "PRAGMA read_uncommitted = ON" /* two connections, one thread */;
    sqlite3 *db = NULL;
    /* `lock` is the mutex */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (e->in_memory) flags |= SQLITE_OPEN_URI;
    bool ok = sqlite3_open_v2(e->file, &db, flags, NULL) == SQLITE_OK && sb_functions(e, db);
    sqlite3_busy_timeout(db, 1000);
    if (ok) sqlite3_exec(db, pragmas, NULL, NULL, NULL);
    return db;
}

static void drop_scripts(sb_script **scripts)
{
    for (int h = 0; h < SB_SCRIPT_HASH; h++) {
        for (sb_script *k = scripts[h], *next; k; k = next) {
            next = k->next;
            for (int i = 0; i < k->count; i++) sqlite3_finalize(k->stmt[i]);
            free(k);
        }
        scripts[h] = NULL;
    }
}

void sb_state_close(sb_engine *e)
{
    sqlite3_finalize(e->members);
    for (int side = 0; side < SB_SIDES; side++) {
        drop_scripts(e->scripts[side]);
        sqlite3_close(e->db[side]);
        e->db[side] = NULL;
    }
}
