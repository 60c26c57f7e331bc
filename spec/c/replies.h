/*
** Recorded replies of all shapes, for the tests that cut them. Each line of
** spec/fixtures/replies.jsonl has an operation, a content type and a body. The sandbox sent most of
** them; the last lines are written by hand.
*/
#ifndef REPLIES_H
#define REPLIES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "request.h"
#include "transport.h"

#define REPLIES 40

typedef struct reply_case {
    const tg_op *op; /* NULL: sent as a raw request */
    char *type, *body;
    size_t n;
} reply_case;

static reply_case replies[REPLIES];

static char *replies_text(tg_text line, const char *key, size_t *n)
{
    tg_value v = tg_value_get(line, (tg_text){key, strlen(key)});
    char *out = malloc(v.text.n + 1);
    *n = tg_value_unescape(&v, out);
    out[*n] = '\0';
    return out;
}

/* Read the replies. Exit if the file is not as expected. */
static void replies_read(void)
{
    char line[4096];
    size_t n, count = 0;
    FILE *f = fopen("spec/fixtures/replies.jsonl", "r");
    while (f && count < REPLIES && fgets(line, sizeof line, f)) {
        tg_text text = {line, strlen(line)};
        char *name = replies_text(text, "operation", &n);
        reply_case *r = &replies[count++];
        r->op = tg_op_find(name);
        r->type = replies_text(text, "type", &n);
        r->body = replies_text(text, "body", &r->n);
        if (!r->op) count = 0;
        free(name);
    }
    if (f) fclose(f);
    if (count == REPLIES) return;
    printf("# spec/fixtures/replies.jsonl: cannot be read, or there are not %d of them\n", REPLIES);
    exit(2);
}

static void replies_free(void)
{
    for (size_t i = 0; i < REPLIES; i++) {
        free(replies[i].type);
        free(replies[i].body);
    }
}

/* Write BODY gzipped to OUT and return its size. */
static inline size_t replies_pack(const char *body, size_t n, char *out, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body,
                  .avail_in = (uInt)n,
                  .next_out = (Bytef *)out};
    z.avail_out = (uInt)size;
    deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
}

/* Build a request of the operation of C; RAW: a raw request with the same method. */
static tg_request *replies_ask(const reply_case *c, bool raw)
{
    tg_error err;
    tg_request *r =
        raw ? tg_request_raw(c->op->verb, TG_TEXT("/raw"), &err) : tg_request_new(c->op, &err);
    for (const tg_field *f = raw ? NULL : c->op->params; f && f->name; f++) {
        if (f->in == TG_IN_PATH && f->type == TG_INT) tg_request_int(r, f, 7, &err);
        if (f->in == TG_IN_PATH && f->type != TG_INT) tg_request_text(r, f, TG_TEXT("1001"), &err);
    }
    return r;
}

static tg_kind replies_end(tg_client *c, tg_request *request)
{
    tg_error err = {.kind = TG_OK};
    tg_call *call = tg_call_start(c, request, NULL, &err);
    if (!call) return err.kind;
    while (!tg_call_done(call) && tg_client_step(c, 1000, NULL, 0, &err) >= 0) continue;
    tg_reply *r = tg_call_take(call, &err);
    tg_kind kind = r ? TG_OK : err.kind;
    tg_reply_free(r);
    tg_call_free(call);
    return kind;
}

static inline tg_kind replies_get(tg_client *c, size_t i, bool raw)
{
    return replies_end(c, replies_ask(&replies[i], raw));
}

/* Return whether KIND is right for a cut reply: a read fails with transport or decode, a write is
   ambiguous. A list that is requested by POST is a read as an operation, but may be a write when it
   is sent raw: there both are right. */
static inline bool replies_told(size_t i, tg_kind kind)
{
    const tg_op *op = replies[i].op;
    bool get = strcmp(op->verb, "GET") == 0, reads = get || op->effect == TG_EFFECT_NONE;
    bool missing = kind == TG_E_TRANSPORT || kind == TG_E_DECODE;
    return (reads && missing) || (!get && kind == TG_E_UNKNOWN);
}

/* Create a client. CA_FILE: the authorities to trust; NULL: those of the system. */
static tg_client *replies_client(const char *url, const tg_transport_api *api, const char *ca_file)
{
    tg_error err;
    tg_client_options o = {.base_url = url, .transport = api, .retries = -1, .ca_file = ca_file};
    o.credentials = (tg_credentials){TG_AUTH_TOKEN, "0123456789abcdef0123456789abcdef", NULL};
    tg_client *c = tg_client_new(&o, &err);
    if (c) return c;
    printf("# client: %s\n", err.message);
    exit(2);
}

#endif
