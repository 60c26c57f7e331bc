/*
** People of a workspace, seen from the organization and from the workspace, and the retired
** `assignments`.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

static const char list_sql[] =
    SB_NEED_PAGE("page", "per_page")
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json_patch(json, json_object('user_id', user_id,\n"
    " 'workspace_id', workspace_id)) AS json FROM member_view WHERE workspace_id = :workspace_id\n"
    " AND (ifnull(:q_name, '') = '' OR instr(lower(name), lower(:q_name)))\n"
    " AND (ifnull(:q_search, '') = '' OR instr(lower(name), lower(:q_search)) OR instr(lower(email),"
    " lower(:q_search))) AND (:q_active IS NULL OR active = (:q_active = 'true'))\n"
    " AND (:q_custom_rates IS NULL OR custom = (:q_custom_rates = 'true'))\n"
    " ORDER BY name, id LIMIT :size OFFSET (:page - 1) * :size)";

static const char list_from_inside_sql[] =
    "SELECT 400, 'includeIndirect must be true or false.' WHERE ifnull(:q_includeIndirect, '') NOT IN ('true',"
    " 'false');\n"
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json_patch(json, json_object('uid', user_id,\n"
    " 'wid', workspace_id)) AS json FROM member_view WHERE workspace_id = :workspace_id\n"
    " AND (direct OR :q_includeIndirect = 'true') ORDER BY name, id)";

static const char list_briefly_sql[] =
    "SELECT 200, json_group_array(raw(brief)) FROM (SELECT brief FROM member_view WHERE workspace_id ="
    " :workspace_id ORDER BY name, id)";

static const char some_briefly_sql[] =
    SB_NEED_ARRAY
    "SELECT 400, 'There must be 1 to 150 keys.' WHERE json_array_length(:body) NOT BETWEEN 1 AND 150;\n"
    "SELECT 200, json_group_array(raw(brief)) FROM (SELECT brief FROM member_view WHERE workspace_id ="
    " :workspace_id AND user_id IN (SELECT value FROM json_each(:body)) ORDER BY name, id)";

/* Who is in the workspace through a group as well comes back as an indirect member, with a new key.
   */
static const char remove_sql[] =
    SB_NEED_OBJECT
    "SELECT 400, 'At least one workspace user ID must be supplied.'\n"
    " WHERE ifnull(json_type(:body, '$.delete'), '') <> 'array' OR json_array_length(:body, '$.delete') = 0;\n"
    "SELECT 400, 'The workspace user IDs are not unique.' WHERE json_array_length(:body, '$.delete') >\n"
    " (SELECT count(DISTINCT value) FROM json_each(:body, '$.delete'));\n"
    "SELECT 400, 'Wrong workspace user IDs.' FROM json_each(:body, '$.delete')\n"
    " WHERE value NOT IN (SELECT id FROM workspace_users WHERE workspace_id = :workspace_id);\n"
    "DELETE FROM workspace_users WHERE id IN (SELECT value FROM json_each(:body, '$.delete'));\n" SB_FOLLOW_GROUPS
    "SELECT 200, 'OK'";

static const char remove_one_sql[] =
    "SELECT 403, 'The workspace user is not found or accessible.' WHERE NOT EXISTS(SELECT 1 FROM workspace_users\n"
    " WHERE id = :workspace_user_id AND workspace_id = :workspace_id);\n"
    "DELETE FROM workspace_users WHERE id = :workspace_user_id;\n" SB_FOLLOW_GROUPS "SELECT 200, ''";

#define FIELD(NAME) "json_extract(:body, '$." NAME "')"
#define IS_LIVE(NAME) \
    " CASE WHEN '" NAME "' IN (SELECT value FROM json_each(:body, '$.postedFields')) THEN json_extract(:body," \
    " '$." NAME "')\n" \
    "  ELSE ifnull(json_extract(:body, '$." NAME "'), "

/* Changes the membership :member; fields named in postedFields may become null, others are left
   when null or absent. */
#define CHANGE \
    SB_NEED_OBJECT \
    "SELECT 400, 'Working hours must be positive or null.' WHERE " FIELD("working_hours_in_minutes") " <= 0;\n" \
    "SELECT 400, 'Admin flag and role_id exclude each other.' WHERE json_type(:body, '$.admin') IS NOT NULL\n" \
    " AND json_type(:body, '$.role_id') IS NOT NULL;\n" \
    "SELECT 400, 'Invalid role_id.' WHERE " FIELD("role_id") " NOT IN (SELECT id FROM roles WHERE entity =" \
    " 'workspace');\n" \
    "SELECT 400, 'Invalid role.' WHERE " FIELD("role") " NOT IN (SELECT code FROM roles WHERE entity =" \
    " 'workspace');\n" \
    "UPDATE workspace_users SET at = now(), inactive = ifnull(" FIELD("inactive") ", inactive),\n" \
    " role_id = coalesce(" FIELD("role_id") ", (SELECT id FROM roles WHERE entity = 'workspace' AND code =" \
    " " FIELD("role") "),\n" \
    "  CASE " FIELD("admin") " WHEN 1 THEN 4 WHEN 0 THEN 5 END, role_id),\n" \
    " rate =" IS_LIVE("rate") "rate) END, rate_at = CASE WHEN " FIELD("rate") " THEN now() ELSE rate_at END,\n" \
    " cost =" IS_LIVE("labor_cost") "cost) END, cost_at = CASE WHEN " FIELD("labor_cost") " THEN now() ELSE" \
    " cost_at END, minutes =" IS_LIVE("working_hours_in_minutes") "minutes) END,\n" \
    " edit_rates = ifnull(" FIELD("view_edit_billable_rates") ", edit_rates),\n" \
    " edit_costs = ifnull(" FIELD("view_edit_labor_costs") ", edit_costs) WHERE id = :member;\n" \
    "SELECT 200, '\"OK\"'"

static const char change_by_key_sql[] =
    "SELECT id AS member FROM workspace_users WHERE id = :workspace_user_id AND workspace_id = :workspace_id;\n"
    "SELECT 400, 'The workspace user is not found or accessible.' WHERE :member IS NULL;\n" CHANGE;

static const char change_by_account_sql[] =
    "SELECT id AS member FROM member_view WHERE user_id = :user_id AND workspace_id = :workspace_id;\n"
    "SELECT 404, 'The user is not in the workspace.' WHERE :member IS NULL;\n" CHANGE;

/* Retired in the present documents, kept here for those who still call it. */
static const char assign_sql[] =
    SB_NEED_OBJECT
    "SELECT 400, 'Nothing to change.' WHERE :body = '{}';\n"
    "SELECT 400, 'The operation must be add or remove.' WHERE ifnull(" FIELD("operation") ", '') NOT IN ('add',"
    " 'remove');\n"
    "SELECT 400, 'Either user_id or group_id is needed.' WHERE (json_type(:body, '$.user_id') IS NULL) =\n"
    " (json_type(:body, '$.group_id') IS NULL);\n"
    "SELECT id AS person FROM org_users WHERE organization_id = :organization_id AND user_id ="
    " " FIELD("user_id") ";\n"
    "SELECT id AS team FROM groups WHERE organization_id = :organization_id AND id = " FIELD("group_id") ";\n"
    "SELECT 400, 'There is no such user or group.' WHERE coalesce(:person, :team) IS NULL;\n"
    "SELECT 400, 'The owner, the paying user and administrators stay in every workspace.' FROM org_users\n"
    " WHERE id = :person AND " FIELD("operation") " = 'remove' AND (role_id < 3 OR paying);\n"
    "DELETE FROM workspace_users WHERE workspace_id = :workspace_id AND org_user_id = :person\n"
    " AND " FIELD("operation") " = 'remove';\n"
    "INSERT INTO workspace_users(workspace_id, org_user_id, at) SELECT :workspace_id, :person, now()\n"
    " WHERE :person IS NOT NULL AND " FIELD("operation") " = 'add'\n"
    " ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET direct = 1;\n"
    "DELETE FROM group_workspaces WHERE workspace_id = :workspace_id AND group_id = :team\n"
    " AND " FIELD("operation") " = 'remove';\n"
    "INSERT OR IGNORE INTO group_workspaces SELECT :team, :workspace_id WHERE :team IS NOT NULL\n"
    " AND " FIELD("operation") " = 'add';\n" SB_FOLLOW_GROUPS "SELECT 200, 'OK'";

#define IN_ORG    "/organizations/{organization_id}/workspaces/{workspace_id}"
#define WORKSPACE "/workspaces/{workspace_id}"

/* clang-format on */

const sb_route sb_routes_members[] =
    {{"GET", IN_ORG "/workspace_users", SB_WORKSPACE, SB_JSON, 404, 403, list_sql},
     {"PATCH", IN_ORG "/workspace_users", SB_WORKSPACE_ADMIN, SB_PLAIN, 400, 403, remove_sql},
     {"PUT", IN_ORG "/assignments", SB_ADMIN, SB_PLAIN, 400, 403, assign_sql},
     {"GET", WORKSPACE "/workspace_users", SB_WORKSPACE, SB_JSON, 400, 403, list_from_inside_sql},
     {"PUT", WORKSPACE "/workspace_users/{workspace_user_id}", SB_WORKSPACE_ADMIN, SB_JSON, 400,
      403, change_by_key_sql},
     {"DELETE", WORKSPACE "/workspace_users/{workspace_user_id}", SB_WORKSPACE_ADMIN, SB_JSON, 400,
      403, remove_one_sql},
     {"GET", WORKSPACE "/users", SB_WORKSPACE, SB_JSON, 403, 403, list_briefly_sql},
     {"POST", WORKSPACE "/users/data", SB_WORKSPACE, SB_JSON, 403, 403, some_briefly_sql},
     {"PUT", WORKSPACE "/users/{user_id}", SB_WORKSPACE_ADMIN, SB_JSON, 404, 403,
      change_by_account_sql},
     {0}};
