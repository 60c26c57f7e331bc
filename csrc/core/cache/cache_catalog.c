/* What the stored replies hold, read when a table is asked and kept until the file changes. */
#include "cache_catalog.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static void clear(tg_catalog *c)
{
    tg_shown_unref(c->now);
    tg_tables_free(c->tables);
    free(c->account);
    free(c);
}

void tg_catalog_unref(tg_catalog *c)
{
    if (c && --c->refs == 0) clear(c);
}

tg_catalog *tg_catalog_new(sqlite3 *db, const char *account, tg_error *err)
{
    tg_catalog *c = calloc(1, sizeof *c);
    bool ok = c != NULL;
    if (ok) *c = (tg_catalog){.refs = 1, .db = db, .account = strdup(account)};
    ok = ok && c->account && (c->tables = tg_tables_new());
    while (ok && c->tables[c->table_count].name) c->table_count++;
    if (ok) return c;
    tg_catalog_unref(c);
    tg_error_set(err, TG_E_NOMEM, "out of memory");
    return NULL;
}

bool tg_catalog_has(const tg_catalog *c, const char *table)
{
    if (sqlite3_stricmp(table, "schema") == 0) return true;
    for (size_t i = 0; i < c->table_count; i++)
        if (sqlite3_stricmp(c->tables[i].name, table) == 0) return true;
    return false;
}

/* ---------------------------------------------------------------------------- the present state */

void tg_shown_unref(tg_shown *s)
{
    size_t ops;
    if (!s || --s->refs > 0) return;
    tg_ops(&ops);
    for (size_t i = 0; s->sets && i < s->table_count; i++)
        tg_rowset_clear(&s->sets[i], &s->tables[i]);
    for (size_t i = 0; s->sources && i < 2 * ops; i++) tg_sources_clear(&s->sources[i]);
    free(s->sets);
    free(s->sources);
    free(s);
}

tg_rowset *tg_shown_rows(const tg_shown *s, const tg_table *table)
{
    return &s->sets[table - s->tables];
}

static tg_shown *new_shown(tg_catalog *c)
{
    size_t ops;
    tg_ops(&ops);
    tg_shown *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (tg_shown){.refs = 1,
                    .tables = c->tables,
                    .table_count = c->table_count,
                    .sources = calloc(2 * ops, sizeof *s->sources),
                    .sets = calloc(c->table_count, sizeof *s->sets)};
    if (s->sources && s->sets) return s;
    tg_shown_unref(s);
    return NULL;
}

/* The number that changes with each change of the file, by any process. Exact while a statement
   reads. */
static uint32_t version_of(const tg_catalog *c)
{
    uint32_t version = 0;
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}

/* The present state, whose rows may be incomplete; borrowed. */
static tg_shown *current(tg_catalog *c)
{
    uint32_t version = version_of(c);
    if (c->now && c->version == version) return c->now;
    tg_shown_unref(c->now);
    c->now = new_shown(c);
    c->version = version;
    return c->now;
}

/* -------------------------------------------------------------------------------------- reading */

static bool load_ops(tg_catalog *c, tg_shown *s, const tg_table *t, tg_rowset *set)
{
    size_t count;
    const tg_op *all = tg_ops(&count), *ops[TG_TABLE_OPS];
    const tg_sources *sources[TG_TABLE_OPS];
    size_t n = tg_table_ops(t, ops);
    for (size_t i = 0; i < n; i++) {
        tg_sources *one = &s->sources[(size_t)(ops[i] - all) + (t->known ? count : 0)];
        sources[i] = one;
        if (one->loaded) continue;
        tg_sources_clear(one);
        if (!tg_sources_load(one, c->db, c->account, ops[i], t->known)) return false;
    }
    return tg_rowset_fill(set, t, ops, sources, n);
}

static bool load(tg_catalog *c, tg_shown *s, const tg_table *t)
{
    tg_rowset *set = tg_shown_rows(s, t);
    const tg_table *outer = t;
    if (set->made) return true;
    while (outer->list) outer--; /* tables of lists follow that of their model */
    bool ok = outer == t ? load_ops(c, s, t, set)
                         : load(c, s, outer) && tg_rowset_inside(set, t, tg_shown_rows(s, outer));
    if (!ok) tg_rowset_clear(set, t);
    return ok;
}

/* Read within one state of the file, also where no statement of the caller holds it. */
static tg_shown *read_now(tg_catalog *c, const tg_table *table)
{
    sqlite3_stmt *hold = NULL;
    tg_shown *s = NULL;
    c->inside = true;
    if (sqlite3_prepare_v2(c->db, "SELECT seq FROM main.clock", -1, &hold, NULL) == SQLITE_OK &&
        sqlite3_step(hold) == SQLITE_ROW)
        s = current(c);
    if (s && !load(c, s, table)) s = NULL;
    sqlite3_finalize(hold);
    c->inside = false;
    return s;
}

tg_shown *tg_catalog_show(tg_catalog *c, const tg_table *table)
{
    tg_shown *s = c->now && c->version == version_of(c) ? c->now : NULL;
    if (!s || !tg_shown_rows(s, table)->made) s = read_now(c, table);
    if (s) s->refs++;
    return s;
}
