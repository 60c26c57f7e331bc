--- organization
CREATE TEMP VIEW org_view AS
 SELECT o.id, o.name, json_insert(
    obj('admin', bool(u.role_id < 3), 'at', iso(o.at), 'created_at', iso(o.created), 'id', o.id,
       'is_multi_workspace_enabled', bool(1), 'is_unified', bool(1),
       'max_data_retention_days', CASE p.handle WHEN 'free' THEN 90 ELSE 0 END,
       'max_workspaces', 100, 'name', o.name, 'owner', bool(u.role_id = 1),
       'permissions', CASE WHEN u.role_id < 3 THEN json_array('view', 'update', 'manage_users')
        ELSE json_array('view') END, 'pricing_plan_enterprise', bool(0), 'pricing_plan_id', p.id,
       'pricing_plan_name', p.name,
       'subscription', json_object('billing_period_months', CASE p.cents WHEN 0 THEN 0 ELSE 12 END,
          'created_at', CASE WHEN p.cents THEN iso(o.created) END, 'enterprise', bool(0),
          'plan', p.handle, 'plan_name', p.name, 'seats', CASE
           WHEN p.cents THEN (SELECT people FROM org_counts WHERE organization_id = o.id) + 3 END,
          'state', CASE WHEN p.cents THEN 'active' ELSE 'free' END, 'trial', json_object(
            'active', bool(o.trial_end > now()), 'available', bool(o.trial_end IS NULL),
             'end_date', iso(o.trial_end), 'plan', CASE WHEN o.trial_end THEN 'premium' END)),
       'suspended_at', CASE WHEN o.trial_end THEN '' END,
       'trial_info', json_object('can_have_trial', bool(o.trial_end IS NULL),
          'last_pricing_plan_id', CASE WHEN o.trial_end THEN 1 END,
          'next_payment_date', iso(o.trial_end), 'trial', bool(o.trial_end > now()),
          'trial_available', bool(o.trial_end IS NULL), 'trial_end_date', iso(o.trial_end),
          'trial_plan_id', CASE WHEN o.trial_end THEN 14 END),
       'user_count', (SELECT people FROM org_counts WHERE organization_id = o.id)),
     '$.subscription.created_at', NULL, '$.subscription.seats', NULL,
     '$.subscription.trial.end_date', NULL, '$.subscription.trial.plan', NULL,
     '$.trial_info.trial_end_date', NULL) AS json FROM org_users u
 JOIN organizations o ON o.id = u.organization_id
 JOIN plans p ON p.handle = ifnull(o.plan, plan())
 WHERE u.user_id = me() AND u.joined AND NOT u.inactive;

--- groups_of(condition)
-- The groups that make a person a member of a workspace, or all of them.
-- On the second connection a join would copy both tables for each person.
raw((SELECT json_group_array(json_object('group_id', g.group_id, 'name', g.name))
     FROM (SELECT gu.group_id, (SELECT name FROM groups WHERE id = gu.group_id) AS name
      FROM group_users gu WHERE gu.org_user_id = u.id) g
     WHERE g.name IS NOT NULL {{condition}}))

--- person
CREATE TEMP VIEW membership_view AS
 SELECT m.id, m.org_user_id, m.workspace_id,
  obj('active', bool(u.joined AND NOT u.inactive AND NOT m.inactive), 'admin', bool(m.role_id = 4),
     'cost', m.cost, 'default_currency', ifnull(w.settings ->> 'default_currency', 'USD'),
     'groups', {{groups_of(AND EXISTS(SELECT 1 FROM group_workspaces x
      WHERE x.group_id = g.group_id AND x.workspace_id = m.workspace_id))}},
     'inactive', bool(m.inactive), 'rate', m.rate, 'role', r.code, 'role_id', m.role_id,
     'view_edit_billable_rates', bool(m.edit_rates), 'view_edit_labor_costs', bool(m.edit_costs),
     'working_hours', m.minutes / 60.0, 'workspace_id', w.id, 'workspace_name', w.name,
     'workspace_user_id', m.id) AS json FROM workspace_users m
 JOIN org_users u ON u.id = m.org_user_id
 JOIN workspaces w ON w.id = m.workspace_id JOIN roles r ON r.id = m.role_id;
CREATE TEMP VIEW user_view AS
 SELECT u.id,
  obj('2fa_enabled', bool((SELECT twofa FROM accounts WHERE id = u.user_id)),
     'admin', bool(u.role_id < 3), 'avatar_url', '',
     'can_edit_email', bool(u.role_id <> 1 AND u.joined
        AND (SELECT count(*) FROM org_users o WHERE o.user_id = u.user_id) = 1), 'email', u.email,
     'groups', {{groups_of()}}, 'id', u.id, 'inactive', bool(u.inactive),
     'invitation_id', u.invitation_id, 'joined', bool(u.joined), 'name', u.name,
     'organization_id', u.organization_id, 'owner', bool(u.role_id = 1), 'role_id', u.role_id,
     'user_id', u.user_id,
     'workspace_count', (SELECT count(*) FROM workspace_users m WHERE m.org_user_id = u.id),
     'workspaces', raw((SELECT json_group_array(raw(m.json)) FROM membership_view m
          WHERE m.org_user_id = u.id))) AS json FROM org_users u;

--- group
CREATE TEMP VIEW group_view AS
 SELECT g.id, g.organization_id, g.name,
  json_object('at', iso(g.at), 'group_id', g.id, 'name', g.name,
     'permissions', json_array('view', 'update', 'delete'), 'users', raw((SELECT json_group_array(
           obj('avatar_url', '', 'inactive', bool(u.inactive), 'joined', bool(u.joined),
              'name', u.name, 'user_id', u.user_id)) FROM group_users gu
          JOIN org_users u ON u.id = gu.org_user_id WHERE gu.group_id = g.id)), 'workspaces', raw(
       (SELECT json_group_array(workspace_id) FROM group_workspaces WHERE group_id = g.id))) AS json
 FROM groups g;
CREATE TEMP VIEW workspace_group_view AS
 SELECT g.id, x.workspace_id, g.name, json_object(
    'at', iso(g.at), 'has_users', bool(EXISTS(SELECT 1 FROM group_users WHERE group_id = g.id)),
     'id', g.id, 'name', g.name, 'permissions', json_array('view', 'update', 'delete'),
     'workspace_id', x.workspace_id) AS json FROM group_workspaces x
 JOIN groups g ON g.id = x.group_id;

--- workspace
-- `premium` is the Starter plan and `business_ws` the Premium plan: the service's words, not a slip
-- here.
CREATE TEMP VIEW workspace_view AS
 SELECT w.id, w.organization_id, w.name, w.at,
  json_patch(json_patch(json_object('default_currency', 'USD', 'limit_public_project_data', bool(0),
         'only_admins_may_create_projects', bool(0), 'only_admins_may_create_tags', bool(0),
         'only_admins_see_team_dashboard', bool(0), 'projects_billable_by_default', bool(1),
         'projects_enforce_billable', bool(0), 'projects_private_by_default', bool(1),
         'reports_collapse', bool(1), 'rounding', 1, 'rounding_minutes', 0), w.settings),
     json_object(
       'admin', bool(ifnull(m.role_id, 4) = 4), 'api_token', secret(20, w.id), 'at', iso(w.at),
        'business_ws', bool(p.handle IN ('premium', 'enterprise')),
        'csv_upload', json_object('at', iso(1650000000), 'log_id', 7), 'disable_approvals', bool(0),
        'disable_expenses', bool(0), 'disable_timesheet_view', bool(0),
        'hide_start_end_times', bool(0), 'ical_enabled', bool(1),
        'ical_url', '/ical/workspace_user/' || secret(21, w.id), 'id', w.id,
        'last_modified', iso(w.at), 'logo_url', 'https://assets.toggl.test/logo.png',
        'max_data_retention_days', 0, 'name', w.name, 'organization_id', w.organization_id,
        'permissions', CASE WHEN ifnull(m.role_id, 4) = 4 THEN json_array('view', 'update')
         ELSE json_array('view') END, 'premium', bool(p.handle <> 'free'),
        'rate_last_updated', iso(w.at), 'role', ifnull(r.code, 'admin'),
        'subscription', json_object(
          'auto_renew', bool(1), 'currency', 'USD', 'organization_id', w.organization_id,
           'pricing_plan_id', p.id, 'subscription_id', 77, 'workspace_id', w.id),
        'te_constraints', json_object(
          'description_present', bool(0), 'project_present', bool(0), 'tag_present', bool(0),
           'task_present', bool(0), 'time_entry_constraints_enabled', bool(0)),
        'working_hours_in_minutes', 480)) AS json, m.id IS NOT NULL OR u.role_id < 3 AS mine
 FROM workspaces w
 JOIN organizations o ON o.id = w.organization_id
 JOIN plans p ON p.handle = ifnull(o.plan, plan())
 JOIN org_users u ON u.organization_id = o.id AND u.user_id = me() AND u.joined AND NOT u.inactive
 LEFT JOIN workspace_users m ON m.workspace_id = w.id AND m.org_user_id = u.id AND NOT m.inactive
 LEFT JOIN roles r ON r.id = m.role_id;

--- member
-- `json` has what both forms share: the organization's adds user_id and workspace_id, the
-- workspace's uid and wid.
CREATE TEMP VIEW member_view AS
 SELECT m.id, m.workspace_id, u.user_id, u.name, u.email, m.direct, m.rate IS NOT NULL
  OR m.cost IS NOT NULL AS custom, u.joined AND NOT u.inactive AND NOT m.inactive AS active,
    obj('2fa_enabled', bool((SELECT twofa FROM accounts WHERE id = u.user_id)),
       'active', bool(u.joined), 'admin', bool(m.role_id = 4), 'at', iso(m.at),
       'avatar_file_name', '', 'email', u.email, 'group_ids', raw(
         (SELECT json_group_array(group_id) FROM group_users WHERE org_user_id = u.id)), 'id', m.id,
       'inactive', bool(u.inactive OR m.inactive), 'invitation_code', u.code,
       'invite_url', 'https://track.toggl.test/invitation/' || u.code, 'is_direct', bool(m.direct),
       'labor_cost', m.cost, 'labor_cost_last_updated', iso(m.cost_at), 'name', u.name,
       'organization_admin', bool(u.role_id < 3), 'rate', m.rate,
       'rate_last_updated', iso(m.rate_at), 'role', r.code, 'role_id', m.role_id,
       'timezone', 'Europe/Tallinn', 'view_edit_billable_rates', bool(m.edit_rates),
       'view_edit_labor_costs', bool(m.edit_costs), 'working_hours_in_minutes', m.minutes,
       'workspace_admin', bool(m.role_id = 4)) AS json,
    obj('email', u.email, 'fullname', u.name, 'id', u.user_id,
       'inactive', bool(u.inactive OR m.inactive), 'is_active', bool(u.joined),
       'is_admin', bool(m.role_id = 4), 'role', r.code) AS brief FROM workspace_users m
 JOIN org_users u ON u.id = m.org_user_id JOIN roles r ON r.id = m.role_id;

--- transfer
CREATE TEMP VIEW transfer_view AS
 SELECT t.id, t.organization_id, t.finished, obj('created_at', iso(created),
     'current_owner_accepted', CASE WHEN old_at THEN bool(old_accepted) END,
     'current_owner_answered_at', iso(old_at), 'current_owner_id', old_owner_id,
     'finished_at', iso(finished),
     'new_owner_accepted', CASE WHEN new_at THEN bool(new_accepted) END,
     'new_owner_answered_at', iso(new_at), 'new_owner_id', new_owner_id,
     'organization_id', organization_id, 'outcome_name', outcome, 'owner_transfer_id', id,
     'requester_id', requester_id) AS json FROM transfers t;

--- statistics
CREATE TEMP VIEW statistics_view AS
 SELECT w.id, w.organization_id, json_object('admins', raw(
      (SELECT json_group_array(obj('name', u.name, 'user_id', u.user_id)) FROM workspace_users m
         JOIN org_users u ON u.id = m.org_user_id
         WHERE m.workspace_id = w.id AND m.role_id = 4)),
     'groups_count', (SELECT count(*) FROM group_workspaces WHERE workspace_id = w.id),
     'members_count', ifnull(
       (SELECT members FROM workspace_counts c WHERE c.workspace_id = w.id), 0)) AS json
 FROM workspaces w;

--- samples
-- One of each kind. No administrator asks for them: they are here for the size and shape of such a
-- reply.
CREATE TEMP VIEW samples(kind, json) AS VALUES
   ('clients', '[{"archived":false, "at":"2024-01-02T03:04:05+00:00", "creator_id":1,
     "external_reference":"", "id":81, "integration_ext_id":"", "integration_ext_type":"",
     "integration_provider":"jira", "name":"Client", "notes":"", "permissions":["view"],
     "total_count":1, "wid":5200000011}]'),
   ('projects', '[{"active":true, "actual_hours":null, "actual_seconds":3600,
     "at":"2024-01-02T03:04:05+00:00", "billable":true, "can_track_time":true, "client_id":81,
     "client_name":"Client", "color":"#06aaf5", "created_at":"2024-01-02T03:04:05+00:00",
     "id":82, "is_private":false, "name":"Project", "recurring":false, "start_date":"2024-01-02",
     "status":"active", "wid":5200000011, "workspace_id":5200000011}]'),
   ('tags', '[{"at":"2024-01-02T03:04:05+00:00", "creator_id":1, "id":83, "name":"tag",
     "permissions":["view"], "workspace_id":5200000011}]'),
   ('tasks', '[{"active":true, "at":"2024-01-02T03:04:05+00:00", "estimated_seconds":0, "id":84,
     "name":"Task", "project_id":82, "tracked_seconds":3600, "user_id":null,
     "workspace_id":5200000011}]'),
   ('time_entries', '[{"at":"2024-01-02T03:04:05+00:00", "billable":true, "description":null,
     "duration":3600, "id":85, "project_id":82, "start":"2024-01-02T03:04:05+00:00",
     "stop":"2024-01-02T04:04:05+00:00", "tags":["tag"], "workspace_id":5200000011}]');

--- views
-- Recreated at each start: those of a kept file could be older than the program.
DROP TABLE IF EXISTS temp.people;
{{organization}}
{{person}}
{{group}}
{{workspace}}
{{member}}
{{transfer}}
{{statistics}}
{{samples}}
