/*
** Rows: the records of a complete list, by what finders look them up by.
**
** The text of the replies stays the truth. A list is kept when a finder has read it as a whole and
** found it complete: its pages by reply and checksum, and for each record and field that its model
** marks as FOUND a term (field, key or folded text) with the place of the record's text. Rows count
** only while every reply of the list is in the file with that checksum, so that any other reply,
** from any process, ends them; the next reading brings the pages that differ up to date. Nothing is
** written when replies are stored.
*/
#ifndef TG_CACHE_ROWS_H
#define TG_CACHE_ROWS_H

#include "cache.h"
#include "json.h"

/* Names a list; its strings are borrowed. SCOPE: what distinguishes lists of one operation. */
typedef struct tg_rows_key {
    const char *account, *operation, *scope;
    const tg_model *model;
} tg_rows_key;

/* One page, as it was read from the file; all is borrowed. */
typedef struct tg_rows_page {
    int64_t reply, sum; /* of tg_stored */
    tg_text text;
    const tg_entry *records;
    size_t count;
} tg_rows_page;

/* Does the model mark fields for finders? */
bool tg_rows_has(const tg_model *m);

/* Write the rows of a complete list. False: err, or the texts do not fit the model (err->kind is
   TG_OK): then there are none. */
bool tg_rows_keep(tg_cache *c, const tg_rows_key *k, const tg_rows_page *pages, size_t n,
                  tg_error *err);

/* What a record is looked up by: an integer, or a text, which is folded here. */
typedef struct tg_rows_term {
    const tg_field *field;
    bool is_text;
    int64_t integer;
    tg_text text;
} tg_rows_term;

typedef struct tg_rows_hit {
    int64_t page, record; /* its position */
    int64_t reply, start, length;
    int64_t sum; /* of its text */
    char *text;  /* malloc'ed, LENGTH bytes */
} tg_rows_hit;

/* The position of a record in its list. */
typedef struct tg_rows_place {
    int64_t page, record;
} tg_rows_place;

/* The answer of a list: all that is in it under one of some terms. */
typedef struct tg_rows_found {
    double at;         /* of the oldest reply of the list */
    bool spoiled;      /* one of them is, as in tg_stored */
    tg_rows_hit *hits; /* owned; in the order of the list */
    size_t count;
} tg_rows_found;

/* False: the list has no rows, or rows of other replies. */
bool tg_rows_find(tg_cache *c, const tg_rows_key *k, const tg_rows_term *terms, size_t n,
                  tg_rows_found *out);
/*
** Find the records whose texts are nearest to WORD, at most three, by the rule of toggl.text.near:
** a text in which a word begins so, then the fewest edits, then one that lacks the last letters.
** Records at the places SKIP, which is sorted here, do not count. False as for tg_rows_find.
*/
bool tg_rows_near(tg_cache *c, const tg_rows_key *k, tg_text word, tg_rows_place *skip,
                  size_t skip_n, tg_rows_found *out);
void tg_rows_found_clear(tg_rows_found *f);

#endif
