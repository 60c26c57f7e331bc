/* SQL over stored replies: what the views show, and what a query cannot reach through them. */
#include <math.h>
#include <sqlite3.h>

#include "buf.h"
#include "cache_help.h"
#include "check.h"
#include "scratch.h"

#define ANN                                                                                        \
    "{\"id\":11,\"user_id\":1,\"name\":\"Ann\",\"email\":\"ann@acme.test\",\"admin\":true,"        \
    "\"invitation_code\":\"hush\",\"workspaces\":[{\"workspace_user_id\":111,\"workspace_id\":5,"  \
    "\"admin\":false},"                                                                            \
    "{\"workspace_user_id\":112,\"workspace_id\":6}],\"groups\":[{\"group_id\":9,\"name\":"        \
    "\"Eng\"}]}"
#define BO                                                                                         \
    "{\"id\":12,\"user_id\":null,\"fullname\":\"Bo\",\"email\":\"bo@acme.test\",\"joined\":false}"
#define BIG "{\"id\":9007199254740993,\"name\":\"Big\"}"

static void fill(tg_cache *c)
{
    int64_t s = tg_cache_stamp(c, NULL);
    put_at(c, "a", "get_organization_users", "/1/users", "users:1", s, NOW, "[" ANN "," BO "]", 1);
    put_at(c, "a", "get_organization_users", "/1/users?page=2", "users:1", s, NOW - 9,
           "[{\"id\":12,\"name\":\"Old Bo\"}]", 1);
    put_at(c, "a", "get_organizations", "/me", "organizations", s, NOW, "[" BIG "]", 0);
    put_at(c, "a", "get_organization_groups", "/1/groups", "groups:1", s, NOW,
           "[{\"group_id\":9,\"name\":\"Eng\",\"users\":[{\"user_id\":1,\"name\":\"Ann\"},{\"user_"
           "id\":2}],"
           "\"workspaces\":[5]}]",
           1);
    put_at(c, "a", "get_organization_workspaces_groups", "/1/5/groups", "groups:1", s, NOW, "null",
           1);
    put_at(c, "a", "get_organization_roles", "/1/roles", "x", s, NOW,
           "[{\"role_id\":1,\"organization_id\":null},{\"role_id\":2,\"organization_id\":1},{"
           "\"role_id\":3}]",
           1);
    put_at(
        c, "odd", "get_organization_users", "/1/users", "users:1", s, NOW,
        "[{\"id\":1,\"user_id\":\"7\",\"admin\":\"true\"},{\"id\":2,\"user_id\":5.0,\"admin\":"
        "\"0\"},"
        "{\"id\":3,\"user_id\":\"x\",\"admin\":\"maybe\"},{\"id\":4,\"user_id\":1.5,\"admin\":2},"
        "{\"id\":5,\"user_id\":\"9007199254740993\",\"admin\":1},"
        "{\"id\":6,\"user_id\":18446744073709551617,\"admin\":false}]",
        1);
    put_at(c, "b", "get_organization_users", "/1/users", "users:1", s, NOW,
           "[{\"id\":99,\"name\":\"Eve\"}]", 1);
}

/* Return all rows in one line, columns separated by commas and rows by semicolons, or the error. */
static const char *query(tg_cache *c, const char *account, const char *sql)
{
    static char out[1000];
    size_t n = 0;
    sqlite3_stmt *st = tg_cache_sql(c, account, sql, strlen(sql), &err);
    if (!st) return err.message;
    out[0] = '\0';
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            const char *s = (const char *)sqlite3_column_text(st, i);
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s",
                                  i   ? ","
                                  : n ? ";"
                                      : "",
                                  s ? s : "-");
        }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? out : "failed";
}

static void views(tg_cache *c)
{
    static const struct {
        const char *sql, *want;
    } rows[] = {
        {"SELECT id, user_id, name, email, admin, organization_id FROM users ORDER BY id",
         "11,1,Ann,ann@acme.test,1,1;12,-,Bo,bo@acme.test,-,1"},
        {"SELECT count(*) FROM users", "2"},
        {"SELECT id, name, organization_id, typeof(id) FROM organizations",
         "9007199254740993,Big,9007199254740993,integer"},
        {"SELECT user_id, organization_user_id, workspace_user_id, workspace_id, admin, "
         "organization_id FROM "
         "memberships",
         "1,11,111,5,0,1;1,11,112,6,-,1"},
        {"SELECT u.name, m.workspace_id FROM users u JOIN memberships m USING (user_id) WHERE "
         "m.workspace_id = 6",
         "Ann,6"},
        {"SELECT group_id, user_id, name FROM group_members", "9,1,Ann;9,2,-"},
        {"SELECT group_id, name, workspaces, organization_id FROM groups", "9,Eng,[5],1"},
        {"SELECT user_id, group_id, name FROM user_groups", "1,9,Eng"},
        {"SELECT role_id, organization_id FROM roles", "1,-;2,1;3,1"},
        {"SELECT reply_at = 1.7e9 FROM organizations", "1"},
        {"SELECT id FROM users WHERE email = 'bo@acme.test'", "12"},
        {"SELECT id FROM users WHERE email = 'BO@acme.test'", ""},
        {"SELECT id FROM users WHERE email = 'BO@acme.test' COLLATE NOCASE", "12"},
        {"SELECT name FROM users WHERE id = '11'", "Ann"},
        {"SELECT name FROM users WHERE id = 11.0", "Ann"},
        {"SELECT name FROM users WHERE id = 11.5 OR id = 'x' OR id = NULL", ""},
        {"SELECT name FROM users WHERE id IN (12, 11, 13) ORDER BY id", "Ann;Bo"},
        {"SELECT name FROM users WHERE id > 11", "Bo"},
        {"SELECT count(*) FROM users WHERE user_id IS NULL", "1"},
        {"SELECT id FROM users WHERE name = 5", ""},
        {"SELECT id FROM users WHERE name >= 'Ann' AND name < 'Anz'", "11"},
        {"SELECT id FROM users WHERE name > 'Ann'", "12"},
        {"SELECT id FROM users WHERE name <= 'Ann'", "11"},
        {"SELECT id FROM users WHERE name BETWEEN 'A' AND 'Z' ORDER BY name DESC", "12;11"},
        {"SELECT count(*) FROM users WHERE name >= 5 AND name < x'00'", "2"},
        {"SELECT count(*) FROM users WHERE name > NULL", "0"},
        {"SELECT json ->> '$.joined' FROM users WHERE id = 12", "0"},
        {"SELECT json FROM user_groups", "{\"group_id\":9,\"name\":\"Eng\"}"},
        {"SELECT a.id, b.id FROM users a JOIN users b ON a.name > b.name", "12,11"},
        {"WITH admins AS (SELECT * FROM users WHERE admin) SELECT name FROM admins;  -- all",
         "Ann"},
        {"WITH x AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT count(*) FROM x", "2"},
        {"SELECT value FROM json_each('[1,2]')", "1;2"},
        {"SELECT count(*) FROM workspaces", "0"},
        {"SELECT count(*) FROM workspace_users", "0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CASE(rows[i].sql) CHECK_STR(query(c, "a", rows[i].sql), rows[i].want);
    CASE("another account sees its own") CHECK_STR(query(c, "b", "SELECT name FROM users"), "Eve");
    CASE("and back") CHECK_STR(query(c, "a", "SELECT name FROM users WHERE id = 11"), "Ann");
    CASE("values as their type, as records have them; what cannot be read so is NULL, and the "
         "others are there")
    {
        CHECK_STR(query(c, "odd", "SELECT id, user_id, admin FROM users ORDER BY id"),
                  "1,7,1;2,5,0;3,-,-;4,-,-;5,9007199254740993,1;6,-,0");
        CHECK_STR(query(c, "odd",
                        "SELECT DISTINCT typeof(user_id) FROM users WHERE user_id IS NOT NULL"),
                  "integer");
        CHECK_STR(query(c, "odd", "SELECT id FROM users WHERE admin ORDER BY id"), "1;5");
    }
    CASE("no secrets")
    {
        CHECK(strstr(query(c, "a", "SELECT invitation_code FROM users"), "no such column"));
        CHECK(!strstr(query(c, "a", "SELECT * FROM users"), "hush"));
        CHECK(!strstr(query(c, "a", "SELECT json FROM users"), "hush"));
    }
}

typedef struct page_reply {
    const char *args, *counts, *body; /* counts: name=value, space-separated */
    double at;                        /* seconds after NOW */
} page_reply;

static void put_page(tg_cache *c, const page_reply *r)
{
    char headers[200];
    int64_t place[2] = {1, 0};
    snprintf(headers, sizeof headers, "%s", r->counts);
    for (char *s = headers; *s; s++)
        if (*s == '=' || *s == ' ') *s = '\0';
    tg_stored s = {.status = 200,
                   .at = NOW + r->at,
                   .text = (char *)(uintptr_t)r->body,
                   .text_n = strlen(r->body)};
    s.headers = headers;
    s.headers_n = strlen(r->counts) + 1;
    CHECK(tg_cache_put(c, "a", "get_organization_users", text_of(r->args), place, "users:1",
                       tg_cache_stamp(c, NULL), &s, &err));
}

#define P1     "/1/users?page=1&per_page=2"
#define P2     "/1/users?page=2&per_page=2"
#define P3     "/1/users?page=3&per_page=2"
#define TWO    "[{\"id\":1},{\"id\":2}]"
#define NEXT   "[{\"id\":3},{\"id\":4}]"
#define TWICE  "[{\"id\":2},{\"id\":3}]"
#define ONE    "[{\"id\":1}]"
#define LAST   "[{\"id\":3}]"
#define COUNTS "x-page-size=2 x-pages=2 x-records=3"

/* Whether the views show a record that only an older reply has, by the replies stored since. */
static void whole_lists(void)
{
    static const struct {
        const char *name, *left;
        page_reply pages[3];
    } rows[] = {
        {"all pages",
         "1,2,3",
         {{P1, "x-page=1 " COUNTS, TWO, 0}, {P2, "x-page=2 " COUNTS, LAST, 1}}},
        {"all pages, counts alone",
         "1,2,3",
         {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=2", LAST, 1}}},
        {"a full last page", "1,2,3,4", {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=2", NEXT, 1}}},
        {"one short page", "1", {{P1, "etag=x", ONE, 0}}},
        {"a page that is missing", "1,2,9", {{P1, COUNTS, TWO, 0}}},
        {"one full page, without counts", "1,2,9", {{P1, "etag=x", TWO, 0}}},
        {"X-Pages 0 of a page with records", "1,2,9", {{P1, "x-pages=0", TWO, 0}}},
        {"X-Pages that is not a number", "1,2,9", {{P1, "x-pages=many", TWO, 0}}},
        {"X-Pages below 0", "1,2,9", {{P1, "x-pages=-1", TWO, 0}}},
        {"X-Pages 1 with more X-Records", "1,2,9", {{P1, "x-pages=1 x-records=3", TWO, 0}}},
        {"X-Pages that differ", "1,2,3,9", {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=3", LAST, 1}}},
        {"X-Pages that is not a number in one of them",
         "1,2,3,9",
         {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=?", LAST, 1}}},
        {"X-Records that differ", "1,2,3,9", {{P1, COUNTS, TWO, 0}, {P2, "x-records=4", LAST, 1}}},
        {"X-Page-Size that differs",
         "1,2,3,9",
         {{P1, COUNTS, TWO, 0}, {P2, "x-page-size=3", LAST, 1}}},
        {"fewer records than are counted",
         "1,3,4,9",
         {{P1, COUNTS, ONE, 0}, {P2, COUNTS, NEXT, 1}}},
        {"a short page in the middle",
         "1,3,4,9",
         {{P1, "x-pages=2 x-page-size=2", ONE, 0}, {P2, "x-pages=2", NEXT, 1}}},
        {"an empty last page", "1,2,9", {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=2", "[]", 1}}},
        {"a key in two pages", "1,2,3,9", {{P1, "x-pages=2", TWO, 0}, {P2, "x-pages=2", TWICE, 1}}},
        {"another page under its number",
         "1,2,3,9",
         {{P1, COUNTS, TWO, 0}, {P2, "x-page=3 " COUNTS, LAST, 1}}},
        {"pages far apart", "1,2,3,9", {{P1, COUNTS, TWO, 0}, {P2, COUNTS, LAST, 400}}},
        {"a page behind the last",
         "1,2,3,9",
         {{P1, "x-pages=1", TWO, 0}, {P2, "x-pages=1", LAST, 1}}},
        {"an older page behind the last",
         "1,2",
         {{P1, "x-pages=1", TWO, 0}, {P2, "x-pages=2", LAST, -1}}},
        {"all pages, one of them older", "1,2,3", {{P1, COUNTS, TWO, 200}, {P2, COUNTS, LAST, 1}}},
        {"a count that shrinks",
         "1,2,3,4,9",
         {{P1, "x-pages=3", TWO, 0}, {P2, "x-pages=3", NEXT, 1}, {P3, "x-pages=2", "[]", 1}}},
    };
    static const page_reply before = {"/1/users?filter=x", "etag=x", "[{\"id\":9}]", -100};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CASE(rows[i].name)
        {
            tg_cache *c = tg_cache_open(":memory:", warning, &err);
            put_page(c, &before);
            for (size_t p = 0; p < 3 && rows[i].pages[p].args; p++) put_page(c, &rows[i].pages[p]);
            CHECK_STR(query(c, "a",
                            "SELECT group_concat(id) FROM (SELECT id FROM users ORDER BY id)"),
                      rows[i].left);
            tg_cache_close(c);
        }
}

static void forbidden(tg_cache *c)
{
    static const char *const rows[] =
        {"SELECT * FROM replies",
         "SELECT * FROM main.replies",
         "SELECT count(*) FROM main.replies",
         "SELECT count(*) FROM replies",
         "SELECT count(*) FROM Tags",
         "SELECT count(*) FROM row_lists",
         "SELECT value FROM row_terms",
         "SELECT 1 FROM drops",
         "WITH users AS (SELECT * FROM main.replies) SELECT * FROM users",
         "WITH groups AS (SELECT text FROM replies) SELECT * FROM groups",
         "SELECT (SELECT text FROM main.replies)",
         "SELECT * FROM sqlite_schema",
         "SELECT * FROM temp.sqlite_schema",
         "SELECT name FROM sqlite_temp_master",
         "SELECT * FROM pragma_table_list",
         "SELECT count(*) FROM pragma_database_list",
         "SELECT * FROM dbstat",
         "SELECT * FROM sqlite_dbpage",
         "PRAGMA user_version",
         "PRAGMA query_only = 0",
         "ATTACH '/tmp/x.db' AS x",
         "ATTACH ':memory:' AS x",
         "DETACH temp",
         "DELETE FROM replies",
         "INSERT INTO users(name) VALUES ('x')",
         "UPDATE users SET name = 'x'",
         "CREATE TABLE t(n)",
         "CREATE TEMP TABLE t(n)",
         "CREATE TEMP VIEW v AS SELECT 1",
         "DROP VIEW users",
         "BEGIN",
         "COMMIT",
         "VACUUM INTO '/tmp/x.db'",
         "ANALYZE",
         "REINDEX",
         "EXPLAIN SELECT * FROM users",
         "EXPLAIN QUERY PLAN SELECT * FROM users",
         "SELECT 1; SELECT 2",
         "SELECT 1; DELETE FROM replies",
         "",
         "  -- nothing",
         "SELECT load_extension('x')",
         "SELECT fts3_tokenizer('x')",
         "SELEC 1",
         "SELECT nothing FROM users"};
    int64_t stamp = tg_cache_stamp(c, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CASE(*rows[i] ? rows[i] : "no SQL at all")
        {
            sqlite3_stmt *st = tg_cache_sql(c, "a", rows[i], strlen(rows[i]), &err);
            CHECK(!st && err.kind == TG_E_INVALID && strncmp(err.message, "SQL: ", 5) == 0);
            if (st) printf("# %d %s\n", sqlite3_step(st), (const char *)sqlite3_column_text(st, 0));
            sqlite3_finalize(st);
        }
    CASE("a NUL in it") CHECK(!tg_cache_sql(c, "a", "SELECT 1\0; x", 12, &err));
    CASE("nothing was changed")
    CHECK(tg_cache_stamp(c, NULL) == stamp && access("/tmp/x.db", F_OK) != 0);
}

static const char *join_names(const tg_names *found)
{
    static char out[1000];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < found->n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i ? ";" : "",
                              (int)found->items[i].n, found->items[i].p);
    return out;
}

static void names(tg_cache *c)
{
    static const struct {
        const char *prefix, *want;
        int64_t organization;
    } rows[] = {
        {"", "Ann;Bo;Zo\u00eb \"Z\";Zo\u00eb!;ann@acme.test;bo@acme.test", 0},
        {"", "Ann;Bo;ann@acme.test;bo@acme.test", 1},
        {"A", "Ann", 1},
        {"Ann", "Ann", 0},
        {"Anna", "", 0},
        {"Zo\u00eb", "Zo\u00eb \"Z\";Zo\u00eb!", 2},
        {"Zo\u00eb", "", 1},
        {"~", "", 0},
    };
    tg_names found;
    put_at(c, "a", "get_organization_users", "/2/users", "users:2", tg_cache_stamp(c, NULL), NOW,
           "[{\"id\":21,\"name\":\"Zo\\u00eb!\"},{\"id\":22,\"name\":\"Zo\\u00eb \\\"Z\\\"\"},"
           "{\"id\":23,\"name\":\"Zo\\u00eb!\",\"email\":null}]",
           2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tg_names_wanted w = {.places = {{"known_users", "name"}, {"known_users", "email"}},
                             .n = 2,
                             .organization = rows[i].organization,
                             .prefix = {rows[i].prefix, strlen(rows[i].prefix)}};
        found = (tg_names){0};
        CASE(rows[i].prefix) CHECK(tg_cache_names(c, "a", &w, &found, &err));
        CHECK_STR(join_names(&found), rows[i].want);
        tg_names_clear(&found);
    }
    static const tg_names_place wrong[] = {{"users", "id"}, {"users", "x"}, {"x", "name"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tg_names_wanted w = {.places = {wrong[i]}, .n = 1, .prefix = {"", 0}};
        found = (tg_names){0};
        CHECK(!tg_cache_names(c, "a", &w, &found, &err) && err.kind == TG_E_INVALID);
        tg_names_clear(&found);
    }
    CHECK(tg_cache_drop(c, "a", "users:2", 0, &err));
}

static void sql(const char *path)
{
    tg_cache *c = tg_cache_open(path, warning, &err);
    fill(c);
    views(c);
    forbidden(c);
    names(c);
    CASE("what was dropped is not seen, also by a statement made before")
    {
        sqlite3_stmt *st = tg_cache_sql(c, "a", "SELECT count(*) FROM users", 26, &err);
        CHECK(tg_cache_drop(c, "a", "users:1", 0, &err));
        CHECK(st && sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int(st, 0) == 0);
        sqlite3_finalize(st);
        CHECK_STR(query(c, "a", "SELECT name FROM known_users WHERE id < 20 ORDER BY id"),
                  "Ann;Bo");
    }
    CASE("a statement left open does not hold back what others read")
    {
        sqlite3_stmt *st = tg_cache_sql(c, "a", "SELECT name FROM group_members", 30, &err);
        CHECK(st && sqlite3_step(st) == SQLITE_ROW);
        CHECK(put(c, "/n", "t", "[1]") && has(c, "/n", "[1]"));
        CHECK(tg_cache_drop(c, "a", "t", 0, &err) && !has(c, "/n", "[1]"));
        CHECK(sqlite3_step(st) == SQLITE_ROW && sqlite3_step(st) == SQLITE_DONE);
        sqlite3_finalize(st);
    }
    CASE("a statement outlives its cache")
    {
        sqlite3_stmt *st = tg_cache_sql(c, "a", "SELECT 3", 8, &err);
        tg_names found = {0};
        tg_names_wanted w = {.places = {{"known_users", "name"}}, .n = 1, .prefix = {"B", 1}};
        CHECK(tg_cache_names(c, "a", &w, &found, &err));
        tg_cache_close(c);
        CHECK(st && sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int(st, 0) == 3);
        sqlite3_finalize(st);
        CHECK_STR(join_names(&found), "Bo");
        tg_names_clear(&found);
    }
}

/* Return the steps of SQLite's VM for joining COUNT people with their memberships. */
static int join_steps(int count)
{
    static const char sql[] =
        "SELECT count(*) FROM users JOIN memberships USING (organization_user_id)";
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    tg_buf text;
    tg_buf_init(&text, 1 << 20);
    for (int i = 0; i < count; i++)
        tg_buf_printf(&text, "%s{\"id\":%d,\"workspaces\":[{\"workspace_id\":5}]}", i ? "," : "[",
                      i + 1);
    tg_buf_puts(&text, "]");
    put_at(c, "a", "get_organization_users", "/1/users", "users:1", tg_cache_stamp(c, NULL), NOW,
           text.p, 1);
    sqlite3_stmt *st = tg_cache_sql(c, "a", sql, sizeof sql - 1, &err);
    CHECK(st && sqlite3_step(st) == SQLITE_ROW);
    CHECK(sqlite3_column_int(st, 0) == count);
    int steps = sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 0);
    sqlite3_finalize(st);
    tg_buf_clear(&text);
    tg_cache_close(c);
    return steps;
}

/* A nested scan would take four times the steps for twice the people. */
static void joins_by_index(void)
{
    CASE("a join compares no pair of records")
    CHECK(join_steps(600) < 3 * join_steps(300));
}

int main(void)
{
    scratch_begin();
    sql(":memory:");
    sql(scratch_path("c/sql.db"));
    whole_lists();
    joins_by_index();
    scratch_end();
    return check_report();
}
