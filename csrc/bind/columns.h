/* What columns.c, which reads cells, and those that write them, columns_text.c and columns_table.c,
   share. */
#ifndef LTG_COLUMNS_H
#define LTG_COLUMNS_H

#include <stdio.h>

#include "ltg.h"

#define LTG_COLUMNS "toggl.columns"

/* A buffer; its owner frees `p`. */
typedef struct ltg_bytes {
    char *p;
    size_t n, size;
    bool failed; /* memory ran out: the content is not whole */
} ltg_bytes;

typedef struct ltg_rule {
    const tg_field *field;
    size_t at; /* of its value in `values` */
    bool value;
    tg_text text; /* anchored by the user value */
} ltg_rule;

typedef struct ltg_column {
    tg_text name; /* anchored by the user value */
    const tg_field *field, *item;
    size_t at; /* of the value of `field` in `values` */
    int rules;
    ltg_rule rule[6];
} ltg_column;

typedef struct ltg_columns {
    ltg_bytes item, cell, out; /* owned; one item or cell at a time, and all of the text */
    tg_writer *writer;         /* owned; NULL between calls */
    /* values that do not have the type of their rows; the first: its field, record and text */
    size_t misfits, position, last;
    const tg_field *first, *wrong;
    char shown[LTG_SHOWN];
    const tg_field **fields; /* owned: what the columns read, each once... */
    tg_value *values;        /* ...and, owned, the values of the present record */
    size_t field_count;
    size_t count;
    ltg_column column[];
} ltg_columns;

typedef enum { LTG_C_NONE, LTG_C_INT, LTG_C_TEXT, LTG_C_LIST } ltg_cell_what;

/* TEXT: valid until the next cell is read; of a LIST, the JSON array. */
typedef struct ltg_cell {
    ltg_cell_what what;
    int64_t integer;
    tg_text text;
} ltg_cell;

enum { LTG_DIGITS = 24 }; /* room for the text of an integer */

/* columns.c */
tg_text ltg_digits(int64_t integer, char room[LTG_DIGITS]); /* %lld, from the start of ROOM */
bool ltg_bytes_add(ltg_bytes *b, const void *p, size_t n);  /* false: out of memory */
ltg_columns *ltg_checkcolumns(lua_State *L, int i);
/* Make RECORD the present one, which must stay until its last cell was read. */
void ltg_read_record(ltg_columns *c, tg_text record);
/* The cell of the present record, which is at POSITION: misfits name it. */
ltg_cell ltg_read_cell(ltg_columns *c, const ltg_column *col, size_t position);
bool ltg_next_item(ltg_columns *c, const ltg_column *col, const ltg_cell *cell, size_t *pos,
                   size_t position, tg_text *out);

#endif
