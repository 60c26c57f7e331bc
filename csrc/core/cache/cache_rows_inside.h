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
/* The number of pages of the list; below 0: no such list. */
int64_t tg_rows_pages(tg_cache *c, const tg_rows_key *k, int64_t list);
/* The number of a field in the terms. */
int tg_rows_field(const tg_field *f);

/*
** The folded texts of a page, for suggestions: for each record in turn and each FOUND text of its
** model in turn two bytes with its length, or ABSENT, and else eight with the signs that occur in
** it, and its bytes.
*/
#define TG_WORD_ABSENT 0xFFFFu

/* The signs of a text, one bit each for letters and digits; the rest share the others. */
static inline uint64_t tg_word_signs(const char *p, size_t n)
{
    uint64_t signs = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        signs |= (uint64_t)1 << (c >= 'a' && c <= 'z'   ? c - 'a'
                                 : c >= '0' && c <= '9' ? c - '0' + 26
                                                        : 36 + c % 28);
    }
    return signs;
}

/* Are the rows of the list, of operation OP, those that the texts of its N pages give? In
   cache_rows_keep.c. A text that is not in the file as it was leaves nothing to compare. */
bool tg_rows_same(tg_cache *c, const tg_model *m, int64_t list, const tg_rows_page *pages,
                  size_t n);

/* Check the replies of the list. Return the statement at the row of the list, or NULL: there are
   no rows, or not those of the replies. */
struct sqlite3_stmt *tg_rows_begin(tg_cache *c, const tg_rows_key *k, int64_t list,
                                   tg_rows_found *out);
/* The record under the term at that place, with its text. */
bool tg_rows_at(tg_cache *c, int64_t list, int field, tg_text value, int64_t page, int64_t record,
                tg_rows_found *out);

/* The checksum of a record's text. */
static inline int64_t tg_rows_sum(const char *text, size_t n)
{
    return (int64_t)(tg_cache_hash(1, text, n) >> 33);
}

#endif
