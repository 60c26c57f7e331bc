/*
** Create pages; toggl.h declares how to use them. A page belongs to one thread at a time, like its
** client.
*/
#ifndef TG_PAGE_H
#define TG_PAGE_H

#include "cache_rows.h"
#include "json.h"

/*
** Make the page of a JSON reply of N bytes, with one reference, owned by the caller. Takes TEXT
** (from malloc), also on failure: NULL, and err is TG_E_DECODE or TG_E_NOMEM. M: the model of the
** records, NULL for plain ones; borrowed from the table. A page with plain items has a count of 0:
** read it with tg_value_of(tg_page_text(p)). CHECKED: an earlier page of this text
** was made without replacing a value.
*/
tg_page *tg_page_new(char *text, size_t n, bool checked, const tg_index_options *o,
                     const tg_model *m, tg_error *err);

/* The page of a file (TG_REPLY_BYTES): any bytes, count 0. Takes TEXT; NULL: out of memory. */
tg_page *tg_page_new_raw(char *text, size_t n);

/* The page was read from the row REPLY of the cache, whose content has the checksum SUM, and says
   exactly what that has. */
void tg_page_from(tg_page *p, int64_t reply, int64_t sum);
/* The page for rows; reply is 0: it is not from the cache. All is borrowed. */
tg_rows_page tg_page_rows(const tg_page *p);

#endif
