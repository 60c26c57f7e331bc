/* A request between row and wire: path, query, body, and their meaning for quota and cache. */
#ifndef TG_REQUEST_H
#define TG_REQUEST_H

#include "buf.h"
#include "json.h"
#include "toggl.h"

struct tg_request {
    const tg_op *op; /* a raw request has the row it matches, or NULL */
    const char *verb;
    bool raw;
    struct {
        const tg_field *field;
        tg_buf text; /* percent-encoded */
    } variable[TG_MAX_PATH_VARIABLES];
    int variables;
    tg_buf path;  /* below the base address, filled by tg_request_finish; raw: from the start */
    tg_buf query; /* "a=b&c=d" */
    tg_buf body;
    tg_writer writer;
    bool has_body;
    int64_t organization, workspace; /* from the path; 0: none */
};

/* Fill the path from the row's template. TG_E_INVALID: a variable is missing, or the body is
   incomplete or invalid. */
bool tg_request_finish(tg_request *r, tg_error *err);

/* Append the text of tg_request_save to OUT. */
bool tg_request_write(const tg_request *r, tg_buf *out);

/* What a repeat of it would do: by its row, and the body field that this may depend on. */
tg_effect tg_request_effect(const tg_request *r);

bool tg_request_reads(const tg_request *r); /* by its verb and its row: it changes nothing */

/* Replace {name} in TEMPLATE by the value of that path variable: for tags. False: out of room. */
bool tg_request_expand(const tg_request *r, const char *template_, tg_buf *out);

/* May C be in a URL without percent-encoding? Unreserved characters, and those of ALSO. */
bool tg_request_plain(unsigned char c, const char *also);

/* The key of a stored reply: path, query and body. */
bool tg_request_key(const tg_request *r, tg_buf *out);

/* Does the body hold a secret, by its row or, where none describes it, by a name in it? */
bool tg_request_hides_body(const tg_request *r);

/* Does the query of a raw request name a secret? Then no file keeps it. */
bool tg_request_hides_query(const tg_request *r);

/* The path for display: names in place of secrets, also in the query; truncated to SIZE. */
void tg_request_show(const tg_request *r, char *out, size_t size);

#endif
