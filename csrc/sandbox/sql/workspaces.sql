--- paid_fields
('default_hourly_rate', 'default_currency', 'rounding', 'rounding_minutes',
   'projects_billable_by_default', 'only_admins_may_create_tags', 'rate_change_mode')

--- fields
admins[] integer, default_currency text, default_hourly_rate number,
  initial_pricing_plan integer, limit_public_project_data boolean, name text,
  only_admins_may_create_projects boolean, only_admins_may_create_tags boolean,
  only_admins_see_team_dashboard boolean, projects_billable_by_default boolean,
  projects_enforce_billable boolean, projects_private_by_default boolean, rate_change_mode text,
  reports_collapse boolean, rounding integer, rounding_minutes integer

--- need_plan
SELECT 402, 'The field ''' || key || ''' needs a paid plan.' FROM json_each(:body)
 WHERE key IN {{paid_fields}}
  AND ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) = 'free';

--- check_fields
SELECT 400, 'Another workspace of the organization has this name.' FROM workspaces
 WHERE organization_id = :organization_id AND name = :body ->> 'name' AND id IS NOT :workspace_id;
SELECT 400, 'The rounding must be -1, 0 or 1.' WHERE :body ->> 'rounding' NOT IN (-1, 0, 1);
SELECT 400, 'User with id ' || value || ' does not exist.' FROM json_each(:body, '$.admins')
 WHERE type = 'integer' AND NOT EXISTS(SELECT 1 FROM known_org_users
    WHERE organization_id = :organization_id AND user_id = value);

--- save
-- Only fields of the schema that are not kept elsewhere; null is not a value of any of them.
UPDATE workspaces
 SET at = now(), name = ifnull(:body ->> 'name', name),
  settings = json_patch(settings, (SELECT json_group_object(
         key, CASE WHEN type IN ('true', 'false') THEN bool(value) ELSE value END)
        FROM json_each(:body)
        WHERE type <> 'null'
         AND key IN ('default_currency', 'default_hourly_rate',
            'limit_public_project_data', 'only_admins_may_create_projects',
            'only_admins_may_create_tags', 'only_admins_see_team_dashboard',
            'projects_billable_by_default', 'projects_enforce_billable',
            'projects_private_by_default', 'reports_collapse', 'rounding', 'rounding_minutes')))
 WHERE id = :workspace_id;
INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at)
 SELECT :workspace_id, u.id, 4, now() FROM json_each(:body, '$.admins') j
 CROSS JOIN org_users u ON u.user_id = j.value AND u.organization_id = :organization_id
 WHERE j.type = 'integer'
 ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET role_id = 4, direct = 1;

--- create
{{need_object({{fields}})}}
{{need_name(name, 140)}}
{{need_plan}}
{{check_fields}}
SELECT 400, 'The organization can have a maximum of 100 workspaces.'
 WHERE (SELECT count(*) FROM workspaces WHERE organization_id = :organization_id) >= 100;
INSERT INTO workspaces(organization_id, name, at)
 VALUES(:organization_id, :body ->> 'name', now())
 RETURNING id AS workspace_id;
INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at)
 SELECT :workspace_id, id, 4, now() FROM org_users
 WHERE organization_id = :organization_id AND user_id = me();
{{save}}
SELECT 200, json FROM workspace_view WHERE id = :workspace_id

--- change
{{need_object({{fields}})}}
SELECT 400, 'The name must be a text of 1 to 140 characters.'
 WHERE json_type(:body, '$.name') IS NOT NULL
  AND (json_type(:body, '$.name') <> 'text' OR trim(:body ->> 'name') = ''
     OR length(:body ->> 'name') > 140);
{{need_plan}}
{{check_fields}}
{{save}}
SELECT 200, json FROM workspace_view WHERE id = :workspace_id

--- get_one
SELECT 200, json FROM workspace_view WHERE id = :workspace_id

--- list_old
-- The bare /workspaces of old clients: what a workspace lacks is null there, and not left out.
{{need_number(403, since)}}
SELECT 200, json_group_array(raw(json_set(json_insert(json, '$.default_hourly_rate', NULL),
     '$.csv_upload', NULL, '$.server_deleted_at', NULL, '$.subscription', NULL,
     '$.suspended_at', NULL)))
 FROM (SELECT json FROM workspace_view
    WHERE mine AND (:q_since IS NULL OR at >= CAST(:q_since AS INT)) ORDER BY name, id)

--- list_mine
{{need_number(403, since)}}
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json_patch(json, json_object('active_project_count', 3)) AS json FROM workspace_view
    WHERE mine AND (:q_since IS NULL OR at >= CAST(:q_since AS INT)) ORDER BY name, id)

--- list_groups
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json FROM workspace_group_view
    WHERE workspace_id = :workspace_id ORDER BY name, id)

--- need_group
SELECT 404, 'The group was not found.'
 WHERE NOT EXISTS(SELECT 1 FROM known_group_workspaces x JOIN known_groups g ON g.id = x.group_id
   WHERE x.group_id = :group_id AND x.workspace_id = :workspace_id);

--- check_group
{{need_object(name text)}}
{{need_name(name, 200)}}
SELECT 400, 'The name has already been taken.' FROM groups
 WHERE organization_id = :organization_id AND name = :body ->> 'name' AND id IS NOT :group_id;

--- one_group
SELECT 200, json FROM workspace_group_view WHERE id = :group_id AND workspace_id = :workspace_id

--- create_group
{{check_group}}
INSERT INTO groups(organization_id, name, at)
 VALUES(:organization_id, :body ->> 'name', now())
 RETURNING id AS group_id;
INSERT INTO group_workspaces VALUES(:group_id, :workspace_id);
{{one_group}}

--- rename_group
{{need_group}}
{{check_group}}
UPDATE groups SET name = :body ->> 'name', at = now() WHERE id = :group_id;
{{one_group}}

--- delete_group
{{need_group}}
DELETE FROM groups WHERE id = :group_id;
SELECT 200, ''

--- statistics
SELECT 200, json FROM statistics_view WHERE id = :workspace_id
