/* The engine of the sandbox: no socket, no thread, the caller's clock. Linked without
   libmicrohttpd. */
#include <stdlib.h>

#include "fault.h"
#include "route.h"
#include "sandbox_help.h"
#include "script.h"

/* Return how often PART occurs in the reply. */
static int count_of(sb_engine *e, const char *target, const char *part)
{
    sb_exchange x;
    int n = 0;
    const char *at = ask(e, &x, "GET", target, NULL);
    while ((at = strstr(at, part))) {
        at += strlen(part);
        n++;
    }
    sb_exchange_clear(&x);
    return n;
}

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
    CASE("a request with a lost reply was applied")
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

/* All that depends on time uses the caller's clock. */
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
        CHECK(sb_sql_text(&t, "users.page_of", "1, ASC, 1") && !strstr(t.p, "{{"));
    }
    CASE("a piece that is missing is an error")
    {
        CHECK(!sb_sql_text(&t, "users.nothing", NULL) && !sb_sql_text(&t, "nothing.list", NULL));
    }
    sb_drop(&t);
    sb_engine_free(e);
}

/* ---------------------------------------------------------------------------------------- truths */

static int removed(sb_engine *e, const char *email)
{
    char sql[200], body[80];
    snprintf(sql, sizeof sql, "SELECT id FROM org_users WHERE email = '%s'", email);
    snprintf(body, sizeof body, "{\"delete\":[%lld]}", (long long)number(e, sql));
    return status_of(e, "PATCH", ORG "/users", body);
}

#define INVITE(EMAIL) "{\"emails\":[\"" EMAIL "\"],\"workspaces\":[{\"workspace_id\":5200000011}]}"

/* Delete the highest key of each kind: the next record must have a higher one. */
static void test_keys(void)
{
    static const struct {
        const char *kind, *sql;
    } kinds[] = {{"organization", "SELECT max(id) FROM organizations WHERE id < 1 << 53"},
                 {"organization user", "SELECT max(id) FROM org_users"},
                 {"workspace user", "SELECT max(id) FROM workspace_users"},
                 {"invitation", "SELECT max(invitation_id) FROM org_users"},
                 {"group", "SELECT max(id) FROM groups"}};
    int64_t before[5];
    char target[120];
    sb_engine *e = start(3);
    CASE("no key is given twice")
    {
        CHECK(status_of(e, "POST", ORG "/invitations", INVITE("one@example.com")) == 200);
        CHECK(status_of(e, "POST", ORG "/groups", "{\"name\":\"One\"}") == 200);
        CHECK(status_of(e, "POST", "/api/v9/organizations",
                        "{\"name\":\"One\",\"workspace_name\":\"W\"}") == 200);
        for (int i = 0; i < 5; i++) before[i] = number(e, kinds[i].sql);
        snprintf(target, sizeof target, "/api/v9/organizations/%lld/users/leave",
                 (long long)before[0]);
        CHECK(status_of(e, "DELETE", target, NULL) == 200); /* it goes with its last person */
        CHECK(removed(e, "one@example.com") == 200);
        snprintf(target, sizeof target, ORG "/groups/%lld", (long long)before[4]);
        CHECK(status_of(e, "DELETE", target, NULL) == 200);
        for (int i = 0; i < 5; i++) CHECK(number(e, kinds[i].sql) < before[i]);
        CHECK(status_of(e, "POST", ORG "/invitations", INVITE("two@example.com")) == 200);
        CHECK(status_of(e, "POST", ORG "/groups", "{\"name\":\"Two\"}") == 200);
        CHECK(status_of(e, "POST", "/api/v9/organizations",
                        "{\"name\":\"Two\",\"workspace_name\":\"W\"}") == 200);
        for (int i = 0; i < 5; i++) {
            if (number(e, kinds[i].sql) <= before[i]) printf("# %s: reused\n", kinds[i].kind);
            CHECK(number(e, kinds[i].sql) > before[i]);
        }
    }
    sb_engine_free(e);
}

/* The engine rejects a wrong type of each documented field; it accepts null and unknown fields. */
static void test_types(void)
{
    static const struct {
        const char *method, *target, *body;
        int status;
    } cases[] = {
        {"POST", ORG "/groups", "{\"name\":5}", 400},
        {"POST", ORG "/groups", "{\"name\":\"a\",\"users\":\"5\"}", 400},
        {"POST", ORG "/groups", "{\"name\":\"a\",\"users\":[1.5]}", 400},
        {"POST", ORG "/groups", "{\"name\":\"a\",\"users\":null,\"other\":{}}", 200},
        {"PATCH", ORG "/groups/2600000001", "[{\"op\":1,\"path\":\"/users\",\"value\":[1]}]", 400},
        {"PATCH", ORG "/users", "{\"delete\":[\"3100000001\"]}", 400},
        {"PATCH", ORG "/users", "{\"delete\":{}}", 400},
        {"POST", ORG "/invitations", "{\"emails\":[1],\"workspaces\":[{}]}", 400},
        {"POST", ORG "/invitations",
         "{\"emails\":[\"a@example.com\"],\"workspaces\":[{\"workspace_id\":5200000011,\"admin\":1}]}",
         400},
        {"POST", ORG "/invitations", "{\"emails\":[\"a@example.com\"],\"workspaces\":[5200000011]}",
         400},
        {"POST", ORG "/invitations",
         "{\"emails\":[\"a@example.com\"],\"skip_email\":\"yes\","
         "\"workspaces\":[{\"workspace_id\":5200000011}]}",
         400},
        {"POST", ORG "/workspaces", "{\"name\":\"w\",\"rounding\":\"1\"}", 400},
        {"POST", ORG "/workspaces", "{\"name\":\"w\",\"default_hourly_rate\":true}", 400},
        {"POST", ORG "/workspaces", "{\"name\":\"w\",\"default_hourly_rate\":12}", 200},
        {"POST", "/api/v9/organizations", "{\"name\":{},\"workspace_name\":\"w\"}", 400},
        {"PUT", ORG, "{\"name\":[\"a\"]}", 400},
        {"POST", "/api/v9/workspaces/5200000011/users/data", "[\"1\"]", 400},
        {"PATCH", ORG "/workspaces/5200000011/workspace_users", "{\"delete\":[true]}", 400},
        {"GET", "/api/v9/me/workspaces?since=soon", NULL, 403},
        {"GET", "/api/v9/me?with_related_data=1", NULL, 403},
        {"GET", ORG "/users?page=two", NULL, 400},
        {"GET", ORG "/workspaces/5200000011/workspace_users?active=2", NULL, 404},
    };
    sb_engine *e = start(3);
    CASE("a wrong type is refused")
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            int status = status_of(e, cases[i].method, cases[i].target, cases[i].body);
            if (status != cases[i].status)
                printf("# %d: %s %s\n", status, cases[i].target, cases[i].body);
            CHECK(status == cases[i].status);
        }
    }
    sb_engine_free(e);
}

/* With visible_after, no read shows a new record and operations that name it fail. */
static void test_late(void)
{
    char error[200], body[300], target[200];
    sb_engine *e = start(3);
    CASE("a new record is late for reads and writes alike")
    {
        CHECK(sb_engine_control(e, "visible_after", "5", error, sizeof error));
        CHECK(status_of(e, "POST", ORG "/groups", "{\"name\":\"New\"}") == 200);
        CHECK(status_of(e, "POST", ORG "/workspaces", "{\"name\":\"New\"}") == 200);
        int64_t group = number(e, "SELECT max(id) FROM groups");
        int64_t workspace = number(e, "SELECT max(id) FROM workspaces");
        int64_t person = number(e, "SELECT id FROM org_users WHERE role_id = 3 AND joined LIMIT 1");
        for (int later = 0; later < 2; later++, now += 6) {
            int refused = later ? 200 : 400, missing = later ? 200 : 404;
            snprintf(target, sizeof target, ORG "/groups/%lld", (long long)group);
            CHECK(status_of(e, "PUT", target, "{\"name\":\"New\"}") == missing);
            snprintf(body, sizeof body,
                     "[{\"op\":\"add\",\"path\":\"/workspaces\",\"value\":[%lld]}]",
                     (long long)workspace);
            CHECK(status_of(e, "PATCH", target, body) == missing);
            snprintf(target, sizeof target, ORG "/users/%lld", (long long)person);
            snprintf(body, sizeof body, "{\"groups\":[%lld]}", (long long)group);
            CHECK(status_of(e, "PUT", target, body) == refused);
            snprintf(body, sizeof body, "{\"workspaces\":[{\"workspace_id\":%lld}]}",
                     (long long)workspace);
            CHECK(status_of(e, "PUT", target, body) == refused);
            snprintf(body, sizeof body,
                     "{\"emails\":[\"l@example.com\"],\"workspaces\":[{\"workspace_id\":%lld}]}",
                     (long long)workspace);
            CHECK(status_of(e, "POST", ORG "/invitations", body) == refused);
            snprintf(target, sizeof target, "/api/v9/workspaces/%lld/users", (long long)workspace);
            CHECK(status_of(e, "GET", target, NULL) == (later ? 200 : 403));
        }
    }
    CASE("so is a person who was invited")
    {
        CHECK(status_of(e, "POST", ORG "/invitations", INVITE("fresh@example.com")) == 200);
        int64_t person = number(e, "SELECT max(id) FROM org_users");
        snprintf(target, sizeof target, ORG "/users/%lld", (long long)person);
        CHECK(status_of(e, "PUT", target, "{\"role_id\":2}") == 400);
        CHECK(removed(e, "fresh@example.com") == 400);
        now += 6;
        CHECK(status_of(e, "PUT", target, "{\"role_id\":2}") == 200);
        CHECK(removed(e, "fresh@example.com") == 200);
    }
    CASE("what was deleted is refused, and still seen for a while")
    {
        sb_exchange x;
        CHECK(sb_engine_control(e, "gone_after", "5", error, sizeof error));
        CHECK(status_of(e, "DELETE", ORG "/groups/2600000002", NULL) == 200);
        CHECK(status_of(e, "DELETE", ORG "/groups/2600000002", NULL) == 404);
        CHECK(strstr(ask(e, &x, "GET", ORG "/groups", NULL), "2600000002") != NULL);
        sb_exchange_clear(&x);
        now += 6;
        CHECK(strstr(ask(e, &x, "GET", ORG "/groups", NULL), "2600000002") == NULL);
        sb_exchange_clear(&x);
    }
    sb_engine_free(e);
}

static void test_rules(void)
{
    char error[200], target[200];
    sb_engine *e = start(3);
    sb_exchange x;
    CASE("the payer is a person of their own, and everything that names one names that one")
    {
        int64_t payer = number(e, "SELECT user_id FROM org_users WHERE paying AND organization_id ="
                                  " 4300000017");
        char named[60];
        CHECK(payer != number(e, "SELECT admin FROM sandbox"));
        snprintf(named, sizeof named, "\"toggl_user_id\":%lld", (long long)payer);
        CHECK(strstr(ask(e, &x, "GET", ORG "/subscription/customer", NULL), named) != NULL);
        sb_exchange_clear(&x);
        snprintf(named, sizeof named, "\"creator_id\":%lld", (long long)payer);
        CHECK(strstr(ask(e, &x, "GET", ORG "/subscription", NULL), named) != NULL);
        sb_exchange_clear(&x);
    }
    CASE("a free plan holds five people")
    {
        CHECK(sb_engine_control(e, "plan", "free", error, sizeof error));
        CHECK(status_of(e, "POST", ORG "/invitations", INVITE("six@example.com")) == 400);
        int64_t idle = number(e, "SELECT id FROM org_users WHERE inactive AND joined LIMIT 1");
        snprintf(target, sizeof target, ORG "/users/%lld", (long long)idle);
        CHECK(status_of(e, "PUT", target, "{\"inactive\":false}") == 400);
        CHECK(sb_engine_control(e, "plan", "none", error, sizeof error));
        CHECK(status_of(e, "PUT", target, "{\"inactive\":false}") == 200);
    }
    CASE("what old clients ask for is served")
    {
        static const char *const nulls[] = {"csv_upload", "server_deleted_at", "subscription",
                                            "suspended_at"};
        int all = count_of(e, "/api/v9/workspaces", "\"premium\":");
        CHECK(all > 3);
        CHECK(count_of(e, "/api/v9/workspaces", "\"default_hourly_rate\":") == all);
        for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++) {
            char part[40];
            snprintf(part, sizeof part, "\"%s\":null", nulls[i]);
            CHECK(count_of(e, "/api/v9/workspaces", part) == all);
        }
        CHECK(count_of(e, "/api/v9/workspaces?since=4000000000", "\"id\"") == 0);
        CHECK(status_of(e, "GET", "/api/v9/workspaces/5200000011/workspace_users", NULL) == 200);
    }
    sb_engine_free(e);
}

int main(void)
{
    test_calls();
    test_clock();
    test_repeatable();
    test_scripts();
    test_keys();
    test_types();
    test_late();
    test_rules();
    return check_report();
}
