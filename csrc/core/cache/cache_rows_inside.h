/* What the files of the rows share. */
#ifndef TG_CACHE_ROWS_INSIDE_H
#define TG_CACHE_ROWS_INSIDE_H

#include "cache_inside.h"
#include "fold.h"
#include "cache_rows.h"

#define TG_ROWS_MOST 1000 /* hits of one look-up: more records of one name than that are walked */

/* The row of the list, from its key and the fields that its model marks: a program that marks
   others has a list of its own. */
int64_t tg_rows_list(const tg_rows_key *k);
/* The statement, at the row of the list, whose first column is its number of pages; NULL: there is
   none. While it is open, all that is read belongs to one state of the file. */
struct sqlite3_stmt *tg_rows_open(tg_cache *c, const tg_rows_key *k, int64_t list);
/* Its number of pages; below 0: there is no such list. */
int64_t tg_rows_pages(tg_cache *c, const tg_rows_key *k, int64_t list);
/* The number of a field in the terms. */
int tg_rows_field(const tg_field *f);

/* The checksum of a record's text. */
static inline int64_t tg_rows_sum(const char *text, size_t n)
{
    return (int64_t)(tg_cache_hash(1, text, n) >> 33);
}

#endif
