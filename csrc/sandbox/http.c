/*
** Callbacks of libmicrohttpd. An exchange is created when the request line has been read
** (sb_uri), belongs to the connection, and is freed when libmicrohttpd has completed it
** (sb_done). sb_handle is called several times: for the headers, for each part of the body, for
** the end of the request, and again after a wait.
*/
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "fault.h"
#include "pack.h"
#include "piece.h"

#define BODY_MAX (4u << 20) /* largest request body */

void sb_connected(void *cls, struct MHD_Connection *c, void **socket_data,
                  enum MHD_ConnectionNotificationCode what)
{
    (void)socket_data;
    tg_sandbox *s = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        MHD_set_connection_option(c, MHD_CONNECTION_OPTION_TIMEOUT,
                                  (unsigned)sb_engine_pace(s->engine).idle);
}

void *sb_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
    sb_connection *x = calloc(1, sizeof *x);
    if (!x) return NULL;
    x->server = cls;
    x->mhd = c;
    x->uri = strdup(uri);
    return x;
}

void sb_done(void *cls, struct MHD_Connection *c, void **req, enum MHD_RequestTerminationCode why)
{
    (void)c, (void)why;
    sb_connection *x = *req;
    *req = NULL;
    if (!x) return;
    sb_unwait(cls, x);
    sb_exchange_clear(&x->x);
    free(x->uri);
    free(x);
}

/* ------------------------------------------------------------------------------------ receiving */

static char *copy_request_header(struct MHD_Connection *c, const char *name)
{
    const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
    return value ? strdup(value) : NULL;
}

/* Is HOST, the value of the header, a name of this machine? */
static bool is_loopback(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncasecmp(host, names[i], n) == 0 && (!host[n] || host[n] == ':')) return true;
    }
    return false;
}

/* A page in a browser can reach loopback too: by a name that resolves to it, which Host shows, or
   from its own site, which Origin shows. */
static bool is_foreign(struct MHD_Connection *c)
{
    const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host");
    const char *origin = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin");
    if (host && !is_loopback(host)) return true;
    return origin &&
           !(host && strncasecmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0);
}

static bool begin(tg_sandbox *s, sb_connection *x, const char *method)
{
    if (!x->uri || !sb_engine_begin(s->engine, &x->x, method, x->uri)) return false;
    char *password = NULL, *user = MHD_basic_auth_get_username_password(x->mhd, &password);
    if (MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, "Authorization")) {
        x->x.user = strdup(user ? user : "");
        x->x.password = password ? strdup(password) : NULL;
    }
    MHD_free(user);
    MHD_free(password);
    x->x.type = copy_request_header(x->mhd, "Content-Type");
    x->x.if_none_match = copy_request_header(x->mhd, "If-None-Match");
    x->x.foreign = is_foreign(x->mhd);
    const char *encodings = MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, "Accept-Encoding");
    x->gzip = encodings && strstr(encodings, "gzip");
    return true;
}

/*
** Reset the connection. Disconnecting a TCP socket (AF_UNSPEC) sends a RST at once; closing it
** would send a FIN first. Unix sockets have no reset: there the peer sees the end of the
** connection.
*/
static void reset(sb_connection *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    connect(info->connect_fd, &none, sizeof none);
    sb_engine_note(x->server->engine, &x->x);
}

/* -------------------------------------------------------------------------------------- sending */

static enum MHD_Result queue(sb_connection *x, struct MHD_Response *response)
{
    if (!response) return MHD_NO;
    const sb_exchange *reply = &x->x;
    if (reply->reply_type && reply->status != 204 && reply->status != 304)
        MHD_add_response_header(response, "Content-Type", reply->reply_type);
    for (int i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    enum MHD_Result result = MHD_queue_response(x->mhd, (unsigned)reply->status, response);
    MHD_destroy_response(response); /* the connection holds its own reference */
    return result;
}

/* The exchange owns the text and outlives the response. */
static enum MHD_Result send_reply(sb_connection *x)
{
    struct MHD_Response *special = sb_piece_response(x);
    if (special) return queue(x, special);
    sb_text *text = &x->x.reply;
    if (x->gzip && !sb_fault_is_binary(&x->x) && text->n > 1024 && sb_gzip(text))
        sb_header_add(&x->x, "Content-Encoding", "gzip");
    return queue(x, MHD_create_response_from_buffer(text->n, text->p, MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result take_body(sb_connection *x, const char *upload, size_t *size)
{
    bool fits = x->x.body.n + *size <= BODY_MAX && sb_add(&x->x.body, upload, *size);
    *size = 0;
    return fits ? MHD_YES : MHD_NO;
}

/* MHD_NO makes libmicrohttpd close the connection without a reply. */
enum MHD_Result sb_handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                          const char *version, const char *upload, size_t *size, void **req)
{
    (void)c, (void)url, (void)version;
    tg_sandbox *s = cls;
    sb_connection *x = *req;
    if (!x) return MHD_NO;
    if (x->stage == SB_NEW) {
        if (!begin(s, x, method)) return MHD_NO;
        x->stage = SB_READING;
        if (x->x.fault != SB_RESET) return MHD_YES;
        reset(x);
        return MHD_NO;
    }
    if (*size) return take_body(x, upload, size);
    if (x->stage == SB_READING) {
        sb_engine_answer(s->engine, &x->x);
        if (sb_fault_drops(&x->x)) return MHD_NO;
        x->stage = SB_READY;
        long latency = sb_engine_pace(s->engine).latency;
        if (latency > 0) {
            sb_wait(s, x, latency);
            return MHD_YES;
        }
    }
    return send_reply(x);
}
