/* The reply of a call. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_REPLY_H
#define TOGGL_REPLY_H

#include "record.h"

#define TG_SOURCE(name, word, meaning) TG_FROM_##name,
typedef enum tg_source { TG_SOURCES(TG_SOURCE) } tg_source;
#undef TG_SOURCE

typedef struct tg_reply {
    int status; /* HTTP status; 0: no reply from a server */
    tg_source source;
    double at;  /* when the server answered, seconds since 1970 */
    bool stale; /* older than the caller accepts, and returned since nothing fresher could be had */
    /* The reply was read soon after a change and may lack it until this time, in seconds since
       1970; 0: no such change. */
    double settled_at;
    int cost;        /* requests spent by this call */
    tg_text headers; /* "name\0value\0" and so on, names in lower case; owned by the reply */
    tg_shape shape;  /* content of the page; NOTHING: no page */
    tg_page *page;   /* owned by the reply; take a reference to keep it */
    int64_t number;  /* TG_REPLY_INT */
    size_t odd;      /* values of the page that were replaced, each with a warning */
    size_t nulls;    /* of them, nulls in place of records, which were left out */
} tg_reply;

TG_API void tg_reply_free(tg_reply *r);
/* NAME in lower case; NULL: not sent */
TG_API const char *tg_reply_header(const tg_reply *r, const char *name);
/* The header as a count: TG_NOT_SENT, or TG_NO_COUNT where it is none. */
TG_API int64_t tg_reply_count(const tg_reply *r, const char *name);
enum { TG_NOT_SENT = -1, TG_NO_COUNT = -2 };
TG_API bool tg_reply_links_on(const tg_reply *r); /* does its header Link name a following page? */
/* Read the header at POS, which starts at 0 and moves to the next one. False: no header left. */
TG_API bool tg_reply_next_header(const tg_reply *r, size_t *pos, const char **name,
                                 const char **value);

#endif
