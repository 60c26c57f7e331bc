/* Pages, records and their values. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_RECORD_H
#define TOGGL_RECORD_H

#include "tables.h"

typedef struct tg_page tg_page;

/*
** A page is the text of a reply with the index of its records. It is reference-counted: each list
** and record that uses a part of it holds a reference. Reading never changes a page.
*/
typedef struct tg_record {
    tg_text text; /* the JSON object, inside the page */
    int64_t id;   /* in a map: its key; else the record's first TG_SELF key; 0: none */
} tg_record;

TG_API tg_page *tg_page_ref(tg_page *p);
TG_API void tg_page_unref(tg_page *p);
TG_API size_t tg_page_count(const tg_page *p);
TG_API tg_record tg_page_at(const tg_page *p, size_t i); /* i < count */
TG_API tg_text tg_page_text(const tg_page *p);
TG_API const tg_model *tg_page_model(const tg_page *p);
/* Copy one record to a page of its own, so that a kept record does not keep its whole list in
   memory. */
TG_API tg_page *tg_page_detach(const tg_record *r, const tg_model *m);
/* Make a page from a copy of TEXT, as if it were a reply of this shape. NULL: err, as for a
   reply. */
TG_API tg_page *tg_page_of(tg_text text, tg_shape shape, const tg_model *m, tg_error *err);
/* number of pages in the process, for the leak check of the tests */
TG_API size_t tg_pages_alive(void);

/* ABSENT: the field does not exist. */
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

/* A value in a checked text. */
typedef struct tg_value {
    tg_what what;
    bool boolean;
    bool escaped; /* string: `text` has escapes; use tg_value_unescape */
    int64_t integer;
    double real;
    /* string: between the quotes; array, object: with the brackets; number: as written */
    tg_text text;
} tg_value;

/* The value of KEY in the object TEXT, which must be part of a page. */
TG_API tg_value tg_value_get(tg_text object, tg_text key);
/* The field of a record by its row: tries the key and its older form, and accepts an integral real
   for an int. */
TG_API tg_value tg_value_field(tg_text object, const tg_field *f);
/* N fields of a record at once: its text is read once, not once for each. */
TG_API void tg_value_fields(tg_text object, const tg_field *const *fields, size_t n, tg_value *out);
/*
** Convert V to the type of the row where the meaning is clear: an integral real or digits to an
** int; 0, 1, "true", "false", "0" and "1" to a boolean. tg_value_field calls it. A value that keeps
** another type does not fit.
*/
TG_API void tg_value_read_as(tg_value *v, const tg_field *f);
TG_API bool tg_value_fits(const tg_value *v, const tg_field *f); /* absent and null always fit */
/* Iterate over an array or object: POS starts at 0; false at the end. KEY is filled for objects and
   may contain escapes. */
TG_API bool tg_value_next(tg_text container, size_t *pos, tg_value *key, tg_value *value);
/* Write the unescaped bytes of a string to OUT, which has room for text.n bytes; returns their
   number. */
TG_API size_t tg_value_unescape(const tg_value *v, char *out);
/* The value of TEXT, a checked JSON text. */
TG_API tg_value tg_value_of(tg_text text);

#endif
