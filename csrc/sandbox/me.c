/*
** The caller, and the state of the service.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

/* One of each kind. No administrator asks for them: they are here for the size and shape of such a
   reply. */
#define CLIENTS \
    "'[{\"archived\":false,\"at\":\"2024-01-02T03:04:05+00:00\",\"creator_id\":1,\"external_reference\":\"\"," \
    "\"id\":81,\"integration_ext_id\":\"\",\"integration_ext_type\":\"\",\"integration_provider\":\"jira\"," \
    "\"name\":\"Client\",\"notes\":\"\",\"permissions\":[\"view\"],\"total_count\":1,\"wid\":5200000011}]'"

#define PROJECTS \
    "'[{\"active\":true,\"actual_hours\":null,\"actual_seconds\":3600,\"at\":\"2024-01-02T03:04:05+00:00\"," \
    "\"billable\":true,\"can_track_time\":true,\"client_id\":81,\"client_name\":\"Client\",\"color\":\"#06aaf5\"," \
    "\"created_at\":\"2024-01-02T03:04:05+00:00\",\"id\":82,\"is_private\":false,\"name\":\"Project\"," \
    "\"recurring\":false,\"start_date\":\"2024-01-02\",\"status\":\"active\",\"wid\":5200000011," \
    "\"workspace_id\":5200000011}]'"

#define TAGS \
    "'[{\"at\":\"2024-01-02T03:04:05+00:00\",\"creator_id\":1,\"id\":83,\"name\":\"tag\",\"permissions\":[\"view\"]," \
    "\"workspace_id\":5200000011}]'"

#define TASKS \
    "'[{\"active\":true,\"at\":\"2024-01-02T03:04:05+00:00\",\"estimated_seconds\":0,\"id\":84,\"name\":\"Task\"," \
    "\"project_id\":82,\"tracked_seconds\":3600,\"user_id\":null,\"workspace_id\":5200000011}]'"

#define ENTRIES \
    "'[{\"at\":\"2024-01-02T03:04:05+00:00\",\"billable\":true,\"description\":null,\"duration\":3600,\"id\":85," \
    "\"project_id\":82,\"start\":\"2024-01-02T03:04:05+00:00\",\"stop\":\"2024-01-02T04:04:05+00:00\"," \
    "\"tags\":[\"tag\"],\"workspace_id\":5200000011}]'"

#define RELATED(JSON) "CASE WHEN :q_with_related_data = 'true' THEN json(" JSON ") END"

static const char me_sql[] =
    "SELECT 200, obj('2fa_enabled', bool(twofa), 'api_token', token, 'at', iso(at),\n"
    " 'authorization_updated_at', iso(authorized), 'beginning_of_week', 1, 'clients', " RELATED(CLIENTS) ",\n"
    " 'country_id', 67, 'created_at', iso(created), 'default_workspace_id', (SELECT m.workspace_id FROM"
    " workspace_users m\n"
    "  JOIN org_users u ON u.id = m.org_user_id WHERE u.user_id = me() ORDER BY m.workspace_id LIMIT 1),\n"
    " 'email', email, 'fullname', name, 'has_password', bool(1), 'id', id, 'image_url',\n"
    " 'https://assets.toggl.test/avatar.png', 'intercom_hash', secret(50, id), 'oauth_providers',"
    " json_array('google'),\n"
    " 'openid_email', email, 'openid_enabled', bool(0), 'options', json_object('theme', 'dark'),\n"
    " 'projects', " RELATED(PROJECTS) ", 'tags', " RELATED(TAGS) ", 'tasks', " RELATED(TASKS) ",\n"
    " 'time_entries', " RELATED(ENTRIES) ", 'timezone', 'Europe/Tallinn', 'updated_at', iso(at),\n"
    " 'workspaces', " RELATED("(SELECT json_group_array(raw(json)) FROM workspace_view WHERE mine)") ")\n"
    " FROM accounts WHERE id = me()";

static const char features_sql[] =
    "SELECT 200, json_group_array(json_object('features', json_array(json_object('enabled', bool(1),"
    " 'feature_id', 10,\n"
    " 'name', 'groups')), 'workspace_id', id)) FROM workspace_view WHERE mine";

/* Windows that nothing has been spent of count as well. */
static const char quota_sql[] =
    "SELECT 200, json_group_array(json_object('organization_id', organization, 'remaining', total - ifnull(used,"
    " 0),\n"
    " 'resets_in_secs', max(0, CAST(ifnull(started, now()) + 3600.999 - now() AS INT)), 'total', total)) FROM\n"
    " (SELECT NULL AS organization, ifnull(nullif(knob('user_quota'), 0), 30) AS total UNION ALL\n"
    "  SELECT o.id, ifnull(nullif(knob('quota'), 0), p.quota) FROM org_users u JOIN organizations o\n"
    "  ON o.id = u.organization_id JOIN plans p ON p.handle = ifnull(o.plan, plan())\n"
    "  WHERE u.user_id = me() AND u.joined AND NOT u.inactive)\n"
    " LEFT JOIN quota q ON q.user_id = me() AND q.organization_id = ifnull(organization, 0) AND now() - q.started"
    " < 3600\n"
    " WHERE knob('enforced')";

static const char reset_token_sql[] =
    "UPDATE accounts SET token = secret(), at = now() WHERE id = me();\n"
    "SELECT 200, json_quote(token) FROM accounts WHERE id = me()";

/* clang-format on */

const sb_route sb_routes_me[] =
    {{"GET", "/me", SB_CALLER, SB_JSON, 403, 403, me_sql},
     {"GET", "/me/features", SB_CALLER, SB_JSON, 403, 403, features_sql},
     {"GET", "/me/id", SB_CALLER, SB_JSON, 403, 403, "SELECT 200, me()"},
     {"GET", "/me/logged", SB_CALLER, SB_JSON, 403, 403, "SELECT 200, ''"},
     {"GET", "/me/quota", SB_CALLER, SB_JSON, 403, 403, quota_sql},
     {"POST", "/me/reset_token", SB_CALLER, SB_JSON, 403, 403, reset_token_sql},
     {"GET", "/status", SB_OPEN, SB_JSON, 500, 500, "SELECT 200, '{\"status\":\"OK\"}'"},
     {0}};
