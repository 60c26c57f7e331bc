/*
** Strict JSON. One pass checks a whole text (RFC 8259, UTF-8, depth 128, no duplicate keys,
** integers of 64 bits, finite reals) and indexes its records. Fields are decoded when they are read
** (tg_value_* in toggl.h, implemented in json_read.c). The writer is tg_write_* of toggl.h
** (json_write.c).
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
    tg_what root; /* type of the whole text */
} tg_index;

/*
** An invalid value that does not affect the rest of the text: a null among records, half a
** surrogate pair, an integer past 64 bits. The first few are kept for warnings.
*/
#define TG_ODD_KEPT 8

typedef struct tg_odd_value {
    const char *what; /* static sentence: the value and its replacement */
    size_t at;        /* byte */
    size_t record;    /* record number, counted from 1 with nulls included; 0: outside of records */
    char field[40];   /* field of the record, truncated; empty: none */
} tg_odd_value;

typedef struct tg_odd {
    size_t count;
    size_t nulls; /* of them, those in place of records */
    tg_odd_value first[TG_ODD_KEPT];
} tg_odd;

/* Options of tg_index_text. */
typedef struct tg_index_options {
    tg_shape shape; /* the required shape; only LIST, MAP and RECORD are indexed */
    /* items are not records (a list of integers): check the text without indexing */
    bool plain;
    /* LIST: accept a single object as a list of one, and one level of arrays inside the array */
    bool loose;
    const char *id_key; /* integer member of each record that is its id; NULL: none */
    /* Is FIELD of a record of MODEL a list without nulls? NULL: no field is. */
    bool (*full)(const void *model, const char *field);
    const void *model; /* for `full` */
    tg_odd *odd;       /* replace invalid values and report them here; NULL: they are errors */
    /* bytes for index and keys; 0: enough for records of a typical size */
    size_t limit;
} tg_index_options;

void tg_index_init(tg_index *ix);
void tg_index_clear(tg_index *ix);

/*
** Check TEXT and fill IX. False: err is TG_E_DECODE and names the problem and its byte, counted
** from 0 ("duplicate key at byte 17"), or TG_E_NOMEM; IX is then empty. LIST accepts `null` for an
** empty list. MAP: each key must be an integer as text and becomes the id. Items that are not
** objects are an error, unless `plain`. With `odd`, replacements overwrite TEXT, which the caller
** must own: a null record, or a null in a list that is `full`, becomes blanks, and half a surrogate
** pair becomes \uFFFD. An integer past 64 bits stays and is read as a real. Records that need more
** than `limit` are TG_E_DECODE with a message of its own. -0 is a real. A real id is accepted if it
** is integral and below 2^53, as in tg_value_field.
*/
bool tg_index_text(tg_index *ix, tg_text text, const tg_index_options *o, tg_error *err);

/*
** Fill the empty IX from TEXT, which tg_index_text accepted with these options without replacing a
** value: the same index, without reading each byte. False: tg_index_text has to decide, for a rare
** shape, a text that has changed, or a lack of memory.
*/
bool tg_index_checked(tg_index *ix, tg_text text, const tg_index_options *o);

/* tg_json_check_at for callers that do not need the position. */
bool tg_json_check(tg_text text, tg_error *err);

/* Copy the name of the field of RECORD (which may be truncated) that contains AT: printable and cut
   to SIZE; empty: none. */
void tg_json_field_at(tg_text record, const char *at, char *out, size_t size);

/* Set ERR to TG_E_DECODE with the problem and its position. Returns false. */
bool tg_json_tell(const tg_odd_value *v, tg_error *err);

/* The state of the writer. It borrows its buffer. */
struct tg_writer {
    tg_buf *out;
    int depth;
    int indent;  /* spaces per level; 0: compact */
    bool escape; /* escape all control characters, not only those that JSON requires */
    bool key;    /* a key was written, and its value is still missing */
    bool first;  /* the open container is empty, so the next item gets no comma */
    bool bad;
    uint64_t objects[2]; /* one bit per depth: 1 for an object */
    const char *why;     /* static sentence on the first failure */
};

void tg_writer_init(tg_writer *w, tg_buf *out);

/* tg_write_ok, and the text is one complete value. */
bool tg_writer_done(const tg_writer *w);

#endif
