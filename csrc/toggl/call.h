/* One call: from its start to its reply. Part of toggl.h, which says who owns what. */
#ifndef TOGGL_CALL_H
#define TOGGL_CALL_H

#include "client.h"
#include "request.h"

typedef struct tg_call tg_call;
typedef struct tg_reply tg_reply;

/* What one call has otherwise than its client, by the rows of options.h. Zero: as the client. */
typedef struct tg_call_options {
    TG_CALL_OPTIONS(TG_OPTION_MEMBER)
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
