/* The table `schema`: one row for each column of each table. */
#include <sqlite3.h>
#include <string.h>

#include "cache_catalog.h"

typedef struct schema {
    sqlite3_vtab base;
    const tg_catalog *catalog; /* a reference is held by the module */
} schema;

typedef struct cursor {
    sqlite3_vtab_cursor base;
    size_t table, column;
    int64_t row;
} cursor;

static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **out,
                   char **message)
{
    tg_catalog *c = aux;
    schema *s = sqlite3_malloc(sizeof *s);
    (void)argc, (void)argv, (void)message;
    if (!s) return SQLITE_NOMEM;
    c->inside = true;
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(table_name TEXT, column_name TEXT, type TEXT,"
                                      " meaning TEXT)");
    c->inside = false;
    *s = (schema){.catalog = c};
    if (rc == SQLITE_OK)
        *out = &s->base;
    else
        sqlite3_free(s);
    return rc;
}

static int disconnect(sqlite3_vtab *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

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
    sqlite3_free(base);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
                  sqlite3_value **argv)
{
    cursor *c = (cursor *)base;
    (void)number, (void)name, (void)argc, (void)argv;
    c->table = c->column = 0;
    c->row = 0;
    return SQLITE_OK;
}

static const tg_table *table_of(const cursor *c)
{
    return &((const schema *)c->base.pVtab)->catalog->tables[c->table];
}

/* The tables with the prefix known_ have the same columns. */
static int at_end(sqlite3_vtab_cursor *base)
{
    const tg_table *t = table_of((const cursor *)base);
    return !t->name || t->known;
}

static int next(sqlite3_vtab_cursor *base)
{
    cursor *c = (cursor *)base;
    c->row++;
    if (++c->column == table_of(c)->n) c->column = 0, c->table++;
    return SQLITE_OK;
}

static const char *type_of(const tg_column *c)
{
    if (c->from == TG_FROM_TEXT) return "TEXT";
    const char *type = tg_column_type(c);
    return *type ? type : c->field->type == TG_ANY ? "ANY" : "JSON";
}

static const char *meaning_of(const tg_column *c)
{
    switch (c->from) {
    case TG_FROM_ORGANIZATION: return "Key of the organization that the reply is about.";
    case TG_FROM_WORKSPACE: return "Key of the workspace that the reply is about.";
    case TG_FROM_AT: return "When the server answered, in seconds since 1970.";
    case TG_FROM_TEXT:
        return "The record, with the fields that no row knows. SELECT * leaves it out.";
    default: return c->field->doc;
    }
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int i)
{
    const cursor *c = (const cursor *)base;
    const tg_table *t = table_of(c);
    const tg_column *of = &t->columns[c->column];
    const char *text = i == 0 ? t->name : i == 1 ? of->name : i == 2 ? type_of(of) : meaning_of(of);
    sqlite3_result_text(out, text, -1, SQLITE_TRANSIENT);
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const cursor *)base)->row;
    return SQLITE_OK;
}

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

static void unref(void *catalog)
{
    tg_catalog_unref(catalog);
}

bool tg_catalog_register_schema(tg_catalog *c)
{
    c->refs++; /* the destructor runs also when the registration fails */
    return sqlite3_create_module_v2(c->db, "schema", &methods, c, unref) == SQLITE_OK;
}
