/*
** What the stored replies of an account hold, as tables for SQL: one for each model that replies
** bring, and one for each list of records inside such a model.
**
** A table has each record once, from the youngest reply that has it. A record that only an older
** reply has is shown, unless the same list was read completely since then, without filters and with
** all its pages: records missing from that list no longer exist. The row of the operation states
** which replies are such lists. Each table is there twice: as above from the replies that no change
** has outdated, and with the prefix "known_" from all of them, for names of what was seen last.
**
** Nothing is copied: a row is a place in the text of a reply, and its columns are decoded when they
** are read, as fields of a record are. What is read belongs to one state of the file.
*/
#ifndef TG_CACHE_SHOWN_H
#define TG_CACHE_SHOWN_H

#include "json.h"

struct sqlite3;
struct sqlite3_context;

/* A stored reply, read and indexed; all is owned. */
typedef struct tg_origin {
    int64_t id, organization, workspace; /* 0: none */
    double at;                           /* seconds since 1970 */
    char *args, *headers, *text;
    tg_text path, query; /* in args */
    size_t headers_n, text_n;
    tg_index index;
} tg_origin;

/* The replies to an operation. */
typedef struct tg_sources {
    tg_origin *items; /* owned */
    size_t n, size;
    bool loaded;
} tg_sources;

/* Read the replies to OP; OUTDATED: also those from before a change. */
bool tg_sources_load(tg_sources *s, struct sqlite3 *db, const char *account, const tg_op *op,
                     bool outdated);
void tg_sources_clear(tg_sources *s);

/* The path of a list that was read completely, and when. */
typedef struct tg_whole {
    tg_text path; /* borrowed */
    double at;
} tg_whole;

/* Collect in OUT, which has room for one per source, the complete lists among the replies to OP;
   each path once. Returns their number; SIZE_MAX: out of memory. */
size_t tg_sources_whole(const tg_sources *s, const tg_op *op, tg_whole *out);

/* --------------------------------------------------------------------------------------- tables */

typedef enum tg_from {
    TG_FROM_RECORD, /* a field of the record */
    TG_FROM_OUTER,  /* a field of the record that it is inside */
    TG_FROM_PARENT, /* a field that many replies omit, since it is in their path */
    TG_FROM_ORGANIZATION,
    TG_FROM_WORKSPACE,
    TG_FROM_AT,
    TG_FROM_TEXT /* hidden: the record as JSON, with the fields that no row knows */
} tg_from;

typedef struct tg_column {
    const char *name;
    const tg_field *field; /* NULL: none */
    tg_from from;
} tg_column;

typedef struct tg_table {
    char *name; /* owned */
    const tg_model *outer, *model;
    const tg_field *list; /* of OUTER, whose records these are; NULL: those of OUTER itself */
    tg_column *columns;   /* owned */
    size_t n;
    bool known; /* outdated replies count */
} tg_table;

/* All tables, from the rows of the models; NULL: out of memory. The list ends with a table without
   a name. */
tg_table *tg_tables_new(void);
void tg_tables_free(tg_table *t);

#define TG_TABLE_OPS 16 /* the most operations that bring one model */
/* The operations whose replies bring the records of T, or those that they are inside. */
size_t tg_table_ops(const tg_table *t, const tg_op *out[TG_TABLE_OPS]);

/* The affinity that SQLite gives a column. */
const char *tg_column_type(const tg_column *c);
/* Are its values integers or NULL? */
bool tg_column_is_integer(const tg_column *c);

/* ----------------------------------------------------------------------------------------- rows */

typedef struct tg_shown_row {
    tg_text text; /* in the text of its source */
    const tg_origin *source;
    const struct tg_shown_row *outer; /* the record that it is inside; NULL: none */
    int64_t workspace;
} tg_shown_row;

/* The integers of a column, or the hashes of its texts, and chains of rows with equal ones. */
typedef struct tg_lookup {
    int64_t *values;        /* owned, as the others */
    bool *there;            /* false: NULL */
    uint32_t *heads, *next; /* row number + 1; 0: the end. heads NULL: no chains yet */
    uint32_t mask;
    size_t distinct;
    uint32_t *order; /* owned: the numbers of the rows with a text, by the text; NULL: not sorted */
    tg_text *texts;  /* owned: those texts, in the rows or in `pool` */
    char *pool;      /* owned */
    size_t sorted;
} tg_lookup;

typedef struct tg_rowset {
    tg_shown_row *rows; /* owned */
    size_t n;
    bool made;
    tg_lookup *lookups; /* owned, one for each column */
    uint32_t *reads;    /* owned: how often a column was decoded */
} tg_rowset;

/* The rows of the table without a list, from the replies to OPS. */
bool tg_rowset_fill(tg_rowset *s, const tg_table *t, const tg_op *const *ops,
                    const tg_sources *const *sources, size_t n);
/* Those of a table with a list, from the rows of the records that have it. */
bool tg_rowset_inside(tg_rowset *s, const tg_table *t, const tg_rowset *outer);
void tg_rowset_clear(tg_rowset *s, const tg_table *t);

/* The value of a column, NULL where it cannot be read as its type. */
void tg_column_result(struct sqlite3_context *out, const tg_table *t, size_t column,
                      const tg_shown_row *row);
/* The integer of a column that has integers. False: NULL. */
bool tg_column_integer(const tg_column *c, const tg_shown_row *row, int64_t *out);
/* The same for the row with this number; integers that are read for many rows are decoded once for
   all. */
bool tg_rowset_integer(tg_rowset *s, const tg_table *t, size_t column, size_t row, int64_t *out);

/* Can rows be looked up by this column? */
bool tg_lookup_can(const tg_column *c);
/* NULL: out of memory. CHAINS: false where only the integers are wanted. */
const tg_lookup *tg_lookup_of(tg_rowset *s, const tg_table *t, size_t column, bool chains);
/* What a text is looked up by. */
int64_t tg_lookup_hash(tg_text text);
/* The first row from AT (a row number + 1) on whose value is this; 0: none. */
uint32_t tg_lookup_from(const tg_lookup *l, uint32_t at, int64_t value);
uint32_t tg_lookup_first(const tg_lookup *l, int64_t value);
/* Sort the rows by the text of a column. NULL: out of memory. */
const tg_lookup *tg_lookup_sorted(tg_rowset *s, const tg_table *t, size_t column);
/* The place in `order` of the first text that is TEXT or behind it; BEHIND: that is behind it. */
size_t tg_lookup_place(const tg_lookup *l, tg_text text, bool behind);

#endif
