/*
** The transport: one libcurl multi handle, which owns the connections, and the slots that use them.
**
** A slot is idle, busy or done, and is in the list of that name. Idle slots keep their easy handle,
** since creating and configuring one costs more than a request. Transports share nothing. No
** callback calls code outside this folder: finished exchanges wait in a list until the caller
** fetches them.
*/
#include "slot.h"

#include <stdlib.h>
#include <string.h>

#include "sockets.h"

#define IDLE_MAX ((long)TG_TRANSPORT_MOST) /* limit of idle slots, and of all connections */

typedef struct tg_list {
    tg_slot *first, *last;
    long count;
} tg_list;

struct tg_transport {
    bool fresh; /* a request was started and is not sent yet */
    CURLM *multi;
    CURL *model; /* template of new handles; carries no request */
    char *lines[TG_HTTP_COMMON];
    tg_list idle, busy, done;
    tg_sockets sockets;
};

static void list_append(tg_list *l, tg_slot *s)
{
    s->prev = l->last;
    s->next = NULL;
    if (l->last)
        l->last->next = s;
    else
        l->first = s;
    l->last = s;
    l->count++;
}

static void list_remove(tg_list *l, tg_slot *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        l->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        l->last = s->prev;
    l->count--;
}

/* ---------------------------------------------------------------------------------------- slots */

static void slot_free(tg_slot *s)
{
    if (s->easy) curl_easy_cleanup(s->easy);
    tg_http_free_coding(s);
    tg_buf_clear(&s->text);
    tg_buf_clear(&s->address);
    curl_url_cleanup(s->parsed);
    free(s);
}

static tg_slot *slot_new(tg_transport *t)
{
    tg_slot *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->easy = curl_easy_duphandle(t->model);
    if (s->easy && tg_http_tie(s, t->lines)) return s;
    slot_free(s);
    return NULL;
}

/* Take the slot used last, whose memory is still in the CPU cache. It is in no list afterwards. */
static tg_slot *slot_take(tg_transport *t)
{
    tg_slot *s = t->idle.last;
    if (!s) return slot_new(t);
    list_remove(&t->idle, s);
    return s;
}

static void slot_give_back(tg_transport *t, tg_slot *s)
{
    if (s->x) s->x->private_ = NULL;
    tg_http_unload(s);
    if (t->idle.count < IDLE_MAX)
        list_append(&t->idle, s);
    else
        slot_free(s);
}

/* -------------------------------------------------------------------------- opening and closing */

/* Several Lua states may open transports at the same time in different threads, so this must not
   need a lock. */
static bool libcurl_will_do(tg_error *err)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    if (v->version_num < 0x075400)
        return tg_http_fail(err, TG_E_TRANSPORT, "libcurl is older than 7.84");
    if (!(v->features & CURL_VERSION_THREADSAFE))
        return tg_http_fail(err, TG_E_TRANSPORT,
                            "this libcurl was built without thread-safe initialisation");
    return true;
}

static bool open_handles(tg_transport *t, const tg_transport_options *o)
{
    t->multi = curl_multi_init();
    t->model = curl_easy_init();
    if (t->multi) tg_http_hide_wakeup(t->multi);
    return t->multi && t->model && tg_sockets_init(&t->sockets, t->multi) &&
           tg_http_lines(t->lines, o) && tg_http_common(t->model, o) &&
           curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) == CURLM_OK &&
           curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, IDLE_MAX) == CURLM_OK &&
           curl_multi_setopt(t->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, IDLE_MAX) == CURLM_OK;
}

static void free_all(tg_list *l)
{
    tg_slot *s, *next;
    for (s = l->first; s; s = next) {
        next = s->next;
        slot_free(s);
    }
}

static void cancel(tg_transport *t, tg_exchange *x)
{
    tg_slot *s = x->private_;
    if (!s) return;
    if (x->outcome == TG_X_RUNNING) {
        curl_multi_remove_handle(t->multi, s->easy);
        list_remove(&t->busy, s);
    } else
        list_remove(&t->done, s);
    slot_give_back(t, s);
}

static void close_transport(tg_transport *t)
{
    if (!t) return;
    while (t->busy.first) cancel(t, t->busy.first->x);
    while (t->done.first) cancel(t, t->done.first->x);
    free_all(&t->idle);
    if (t->model) curl_easy_cleanup(t->model);
    if (t->multi) curl_multi_cleanup(t->multi);
    tg_sockets_clear(&t->sockets);
    for (size_t i = 0; i < TG_HTTP_COMMON; i++) free(t->lines[i]);
    free(t);
    curl_global_cleanup();
}

static tg_transport *open_transport(const tg_transport_options *o, tg_error *err)
{
    tg_transport *t;
    if (!libcurl_will_do(err)) return NULL;
    /* counted by libcurl; matched by curl_global_cleanup in close */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        tg_http_fail(err, TG_E_TRANSPORT, "libcurl could not be initialised");
        return NULL;
    }
    t = calloc(1, sizeof *t);
    if (t && open_handles(t, o)) return t;
    tg_http_fail(err, TG_E_TRANSPORT,
                 "libcurl could not be set up: out of memory, or a feature is missing");
    if (t)
        close_transport(t);
    else
        curl_global_cleanup();
    return NULL;
}

/* --------------------------------------------------------------------------------------- moving */

static void clear_result(tg_exchange *x)
{
    x->outcome = TG_X_RUNNING;
    x->sent = x->status = 0;
    x->unmarked = x->kept_died = false;
    x->seconds = 0;
    x->message[0] = '\0';
    tg_buf_reset(&x->headers);
    tg_buf_reset(&x->reply);
}

static bool start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    tg_slot *s = slot_take(t);
    clear_result(x);
    x->private_ = NULL;
    if (!s) return tg_http_fail(err, TG_E_NOMEM, "out of memory");
    if (!tg_http_load(s, x, err)) {
        slot_give_back(t, s);
        return false;
    }
    if (curl_multi_add_handle(t->multi, s->easy) != CURLM_OK) {
        slot_give_back(t, s);
        return tg_http_fail(err, TG_E_NOMEM, "libcurl did not take the request");
    }
    x->private_ = s;
    list_append(&t->busy, s);
    t->fresh = true;
    return true;
}

static void settle(tg_transport *t, tg_slot *s, CURLcode rc)
{
    curl_multi_remove_handle(t->multi, s->easy);
    if (!tg_http_judge(s, rc)) {
        /* still busy: the redirect target is next */
        if (curl_multi_add_handle(t->multi, s->easy) == CURLM_OK) return;
        tg_http_end(s, TG_X_BROKEN, "out of memory");
    }
    list_remove(&t->busy, s);
    list_append(&t->done, s);
}

static void collect(tg_transport *t)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(t->multi, &left))) {
        CURLcode rc = m->data.result; /* removing the handle frees M */
        char *slot = NULL;
        if (curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &slot) == CURLE_OK)
            settle(t, (tg_slot *)slot, rc);
    }
}

static bool perform(tg_transport *t, tg_error *err)
{
    t->fresh = false;
    if (!tg_sockets_act(&t->sockets))
        return tg_http_fail(err, TG_E_TRANSPORT, "libcurl failed; close the client");
    collect(t);
    return true;
}

/* Send new requests before any wait: a wait first would return at once and cost a poll. */
static bool step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    if (t->fresh && !perform(t, err)) return false;
    if (ms < 0 || t->done.first) ms = 0; /* an exchange has ended */
    bool waits = ms > 0 || n > 0 || t->sockets.count > 0;
    if (waits && !tg_sockets_wait(&t->sockets, ms, fds, n))
        return tg_http_fail(err, TG_E_NOMEM, "waiting failed");
    return t->busy.first ? perform(t, err) : true;
}

static tg_exchange *done(tg_transport *t)
{
    tg_slot *s = t->done.first;
    tg_exchange *x = s ? s->x : NULL;
    if (!s) return NULL;
    list_remove(&t->done, s);
    slot_give_back(t, s);
    return x;
}

/* --------------------------------------------------------------------------- loops from outside */

static int fds(tg_transport *t, struct pollfd *out, unsigned max)
{
    return (int)tg_sockets_list(&t->sockets, out, max);
}

static int pollfd(tg_transport *t)
{
    return tg_sockets_pollfd(&t->sockets);
}

static double timeout(tg_transport *t)
{
    if (t->done.first || t->fresh) return 0;
    if (!t->busy.first) return -1;
    double left = tg_sockets_timeout(&t->sockets);
    /* a second check is cheap, in case an event of a socket was missed */
    return left < 0 || left > 1 ? 1 : left;
}

static void wakeup(tg_transport *t)
{
    tg_sockets_wakeup(&t->sockets);
}

const tg_transport_api *tg_transport_curl(void)
{
    static const tg_transport_api api = {.version = TG_TRANSPORT_VERSION,
                                         .open = open_transport,
                                         .close = close_transport,
                                         .start = start,
                                         .step = step,
                                         .done = done,
                                         .cancel = cancel,
                                         .timeout = timeout,
                                         .fds = fds,
                                         .pollfd = pollfd,
                                         .wakeup = wakeup};
    return &api;
}
