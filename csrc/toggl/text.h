/* Borrowed text, kinds of error, the error itself. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_TEXT_H
#define TOGGL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists.h"

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

/* Borrowed bytes; NUL-terminated only where documented. */
typedef struct tg_text {
    const char *p;
    size_t n;
} tg_text;

#define TG_TEXT(s) ((tg_text){(s), sizeof(s) - 1})

/* Length of the longest valid UTF-8 prefix; *points counts its code points when not NULL. */
TG_API size_t tg_utf8_check(tg_text text, size_t *points);

/* Kinds of error for programs: TG_E_AUTH and so on. tg_kind_name() returns their names. */
#define TG_KIND(name, word, scope, exit, advice, meaning) TG_E_##name,
typedef enum tg_kind { TG_OK, TG_KINDS(TG_KIND) } tg_kind;
#undef TG_KIND

TG_API const char *tg_kind_name(tg_kind kind);

/* Reasons for which C, Lua and togglsh each have their own advice: TG_R_CREDENTIALS and so on. */
#define TG_REASON(name, word, meaning) TG_R_##name,
typedef enum tg_reason { TG_R_NONE, TG_REASONS(TG_REASON) } tg_reason;
#undef TG_REASON

TG_API const char *tg_reason_name(tg_reason reason); /* its name; NULL: TG_R_NONE */

typedef struct tg_error {
    tg_kind kind;
    /* set where the advice depends on it; NONE: the kind determines the advice */
    tg_reason reason;
    int status;            /* HTTP status; 0: no reply from a server */
    double retry_after;    /* seconds until a retry can succeed; below 0: unknown */
    const char *operation; /* name of the row, or NULL */
    char message[400];     /* one sentence: what happened and what was not done */
    char advice[200];      /* one sentence: what to do next; may be empty */
    /* start of the reply body, printable and redacted; may be empty */
    char body[400];
} tg_error;

#endif
