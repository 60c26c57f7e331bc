/*
** Strict JSON: one pass that checks a whole text (RFC 8259, UTF-8, depth 128, no duplicate keys,
** integers fit 64 bits, reals are finite) and, on the way, notes where the records stand. Fields
** are decoded when they are read (tg_value_* in toggl.h, implemented in json_read.c). The writer is
** tg_write_* of toggl.h (json_write.c).
*/
#ifndef TG_JSON_H
#define TG_JSON_H

#include "buf.h"
#include "toggl.h"
#include "utf8.h"

#define TG_JSON_DEPTH 128

/* One record of a text: 24 bytes. */
typedef struct tg_entry {
    uint64_t offset;
    uint64_t length;
    int64_t id;
} tg_entry;

typedef struct tg_index {
    tg_entry *entries; /* owned */
    size_t count, size;
    tg_what root; /* what the text is */
} tg_index;

/*
** A value that cannot be meant and need not hide the rest: a null among records, half a surrogate
** pair, an integer past 64 bits. The first few are kept for warnings.
*/
#define TG_ODD_KEPT 8

typedef struct tg_odd_value {
    const char *what; /* a fixed sentence: what it is and what was made of it */
    size_t at;        /* byte */
    size_t record;    /* which one, counted from 1 with the nulls among them; 0: in none */
    char field[40];   /* of the record, cut; empty: in none */
} tg_odd_value;

typedef struct tg_odd {
    size_t count;
    tg_odd_value first[TG_ODD_KEPT];
} tg_odd;

/* How to index. */
typedef struct tg_index_options {
    tg_shape shape; /* what the text must be; only LIST, MAP and RECORD are indexed */
    /* the items are not records (a list of integers): the text is only checked */
    bool plain;
    /* LIST: a single object is a list of one; arrays inside the array are opened one level */
    bool loose;
    const char *id_key; /* integer member of each record that is its id; NULL: none */
    /* Is FIELD of a record of MODEL a list whose items are never null? NULL: of none */
    bool (*full)(const void *model, const char *field);
    const void *model; /* for `full` */
    tg_odd *odd;       /* odd values are mended and noted here; NULL: they are errors */
    /* bytes for index and keys; 0: what is enough for records of a natural size */
    size_t limit;
} tg_index_options;

void tg_index_init(tg_index *ix);
void tg_index_clear(tg_index *ix);

/*
** Checks TEXT and fills IX. False: err has kind TG_E_DECODE and says what is wrong at which byte,
** counted from 0 ("duplicate key at byte 17"), or TG_E_NOMEM; IX is then empty. LIST accepts `null`
** for none. MAP: each key must be an integer as text, it becomes the id. Items that are not objects
** are an error, unless the items are plain. With `odd`, what is mended is overwritten in TEXT,
** which must then be the caller's own: a null record, or a null in a list that
** is `full`, becomes blanks, half a pair \uFFFD. An integer
** past 64 bits stays and is read as a real. DECODE with its own words: the records need more than
** `limit`. -0 is a real. An id that is a real is taken when it is integral and below 2^53, as
** tg_value_field does.
*/
bool tg_index_text(tg_index *ix, tg_text text, const tg_index_options *o, tg_error *err);

/* tg_json_check_at, where the place does not matter. */
bool tg_json_check(tg_text text, tg_error *err);

/* The name of the field of RECORD, which may be cut, in which AT stands: cut to SIZE, printable;
   empty: in none. */
void tg_json_field_at(tg_text record, const char *at, char *out, size_t size);

/* Fills ERR with a DECODE that says what is wrong and where. Returns false. */
bool tg_json_tell(const tg_odd_value *v, tg_error *err);

/* The writer's parts: it writes into a buffer that it does not own. */
struct tg_writer {
    tg_buf *out;
    int depth;
    int indent;  /* spaces a level; 0: compact */
    bool escape; /* all control characters, not only those that JSON wants escaped */
    bool key;    /* a key was written and waits for its value */
    bool first;  /* nothing yet in what is open, so no comma before the next one */
    bool bad;
    uint64_t objects[2]; /* a bit per depth: it is an object */
    const char *why;     /* what went wrong first: a fixed sentence */
};

void tg_writer_init(tg_writer *w, tg_buf *out);

/* tg_write_ok, and a whole value has been written: nothing is missing, nothing is open. */
bool tg_writer_done(const tg_writer *w);

#endif
