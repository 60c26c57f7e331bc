/* Pages of the sandbox's lists, and memberships through groups, compared with the whole tables. */
#include "route.h"
#include "sandbox_help.h"
#include "text.h"

/* Write the keys on a page as "a,b,c"; SQLite parses the JSON. */
static void keys_of(sb_engine *e, const char *target, char *out, size_t size)
{
    sb_exchange x;
    sqlite3_stmt *stmt = NULL;
    ask(e, &x, "GET", target, NULL);
    sqlite3_prepare_v2(e->db[SB_TRUE], "SELECT group_concat(value ->> 'id') FROM json_each(?1)", -1,
                       &stmt, NULL);
    sqlite3_bind_text(stmt, 1, x.reply.p, (int)x.reply.n, SQLITE_STATIC);
    sqlite3_step(stmt);
    const char *keys = (const char *)sqlite3_column_text(stmt, 0);
    snprintf(out, size, "%s", keys ? keys : "");
    sqlite3_finalize(stmt);
    sb_exchange_clear(&x);
}

/* Write the keys that the page should have, by LIMIT and OFFSET. */
static void expect_page(sb_engine *e, const char *rows, const char *order, int page, char *out,
                        size_t size)
{
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "SELECT group_concat(id) FROM (SELECT id FROM %s ORDER BY name %s, id %s LIMIT 4 OFFSET %d)",
        rows, order, order, (page - 1) * 4);
    sqlite3_stmt *stmt = NULL;
    sqlite3_prepare_v2(e->db[SB_TRUE], sql, -1, &stmt, NULL);
    sqlite3_step(stmt);
    const char *keys = (const char *)sqlite3_column_text(stmt, 0);
    snprintf(out, size, "%s", keys ? keys : "");
    sqlite3_finalize(stmt);
}

static void test_pages(void)
{
    static const struct {
        const char *target, *rows, *order;
    } lists[] = {
        {ORG "/users?per_page=4&page=%d", "org_users WHERE organization_id = 4300000017", "ASC"},
        {ORG "/users?per_page=4&sort_dir=desc&page=%d",
         "org_users WHERE organization_id = 4300000017", "DESC"},
        {ORG "/users?per_page=4&active_status=active&page=%d",
         "org_users WHERE organization_id = 4300000017 AND joined AND NOT inactive", "ASC"},
        {ORG "/workspaces/5200000011/workspace_users?per_page=4&page=%d",
         "workspace_users WHERE workspace_id = 5200000011", "ASC"},
    };
    char target[200], got[400], want[400];
    sb_engine *e = start(9);
    CASE("pages are those of the whole list, in any order and between changes")
    {
        for (int step = 0; step < 60; step++) {
            int page = (int)(sb_mix(5, 5, (uint64_t)step) % 8) + 1;
            if (step % 9 == 5) {
                snprintf(target, sizeof target, ORG "/users/%lld",
                         (long long)number(e, "SELECT max(id) FROM org_users WHERE joined AND"
                                              " organization_id = 4300000017 AND role_id = 3"));
                char body[60];
                snprintf(body, sizeof body, "{\"name\":\"%c %d\"}", 'A' + step % 26, step);
                CHECK(status_of(e, "PUT", target, body) == 200);
            }
            for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
                snprintf(target, sizeof target, lists[i].target, page);
                keys_of(e, target, got, sizeof got);
                expect_page(e, lists[i].rows, lists[i].order, page, want, sizeof want);
                CHECK_STR(got, want);
            }
        }
    }
    sb_engine_free(e);
}

/* Compare memberships through groups with what follows from the groups. */
static void test_groups(void)
{
    static const char astray[] =
        "SELECT count(*) FROM workspace_users m WHERE NOT direct AND NOT EXISTS(SELECT 1 FROM"
        " group_users JOIN group_workspaces w USING(group_id) WHERE org_user_id = m.org_user_id AND"
        " w.workspace_id = m.workspace_id)";
    static const char missing[] =
        "SELECT count(*) FROM group_users u JOIN group_workspaces w USING(group_id) WHERE NOT"
        " EXISTS(SELECT 1 FROM workspace_users m WHERE m.workspace_id = w.workspace_id AND"
        " m.org_user_id = u.org_user_id)";
    static const char counted[] =
        "SELECT (SELECT members FROM workspace_counts WHERE workspace_id = 5200000021) -"
        " (SELECT count(*) FROM workspace_users WHERE workspace_id = 5200000021)";
    static const struct {
        const char *method, *target, *body;
    } steps[] = {
        {"PATCH", ORG "/groups/2600000001",
         "[{\"op\":\"remove\",\"path\":\"/workspaces\",\"value\":[5200000021]}]"},
        {"PATCH", ORG "/groups/2600000004",
         "[{\"op\":\"add\",\"path\":\"/workspaces\",\"value\":[5200000021,5200000041]}]"},
        {"PUT", ORG "/groups/2600000004", "{\"name\":\"N\",\"users\":[3100000001,3100000004]}"},
        {"PATCH", ORG "/workspaces/5200000041/workspace_users", NULL},
        {"DELETE", ORG "/groups/2600000004", NULL},
    };
    char body[60];
    sb_engine *e = start(9);
    CASE("members through groups follow them, and are counted")
    {
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            int64_t member = number(e, "SELECT max(id) FROM workspace_users WHERE workspace_id ="
                                       " 5200000041");
            snprintf(body, sizeof body, "{\"delete\":[%lld]}", (long long)member);
            const char *sent = steps[i].method[0] == 'D' ? NULL : steps[i].body;
            if (!sent && steps[i].method[0] != 'D') sent = body;
            CHECK(status_of(e, steps[i].method, steps[i].target, sent) == 200);
            CHECK(number(e, astray) == 0 && number(e, missing) == 0 && number(e, counted) == 0);
        }
    }
    sb_engine_free(e);
}

int main(void)
{
    test_pages();
    test_groups();
    return check_report();
}
