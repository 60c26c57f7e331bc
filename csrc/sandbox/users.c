/*
** People of an organization: list, remove, change one, leave.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

#define CHECK_LIST \
    "SELECT 400, 'active_status parameter can contain only active, inactive or invited.' WHERE EXISTS(\n" \
    " SELECT 1 FROM " SB_SPLIT("active_status") " WHERE value NOT IN ('active', 'inactive', 'invited'));\n" \
    "SELECT 400, 'only_admins parameter can be true or false only.' WHERE :q_only_admins NOT IN ('true'," \
    " 'false');\n" \
    "SELECT 400, 'sort_dir parameter can be asc or desc only.' WHERE :q_sort_dir NOT IN ('asc', 'desc');\n" \
    SB_NEED_NUMBERS("groups") SB_NEED_NUMBERS("workspaces") SB_NEED_PAGE("page", "per_page") \
    "SELECT ifnull(:q_sort_dir, 'asc') AS direction;\n" \
    /* a plain list is the common case and is counted without a look at anybody */ \
    "SELECT coalesce(:q_filter, :q_active_status, :q_groups, :q_workspaces) IS NOT NULL\n" \
    " OR ifnull(:q_only_admins, 'false') = 'true' AS chosen;\n"

#define STATE "CASE WHEN u.inactive THEN 'inactive' WHEN u.joined THEN 'active' ELSE 'invited' END"

#define CHOSEN \
    " u.organization_id = :organization_id AND (NOT :chosen OR (\n" \
    " (:q_filter IS NULL OR instr(lower(u.name), lower(:q_filter)) OR instr(lower(u.email), lower(:q_filter)))\n" \
    " AND (:q_active_status IS NULL OR " STATE " IN (SELECT value FROM " SB_SPLIT("active_status") "))\n" \
    " AND (ifnull(:q_only_admins, 'false') = 'false' OR u.role_id < 3)\n" \
    " AND (:q_groups IS NULL OR u.id IN (SELECT org_user_id FROM group_users WHERE group_id IN\n" \
    "  (SELECT CAST(value AS INT) FROM " SB_SPLIT("groups") ")))\n" \
    " AND (:q_workspaces IS NULL OR u.id IN (SELECT org_user_id FROM workspace_users WHERE workspace_id IN\n" \
    "  (SELECT CAST(value AS INT) FROM " SB_SPLIT("workspaces") ")))))\n"

/* CROSS JOIN keeps the order of the page: SQLite does not turn it around. */
#define PAGE(DIRECTION, WORD) \
    "SELECT 200, json_group_array(raw(v.json)), :page AS \"X-Page\", :size AS \"X-Page-Size\",\n" \
    " :pages AS \"X-Pages\", :records AS \"X-Records\", :direction AS \"X-Sort-Order\"\n" \
    " FROM (SELECT u.id FROM org_users u WHERE :direction = '" WORD "' AND " CHOSEN " ORDER BY u.name" \
    " " DIRECTION ", u.id " DIRECTION "\n" \
    "  LIMIT :size OFFSET (:page - 1) * :size) p CROSS JOIN user_view v ON v.id = p.id HAVING :direction =" \
    " '" WORD "';\n"

#define LIST \
    CHECK_LIST \
    "SELECT CASE WHEN :chosen THEN (SELECT count(*) FROM org_users u WHERE " CHOSEN ")\n" \
    " ELSE (SELECT count(*) FROM org_users WHERE organization_id = :organization_id) END AS records;\n" \
    "SELECT (:records + :size - 1) / :size AS pages;\n" PAGE("ASC", "asc") PAGE("DESC", "desc")

static const char list_detailed_sql[] =
    "SELECT 400, 'You cannot see one of these workspaces.' WHERE EXISTS(SELECT 1 FROM " SB_SPLIT("workspaces") " q\n"
    " WHERE CAST(q.value AS INT) NOT IN (SELECT id FROM workspaces WHERE organization_id = :organization_id));\n"
    LIST;

static const char remove_sql[] =
    SB_NEED_OBJECT
    "SELECT 400, 'At least one organization user ID must be supplied.'\n"
    " WHERE ifnull(json_type(:body, '$.delete'), '') <> 'array' OR json_array_length(:body, '$.delete') = 0;\n"
    SB_NEED_KEYS("delete")
    "SELECT 400, 'The organization user IDs are not unique.' WHERE json_array_length(:body, '$.delete') >\n"
    " (SELECT count(DISTINCT value) FROM json_each(:body, '$.delete'));\n"
    "SELECT 400, 'These organization user IDs are not of this organization: ' || group_concat(value)\n"
    " FROM json_each(:body, '$.delete') WHERE value NOT IN (SELECT id FROM org_users\n"
    "  WHERE organization_id = :organization_id) HAVING count(*);\n"
    "SELECT 400, CASE WHEN paying THEN 'The paying user' ELSE 'The owner of the organization' END ||\n"
    " ' cannot be removed: organization user ID ' || id FROM org_users\n"
    " WHERE id IN (SELECT value FROM json_each(:body, '$.delete')) AND (paying OR role_id = 1);\n"
    "DELETE FROM org_users WHERE id IN (SELECT value FROM json_each(:body, '$.delete'));\n"
    "SELECT 200, 'OK'";

/* The last person takes the organization along. */
static const char leave_sql[] =
    "SELECT id AS mine FROM org_users WHERE organization_id = :organization_id AND user_id = me() AND joined;\n"
    "SELECT 400, 'You do not belong to the organization.' WHERE :mine IS NULL;\n"
    "DELETE FROM organizations WHERE id = :organization_id AND (SELECT count(*) FROM org_users\n"
    " WHERE organization_id = :organization_id) = 1;\n"
    "SELECT 200, 'OK' WHERE changes();\n"
    "SELECT 400, 'The paying user cannot leave.' FROM org_users WHERE id = :mine AND paying;\n"
    "SELECT 400, 'The owner cannot leave the organization.' FROM org_users WHERE id = :mine AND role_id = 1;\n"
    "DELETE FROM org_users WHERE id = :mine;\n"
    "SELECT 200, 'OK'";

#define FIELD(NAME)    "json_extract(:body, '$." NAME "')"
#define HAS(NAME)      "ifnull(json_type(:body, '$." NAME "'), 'null') <> 'null'"
#define OWNER_OR_PAYER "FROM org_users WHERE id = :organization_user_id AND (role_id = 1 OR paying)"

#define CHECK_CHANGE \
    SB_NEED_OBJECT \
    "SELECT id AS person FROM org_users WHERE id = :organization_user_id AND organization_id = :organization_id;\n" \
    "SELECT 400, 'The user does not exist in the organization.' WHERE :person IS NULL;\n" \
    "SELECT 400, 'At least one field is required.' WHERE NOT EXISTS(SELECT 1 FROM json_each(:body) WHERE key IN\n" \
    " ('email', 'groups', 'inactive', 'name', 'organization_admin', 'role_id', 'workspaces'));\n" \
    "SELECT 400, 'Admin flag and role_id exclude each other.' WHERE " HAS("organization_admin") " AND" \
    " " HAS("role_id") ";\n" \
    "SELECT 400, 'Invalid role_id.' WHERE " HAS("role_id") " AND " FIELD("role_id") " NOT IN (SELECT id FROM" \
    " roles WHERE entity = 'organization' AND id <> 1 AND (organization_id IS NULL OR organization_id =" \
    " :organization_id));\n" \
    "SELECT 400, 'Field ''name'' cannot be empty.' WHERE " HAS("name") " AND trim(ifnull(" FIELD("name") ", ''))" \
    " = '';\n" \
    "SELECT 400, 'Invalid e-mail: ''' || ifnull(" FIELD("email") ", '') || '''' WHERE " HAS("email") "\n" \
    " AND ifnull(" FIELD("email") ", '') NOT LIKE '_%@_%._%';\n" \
    "SELECT 400, 'The e-mail exists already.' FROM org_users WHERE email = " FIELD("email") " AND id <> :person;\n" \
    "SELECT 400, 'The user has multiple organizations.' WHERE (" HAS("email") " OR " HAS("name") ") AND (SELECT" \
    " count(*) FROM org_users WHERE user_id = (SELECT user_id FROM org_users WHERE id = :person)) > 1;\n" \
    SB_NEED_KEYS("groups") \
    "SELECT 400, 'Group ''' || value || ''' is not in the organization.' FROM json_each(:body, '$.groups')\n" \
    " WHERE value NOT IN (SELECT id FROM groups WHERE organization_id = :organization_id);\n" \
    "SELECT 400, 'Workspace ''' || ifnull(json_extract(value, '$.workspace_id'), '') || ''' is not in the" \
    " organization.' FROM json_each(:body, '$.workspaces') WHERE ifnull(json_extract(value, '$.workspace_id'), 0)\n" \
    "  NOT IN (SELECT id FROM workspaces WHERE organization_id = :organization_id);\n" \
    "SELECT 400, 'Invalid workspace role.' FROM json_each(:body, '$.workspaces') w\n" \
    " WHERE json_extract(w.value, '$.role_id') NOT IN (SELECT id FROM roles WHERE entity = 'workspace');\n" \
    "SELECT 400, 'Admin rights of the owner and of the paying user cannot be taken away.' " OWNER_OR_PAYER "\n" \
    " AND (" FIELD("organization_admin") " = 0 OR " FIELD("role_id") " > 2);\n" \
    "SELECT 400, 'The owner and the paying user cannot be deactivated.' " OWNER_OR_PAYER " AND" \
    " " FIELD("inactive") ";\n"

#define CHANGE_FIELDS \
    "UPDATE org_users SET at = now(), name = ifnull(" FIELD("name") ", name), email = ifnull(" FIELD("email") "," \
    " email), inactive = ifnull(" FIELD("inactive") ", inactive), role_id = CASE WHEN role_id = 1 THEN 1\n" \
    "  WHEN " HAS("organization_admin") " THEN CASE WHEN " FIELD("organization_admin") " THEN 2 ELSE 3 END\n" \
    "  ELSE ifnull(" FIELD("role_id") ", role_id) END WHERE id = :person;\n" \
    "UPDATE accounts SET at = now(), name = ifnull(" FIELD("name") ", name), email = ifnull(" FIELD("email") "," \
    " email) WHERE id = (SELECT user_id FROM org_users WHERE id = :person);\n"

/* Both lists are complete: what they do not name is taken away. A group still keeps a person in its
   workspaces. */
#define CHANGE_LISTS \
    "DELETE FROM group_users WHERE org_user_id = :person AND " HAS("groups") "\n" \
    " AND group_id NOT IN (SELECT value FROM json_each(:body, '$.groups'));\n" \
    "INSERT OR IGNORE INTO group_users SELECT value, :person FROM json_each(:body, '$.groups') WHERE type =" \
    " 'integer';\n" \
    "UPDATE workspace_users SET direct = 0 WHERE org_user_id = :person AND " HAS("workspaces") "\n" \
    " AND workspace_id NOT IN (SELECT json_extract(value, '$.workspace_id') FROM json_each(:body," \
    " '$.workspaces'));\n" \
    "INSERT INTO workspace_users(workspace_id, org_user_id, role_id, inactive, rate, cost, minutes, at)\n" \
    " SELECT json_extract(value, '$.workspace_id'), :person, coalesce(json_extract(value, '$.role_id'), (SELECT" \
    " id FROM roles WHERE entity = 'workspace' AND code = json_extract(value, '$.role')),\n" \
    "  CASE WHEN json_extract(value, '$.admin') THEN 4 END, 5), ifnull(json_extract(value, '$.inactive'), 0),\n" \
    "  json_extract(value, '$.rate'), json_extract(value, '$.cost'), json_extract(value, '$.working_hours') * 60," \
    " now() FROM json_each(:body, '$.workspaces') WHERE type = 'object'\n" \
    " ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET direct = 1, role_id = excluded.role_id, at = now(),\n" \
    "  inactive = excluded.inactive, rate = ifnull(excluded.rate, rate), cost = ifnull(excluded.cost, cost),\n" \
    "  minutes = ifnull(excluded.minutes, minutes);\n" SB_FOLLOW_GROUPS

static const char change_sql[] =
    CHECK_CHANGE CHANGE_FIELDS CHANGE_LISTS "SELECT 200, 'OK'";

/* clang-format on */

const sb_route sb_routes_users[] =
    {{"GET", "/organizations/{organization_id}/users", SB_ADMIN, SB_JSON, 400, 403, LIST},
     {"GET", "/organizations/{organization_id}/users/detailed", SB_ADMIN, SB_JSON, 400, 403,
      list_detailed_sql},
     {"PATCH", "/organizations/{organization_id}/users", SB_ADMIN, SB_PLAIN, 400, 403, remove_sql},
     {"DELETE", "/organizations/{organization_id}/users/leave", SB_CALLER, SB_PLAIN, 400, 403,
      leave_sql},
     {"PUT", "/organizations/{organization_id}/users/{organization_user_id}", SB_ADMIN, SB_PLAIN,
      404, 403, change_sql},
     {0}};
