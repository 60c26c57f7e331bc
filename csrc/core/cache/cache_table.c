/* The tables as SQLite sees them: virtual tables that exist by their name alone. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cache_catalog.h"

/* Owns a reference of the catalog: a statement may outlive the cache. */
typedef struct module {
    tg_catalog *catalog;
    const tg_table *table;
} module;

typedef struct table {
    sqlite3_vtab base;
    const module *module; /* SQLite frees it after the last table */
} table;

typedef struct cursor {
    sqlite3_vtab_cursor base;
    tg_shown *shown; /* a reference */
    tg_rowset *set;
    const tg_lookup *lookup; /* NULL: all rows */
    int64_t value;           /* that is looked up, without a range */
    bool range;
    size_t at, end; /* of the range, in the order of the lookup */
    uint32_t row;   /* number + 1; 0: the end */
} cursor;

/* --------------------------------------------------------------------------------------- tables */

static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out,
                   char **message)
{
    const module *m = aux;
    tg_buf sql;
    (void)argc, (void)argv, (void)message;
    tg_buf_init(&sql, 1 << 20);
    for (size_t i = 0; i < m->table->n; i++)
        tg_buf_printf(&sql, "%s\"%s\" %s", i ? "," : "CREATE TABLE x(", m->table->columns[i].name,
                      tg_column_type(&m->table->columns[i]));
    tg_buf_puts(&sql, ")");
    table *t = sql.failed ? NULL : sqlite3_malloc(sizeof *t);
    m->catalog->inside = true; /* declaring asks the authorizer of the query */
    int rc = t ? sqlite3_declare_vtab(db, sql.p) : SQLITE_NOMEM;
    m->catalog->inside = false;
    tg_buf_clear(&sql);
    if (rc == SQLITE_OK) {
        *t = (table){.module = m};
        *out = &t->base;
    } else
        sqlite3_free(t);
    return rc;
}

static int disconnect(sqlite3_vtab *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

/* ------------------------------------------------------------------------------------- planning */

/* Rows that are expected for one value of the column. */
static double rows_of(const tg_rowset *set, const tg_table *t, size_t column)
{
    const tg_lookup *l = &set->lookups[column];
    const tg_column *c = &t->columns[column];
    double n = set->n ? (double)set->n : 1;
    tg_key key = c->field ? c->field->key : TG_KEY_NONE;
    if (l->heads) return l->distinct ? n / (double)l->distinct : 1;
    if (c->from == TG_FROM_ORGANIZATION || c->from == TG_FROM_WORKSPACE) return n;
    if (key && c->field->flags & TG_SELF && c->from == TG_FROM_RECORD && !t->list) return 1;
    if (key == TG_KEY_ORGANIZATION) return n;
    if (key == TG_KEY_WORKSPACE) return 1 + n / 4;
    return key ? (n < 10 ? n : 10) : (n < 100 ? n : 100);
}

/* How a table is read: by one column or none. The number of a plan is (column + 1) * 4, and the
   sum of the ends of its range; 0: all rows. */
typedef struct plan {
    int column;           /* below 0: none */
    int equal, low, high; /* numbers of constraints; below 0: none */
    double rows;
} plan;

#define LOW  1
#define HIGH 2

static bool is_candidate(const tg_table *t, sqlite3_index_info *info, int i)
{
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    bool equal = c->op == SQLITE_INDEX_CONSTRAINT_EQ;
    bool low = c->op == SQLITE_INDEX_CONSTRAINT_GE || c->op == SQLITE_INDEX_CONSTRAINT_GT;
    bool high = c->op == SQLITE_INDEX_CONSTRAINT_LE || c->op == SQLITE_INDEX_CONSTRAINT_LT;
    if (!c->usable || c->iColumn < 0 || !(equal || low || high)) return false;
    const tg_column *column = &t->columns[c->iColumn];
    return tg_lookup_can(column) && (equal || !tg_column_is_integer(column)) &&
           sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
}

/* The plan by the column of constraint I. */
static plan plan_of(const tg_table *t, const tg_rowset *set, sqlite3_index_info *info, int i)
{
    plan p = {info->aConstraint[i].iColumn, -1, -1, -1, set->n ? (double)set->n : 1};
    for (int j = 0; j < info->nConstraint; j++) {
        unsigned char op = info->aConstraint[j].op;
        if (info->aConstraint[j].iColumn != p.column || !is_candidate(t, info, j)) continue;
        if (op == SQLITE_INDEX_CONSTRAINT_EQ)
            p.equal = j;
        else if (op == SQLITE_INDEX_CONSTRAINT_GE || op == SQLITE_INDEX_CONSTRAINT_GT)
            p.low = j;
        else
            p.high = j;
    }
    if (p.equal >= 0)
        p.rows = rows_of(set, t, (size_t)p.column);
    else
        p.rows = 1 + p.rows / (p.low >= 0 && p.high >= 0 ? 20 : 3);
    return p;
}

/* Equal hashes of texts, and ends of ranges, still have to be compared. */
static void use(const plan *p, const tg_table *t, sqlite3_index_info *info)
{
    int n = 0;
    info->idxNum = (p->column + 1) * 4;
    if (p->equal >= 0) {
        info->aConstraintUsage[p->equal].argvIndex = 1;
        info->aConstraintUsage[p->equal].omit = tg_column_is_integer(&t->columns[p->column]);
        return;
    }
    if (p->low >= 0) info->aConstraintUsage[p->low].argvIndex = ++n, info->idxNum += LOW;
    if (p->high >= 0) info->aConstraintUsage[p->high].argvIndex = ++n, info->idxNum += HIGH;
}

/* Use the column that leaves the fewest rows. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const module *m = ((const table *)base)->module;
    tg_shown *shown = tg_catalog_show(m->catalog, m->table);
    if (!shown) return SQLITE_NOMEM;
    const tg_rowset *set = tg_shown_rows(shown, m->table);
    plan best = {.column = -1, .rows = set->n ? (double)set->n : 1};
    for (int i = 0; i < info->nConstraint; i++) {
        if (!is_candidate(m->table, info, i)) continue;
        plan p = plan_of(m->table, set, info, i);
        if (best.column < 0 || p.rows < best.rows) best = p;
    }
    if (best.column >= 0) use(&best, m->table, info);
    info->estimatedRows = best.rows < 1 ? 1 : (sqlite3_int64)best.rows;
    info->estimatedCost = best.rows + 2;
    tg_shown_unref(shown);
    return SQLITE_OK;
}

/* -------------------------------------------------------------------------------------- cursors */

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    (void)base;
    cursor *c = sqlite3_malloc(sizeof *c);
    if (!c) return SQLITE_NOMEM;
    *c = (cursor){0};
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    tg_shown_unref(((cursor *)base)->shown);
    sqlite3_free(base);
    return SQLITE_OK;
}

/* What a value compares equal to in a column of integers. False: nothing. */
static bool integer_of(sqlite3_value *v, int64_t *out)
{
    int type = sqlite3_value_numeric_type(v);
    double real = type == SQLITE_FLOAT ? sqlite3_value_double(v) : 0;
    *out = type == SQLITE_INTEGER            ? sqlite3_value_int64(v)
           : real > -9.2e18 && real < 9.2e18 ? (int64_t)real
                                             : 0;
    return type == SQLITE_INTEGER || (type == SQLITE_FLOAT && (double)*out == real);
}

static bool wanted(const tg_column *column, sqlite3_value *v, int64_t *out)
{
    int type = sqlite3_value_type(v);
    if (type == SQLITE_NULL || type == SQLITE_BLOB) return false;
    if (tg_column_is_integer(column)) return integer_of(v, out);
    tg_text text;
    text.p = (const char *)sqlite3_value_text(v);
    text.n = (size_t)sqlite3_value_bytes(v);
    *out = text.p ? tg_lookup_hash(text) : 0;
    return text.p != NULL;
}

static int look_up(cursor *c, const tg_table *t, size_t column, sqlite3_value *v)
{
    c->row = 0;
    if (!wanted(&t->columns[column], v, &c->value)) return SQLITE_OK;
    c->lookup = tg_lookup_of(c->set, t, column, true);
    if (!c->lookup) return SQLITE_NOMEM;
    c->row = tg_lookup_first(c->lookup, c->value);
    return SQLITE_OK;
}

/* The place of an end of a range; if the end is not a text, SQLite compares all rows. */
static size_t end_of(const cursor *c, sqlite3_value *v, bool high)
{
    int type = sqlite3_value_type(v);
    tg_text text = {"", 0};
    if (type == SQLITE_NULL || type == SQLITE_BLOB) return high ? c->lookup->sorted : 0;
    text.p = (const char *)sqlite3_value_text(v);
    text.n = (size_t)sqlite3_value_bytes(v);
    return text.p ? tg_lookup_place(c->lookup, text, high) : 0;
}

static void step(cursor *c)
{
    c->row = c->at < c->end ? c->lookup->order[c->at++] + 1 : 0;
}

static int look_between(cursor *c, const tg_table *t, size_t column, int ends, sqlite3_value **v)
{
    c->lookup = tg_lookup_sorted(c->set, t, column);
    if (!c->lookup) return SQLITE_NOMEM;
    c->range = true;
    c->at = ends & LOW ? end_of(c, v[0], false) : 0;
    c->end = ends & HIGH ? end_of(c, v[ends & LOW ? 1 : 0], true) : c->lookup->sorted;
    step(c);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
                  sqlite3_value **argv)
{
    cursor *c = (cursor *)base;
    const module *m = ((const table *)base->pVtab)->module;
    size_t by = number ? (size_t)number / 4 - 1 : 0;
    (void)name, (void)argc;
    tg_shown *shown = tg_catalog_show(m->catalog, m->table);
    tg_shown_unref(c->shown);
    c->shown = shown;
    c->lookup = NULL;
    c->range = false;
    if (!shown) return SQLITE_NOMEM;
    c->set = tg_shown_rows(shown, m->table);
    if (number % 4) return look_between(c, m->table, by, number % 4, argv);
    if (number) return look_up(c, m->table, by, argv[0]);
    c->row = c->set->n ? 1 : 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *base)
{
    cursor *c = (cursor *)base;
    if (c->range)
        step(c);
    else if (c->lookup)
        c->row = tg_lookup_from(c->lookup, c->lookup->next[c->row - 1], c->value);
    else
        c->row = c->row < c->set->n ? c->row + 1 : 0;
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    return ((const cursor *)base)->row == 0;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int i)
{
    const cursor *c = (const cursor *)base;
    const tg_table *t = ((const table *)base->pVtab)->module->table;
    size_t row = c->row - 1;
    int64_t integer;
    if (!tg_column_is_integer(&t->columns[i]))
        tg_column_result(out, t, (size_t)i, &c->set->rows[row]);
    else if (tg_rowset_integer(c->set, t, (size_t)i, row, &integer))
        sqlite3_result_int64(out, integer);
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const cursor *)base)->row;
    return SQLITE_OK;
}

/* --------------------------------------------------------------------------------- registration */

static const sqlite3_module methods = {
    .iVersion = 1,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = rowid,
};

static void free_module(void *aux)
{
    module *m = aux;
    tg_catalog_unref(m->catalog);
    free(m);
}

/* Without xCreate the table has the name of the module, and no other can be made. */
static bool register_one(tg_catalog *c, const tg_table *t)
{
    module *m = malloc(sizeof *m);
    if (!m) return false;
    *m = (module){c, t};
    c->refs++;
    /* frees the module itself when it fails */
    return sqlite3_create_module_v2(c->db, t->name, &methods, m, free_module) == SQLITE_OK;
}

bool tg_catalog_register(tg_catalog *c)
{
    bool ok = true;
    for (size_t i = 0; ok && i < c->table_count; i++) ok = register_one(c, &c->tables[i]);
    return ok;
}
