/*
** Making errors. Every function accepts a NULL error: the caller did not want to know. Texts that
** do not fit are cut at the border of a code point.
*/
#ifndef TG_ERROR_H
#define TG_ERROR_H

#include "toggl.h"

/*
** Makes ERR an error of KIND with this message and nothing else: no status, retry_after unknown, no
** advice, body or operation. The arguments may be parts of ERR itself, so a message can be put into
** a longer one. Returns false: `return tg_error_set(...)` ends a bool function.
*/
bool tg_error_set(tg_error *err, tg_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the reason, and what to do next in words for C programs (advice.c). Other faces look at the
** reason and have words of their own. */
void tg_error_because(tg_error *err, tg_reason reason);

/* What to do next after an error of this kind, where it has no reason. */
const char *tg_kind_advice(tg_kind kind);

/* Sets what to do next. */
void tg_error_advise(tg_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
** Sets the start of the server's own text, made safe for a terminal: control characters become
** spaces, bytes that are not UTF-8 question marks. Secrets must be gone from TEXT already.
*/
void tg_error_body(tg_error *err, tg_text text);

/* How many bytes of S to show where there is room for MOST: no code point is cut. For "%.*s". */
int tg_error_fit(const char *s, size_t most);

#endif
