/* A sandbox's engine at a clock of the test, and requests to it. */
#ifndef SANDBOX_HELP_H
#define SANDBOX_HELP_H

#include <stdlib.h>

#include "check.h"
#include "engine.h"
#include "state.h"

static double now = 1700000000;

static double clock_of(void *to)
{
    return *(double *)to;
}

static sb_engine *start(uint64_t seed)
{
    char error[300];
    sb_engine_options o = {.people = 30, .seed = seed, .clock = clock_of, .clock_data = &now};
    sb_engine *e = sb_engine_new(&o, error, sizeof error);
    if (!e) printf("# %s\n", error);
    return e;
}

/* Send a request as the administrator. Return the body of the reply, owned by X. */
static const char *ask(sb_engine *e, sb_exchange *x, const char *method, const char *target,
                       const char *body)
{
    char token[64];
    CHECK(sb_engine_secret(e, NULL, "token", token, sizeof token));
    sb_request r = {.method = method, .target = target, .user = token, .password = "api_token"};
    r.body = body;
    r.body_size = body ? strlen(body) : 0;
    r.type = body ? "application/json" : NULL;
    CHECK(sb_engine_call(e, &r, x));
    return x->reply.p ? x->reply.p : "";
}

static int status_of(sb_engine *e, const char *method, const char *target, const char *body)
{
    sb_exchange x;
    ask(e, &x, method, target, body);
    int status = x.status;
    sb_exchange_clear(&x);
    return status;
}

#define ORG "/api/v9/organizations/4300000017"

static int64_t number(sb_engine *e, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(e->db[SB_TRUE], sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

#endif
