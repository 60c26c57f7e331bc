/* A request, and the writer of its body. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_REQUEST_H
#define TOGGL_REQUEST_H

#include "tables.h"

/* A request: the caller fills it by its row, then passes it to a call. */
typedef struct tg_request tg_request;

TG_API tg_request *tg_request_new(const tg_op *op, tg_error *err);
/* A request without a row: VERB and PATH below the base address. Rejects a path that could leave
   it. */
TG_API tg_request *tg_request_raw(const char *verb, tg_text path, tg_error *err);
TG_API void tg_request_free(tg_request *r);
/* The organization and workspace in the path; 0: none. */
TG_API void tg_request_place(const tg_request *r, int64_t *organization, int64_t *workspace);
TG_API const char *tg_request_verb(const tg_request *r);
/* Set path variables and query values. TEXT is percent-encoded here; a path value must not contain
   "/" or be "." or "..". */
TG_API bool tg_request_int(tg_request *r, const tg_field *f, int64_t value, tg_error *err);
TG_API bool tg_request_text(tg_request *r, const tg_field *f, tg_text value, tg_error *err);
/* for a raw request */
TG_API bool tg_request_query(tg_request *r, tg_text name, tg_text value, tg_error *err);
/*
** Describe the change for a confirmation. False: the request only reads. Else PATH below the base
** address and BODY (a borrowed text; p NULL: none), both without secrets.
*/
TG_API bool tg_request_changes(const tg_request *r, char *path, size_t size, tg_text *body);
/*
** Save a request as a text: its row, path variables, query and body. Equal requests give equal
** texts in all processes. Secrets are left out; such a request is not REPLAYABLE, and load rejects
** its text. The caller frees the text; NULL: err.
*/
TG_API char *tg_request_save(const tg_request *r, size_t *n, tg_error *err);
TG_API tg_request *tg_request_load(tg_text text, tg_error *err);
TG_API bool tg_request_replayable(const tg_request *r);
#define TG_HASH_SIZE 65
/* The SHA-256 of that text, in hexadecimal. False: the body is incomplete, or out of memory. */
TG_API bool tg_request_hash(const tg_request *r, char hex[TG_HASH_SIZE]);
/* compares everything except secrets */
TG_API bool tg_request_same(const tg_request *a, const tg_request *b);
/* The JSON body, written by a writer that the request owns. If the first call is NULL, the request
   has no body yet. Borrowed until the request is sent. */
typedef struct tg_writer tg_writer;
TG_API tg_writer *tg_request_body(tg_request *r);

TG_API void tg_write_object(tg_writer *w);
TG_API void tg_write_array(tg_writer *w);
TG_API void tg_write_end(tg_writer *w); /* ends the innermost object or array */
TG_API void tg_write_key(tg_writer *w, tg_text key);
TG_API void tg_write_text(tg_writer *w, tg_text value); /* rejects invalid UTF-8 */
TG_API void tg_write_int(tg_writer *w, int64_t value);
/* shortest form that reads back to the same value; rejects NaN and infinity */
TG_API void tg_write_real(tg_writer *w, double value);
TG_API void tg_write_bool(tg_writer *w, bool value);
TG_API void tg_write_null(tg_writer *w);
/* false after misuse, invalid text or lack of memory, which is sticky */
TG_API bool tg_write_ok(const tg_writer *w);

#endif
