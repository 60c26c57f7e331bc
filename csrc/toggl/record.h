/* Pages, records and their values. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_RECORD_H
#define TOGGL_RECORD_H

#include "tables.h"

typedef struct tg_page tg_page;

/*
** A page is the text of a reply and where each record stands in it. It is counted: every list and
** record that shows a part of it holds a reference. Reading never changes it.
*/
typedef struct tg_record {
    tg_text text; /* the JSON object itself, inside the page */
    int64_t id;   /* map: its key; else the record's own first TG_SELF key, 0: none */
} tg_record;

TG_API tg_page *tg_page_ref(tg_page *p);
TG_API void tg_page_unref(tg_page *p);
TG_API size_t tg_page_count(const tg_page *p);
TG_API tg_record tg_page_at(const tg_page *p, size_t i); /* i < count */
TG_API tg_text tg_page_text(const tg_page *p);
TG_API const tg_model *tg_page_model(const tg_page *p);
/* A page of its own for one record, so that a kept record does not keep its whole list alive. */
TG_API tg_page *tg_page_detach(const tg_record *r, const tg_model *m);
/* A page of a text of its own (copied): what a reply of this shape would be. NULL: err, as for a
   reply. */
TG_API tg_page *tg_page_of(tg_text text, tg_shape shape, const tg_model *m, tg_error *err);
/* pages of the whole process: for the leak check of the tests */
TG_API size_t tg_pages_alive(void);

/* ABSENT: there is no such field. */
typedef enum {
    TG_V_ABSENT,
    TG_V_NULL,
    TG_V_BOOL,
    TG_V_INT,
    TG_V_REAL,
    TG_V_STRING,
    TG_V_ARRAY,
    TG_V_OBJECT
} tg_what;

/* A value as it stands in a checked text. */
typedef struct tg_value {
    tg_what what;
    bool boolean;
    bool escaped; /* string: `text` holds escapes; tg_value_unescape it */
    int64_t integer;
    double real;
    /* string: between the quotes; array, object: with the brackets; number: as written */
    tg_text text;
} tg_value;

/* The value of KEY in the object TEXT, which must be part of a page. */
TG_API tg_value tg_value_get(tg_text object, tg_text key);
/* The field of a record by its row: tries the key and its older form, and takes an integral real
   for an int. */
TG_API tg_value tg_value_field(tg_text object, const tg_field *f);
/*
** Reads V as the type of the row where it is meant so: an integral real or digits for an int; 0, 1,
** "true" and "false" and these digits as text for a boolean. tg_value_field has done it. What stays
** another type does not fit.
*/
TG_API void tg_value_read_as(tg_value *v, const tg_field *f);
TG_API bool tg_value_fits(const tg_value *v, const tg_field *f); /* absent and null fit always */
/* Walks an array or object: POS starts at 0; false at the end. KEY is filled for objects (it may be
   escaped). */
TG_API bool tg_value_next(tg_text container, size_t *pos, tg_value *key, tg_value *value);
/* Writes the unescaped bytes of a string into OUT, which has room for text.n bytes; returns how
   many. */
TG_API size_t tg_value_unescape(const tg_value *v, char *out);
/* The value that TEXT, a checked JSON text, is. */
TG_API tg_value tg_value_of(tg_text text);

#endif
