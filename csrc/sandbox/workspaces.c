/*
** Workspaces, and the older group operations that live below them.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

#define PAID_FIELDS \
    "('default_hourly_rate', 'default_currency', 'rounding', 'rounding_minutes', 'projects_billable_by_default',\n" \
    " 'only_admins_may_create_tags', 'rate_change_mode')"

#define NEED_PLAN \
    "SELECT 402, 'The field ''' || key || ''' needs a paid plan.' FROM json_each(:body) WHERE key IN" \
    " " PAID_FIELDS "\n" \
    " AND ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) = 'free';\n"

#define CHECK_FIELDS \
    "SELECT 400, 'Another workspace of the organization has this name.' FROM workspaces\n" \
    " WHERE organization_id = :organization_id AND name = json_extract(:body, '$.name') AND id IS NOT" \
    " :workspace_id;\n" \
    "SELECT 400, 'The rounding must be -1, 0 or 1.' WHERE json_extract(:body, '$.rounding') NOT IN (-1, 0, 1);\n" \
    SB_NEED_KEYS("admins") \
    "SELECT 400, 'User with id ' || value || ' does not exist.' FROM json_each(:body, '$.admins')\n" \
    " WHERE type = 'integer' AND value NOT IN (SELECT user_id FROM org_users WHERE organization_id =" \
    " :organization_id AND user_id IS NOT NULL);\n"

/* Only fields of the schema that are not kept elsewhere; null is not a value of any of them. */
#define SAVE \
    "UPDATE workspaces SET at = now(), name = ifnull(json_extract(:body, '$.name'), name), settings =" \
    " json_patch(settings,\n" \
    " (SELECT json_group_object(key, CASE WHEN type IN ('true', 'false') THEN bool(value) ELSE value END)\n" \
    "  FROM json_each(:body) WHERE type <> 'null' AND key IN ('default_currency', 'default_hourly_rate',\n" \
    "  'limit_public_project_data', 'only_admins_may_create_projects', 'only_admins_may_create_tags',\n" \
    "  'only_admins_see_team_dashboard', 'projects_billable_by_default', 'projects_enforce_billable',\n" \
    "  'projects_private_by_default', 'reports_collapse', 'rounding', 'rounding_minutes'))) WHERE id =" \
    " :workspace_id;\n" \
    "INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at) SELECT :workspace_id, u.id, 4, now()\n" \
    " FROM json_each(:body, '$.admins') j JOIN org_users u ON u.user_id = j.value\n" \
    " AND u.organization_id = :organization_id WHERE j.type = 'integer'\n" \
    " ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET role_id = 4, direct = 1;\n"

static const char create_sql[] =
    SB_NEED_OBJECT SB_NEED_NAME("name", "140") NEED_PLAN CHECK_FIELDS
    "SELECT 400, 'The organization can have a maximum of 100 workspaces.' WHERE (SELECT count(*) FROM workspaces\n"
    " WHERE organization_id = :organization_id) >= 100;\n"
    "INSERT INTO workspaces(organization_id, name, at, visible) VALUES(:organization_id,\n"
    " json_extract(:body, '$.name'), now(), now() + knob('visible_after')) RETURNING id AS workspace_id;\n"
    "INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at) SELECT :workspace_id, id, 4, now()\n"
    " FROM org_users WHERE organization_id = :organization_id AND user_id = me();\n" SAVE
    "SELECT visible AS later FROM workspaces WHERE id = :workspace_id;\n"
    "UPDATE workspaces SET visible = 0 WHERE id = :workspace_id;\n"
    "SELECT json AS made FROM workspace_view WHERE id = :workspace_id;\n"
    "UPDATE workspaces SET visible = :later WHERE id = :workspace_id;\n"
    "SELECT 200, :made";

static const char change_sql[] =
    SB_NEED_OBJECT
    "SELECT 400, 'The name must be a text of 1 to 140 characters.' WHERE json_type(:body, '$.name') IS NOT NULL\n"
    " AND (json_type(:body, '$.name') <> 'text' OR trim(json_extract(:body, '$.name')) = ''\n"
    "  OR length(json_extract(:body, '$.name')) > 140);\n" NEED_PLAN CHECK_FIELDS SAVE
    "SELECT 200, json FROM workspace_view WHERE id = :workspace_id";

static const char get_one_sql[] =
    "SELECT 200, json FROM workspace_view WHERE id = :workspace_id";

static const char list_mine_sql[] =
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json_patch(json, json_object('active_project_count',"
    " 3)) AS json FROM workspace_view WHERE mine AND (:q_since IS NULL OR at >= CAST(:q_since AS INT)) ORDER BY name,"
    " id)";

static const char list_groups_sql[] =
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM workspace_group_view\n"
    " WHERE workspace_id = :workspace_id AND visible <= now() ORDER BY name, id)";

#define NEED_GROUP \
    "SELECT 404, 'The group was not found.' WHERE NOT EXISTS(SELECT 1 FROM workspace_group_view WHERE id =" \
    " :group_id AND workspace_id = :workspace_id AND visible <= now());\n"

#define CHECK_GROUP \
    SB_NEED_OBJECT SB_NEED_NAME("name", "200") \
    "SELECT 400, 'The name has already been taken.' FROM groups WHERE organization_id = :organization_id\n" \
    " AND name = json_extract(:body, '$.name') AND id IS NOT :group_id;\n"

#define ONE_GROUP "SELECT 200, json FROM workspace_group_view WHERE id = :group_id AND workspace_id = :workspace_id"

static const char create_group_sql[] =
    CHECK_GROUP
    "INSERT INTO groups(organization_id, name, at, visible) VALUES(:organization_id,\n"
    " json_extract(:body, '$.name'), now(), now() + knob('visible_after')) RETURNING id AS group_id;\n"
    "INSERT INTO group_workspaces VALUES(:group_id, :workspace_id);\n" ONE_GROUP;

static const char rename_group_sql[] =
    NEED_GROUP CHECK_GROUP
    "UPDATE groups SET name = json_extract(:body, '$.name'), at = now() WHERE id = :group_id;\n" ONE_GROUP;

static const char delete_group_sql[] =
    NEED_GROUP "DELETE FROM groups WHERE id = :group_id;\n" SB_FOLLOW_GROUPS "SELECT 200, ''";

static const char statistics_sql[] =
    "SELECT 200, json FROM statistics_view WHERE id = :workspace_id";

/* clang-format on */

const sb_route sb_routes_workspaces[] =
    {{"POST", "/organizations/{organization_id}/workspaces", SB_ADMIN, SB_JSON, 404, 403,
      create_sql},
     {"GET", "/me/workspaces", SB_CALLER, SB_JSON, 403, 403, list_mine_sql},
     {"GET", "/workspaces/{workspace_id}", SB_WORKSPACE, SB_JSON, 403, 403, get_one_sql},
     {"PUT", "/workspaces/{workspace_id}", SB_WORKSPACE_ADMIN, SB_JSON, 403, 403, change_sql},
     {"GET", "/workspaces/{workspace_id}/groups", SB_WORKSPACE, SB_JSON, 403, 403, list_groups_sql},
     {"POST", "/workspaces/{workspace_id}/groups", SB_WORKSPACE_ADMIN, SB_JSON, 403, 403,
      create_group_sql},
     {"PUT", "/workspaces/{workspace_id}/groups/{group_id}", SB_WORKSPACE_ADMIN, SB_JSON, 404, 403,
      rename_group_sql},
     {"DELETE", "/workspaces/{workspace_id}/groups/{group_id}", SB_WORKSPACE_ADMIN, SB_JSON, 404,
      403, delete_group_sql},
     {"GET", "/workspaces/{workspace_id}/statistics", SB_WORKSPACE, SB_JSON, 403, 403,
      statistics_sql},
     {0}};
