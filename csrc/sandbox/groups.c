/*
** Groups of an organization.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

static const char list_sql[] =
    SB_NEED_NUMBERS("workspace")
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM group_view\n"
    " WHERE organization_id = :organization_id AND visible <= now()\n"
    " AND (:q_name IS NULL OR instr(lower(name), lower(:q_name)))\n"
    " AND (:q_workspace IS NULL OR id IN (SELECT group_id FROM group_workspaces\n"
    "  WHERE workspace_id = CAST(:q_workspace AS INT))) ORDER BY name, id)";

static const char list_of_workspace_sql[] =
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM group_view WHERE visible <= now()\n"
    " AND id IN (SELECT group_id FROM group_workspaces WHERE workspace_id = :workspace_id) ORDER BY name, id)";

#define NEED_GROUP \
    "SELECT 404, 'Invalid group ID.' WHERE NOT EXISTS(SELECT 1 FROM groups WHERE id = :group_id\n" \
    " AND organization_id = :organization_id AND visible <= now());\n"

/* :group_id is NULL for a new group, and then `id <> NULL` would hide every name: hence IS NOT. */
#define CHECK \
    SB_NEED_OBJECT SB_NEED_NAME("name", "200") SB_NEED_KEYS("users") SB_NEED_KEYS("workspaces") \
    "SELECT 400, 'The name has already been taken.' FROM groups WHERE organization_id = :organization_id\n" \
    " AND name = json_extract(:body, '$.name') AND id IS NOT :group_id;\n" \
    "SELECT 400, 'User ' || value || ' does not exist in the organization.' FROM json_each(:body, '$.users')\n" \
    " WHERE type = 'integer' AND value NOT IN (SELECT user_id FROM org_users WHERE organization_id =" \
    " :organization_id AND user_id IS NOT NULL);\n" \
    "SELECT 400, 'Workspace ' || value || ' does not exist in the organization.'\n" \
    " FROM json_each(:body, '$.workspaces') WHERE type = 'integer' AND value NOT IN (SELECT id FROM workspaces\n" \
    "  WHERE organization_id = :organization_id);\n"

#define FILL \
    "INSERT OR IGNORE INTO group_users SELECT :group_id, u.id FROM json_each(:body, '$.users') j\n" \
    " JOIN org_users u ON u.user_id = j.value AND u.organization_id = :organization_id;\n" \
    "INSERT OR IGNORE INTO group_workspaces SELECT :group_id, value FROM json_each(:body, '$.workspaces')\n" \
    " WHERE type = 'integer';\n" SB_FOLLOW_GROUPS "SELECT 200, json FROM group_view WHERE id = :group_id"

static const char create_sql[] =
    CHECK "INSERT INTO groups(organization_id, name, at, visible) VALUES(:organization_id,\n"
    " json_extract(:body, '$.name'), now(), now() + knob('visible_after')) RETURNING id AS group_id;\n" FILL;

/* A list that is sent is complete; one that is not sent stays. */
static const char replace_sql[] =
    NEED_GROUP CHECK
    "UPDATE groups SET name = json_extract(:body, '$.name'), at = now() WHERE id = :group_id;\n"
    "DELETE FROM group_users WHERE group_id = :group_id AND json_type(:body, '$.users') = 'array' AND org_user_id NOT"
    " IN (SELECT u.id FROM json_each(:body, '$.users') j JOIN org_users u ON u.user_id = j.value);\n"
    "DELETE FROM group_workspaces WHERE group_id = :group_id AND json_type(:body, '$.workspaces') = 'array'\n"
    " AND workspace_id NOT IN (SELECT value FROM json_each(:body, '$.workspaces') WHERE type = 'integer');\n" FILL;

#define PART(NAME) "json_extract(p.value, '$." NAME "')"

/*
** What is malformed refuses the whole request. A patch that names an unknown person fails alone;
** when every patch fails the answer is 400. Of patches that name the same person the last one
** counts.
*/
#define CHECK_PATCH \
    NEED_GROUP SB_NEED_ARRAY \
    "SELECT 400, 'There must be 1 to 100 patches.' WHERE json_array_length(:body) NOT BETWEEN 1 AND 100;\n" \
    "SELECT 400, 'Each patch must be an object.' FROM json_each(:body) WHERE type <> 'object';\n" \
    "SELECT 400, 'Unsupported operation or path.' FROM json_each(:body) p WHERE ifnull(" PART("op") ", '') NOT IN\n" \
    " ('add', 'remove') OR ifnull(" PART("path") ", '') NOT IN ('/users', '/workspaces');\n" \
    "SELECT 400, 'Each patch must hold 1 to 100 values.' FROM json_each(:body) p WHERE\n" \
    " ifnull(json_type(p.value, '$.value'), '') <> 'array' OR json_array_length(p.value, '$.value') NOT BETWEEN 1" \
    " AND 100;\n" \
    "SELECT 400, 'Each value must be a key.' FROM json_each(:body) p, json_each(p.value, '$.value') v\n" \
    " WHERE v.type <> 'integer';\n"

/* :judged is [[patch, first unknown value or null], ...] in the order of the patches. */
#define JUDGE \
    "SELECT json_group_array(json_array(json(p.value), (SELECT v.value FROM json_each(p.value, '$.value') v\n" \
    " WHERE v.value NOT IN (SELECT user_id FROM org_users WHERE " PART("path") " = '/users' AND user_id IS NOT" \
    " NULL AND organization_id = :organization_id UNION ALL SELECT id FROM workspaces WHERE " PART("path") " =" \
    " '/workspaces' AND organization_id = :organization_id) LIMIT 1))) AS judged FROM json_each(:body) p;\n" \
    "SELECT 400, 'Key ' || json_extract(:judged, '$[0][1]') || ' does not exist in the organization.'\n" \
    " WHERE NOT EXISTS(SELECT 1 FROM json_each(:judged) WHERE json_extract(value, '$[1]') IS NULL);\n"

/* The bare column `op` beside max() is of the row that has the maximum. */
#define LAST_WORD(PATH, OP) \
    "SELECT key FROM (SELECT v.value AS key, json_extract(j.value, '$[0].op') AS op, max(j.key) FROM" \
    " json_each(:judged) j, json_each(j.value, '$[0].value') v WHERE json_extract(j.value, '$[1]') IS NULL\n" \
    " AND json_extract(j.value, '$[0].path') = '" PATH "' GROUP BY v.value) WHERE op = '" OP "'"

static const char patch_sql[] =
    CHECK_PATCH JUDGE
    "DELETE FROM group_users WHERE group_id = :group_id AND org_user_id IN (SELECT id FROM org_users\n"
    " WHERE organization_id = :organization_id AND user_id IN (" LAST_WORD("/users", "remove") "));\n"
    "INSERT OR IGNORE INTO group_users SELECT :group_id, id FROM org_users\n"
    " WHERE organization_id = :organization_id AND user_id IN (" LAST_WORD("/users", "add") ");\n"
    "DELETE FROM group_workspaces WHERE group_id = :group_id AND workspace_id IN"
    " (" LAST_WORD("/workspaces", "remove") ");\n"
    "INSERT OR IGNORE INTO group_workspaces SELECT :group_id, key FROM (" LAST_WORD("/workspaces", "add") ");\n"
    "UPDATE groups SET at = now() WHERE id = :group_id;\n" SB_FOLLOW_GROUPS
    "SELECT 200, json_object('failure', raw((SELECT json_group_array(json_object('message',\n"
    " 'Key ' || json_extract(value, '$[1]') || ' does not exist in the organization.', 'patch',\n"
    " json_extract(value, '$[0]'))) FROM json_each(:judged) WHERE json_extract(value, '$[1]') IS NOT NULL)),\n"
    " 'success', raw((SELECT json_group_array(json_extract(value, '$[0]')) FROM json_each(:judged)\n"
    "  WHERE json_extract(value, '$[1]') IS NULL)))";

static const char delete_one_sql[] =
    NEED_GROUP "DELETE FROM groups WHERE id = :group_id;\n" SB_FOLLOW_GROUPS "SELECT 200, 'OK'";

/* clang-format on */

const sb_route sb_routes_groups[] =
    {{"GET", "/organizations/{organization_id}/groups", SB_MEMBER, SB_JSON, 400, 403, list_sql},
     {"POST", "/organizations/{organization_id}/groups", SB_ADMIN, SB_JSON, 400, 403, create_sql},
     {"PUT", "/organizations/{organization_id}/groups/{group_id}", SB_ADMIN, SB_JSON, 404, 403,
      replace_sql},
     {"PATCH", "/organizations/{organization_id}/groups/{group_id}", SB_ADMIN, SB_JSON, 404, 403,
      patch_sql},
     {"DELETE", "/organizations/{organization_id}/groups/{group_id}", SB_ADMIN, SB_PLAIN, 404, 403,
      delete_one_sql},
     {"GET", "/organizations/{organization_id}/workspaces/{workspace_id}/groups", SB_MEMBER,
      SB_JSON, 404, 403, list_of_workspace_sql},
     {0}};
