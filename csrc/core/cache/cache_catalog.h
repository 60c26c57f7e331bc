/* The tables of one account on one connection. */
#ifndef TG_CACHE_CATALOG_H
#define TG_CACHE_CATALOG_H

#include "cache_shown.h"

struct sqlite3;

/* What the replies hold at one version of the file. Cursors share it. */
typedef struct tg_shown {
    unsigned refs;
    /* owned: one for each operation, then again with outdated replies */
    tg_sources *sources;
    tg_rowset *sets;        /* owned: one for each table */
    const tg_table *tables; /* of the catalog, which outlives it */
    size_t table_count;
} tg_shown;

typedef struct tg_catalog {
    unsigned refs;
    struct sqlite3 *db; /* borrowed */
    char *account;      /* owned */
    tg_table *tables;   /* owned */
    size_t table_count;
    const tg_table *asked[TG_NAMES_PLACES]; /* for names, the last time; NULL: none */
    tg_shown *now;                          /* a reference; NULL: none yet */
    uint32_t version;                       /* of the file, with NOW */
    bool inside;                            /* a statement of the catalog's own is being prepared */
} tg_catalog;

/* The tables for ACCOUNT, which DB does not know yet. NULL: err. */
tg_catalog *tg_catalog_new(struct sqlite3 *db, const char *account, tg_error *err);
void tg_catalog_unref(tg_catalog *c);
/* Is TABLE one of the tables? */
bool tg_catalog_has(const tg_catalog *c, const char *table);

/* What the file holds now, with the rows of TABLE in it; a reference that the caller owns. NULL:
   out of memory, or the file cannot be read. */
tg_shown *tg_catalog_show(tg_catalog *c, const tg_table *table);
void tg_shown_unref(tg_shown *s);
tg_rowset *tg_shown_rows(const tg_shown *s, const tg_table *table);

/* in cache_names.c: see tg_cache_names; the caller holds one state of the file */
bool tg_catalog_names(tg_catalog *c, const tg_names_wanted *w, tg_names *out, tg_error *err);

/* in cache_table.c: make the tables known to SQLite */
bool tg_catalog_register(tg_catalog *c);
/* in cache_schema.c: the table of the columns */
bool tg_catalog_register_schema(tg_catalog *c);

#endif
