/*
** Create errors. Each function accepts NULL for the error. Texts that do not fit are cut between
** two code points.
*/
#ifndef TG_ERROR_H
#define TG_ERROR_H

#include "toggl.h"

/*
** Make ERR an error of KIND with this message only: no status, advice, body or operation;
** retry_after is unknown. The arguments may point into ERR itself, so a message can be wrapped in a
** longer one. Returns false, so that `return tg_error_set(...)` ends a bool function.
*/
bool tg_error_set(tg_error *err, tg_kind kind, const char *fmt, ...)
    __attribute__((cold, format(printf, 3, 4)));

/* Set the reason, and the advice for C programs (advice.c). Lua and togglsh have their own advice
   for each reason. */
void tg_error_because(tg_error *err, tg_reason reason) __attribute__((cold));

/* Set the advice. */
void tg_error_advise(tg_error *err, const char *fmt, ...)
    __attribute__((cold, format(printf, 2, 3)));

/*
** Set the start of the server's reply body, made safe for terminals: control characters become
** spaces, and bytes that are not UTF-8 become question marks. The caller redacts TEXT first.
*/
void tg_error_body(tg_error *err, tg_text text) __attribute__((cold));

/* How many bytes of S to show in a field of at most MOST bytes, without cutting a code point. For
   "%.*s". */
int tg_error_fit(const char *s, size_t most);

#endif
