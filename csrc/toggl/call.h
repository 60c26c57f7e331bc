/* One call, from its start to its reply. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_CALL_H
#define TOGGL_CALL_H

#include "client.h"
#include "request.h"

typedef struct tg_call tg_call;
typedef struct tg_reply tg_reply;

/* Options of one call that differ from its client's, by the rows of options.h. Zero: as the
   client. */
typedef struct tg_call_options {
    TG_CALL_OPTIONS(TG_OPTION_MEMBER)
} tg_call_options;

/* Start a call. Takes the request, also on failure. The call is in flight when this returns. */
TG_API tg_call *tg_call_start(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err);
TG_API bool tg_call_done(const tg_call *call);
/* Take the reply of a finished call, with its ownership. NULL: err. */
TG_API tg_reply *tg_call_take(tg_call *call, tg_error *err);
/* finishes the call at once; whether a write was applied is then unknown */
TG_API void tg_call_cancel(tg_call *call);
TG_API void tg_call_free(tg_call *call); /* cancels the call first */

#endif
