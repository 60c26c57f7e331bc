/* Calls of a client on a fake transport that gives scripted replies. */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "fake_http.h"

static fake_answer scripted[16];
static int script_n;

/* Return the scripted replies in their order, then repeat the last. */
static inline fake_answer from_script(fake *f, const tg_exchange *x)
{
    (void)x;
    int i = f->sends - 1 < script_n - 1 ? f->sends - 1 : script_n - 1;
    return scripted[i];
}

static inline fake script(int n, const fake_answer *a)
{
    memcpy(scripted, a, (size_t)n * sizeof *a);
    script_n = n;
    return (fake){.answer = from_script, .time = 1e6, .chance = 1};
}

#define SCRIPT(...)                                                                                \
    script((int)(sizeof(fake_answer[]){__VA_ARGS__} / sizeof(fake_answer)),                        \
           (fake_answer[]){__VA_ARGS__})

/* Start the call, pump it and take its reply, which the caller frees. */
static inline tg_reply *run(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err)
{
    memset(err, 0, sizeof *err);
    tg_call *call = tg_call_start(c, r, o, err);
    if (!call) return NULL;
    for (int i = 0; i < 10000 && !tg_call_done(call); i++) tg_client_step(c, 60000, NULL, 0, err);
    tg_reply *reply = tg_call_done(call) ? tg_call_take(call, err) : NULL;
    tg_call_free(call);
    return reply;
}

/* Run the call and return its kind of error, TG_OK for a reply. */
static inline tg_kind kind_of(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err)
{
    tg_reply *reply = run(c, r, o, err);
    tg_kind kind = reply ? TG_OK : err->kind;
    tg_reply_free(reply);
    return kind;
}

static inline void with_cache(tg_client_options *o)
{
    o->cache_path = ":memory:";
    o->state_path = ":memory:";
}

#endif
