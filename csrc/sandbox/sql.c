/*
** The database, and the engine that runs the script of a route (private.h says how a script
** speaks). Statements are prepared once and kept with the script, which is known by its name.
*/
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ------------------------------------------------------------------------------- clock, numbers */

double sb_clock(const tg_sandbox *s)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9 + s->knobs.advance;
}

/* ------------------------------------------------------------------------------------ variables */

static sb_variable *find_variable(const sb_exchange *x, const char *name)
{
    for (int i = 0; i < x->variable_count; i++)
        if (strcmp(x->variables[i].name, name) == 0) return (sb_variable *)&x->variables[i];
    return NULL;
}

/* Takes the value, also when there is no room for it. */
static void let(sb_exchange *x, const char *name, sqlite3_value *value)
{
    sb_variable *v = find_variable(x, name);
    if (!v && x->variable_count < SB_VARIABLES) {
        v = &x->variables[x->variable_count++];
        snprintf(v->name, sizeof v->name, "%s", name);
    }
    if (!v) {
        sqlite3_value_free(value);
        return;
    }
    sqlite3_value_free(v->value);
    v->value = value;
}

int64_t sb_int(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return v && v->value ? sqlite3_value_int64(v->value) : 0;
}

const char *sb_string(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return v && v->value ? (const char *)sqlite3_value_text(v->value) : NULL;
}

bool sb_is_null(const sb_exchange *x, const char *name)
{
    sb_variable *v = find_variable(x, name);
    return !v || !v->value || sqlite3_value_type(v->value) == SQLITE_NULL;
}

void sb_clear_variables(sb_exchange *x)
{
    for (int i = 0; i < x->variable_count; i++) sqlite3_value_free(x->variables[i].value);
    x->variable_count = 0;
}

/* -------------------------------------------------------------------------------------- scripts */

static bool prepare_all(tg_sandbox *s, sb_script *k, const char *sql)
{
    const char *rest = sql;
    while (*rest && k->count < SB_SCRIPT_MAX) {
        sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v3(s->db[s->side], rest, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &rest) !=
            SQLITE_OK) {
            fprintf(stderr, "sandbox: %s in %s: %.200s\n", sqlite3_errmsg(s->db[s->side]), k->name,
                    rest);
            return false;
        }
        if (stmt) k->stmt[k->count++] = stmt; /* none for a comment behind the last */
    }
    return *rest == '\0';
}

static sb_script *find_script(tg_sandbox *s, const char *name)
{
    size_t hash = 5381;
    for (const char *p = name; *p; p++) hash = hash * 33 + (unsigned char)*p;
    sb_script **slot = &s->scripts[s->side][hash % SB_SCRIPT_HASH];
    for (sb_script *k = *slot; k; k = k->next)
        if (strcmp(k->name, name) == 0) return k;
    sb_script *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->name = name;
    k->next = *slot;
    *slot = k;
    return k;
}

static sb_script *load_script(tg_sandbox *s, const char *name)
{
    sb_script *k = find_script(s, name);
    if (!k || k->count) return k;
    sb_text sql = {0};
    bool ok = sb_sql_text(&sql, name, NULL) && prepare_all(s, k, sql.p);
    sb_drop(&sql);
    if (ok) return k;
    while (k->count) sqlite3_finalize(k->stmt[--k->count]);
    return NULL;
}

/* SQLite makes no value but out of a statement. */
static void let_bound(sb_exchange *x, const char *name, sqlite3_stmt *stmt)
{
    if (sqlite3_step(stmt) == SQLITE_ROW)
        let(x, name, sqlite3_value_dup(sqlite3_column_value(stmt, 0)));
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

void sb_let_int(tg_sandbox *s, sb_exchange *x, const char *name, int64_t value)
{
    sb_script *k = load_script(s, "route.echo");
    if (!k) return;
    sqlite3_bind_int64(k->stmt[0], 1, value);
    let_bound(x, name, k->stmt[0]);
}

void sb_let_text(tg_sandbox *s, sb_exchange *x, const char *name, const char *value)
{
    sb_script *k = load_script(s, "route.echo");
    if (!k) return;
    sqlite3_bind_text(k->stmt[0], 1, value, -1, SQLITE_STATIC);
    let_bound(x, name, k->stmt[0]);
}

/* Binds one parameter by its name; what is not known stays NULL, which is how an absent query field
   reads. */
static void bind_one(sqlite3_stmt *stmt, int i, sb_exchange *x)
{
    const char *name = sqlite3_bind_parameter_name(stmt, i) + 1;
    sb_variable *v = find_variable(x, name);
    if (v && v->value) {
        sqlite3_bind_value(stmt, i, v->value);
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

/* One statement of a script: SQLITE_ROW when it has replied, SQLITE_DONE when the script goes
   on. */
static int run_one(sqlite3_stmt *stmt, sb_exchange *x)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) bind_one(stmt, i, x);
    int rc;
    bool replied = false;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && !replied) {
        if (sqlite3_column_count(stmt) == 1)
            let(x, sqlite3_column_name(stmt, 0), sqlite3_value_dup(sqlite3_column_value(stmt, 0)));
        else if ((replied = true))
            take_reply(x, stmt);
    }
    int failed = sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt); /* the bound texts live no longer than the exchange */
    if (failed != SQLITE_OK) return failed;
    return replied ? SQLITE_ROW : rc;
}

bool sb_run(tg_sandbox *s, sb_exchange *x, const char *name)
{
    sb_script *k = load_script(s, name);
    if (!k) {
        sb_say(x, 500, "The sandbox cannot prepare this operation.");
        return true;
    }
    for (int i = 0; i < k->count; i++) {
        int rc = run_one(k->stmt[i], x);
        if (rc == SQLITE_ROW) return true;
        if (rc != SQLITE_DONE) {
            fprintf(stderr, "sandbox: %s in: %.200s\n", sqlite3_errmsg(s->db[s->side]),
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

/* ---------------------------------------------------------------------------------- open, close */

static bool is_seeded(tg_sandbox *s)
{
    sqlite3_stmt *stmt = NULL;
    bool seeded = false;
    if (sqlite3_prepare_v2(s->db[SB_TRUE], "SELECT 1 FROM sqlite_schema WHERE name = 'accounts'",
                           -1, &stmt, NULL) == SQLITE_OK)
        seeded = sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return seeded;
}

/* The seed script reads how many people there should be from a variable of a request that was made
   here. */
static bool plant(tg_sandbox *s, int people)
{
    sb_exchange none = {0};
    sb_let_int(s, &none, "people", people);
    bool failed = sb_run(s, &none, "seed.seed") && none.status >= 400;
    sb_clear_variables(&none);
    sb_drop(&none.reply);
    return !failed;
}

sqlite3 *sb_connect(tg_sandbox *s)
{
    static const char pragmas[] =
        "PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF";
    sqlite3 *db = NULL;
    /* `lock` is the mutex */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (s->in_memory) flags |= SQLITE_OPEN_URI;
    bool ok = sqlite3_open_v2(s->file, &db, flags, NULL) == SQLITE_OK && sb_functions(s, db);
    sqlite3_busy_timeout(db, 1000);
    if (ok) sqlite3_exec(db, pragmas, NULL, NULL, NULL);
    return db;
}

/* Without a file: memory that both connections share, by a name that no other sandbox has. */
static void name_file(tg_sandbox *s, const char *file)
{
    s->in_memory = file == NULL;
    if (file)
        snprintf(s->file, sizeof s->file, "%s", file);
    else
        snprintf(s->file, sizeof s->file, "file:sandbox-%p?mode=memory&cache=shared", (void *)s);
}

bool sb_open(tg_sandbox *s, const tg_sandbox_options *o, char *error, size_t size)
{
    name_file(s, o->file);
    sqlite3 *db = s->db[SB_TRUE] = sb_connect(s);
    bool ok = sqlite3_errcode(db) == SQLITE_OK;
    bool old = ok && is_seeded(s);
    /* a file knows secrets that were drawn before */
    if (old) s->draws = (uint64_t)(sb_clock(s) * 1000);
    if (ok && !old) {
        ok = sb_exec(db, "route.begin", NULL) && sb_exec(db, "schema.schema", NULL) &&
             plant(s, o->people) && sb_exec(db, "route.commit", NULL);
    }
    ok = ok && sb_late_notes(db) &&
         /* temporary: never older than the program */
         sb_exec(db, "views.views", NULL);
    if (!ok)
        snprintf(error, size, "cannot set up the state in '%s': %s", o->file ? o->file : "memory",
                 sqlite3_errmsg(db));
    return ok;
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

void sb_close(tg_sandbox *s)
{
    for (int side = 0; side < SB_SIDES; side++) {
        drop_scripts(s->scripts[side]);
        sqlite3_close(s->db[side]);
        s->db[side] = NULL;
    }
}
