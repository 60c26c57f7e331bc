/* Borrowed text, kinds of error, the error itself. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_TEXT_H
#define TOGGL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

/* Borrowed bytes; not NUL-terminated unless said. */
typedef struct tg_text {
    const char *p;
    size_t n;
} tg_text;

#define TG_TEXT(s) ((tg_text){(s), sizeof(s) - 1})

/* Length of the longest valid UTF-8 prefix; *points counts its code points when not NULL. */
TG_API size_t tg_utf8_check(tg_text text, size_t *points);

/* What went wrong, for a program. The words are tg_kind_name(). */
typedef enum tg_kind {
    TG_OK,
    TG_E_AUTH,      /* no credentials, or they are known to be wrong */
    TG_E_FORBIDDEN, /* 403: no right to this, or wrong credentials: Toggl answers both alike */
    TG_E_NOT_FOUND, /* 404 */
    TG_E_INVALID,   /* 400 and kin, or refused by a local check before anything was sent */
    TG_E_CONFLICT,  /* 409 */
    TG_E_QUOTA,     /* the hourly window is used up (402, or known beforehand) */
    TG_E_PLAN,      /* 402: the plan does not include it */
    TG_E_RATE,      /* 429 */
    TG_E_GONE,      /* 410 */
    TG_E_SERVER,    /* 5xx, and undocumented statuses */
    TG_E_TRANSPORT, /* no whole reply, and the request cannot have changed anything */
    TG_E_TIMEOUT,   /* the same, because time was up */
    TG_E_DECODE,    /* a 2xx whose body is not what the row says */
    TG_E_CANCELLED, /* by the caller */
    TG_E_OFFLINE,   /* only the store may answer, and it has nothing */
    TG_E_UNKNOWN,   /* a write was sent and no reply came: it may have been done */
    TG_E_NOMEM      /* out of memory; Lua sees its own memory error */
} tg_kind;

TG_API const char *tg_kind_name(tg_kind kind);

typedef struct tg_error {
    tg_kind kind;
    int status;            /* HTTP status; 0: no server said anything */
    double retry_after;    /* seconds until a repeat can succeed; below 0: not known */
    const char *operation; /* name of the row, or NULL */
    char message[400];     /* one sentence: what happened and what was not done */
    char advice[200];      /* one sentence: what to do next; may be empty */
    /* start of the server's own text, printable and redacted; may be empty */
    char body[400];
} tg_error;

#endif
