/* One call: from its start to its reply. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_CALL_H
#define TOGGL_CALL_H

#include "client.h"
#include "request.h"

typedef struct tg_call tg_call;
typedef struct tg_reply tg_reply;

/* What one call wants otherwise than its client. Zero: as the client. */
typedef struct tg_call_options {
    const tg_credentials *credentials; /* other ones for this call */
    double timeout, connect_timeout, deadline, wait;
    double max_age;
    bool no_wait;                          /* fail at once even if the client waits */
    bool refresh;                          /* ask the server even if the store has it */
    bool offline;                          /* never ask the server */
    bool stale;                            /* rather old data than none when the quota is used up */
    bool no_refresh, no_offline, no_stale; /* not so, even if the client does */
    bool no_store;                         /* do not keep the reply */
    bool dry_run;                          /* a change is reported and not sent */
} tg_call_options;

/* Takes the request, also when it fails. The call is in flight when this returns. */
TG_API tg_call *tg_call_start(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err);
TG_API bool tg_call_done(const tg_call *call);
/* The reply of a call that is done, and its ownership; NULL: err says why there is none. */
TG_API tg_reply *tg_call_take(tg_call *call, tg_error *err);
/* done at once; whether a write was carried out is then unknown */
TG_API void tg_call_cancel(tg_call *call);
TG_API void tg_call_free(tg_call *call); /* cancels first */

#endif
