/*
** The tables, and the people that a new sandbox starts with.
**
** Times are UNIX seconds. `visible` is when a new thing begins to be seen. One person has up to
** four keys: the account, the organization user, one workspace user per workspace, and an
** invitation while not joined. All four come from the same run of numbers in the first
** organization, each shifted, so that taking one kind for another hits another person.
*/
#include "private.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

const char sb_schema[] =
    "CREATE TABLE plans(handle TEXT PRIMARY KEY, id INT, name TEXT, cents INT, quota INT);\n"
    "CREATE TABLE accounts(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL,\n"
    " password TEXT NOT NULL, token TEXT NOT NULL UNIQUE, twofa INT NOT NULL DEFAULT 0, created REAL, at REAL,\n"
    " authorized REAL);\n"
    "CREATE TABLE organizations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, plan TEXT, trial_end REAL, created"
    " REAL, at REAL, visible REAL);\n"
    /* plan: NULL follows the knob. role_id: 1 owner, 2 administrator, 3 member, above 100 the
       organization's own */
    "CREATE TABLE org_users(id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    " organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE,\n"
    " user_id INT REFERENCES accounts, email TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,\n"
    " role_id INT NOT NULL DEFAULT 3, inactive INT NOT NULL DEFAULT 0, joined INT NOT NULL DEFAULT 1,\n"
    " paying INT NOT NULL DEFAULT 0, invitation_id INT UNIQUE, code TEXT UNIQUE, sender_id INT, created REAL, at"
    " REAL, UNIQUE(organization_id, user_id));\n"
    "CREATE INDEX org_users_by_name ON org_users(organization_id, name, id);\n"
    "CREATE INDEX org_users_by_email ON org_users(organization_id, email);\n"
    "CREATE INDEX org_users_by_user ON org_users(user_id);\n"
    "CREATE TABLE workspaces(id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    " organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE, name TEXT NOT NULL,\n"
    " settings TEXT NOT NULL DEFAULT '{}', at REAL, visible REAL);\n"
    "CREATE INDEX workspaces_by_organization ON workspaces(organization_id);\n"
    /* role_id: 4 admin, 5 user, 6 teamlead, 7 projectlead; direct: not only through a group */
    "CREATE TABLE workspace_users(id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    " workspace_id INT NOT NULL REFERENCES workspaces ON DELETE CASCADE,\n"
    " org_user_id INT NOT NULL REFERENCES org_users ON DELETE CASCADE, direct INT NOT NULL DEFAULT 1,\n"
    " role_id INT NOT NULL DEFAULT 5, inactive INT NOT NULL DEFAULT 0, rate REAL, rate_at REAL, cost REAL, cost_at"
    " REAL, minutes INT, edit_rates INT NOT NULL DEFAULT 0, edit_costs INT NOT NULL DEFAULT 0, at REAL,\n"
    " UNIQUE(workspace_id, org_user_id));\n"
    "CREATE INDEX workspace_users_by_user ON workspace_users(org_user_id);\n"
    "CREATE TABLE groups(id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    " organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE, name TEXT NOT NULL, at REAL, visible"
    " REAL, UNIQUE(organization_id, name));\n"
    "CREATE TABLE group_users(group_id INT NOT NULL REFERENCES groups ON DELETE CASCADE,\n"
    " org_user_id INT NOT NULL REFERENCES org_users ON DELETE CASCADE, PRIMARY KEY(group_id, org_user_id)) WITHOUT"
    " ROWID;\n"
    "CREATE INDEX group_users_by_user ON group_users(org_user_id);\n"
    "CREATE TABLE group_workspaces(group_id INT NOT NULL REFERENCES groups ON DELETE CASCADE,\n"
    " workspace_id INT NOT NULL REFERENCES workspaces ON DELETE CASCADE, PRIMARY KEY(group_id, workspace_id))\n"
    " WITHOUT ROWID;\n"
    "CREATE INDEX group_workspaces_by_workspace ON group_workspaces(workspace_id);\n"
    "CREATE TABLE roles(id INTEGER PRIMARY KEY, organization_id INT REFERENCES organizations ON DELETE CASCADE,"
    " code TEXT, name TEXT, entity TEXT, type TEXT, level INT);\n"
    "CREATE TABLE transfers(id INTEGER PRIMARY KEY, organization_id INT REFERENCES organizations ON DELETE CASCADE,\n"
    " requester_id INT, old_owner_id INT, new_owner_id INT, old_accepted INT, old_at REAL, new_accepted INT, new_at"
    " REAL, outcome TEXT, created REAL, finished REAL);\n"
    "CREATE TABLE segmentation(organization_id INTEGER PRIMARY KEY REFERENCES organizations ON DELETE CASCADE, json"
    " TEXT);\n"
    "CREATE TABLE audit(id INTEGER PRIMARY KEY, organization_id INT, workspace_id INT, entity_type TEXT, entity_id"
    " INT, action TEXT, user_id INT, source TEXT, request_body TEXT, response_body TEXT, created REAL);\n"
    /* organization_id 0: the caller's own window */
    "CREATE TABLE quota(user_id INT, organization_id INT, started REAL, used INT, PRIMARY KEY(user_id,"
    " organization_id)) WITHOUT ROWID;\n"
    "CREATE TABLE bucket(user_id INTEGER PRIMARY KEY, level REAL, at REAL);\n"
    "CREATE TABLE sandbox(admin INT);\n"
    "CREATE TEMP TABLE people(i INTEGER PRIMARY KEY, slot INT, account INT, org_user INT, name TEXT, email TEXT,"
    " role INT, invited INT, inactive INT);\n";

#define BASE  "3100000000"       /* of all keys of people: above 2^31 */
#define ACME  "4300000017"       /* above 2^32 */
#define BLUE  "9007199254740993" /* 2^53 + 1: a program that keeps keys as floating point hits another one */
#define FAR   "4300000051"
#define MAIN  "5200000011"
#define WORK  "5200000021"
#define LAB   "5200000031"
#define STORE "5200000041"

#define SEED_CATALOG \
    "INSERT INTO plans VALUES('free', 1, 'Free', 0, 30), ('starter', 13, 'Starter', 1000, 240),\n" \
    " ('premium', 14, 'Premium', 2000, 600), ('enterprise', 15, 'Enterprise', 3000, 600);\n" \
    "INSERT INTO roles VALUES\n" \
    " (1, NULL, 'organization-owner', 'Owner', 'organization', 'owner', 1),\n" \
    " (2, NULL, 'organization-admin', 'Administrator', 'organization', 'admin', 2),\n" \
    " (3, NULL, 'organization-member', 'Member', 'organization', 'guest', 9),\n" \
    " (4, NULL, 'admin', 'Workspace administrator', 'workspace', 'admin', 3),\n" \
    " (5, NULL, 'user', 'Workspace member', 'workspace', 'guest', 9),\n" \
    " (6, NULL, 'teamlead', 'Team lead', 'workspace', 'manager', 5),\n" \
    " (7, NULL, 'projectlead', 'Project lead', 'workspace', 'manager', 6);\n"

/* Person 0 owns Acme and is the administrator of the sandbox; 1 is Ann, administrator; 2 pays; 5
   and 8 share a name. */
#define SEED_PEOPLE \
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :people),\n" \
    " s AS (SELECT i, CASE i WHEN 8 THEN 5 ELSE i END AS like_i, (i * 1000003 + rnd(1, 0) % :people) % :people AS" \
    " slot FROM n)\n" \
    "INSERT INTO people SELECT i, slot, " BASE " + slot, " BASE " + (slot + 1 + :people / 5) % :people,\n" \
    " CASE i WHEN 0 THEN 'Olive Hart' WHEN 1 THEN 'Ann Lee'\n" \
    "  ELSE given(rnd(2, like_i)) || ' ' || family(rnd(3, like_i)) END,\n" \
    " CASE i WHEN 0 THEN 'olive@acme.test' WHEN 1 THEN 'ann@acme.test'\n" \
    "  ELSE ascii(rnd(2, like_i)) || i || '@acme.test' END,\n" \
    " CASE WHEN i = 0 THEN 1 WHEN i < 3 OR i % 40 = 7 THEN 2 ELSE 3 END,\n" \
    " i % 13 = 4, i % 11 = 3 FROM s;\n" \
    "INSERT INTO sandbox SELECT account FROM people WHERE i = 0;\n" \
    "INSERT INTO accounts SELECT account, email, name, substr(secret(11, i), 1, 12), secret(10, i), i % 3 = 0,\n" \
    " 1577880000 + i * 3600, 1700000000 + i, 1700000000 FROM people WHERE NOT invited;\n" \
    "INSERT INTO accounts SELECT " BASE " + :people + key, json_extract(value, '$[0]'), json_extract(value," \
    " '$[1]'), substr(secret(13, key), 1, 12), secret(12, key), 0, 1600000000, 1600000000, 1700000000\n" \
    " FROM json_each('[[\"bo@acme.test\",\"Bo Ek\"],[\"dora@blue.test\",\"Dora Blue\"],[\"max@blue.test\",\"Max" \
    " Blue\"],\n" \
    "  [\"vera@valley.test\",\"Vera Valley\"]]');\n"

#define SEED_ORGANIZATIONS \
    "INSERT INTO organizations VALUES(" ACME ", 'Acme', NULL, NULL, 1577880000, 1700000000, 0),\n" \
    " (" BLUE ", 'Blue Door', 'free', 1893456000, 1600000000, 1700000000, 0),\n" \
    " (" FAR ", 'Hidden Valley', 'starter', NULL, 1600000000, 1700000000, 0);\n" \
    "INSERT INTO roles VALUES(101, " ACME ", 'auditor', 'Auditor', 'organization', 'guest', 8);\n" \
    "INSERT INTO org_users SELECT org_user, " ACME ", CASE WHEN invited THEN NULL ELSE account END, email, name," \
    " role,\n" \
    " inactive, NOT invited, i = 2, CASE WHEN invited THEN " BASE " + (slot + 3 + :people / 2) % :people END,\n" \
    " CASE WHEN invited THEN secret(14, i) END, CASE WHEN invited THEN (SELECT account FROM people WHERE i = 0)" \
    " END, 1577880000 + i * 3600, 1700000000 + i FROM people;\n" \
    "INSERT INTO org_users(organization_id, user_id, email, name, role_id, paying, created, at)\n" \
    " SELECT o.id, a.id, a.email, a.name, CASE WHEN a.email LIKE 'olive%' OR a.email LIKE 'max%' THEN 3 ELSE 1" \
    " END, a.email LIKE 'dora%', 1600000000, 1600000000\n" \
    " FROM accounts a JOIN organizations o ON o.name = CASE WHEN a.email LIKE '%valley.test' THEN 'Hidden Valley'\n" \
    "  ELSE 'Blue Door' END WHERE a.email LIKE '%blue.test' OR a.email LIKE '%valley.test' OR a.email =" \
    " 'olive@acme.test';\n" \
    "INSERT INTO transfers VALUES(1, " ACME ", (SELECT admin FROM sandbox), (SELECT admin FROM sandbox),\n" \
    " (SELECT account FROM people WHERE i = min(1, :people - 1)), 1, 1650000000, 0, 1650003600,\n" \
    " 'declined', 1650000000, 1650003600);\n"

#define SEED_WORKSPACES \
    "INSERT INTO workspaces(id, organization_id, name, at, visible) VALUES(" MAIN ", " ACME ", 'Main'," \
    " 1700000000, 0),\n" \
    " (" WORK ", " ACME ", 'Client work', 1700000000, 0), (" LAB ", " ACME ", 'R&D Zürich', 1700000000, 0),\n" \
    " (" STORE ", " ACME ", 'Archive', 1700000000, 0), (5200000051, " BLUE ", 'Blue Door', 1700000000, 0),\n" \
    " (5200000061, " FAR ", 'Valley', 1700000000, 0);\n" \
    "UPDATE workspaces SET settings = '{\"default_hourly_rate\":80.5}' WHERE id = " MAIN ";\n" \
    "INSERT INTO workspace_users(id, workspace_id, org_user_id, role_id, rate, rate_at, cost, cost_at, minutes,\n" \
    "  edit_rates, edit_costs, at)\n" \
    " SELECT " BASE " + (slot + 2 + :people / 3) % :people + w.k * :people, w.id, org_user,\n" \
    "  CASE WHEN role < 3 THEN 4 WHEN i % 9 = 6 THEN 6 WHEN i % 9 = 8 THEN 7 ELSE 5 END,\n" \
    "  CASE WHEN i % 4 = 1 THEN 40.5 + i % 60 END, CASE WHEN i % 4 = 1 THEN 1700000000 END,\n" \
    "  CASE WHEN i % 6 = 1 THEN 20 + i % 30 END, CASE WHEN i % 6 = 1 THEN 1700000000 END,\n" \
    "  CASE WHEN i % 5 = 0 THEN 480 END, role < 3, role < 3, 1700000000 + i\n" \
    " FROM people, (SELECT " MAIN " AS id, 0 AS k, 1 AS every UNION ALL SELECT " WORK ", 1, 3 UNION ALL\n" \
    "  SELECT " LAB ", 2, 10 UNION ALL SELECT " STORE ", 3, 1 << 30) w WHERE i % w.every = 0;\n" \
    "INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at) SELECT w.id, u.id,\n" \
    " CASE u.role_id WHEN 1 THEN 4 ELSE 5 END, 1600000000 FROM org_users u JOIN workspaces w" \
    " USING(organization_id) WHERE u.organization_id <> " ACME ";\n"

/* Person 1 and every fifth person are in no group; the fourth group is empty. */
#define SEED_GROUPS \
    "WITH RECURSIVE n(g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM n WHERE g + 1 < max(4, :people / 25))\n" \
    "INSERT INTO groups SELECT 2600000001 + g, " ACME ", CASE g WHEN 0 THEN 'Engineering' WHEN 1 THEN 'Support'\n" \
    " WHEN 2 THEN 'Finance' WHEN 3 THEN 'Night shift' ELSE 'Team ' || g END, 1700000000 + g, 0 FROM n;\n" \
    "INSERT OR IGNORE INTO group_users SELECT 2600000001 + CASE g WHEN 3 THEN 0 ELSE g END, org_user\n" \
    " FROM (SELECT org_user, rnd(5, i) % max(4, :people / 25) AS g FROM people WHERE i <> 1 AND i % 5 <> 2 UNION" \
    " ALL SELECT org_user, rnd(6, i) % max(4, :people / 25) FROM people WHERE i % 7 = 0 AND i % 5 <> 2);\n" \
    "INSERT INTO group_workspaces SELECT id, " MAIN " FROM groups WHERE name IN ('Engineering', 'Support')\n" \
    " UNION ALL SELECT id, " WORK " FROM groups WHERE name = 'Engineering' OR id % 3 = 0;\n" \
    "INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)\n" \
    " SELECT workspace_id, org_user_id, 0, 1700000000 FROM group_workspaces JOIN group_users USING(group_id)\n" \
    " ORDER BY 1, 2;\n" \
    "INSERT INTO audit SELECT 1, " ACME ", " MAIN ", 'workspace', " MAIN ", 'create', account, 'web'," \
    " '{\"name\":\"Main\"}',\n" \
    " '{}', 1577880000 FROM people WHERE i = 0;\n"

const char sb_seed[] = SEED_CATALOG SEED_PEOPLE SEED_ORGANIZATIONS SEED_WORKSPACES SEED_GROUPS;
