/* join FILE USERS MEMBERSHIPS GROUPS MEMBERS COUNT: join plain tables of so many rows, with
   indexes; create them in FILE if it has none. Print CPU seconds for one query. */
#include "tables.h"

static const char MAKE[] =
    "BEGIN; CREATE TABLE users(organization_user_id INTEGER PRIMARY KEY, user_id INT, name TEXT,"
    " email TEXT); CREATE INDEX by_account ON users(user_id);"
    "CREATE TABLE memberships(workspace_user_id INTEGER PRIMARY KEY, organization_user_id INT,"
    " workspace_id INT); CREATE INDEX by_user ON memberships(organization_user_id);"
    "CREATE TABLE groups(group_id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE group_members(group_id INT, user_id INT);"
    "CREATE INDEX by_member ON group_members(user_id);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)"
    " INSERT INTO users SELECT i, 1000000 + i, 'Name ' || i, 'name' || i || '@example.com' FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)"
    " INSERT INTO memberships SELECT i, i %% %d, i %% 4 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)"
    " INSERT INTO groups SELECT i, 'Team ' || i FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d - 1)"
    " INSERT INTO group_members SELECT i %% %d, 1000000 + i %% %d FROM n; COMMIT; ANALYZE";

static const char QUERY[] =
    "SELECT count(*) FROM users JOIN memberships USING (organization_user_id) JOIN group_members m"
    " ON m.user_id = users.user_id JOIN groups USING (group_id)";

int main(int argc, char **argv)
{
    char sql[sizeof MAKE + 200];
    sqlite3_stmt *st = NULL;
    if (argc != 7) return yard_fail("usage: join FILE USERS MEMBERSHIPS GROUPS MEMBERS COUNT");
    int n[4];
    for (int i = 0; i < 4; i++) n[i] = atoi(argv[i + 2]);
    snprintf(sql, sizeof sql, MAKE, n[0], n[1], n[0], n[2], n[3], n[2], n[0]);
    sqlite3 *db = tables_open(argv[1], "PRAGMA journal_mode = WAL");
    if (sqlite3_prepare_v2(db, QUERY, -1, &st, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        db = tables_open(argv[1], sql);
        sqlite3_prepare_v2(db, QUERY, -1, &st, NULL);
    }
    return tables_time(db, st, atoi(argv[6]));
}
