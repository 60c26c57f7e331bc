/* What a client reports: for logs, --trace and progress. Part of toggl.h, which defines
   ownership. */
#ifndef TOGGL_EVENT_H
#define TOGGL_EVENT_H

#include "client.h"

#define TG_EVENT(name, word, meaning) TG_EV_##name,
typedef enum tg_event_type { TG_EV_NONE, TG_EVENTS(TG_EVENT) } tg_event_type;
#undef TG_EVENT

#define TG_REASON_SIZE 400

/* An event, without secrets. */
typedef struct tg_event {
    tg_event_type type;
    double at;             /* seconds since 1970 */
    const char *operation; /* NULL: a raw request */
    const char *verb;
    char path[160]; /* below the base address, redacted, truncated */
    int try_;       /* number of the attempt, from 1 */
    int status;
    double seconds; /* REPLY: duration; WAIT, RETRY: length of the wait */
    int64_t bytes;  /* size of the body */
    int remaining;  /* requests left in the window; below 0: unknown */
    /* WAIT: "quota", "rate", "settle"; RETRY, WARNING: the cause; else empty */
    char reason[TG_REASON_SIZE];
    /* DRY: the complete request that was not sent, in the format of tg_request_save. Borrowed until
       the next event is taken; NULL: out of memory, or another type. */
    const char *request;
} tg_event;

/* Take the oldest event. False: none left. At most 1,000 are kept; the oldest are dropped first. */
TG_API bool tg_client_event(tg_client *c, tg_event *ev);
/* Add a warning of the caller to the events. A sentence that the client has reported already is
   dropped. */
TG_API void tg_client_warn(tg_client *c, const char *sentence);
/* Write pending data to the stores. Call it before tg_client_free to receive warnings of the last
   writes. */
TG_API void tg_client_flush(tg_client *c);

#endif
