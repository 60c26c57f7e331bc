/* The sentences that people read when a call fails. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

#define TG_KIND(name, word, scope, exit, advice, meaning) [TG_E_##name] = advice,
static const char *const advices[] = {[TG_OK] = "", TG_KINDS(TG_KIND)};

/* What did not happen, said of a write; reads change nothing and need no such word. */
static const char *not_done(const tg_call *call, tg_kind kind)
{
    if (tg_request_reads(call->request)) return "";
    if (kind == TG_E_UNKNOWN) return "; whether it was done is not known";
    if (kind == TG_E_PARTIAL) return "";
    if (kind == TG_E_SERVER)
        return call->request->op->flags & TG_SAFE_REPEAT ? "; it may have been done" : "";
    return "; this call changed nothing";
}

/* What failed may have said already what helps, and knows it best. */
static void advise(tg_error *err)
{
    if (*err->advice) return;
    if (err->kind == TG_E_QUOTA && err->retry_after >= 0)
        tg_error_advise(err, "wait %.0f seconds, or let the call wait with wait = true",
                        err->retry_after);
    else if (err->kind == TG_E_DECODE && !*err->body)
        tg_error_advise(err, "check the base address: another server may have answered");
    else if (err->status == 418)
        tg_error_advise(err, "418 says that this version of the API is retired: look for a newer "
                             "toggl; before 2022 it "
                             "also met programs "
                             "without a user_agent of their own");
    else if (err->kind == TG_E_TRANSPORT && strstr(err->message, "proxy"))
        tg_error_advise(err, "check the proxy, and the variables http_proxy, https_proxy, "
                             "all_proxy and no_proxy");
    else
        tg_error_advise(err, "%s", advices[err->kind]);
}

void tg_error_explain(tg_error *err, const tg_call *call)
{
    char what[sizeof err->message];
    snprintf(what, sizeof what, "%s", err->message);
    err->operation = call->request->op->name;
    if (*err->body && err->kind != TG_E_DECODE)
        snprintf(err->message, sizeof err->message, "%s: %.*s: %.*s%s", err->operation,
                 tg_error_fit(what, 150), what, tg_error_fit(err->body, 120), err->body,
                 not_done(call, err->kind));
    else
        snprintf(err->message, sizeof err->message, "%s: %.*s%s", err->operation,
                 tg_error_fit(what, 250), what, not_done(call, err->kind));
    advise(err);
}
