/*
** Between libmicrohttpd and an exchange. An exchange is made when the request line is read
** (sb_uri), belongs to the connection, and is freed when libmicrohttpd is through with it
** (sb_done). sb_handle is called several times: for the headers, for each part of the body, for the
** end of the request, and once more after a wait.
*/
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void *sb_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
    sb_exchange *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->server = cls;
    x->connection = c;
    x->fault = -1;
    x->uri = strdup(uri);
    return x;
}

void sb_done(void *cls, struct MHD_Connection *c, void **req, enum MHD_RequestTerminationCode why)
{
    (void)c, (void)why;
    sb_exchange *x = *req;
    *req = NULL;
    if (!x) return;
    sb_unwait(cls, x);
    sb_clear_variables(x);
    sb_drop(&x->body);
    sb_drop(&x->reply);
    free(x->uri);
    free(x->path);
    free(x->scratch);
    free(x->type);
    free(x->if_none_match);
    free(x);
}

/* ------------------------------------------------------------------------------------ receiving */

static char *copy_request_header(struct MHD_Connection *c, const char *name)
{
    const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
    return value ? strdup(value) : NULL;
}

/* Whether HOST, as the header has it, is a name of this machine. */
static bool is_loopback(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncasecmp(host, names[i], n) == 0 && (!host[n] || host[n] == ':')) return true;
    }
    return false;
}

/* A page in a browser reaches loopback too: by a name that it made point here, which Host shows, or
   from its own site, ** which Origin shows. */
static bool is_foreign(struct MHD_Connection *c)
{
    const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host");
    const char *origin = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin");
    if (host && !is_loopback(host)) return true;
    return origin &&
           !(host && strncasecmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0);
}

static bool begin(tg_sandbox *s, sb_exchange *x, const char *method)
{
    snprintf(x->method, sizeof x->method, "%s", method);
    if (!x->uri || !sb_parse_target(x)) return false;
    x->type = copy_request_header(x->connection, "Content-Type");
    x->if_none_match = copy_request_header(x->connection, "If-None-Match");
    x->foreign = is_foreign(x->connection);
    const char *encodings =
        MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Accept-Encoding");
    x->gzip = encodings && strstr(encodings, "gzip");
    sb_fault_choose(s, x);
    return true;
}

/* -------------------------------------------------------------------------------------- sending */

static enum MHD_Result queue(sb_exchange *x, struct MHD_Response *response)
{
    if (!response) return MHD_NO;
    if (x->reply_type && x->status != 204 && x->status != 304)
        MHD_add_response_header(response, "Content-Type", x->reply_type);
    for (int i = 0; i < x->header_count; i++)
        MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
    enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)x->status, response);
    MHD_destroy_response(response); /* the connection holds its own reference */
    return result;
}

static enum MHD_Result send_reply(tg_sandbox *s, sb_exchange *x)
{
    struct MHD_Response *special = sb_fault_response(s, x);
    if (special) return queue(x, special);
    if (x->gzip && !sb_fault_is_binary(x) && x->reply.n > 1024 && sb_gzip(&x->reply))
        sb_header_add(x, "Content-Encoding", "gzip");
    struct MHD_Response *plain =
        MHD_create_response_from_buffer(x->reply.n, x->reply.p, MHD_RESPMEM_PERSISTENT);
    return queue(x, plain); /* the text lives in the exchange, which outlives the sending */
}

/* MHD_NO makes libmicrohttpd close the connection without a word. */
enum MHD_Result sb_handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                          const char *version, const char *upload, size_t *size, void **req)
{
    (void)c, (void)url, (void)version;
    tg_sandbox *s = cls;
    sb_exchange *x = *req;
    if (!x) return MHD_NO;
    if (x->stage == SB_NEW) {
        if (!begin(s, x, method)) return MHD_NO;
        x->stage = SB_READING;
        if (!sb_fault_resets(s, x)) return MHD_YES;
        return MHD_NO;
    }
    if (*size) {
        bool fits = x->body.n + *size <= SB_BODY_MAX && sb_add(&x->body, upload, *size);
        *size = 0;
        return fits ? MHD_YES : MHD_NO;
    }
    if (x->stage == SB_READING) {
        sb_answer(s, x);
        if (sb_fault_drops(x)) return MHD_NO;
        x->stage = SB_READY;
        if (s->knobs.latency > 0) {
            sb_wait(s, x, s->knobs.latency);
            return MHD_YES;
        }
    }
    return send_reply(s, x);
}
