/* What a client reports: for logs, --trace and progress. Part of toggl.h, which says who owns
   what. */
#ifndef TOGGL_EVENT_H
#define TOGGL_EVENT_H

#include "client.h"

#define TG_EVENT(name, word, meaning) TG_EV_##name,
typedef enum tg_event_type { TG_EV_NONE, TG_EVENTS(TG_EVENT) } tg_event_type;
#undef TG_EVENT

#define TG_REASON_SIZE 400

/* What happened, without a secret in it: for logs, --trace and progress. */
typedef struct tg_event {
    tg_event_type type;
    double at;             /* seconds since 1970 */
    const char *operation; /* NULL: a raw request */
    const char *verb;
    char path[160]; /* below the base address, redacted, cut */
    int try_;       /* 1 for the first */
    int status;
    double seconds;              /* REPLY: how long it took; WAIT, RETRY: how long it will be */
    int64_t bytes;               /* of the body */
    int remaining;               /* requests left in the window; below 0: not known */
    char reason[TG_REASON_SIZE]; /* WAIT: "quota", "rate"; RETRY, WARNING: why; else empty */
    /* DRY: what was not sent, whole, as tg_request_save returns it. Borrowed until the next event is
       taken; NULL: out of memory, or another type. */
    const char *request;
} tg_event;

/* The oldest event not yet taken; false: none. At most 1,000 are kept; the oldest go first. */
TG_API bool tg_client_event(tg_client *c, tg_event *ev);
/* Add a warning of the caller's own to the events. A sentence that the client has reported is not
   repeated. */
TG_API void tg_client_warn(tg_client *c, const char *sentence);
/* Write what waits for the stores. Before tg_client_free, so that warnings of the last writes can
   still be taken. */
TG_API void tg_client_flush(tg_client *c);

#endif
