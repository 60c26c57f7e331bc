/* What is to be asked, and the writer of its body. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_REQUEST_H
#define TOGGL_REQUEST_H

#include "tables.h"

/* What is to be asked: filled by the caller from the row, then given to a call. */
typedef struct tg_request tg_request;

TG_API tg_request *tg_request_new(const tg_op *op, tg_error *err);
/* For what has no row: VERB and PATH below the base address, refused when they could leave it. */
TG_API tg_request *tg_request_raw(const char *verb, tg_text path, tg_error *err);
TG_API void tg_request_free(tg_request *r);
/* The organization and workspace that the path names; 0: none. */
TG_API void tg_request_place(const tg_request *r, int64_t *organization, int64_t *workspace);
TG_API const char *tg_request_verb(const tg_request *r);
/* Path variables and query values. TEXT is percent-encoded here; a path value may not hold "/" or
   be "." or "..". */
TG_API bool tg_request_int(tg_request *r, const tg_field *f, int64_t value, tg_error *err);
TG_API bool tg_request_text(tg_request *r, const tg_field *f, tg_text value, tg_error *err);
/* of a raw request */
TG_API bool tg_request_query(tg_request *r, tg_text name, tg_text value, tg_error *err);
/*
** What a person should know before it is sent: false: it only reads; else PATH below the base
** address and BODY (a borrowed text; p NULL: none), neither with a secret in it.
*/
TG_API bool tg_request_changes(const tg_request *r, char *path, size_t size, tg_text *body);
/*
** A request as a text: its row, path variables, query and body, the same for the same request in
** every process. Secrets are left out of it, and such a request is not REPLAYABLE: load refuses its
** text. The caller frees the text; NULL: err.
*/
TG_API char *tg_request_save(const tg_request *r, size_t *n, tg_error *err);
TG_API tg_request *tg_request_load(tg_text text, tg_error *err);
TG_API bool tg_request_replayable(const tg_request *r);
#define TG_HASH_SIZE 65
/* The SHA-256 of that text, as hexadecimal digits. False: the body is incomplete, or no memory. */
TG_API bool tg_request_hash(const tg_request *r, char hex[TG_HASH_SIZE]);
TG_API bool tg_request_same(const tg_request *a, const tg_request *b); /* but for secrets */
/* The JSON body, led by the writer; NULL for the first call means "no body yet". Borrowed until the
   request goes. */
typedef struct tg_writer tg_writer;
TG_API tg_writer *tg_request_body(tg_request *r);

TG_API void tg_write_object(tg_writer *w);
TG_API void tg_write_array(tg_writer *w);
TG_API void tg_write_end(tg_writer *w); /* of the innermost object or array */
TG_API void tg_write_key(tg_writer *w, tg_text key);
TG_API void tg_write_text(tg_writer *w, tg_text value); /* refuses invalid UTF-8 */
TG_API void tg_write_int(tg_writer *w, int64_t value);
/* shortest form that reads back; refuses NaN and infinity */
TG_API void tg_write_real(tg_writer *w, double value);
TG_API void tg_write_bool(tg_writer *w, bool value);
TG_API void tg_write_null(tg_writer *w);
/* false after any misuse, bad text or lack of memory: sticky */
TG_API bool tg_write_ok(const tg_writer *w);

#endif
