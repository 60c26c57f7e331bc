/*
** Making pages; what is done with them stands in toggl.h. A page belongs to one thread at a time,
** as its client does.
*/
#ifndef TG_PAGE_H
#define TG_PAGE_H

#include "json.h"

/*
** The page of a JSON reply of N bytes, with one reference, the caller's. Takes TEXT (from malloc),
** also when it fails: NULL, and err has TG_E_DECODE or TG_E_NOMEM. M: the model of the records,
** NULL for plain ones; borrowed, a table row. A page whose items are plain has a count of 0: read
** it with tg_value_of(tg_page_text(p)).
*/
tg_page *tg_page_new(char *text, size_t n, const tg_index_options *o, const tg_model *m,
                     tg_error *err);

/* The page of a file (TG_REPLY_BYTES): any bytes, count 0. Takes TEXT; NULL: out of memory. */
tg_page *tg_page_new_raw(char *text, size_t n);

#endif
