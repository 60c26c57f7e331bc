/* Advice for C programs, by the reason and the kind of an error. */
#include "error.h"

/* NULL: use the advice of the kind. WINDOW is formatted below. */
static const char *const by_reason[] = {
    [TG_R_NONE] = NULL,
    [TG_R_CREDENTIALS] = "set the credentials of tg_client_options",
    [TG_R_WINDOW] = "wait, or let the call wait: set its option wait",
    [TG_R_MAX_REQUESTS] = "read less, or set a larger max_requests",
    [TG_R_TIME] = "retry, or allow more time: set the option timeout",
    [TG_R_BODY] = "look at the body of the error; the reply may come from another server",
    [TG_R_STORE_ONLY] = "call once without the option offline",
    [TG_R_CLEARTEXT] = "write https://, or set the option cleartext",
    [TG_R_RETIRED] = "418 says that this version of the API is retired: look for a newer library; "
                     "before 2022 it also met programs without the option user_agent",
    [TG_R_LARGE] = "request less at once, or set a larger reply_cap",
    [TG_R_OPEN] = "settle the earlier one with tg_client_settle, or look and close it with "
                  "tg_client_journal_close",
    [TG_R_UNRECORDED] = "set TOGGL_STATE_DIR to a folder of your own, or journal_path to another "
                        "file",
    [TG_R_NO_JOURNAL] = "set journal_path",
};

/* The advice for an error of this kind that has no reason. */
static const char *kind_advice(tg_kind kind)
{
#define TG_KIND(name, word, scope, exit, advice, meaning) [TG_E_##name] = advice,
    static const char *const advices[] = {[TG_OK] = "", TG_KINDS(TG_KIND)};
    return advices[kind];
}

void tg_error_because(tg_error *err, tg_reason reason)
{
    if (!err) return;
    err->reason = reason;
    if (reason == TG_R_WINDOW && err->retry_after >= 0)
        tg_error_advise(err, "wait %.0f seconds, or let the call wait: set its option wait",
                        err->retry_after);
    else
        tg_error_advise(err, "%s", by_reason[reason] ? by_reason[reason] : kind_advice(err->kind));
}
