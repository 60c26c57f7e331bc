/* The requests that most tests of a client make. */
#ifndef ASK_H
#define ASK_H

#include "json.h"
#include "request.h"

static inline tg_request *ask(const char *name, int64_t organization)
{
    tg_error err;
    const tg_op *op = tg_op_find(name);
    tg_request *r = tg_request_new(op, &err);
    if (organization) tg_request_int(r, &op->params[0], organization, &err);
    return r;
}

static inline tg_request *ask_to_delete(void)
{
    tg_error err;
    tg_request *r = ask("delete_organization_group", 7);
    tg_request_int(r, &r->op->params[1], 9, &err);
    return r;
}

static inline tg_request *ask_to_create(void)
{
    tg_request *r = ask("post_organization_group", 7);
    tg_writer *w = tg_request_body(r);
    tg_write_object(w);
    tg_write_key(w, TG_TEXT("name"));
    tg_write_text(w, TG_TEXT("Engineering"));
    tg_write_end(w);
    return r;
}

#endif
