/* What a call concerns: the window that pays, and the tags of its reply. */
#include "client.h"

int64_t tg_call_paying_window(tg_call *call)
{
    const tg_request *r = call->request;
    if (!r->raw && r->op->window == TG_WINDOW_USER) return 0;
    if (r->organization || !r->workspace) return r->organization;
    int64_t known = tg_client_ledger(call->client)
                        ? tg_ledger_organization(call->client->ledger, r->workspace)
                        : 0;
    return known ? known : -r->workspace;
}

bool tg_call_tags(const tg_call *call, tg_buf *tags)
{
    const char *own = call->request->op->tags;
    return tg_request_expand(call->request, own ? own : "", tags) && tg_buf_puts(tags, " *");
}
