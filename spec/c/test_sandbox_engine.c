/* The sandbox as a function: no socket, no thread, the clock of the caller. Linked without
   libmicrohttpd. */
#include <stdlib.h>

#include "check.h"
#include "engine.h"
#include "fault.h"
#include "route.h"
#include "script.h"
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

/* The reply's body, which lives in x, for the administrator. */
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

static void test_calls(void)
{
    sb_engine *e = start(7);
    sb_exchange x;
    CASE("a request is answered")
    {
        CHECK_STR(ask(e, &x, "GET", "/api/v9/me/id", NULL), "3100000015");
        CHECK(x.status == 200 && strcmp(x.reply_type, "application/json; charset=utf-8") == 0);
        sb_exchange_clear(&x);
        CHECK(status_of(e, "GET", "/api/v9/nothing", NULL) == 404);
        CHECK(status_of(e, "PATCH", "/api/v9/me", NULL) == 405);
        CHECK(status_of(e, "GET", "/elsewhere", NULL) == 404);
    }
    CASE("without credentials, and with wrong ones")
    {
        sb_request r = {.method = "GET", .target = "/api/v9/me"};
        CHECK(sb_engine_call(e, &r, &x) && x.status == 403);
        sb_exchange_clear(&x);
        r.user = "0123456789abcdef", r.password = "api_token";
        CHECK(sb_engine_call(e, &r, &x) && x.status == 403);
        sb_exchange_clear(&x);
    }
    CASE("a change is seen by the next request, and noted")
    {
        CHECK(status_of(e, "POST", ORG "/groups", "{\"name\":\"Crew\"}") == 200);
        CHECK(strstr(ask(e, &x, "GET", ORG "/groups?name=Crew", NULL), "\"name\":\"Crew\""));
        sb_exchange_clear(&x);
        CHECK(sb_engine_requests(e, NULL, NULL) == 7);
    }
    CASE("what is lost was carried out")
    {
        char error[200];
        CHECK(sb_engine_control(e, "fault", "commit-then-drop:1", error, sizeof error));
        ask(e, &x, "POST", ORG "/groups", "{\"name\":\"Lost\"}");
        CHECK(sb_fault_drops(&x));
        sb_exchange_clear(&x);
        CHECK(status_of(e, "POST", ORG "/groups", "{\"name\":\"Lost\"}") == 400);
    }
    sb_engine_free(e);
}

/* Everything that depends on time goes by the caller's clock. */
static void test_clock(void)
{
    char error[200];
    sb_engine *e = start(7);
    CHECK(sb_engine_control(e, "plan", "free", error, sizeof error));
    CASE("a window of quota ends by the clock")
    {
        CHECK(sb_engine_control(e, "quota", "2", error, sizeof error));
        CHECK(status_of(e, "GET", ORG, NULL) == 200 && status_of(e, "GET", ORG, NULL) == 200);
        CHECK(status_of(e, "GET", ORG, NULL) == 402);
        now += 3600;
        CHECK(status_of(e, "GET", ORG, NULL) == 200);
    }
    sb_engine_free(e);
}

static void test_repeatable(void)
{
    static const char *const targets[] = {"/api/v9/me?with_related_data=true", ORG "/users",
                                          ORG "/groups", ORG "/subscription",
                                          "/api/v9/me/workspaces"};
    sb_engine *one = start(11), *same = start(11), *other = start(12);
    CASE("the same seed and clock give the same bytes, another seed others")
    {
        int equal = 0, different = 0;
        for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
            sb_exchange a, b, c;
            ask(one, &a, "GET", targets[i], NULL);
            ask(same, &b, "GET", targets[i], NULL);
            ask(other, &c, "GET", targets[i], NULL);
            equal += a.reply.n == b.reply.n && memcmp(a.reply.p, b.reply.p, a.reply.n) == 0;
            different += a.reply.n != c.reply.n || memcmp(a.reply.p, c.reply.p, a.reply.n) != 0;
            sb_exchange_clear(&a);
            sb_exchange_clear(&b);
            sb_exchange_clear(&c);
        }
        CHECK(equal == 5 && different >= 3);
    }
    sb_engine_free(one);
    sb_engine_free(same);
    sb_engine_free(other);
}

static bool prepares(sqlite3 *db, const char *script)
{
    sb_text sql = {0};
    bool ok = sb_sql_text(&sql, script, NULL);
    for (const char *rest = sql.p; ok && *rest;) {
        sqlite3_stmt *stmt = NULL;
        ok = sqlite3_prepare_v2(db, rest, -1, &stmt, &rest) == SQLITE_OK;
        sqlite3_finalize(stmt);
    }
    if (!ok) printf("# %s: %s\n", script, sqlite3_errmsg(db));
    sb_drop(&sql);
    return ok;
}

static void test_scripts(void)
{
    sb_engine *e = start(1);
    sb_text t = {0};
    CASE("every operation has a script that SQLite can prepare")
    {
        int routes = 0;
        for (const sb_route *r = sb_routes; r->method; r++, routes++)
            CHECK(prepares(e->db[SB_TRUE], r->script));
        CHECK(routes >= 68);
    }
    CASE("arguments take the places of parameters; the last takes the rest")
    {
        CHECK(sb_sql_text(&t, "late.hidden", "groups, id, org, a, b"));
        CHECK(t.p && strstr(t.p, "main.fresh_groups f") && strstr(t.p, "f.b = a, b.org"));
        t.n = 0;
        CHECK(sb_sql_text(&t, "users.page", "ASC, asc") && !strstr(t.p, "{{"));
    }
    CASE("a piece that is missing is an error")
    {
        CHECK(!sb_sql_text(&t, "users.nothing", NULL) && !sb_sql_text(&t, "nothing.list", NULL));
    }
    sb_drop(&t);
    sb_engine_free(e);
}

int main(void)
{
    test_calls();
    test_clock();
    test_repeatable();
    test_scripts();
    return check_report();
}
