/* The reply of a call. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_REPLY_H
#define TOGGL_REPLY_H

#include "record.h"

#define TG_SOURCE(name, word, meaning) TG_FROM_##name,
typedef enum tg_source { TG_SOURCES(TG_SOURCE) } tg_source;
#undef TG_SOURCE

typedef struct tg_reply {
    int status; /* 0: no server said anything */
    tg_source source;
    double at;  /* when the server answered, seconds since 1970 */
    bool stale; /* older than asked for, and given all the same */
    /* Read so soon after a change that the server may not have shown it: until then, seconds since 1970; 0: not so. */
    double settled_at;
    int cost;        /* requests spent by this call */
    tg_text headers; /* "name\0value\0" and so on, names in lower case; owned by the reply */
    tg_shape shape;  /* what the page holds; NOTHING: no page */
    tg_page *page;   /* owned by the reply; ref it to keep it */
    int64_t number;  /* TG_REPLY_INT */
} tg_reply;

TG_API void tg_reply_free(tg_reply *r);
/* lower-case name; NULL: not sent */
TG_API const char *tg_reply_header(const tg_reply *r, const char *name);
/* The header at POS, which starts at 0 and is moved to the next. False: there is none left. */
TG_API bool tg_reply_next_header(const tg_reply *r, size_t *pos, const char **name,
                                 const char **value);

#endif
