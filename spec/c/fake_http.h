/*
** A transport and a clock owned by a test. A function of the test answers each request, at once or
** after `later` seconds. Time moves only while a caller waits.
*/
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transport.h"

typedef struct fake fake;

typedef struct fake_answer {
    tg_outcome outcome; /* 0: TG_X_REPLY */
    int status;
    const char *headers; /* "name: value\n..." in lower case; NULL: none */
    const char *body;    /* NULL: empty */
    int sent;            /* -1: no request was sent; 0: one was */
    double later;
} fake_answer;

struct fake {
    fake_answer (*answer)(fake *f, const tg_exchange *x);
    double time; /* seconds: both clocks of the client */
    tg_exchange *held[512];
    double due[512];
    int count, sends;
    unsigned chance;
    char last_url[1024], last_body[4096], last_authorization[256], last_match[128];
    void *user;
};

/* tg_transport_api passes no context: a test program has one fake at a time. */
static fake *the_fake;

static tg_transport *fake_open(const tg_transport_options *o, tg_error *err)
{
    (void)o, (void)err;
    return (tg_transport *)the_fake;
}

static void fake_close(tg_transport *t)
{
    ((fake *)t)->count = 0;
}

static void fake_headers(tg_buf *out, const char *lines)
{
    while (lines && *lines) {
        size_t name = strcspn(lines, ":"), value;
        tg_buf_add(out, lines, name);
        tg_buf_putc(out, '\0');
        lines += name + 2;
        value = strcspn(lines, "\n");
        tg_buf_add(out, lines, value);
        tg_buf_putc(out, '\0');
        lines += value + (lines[value] == '\n');
    }
}

static bool fake_start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    fake *f = (fake *)t;
    (void)err;
    f->sends++;
    snprintf(f->last_url, sizeof f->last_url, "%s", x->url);
    snprintf(f->last_body, sizeof f->last_body, "%.*s", (int)x->body.n, x->body.p ? x->body.p : "");
    snprintf(f->last_authorization, sizeof f->last_authorization, "%s",
             x->authorization ? x->authorization : "");
    snprintf(f->last_match, sizeof f->last_match, "%s", x->if_none_match ? x->if_none_match : "");
    fake_answer a = f->answer(f, x);
    x->outcome = a.outcome ? a.outcome : TG_X_REPLY;
    x->status = a.status;
    x->sent = a.sent < 0 ? 0 : 1;
    fake_headers(&x->headers, a.headers);
    if (a.body) tg_buf_add(&x->reply, a.body, strlen(a.body));
    f->held[f->count] = x;
    f->due[f->count++] = f->time + a.later;
    return true;
}

static double fake_next(const fake *f)
{
    double best = -1;
    for (int i = 0; i < f->count; i++)
        if (best < 0 || f->due[i] < best) best = f->due[i];
    return best;
}

/* Move the clock to the next reply, at most by MS. */
static bool fake_step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    fake *f = (fake *)t;
    (void)fds, (void)n, (void)err;
    double next = fake_next(f), end = f->time + ms / 1000.0;
    if (next >= 0 && next < end) end = next;
    if (end > f->time) f->time = end;
    return true;
}

static tg_exchange *fake_done(tg_transport *t)
{
    fake *f = (fake *)t;
    for (int i = 0; i < f->count; i++) {
        if (f->due[i] > f->time) continue;
        tg_exchange *x = f->held[i];
        f->count--;
        memmove(&f->held[i], &f->held[i + 1], (size_t)(f->count - i) * sizeof *f->held);
        memmove(&f->due[i], &f->due[i + 1], (size_t)(f->count - i) * sizeof *f->due);
        return x;
    }
    return NULL;
}

static void fake_cancel(tg_transport *t, tg_exchange *x)
{
    fake *f = (fake *)t;
    for (int i = 0; i < f->count; i++)
        if (f->held[i] == x) f->held[i] = f->held[--f->count], f->due[i] = f->due[f->count];
}

static double fake_timeout(tg_transport *t)
{
    fake *f = (fake *)t;
    double next = fake_next(f);
    return next < 0 ? -1 : next - f->time;
}

static int fake_fds(tg_transport *t, struct pollfd *fds, unsigned max)
{
    (void)t, (void)fds, (void)max;
    return 0;
}

static void fake_wakeup(tg_transport *t)
{
    (void)t;
}

static const tg_transport_api fake_http = {.version = TG_TRANSPORT_VERSION,
                                           .open = fake_open,
                                           .close = fake_close,
                                           .start = fake_start,
                                           .step = fake_step,
                                           .done = fake_done,
                                           .cancel = fake_cancel,
                                           .timeout = fake_timeout,
                                           .fds = fake_fds,
                                           .wakeup = fake_wakeup};

static double fake_now(void *f)
{
    return ((fake *)f)->time;
}

static double fake_chance(void *f)
{
    unsigned *c = &((fake *)f)->chance;
    *c = *c * 1103515245u + 12345u;
    return (*c >> 8 & 0xffff) / 65536.0;
}

static void fake_sleep(void *f, double until)
{
    if (((fake *)f)->time < until) ((fake *)f)->time = until;
}

/* Return options for a client whose transport is F. */
static tg_client_options fake_options(fake *f)
{
    the_fake = f;
    return (tg_client_options){.credentials = {TG_AUTH_TOKEN, "token", NULL},
                               .transport = &fake_http,
                               .clock = {fake_now, fake_now, fake_chance, fake_sleep, f}};
}

/* Create a client on F. SET, unless NULL, changes its options first. */
static inline tg_client *client(fake *f, void (*set)(tg_client_options *))
{
    tg_error err;
    tg_client_options o = fake_options(f);
    if (set) set(&o);
    return tg_client_new(&o, &err);
}

static inline void with_wait(tg_client_options *o)
{
    o->wait = -1;
}

#endif
