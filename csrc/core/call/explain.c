/* Messages and advice for failed calls. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "error.h"

/* Suffix for a failed write: whether the change may have been applied. Reads get none. */
static const char *not_done(const tg_call *call, tg_kind kind)
{
    if (tg_request_reads(call->request)) return "";
    if (kind == TG_E_UNKNOWN) return "; whether it was done is not known";
    if (kind == TG_E_PARTIAL || kind == TG_E_SERVER) return "";
    return "; this call changed nothing";
}

/* The reason, if C, Lua and togglsh have their own advice for it. */
static tg_reason reason_of(const tg_error *err)
{
    if (err->status == 418) return TG_R_RETIRED;
    switch (err->kind) {
    case TG_E_AUTH: return TG_R_CREDENTIALS;
    case TG_E_QUOTA: return TG_R_WINDOW;
    case TG_E_TIMEOUT: return TG_R_TIME;
    case TG_E_OFFLINE: return TG_R_STORE_ONLY;
    case TG_E_DECODE: return *err->body ? TG_R_BODY : TG_R_NONE;
    default: return TG_R_NONE;
    }
}

#define OWN_ROOT                                                                                   \
    "if a gateway inspects TLS here, name the file with its root certificate in SSL_CERT_FILE or " \
    "in ca_file"

/* Advice by what libcurl and OpenSSL or GnuTLS say. The first that fits. */
static const struct {
    const char *part, *advice;
} by_text[] = {
    {"proxy", "check the proxy, and the variables http_proxy, https_proxy, all_proxy and no_proxy"},
    {"setting certificate file", "it must be there and hold certificates in PEM form; "
                                 "CURL_CA_BUNDLE, SSL_CERT_FILE or ca_file names it"},
    {"issuer certificate", OWN_ROOT},
    {"self-signed certificate", OWN_ROOT},
    {"self signed certificate", OWN_ROOT},
    {"certificate verification failed", OWN_ROOT},
};

static const char *advice_by_text(const tg_error *err)
{
    if (err->kind != TG_E_TRANSPORT) return NULL;
    for (size_t i = 0; i < sizeof by_text / sizeof *by_text; i++)
        if (strstr(err->message, by_text[i].part)) return by_text[i].advice;
    return NULL;
}

/* At another address each path is unknown, whatever its keys. */
static const char *advice_by_base(const tg_error *err, const char *url)
{
    if (err->kind != TG_E_NOT_FOUND || strstr(url, "/api/v9")) return NULL;
    return "check the base address, which lacks the /api/v9 of Toggl's; then the key";
}

/* Keep the advice of the function that failed, which is more specific. */
static void advise(tg_error *err, const tg_call *call)
{
    const char *own = advice_by_text(err);
    if (!own) own = advice_by_base(err, call->client->base_url);
    if (*err->advice) return;
    if (own)
        tg_error_advise(err, "%s", own);
    else
        tg_error_because(err, reason_of(err));
}

/* Length of the server's sentence as a clause: further ones follow behind a semicolon. */
static int clause(const char *text, size_t most)
{
    int n = tg_error_fit(text, most);
    while (n > 0 && text[n - 1] == '.') n--;
    return n;
}

void tg_error_explain(tg_error *err, const tg_call *call)
{
    char what[sizeof err->message];
    snprintf(what, sizeof what, "%s", err->message);
    err->operation = call->request->op->name;
    if (*err->body && err->kind != TG_E_DECODE)
        snprintf(err->message, sizeof err->message, "%s: %.*s: %.*s%s", err->operation,
                 tg_error_fit(what, 150), what, clause(err->body, 120), err->body,
                 not_done(call, err->kind));
    else
        snprintf(err->message, sizeof err->message, "%s: %.*s%s", err->operation,
                 tg_error_fit(what, 300), what, not_done(call, err->kind));
    advise(err, call);
}
