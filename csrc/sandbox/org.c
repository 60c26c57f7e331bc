/*
** Organizations themselves: read, create, rename, usage, segmentation, roles, statistics.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

static const char get_one_sql[] =
    "SELECT 200, json FROM org_view WHERE id = :organization_id";

static const char list_mine_sql[] =
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM org_view ORDER BY name, id)";

/* New keys follow the largest below 2^53, since one seeded organization lies above on purpose. */
static const char create_sql[] =
    SB_NEED_OBJECT SB_NEED_NAME("name", "140") SB_NEED_NAME("workspace_name", "140")
    "INSERT INTO organizations SELECT (SELECT max(id) + 1 FROM organizations WHERE id < 9007199254740992),\n"
    " json_extract(:body, '$.name'), NULL, NULL, now(), now(), now() + knob('visible_after') RETURNING id AS"
    " new_id;\n"
    "INSERT INTO org_users(organization_id, user_id, email, name, role_id, paying, created, at)\n"
    " SELECT :new_id, id, email, name, 1, 0, now(), now() FROM accounts WHERE id = me() RETURNING id AS new_user;\n"
    "INSERT INTO workspaces(organization_id, name, at, visible)\n"
    " VALUES(:new_id, json_extract(:body, '$.workspace_name'), now(), now() + knob('visible_after'))\n"
    " RETURNING id AS new_workspace;\n"
    "INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at) VALUES(:new_workspace, :new_user, 4,"
    " now());\n"
    "UPDATE accounts SET authorized = now() WHERE id = me();\n"
    "SELECT 200, json_object('id', :new_id, 'name', json_extract(:body, '$.name'), 'permissions',\n"
    " json_array('view', 'update', 'manage_users'), 'workspace_id', :new_workspace,\n"
    " 'workspace_name', json_extract(:body, '$.workspace_name'))";

/* The service answers this one without a body, as far as anybody has seen. */
static const char rename_sql[] =
    SB_NEED_OBJECT
    "SELECT 400, 'At least one field is required.' WHERE json_type(:body, '$.name') IS NULL;\n"
    SB_NEED_NAME("name", "140")
    "UPDATE organizations SET name = json_extract(:body, '$.name'), at = now() WHERE id = :organization_id;\n"
    "SELECT 200, ''";

static const char usage_sql[] =
    "SELECT 200, json_array(\n"
    " json_object('count', (SELECT count(*) FROM org_users WHERE organization_id = :organization_id AND NOT"
    " inactive),\n"
    "  'limit', CASE ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) WHEN 'free'"
    " THEN 5 ELSE 100000 END, 'name', 'active_users', 'reset_at', iso(now() + 3600)),\n"
    " json_object('count', (SELECT count(*) FROM workspaces WHERE organization_id = :organization_id), 'limit',"
    " 100, 'name', 'workspaces', 'reset_at', iso(now() + 3600)))";

static const char segmentation_sql[] =
    "SELECT 200, json FROM segmentation WHERE organization_id = :organization_id;\n"
    "SELECT 204, ''";

/* No published text says what the body is: the fields of the answer are taken, others dropped, none
   is fine as well. */
static const char save_segmentation_sql[] =
    "INSERT OR REPLACE INTO segmentation SELECT :organization_id, json_patch((SELECT json_group_object(key,\n"
    " CASE WHEN type IN ('array', 'object') THEN json(value) WHEN type IN ('true', 'false') THEN bool(value)\n"
    "  ELSE value END) FROM json_each(CASE WHEN ifnull(json_valid(:body), 0) THEN :body ELSE '{}' END)\n"
    " WHERE key IN ('demo_requested', 'full_name', 'heard', 'industries', 'members_range', 'reasons',"
    " 'skipped_step', 'user_segments')), json_object('organization_id', :organization_id, 'user_id', me()));\n"
    "SELECT 200, json FROM segmentation WHERE organization_id = :organization_id";

#define PERMISSIONS(ENTITY) \
    "json_array(json_object('condition', 'own', 'description', 'See it', 'entity', " ENTITY ", 'name', 'view',\n" \
    " 'permission_id', 1), json_object('condition', '', 'description', 'Change it', 'entity', " ENTITY ",\n" \
    " 'name', 'update', 'permission_id', 2))"

static const char roles_sql[] =
    "SELECT 200, json_group_array(obj('code', code, 'description', 'The role of a ' || name,\n"
    " 'entity', entity, 'name', name, 'organization_id', organization_id, 'permissions',"
    " " PERMISSIONS("entity") ",\n"
    " 'privilege_level', level, 'role_id', id, 'type', type)) FROM roles\n"
    " WHERE organization_id IS NULL OR organization_id = :organization_id";

static const char statistics_sql[] =
    "SELECT 200, json_group_object(id, raw(json)) FROM statistics_view WHERE organization_id = :organization_id\n"
    " AND visible <= now()";

static const char audit_sql[] =
    "SELECT 403, 'The range of the audit log is not two times.' WHERE unixepoch(:from) IS NULL OR unixepoch(:to)"
    " IS NULL;\n"
    "SELECT max(1, min(1000000, CAST(coalesce(:q_page_number, 1) AS INT))) AS page;\n"
    "SELECT CASE WHEN :q_export = 'true' THEN -1\n"
    " ELSE max(1, min(1000, CAST(coalesce(:q_page_size, 50) AS INT))) END AS size;\n"
    "SELECT 200, json_group_array(obj('id', id, 'organization_id', organization_id,\n"
    " 'workspace_id', workspace_id, 'entity_type', entity_type, 'entity_id', entity_id, 'action', action,\n"
    " 'user_id', user_id, 'source', source, 'request_body', request_body, 'response_body', response_body,\n"
    " 'created_at', iso(created))) FROM (SELECT * FROM audit WHERE organization_id = :organization_id\n"
    " AND created BETWEEN unixepoch(:from) AND unixepoch(:to) + 1\n"
    " AND (:q_workspace_id IS NULL OR workspace_id = CAST(:q_workspace_id AS INT))\n"
    " AND (:q_entity_type IS NULL OR entity_type = :q_entity_type)\n"
    " AND (:q_entity_id IS NULL OR entity_id = CAST(:q_entity_id AS INT))\n"
    " AND (:q_action IS NULL OR action = :q_action) AND (:q_user_id IS NULL OR user_id = CAST(:q_user_id AS INT))\n"
    " ORDER BY id LIMIT :size OFFSET (:page - 1) * max(:size, 0))";

/* clang-format on */

const sb_route sb_routes_org[] =
    {{"GET", "/me/organizations", SB_CALLER, SB_JSON, 400, 403, list_mine_sql},
     {"GET", "/organizations/{organization_id}", SB_MEMBER, SB_JSON, 404, 404, get_one_sql},
     {"PUT", "/organizations/{organization_id}", SB_ADMIN, SB_JSON, 400, 403, rename_sql},
     {"POST", "/organizations", SB_CALLER, SB_JSON, 400, 403, create_sql},
     {"GET", "/organizations/{organization_id}/usage", SB_MEMBER, SB_JSON, 404, 404, usage_sql},
     {"GET", "/organizations/{organization_id}/segmentation", SB_MEMBER, SB_JSON, 404, 404,
      segmentation_sql},
     {"PUT", "/organizations/{organization_id}/segmentation", SB_MEMBER, SB_JSON, 404, 404,
      save_segmentation_sql},
     {"GET", "/organizations/{organization_id}/roles", SB_MEMBER, SB_JSON, 403, 403, roles_sql},
     {"GET", "/organizations/{organization_id}/workspaces/statistics", SB_MEMBER, SB_JSON, 404, 403,
      statistics_sql},
     {"GET", "/audit_logs/{organization_id}/{from}/{to}", SB_ADMIN, SB_JSON, 403, 403, audit_sql},
     {0}};
